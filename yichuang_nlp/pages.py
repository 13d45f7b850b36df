"""Pages of glyphs and tables to grids: text into cells, prose into paragraphs, page numbers dropped."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from yichuang_nlp.grids import GridList, Piece
from yichuang_nlp.typeset import Glyph, Line, find_lines, join_lines, join_paragraphs

__all__ = ["Box", "Page", "add_pages", "build_page", "fill_cells", "is_inside"]

Box = tuple[float, float, float, float]  # left, top, right, bottom
Found = tuple[Box, list[list[str]]]  # where a table stands, and its texts

_PAGE_NUMBER = re.compile(
    r"[-—–~·\s]*(?:第\s*)?\d{1,4}\s*(?:页)?(?:\s*[/／共,，]\s*(?:共\s*)?\d{1,4}\s*页?)?[-—–~·\s]*"
)


@dataclass(frozen=True, slots=True)
class Page:
    """One page: its tables and the lines outside them."""

    number: int
    height: float
    tables: tuple[Found, ...]
    lines: tuple[Line, ...]


def build_page(number: int, height: float, glyphs: Sequence[Glyph], tables: Sequence[Found]) -> Page:
    """Return the page; a table counts only if it holds text, since frames around pictures do not."""
    kept = tuple((box, rows) for box, rows in tables if any(text for row in rows for text in row))
    outside = [glyph for glyph in glyphs if not any(is_inside(glyph, box) for box, _ in kept)]
    return Page(number, height, kept, tuple(find_lines(outside)))


def add_pages(grids: GridList, pages: Sequence[Page]) -> None:
    """Add what stands on `pages` in reading order."""
    furniture = _furniture(pages)
    for page in pages:
        kept = [line for line in page.lines if not _is_furniture(line, page.height, furniture)]
        events: list[tuple[float, int, Any]] = [(box[1], 1, rows) for box, rows in page.tables]
        events += [(run[0].top, 0, run) for run in _runs(kept, [box for box, _ in page.tables])]
        for _, is_table, content in sorted(events, key=lambda event: event[:2]):
            if is_table:
                pieces = (Piece(i, j, text) for i, row in enumerate(content) for j, text in enumerate(row))
                grids.add_pieces(pieces, page=page.number)
            else:
                for paragraph in join_paragraphs(content):
                    grids.add_prose(paragraph)


def is_inside(glyph: Glyph, box: Box) -> bool:
    """Return whether the middle of a glyph stands in a box."""
    x, y = (glyph.left + glyph.right) / 2, (glyph.top + glyph.bottom) / 2
    return box[0] <= x <= box[2] and box[1] <= y <= box[3]


def fill_cells(table: Any, glyphs: Sequence[Glyph]) -> list[list[str]]:
    """Return the texts of a ruled table; a merged cell has its text at its top left."""
    inside = [g for g in glyphs if is_inside(g, table.bbox)]
    rows = []
    for row in table.rows:
        texts = []
        for box in row.cells:
            lines = find_lines([g for g in inside if is_inside(g, box)]) if box else []
            texts.append(join_lines([line.text for line in lines]))
        rows.append(texts)
    return rows


def _runs(lines: Sequence[Line], boxes: Sequence[Box]) -> list[list[Line]]:
    """Return the lines in runs that no table cuts."""
    runs: list[list[Line]] = []
    for line in lines:
        if runs and not any(runs[-1][-1].top <= box[1] <= line.top for box in boxes):
            runs[-1].append(line)
        else:
            runs.append([line])
    return runs


def _furniture(pages: Sequence[Page]) -> set[str]:
    """Return the texts that stand at the same height of several pages: running heads and feet."""
    spots: Counter[tuple[str, int]] = Counter()
    for page in pages:
        margin = [line for line in page.lines if _is_margin(line, page.height)]
        spots.update({(re.sub(r"\d+", "#", line.text), round(line.top / 4)) for line in margin})
    return {text for (text, _), count in spots.items() if count > 1}


def _is_margin(line: Line, height: float) -> bool:
    return line.top < height * 0.12 or line.bottom > height * 0.88


def _is_furniture(line: Line, height: float, furniture: set[str]) -> bool:
    if not _is_margin(line, height):
        return False
    return bool(_PAGE_NUMBER.fullmatch(line.text)) or re.sub(r"\d+", "#", line.text) in furniture
