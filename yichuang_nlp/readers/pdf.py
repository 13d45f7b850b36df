"""PDF with text, through pdfplumber: ruled tables, three-line tables, rows cut by a page, page numbers dropped."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from yichuang_nlp.errors import BrokenFile, EncryptedFile, LimitExceeded, MissingExtra, YichuangError
from yichuang_nlp.grids import GridList
from yichuang_nlp.limits import DEFAULT, Limits
from yichuang_nlp.pages import Box, add_pages, build_page, fill_cells, is_inside
from yichuang_nlp.records import Grid
from yichuang_nlp.typeset import Glyph, find_columns, find_rows

__all__ = ["read"]

_TOUCH = 3.0  # points within which two rules meet: drawing programs leave gaps of half a line's width


def read(path: Path, limits: Limits = DEFAULT) -> list[Grid]:
    """Return the tables of all pages with the prose between them.

    Returns no grid for a scan (pictures without any text): that is for the reader of scans.
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
        pages.append(build_page(page.page_number, float(page.height), glyphs, _tables(page, glyphs)))
        page.close()
    if not any(page.tables or page.lines for page in pages):
        if images:
            return []
        raise BrokenFile(path.name, found="a PDF without text", expected="a briefing", hint="fetch it again")
    grids = GridList(path, limits)
    add_pages(grids, pages)
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


def _tables(page: Any, glyphs: Sequence[Glyph]) -> list[tuple[Box, list[list[str]]]]:
    settings = {"snap_tolerance": _TOUCH, "join_tolerance": _TOUCH, "intersection_tolerance": _TOUCH}
    ends = _open_ends(page)
    if ends:
        settings["explicit_horizontal_lines"] = ends  # type: ignore[assignment]
    found = []
    for table in page.find_tables(settings):
        if len(table.rows) < 2 and len(table.cells) < 3:
            continue
        found.append((tuple(table.bbox), fill_cells(table, glyphs)))
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
    inside = [g for g in glyphs if is_inside(g, box)]
    columns = find_columns(inside)
    if len(columns) < 2:
        return []
    rows: list[list[str]] = []
    for above, below in pairwise(rules):
        band = [g for g in inside if above[0] <= (g.top + g.bottom) / 2 <= below[0]]
        head = not rows and len(rules) > 2
        rows.extend(find_rows(band, columns, one=head))
    return [(box, rows)]
