"""From clause features to probabilities, by weights that are plain arrays: the same code in training and in use.

Three additive models stand on each other: `aspect` and `role` of each clause, then the status of the cell from
the clauses' probabilities (summaries) and from its words. All is numpy; nothing here knows scikit-learn.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from yichuang_nlp.features import TAGS, ClauseFeatures
from yichuang_nlp.folding import HashIndex

__all__ = [
    "ARRAYS",
    "ASPECTS",
    "LABELS",
    "ROLES",
    "SUMMARY",
    "Known",
    "Weights",
    "clause_probabilities",
    "look_up",
    "score_cells",
    "score_clauses",
    "softmax",
    "summarise",
]

F64 = npt.NDArray[np.float64]

ASPECTS = "dofn"
ROLES = "spb"
LABELS = ("planned", "in_progress", "completed", "unstated")
_JOINT = [a + r for a in ASPECTS for r in ROLES]
_SIZES = (1, 2, 3, 5, 9)  # from how many clauses on a cell counts as longer

SUMMARY: tuple[str, ...] = (
    *(f"mean {joint}" for joint in _JOINT),
    *(f"most {joint}" for joint in _JOINT),
    *(f"last {joint}" for joint in _JOINT),
    *(f"first {joint}" for joint in _JOINT),
    *(f"substance {aspect}" for aspect in ASPECTS),
    *(f"step {aspect}" for aspect in ASPECTS),
    "no substance",
    "done and rest",
    "done without rest",
    "under way",
    "ahead only",
    *(f"size {size}" for size in _SIZES),
    *(f"tag {tag}" for tag in TAGS),
    *(f"{tag} x {joint}" for tag in TAGS for joint in _JOINT),
)


# the fields of `Weights` that a model folder stores
ARRAYS = ("keys", "clause", "clause_bias", "cell_row", "cell", "summary", "cell_bias", "matrix", "shift")


@dataclass(frozen=True, slots=True)
class Weights:
    """The arrays of a trained model.

    `keys` (V,) sorted feature hashes; `clause` (V, 7) their log-odds for the 4 aspects and 3 roles, with
    `clause_bias` (7,); `cell_row` (V,) the row of `cell` (U, 4) that a key has in the cell's own model, -1 for
    none; `summary` (len(SUMMARY), 4) and `cell_bias` (4,) of the cell's model; `matrix` (4, 4) and `shift` (4,)
    calibrate the scores: softmax(scores @ matrix + shift).
    """

    keys: npt.NDArray[np.uint64]
    clause: F64
    clause_bias: F64
    cell_row: npt.NDArray[np.int32]
    cell: F64
    summary: F64
    cell_bias: F64
    matrix: F64
    shift: F64
    index: HashIndex = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "index", HashIndex.build(self.keys))


def softmax(scores: F64) -> F64:
    """Return the softmax of each row of `scores`."""
    power = np.exp(scores - scores.max(axis=1, keepdims=True)) if scores.size else scores
    total: F64 = power / power.sum(axis=1, keepdims=True)
    return total


def sum_rows(values: F64, rows: npt.NDArray[np.integer], n: int) -> F64:
    """Return the sums of `values` (m, k) by `rows`, shape (n, k), each divided by the root of its count."""
    scale = 1 / np.sqrt(np.maximum(np.bincount(rows, minlength=n), 1))
    return np.stack([np.bincount(rows, column, n) for column in values.T], axis=1) * scale[:, None]


@dataclass(frozen=True, slots=True)
class Known:
    """The features of a batch that a model knows, for its clauses and for its cells.

    `at` (k,) indexes the batch's features, `slot` the rows of `Weights.clause`; `cell_at`, `cell_slot` likewise
    for the cell's own model. Each feature counts 1 / root of how many its row has, as the L2 norm of a binary
    vector would: a long clause does not shout a short one down.
    """

    at: npt.NDArray[np.int64]
    slot: npt.NDArray[np.int32]
    cell_at: npt.NDArray[np.int64]
    cell_slot: npt.NDArray[np.int32]


def look_up(weights: Weights, features: ClauseFeatures) -> Known:
    """Return which features of the batch the model knows."""
    at, slot = weights.index.find(features.key)
    row = weights.cell_row[slot]
    return Known(at, slot, at[row >= 0], row[row >= 0])


def score_clauses(weights: Weights, features: ClauseFeatures, known: Known) -> F64:
    """Return p(aspect, role) of each clause, shape (n_clauses, 12)."""
    rows = features.clause[known.at]
    return clause_probabilities(sum_rows(weights.clause[known.slot], rows, len(features.item)) + weights.clause_bias)


def score_cells(weights: Weights, features: ClauseFeatures, known: Known, joint: F64) -> F64:
    """Return the calibrated probabilities of the labels, shape (n_items, 4)."""
    direct = sum_rows(weights.cell[known.cell_slot], features.item[features.clause[known.cell_at]], features.n_items)
    scores = direct + summarise(features, joint) @ weights.summary + weights.cell_bias
    return softmax(scores @ weights.matrix + weights.shift)


def clause_probabilities(scores: F64) -> F64:
    """Return p(aspect) * p(role) from clause scores (n, 7), shape (n, 12) in the order of aspect, then role."""
    aspect, role = softmax(scores[:, :4]), softmax(scores[:, 4:])
    return (aspect[:, :, None] * role[:, None, :]).reshape(-1, 12)


def summarise(features: ClauseFeatures, joint: F64) -> F64:
    """Return what the clauses of each cell say together, shape (n_items, len(SUMMARY)), each in [0, 1]."""
    n, item = features.n_items, features.item
    count = np.bincount(item, minlength=n)
    safe = np.maximum(count, 1)[:, None]
    first = np.cumsum(count) - count
    total = np.stack([np.bincount(item, column, n) for column in joint.T], axis=1)
    mean = total / safe
    most = np.zeros((n, 12))
    np.maximum.at(most, item, joint)
    filled = count > 0
    head, tail = np.zeros((n, 12)), np.zeros((n, 12))
    head[filled], tail[filled] = joint[first[filled]], joint[(first + count - 1)[filled]]
    cube = total.reshape(n, 4, 3)
    substance, step = cube[:, :, 0], cube[:, :, 1]
    by = most.reshape(n, 4, 3)[:, :, 0]
    rest = np.maximum(by[:, 1], by[:, 2])
    sizes = np.stack([count >= size for size in _SIZES], axis=1).astype(float)
    crossed = (features.tags[:, :, None] * mean[:, None, :]).reshape(n, -1)
    nothing = 1 - by[:, :3].max(axis=1)
    mixed = [
        nothing,
        by[:, 0] * rest,
        by[:, 0] * (1 - rest),
        by[:, 1],
        by[:, 2] * (1 - by[:, 0]) * (1 - by[:, 1]),
    ]
    return np.concatenate(
        [
            mean, most, tail, head,
            substance / np.maximum(substance.sum(axis=1, keepdims=True), 0.2),
            step / np.maximum(step.sum(axis=1, keepdims=True), 0.2),
            np.stack(mixed, axis=1), sizes, features.tags, crossed,
        ],
        axis=1,
    )  # fmt: skip
