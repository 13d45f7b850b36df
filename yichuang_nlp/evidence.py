"""What moved a decision: exact shares of each clause, because every model is additive."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from yichuang_nlp.features import FAMILIES, TAGS, ClauseFeatures, Features
from yichuang_nlp.records import Cue, Evidence, Status
from yichuang_nlp.scoring import ASPECTS, ROLES, SUMMARY, UNIT, Weights, sum_by, summarise

__all__ = ["clause_status", "find_cues", "share_by_clause"]

F64 = npt.NDArray[np.float64]

_CUES = 4  # named for a clause: what a person takes in at a glance


def clause_status(aspect: str, role: str) -> Status | None:
    """Return what a clause alone speaks for: its aspect where it is substance, the plan where it is a step.

    >>> clause_status("d", "p"), clause_status("n", "b")
    (<Status.PLANNED: 'planned'>, None)
    """
    if role == "b" or aspect == "n":
        return None
    if role == "p":
        return Status.PLANNED
    return {"d": Status.COMPLETED, "o": Status.IN_PROGRESS, "f": Status.PLANNED}[aspect]


def share_by_clause(features: ClauseFeatures, joint: F64, weights: Weights, direct: F64) -> tuple[F64, F64]:
    """Return the share of each clause in the scores of its cell, (n_clauses, 4), and what belongs to no clause.

    `direct` (n_clauses, 4) is what the words give to the cell by themselves. The shares of a cell's clauses and
    its rest (n_items, 4) add up to its calibrated scores.
    """
    n, item = features.n_items, features.item
    count = np.bincount(item, minlength=n)
    first = np.cumsum(count) - count
    share = direct.astype(np.float64)
    block = {name.split(" ", 1)[0]: [] for name in SUMMARY}  # type: dict[str, list[int]]
    for index, name in enumerate(SUMMARY):
        block[name.split(" ", 1)[0]].append(index)
    table = weights.summary
    per_clause = joint / count[item][:, None]
    share += per_clause @ table[block["mean"]]
    crossed = table[len(SUMMARY) - len(TAGS) * 12 :].reshape(len(TAGS), 12, 4)
    share += np.einsum("ct,cj,tjk->ck", features.tags[item].astype(float), per_clause, crossed)
    for name, column in (("last", first + count - 1), ("first", first)):
        rows = column[count > 0]
        share[rows] += joint[rows] @ table[block[name]]
    for state in range(12):  # the clause that says it most carries it
        order = np.lexsort((np.arange(len(item)), -joint[:, state], item))
        top = order[np.unique(item[order], return_index=True)[1]]
        share[top] += joint[top, state][:, None] * table[block["most"][state]]
    cube = joint.reshape(-1, 4, 3)
    for name, role in (("substance", 0), ("step", 1)):
        total = np.maximum(np.bincount(item, cube[:, :, role].sum(axis=1), n), 0.2)
        share += (cube[:, :, role] / total[item][:, None]) @ table[block[name]]
    whole = summarise(features, joint) @ table + weights.cell_bias
    clauses_only = sum_by(share - direct, item, n)
    return share / weights.temperature, (whole - clauses_only) / weights.temperature


def find_cues(
    weights: Weights, features: Features, texts: Sequence[str], item: Any, joint: F64
) -> list[tuple[Cue, ...]]:
    """Return for each clause the features that moved it most towards its likeliest aspect and role, by name."""
    known, slot = weights.index.find(features.key)
    row = features.row[known]
    value = weights.clause[slot] * (UNIT / np.sqrt(np.maximum(np.bincount(row, minlength=len(joint)), 1)))[row][:, None]
    aspect, role = (
        joint.reshape(-1, 4, 3).sum(axis=2).argmax(axis=1),
        joint.reshape(-1, 4, 3).sum(axis=1).argmax(axis=1),
    )
    each = np.arange(len(row))
    moved = (
        value[each, aspect[row]] - value[:, :4].mean(axis=1) + value[each, 4 + role[row]] - value[:, 4:].mean(axis=1)
    )
    totals: list[dict[str, float]] = [{} for _ in joint]
    for index, clause, weight in zip(known.tolist(), row.tolist(), moved.tolist()):
        start, end = features.at[index].tolist()
        name = texts[item[clause]][start:end] if start >= 0 else f"[{FAMILIES[features.family[index]]}]"
        totals[clause][name] = totals[clause].get(name, 0.0) + weight
    strongest = [sorted(total.items(), key=lambda pair: (-abs(pair[1]), pair[0]))[:_CUES] for total in totals]
    return [tuple(Cue(name, weight) for name, weight in pairs) for pairs in strongest]


def read_clause(text: str, span: tuple[int, int], joint: F64, weight: float, cues: tuple[Cue, ...]) -> Evidence:
    """Return the evidence of one clause from its probabilities (12,)."""
    aspect, role = (
        ASPECTS[int(joint.reshape(4, 3).sum(axis=1).argmax())],
        ROLES[int(joint.reshape(4, 3).sum(axis=0).argmax())],
    )
    start, end = span
    return Evidence(start, end, text[start:end], clause_status(aspect, role), aspect, role, weight, cues)
