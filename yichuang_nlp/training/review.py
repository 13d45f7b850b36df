"""What a reviewer looks at: items with what a model said of them, errors by cause, strong cues, doubtful labels."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from html import escape
from typing import TYPE_CHECKING

import numpy as np

from yichuang_nlp.classifier import Explanation, StatusModel
from yichuang_nlp.notebook import Html, fold_away, show_explanation
from yichuang_nlp.records import to_frame
from yichuang_nlp.training.corpus import Example

if TYPE_CHECKING:
    from pandas import DataFrame

    from yichuang_nlp.training.fit import OutOfFold

__all__ = [
    "Cause",
    "Reviewed",
    "Suspect",
    "examples_to_frame",
    "find_label_suspects",
    "review",
    "reviewed_to_frame",
    "show_causes",
    "show_confusions",
    "show_suspects",
    "strongest_cues",
]

ZH = {"planned": "计划", "in_progress": "推进中", "completed": "已完成", "unstated": "未说明"}
ASPECTS_ZH = {"d": "已成", "o": "在办", "f": "待办", "n": "无事"}


class Cause(str, Enum):
    """Why an item went wrong: the first of these that holds."""

    DEFENSIBLE = "defensible"
    WITHHELD = "withheld"
    SAID = "said"
    DIMENSION = "dimension"
    CUE = "cue"
    ASPECT = "aspect"
    ROLE = "role"
    SUM = "sum"

    @property
    def zh(self) -> str:
        """The Chinese name, as the notebook prints it."""
        return {
            "defensible": "另一标签也说得通",
            "withheld": "有进展而模型不肯说",
            "said": "没说进展而模型说了",
            "dimension": "同一段话换了事项",
            "cue": "线索词误导",
            "aspect": "分句的进展读错",
            "role": "分句的主次读错",
            "sum": "分句读对、合计错",
        }[self.value]


@dataclass(frozen=True, slots=True)
class Reviewed:
    """An item with what the model said of it; `cause` is None where it was right."""

    example: Example
    explanation: Explanation
    given: str
    cause: Cause | None


@dataclass(frozen=True, slots=True)
class Suspect:
    """An item whose label models that had not seen it contradict, surely; `margin` is by how much."""

    example: Example
    suggested: str
    margin: float


def review(model: StatusModel, examples: Iterable[Example]) -> list[Reviewed]:
    """Return what `model` says of each item, with the cause where it is wrong."""
    found = []
    for example in examples:
        explanation = model.explain(example.text, example.dimension)
        status = explanation.prediction.status
        given = status.value if status else "unstated"
        cause = None if given == example.label else _cause_of(example, explanation, given)
        found.append(Reviewed(example, explanation, given, cause))
    return found


def _cause_of(example: Example, explanation: Explanation, given: str) -> Cause:
    pairs = [(letters, clause.aspect, clause.role) for letters, clause in zip(example.clauses, explanation.evidence)]
    tests = (
        (Cause.DEFENSIBLE, given == example.also),
        (Cause.WITHHELD, given == "unstated"),
        (Cause.SAID, example.label == "unstated"),
        (Cause.DIMENSION, example.trait == "pair"),
        (Cause.CUE, example.trait == "cue"),
        (Cause.ASPECT, any(letters[0] != aspect for letters, aspect, _ in pairs if letters[1] == "s")),
        (Cause.ROLE, any(letters[1] != role for letters, _, role in pairs)),
    )
    return next((cause for cause, holds in tests if holds), Cause.SUM)


def strongest_cues(
    reviewed: Iterable[Reviewed], *, most: int = 12, least: int = 5
) -> list[tuple[str, str, float, int]]:
    """Return (aspect, cue, mean weight, clauses) of the `most` cues that speak loudest for each aspect.

    Only cues that stand in at least `least` clauses of this aspect; features without words are left out.
    """
    weights: dict[tuple[str, str], list[float]] = defaultdict(list)
    for item in reviewed:
        for clause in item.explanation.evidence:
            for cue in clause.cues:
                if not cue.name.startswith("["):
                    weights[clause.aspect, cue.name].append(cue.weight)
    rows = [(a, name, float(np.mean(found)), len(found)) for (a, name), found in weights.items() if len(found) >= least]
    rows.sort(key=lambda row: (-row[2], row[1]))
    return [(zh, *row[1:]) for letter, zh in ASPECTS_ZH.items() for row in [r for r in rows if r[0] == letter][:most]]


def find_label_suspects(examples: Sequence[Example], out: OutOfFold) -> list[Suspect]:
    """Return the items whose label is in doubt, the surest first, by confident learning (Northcutt et al. 2021).

    A label is in doubt where another one is more likely and as likely as it usually is for its own items; one that
    the annotators called defensible is none.
    """
    rows = np.arange(len(examples))
    usual = np.array([out.proba[out.gold == k, k].mean() if (out.gold == k).any() else 1.0 for k in range(4)])
    sure = np.where(out.proba >= usual, out.proba, 0.0)
    other = sure.argmax(axis=1)
    doubted = (sure.max(axis=1) > 0) & (other != out.gold)
    margin = out.proba[rows, other] - out.proba[rows, out.gold]
    names = list(ZH)
    found = [
        Suspect(examples[i], names[other[i]], float(margin[i]))
        for i in np.flatnonzero(doubted & (margin > 0)).tolist()
        if names[other[i]] != examples[i].also
    ]
    return sorted(found, key=lambda suspect: (-suspect.margin, suspect.example.id))


def examples_to_frame(examples: Iterable[Example]) -> DataFrame:
    """Return items as a DataFrame, one row an item, with the length of the text and the number of clauses."""
    return to_frame(
        {
            "id": e.id,
            "programme": e.programme,
            "genre": e.genre,
            "dimension": e.dimension,
            "city": e.city,
            "text": e.text,
            "label": e.label,
            "also": e.also,
            "trait": e.trait,
            "length": len(e.text),
            "clauses": len(e.clauses),
            "passes": len(e.passes),
            "adjudicated": e.adjudicated,
        }
        for e in examples
    )


def reviewed_to_frame(reviewed: Iterable[Reviewed]) -> DataFrame:
    """Return reviewed items as a DataFrame: gold and given label, confidence, cause."""
    return to_frame(
        {
            "id": item.example.id,
            "programme": item.example.programme,
            "genre": item.example.genre,
            "gold": ZH[item.example.label],
            "given": ZH[item.given],
            "confidence": item.explanation.prediction.confidence,
            "review": item.explanation.prediction.needs_review,
            "cause": item.cause.zh if item.cause else "",
        }
        for item in reviewed
    )


def show_confusions(reviewed: Iterable[Reviewed], *, most: int = 4) -> Html:
    """Return the pairs of labels that are confused, the most frequent first, with items that open with a click."""
    return _show_groups(reviewed, lambda item: f"标注 {ZH[item.example.label]} → 模型 {ZH[item.given]}", most)


def show_causes(reviewed: Iterable[Reviewed], *, most: int = 4) -> Html:
    """Return the causes of errors, the most frequent first, with items that open with a click."""
    return _show_groups(reviewed, lambda item: item.cause.zh if item.cause else "", most)


def _show_groups(reviewed: Iterable[Reviewed], name: Callable[[Reviewed], str], most: int) -> Html:
    groups: dict[str, list[Reviewed]] = defaultdict(list)
    for item in reviewed:
        if item.cause:
            groups[name(item)].append(item)
    order = sorted(groups, key=lambda title: (-len(groups[title]), title))
    return fold_away((f"{title}：{len(groups[title])} 条", map(_piece, groups[title][:most])) for title in order)


def _piece(item: Reviewed) -> str:
    example = item.example
    also = f"（{ZH[example.also]}也说得通）" if example.also else ""
    head = f"{example.id} · {example.programme} · {example.genre} · 标注 {ZH[example.label]}{also}"
    return f"<p>{escape(head)}</p>{show_explanation(item.explanation)}"


def show_suspects(suspects: Iterable[Suspect], *, most: int = 10) -> Html:
    """Return the labels most in doubt as a list for a second look; nothing is changed by itself."""
    rows = "".join(
        f"<li>{escape(s.example.id)} · {escape(s.example.dimension)} · 标注 {ZH[s.example.label]}，"
        f"模型看是 {ZH[s.suggested]}（差 {s.margin:.2f}）<br>{escape(s.example.text)}</li>"
        for s in list(suspects)[:most]
    )
    return Html(f"<ol>{rows}</ol>")
