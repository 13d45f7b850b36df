"""Workbook, document, CSV, Markdown and pictures: safe, steady, and saying the same as the JSON."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import subprocess
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import docx
import openpyxl
import pytest

from tests.test_gaps_findings import compare
from tests.test_reports import DIMENSIONS, build_hostile, build_report
from yichuang_nlp.findings import GapReport
from yichuang_nlp.reports import render_report
from yichuang_nlp.reports.prose import percent
from yichuang_nlp.reports.wording import LANGUAGES, WORDS


def book_of(report: GapReport, lang: str = "zh") -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(render_report(report, ".xlsx", lang)))


def text_of_docx(report: GapReport, lang: str = "zh") -> str:
    document = docx.Document(io.BytesIO(render_report(report, ".docx", lang)))
    lines = [paragraph.text for paragraph in document.paragraphs]
    lines += [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join(lines)


def test_what_begins_like_a_formula_arrives_as_text_in_the_workbook() -> None:
    book = book_of(build_hostile())
    risky = 0
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type != "f", (sheet.title, cell.coordinate, cell.value)
                if isinstance(cell.value, str) and cell.value.lstrip()[:1] in tuple("=+-@"):
                    assert cell.data_type == "s" and cell.quotePrefix
                    risky += 1
    assert risky >= 6
    raw = zipfile.ZipFile(io.BytesIO(render_report(build_hostile(), ".xlsx")))
    for name in raw.namelist():
        assert b"<f>" not in raw.read(name) or b"conditionalFormatting" in raw.read(name)


def test_what_begins_like_a_formula_arrives_as_text_in_csv() -> None:
    rows = list(csv.reader(io.StringIO(render_report(build_hostile(), ".csv").decode("utf-8-sig"))))
    values = [value for row in rows[1:] for value in row]
    assert not [value for value in values if value.lstrip()[:1] in tuple("=+-@")]
    assert "'=1+1" in values


def test_nothing_becomes_markup_in_markdown() -> None:
    shown = render_report(build_hostile(), ".md").decode()
    assert not re.search(r"(?<!\\)<(?:script|img|b)", shown)
    assert "\x1b" not in shown


@pytest.mark.parametrize("suffix", [".svg"])
@pytest.mark.parametrize("stem", ["matrix", "ranking"])
def test_pictures_are_xml_that_runs_nothing(suffix: str, stem: str) -> None:
    for report in (build_report(), build_hostile()):
        drawn = render_report(report, suffix, stem=stem).decode()
        root = ElementTree.fromstring(drawn)
        assert root.tag.endswith("svg")
        names = {element.tag.split("}")[1] for element in root.iter()}
        assert not names & {"script", "foreignObject", "image", "a", "use", "style"}


def test_the_two_pictures_differ_and_carry_glyphs_and_words() -> None:
    matrix = render_report(build_report(), ".svg", stem="matrix").decode()
    ranking = render_report(build_report(), ".svg", stem="总排名").decode()
    assert "◐推进中" in matrix and "○计划" in matrix and "●已完成" in matrix
    assert "排名 1" in ranking and "中位地区" in ranking


def test_the_workbook_is_ready_to_use() -> None:
    book = book_of(build_report())
    assert book.sheetnames == ["进展矩阵", "进度排名", "各方面情况", "逐项明细", "限期承诺", "数量", "报送质量", "说明"]
    matrix, cells = book["进展矩阵"], book["逐项明细"]
    assert matrix.freeze_panes == "E2" and cells.freeze_panes == "C2"
    assert cells.auto_filter.ref == f"A1:K{cells.max_row}"
    assert cells.max_row == 31
    assert matrix.print_title_rows == "$1:$1" and matrix.page_setup.orientation == "landscape"
    assert len(matrix.conditional_formatting) >= 1
    assert matrix["E2"].value == "● 已完成"
    assert all(sheet.column_dimensions["A"].width >= 7 for sheet in book)


def test_the_document_has_the_official_form() -> None:
    document = docx.Document(io.BytesIO(render_report(build_report(), ".docx")))
    section = document.sections[0]
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)
    assert [round(value.mm) for value in (section.top_margin, section.left_margin, section.right_margin)] == [
        37,
        28,
        26,
    ]
    fonts = {
        run._r.rPr.rFonts.get("{http://schemas.openxmlformats.org/wordprocessingml/2006/main}eastAsia")
        for paragraph in document.paragraphs
        for run in paragraph.runs
    }
    assert {"方正小标宋简体", "仿宋_GB2312", "黑体", "楷体_GB2312"} <= fonts
    text = "\n".join(paragraph.text for paragraph in document.paragraphs)
    assert "一、总体情况" in text and "（一）湖州市" in text and "\n1." in text
    assert "PAGE" in section.footer._element.xml


def test_the_figures_agree_in_every_format() -> None:
    report = build_report()
    found = json.loads(render_report(report, ".json"))
    book = book_of(report)
    html = render_report(report, ".html").decode()
    markdown = render_report(report, ".md").decode()
    word = text_of_docx(report)
    matrix = render_report(report, ".svg", stem="matrix").decode()
    ranking = render_report(report, ".svg", stem="ranking").decode()
    rows = {row[1]: row for row in book["进度排名"].iter_rows(min_row=2, values_only=True)}
    for city in found["cities"]:
        shown = percent(city["progress"])
        row = rows[city["city"]]
        assert row[0] == city["rank"]
        assert row[2] == pytest.approx(city["progress"], abs=1e-6)
        assert (row[9] is None) == (city["chance"] is None)
        for text in (html, markdown, word, matrix):
            assert shown in text, city["city"]
        if city["rank"]:
            assert f"排名 {city['rank']} (" in ranking
        if city["lagging"]:
            assert row[10] == "落后"
            for reason in city["reasons"]:
                assert reason in word and reason in row[-1]
    for line in found["headline"]:
        assert line in word and line in html
    table = list(csv.reader(io.StringIO(render_report(report, ".csv").decode("utf-8-sig"))))
    cells = list(book["逐项明细"].iter_rows(min_row=2, values_only=True))
    assert len(table) - 1 == len(cells) == len(found["cells"])
    for line, row, cell in zip(table[1:], cells, found["cells"], strict=True):
        assert line[0] == row[0] == cell["city"]
        assert line[3] == row[3]
        if cell["proba"]:
            assert float(line[4]) == pytest.approx(cell["proba"]["planned"], abs=1e-4)
            assert row[4] == pytest.approx(cell["proba"]["planned"])


@pytest.mark.parametrize("suffix", [".xlsx", ".docx", ".md", ".html", ".json", ".csv", ".svg"])
def test_a_report_with_an_earlier_issue_goes_into_every_format(suffix: str) -> None:
    texts = {"before": {("杭州市", 0): "5月底前完成平台上线。"}, "after": {("杭州市", 0): "平台正在开发。"}}
    report = compare({"杭州市": "oc", "宁波市": "pp"}, {"杭州市": "op", "宁波市": "oc"}, texts)
    for lang in LANGUAGES:
        assert render_report(report, suffix, lang)
    if suffix == ".md":
        shown = render_report(report, suffix).decode()
        assert "后退" in shown and "逾期未兑现" in shown and "排名变化" in shown
    if suffix == ".docx":
        assert "后退" in text_of_docx(report)


@pytest.mark.parametrize("suffix", [".xlsx", ".docx", ".md", ".html", ".csv", ".svg"])
def test_english_reports_keep_chinese_for_what_the_cities_wrote_only(suffix: str) -> None:
    report = build_report()
    allowed = "".join(
        [*DIMENSIONS, report.briefing.title, report.briefing.issue, report.briefing.source, "舟山市"]
        + [cell.city + cell.text for cell in report.briefing.cells]
    )
    if suffix == ".xlsx":
        shown = "\n".join(
            str(value) for sheet in book_of(report, "en") for row in sheet.iter_rows(values_only=True) for value in row
        )
        shown += "".join(book_of(report, "en").sheetnames)
    elif suffix == ".docx":
        shown = text_of_docx(report, "en")
    else:
        shown = render_report(report, suffix, "en").decode()
        if suffix == ".html":
            shown = re.sub(r"<style>.*?</style>", "", shown, flags=re.DOTALL)
    ours = [word for zh, _ in WORDS.values() for word in re.findall("[\u4e00-\u9fff]{2,}", zh) if word not in allowed]
    assert [word for word in ours if word in shown] == []


def test_every_word_of_the_wording_is_used() -> None:
    source = "".join(
        path.read_text(encoding="utf-8")
        for folder in ("reports", "gaps")
        for path in (Path(__file__).parents[1] / "yichuang_nlp" / folder).glob("*.py")
        if path.name != "wording.py"
    )
    source += (Path(__file__).parents[1] / "yichuang_nlp/findings.py").read_text(encoding="utf-8")
    source += (Path(__file__).parents[1] / "yichuang_nlp/records.py").read_text(encoding="utf-8")
    assert [key for key in WORDS if f'"{key}"' not in source] == []


@pytest.mark.parametrize("suffix", [".xlsx", ".docx"])
def test_libreoffice_opens_it(suffix: str, tmp_path: Path) -> None:
    office = shutil.which("soffice") or shutil.which("libreoffice")
    if office is None:
        pytest.skip("LibreOffice is not installed: opening the office formats is left out")
    source = tmp_path / f"report{suffix}"
    source.write_bytes(render_report(build_hostile(), suffix))
    home = f"-env:UserInstallation=file://{tmp_path}/home"
    subprocess.run(
        [office, home, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path), str(source)],
        check=True,
        capture_output=True,
        timeout=120,
    )
    assert (tmp_path / "report.pdf").read_bytes().startswith(b"%PDF")
