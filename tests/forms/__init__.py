"""The same table in every form that we can write: what a reader gives back must not depend on the form."""

from __future__ import annotations

import csv
import html
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.forms.pdf import Page, write_pages

Rows = Sequence[Sequence[str]]


@dataclass(frozen=True)
class Form:
    """How a table is written: `write(path, rows, lines)` with prose `lines` over it, and under which suffix."""

    name: str
    suffix: str
    write: Callable[[Path, Rows, Sequence[str]], None]


def _txt(path: Path, rows: Rows, lines: Sequence[str], encoding: str = "utf-8") -> None:
    body = [*lines, "", *("\t".join(cell.replace("\n", " ") for cell in row) for row in rows)]
    path.write_bytes("\r\n".join(body).encode(encoding))


def _txt_wide(path: Path, rows: Rows, lines: Sequence[str]) -> None:
    _txt(path, rows, lines, "utf-16")


def _txt_gb(path: Path, rows: Rows, lines: Sequence[str]) -> None:
    _txt(path, rows, lines, "gb18030")


def _md(path: Path, rows: Rows, lines: Sequence[str]) -> None:
    def line(row: Sequence[str]) -> str:
        return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", "<br>") for cell in row) + " |"

    body = [*(f"# {text}" for text in lines), "", line(rows[0]), "|" + "---|" * len(rows[0]), *map(line, rows[1:])]
    path.write_text("\n".join(body), encoding="utf-8")


def _csv(path: Path, rows: Rows, lines: Sequence[str], encoding: str = "gb18030", delimiter: str = ",") -> None:
    with path.open("w", encoding=encoding, newline="") as stream:
        writer = csv.writer(stream, delimiter=delimiter)
        writer.writerows([[text] + [""] * (len(rows[0]) - 1) for text in lines])
        writer.writerows(rows)


def _tsv(path: Path, rows: Rows, lines: Sequence[str]) -> None:
    _csv(path, rows, lines, "utf-16", "\t")


def _docx(path: Path, rows: Rows, lines: Sequence[str]) -> None:
    import docx

    document = docx.Document()
    for text in lines:
        document.add_paragraph(text)
    table = document.add_table(rows=len(rows), cols=len(rows[0]))
    for i, row in enumerate(rows):
        cells = table.rows[i].cells
        for j, text in enumerate(row):
            cells[j].text = text
    document.save(str(path))


def _xlsx(path: Path, rows: Rows, lines: Sequence[str]) -> None:
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.active
    for text in lines:
        sheet.append([text])
        sheet.merge_cells(start_row=sheet.max_row, end_row=sheet.max_row, start_column=1, end_column=len(rows[0]))
    for row in rows:
        sheet.append(list(row))
        for cell in sheet[sheet.max_row]:
            cell.data_type = "s" if cell.value else "n"  # a text that starts with "=" is no formula
    book.save(path)


def _html(path: Path, rows: Rows, lines: Sequence[str], encoding: str = "gb18030") -> None:
    body = "".join(f"<p>{html.escape(text)}</p>" for text in lines)
    table = "".join(
        "<tr>" + "".join(f"<td><p>{html.escape(cell).replace(chr(10), '<br>')}</p></td>" for cell in row) + "</tr>"
        for row in rows
    )
    # as content systems do: a table for the page, one for the menu, one for the text
    page = (
        f'<html><head><meta charset="{encoding}"><title>x</title></head><body><table width=900><tr><td>'
        "<table><tr><td>首页</td><td>公开</td></tr></table></td></tr>"
        f"<tr><td>{body}<table border=1>{table}</table></td></tr></table></body></html>"
    )
    path.write_bytes(page.encode(encoding, "xmlcharrefreplace"))


def _pdf(path: Path, rows: Rows, lines: Sequence[str]) -> None:
    write_pages(path, _ruled(rows, lines, limit=10))


def _pdf_three_lines(path: Path, rows: Rows, lines: Sequence[str]) -> None:
    write_pages(path, _three_lines(rows, lines))


WIDTH, SIZE, LEFT, TOP, LEADING = 12, 9.0, 40.0, 800.0, 12.0  # characters a column, points


def _wrap(text: str) -> list[str]:
    return [text[k : k + WIDTH] for k in range(0, len(text), WIDTH)] or [""]


def _heads(page: Page, lines: Sequence[str]) -> float:
    y = TOP
    for text in lines:
        page.text(LEFT, y, text, SIZE)
        y -= LEADING * 2
    return y


def _ruled(rows: Rows, lines: Sequence[str], limit: int) -> list[Page]:
    """Set a ruled table; after `limit` lines the page ends, be it in the middle of a row."""
    pages = [Page()]
    y = _heads(pages[0], lines) + LEADING
    step = WIDTH * SIZE + 8
    edges = [LEFT + j * step for j in range(len(rows[0]) + 1)]
    top, used = y, 0
    pages[-1].line(edges[0], y, edges[-1], y)
    for row in rows:
        wrapped = [_wrap(cell) for cell in row]
        for k in range(max(len(cell) for cell in wrapped)):
            if used == limit:  # no rule where the page ends: the row goes on
                for x in edges:
                    pages[-1].line(x, top, x, y)
                pages[-1].text(290, 30, f"- {len(pages)} -", SIZE)
                pages.append(Page())
                y = top = TOP
                used = 0
            y -= LEADING
            used += 1
            for j, cell in enumerate(wrapped):
                if k < len(cell):
                    pages[-1].text(edges[j] + 3, y + 3, cell[k], SIZE)
        pages[-1].line(edges[0], y, edges[-1], y)
    for x in edges:
        pages[-1].line(x, top, x, y)
    pages[-1].text(290, 30, f"- {len(pages)} -", SIZE)
    return pages


def _three_lines(rows: Rows, lines: Sequence[str]) -> list[Page]:
    page = Page()
    y = _heads(page, lines)
    step = WIDTH * SIZE + 12
    right = LEFT + len(rows[0]) * step
    page.line(LEFT, y, right, y)
    for number, row in enumerate(rows):
        wrapped = [_wrap(cell) for cell in row]
        y -= 2
        for k in range(max(len(cell) for cell in wrapped)):
            y -= LEADING
            for j, cell in enumerate(wrapped):
                if k < len(cell):
                    page.text(LEFT + j * step, y + 3, cell[k], SIZE)
        y -= 2
        if number in (0, len(rows) - 1):
            page.line(LEFT, y, right, y)
    return [page]


FORMS = (
    Form("text with tabs", ".txt", _txt),
    Form("text in UTF-16", ".txt", _txt_wide),
    Form("text in GB18030", ".txt", _txt_gb),
    Form("Markdown", ".md", _md),
    Form("CSV in GB18030 with title rows", ".csv", _csv),
    Form("TSV in UTF-16", ".tsv", _tsv),
    Form("Word", ".docx", _docx),
    Form("Excel", ".xlsx", _xlsx),
    Form("a saved page in GB18030", ".html", _html),
    Form("an html that calls itself xls", ".xls", _html),
    Form("a docx that calls itself wps", ".wps", _docx),
    Form("PDF with rules, rows cut by the page", ".pdf", _pdf),
    Form("PDF with three lines", ".pdf", _pdf_three_lines),
)
