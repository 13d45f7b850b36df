"""`yichuang corpus agreement`: how far the blind passes agree, computed and never assumed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from yichuang_nlp.scoring import LABELS
from yichuang_nlp.training.card import markdown_table
from yichuang_nlp.training.corpus import GENRES, Example, read_corpus

__all__ = ["cohen_kappa", "describe_agreement"]


def cohen_kappa(first: Sequence[str], second: Sequence[str]) -> float:
    """Return Cohen's kappa of two labellings of the same items (1960, Educ. Psychol. Meas. 20:37).

    >>> cohen_kappa(["a", "a", "b", "b"], ["a", "a", "b", "a"])
    0.5
    """
    n = len(first)
    if not n:
        return float("nan")
    observed = sum(a == b for a, b in zip(first, second)) / n
    left, right = Counter(first), Counter(second)
    chance = sum(left[label] * right[label] for label in left) / n**2
    return (observed - chance) / (1 - chance) if chance < 1 else 1.0


def _row(name: str, first: Sequence[str], second: Sequence[str]) -> list[object]:
    same = sum(a == b for a, b in zip(first, second)) / max(len(first), 1)
    return [name, len(first), same, cohen_kappa(first, second)]


def describe_agreement(path: Path) -> str:
    """Return the agreement of the two blind passes over items and clauses, as Markdown."""
    examples = read_corpus(path)
    double = [example for example in examples if len(example.passes) >= 2]
    settled = sum(example.adjudicated for example in double)
    rows = [_labels("all items", double)]
    rows += [_labels(genre, [e for e in double if e.genre == genre]) for genre in GENRES]
    for label in LABELS:  # one against the rest
        first = ["yes" if e.passes[0].label == label else "no" for e in double]
        second = ["yes" if e.passes[1].label == label else "no" for e in double]
        rows.append(_row(label, first, second))
    letters = [(a, b) for e in double for a, b in zip(e.passes[0].clauses, e.passes[1].clauses)]
    for name, part in (("clause aspect", slice(0, 1)), ("clause role", slice(1, 2)), ("both letters", slice(0, 2))):
        rows.append(_row(name, [a[part] for a, _ in letters], [b[part] for _, b in letters]))
    head = (
        f"{len(examples)} items, {len(double)} of them labelled by two blind passes; "
        f"{settled} adjudicated by a third reader; {sum(len(e.passes) < 2 for e in examples)} with one pass so far"
    )
    return head + "\n\n" + markdown_table(("", "pairs", "agreement", "Cohen's kappa"), rows)


def _labels(name: str, examples: Sequence[Example]) -> list[object]:
    return _row(name, [e.passes[0].label for e in examples], [e.passes[1].label for e in examples])
