"""The model card: every figure of it computed here, none typed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from yichuang_nlp.scoring import LABELS
from yichuang_nlp.training import metrics
from yichuang_nlp.training.corpus import GENRES, Example
from yichuang_nlp.training.metrics import Score

if TYPE_CHECKING:
    from yichuang_nlp.training.fit import OutOfFold

__all__ = ["HEAD", "label_rows", "markdown_table", "render_card", "score_rows"]


def markdown_table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Return a Markdown table; floats with three digits."""
    lines = ["| " + " | ".join(head) + " |", "|" + " --- |" * len(head)]
    for row in rows:
        cells = [f"{value:.3f}" if isinstance(value, float) else str(value) for value in row]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _row(name: str, score: Score) -> list[object]:
    return [name, score.n, score.f1, f"{score.low:.3f} to {score.high:.3f}", score.accuracy]


def score_rows(examples: Sequence[Example], gold: Any, given: Any, *, by: str) -> list[list[object]]:
    """Return rows of `Score` for all items and for each value of the field `by`."""
    value = np.array([getattr(example, by) for example in examples])
    names = [g for g in GENRES if g in set(value)] if by == "genre" else sorted(set(value))
    rows = [_row("all", metrics.score_statuses(gold, given))]
    rows += [
        _row(name or "(plain)", metrics.score_statuses(gold[value == name], given[value == name])) for name in names
    ]
    return rows


HEAD = ("", "items", "macro-F1", "95% interval", "accuracy")


def render_card(
    meta: Mapping[str, Any], sha256: str, seen: Sequence[Example], held: Sequence[Example], out: OutOfFold, folder: Path
) -> str:
    """Return the card of the model just written to `folder`, in Markdown."""
    from yichuang_nlp.classifier import load_model

    unstated = float(meta["thresholds"]["unstated"])
    given = metrics.decide(out.proba, unstated)
    parts = [
        f"# Model card: {meta['name']} {meta['version']}",
        "Written by `yichuang train`; do not edit. It reads (dimension, text) pairs of Chinese government progress "
        "reports and says planned 计划, in progress 推进中, completed 已完成, or that the text does not tell.",
        f"- weights sha256 `{sha256}`\n- corpus sha256 `{meta['corpus_sha256']}`\n- trained on "
        f"{meta['items']['trained']} synthetic, hand-written items of {meta['items']['programmes']} programmes; "
        f"{meta['items']['held out']} items of the test programmes never seen",
        "## Programmes it had not seen (grouped folds)",
        "A status that was withheld counts as wrong.",
        markdown_table(HEAD, score_rows(seen, out.gold, given, by="genre")),
        "### By trait (misleading cues; the same text under another dimension)",
        markdown_table(HEAD, score_rows(seen, out.gold, given, by="trait")),
        "### By label",
        markdown_table(("label", "items", "precision", "recall"), label_rows(out.gold, given)),
    ]
    if held:
        model = load_model(folder)
        proba = model.predict_proba([example.pair for example in held])
        gold = metrics.as_index([example.label for example in held])
        parts += [
            "## The test programmes",
            markdown_table(HEAD, score_rows(held, gold, metrics.decide(proba, unstated), by="genre")),
            markdown_table(HEAD, score_rows(held, gold, metrics.decide(proba, unstated), by="programme")),
            f"Expected calibration error {metrics.calibration_error(gold, proba):.3f}.",
        ]
    genre = np.array([example.genre for example in seen])
    parts += [
        "## Probabilities (held-out folds)",
        f"Expected calibration error {metrics.calibration_error(out.gold, out.proba):.3f}; by genre: "
        + ", ".join(
            f"{g} {metrics.calibration_error(out.gold[genre == g], out.proba[genre == g]):.3f}"
            for g in GENRES
            if (genre == g).any()
        ),
        markdown_table(("confidence", "right", "items"), metrics.reliability(out.gold, out.proba)),
        "## Checking by hand pays",
        "Leave the most certain cells to the machine, read the others:",
        markdown_table(("share kept", "macro-F1", "accuracy"), metrics.coverage_table(out.gold, out.proba)),
        f"Conformal sets at 90% hold every status of probability {meta['thresholds']['conformal']:.3f} or more; "
        f"they cover {_covered(out, float(meta['thresholds']['conformal'])):.3f}.",
        "## Limits",
        "The corpus is synthetic: written by hand in the register of real documents. Texts of other kinds, other "
        "languages, or with the claim outside of the cell are not what it learned. It reads what a text claims, "
        "not what is true.",
    ]
    return "\n\n".join(parts) + "\n"


def label_rows(gold: Any, given: Any) -> list[list[object]]:
    """Return label, items, precision and recall of each label."""
    rows: list[list[object]] = []
    for index, label in enumerate(LABELS):
        right = int(((gold == index) & (given == index)).sum())
        rows.append(
            [
                label,
                int((gold == index).sum()),
                right / max(int((given == index).sum()), 1),
                right / max(int((gold == index).sum()), 1),
            ]
        )
    return rows


def _covered(out: OutOfFold, threshold: float) -> float:
    stated = out.gold < 3
    p = metrics.stated_proba(out.proba[stated])
    return float((p[np.arange(len(p)), out.gold[stated]] >= threshold).mean())
