"""The words behind a verdict: which clause to quote, and how concrete a text is."""

from __future__ import annotations

import re

from yichuang_nlp.records import Prediction
from yichuang_nlp.text import normalise

__all__ = ["count_facts", "find_quote"]

LONGEST_QUOTE = 80

_FACT = re.compile(
    r"""
      [〔\[(（]\s*(?:19|20)\d\d\s*[〕\])）]\s*第?\s*\d+\s*号     # the number of a document: 〔2017〕23号
    | 《[^《》]+》                                              # a document by its name
    | \d[\d,]*(?:\.\d+)?\s*[%‰万亿]?                            # any other figure or date
    """,
    re.VERBOSE,
)


def count_facts(text: str) -> int:
    """Return how many figures, dates, document numbers and named documents a text gives.

    >>> count_facts("已印发《窗口管理办法》（甬审〔2021〕8号），进驻事项120项，占90%。")
    4
    """
    return sum(1 for _ in _FACT.finditer(normalise(text)))


def find_quote(prediction: Prediction) -> str:
    """Return the clause that speaks most for the status of a cell, or the beginning of its text.

    A reader must find the quote in the cell, so it is cut out of it, never rewritten.
    """
    text = prediction.cell.text.strip()
    supporting = [piece for piece in prediction.evidence if piece.status is prediction.status and piece.text.strip()]
    if supporting and prediction.status is not None:
        text = max(supporting, key=lambda piece: piece.weight).text.strip().rstrip("，、；：,;: ")
    text = " ".join(text.split("\n")) if "\n" in text else text
    return text if len(text) <= LONGEST_QUOTE else text[: LONGEST_QUOTE - 1] + "…"
