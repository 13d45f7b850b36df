"""Make the other forms of the sample briefings from their text form.

    python tools/make_briefing_forms.py [NAME ...]

Each `corpus/briefings/NAME.txt` is prose with tables whose columns are split by tabs. The forms that `FORMS` lists
are written beside it; they are committed, so a checkout needs neither this tool nor LibreOffice (which makes the
PDF, and without which the PDF is left as it is). The same text gives the same docx, xlsx, html and csv, byte for byte.
"""

from __future__ import annotations

import csv
import html
import io
import os
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

HERE = Path(__file__).parents[1] / "corpus" / "briefings"
FORMS = {
    "yijianshi-08": ("docx", "xlsx", "html", "pdf", "csv"),
    "waste-sorting-12": ("docx",),
    "old-neighbourhoods-05": ("xlsx",),
    "water-projects-03": ("xlsx", "html"),
    "river-chiefs-16": ("docx",),
}
# Briefings whose tables have their title in a first row merged over all columns.
TITLED = {"waste-sorting-12"}
FONT = "FangSong"
DAY = (2020, 1, 1, 0, 0, 0)  # of every part of an archive: a form changes only with its text
STAMP = b"2020-01-01T00:00:00Z"


@dataclass(frozen=True, slots=True)
class Block:
    """A run of prose lines, or the rows of one table."""

    lines: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


def read_blocks(text: str) -> Iterator[Block]:
    """Yield prose and tables in order; a blank line ends a table, so that two may follow each other.

    >>> [block.rows or block.lines for block in read_blocks("某省简报\\n\\n地区\\t窗口\\n甲市\\t已建成\\n")]
    [('某省简报',), (('地区', '窗口'), ('甲市', '已建成'))]
    """
    for kind, run in groupby(text.splitlines(), key=lambda line: "tab" if "\t" in line else "text" if line else ""):
        if kind == "tab":
            rows = [tuple(line.split("\t")) for line in run]
            if len({len(row) for row in rows}) != 1:
                raise SystemExit(f"a table with rows of different widths, under {rows[0]}")
            yield Block(rows=tuple(rows))
        elif kind == "text":
            yield Block(lines=tuple(run))


def table_title(blocks: list[Block], at: int) -> str:
    """Return the title of the table `blocks[at]`: the nearest line above but 截至…; 续 from the second on."""
    lines = [line for block in blocks[:at] for line in block.lines if not line.startswith("（")]
    return lines[-1] + ("（续）" if any(block.rows for block in blocks[:at]) else "")


def settle(data: bytes) -> bytes:
    """Return the archive `data` with fixed times, so that the same content gives the same bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            part = source.read(name)
            if name == "docProps/core.xml":
                part = re.sub(rb"(<dcterms:\w+ [^>]*>)[^<]*", rb"\g<1>" + STAMP, part)
            target.writestr(zipfile.ZipInfo(name, DAY), part, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def make_docx(blocks: list[Block], *, titled: bool) -> bytes:
    """Return a Word document: landscape, the name plate large and red, header rows repeated on each page."""
    from docx import Document
    from docx.enum.section import WD_ORIENT
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import Cm, Pt, RGBColor

    document = Document()
    document.core_properties.author = document.core_properties.comments = ""
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = FONT, Pt(12)
    normal.element.rPr.rFonts.set(qn("w:eastAsia"), FONT)
    section = document.sections[0]
    section.orientation, section.page_width, section.page_height = WD_ORIENT.LANDSCAPE, Cm(29.7), Cm(21)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Cm(2)
    first = True
    for at, block in enumerate(blocks):
        for line in block.lines:
            paragraph = document.add_paragraph()
            run = paragraph.add_run(line)
            if first:
                run.font.size, run.font.color.rgb, run.bold, first = Pt(26), RGBColor(0xC0, 0, 0), True, False
                paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
            elif len(line) < 40 and not line.endswith("。") and "：" not in line:
                paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        if not block.rows:
            continue
        rows = [(table_title(blocks, at), *[""] * (len(block.rows[0]) - 1))] * titled + list(block.rows)
        table = document.add_table(rows=len(rows), cols=len(rows[0]), style="Table Grid")
        for i, (row, texts) in enumerate(zip(table.rows, rows, strict=True)):
            for cell, text in zip(row.cells, texts, strict=True):
                run = cell.paragraphs[0].add_run(text)
                run.font.size, run.bold = Pt(10), i <= titled
            if i <= titled:
                row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
        if titled:
            table.cell(0, 0).merge(table.cell(0, len(rows[0]) - 1))
        if at + 1 < len(blocks) and blocks[at + 1].rows:
            document.add_paragraph()  # Word would join two tables that touch
    out = io.BytesIO()
    document.save(out)
    return settle(out.getvalue())


def make_xlsx(blocks: list[Block]) -> bytes:
    """Return a workbook with one sheet: prose in cells merged over the width of the table, then the table."""
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Border, Font, Side

    book = Workbook()
    sheet = book.active
    assert sheet is not None
    width = max(len(block.rows[0]) for block in blocks if block.rows)
    edge = Side(style="thin")
    at = 0
    for block in blocks:
        for line in block.lines:
            at += 1
            sheet.cell(at, 1, line).alignment = Alignment(wrap_text=True)
            sheet.merge_cells(start_row=at, end_row=at, start_column=1, end_column=width)
        for i, row in enumerate(block.rows):
            at += 1
            for j, text in enumerate(row, 1):
                cell = sheet.cell(at, j, int(text) if text.isdecimal() else text or None)
                cell.alignment = Alignment(wrap_text=True, vertical="top")
                cell.border = Border(left=edge, right=edge, top=edge, bottom=edge)
                cell.font = Font(bold=i == 0)
    for j in range(width):
        sheet.column_dimensions[chr(ord("A") + j)].width = 12 if j == 0 else 32
    out = io.BytesIO()
    book.save(out)
    return settle(out.getvalue())


def make_html(blocks: list[Block]) -> bytes:
    """Return a page without any styling, as an office's website would carry it."""
    title = html.escape(blocks[0].lines[0])
    parts = [f'<!DOCTYPE html>\n<html lang="zh-CN">\n<head><meta charset="utf-8"><title>{title}</title></head>\n<body>']
    for block in blocks:
        parts.extend(f"<p>{html.escape(line)}</p>" for line in block.lines)
        if block.rows:
            parts.append('<table border="1">')
            for i, row in enumerate(block.rows):
                tag = "td" if i else "th"
                parts.append("<tr>" + "".join(f"<{tag}>{html.escape(text)}</{tag}>" for text in row) + "</tr>")
            parts.append("</table>")
    return "\n".join([*parts, "</body>\n</html>\n"]).encode()


def make_csv(blocks: list[Block]) -> bytes:
    """Return what a Chinese Excel saves as CSV: GB 18030, every row as wide as the table."""
    width = max(len(block.rows[0]) for block in blocks if block.rows)
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    for block in blocks:
        writer.writerows([line, *[""] * (width - 1)] for line in block.lines)
        writer.writerows(block.rows)
    return out.getvalue().encode("gb18030")


def make_pdf(docx: Path) -> bytes:
    """Return the PDF that LibreOffice prints from `docx`; b"" where it is not installed."""
    office = shutil.which("soffice")
    if not office:
        return b""
    with tempfile.TemporaryDirectory() as folder:
        profile = f"-env:UserInstallation={(Path(folder) / 'profile').as_uri()}"
        command = [office, profile, "--headless", "--convert-to", "pdf", "--outdir", folder, str(docx)]
        environment = {**os.environ, "SOURCE_DATE_EPOCH": "1577836800"}
        subprocess.run(command, check=True, timeout=300, stdout=subprocess.DEVNULL, env=environment)
        return (Path(folder) / f"{docx.stem}.pdf").read_bytes()


def make_forms(name: str) -> None:
    """Write the forms of one briefing beside its text."""
    blocks = list(read_blocks((HERE / f"{name}.txt").read_text("utf-8")))
    for form in FORMS[name]:
        path = HERE / f"{name}.{form}"
        data = {
            "docx": lambda: make_docx(blocks, titled=name in TITLED),
            "xlsx": lambda: make_xlsx(blocks),
            "html": lambda: make_html(blocks),
            "csv": lambda: make_csv(blocks),
            "pdf": lambda: make_pdf(HERE / f"{name}.docx"),
        }[form]()
        if data:
            path.write_bytes(data)
        print(
            f"{path.name}: {len(data):,} bytes" if data else f"{path.name}: left as it is, no LibreOffice",
            file=sys.stderr,
        )


if __name__ == "__main__":
    for given in sys.argv[1:] or FORMS:
        make_forms(given)
