"""How good a set of probabilities is: F1, calibration, coverage; one place for card, command and benchmark."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from yichuang_nlp.scoring import LABELS

__all__ = [
    "Score",
    "calibration_error",
    "conformal_threshold",
    "coverage_table",
    "macro_f1",
    "reliability",
    "score_statuses",
]

F64 = npt.NDArray[np.float64]
I64 = npt.NDArray[np.int64]
_STATUSES = 3  # the first three labels; the fourth, unstated, is no status


@dataclass(frozen=True, slots=True)
class Score:
    """Macro-F1 over the three statuses with a bootstrap interval (95%), accuracy, and how many items."""

    n: int
    f1: float
    low: float
    high: float
    accuracy: float


def decide(proba: F64, unstated: float) -> I64:
    """Return the label of each row as the product gives it: 3 where `unstated` is reached, else the best status."""
    chosen: I64 = np.where(proba[:, 3] >= unstated, 3, proba[:, :_STATUSES].argmax(axis=1))
    return chosen


def macro_f1(gold: I64, given: I64, n_labels: int = _STATUSES) -> float:
    """Return the unweighted mean F1 over labels 0..n_labels-1; a label that neither side has is left out.

    >>> macro_f1(np.array([0, 1, 2, 2]), np.array([0, 1, 2, 1]))
    0.7777777777777777
    """
    scores = []
    for label in range(n_labels):
        right = int(((gold == label) & (given == label)).sum())
        total = int((gold == label).sum() + (given == label).sum())
        if total:
            scores.append(2 * right / total)
    return float(np.mean(scores)) if scores else float("nan")


def score_statuses(gold: I64, given: I64, *, n_boot: int = 500, random_state: int = 0) -> Score:
    """Score the items whose gold label is a status; a status that was withheld counts as wrong."""
    stated = gold < _STATUSES
    gold, given = gold[stated], given[stated]
    if not len(gold):
        return Score(0, float("nan"), float("nan"), float("nan"), float("nan"))
    rng = np.random.default_rng(random_state)
    draws = rng.integers(0, len(gold), (n_boot, len(gold)))
    low, high = np.quantile([macro_f1(gold[draw], given[draw]) for draw in draws], [0.025, 0.975])
    return Score(len(gold), macro_f1(gold, given), float(low), float(high), float((gold == given).mean()))


def reliability(gold: I64, proba: F64, n_bins: int = 10) -> list[tuple[float, float, int]]:
    """Return (mean confidence, accuracy, items) of equally filled bins of the top probability."""
    top = proba.max(axis=1)
    order = np.argsort(top, kind="stable")
    right = proba.argmax(axis=1) == gold
    bins = [part for part in np.array_split(order, n_bins) if len(part)]
    return [(float(top[part].mean()), float(right[part].mean()), len(part)) for part in bins]


def calibration_error(gold: I64, proba: F64, n_bins: int = 10) -> float:
    """Return the expected calibration error over equally filled bins (Nixon et al. 2019, "adaptive")."""
    bins = reliability(gold, proba, n_bins)
    total = sum(size for _, _, size in bins)
    return sum(abs(confidence - accuracy) * size for confidence, accuracy, size in bins) / max(total, 1)


def stated_proba(proba: F64) -> F64:
    """Return the probabilities of the three statuses, given that the text states one."""
    stated: F64 = proba[:, :_STATUSES] / proba[:, :_STATUSES].sum(axis=1, keepdims=True)
    return stated


def conformal_threshold(gold: I64, proba: F64, coverage: float = 0.9) -> float:
    """Return the least probability a status of the conformal set may have, so that sets cover `coverage`.

    Split conformal prediction with the score 1 - p(true) (Sadinle et al. 2019): the finite-sample quantile.
    """
    stated = gold < _STATUSES
    scores = np.sort(1 - stated_proba(proba[stated])[np.arange(int(stated.sum())), gold[stated]])
    rank = int(np.ceil((len(scores) + 1) * coverage)) - 1
    return float(1 - scores[min(rank, len(scores) - 1)])


def coverage_table(
    gold: I64, proba: F64, shares: Sequence[float] = (1.0, 0.9, 0.8, 0.7, 0.6, 0.5)
) -> list[tuple[float, float, float]]:
    """Return (share kept, macro-F1, accuracy) when only the most certain cells are left to the machine."""
    stated = gold < _STATUSES
    p, y = stated_proba(proba[stated]), gold[stated]
    order = np.argsort(-p.max(axis=1), kind="stable")
    rows = []
    for share in shares:
        kept = order[: max(1, round(share * len(order)))]
        given = p[kept].argmax(axis=1)
        rows.append((share, macro_f1(y[kept], given), float((given == y[kept]).mean())))
    return rows


def as_index(labels: Sequence[str]) -> I64:
    """Return labels as indices into `scoring.LABELS`."""
    return np.array([LABELS.index(label) for label in labels], dtype=np.int64)
