"""Promises with a day, and the figures beside the statuses."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from yichuang_nlp.clauses import find_clauses
from yichuang_nlp.dates import find_deadlines, find_quantities
from yichuang_nlp.findings import Commitment, Deadline, Due, Precision, Quantity
from yichuang_nlp.records import Prediction

__all__ = ["collect_commitments", "collect_quantities", "judge_day"]

_AHEAD = re.compile(r"将|拟|计划|预计|力争|争取|确保|准备|要求|目标|待")
_DONE_BEFORE = re.compile(r"(?:已|已经|均已|业已|曾)(?:全部)?(?:于|在|自|从)?\s*(?:今年|去年)?\s*$")
_DONE_BEHIND = re.compile(r"^\s*(?:已|均已|全部已|就已|启动了|完成了|实现了|以来|至今|起已)")
_DONE = re.compile(r"已|曾|了(?!解)")


def collect_commitments(predictions: Sequence[Prediction], as_of: date | None, due_days: int) -> tuple[Commitment, ...]:
    """Return every promise with a day, the earliest first; those without a computable day come last."""
    found = [
        commitment
        for index, prediction in enumerate(predictions)
        for commitment in _find(index, prediction, as_of, due_days)
    ]
    far = date.max
    return tuple(sorted(found, key=lambda item: (item.deadline.date or far, item.cell, item.start)))


def _find(index: int, prediction: Prediction, as_of: date | None, due_days: int) -> list[Commitment]:
    text = prediction.cell.text
    deadlines = find_deadlines(text, as_of)
    if not deadlines or prediction.cell.blank:
        return []
    clauses = find_clauses(text)
    found = []
    for deadline in deadlines:
        number = next((i for i, (_, end) in enumerate(clauses) if deadline.start < end), None)
        if number is None:
            continue
        start, end = clauses[number]
        if not _is_promise(text, (start, end), deadline, prediction, as_of):
            continue
        rest = text[start : deadline.start] + text[deadline.end : end]
        if sum(char.isalnum() for char in rest) < 3 and number + 1 < len(clauses):
            end = clauses[number + 1][1]  # "6月底前，完成…": what is promised stands behind the comma
        due, days = judge_day(deadline.date, as_of, due_days)
        found.append(
            Commitment(
                city=prediction.cell.city,
                dimension=prediction.cell.dimension,
                promise=text[start:end].strip("，,；;。 \n"),
                start=start,
                end=end,
                deadline=deadline,
                due=due,
                days=days,
                cell=index,
            )
        )
    return found


def _is_promise(
    text: str, clause: tuple[int, int], deadline: Deadline, prediction: Prediction, as_of: date | None
) -> bool:
    """Return whether a day is one that something is promised for, not one on which something happened.

    A day with 前 or 内 is a limit unless the words around it say that it was kept; any other day counts only
    where it lies ahead or the clause looks ahead.
    """
    before, behind = text[clause[0] : deadline.start], text[deadline.end : clause[1]]
    if _DONE_BEFORE.search(before) or _DONE_BEHIND.search(behind):
        return False
    if deadline.ahead:
        return True
    looks_ahead = bool(_AHEAD.search(before))
    spoken = bool(_DONE.search(before + behind))
    aspect = next((piece.aspect for piece in prediction.evidence if piece.start <= deadline.start < piece.end), "")
    if deadline.date is None or as_of is None or _is_mere_year(deadline):
        return looks_ahead or aspect == "f"
    if deadline.date > as_of:  # what lies ahead cannot have happened, whatever the tense
        return looks_ahead or not spoken
    return looks_ahead or (deadline.date == as_of and aspect != "d" and not spoken)


def _is_mere_year(deadline: Deadline) -> bool:
    return deadline.precision is Precision.YEAR and not any(part in deadline.text for part in "底末终")


def judge_day(day: date | None, as_of: date | None, due_days: int) -> tuple[Due, int | None]:
    """Return how a promised day stands to the as-of day, and how many days lie between."""
    if day is None or as_of is None:
        return Due.UNKNOWN, None
    days = (day - as_of).days
    if days < 0:
        return Due.OVERDUE, days
    return (Due.SOON if days <= due_days else Due.LATER), days


def collect_quantities(predictions: Sequence[Prediction]) -> tuple[Quantity, ...]:
    """Return the figures of all cells, each with its city, dimension and place."""
    return tuple(
        replace(quantity, city=prediction.cell.city, dimension=prediction.cell.dimension, cell=index)
        for index, prediction in enumerate(predictions)
        if not prediction.cell.blank
        for quantity in find_quantities(prediction.cell.text)
    )
