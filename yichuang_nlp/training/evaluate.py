"""`yichuang evaluate`: a model on the test programmes, per class, genre, programme, beside its rivals."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from yichuang_nlp.classifier import load_model
from yichuang_nlp.errors import CorpusError
from yichuang_nlp.training import metrics
from yichuang_nlp.training.card import HEAD, label_rows, markdown_table, score_rows
from yichuang_nlp.training.corpus import GENRES, TEST_PROGRAMMES, Example, read_corpus
from yichuang_nlp.training.rivals import CueRules, Majority, StockPipeline

__all__ = ["evaluate"]


def evaluate(model_dir: Path, corpus: Path, *, everything: bool = False) -> str:
    """Return the scores of the model in `model_dir` as Markdown.

    On the test programmes of `corpus`; on all of it with `everything`, or where it has no test programme (an
    analyst's own labels). Baselines are fitted on the other programmes in the same run.
    """
    model = load_model(model_dir)
    examples = read_corpus(corpus)
    held = [example for example in examples if example.programme in TEST_PROGRAMMES]
    seen = [example for example in examples if example.programme not in TEST_PROGRAMMES]
    chosen = examples if everything or not held else held
    if not chosen:
        raise CorpusError(corpus, found="no item", expected="labelled items")
    pairs = [example.pair for example in chosen]
    gold = metrics.as_index([example.label for example in chosen])
    proba = model.predict_proba(pairs)
    given = metrics.decide(proba, model.unstated)
    parts = [
        f"# {model.info.name} {model.info.version} on {len(chosen)} items of "
        f"{len({example.programme for example in chosen})} programmes",
        "## By genre",
        markdown_table(HEAD, score_rows(chosen, gold, given, by="genre")),
        "## By programme",
        markdown_table(HEAD, score_rows(chosen, gold, given, by="programme")[1:]),
        "## By trait",
        markdown_table(HEAD, score_rows(chosen, gold, given, by="trait")[1:]),
        "## By label",
        markdown_table(("label", "items", "precision", "recall"), label_rows(gold, given)),
        f"Expected calibration error {metrics.calibration_error(gold, proba):.3f}",
        "## Beside",
        markdown_table(("", *GENRES, "mean"), _beside(seen, chosen, gold, given)),
    ]
    return "\n\n".join(parts)


def _beside(seen: list[Example], chosen: list[Example], gold: metrics.I64, given: metrics.I64) -> list[list[object]]:
    answers = {"this model": given}
    if len({example.label for example in seen}) > 1:
        pairs, labels = [example.pair for example in seen], [example.label for example in seen]
        wanted = [example.pair for example in chosen]
        for name, rival in (
            ("majority", Majority()),
            ("cue rules", CueRules()),
            ("jieba + TfidfVectorizer + LogisticRegression", StockPipeline()),
        ):
            answers[name] = rival.fit(pairs, labels).predict(wanted)
    return [[name, *genre_scores(chosen, gold, answer)] for name, answer in answers.items()]


def genre_scores(examples: list[Example], gold: metrics.I64, given: metrics.I64) -> list[object]:
    """Return the macro-F1 of each genre ("-" where it has no item), and their mean."""
    genre = np.array([example.genre for example in examples])
    scores = [
        metrics.score_statuses(gold[genre == name], given[genre == name], n_boot=2).f1
        if (genre == name).any()
        else None
        for name in GENRES
    ]
    known = [score for score in scores if score is not None and not np.isnan(score)]
    return [*("-" if score is None else score for score in scores), float(np.mean(known)) if known else "-"]
