from __future__ import annotations

import json
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.gap_cases import build_case
from yichuang_nlp.errors import BadOption
from yichuang_nlp.findings import GapReport, LaggingRule
from yichuang_nlp.gaps import gap_report
from yichuang_nlp.records import ModelInfo
from yichuang_nlp.reports import FORMATS, render_report, render_terminal, write_report
from yichuang_nlp.reports.columns import fold, width_of
from yichuang_nlp.reports.wording import LANGUAGES, WORDS

ROWS = {
    "杭州市": "cccoc",
    "宁波市": "coocc",
    "温州市": "ooooo",
    "湖州市": "pppoo",
    "嘉兴市": "co-oc",
    "绍兴市": "cC?oc",
}
DIMENSIONS = ["综合窗口设置情况", "办事指南公布情况", "配套制度建立情况", "网上办事推进情况", "向乡镇延伸情况"]
HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(2)>\"'&=cmd|calc\u2028\x1b[31m]]>"


def build_report(**options: object) -> GapReport:
    briefing, predictions = build_case(ROWS, dimensions=DIMENSIONS, missing=["舟山市"])
    model = ModelInfo("status", "1", "0" * 64)
    return gap_report(briefing, predictions, rule=LaggingRule(draws=400), model=model, **options)  # type: ignore[arg-type]


def build_hostile() -> GapReport:
    texts = {("=HYPERLINK(1)", 0): HOSTILE, ("<b>乙市</b>", 1): "=1+1", ("@丙", 0): "+cmd", ("@丙", 1): "-2\t=3"}
    rows = {"=HYPERLINK(1)": "cp", "<b>乙市</b>": "oc", "@丙": "pp"}
    briefing, predictions = build_case(
        rows, dimensions=["-方面<i>", '"引号&'], texts=texts, title=HOSTILE, issue="<第1期>"
    )
    return gap_report(briefing, predictions, rule=LaggingRule(draws=400))


def test_json_keeps_the_contract() -> None:
    found = json.loads(render_report(build_report(), ".json"))
    assert {"title", "issue", "as_of", "source"} <= found["briefing"].keys()
    assert {"tables", "rows", "cells", "blank", "dropped_headers"} <= found["reading"].keys()
    cell_keys = {"city", "dimension", "text", "status", "proba", "needs_review", "evidence", "address"}
    for cell in found["cells"]:
        assert cell_keys <= cell.keys()
        if cell["status"] is None:
            assert cell["why"]
        else:
            assert cell["status"] in {"planned", "in_progress", "completed"}
            assert set(cell["proba"]) == {"planned", "in_progress", "completed"}
        for piece in cell["evidence"]:
            assert cell["text"][piece["start"] : piece["end"]] == piece["text"]
    for city in found["cities"]:
        assert {"city", "progress", "rank", "lagging", "reasons"} <= city.keys()
    assert [city["city"] for city in found["cities"] if city["lagging"]] == ["湖州市"]
    for dimension in found["dimensions"]:
        assert {"dimension", "leaders", "behind"} <= dimension.keys()
        assert all(isinstance(city, str) for city in [*dimension["leaders"], *dimension["behind"]])
    assert found["model"] == {"name": "status", "version": "1", "sha256": "0" * 64}
    assert len(found["cells"]) == 30


def test_every_sentence_has_both_languages_and_the_same_blanks() -> None:
    for key, (zh, en) in WORDS.items():
        assert zh and en, key
        assert set(re.findall(r"\{(\w+)\}", zh)) == set(re.findall(r"\{(\w+)\}", en)), key
        assert not re.search(r"[\u4e00-\u9fff]", en), key


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_terminal_shows_glyph_and_word_and_fits_80_columns(lang: str) -> None:
    shown = render_terminal(build_report(), lang, plain=True)  # type: ignore[arg-type]
    assert "\x1b" not in shown
    assert max(width_of(line) for line in shown.split("\n")) <= 80
    for glyph in "○◐●□？※▼":
        assert glyph in shown
    if lang == "en":  # all that is left in Chinese is what the cities wrote, and their names
        ours = re.sub(r"“[^“”]*”", "", shown)
        assert "moderate" not in ours
        assert "状态" not in ours and "概率" not in ours and "排名" not in ours


def test_a_coloured_terminal_shows_the_same_words() -> None:
    report = build_report()
    coloured = re.sub(r"\x1b\[[0-9;]*m", "", render_terminal(report))
    assert [line.rstrip() for line in coloured.split("\n")] == render_terminal(report, plain=True).split("\n")
    assert "\x1b[" in render_terminal(report)


def test_the_terminal_cannot_be_steered_by_a_briefing() -> None:
    assert "\x1b" not in render_terminal(build_hostile(), plain=True)


@pytest.mark.parametrize("width", [40, 60, 80, 100, 200])
def test_a_wide_matrix_is_cut_into_blocks(width: int) -> None:
    rows = {"杭州市": "cop" * 5, "宁波市": "ooc" * 5}
    report = gap_report(*build_case(rows, dimensions=[f"方面{i}" for i in range(15)]), rule=LaggingRule(draws=400))
    shown = render_terminal(report, plain=True, width=width)
    assert max(width_of(line) for line in shown.split("\n")) <= width
    assert len(re.findall("[○◐●][计推完已]", shown)) >= 30


@given(st.text(st.sampled_from("已印发《方案》（甬办），abc 12.5%。“窗口”、"), max_size=60), st.integers(8, 40))
def test_fold_keeps_every_character_and_the_width(text: str, width: int) -> None:
    lines = fold(text, width)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert all(width_of(line) <= width for line in lines)


def test_fold_starts_no_line_with_a_closing_mark() -> None:
    for width in range(8, 40):
        for line in fold("已印发《窗口管理办法》（试行），正在推进“一窗受理”，年底前完成。", width)[1:]:
            assert line[0] not in "，。》）”"


class Page(HTMLParser):
    """Collects the elements, the addresses and the text outside of scripts."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.data = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.data += data


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_hostile_briefing_stays_text_in_html(lang: str) -> None:
    page = Page(render_report(build_hostile(), ".html", lang).decode())
    assert page.tags.count("script") == 2
    assert "img" not in page.tags and "b" not in page.tags and "i" not in page.tags
    names = {name for name, _ in page.attributes}
    assert not any(name.startswith("on") for name in names)
    assert "style" not in names and "src" not in names
    assert "<b>乙市</b>" in page.data


def test_html_asks_for_nothing_outside() -> None:
    page = render_report(build_report(), ".html").decode()
    outside = re.findall(r"""(?:src|href|url)\s*[=(]\s*["']?(?!#)[^"'\s)]+""", page)
    assert outside == []
    assert re.findall(r"https?://[^\"'\s<]+", page.replace("http://www.w3.org/2000/svg", "")) == []


def test_html_of_100_cities_and_12_dimensions_stays_below_1_mb() -> None:
    text = "已完成{city}综合窗口设置工作，全市共设窗口128个，正在推进与省级系统的数据对接，共{n}项，"
    text += "计划于6月底前全部完成。根据工作计划稳步推进，各牵头部门已建立联络机制，每周通报进展情况。"
    rows = {f"第{number:03}市": "cop" * 4 for number in range(100)}
    dimensions = [f"推进第{number}项改革任务落地见效的情况" for number in range(12)]
    texts = {(city, n): text.format(city=city, n=n) for city in rows for n in range(12)}
    report = gap_report(*build_case(rows, dimensions=dimensions, texts=texts))
    assert len(render_report(report, ".html")) < 1_000_000


@pytest.mark.parametrize("suffix", sorted(FORMATS))
def test_writing_is_whole_or_not_at_all(suffix: str, tmp_path: Path) -> None:
    target = tmp_path / "报告" / f"out{suffix}"
    assert write_report(build_report(), target) == target
    assert target.stat().st_size > 500
    assert [path.name for path in target.parent.iterdir()] == [target.name]
    assert target.stat().st_mode & 0o444 == 0o444


def test_an_unknown_suffix_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(BadOption, match="suffix"):
        write_report(build_report(), tmp_path / "out.xyz")
    assert not list(tmp_path.iterdir())


def test_a_folder_in_the_way_is_refused_without_leftovers(tmp_path: Path) -> None:
    (tmp_path / "out.json").mkdir()
    with pytest.raises(BadOption):
        write_report(build_report(), tmp_path / "out.json")
    assert [path.name for path in tmp_path.iterdir()] == ["out.json"]


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(BadOption, match="lang"):
        render_report(build_report(), ".json", "fr")


@settings(max_examples=15, deadline=None)
@given(st.text(max_size=40), st.text(min_size=1, max_size=8))
def test_any_text_can_be_shown(text: str, name: str) -> None:
    briefing, predictions = build_case({name: "c"}, dimensions=[name], texts={(name, 0): text}, title=text)
    report = gap_report(briefing, predictions, rule=LaggingRule(draws=100))
    for suffix in (".json", ".html", ".svg"):
        assert render_report(report, suffix)
    assert render_terminal(report, plain=True)


def test_the_same_report_gives_the_same_bytes() -> None:
    for suffix in FORMATS:
        assert render_report(build_report(), suffix) == render_report(build_report(), suffix)


def test_a_report_to_json_and_html_loads_no_heavy_library() -> None:
    code = (
        "import sys; sys.path.insert(0, '.');"
        "from tests.test_reports import build_report, render_report, render_terminal;"
        "before = set(sys.modules);"
        "report = build_report(); render_report(report, '.json'); render_report(report, '.html');"
        "render_terminal(report);"
        "print(sorted({'pandas', 'sklearn', 'openpyxl', 'docx', 'jieba', 'jionlp'} & set(sys.modules)))"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
