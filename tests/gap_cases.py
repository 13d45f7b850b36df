"""Briefings and predictions by hand, for the tests of weighing and showing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from yichuang_nlp.clauses import find_clauses
from yichuang_nlp.records import (
    Address,
    Blank,
    Briefing,
    Cell,
    Evidence,
    Prediction,
    Reading,
    Status,
)

SURE = {
    "p": {Status.PLANNED: 0.96, Status.IN_PROGRESS: 0.03, Status.COMPLETED: 0.01},
    "o": {Status.PLANNED: 0.02, Status.IN_PROGRESS: 0.95, Status.COMPLETED: 0.03},
    "c": {Status.PLANNED: 0.01, Status.IN_PROGRESS: 0.03, Status.COMPLETED: 0.96},
}
CERTAIN = {
    "p": {Status.PLANNED: 1.0, Status.IN_PROGRESS: 0.0, Status.COMPLETED: 0.0},
    "o": {Status.PLANNED: 0.0, Status.IN_PROGRESS: 1.0, Status.COMPLETED: 0.0},
    "c": {Status.PLANNED: 0.0, Status.IN_PROGRESS: 0.0, Status.COMPLETED: 1.0},
}
WORDS = {
    "p": "拟于下一阶段启动{d}工作。",
    "o": "正在推进{d}建设，已完成首批任务。",
    "c": "已建成{d}并投入使用。",
    "-": "",
}


def predict_by_hand(cell: Cell, proba: Mapping[Status, float] | None, *, review: bool = False) -> Prediction:
    """Return a prediction with these probabilities; every clause speaks for the status."""
    if cell.blank or proba is None:
        why = cell.blank.value if cell.blank else "unstated"
        return Prediction(cell, None, {}, (), needs_review=cell.blank is None, why=why)
    status = max(proba, key=lambda key: proba[key])
    spans = find_clauses(cell.text)
    evidence = tuple(
        Evidence(start, end, cell.text[start:end], status, "n", "s", 1 / len(spans)) for start, end in spans
    )
    return Prediction(cell, status, proba, evidence, needs_review=review)


def build_case(
    rows: Mapping[str, str],
    *,
    dimensions: Sequence[str] = ("综合窗口", "办事指南", "配套制度", "网上办事"),
    texts: Mapping[tuple[str, int], str] | None = None,
    proba: Mapping[str, Mapping[Status, float]] = SURE,
    as_of: date | None = date(2021, 6, 20),
    title: str = "各市一件事改革进展情况",
    issue: str = "第8期",
    missing: Sequence[str] = (),
) -> tuple[Briefing, list[Prediction]]:
    """Return a briefing from one string a city: p o c (capitals: to review), - blank, ? unstated."""
    cells, predictions = [], []
    for number, (city, codes) in enumerate(rows.items(), start=2):
        assert len(codes) == len(dimensions), (city, codes)
        for column, (code, dimension) in enumerate(zip(codes, dimensions, strict=True), start=2):
            text = (texts or {}).get((city, column - 2))
            if text is None:
                text = WORDS.get(code.lower(), "本市历史悠久。").format(d=dimension)
            blank = Blank.BLANK if code == "-" else None
            cell = Cell(city, dimension, text, Address("样例.docx", 1, number, column), blank)
            cells.append(cell)
            predictions.append(predict_by_hand(cell, proba.get(code.lower()), review=code.isupper()))
    blanks = sum(cell.blank is not None for cell in cells)
    reading = Reading(
        tables=1, rows=len(rows), cells=len(cells), blank=blanks, blanks={"blank": blanks} if blanks else {}
    )
    briefing = Briefing(
        source="样例.docx",
        cells=tuple(cells),
        reading=reading,
        title=title,
        issue=issue,
        as_of=as_of,
        missing_cities=tuple(missing),
    )
    return briefing, predictions
