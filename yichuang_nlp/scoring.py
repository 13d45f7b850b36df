"""From clause features to probabilities, by weights that are plain arrays: the same code in training and in use.

Three additive models stand on each other: `aspect` and `role` of each clause, then the status of the cell from
the clauses' probabilities (summaries) and from its words. All is numpy; nothing here knows scikit-learn.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from yichuang_nlp.features import TAGS, ClauseFeatures, Part
from yichuang_nlp.folding import HashIndex

__all__ = [
    "ARRAYS",
    "ASPECTS",
    "LABELS",
    "ROLES",
    "SUMMARY",
    "UNIT",
    "Scores",
    "Weights",
    "clause_probabilities",
    "score",
    "softmax",
    "sum_by",
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
_PLAIN = len(SUMMARY) - len(TAGS) * len(_JOINT)  # without the products, which are the last


# the fields of `Weights` that a model folder stores
ARRAYS = ("keys", "clause", "clause_bias", "in_cell", "cell", "summary", "cell_bias", "temperature")
UNIT = 1 / 256  # log-odds: what one step of the stored whole numbers is worth

# Twelve sums at once: each row of `Weights.packed` holds twelve whole numbers in four 64-bit words, 21 bits each.
# One look-up and one addition then serve them all, and sums of whole numbers are exact in any order.
_BITS = 21
_DENSE = 2  # features a row, from which on a family is summed without sorting
_FIELDS = 12  # 4 aspects, 3 roles, 3 labels less the fourth, 1 for a known feature, 1 for one the cell's model knows


@dataclass(frozen=True, slots=True)
class Weights:
    """The arrays of a trained model.

    `keys` (V,) sorted feature hashes; `clause` (V, 7) their log-odds for the 4 aspects and 3 roles, in `UNIT`s,
    with `clause_bias` (7,); `cell` (V, 4) those in the cell's own model, where `in_cell` (V,) says that it has
    the key; `summary` (len(SUMMARY), 4) and `cell_bias` (4,) of the cell's model; `temperature` () calibrates the
    scores: softmax(scores / temperature).
    """

    keys: npt.NDArray[np.uint64]
    clause: npt.NDArray[np.int16]
    clause_bias: F64
    in_cell: npt.NDArray[np.bool_]
    cell: npt.NDArray[np.int16]
    summary: F64
    cell_bias: F64
    temperature: F64
    index: HashIndex = field(init=False, repr=False, compare=False)
    packed: npt.NDArray[np.int64] = field(init=False, repr=False, compare=False)
    most: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "index", HashIndex.build(self.keys))
        relative = self.cell[:, :3].astype(np.int64) - self.cell[:, 3:]
        fields = (*self.clause.astype(np.int64).T, *relative.T, np.int64(1), self.in_cell.astype(np.int64))
        packed = np.zeros((len(self.keys) + 1, 4), np.int64)  # the last row: a feature that nobody knows
        for word in range(4):
            low, middle, high = fields[3 * word : 3 * word + 3]
            packed[:-1, word] = low + (middle << np.int64(_BITS)) + (high << np.int64(2 * _BITS))
        object.__setattr__(self, "packed", packed)
        largest = max(int(np.abs(self.clause).max(initial=1)), int(np.abs(relative).max(initial=1)))
        # so many features a row can have and no sum leave its 21 bits
        object.__setattr__(self, "most", (1 << (_BITS - 1)) // (largest + 1))


def _unpack(packed: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Return the twelve whole numbers of each row of four words, shape (n, 12)."""
    sign = np.int64(1 << (_BITS - 1))
    mask = np.int64((1 << _BITS) - 1)
    fields = np.empty((len(packed), 4, 3), np.int64)
    rest = packed
    for place in (0, 1):
        fields[:, :, place] = ((rest & mask) ^ sign) - sign
        rest = (rest - fields[:, :, place]) >> _BITS
    fields[:, :, 2] = rest
    return fields.reshape(-1, _FIELDS)


def _add_up(weights: Weights, parts: Sequence[Part], n: int) -> npt.NDArray[np.int64]:
    """Return the sums of what the model knows of the features of `parts`, by row, shape (n, 12)."""
    total, count = np.zeros((n, 4), np.int64), np.zeros(n, np.int64)
    dense = [part for part in parts if len(part.key) > _DENSE * n]  # summed as they are; the rest is sorted first
    thin = [part for part in parts if len(part.key) <= _DENSE * n]
    groups = [(part.key, part.row) for part in dense]
    if thin:
        key, row = np.concatenate([part.key for part in thin]), np.concatenate([part.row for part in thin])
        order = np.argsort(row if n > 1 << 16 else row.astype(np.uint16), kind="stable")  # 16 bits: by radix
        groups.append((key[order], row[order]))
    for key, row in groups:
        if len(key):
            edge = np.ones(len(row), bool)
            np.not_equal(row[1:], row[:-1], out=edge[1:])
            first = np.flatnonzero(edge)
            rows = row[first]
            total[rows] += np.add.reduceat(weights.packed.take(weights.index.rows(key), axis=0), first, axis=0)
            count[rows] += np.diff(first, append=len(row))
    fields = _unpack(total)
    for crowded in np.flatnonzero(count >= weights.most).tolist():
        mine = [key[row == crowded] for key, row in groups]
        fields[crowded] = _unpack(weights.packed.take(weights.index.rows(np.concatenate(mine)), axis=0)).sum(axis=0)
    return fields


def softmax(scores: F64) -> F64:
    """Return the softmax of each row of `scores`."""
    columns = np.ascontiguousarray(scores.T)  # numpy adds and compares whole columns six times as fast as short rows
    power = np.exp(columns - columns.max(axis=0))
    shares: F64 = (power / power.sum(axis=0)).T
    return shares


class Scores(NamedTuple):
    """What the model says of a batch: p(aspect, role) of each clause `joint` (n_clauses, 12), what the words of
    each give to its cell, `direct` (n_clauses, 4), and the cells' calibrated `proba` (n_items, 4)."""

    joint: F64
    direct: F64
    proba: F64


def score(weights: Weights, features: ClauseFeatures) -> Scores:
    """Return the probabilities of the clauses and of the cells of a batch.

    Each feature counts 1 / root of how many its row has, as the L2 norm of a binary vector would: a long clause
    does not shout a short one down.
    """
    n, item = features.n_items, features.item
    sums = _add_up(weights, features.parts, len(item))
    sums += _add_up(weights, features.named, features.n_names)[features.name]
    clause = sums[:, :7] * (UNIT / np.sqrt(np.maximum(sums[:, 10:11], 1)))
    joint = clause_probabilities(clause + weights.clause_bias)
    known = np.bincount(item, sums[:, 11], n)
    direct = np.zeros((len(item), 4))
    direct[:, :3] = sums[:, 7:10] * (UNIT / np.sqrt(np.maximum(known, 1)))[item][:, None]
    plain = _summarise(features, joint)
    scores = sum_by(direct, item, n) + plain @ weights.summary[:_PLAIN] + weights.cell_bias
    # the products of tags and means, without writing them out: most cells have one tag or two
    product = weights.summary[_PLAIN:].reshape(len(TAGS), len(_JOINT), 4).transpose(1, 0, 2).reshape(len(_JOINT), -1)
    by_tag = (plain[:, : len(_JOINT)] @ product).reshape(n, len(TAGS), 4)
    scores += np.einsum("nt,ntk->nk", features.tags, by_tag)
    return Scores(joint, direct, softmax(scores / weights.temperature))


def sum_by(values: F64, rows: npt.NDArray[np.integer], n: int) -> F64:
    """Return the sums of `values` (m, k) by `rows`, shape (n, k)."""
    return np.stack([np.bincount(rows, column, n) for column in values.T], axis=1)


def clause_probabilities(scores: F64) -> F64:
    """Return p(aspect) * p(role) from clause scores (n, 7), shape (n, 12) in the order of aspect, then role."""
    aspect, role = softmax(scores[:, :4]).T, softmax(scores[:, 4:]).T
    return np.ascontiguousarray((aspect[:, None] * role).reshape(12, -1).T)


def summarise(features: ClauseFeatures, joint: F64) -> F64:
    """Return what the clauses of each cell say together, shape (n_items, len(SUMMARY)), each in [0, 1]."""
    plain = _summarise(features, joint)
    mean = plain[:, : len(_JOINT)]
    crossed = (features.tags[:, :, None] * mean[:, None, :]).reshape(len(mean), -1)
    return np.concatenate([plain, crossed], axis=1)


def _summarise(features: ClauseFeatures, joint: F64) -> F64:
    """Return the first `_PLAIN` columns of the summary."""
    n, item = features.n_items, features.item
    count = np.bincount(item, minlength=n)
    filled = np.flatnonzero(count)
    first = (np.cumsum(count) - count)[filled]
    total, most, head, tail = np.zeros((4, n, 12))
    if len(filled):
        total[filled], most[filled] = np.add.reduceat(joint, first), np.maximum.reduceat(joint, first)
        head[filled], tail[filled] = joint[first], joint[first + count[filled] - 1]
    mean = total / np.maximum(count, 1)[:, None]
    cube = total.reshape(n, 4, 3)
    substance, step = cube[:, :, 0], cube[:, :, 1]
    by = most.reshape(n, 4, 3)[:, :, 0]
    rest = np.maximum(by[:, 1], by[:, 2])
    sizes = np.stack([count >= size for size in _SIZES], axis=1).astype(float)
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
            np.stack(mixed, axis=1), sizes, features.tags,
        ],
        axis=1,
    )  # fmt: skip
