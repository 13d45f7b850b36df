"""PDF with text, through pdfplumber: ruled tables, three-line tables, rows cut by a page, page numbers dropped."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from yichuang_nlp.errors import BrokenFile, EncryptedFile, LimitExceeded, MissingExtra, NoTable, YichuangError
from yichuang_nlp.grids import GridList, Piece
from yichuang_nlp.limits import DEFAULT, Limits
from yichuang_nlp.records import Grid
from yichuang_nlp.typeset import Glyph, Line, find_columns, find_lines, find_rows, join_lines, join_paragraphs

__all__ = ["read"]

Box = tuple[float, float, float, float]  # left, top, right, bottom

_PAGE_NUMBER = re.compile(
    r"[-—–~·\s]*(?:第\s*)?\d{1,4}\s*(?:页)?(?:\s*[/／共,，]\s*(?:共\s*)?\d{1,4}\s*页?)?[-—–~·\s]*"
)
_TOUCH = 3.0  # points within which two rules meet: drawing programs leave gaps of half a line's width


def read(path: Path, limits: Limits = DEFAULT) -> list[Grid]:
    """Return the tables of all pages with the prose between them.

    Raises `NoTable` for a scan (pictures without any text).
    """
    try:
        import pdfplumber
        from pdfminer.pdfdocument import PDFPasswordIncorrect
    except ImportError as error:
        raise MissingExtra.of("pdf", path.name) from error
    try:
        with pdfplumber.open(path) as document:
            return _read_pages(path, document, limits)
    except (YichuangError, MemoryError, RecursionError):
        raise
    except Exception as error:
        causes = list(_causes(error))
        if any(isinstance(cause, MemoryError) or "allocate" in str(cause) for cause in causes):
            raise LimitExceeded(
                path.name,
                found="a PDF that needs too much memory",
                expected=f"at most {limits.memory_bytes >> 20:,} MB",
                hint="print it to a new PDF",
            ) from error
        if any(isinstance(cause, PDFPasswordIncorrect) for cause in causes):
            raise EncryptedFile(
                path.name,
                found="a PDF with a password",
                expected="a file that opens without one",
                hint="print it to a new PDF without the password",
            ) from error
        raise BrokenFile(
            path.name,
            found=f"a PDF that does not parse ({type(error).__name__}: {str(error)[:120]})",
            expected="a whole PDF",
            hint="fetch it again, or print it to a new PDF",
        ) from error


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield `error` and what it wraps: pdfplumber hides the reason in the first argument."""
    seen: list[BaseException] = []
    waiting: list[object] = [error]
    while waiting:
        cause = waiting.pop()
        if isinstance(cause, BaseException) and cause not in seen:
            seen.append(cause)
            yield cause
            waiting += [*cause.args[:1], cause.__cause__, cause.__context__]


def _read_pages(path: Path, document: Any, limits: Limits) -> list[Grid]:
    count = len(document.pages)
    if count > limits.pages:
        raise LimitExceeded(path.name, found=f"{count:,} pages", expected=f"at most {limits.pages:,}")
    if not count:
        raise BrokenFile(path.name, found="a PDF without pages", expected="a whole PDF", hint="fetch it again")
    pages = []
    images = 0
    for page in document.pages:
        glyphs = _glyphs(page)
        images += len(page.images)
        # a table counts only if it holds text: frames around pictures do not
        boxes = [(table, rows) for table, rows in _tables(page, glyphs) if any(text for r in rows for text in r)]
        outside = [g for g in glyphs if not any(_inside(g, box) for box, _ in boxes)]
        pages.append((page.page_number, boxes, find_lines(outside), float(page.height)))
        page.close()
    if not any(boxes or lines for _, boxes, lines, _ in pages):
        if images:
            raise NoTable(
                path.name,
                found=f"a scan: {count} pages of pictures without text",
                expected="a PDF with text",
                hint='ask for the file it was printed from, or install OCR: pip install "yichuang_nlp[ocr]"',
            )
        raise BrokenFile(path.name, found="a PDF without text", expected="a briefing", hint="fetch it again")
    furniture = _furniture(pages)
    grids = GridList(path, limits)
    for number, boxes, lines, height in pages:
        kept = [line for line in lines if not _is_furniture(line, height, furniture)]
        events: list[tuple[float, int, Any]] = [(box[1], 1, rows) for box, rows in boxes]
        events += [(lines_[0].top, 0, lines_) for lines_ in _runs(kept, [box for box, _ in boxes])]
        for _, is_table, content in sorted(events, key=lambda event: event[:2]):
            if is_table:
                grids.add_pieces(
                    (Piece(i, j, text) for i, row in enumerate(content) for j, text in enumerate(row)), page=number
                )
            else:
                for paragraph in join_paragraphs(content):
                    grids.add_prose(paragraph)
    return grids.finish()


def _glyphs(page: Any) -> list[Glyph]:
    seen: set[tuple[str, int, int]] = set()
    glyphs = []
    for char in page.chars:
        spot = (char["text"], round(char["x0"]), round(char["top"]))
        if spot in seen or not char.get("upright", True):  # bold drawn twice; stamps and water marks on the slant
            continue
        seen.add(spot)
        glyphs.append(Glyph(char["text"], char["x0"], char["top"], char["x1"], char["bottom"]))
    return glyphs


def _inside(glyph: Glyph, box: Box) -> bool:
    x, y = (glyph.left + glyph.right) / 2, (glyph.top + glyph.bottom) / 2
    return box[0] <= x <= box[2] and box[1] <= y <= box[3]


def _tables(page: Any, glyphs: Sequence[Glyph]) -> list[tuple[Box, list[list[str]]]]:
    settings = {"snap_tolerance": _TOUCH, "join_tolerance": _TOUCH, "intersection_tolerance": _TOUCH}
    ends = _open_ends(page)
    if ends:
        settings["explicit_horizontal_lines"] = ends  # type: ignore[assignment]
    found = []
    for table in page.find_tables(settings):
        if len(table.rows) < 2 and len(table.cells) < 3:
            continue
        found.append((tuple(table.bbox), _cells_to_rows(table, glyphs)))
    if not found:
        found = _three_line_tables(page, glyphs)
    return found


def _open_ends(page: Any) -> list[float]:
    """Return where vertical rules end without a horizontal one: a row that goes on on the next page."""
    horizontal = [edge for edge in page.edges if edge["orientation"] == "h"]
    vertical = [edge for edge in page.edges if edge["orientation"] == "v" and edge["bottom"] - edge["top"] > 8]
    ends: Counter[float] = Counter()
    for edge in vertical:
        for end in (edge["top"], edge["bottom"]):
            if not any(
                abs(rule["top"] - end) < _TOUCH and rule["x0"] - _TOUCH <= edge["x0"] <= rule["x1"] + _TOUCH
                for rule in horizontal
            ):
                ends[round(end)] += 1
    return [end for end, count in ends.items() if count >= 3]


def _cells_to_rows(table: Any, glyphs: Sequence[Glyph]) -> list[list[str]]:
    """Return the texts of a ruled table; a merged cell has its text at its top left."""
    inside = [g for g in glyphs if _inside(g, table.bbox)]
    rows = []
    for row in table.rows:
        texts = []
        for box in row.cells:
            lines = find_lines([g for g in inside if _inside(g, box)]) if box else []
            texts.append(join_lines([line.text for line in lines]))
        rows.append(texts)
    return rows


def _three_line_tables(page: Any, glyphs: Sequence[Glyph]) -> list[tuple[Box, list[list[str]]]]:
    """Return tables drawn with horizontal rules only: one over the header, one under it, one at the end."""
    rules: list[tuple[float, float, float]] = []
    for edge in sorted((e for e in page.edges if e["orientation"] == "h"), key=lambda e: e["top"]):
        if edge["x1"] - edge["x0"] < page.width * 0.3:
            continue
        if rules and abs(rules[-1][0] - edge["top"]) < _TOUCH:
            rules[-1] = (rules[-1][0], min(rules[-1][1], edge["x0"]), max(rules[-1][2], edge["x1"]))
        else:
            rules.append((edge["top"], edge["x0"], edge["x1"]))
    if len(rules) < 2:
        return []
    box = (min(r[1] for r in rules) - 2, rules[0][0], max(r[2] for r in rules) + 2, rules[-1][0])
    inside = [g for g in glyphs if _inside(g, box)]
    columns = find_columns(inside)
    if len(columns) < 2:
        return []
    rows: list[list[str]] = []
    for above, below in pairwise(rules):
        band = [g for g in inside if above[0] <= (g.top + g.bottom) / 2 <= below[0]]
        head = not rows and len(rules) > 2
        rows.extend(find_rows(band, columns, one=head))
    return [(box, rows)]


def _runs(lines: Sequence[Line], boxes: Sequence[Box]) -> list[list[Line]]:
    """Return the lines in runs that no table cuts."""
    runs: list[list[Line]] = []
    for line in lines:
        if runs and not any(runs[-1][-1].top <= box[1] <= line.top for box in boxes):
            runs[-1].append(line)
        else:
            runs.append([line])
    return runs


def _furniture(pages: Sequence[tuple[int, Any, list[Line], float]]) -> set[str]:
    """Return the texts that stand at the same height of several pages: running heads and feet."""
    spots: Counter[tuple[str, int]] = Counter()
    for _, _, lines, height in pages:
        spots.update(
            {(re.sub(r"\d+", "#", line.text), round(line.top / 4)) for line in lines if _is_margin(line, height)}
        )
    return {text for (text, _), count in spots.items() if count > 1}


def _is_margin(line: Line, height: float) -> bool:
    return line.top < height * 0.12 or line.bottom > height * 0.88


def _is_furniture(line: Line, height: float, furniture: set[str]) -> bool:
    if not _is_margin(line, height):
        return False
    return bool(_PAGE_NUMBER.fullmatch(line.text)) or re.sub(r"\d+", "#", line.text) in furniture
