"""Whole files: every form of one briefing gives the same cells, and the account of the reading adds up."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from tests.forms import FORMS, Form
from tests.forms.merged import CELLS as MERGED_CELLS
from tests.forms.merged import MERGED
from tests.forms.merged import ROWS as MERGED_ROWS
from yichuang_nlp.errors import CountMismatch, NoSuchInput, NoTable, ReadError, UnsureReading
from yichuang_nlp.limits import Limits
from yichuang_nlp.readers import read_briefing
from yichuang_nlp.readers.doc import read_with_office
from yichuang_nlp.records import Blank, Briefing
from yichuang_nlp.tables import read_tables

LINES = (
    "河湖长制工作简报",
    "第 12 期",
    "某省河长制办公室",
    "2022年5月9日",
    "各市幸福河湖建设进展情况",
    "（截至2022年4月30日）",
)
ROWS = (
    ("地区", "河湖健康档案建立情况", "OA 巡河系统上线情况", "部门联席会议制度建立情况"),
    (
        "南京市",
        "已建立 96 条河道的健康档案，覆盖率 100%。",
        "系统已上线运行。",
        "已印发联席会议制度，并召开两次会议。",
    ),
    (
        "无锡市",
        "正在组织第三方开展健康评价，计划于6月底前完成全部建档工作，目前已完成 40 条。",
        "未报送",
        "拟于二季度建立。",
    ),
    (
        "徐州市",
        "已部署各县（市、区）开展建档工作。",
        "/",
        "正在征求市水务局、市生态环境局等 14 个部门的意见，修改完善后提请市政府常务会议审议。",
    ),
    ("常州市", "", "已完成招标，正在开发移动端。", "已建立。"),
    (
        "苏州市",
        "档案建立工作已全部完成并通过省级验收。",
        "已与省平台对接，实现巡河数据每日上报。",
        "制度已执行三年，每季度召开一次。",
    ),
)
FORMS_DIR = Path(__file__).parents[1] / "../shared/briefings"


def triples(briefing: Briefing) -> list[tuple[str, str, str]]:
    return [(cell.city, cell.dimension, cell.text) for cell in briefing.cells]


def expected() -> list[tuple[str, str, str]]:
    return [(row[0], name, text) for row in ROWS[1:] for name, text in zip(ROWS[0][1:], row[1:], strict=True)]


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_every_form_gives_the_same_cells(form: Form, tmp_path: Path) -> None:
    path = tmp_path / f"briefing{form.suffix}"
    form.write(path, ROWS, LINES)
    briefing = read_briefing(path)
    assert triples(briefing) == expected()
    assert (briefing.issue, briefing.title) == ("12", "各市幸福河湖建设进展情况")
    assert (briefing.published, briefing.as_of) == (date(2022, 5, 9), date(2022, 4, 30))
    assert briefing.reading.blanks == {"not_reported": 1, "not_applicable": 1, "blank": 1}
    assert (briefing.reading.cells, briefing.reading.rows, briefing.reading.blank) == (15, 5, 3)
    assert set(briefing.missing_cities) >= {"南通市", "扬州市"}
    assert len(briefing.missing_cities) == 13 - 5


def test_each_cell_leads_back_to_its_place(tmp_path: Path) -> None:
    path = tmp_path / "briefing.docx"
    next(form for form in FORMS if form.suffix == ".docx").write(path, ROWS, LINES)
    cell = read_briefing(path).cells[4]
    assert (cell.city, str(cell.address)) == ("无锡市", "briefing.docx, table 1, row 3, column 3")
    assert cell.blank is Blank.NOT_REPORTED


def test_a_pdf_cell_names_its_page(tmp_path: Path) -> None:
    path = tmp_path / "briefing.pdf"
    next(form for form in FORMS if form.suffix == ".pdf").write(path, ROWS, LINES)
    pages = {cell.address.page for cell in read_briefing(path).cells}
    assert pages == {1, 2}


def test_strict_reading_refuses_what_is_unsure(tmp_path: Path) -> None:
    path = tmp_path / "briefing.txt"
    path.write_text("地区\t窗口\n杭州市\t建成\n钱塘湖片区\t在建\n", encoding="utf-8")
    assert [cell.flags for cell in read_briefing(path).cells] == [(), ("unknown_city",)]
    with pytest.raises(UnsureReading, match="in no list of names: 1 cells"):
        read_briefing(path, strict=True)


def test_strict_reading_accepts_what_is_sure(tmp_path: Path) -> None:
    path = tmp_path / "briefing.txt"
    FORMS[0].write(path, ROWS, LINES)
    assert triples(read_briefing(path, strict=True)) == expected()


def test_a_city_named_twice_is_kept_twice_and_flagged(tmp_path: Path) -> None:
    path = tmp_path / "briefing.txt"
    path.write_text("地区\t窗口\t指南\n杭州市\t建成\t已印发\n杭州\t在建\t拟定\n", encoding="utf-8")
    briefing = read_briefing(path)
    assert [cell.flags for cell in briefing.cells] == [(), (), ("duplicate",), ("duplicate",)]


@pytest.mark.parametrize(
    ("name", "data", "kind", "says"),
    [
        ("none.txt", None, NoSuchInput, "no such file"),
        ("empty.txt", b"", ReadError, "empty"),
        ("blank.txt", b" \r\n \n", ReadError, "empty"),
        ("prose.txt", "本周召开会议，研究部署。\n".encode(), NoTable, "table"),
        ("names.csv", "姓名,电话\n张三,1\n".encode(), NoTable, "table"),
        ("picture.docx", b"\x89PNG\r\n\x1a\n" + bytes(64), ReadError, "PNG"),
        ("cut.docx", b"PK\x03\x04" + bytes(200), ReadError, "cut"),
    ],
)
def test_what_is_no_briefing_says_so(name: str, data: bytes | None, kind: type, says: str, tmp_path: Path) -> None:
    path = tmp_path / name
    if data is not None:
        path.write_bytes(data)
    with pytest.raises(kind, match=says):
        read_briefing(path)


def test_a_folder_is_no_briefing(tmp_path: Path) -> None:
    with pytest.raises(NoSuchInput, match="folder"):
        read_briefing(tmp_path)


def test_count_mismatch_is_a_reading_error() -> None:
    assert issubclass(CountMismatch, ReadError)


@pytest.mark.shared
@pytest.mark.skipif(not FORMS_DIR.is_dir(), reason="the real briefing lies only beside a developer's checkout")
@pytest.mark.parametrize("form", ["txt", "docx", "doc", "xlsx", "html", "pdf"])
def test_the_real_briefing_is_the_same_in_every_form(form: str) -> None:
    text = read_briefing(FORMS_DIR / "zuiduo-paoyici-21.txt", strict=True)
    path = FORMS_DIR / "zuiduo-paoyici-21.txt" if form == "txt" else FORMS_DIR / "forms" / f"zuiduo-paoyici-21.{form}"
    briefing = read_briefing(path)
    assert triples(briefing) == triples(text)
    assert (len(briefing.cells), len(briefing.cities), len(briefing.dimensions)) == (66, 11, 6)
    assert briefing.as_of == date(2017, 3, 20)
    assert briefing.missing_cities == ()
    assert all(cell.blank is None and not cell.flags for cell in briefing.cells)
    if form != "xlsx":  # the sheet holds the table alone
        assert (briefing.issue, briefing.published) == ("21", date(2017, 3, 21))
    if form == "txt":
        assert (briefing.reading.tables, briefing.reading.dropped_headers, briefing.reading.rows) == (4, 3, 11)


@pytest.mark.parametrize("form", MERGED, ids=lambda form: form.name)
def test_merged_cells_count_for_every_city_and_dimension_they_cover(form: Form, tmp_path: Path) -> None:
    if form.suffix == ".xls":
        pytest.importorskip("xlwt", reason="writes Excel 97 files, which nothing else of ours does")
    path = tmp_path / f"merged{form.suffix}"
    form.write(path, MERGED_ROWS, LINES)
    briefing = read_briefing(path)
    assert triples(briefing) == list(MERGED_CELLS)


def test_a_transposed_table_and_a_long_one_from_files(tmp_path: Path) -> None:
    across = tmp_path / "across.docx"
    next(form for form in FORMS if form.suffix == ".docx").write(across, tuple(zip(*ROWS, strict=True)), LINES)
    assert sorted(triples(read_briefing(across))) == sorted(expected())
    long = tmp_path / "long.csv"
    rows = [("序号", "地市", "任务", "进展情况")]
    rows += [(str(k), city, name, text) for k, (city, name, text) in enumerate(expected(), 1)]
    next(form for form in FORMS if form.suffix == ".csv").write(long, rows, LINES)
    assert triples(read_briefing(long)) == expected()


def test_sections_without_a_table_in_a_word_file(tmp_path: Path) -> None:
    import docx

    document = docx.Document()
    for line in LINES:
        document.add_paragraph(line)
    for number, name in zip("一二三", ROWS[0][1:], strict=True):
        document.add_paragraph(f"{number}、{name}")
        for row in ROWS[1:]:
            document.add_paragraph(f"{row[0]}：{row[ROWS[0].index(name)] or '未报送'}")
    document.save(str(tmp_path / "sections.docx"))
    briefing = read_briefing(tmp_path / "sections.docx")
    want = [(city, name, text or "未报送") for city, name, text in expected()]
    assert sorted(triples(briefing)) == sorted(want)
    assert briefing.as_of == date(2022, 4, 30)


@pytest.mark.skipif(shutil.which("soffice") is None, reason="needs LibreOffice, which opens Word 6 and 95")
def test_libreoffice_gives_the_same_cells_where_anydoc_gives_up(tmp_path: Path) -> None:
    path = tmp_path / "old.doc"
    next(form for form in FORMS if form.suffix == ".docx").write(path, ROWS, LINES)
    cells = read_tables(read_with_office(path, Limits(), "tried for the test")).cells
    assert [(cell.city, cell.dimension, cell.text) for cell in cells] == expected()
    assert {cell.address.file for cell in cells} == {"old.doc"}


def test_a_percentage_in_a_sheet_is_read_as_it_is_shown(tmp_path: Path) -> None:
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.active
    for row in (("地区", "办结率", "件数"), ("南京市", 0.7, 12), ("无锡市", 0.985, 3.5)):
        sheet.append(row)
    for cell in (sheet["B2"], sheet["B3"]):
        cell.number_format = "0.0%"
    book.save(tmp_path / "rates.xlsx")
    texts = [cell.text for cell in read_briefing(tmp_path / "rates.xlsx").cells]
    assert texts == ["70%", "12", "98.5%", "3.5"]


def test_one_damaged_byte_costs_one_flag_and_not_the_file(tmp_path: Path) -> None:
    path = tmp_path / "briefing.html"
    next(form for form in FORMS if form.suffix == ".html").write(path, ROWS, LINES)
    data = path.read_bytes()
    at = data.index("验收".encode("gb18030"))
    path.write_bytes(data[: at + 3] + b"\xff" + data[at + 4 :])
    briefing = read_briefing(path)
    assert len(briefing.cells) == len(expected())
    assert [cell.city for cell in briefing.cells if "damaged_text" in cell.flags] == ["苏州市"]
