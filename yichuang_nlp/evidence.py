"""What moved a decision: exact shares of each clause, because every model is additive."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from yichuang_nlp.features import FAMILIES, TAGS, ClauseFeatures
from yichuang_nlp.records import Cue, Evidence, Status
from yichuang_nlp.scoring import ASPECTS, ROLES, SUMMARY, Weights, summarise

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
    its rest (n_items, 4) add up to its scores; the bias of the calibration comes on top.
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
    clauses_only = np.stack([np.bincount(item, column, n) for column in (share - direct).T], axis=1)
    return share @ weights.matrix, (whole - clauses_only) @ weights.matrix + weights.shift


def find_cues(
    features: ClauseFeatures, text: str, clause: int, known: npt.NDArray[np.int64], value: F64
) -> tuple[Cue, ...]:
    """Return the features that moved clause `clause` most, by name; `value` is how far each of `known` moved it."""
    mine = np.flatnonzero(features.clause[known] == clause)
    cues = []
    totals: dict[str, float] = {}
    for position in mine.tolist():
        index = known[position]
        start, end = features.at[index].tolist()
        name = text[start:end] if start >= 0 else f"[{FAMILIES[features.family[index]]}]"
        totals[name] = totals.get(name, 0.0) + float(value[position])
    for name, weight in sorted(totals.items(), key=lambda pair: (-abs(pair[1]), pair[0]))[:_CUES]:
        cues.append(Cue(name, weight))
    return tuple(cues)


def read_clause(text: str, span: tuple[int, int], joint: F64, weight: float, cues: tuple[Cue, ...]) -> Evidence:
    """Return the evidence of one clause from its probabilities (12,)."""
    aspect, role = (
        ASPECTS[int(joint.reshape(4, 3).sum(axis=1).argmax())],
        ROLES[int(joint.reshape(4, 3).sum(axis=0).argmax())],
    )
    start, end = span
    return Evidence(start, end, text[start:end], clause_status(aspect, role), aspect, role, weight, cues)
