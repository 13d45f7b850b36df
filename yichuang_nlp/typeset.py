"""Glyphs on a page to lines, columns, rows and paragraphs (for pages that say only where each character stands)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

__all__ = ["Glyph", "Line", "find_columns", "find_lines", "find_rows", "join_lines", "join_paragraphs"]


@dataclass(frozen=True, slots=True)
class Glyph:
    """A character and its box in points from the top left corner of the page."""

    text: str
    left: float
    top: float
    right: float
    bottom: float

    @property
    def size(self) -> float:
        """The height of the box."""
        return self.bottom - self.top


@dataclass(frozen=True, slots=True)
class Line:
    """Glyphs that stand on one line, from left to right."""

    text: str
    left: float
    top: float
    right: float
    bottom: float
    size: float


def find_lines(glyphs: Sequence[Glyph]) -> list[Line]:
    """Return the lines that `glyphs` form, from top to bottom."""
    rows: list[list[Glyph]] = []
    for glyph in sorted(glyphs, key=lambda g: ((g.top + g.bottom) / 2, g.left)):
        middle = (glyph.top + glyph.bottom) / 2
        if rows:
            last = rows[-1][0]
            if abs((last.top + last.bottom) / 2 - middle) < max(last.size, glyph.size) * 0.5:
                rows[-1].append(glyph)
                continue
        rows.append([glyph])
    lines = []
    for row in rows:
        row.sort(key=lambda g: g.left)
        text = _text(row)
        if text.strip():
            solid = [g for g in row if g.text.strip()]
            lines.append(
                Line(
                    text.strip(),
                    solid[0].left,
                    min(g.top for g in solid),
                    max(g.right for g in solid),
                    max(g.bottom for g in solid),
                    max(g.size for g in solid),
                )
            )
    return lines


def _text(row: Sequence[Glyph]) -> str:
    parts: list[str] = []
    for i, glyph in enumerate(row):
        if i:
            gap = glyph.left - row[i - 1].right
            # words of Latin letters may be set apart without a space; Chinese is justified by gaps that mean nothing
            both = glyph.text.isascii() and row[i - 1].text.isascii() and (glyph.text + row[i - 1].text).isalnum()
            if gap > glyph.size * (0.25 if both else 1.5):
                parts.append(" ")
        parts.append(glyph.text)
    return "".join(parts)


_ENDS_WORD = re.compile(r"(?P<before>.?)(?P<word>[0-9A-Za-z%+.,/-]+)$")
_STARTS_WORD = re.compile(r"^(?P<word>[0-9A-Za-z%+.,/-]+)(?P<after>.?)")


def join_lines(lines: Sequence[str]) -> str:
    """Return wrapped lines as one text.

    Chinese wraps anywhere and needs nothing between; a space that stood at the wrap is not in the file any more. It
    is put back between two Latin words, and between an ideograph and a word that has a space on its other side.

    >>> join_lines(["总审批事项", "833 项，进驻率", "80%。使用 OA", "系统"])
    '总审批事项 833 项，进驻率80%。使用 OA 系统'
    """
    text = ""
    for line in lines:
        if text and line:
            text += " " if _space_between(text, line) else ""
        text += line
    return text


def _space_between(left: str, right: str) -> bool:
    ends, starts = _ENDS_WORD.search(left), _STARTS_WORD.match(right)
    if ends and starts:
        return ends["word"][-1].isalpha() and starts["word"][0].isalpha()
    if starts and left[-1].isalnum():
        return starts["after"] == " "
    if ends and right[0].isalnum():
        return ends["before"] == " "
    return False


def join_paragraphs(lines: Sequence[Line]) -> list[str]:
    """Return the paragraphs that `lines` form: a line that reaches the right margin goes on in the next one."""
    if not lines:
        return []
    left = min(line.left for line in lines)
    right = max(line.right for line in lines)
    paragraphs: list[list[str]] = [[lines[0].text]]
    for before, line in pairwise(lines):
        full = right - before.right < before.size * 1.6 and before.left - left < before.size * 3.5
        flush = line.left - left < line.size * 0.9
        near = line.top - before.bottom < before.size * 1.6 and abs(line.size - before.size) < 1.5
        if full and flush and near:
            paragraphs[-1].append(line.text)
        else:
            paragraphs.append([line.text])
    return [join_lines(paragraph) for paragraph in paragraphs]


def find_columns(glyphs: Sequence[Glyph]) -> list[tuple[float, float]]:
    """Return the horizontal extents of the columns: what white strips from top to bottom leave between them."""
    solid = sorted((g for g in glyphs if g.text.strip()), key=lambda g: g.left)
    columns: list[tuple[float, float]] = []
    for glyph in solid:
        if columns and glyph.left - columns[-1][1] < glyph.size * 0.6:
            columns[-1] = (columns[-1][0], max(columns[-1][1], glyph.right))
        else:
            columns.append((glyph.left, glyph.right))
    return columns


def find_rows(glyphs: Sequence[Glyph], columns: Sequence[tuple[float, float]], *, one: bool = False) -> list[list[str]]:
    """Return the texts of a band of a table without rules between its rows; `one` takes the band as one row.

    A row starts where the first column has a text. Between two such places the widest gap parts the rows; of equal
    gaps the last one, since cells are set from the top.
    """
    lines = [find_lines([g for g in glyphs if low - 1 <= (g.left + g.right) / 2 <= high + 1]) for low, high in columns]
    anchors = [line.top for line in lines[0]] if lines else []
    cuts: list[float] = []
    if not one:
        spots = sorted({round(line.top, 1): line for column in lines for line in column}.values(), key=lambda x: x.top)
        for upper, lower in pairwise(anchors):
            between = [line for line in spots if upper - 0.5 <= line.top <= lower + 0.5]
            gaps = [(b.top - a.top, b.top) for a, b in pairwise(between) if b.top - a.top > 2]
            if gaps:
                widest = max(gap for gap, _ in gaps)
                cuts.append(max(top for gap, top in gaps if gap > widest - 1.0) - 0.6)
    rows = [["" for _ in columns] for _ in range(len(cuts) + 1)]
    for j, column in enumerate(lines):
        for i in range(len(rows)):
            low = cuts[i - 1] if i else float("-inf")
            high = cuts[i] if i < len(cuts) else float("inf")
            rows[i][j] = join_lines([line.text for line in column if low <= line.top < high])
    return [row for row in rows if any(row)]
