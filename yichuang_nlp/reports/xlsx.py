"""The report as a workbook for Excel, WPS and LibreOffice: one sheet a table, ready to filter and to print."""

from __future__ import annotations

from io import BytesIO
from math import ceil
from typing import Any

from yichuang_nlp.errors import MissingExtra
from yichuang_nlp.findings import GapReport
from yichuang_nlp.reports.columns import clean, width_of
from yichuang_nlp.reports.packages import steady_package
from yichuang_nlp.reports.prose import GLYPHS, title_of
from yichuang_nlp.reports.tables import Table, Value, build_tables
from yichuang_nlp.reports.wording import Lang, say

__all__ = ["render_xlsx"]

FONT = "Microsoft YaHei"
FILLS = {"planned": "FBD9BD", "in_progress": "F4EFB8", "completed": "B7DBF5"}
INKS = {"planned": "5C2500", "in_progress": "453F00", "completed": "052F4F"}
LONGEST = 32_000  # characters that a cell of a workbook holds, with a margin
NARROWEST, WIDEST, RUNNING, ALONE = 7, 22, 48, 120
LINE_PT, TALLEST_PT = 15.0, 400.0


def render_xlsx(report: GapReport, lang: Lang = "zh") -> bytes:
    """Return the workbook; needs the `office` extra."""
    try:
        from openpyxl import Workbook
    except ImportError as error:
        raise MissingExtra.of("office", "a report as .xlsx") from error
    book = Workbook()
    book.remove(book.active)
    for table in build_tables(report, lang).values():
        sheet = book.create_sheet(table.title[:31])
        _fill(sheet, table)
        _dress(sheet, table, title_of(report, lang), lang)
    book.properties.title = clean(title_of(report, lang))
    book.properties.creator = "yichuang_nlp"
    out = BytesIO()
    book.save(out)
    return steady_package(out.getvalue(), report.briefing.as_of)


def _fill(sheet: Any, table: Table) -> None:
    from openpyxl.styles import Alignment, Border, Font, PatternFill, Side

    line = Side(style="thin", color="C9D1D9")
    border = Border(left=line, right=line, top=line, bottom=line)
    for column, name in enumerate(table.names, start=1):
        cell = sheet.cell(1, column)
        _put(cell, name)
        cell.font = Font(name=FONT, size=10, bold=True)
        cell.fill = PatternFill("solid", fgColor="E6EBF0")
        cell.alignment = Alignment(wrap_text=True, vertical="center", horizontal="center")
        cell.border = border
    for number, row in enumerate(table.rows, start=2):
        for column, value in enumerate(row, start=1):
            cell = sheet.cell(number, column)
            _put(cell, value)
            cell.font = Font(name=FONT, size=10)
            cell.border = border
            words = isinstance(value, str)
            cell.alignment = Alignment(wrap_text=words, vertical="center", horizontal="left" if words else "center")
            if column - 1 in table.percents:
                cell.number_format = "0.0%"


def _put(cell: Any, value: Value) -> None:
    """Write a value; what begins like a formula arrives as the text that it is."""
    if not isinstance(value, str):
        cell.value = value
        return
    text = "\n".join(clean(line) for line in value.split("\n"))[:LONGEST]
    cell.value = text or None
    if text:
        cell.data_type = "s"
        cell.quotePrefix = text.lstrip()[:1] in ("=", "+", "-", "@")


def _dress(sheet: Any, table: Table, title: str, lang: Lang) -> None:
    """Set widths, filter, frozen panes, colours that follow the words, and the page."""
    from openpyxl.formatting.rule import FormulaRule
    from openpyxl.styles import Font, PatternFill
    from openpyxl.utils import get_column_letter

    last = get_column_letter(len(table.names))
    widths = []
    for column, name in enumerate(table.names):
        longest = max([width_of(name) / 2 + 2, *(_width(row[column]) for row in table.rows)])
        limit = ALONE if len(table.names) == 1 else RUNNING if column in table.wide else WIDEST
        widths.append(min(max(longest + 3, NARROWEST), limit))
        sheet.column_dimensions[get_column_letter(column + 1)].width = widths[-1]
    # Excel and LibreOffice do not grow rows on opening, so that long texts would be cut off
    for number, row in enumerate((table.names, *table.rows), start=1):
        lines = max(_lines(value, width) for value, width in zip(row, widths, strict=True))
        sheet.row_dimensions[number].height = min(LINE_PT * lines + 3, TALLEST_PT)
    fixed = {"matrix": "E2", "ranking": "C2", "cells": "C2", "dimensions": "B2"}
    sheet.freeze_panes = fixed.get(table.key, "A2")
    if table.rows and len(table.names) > 1:
        area = f"A1:{last}{len(table.rows) + 1}"
        sheet.auto_filter.ref = area
        for key, colour in FILLS.items():
            sheet.conditional_formatting.add(
                area,
                FormulaRule(
                    formula=[f'LEFT(A1,1)="{GLYPHS[key]}"'],
                    fill=PatternFill("solid", bgColor=colour),
                    font=Font(color=INKS[key]),
                ),
            )
        for key, colour in (("lagging", "8A1F11"), ("overdue", "8A1F11"), ("missed", "8A1F11"), ("watch", "8A5A00")):
            rule = FormulaRule(formula=[f'A1="{say(key, lang)}"'], font=Font(color=colour, bold=True))
            sheet.conditional_formatting.add(area, rule)
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth = 1
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = "1:1"
    sheet.page_margins.left = sheet.page_margins.right = 0.4
    sheet.oddHeader.center.text = clean(title).replace("&", "&&")[:120]
    sheet.oddFooter.center.text = "&P / &N"


def _lines(value: Value, width: float) -> int:
    """Return how many lines a value takes in a column of this width; a line of Chinese is never quite filled."""
    if not isinstance(value, str):
        return 1
    return sum(max(1, ceil(width_of(line) / max(2.0, width - 2.5))) for line in value.split("\n"))


def _width(value: Value) -> float:
    if isinstance(value, str):
        return max((width_of(line) for line in value.split("\n")), default=0)
    return 8
