"""Cells per second, end to end from text to probabilities, on one core, against rivals fed in the same run.

    python -m benchmarks.speed

Training is not timed. The texts are 8,000 different items of the corpus in one order by chance, so that the memo of
boilerplate does not help. Ratios count: how many times as fast as stock scikit-learn with jieba.
"""

from __future__ import annotations

import os

os.environ.update({"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"})

import importlib.util
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks.results import write_section
from yichuang_nlp.classifier import load_model
from yichuang_nlp.text import load_segmenter
from yichuang_nlp.training.corpus import read_corpus

ROOT = Path(__file__).parents[1]
RUNS = 5
CELLS = 8000


def _stock(pairs: Sequence[tuple[str, str]], labels: Sequence[str]) -> Callable[[Sequence[tuple[str, str]]], object]:
    import jieba
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    pipeline = make_pipeline(
        TfidfVectorizer(tokenizer=jieba.lcut, token_pattern=None), LogisticRegression(max_iter=300)
    )
    pipeline.fit([f"{d} {t}" for d, t in pairs], labels)
    return lambda wanted: pipeline.predict_proba([f"{d} {t}" for d, t in wanted])


def _fasttext(pairs: Sequence[tuple[str, str]], labels: Sequence[str]) -> Callable[[Sequence[tuple[str, str]]], object]:
    import fasttext

    cut = load_segmenter().cut

    def line(pair: tuple[str, str]) -> str:
        return " ".join(cut(f"{pair[0]} {pair[1]}".replace("\n", " ")))

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "train.txt"
        path.write_text("\n".join(f"__label__{label} {line(pair)}" for pair, label in zip(pairs, labels)), "utf-8")
        model = fasttext.train_supervised(str(path), epoch=5, wordNgrams=2, thread=1, verbose=0)
    return lambda wanted: [model.f.predict(line(pair) + "\n", 4, 0.0, "strict") for pair in wanted]


def main() -> None:
    examples = read_corpus(ROOT / "corpus")
    distinct = list(dict.fromkeys(e.pair for e in examples))
    wanted = random.Random(0).sample(distinct, min(CELLS, len(distinct)))
    pairs, labels = [e.pair for e in examples], [e.label for e in examples]
    contenders = {
        "scikit-learn with jieba, stock": _stock(pairs, labels),
        "yichuang_nlp, rjieba": load_model(segmenter="rust").predict_proba,
        "yichuang_nlp, jieba": load_model(segmenter="python").predict_proba,
    }
    if importlib.util.find_spec("fasttext"):
        contenders["fastText, fed by rjieba"] = _fasttext(pairs, labels)
    seconds: dict[str, list[float]] = {name: [] for name in contenders}
    for turn in range(RUNS + 1):
        for name, run in contenders.items():
            start = time.perf_counter()
            run(wanted)
            if turn:  # the first round is a warm-up
                seconds[name].append(time.perf_counter() - start)
    median = {name: statistics.median(values) for name, values in seconds.items()}
    slow = median["scikit-learn with jieba, stock"]
    rows = [[name, f"{len(wanted) / value:,.0f}", f"{slow / value:.1f}"] for name, value in median.items()]
    write_section("Speed", __doc__ or "", ["", "cells per second", "times stock scikit-learn"], rows)


if __name__ == "__main__":
    main()
