"""Forms with merged cells and other layouts, written by code from the same rows."""

from __future__ import annotations

import html
from collections.abc import Sequence
from pathlib import Path

from tests.forms import Form, Rows

# (row, column, rows, columns): a title over all, one text for two cities, one text for two dimensions
Spans = Sequence[tuple[int, int, int, int]]

TITLE = "各市工作进展情况"
ROWS = (
    (TITLE, "", "", "", ""),
    ("序号", "地区", "水源地保护情况", "饮水安全监测情况", "管网改造情况"),
    ("1", "合肥市", "已完成隔离防护工程。", "已接入省平台，每月监测 1 次。", "正在改造 12 公里。"),
    ("2", "芜湖市", "", "拟于6月底前接入。", "已部署各县（区）制定方案。"),
    ("3", "蚌埠市", "正在开展勘界立标，已完成 6 处。", "", ""),
    ("4", "安庆市", "", "未报送", "已完成招标。"),
)
SPANS = ((0, 0, 1, 5), (2, 2, 2, 1), (4, 2, 2, 1), (4, 3, 1, 2))
CELLS = tuple(
    (city, dimension, text)
    for city, texts in (
        ("合肥市", ("已完成隔离防护工程。", "已接入省平台，每月监测 1 次。", "正在改造 12 公里。")),
        ("芜湖市", ("已完成隔离防护工程。", "拟于6月底前接入。", "已部署各县（区）制定方案。")),
        ("蚌埠市", ("正在开展勘界立标，已完成 6 处。", "", "")),
        ("安庆市", ("正在开展勘界立标，已完成 6 处。", "未报送", "已完成招标。")),
    )
    for dimension, text in zip(ROWS[1][2:], texts, strict=True)
)


def _covered(spans: Spans) -> set[tuple[int, int]]:
    return {
        (i, j)
        for row, column, height, width in spans
        for i in range(row, row + height)
        for j in range(column, column + width)
        if (i, j) != (row, column)
    }


def _docx(path: Path, rows: Rows, lines: Sequence[str]) -> None:
    import docx

    document = docx.Document()
    for line in lines:
        document.add_paragraph(line)
    table = document.add_table(rows=len(rows), cols=len(rows[0]))
    for row, column, height, width in SPANS:
        table.cell(row, column).merge(table.cell(row + height - 1, column + width - 1))
    for i, texts in enumerate(rows):
        for j, text in enumerate(texts):
            if (i, j) not in _covered(SPANS):
                table.cell(i, j).text = text
    document.save(str(path))


def _xlsx(path: Path, rows: Rows, lines: Sequence[str]) -> None:
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.active
    for texts in rows:
        sheet.append([text or None for text in texts])
    for row, column, height, width in SPANS:
        sheet.merge_cells(start_row=row + 1, start_column=column + 1, end_row=row + height, end_column=column + width)
    book.save(path)


def _xls(path: Path, rows: Rows, lines: Sequence[str]) -> None:
    import xlwt

    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("Sheet1")
    starts = {(row, column): (height, width) for row, column, height, width in SPANS}
    for i, texts in enumerate(rows):
        for j, text in enumerate(texts):
            if (i, j) in starts:
                height, width = starts[i, j]
                sheet.write_merge(i, i + height - 1, j, j + width - 1, text)
            elif (i, j) not in _covered(SPANS) and text:
                sheet.write(i, j, text)
    book.save(str(path))


def _html(path: Path, rows: Rows, lines: Sequence[str]) -> None:
    starts = {(row, column): (height, width) for row, column, height, width in SPANS}
    body = []
    for i, texts in enumerate(rows):
        cells = []
        for j, text in enumerate(texts):
            if (i, j) not in _covered(SPANS):
                height, width = starts.get((i, j), (1, 1))
                cells.append(f"<td rowspan={height} colspan={width}><p>{html.escape(text)}</p></td>")
        body.append(f"<tr>{''.join(cells)}</tr>")
    prose = "".join(f"<p>{line}</p>" for line in lines)
    page = f"<table><tr><td>导航</td><td>{prose}<table>{''.join(body)}</table></td></tr></table>"
    path.write_text(f"<meta charset=utf-8>{page}", encoding="utf-8")


MERGED = (
    Form("Word with merged cells", ".docx", _docx),
    Form("Excel with merged cells", ".xlsx", _xlsx),
    Form("Excel 97 with merged cells", ".xls", _xls),
    Form("a page with rowspan and colspan inside layout tables", ".html", _html),
)
