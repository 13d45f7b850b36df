"""What only fitting again can tell: how much more text would help, a genre never seen, an analyst's own labels.

Fits of a few hundred items, so that a notebook may wait for them; the figures of record are the card's.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

import numpy as np
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from yichuang_nlp.classifier import StatusModel, load_model
from yichuang_nlp.training import metrics
from yichuang_nlp.training.corpus import GENRES, Example
from yichuang_nlp.training.estimator import StatusClassifier
from yichuang_nlp.training.fit import OutOfFold, cross_predict

__all__ = [
    "crossed", "fit_like_shipped", "learning_curve", "leave_one_genre_out", "sample_items", "score_model",
    "split_items",
]  # fmt: skip

Row = tuple[str, float, float, float]


@contextmanager
def _one_thread() -> Iterator[None]:
    """Keep the linear algebra to one thread: on matrices this small, threads wait for each other most of the time."""
    with threadpool_limits(1):
        yield


def sample_items(examples: Sequence[Example], n: int, random_state: int = 0) -> list[Example]:
    """Return at most `n` items drawn at random, in the order of the corpus."""
    order = np.random.default_rng(random_state).permutation(len(examples))[:n]
    return [examples[i] for i in np.sort(order).tolist()]


def split_items(examples: Sequence[Example], n: int, random_state: int = 0) -> tuple[list[Example], list[Example]]:
    """Return `n` items drawn at random, and the others."""
    chosen = {id(example) for example in sample_items(examples, n, random_state)}
    return [e for e in examples if id(e) in chosen], [e for e in examples if id(e) not in chosen]


def fit_like_shipped(examples: Sequence[Example]) -> StatusModel:
    """Return a model fitted to `examples` in a few seconds, with the thresholds of the shipped one, uncalibrated."""
    with _one_thread():
        return replace(load_model(), weights=StatusClassifier().fit(examples).weights_)


def score_model(name: str, model: StatusModel, examples: Sequence[Example]) -> Row:
    """Return (name, macro-F1, low, high) of a model on `examples`, with the 95% interval."""
    gold = metrics.as_index([example.label for example in examples])
    given = metrics.decide(model.predict_proba([example.pair for example in examples]), model.unstated)
    score = metrics.score_statuses(gold, given)
    return name, score.f1, score.low, score.high


def crossed(examples: Sequence[Example]) -> OutOfFold:
    """Return what models said of programmes that they had not seen (grouped folds)."""
    with _one_thread():
        return cross_predict(examples, StatusClassifier(), [example.programme for example in examples])


def learning_curve(
    seen: Sequence[Example], held: Sequence[Example], sizes: Sequence[int], random_state: int = 0
) -> list[tuple[int, float, float, float]]:
    """Return (items, macro-F1, low, high) on `held` of models fitted to ever more of `seen`."""
    rows = []
    for size in sizes:
        part = sample_items(seen, size, random_state)
        rows.append((len(part), *score_model("", fit_like_shipped(part), held)[1:]))
    return rows


def leave_one_genre_out(examples: Sequence[Example]) -> list[Row]:
    """Return (genre, macro-F1, low, high) on each genre of a model fitted to the other genres."""
    rows = []
    for genre in GENRES:
        inside = [example for example in examples if example.genre == genre]
        outside = [example for example in examples if example.genre != genre]
        if inside and outside:
            rows.append(score_model(genre, fit_like_shipped(outside), inside))
    return rows
