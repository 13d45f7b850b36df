"""Excel and Kingsoft sheets (xlsx, xls, et) through calamine, with merged cells where they stand."""

from __future__ import annotations

import datetime
import re
from pathlib import Path

from yichuang_nlp.errors import BrokenFile, EncryptedFile, LimitExceeded, MissingExtra
from yichuang_nlp.grids import GridList, Piece, check_extent
from yichuang_nlp.limits import DEFAULT, Limits
from yichuang_nlp.records import Grid
from yichuang_nlp.zips import Package, parse_xml

__all__ = ["read"]

# A cell that has a value: <c r="B7" s="1" t="s"><v>
_FILLED = re.compile(rb"<(?:\w+:)?c\s[^>]*?\br=\"([A-Z]{1,3})(\d{1,7})\"[^>]*?(?<!/)>\s*<(?:\w+:)?(?:v|is|f)\b")


def read(path: Path, limits: Limits = DEFAULT) -> list[Grid]:
    """Return one grid a visible sheet, in its own coordinates."""
    try:
        import python_calamine as calamine
    except ImportError as error:
        raise MissingExtra.of("office", path.name) from error
    with path.open("rb") as stream:
        zipped = stream.read(2) == b"PK"
    percents = _check_package(path, limits) if zipped else {}
    grids = GridList(path, limits)
    try:
        book = calamine.CalamineWorkbook.from_path(str(path))
        for sheet in book.sheets_metadata:
            if "visible" not in str(sheet.visible).lower() or "worksheet" not in str(sheet.typ).lower():
                continue
            _add_sheet(grids, book, sheet.name, limits, percents.get(sheet.name, set()))
    except calamine.PasswordError as error:
        raise EncryptedFile(
            path.name,
            found="a workbook with a password",
            expected="a file that opens without one",
            hint="save a copy without the password",
        ) from error
    except (calamine.CalamineError, OSError) as error:
        raise BrokenFile(
            path.name,
            found=f"a workbook that does not open ({str(error)[:120]})",
            expected="a whole xlsx, xls or et",
            hint="open it and save it again",
        ) from error
    return grids.finish()


def _add_sheet(grids: GridList, book: object, name: str, limits: Limits, percents: set[tuple[int, int]]) -> None:
    sheet = book.get_sheet_by_name(name)  # type: ignore[attr-defined]
    where = f"{grids.file}, sheet {name}"
    start = sheet.start or (0, 0)
    end = sheet.end or (-1, -1)
    check_extent(end[0] + 1, end[1] + 1, where, limits)
    rows = [[_to_text(value) for value in row] for row in sheet.to_python(skip_empty_area=True)]
    spans = {}
    for (top, left), (bottom, right) in sheet.merged_cell_ranges or ():
        if bottom - top >= limits.span or right - left >= limits.span:
            raise LimitExceeded(
                where,
                found=f"a merged cell of {bottom - top + 1:,} rows and {right - left + 1:,} columns",
                expected=f"at most {limits.span:,}",
            )
        spans[top, left] = (bottom - top + 1, right - left + 1)
    pieces = []
    for i, row in enumerate(rows, start[0]):
        for j, text in enumerate(row, start[1]):
            height, width = spans.get((i, j), (1, 1))
            if (i, j) in percents:
                text = _to_percent(text)
            # a merge may reach past the last filled cell; blank space is no table
            pieces.append(Piece(i, j, text, min(height, end[0] + 1 - i), min(width, end[1] + 1 - j)))
    grids.add_pieces(pieces, sheet=name)


def _to_text(value: object) -> str:
    """Return a cell's value as a person sees it: 3.0 is 3, a date has no time of day unless it has one.

    >>> _to_text(3.0), _to_text(datetime.datetime(2017, 3, 20)), _to_text(True), _to_text(0.1 + 0.2)
    ('3', '2017-03-20', 'TRUE', '0.3')
    """
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else f"{value:.12g}"
    if isinstance(value, datetime.datetime):
        return value.date().isoformat() if value.time() == datetime.time() else value.isoformat(" ", "minutes")
    return "" if value is None else str(value)


def _to_percent(text: str) -> str:
    """Return a number as its cell shows it; calamine gives the value behind a format only.

    >>> _to_percent("0.7"), _to_percent("0.985"), _to_percent("—")
    ('70%', '98.5%', '—')
    """
    try:
        return f"{float(text) * 100:.6g}%"
    except ValueError:
        return text


def _check_package(path: Path, limits: Limits) -> dict[str, set[tuple[int, int]]]:
    """Refuse bombs, document types, and sheets whose extent no memory holds, before calamine sees them.

    Returns the 0-based places of the cells of each sheet that show a percentage.
    """
    styled: dict[str, dict[int, list[tuple[int, int]]]] = {}
    texts: dict[str, bytes] = {}
    with Package(path, limits) as package:
        for name in package.names():
            data = package.read(name)
            if not name.endswith((".xml", ".rels")):
                continue
            if b"<!DOCTYPE" in data[:4096] or b"<!ENTITY" in data:
                raise BrokenFile(
                    f"{path.name}, {name}",
                    found="an XML part that brings its own document type",
                    expected="plain XML: Excel writes none",
                    hint="this is how entity bombs are made; do not open the file",
                )
            if name in {"xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml"}:
                texts[name] = data
            if name.startswith("xl/worksheets/"):
                last_row = last_column = 0
                for match in _FILLED.finditer(data):
                    row, column = int(match[2]), _column(match[1])
                    last_row, last_column = max(last_row, row), max(last_column, column)
                    if style := _STYLE.search(match[0]):
                        styled.setdefault(name, {}).setdefault(int(style[1]), []).append((row - 1, column - 1))
                check_extent(last_row, last_column, f"{path.name}, {Path(name).stem}", limits)
    return _percent_cells(texts, styled)


_STYLE = re.compile(rb'\bs="(\d{1,6})"')
_PERCENT_FORMATS = {"9", "10"}  # 0% and 0.00%, which have no code of their own in the file


def _percent_cells(
    texts: dict[str, bytes], styled: dict[str, dict[int, list[tuple[int, int]]]]
) -> dict[str, set[tuple[int, int]]]:
    """Return sheet name -> places whose style has a percent format."""
    if len(texts) < 3:
        return {}
    workbook, links, styles = (parse_xml(texts[name], name) for name in sorted(texts, key=_PARTS.index))
    formats = {e.get("numFmtId") for e in styles.iter("{*}numFmt") if "%" in (e.get("formatCode") or "")}
    formats |= _PERCENT_FORMATS
    cell_styles = next(styles.iter("{*}cellXfs"), ())
    percent = {number for number, style in enumerate(cell_styles) if style.get("numFmtId") in formats}
    targets = {link.get("Id"): (link.get("Target") or "").lstrip("/") for link in links}
    found = {}
    for sheet in workbook.iter("{*}sheet"):
        link = next((value for key, value in sheet.attrib.items() if key.endswith("}id")), "")
        part = targets.get(link, "")
        places = styled.get(part if part.startswith("xl/") else f"xl/{part}", {})
        found[sheet.get("name") or ""] = {place for style in percent for place in places.get(style, ())}
    return found


_PARTS = ("xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml")


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number
