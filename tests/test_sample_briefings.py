"""Our own briefings in `corpus/briefings`: what is in them, and that every form of one says the same."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pytest

from yichuang_nlp.classifier import load_model
from yichuang_nlp.gaps import gap_report
from yichuang_nlp.readers import read_briefing
from yichuang_nlp.records import Briefing

HERE = Path(__file__).parents[1] / "corpus" / "briefings"
COPIED = "市委办、市政府办印发《鹰潭市“一件事一次办”改革实施方案》，对各区（市）任务分工和完成时限作出安排。"


@dataclass(frozen=True)
class Sample:
    """What a reader must find in one briefing, whatever its form."""

    issue: str
    title: str
    publisher: str
    published: date
    as_of: date
    cities: int
    dimensions: int
    cells: int
    blanks: dict[str, int] = field(default_factory=dict)
    missing: tuple[str, ...] = ()


YIJIANSHI = ("各设区市“一件事一次办”改革工作进展情况通报", "江西省“一件事一次办”改革专项小组办公室")
SAMPLES = {
    "yijianshi-08": Sample(
        "8", *YIJIANSHI, date(2021, 6, 4), date(2021, 5, 31), 11, 6, 66, {"not_reported": 2, "blank": 1}
    ),
    "yijianshi-09": Sample("9", *YIJIANSHI, date(2021, 7, 5), date(2021, 6, 30), 11, 6, 66, {"not_reported": 1}),
    "yijianshi-10": Sample("10", *YIJIANSHI, date(2021, 8, 4), date(2021, 7, 31), 11, 6, 66, {"not_reported": 1}),
    "waste-sorting-12": Sample(
        "12",
        "2022年一季度各设区市生活垃圾分类工作情况",
        "福建省生活垃圾分类工作联席会议办公室",
        date(2022, 4, 8),
        date(2022, 3, 31),
        9,
        7,
        63,
        {"not_reported": 2, "not_applicable": 1, "blank": 1},
    ),
    "old-neighbourhoods-05": Sample(
        "5",
        "三季度各县（市、区）城镇老旧小区改造进展情况",
        "襄阳市城镇老旧小区改造工作领导小组办公室",
        date(2022, 10, 11),
        date(2022, 9, 30),
        9,
        6,
        54,
        {"not_reported": 1, "not_applicable": 3, "blank": 1},
    ),
    "water-projects-03": Sample(
        "3",
        "重点水利项目建设进展情况",
        "贵州省水利建设推进工作专班",
        date(2022, 9, 26),
        date(2022, 9, 20),
        9,
        14,
        14,
    ),
    "river-chiefs-16": Sample(
        "16",
        "各市推行河长制重点任务进展情况",
        "自治区河长制办公室",
        date(2021, 5, 12),
        date(2021, 4, 30),
        5,
        5,
        24,
        {"not_reported": 1},
    ),
}
FILES = sorted(path.name for path in HERE.iterdir() if path.suffix != ".md")


def triples(briefing: Briefing) -> list[tuple[str, str, str]]:
    return [(cell.city, cell.dimension, cell.text) for cell in briefing.cells]


def cells_of(issue: int) -> dict[tuple[str, str], str]:
    return {
        (city, dimension): text for city, dimension, text in triples(read_briefing(HERE / f"yijianshi-{issue:02}.txt"))
    }


def test_every_briefing_is_expected_and_has_its_forms() -> None:
    forms = {name: {Path(file).suffix[1:] for file in FILES if Path(file).stem == name} for name in SAMPLES}
    assert forms == {
        "yijianshi-08": {"txt", "docx", "xlsx", "html", "pdf", "csv"},
        "yijianshi-09": {"txt"},
        "yijianshi-10": {"txt"},
        "waste-sorting-12": {"txt", "docx"},
        "old-neighbourhoods-05": {"txt", "xlsx"},
        "water-projects-03": {"txt", "xlsx", "html"},
        "river-chiefs-16": {"txt", "docx"},
    }
    assert {Path(file).stem for file in FILES} == set(SAMPLES)


@pytest.mark.parametrize("name", FILES)
def test_a_form_holds_what_was_written(name: str) -> None:
    sample = SAMPLES[Path(name).stem]
    briefing = read_briefing(HERE / name)
    assert (len(briefing.cities), len(briefing.dimensions), len(briefing.cells)) == (
        sample.cities,
        sample.dimensions,
        sample.cells,
    )
    assert briefing.reading.blanks == sample.blanks
    assert (briefing.issue, briefing.title, briefing.publisher) == (sample.issue, sample.title, sample.publisher)
    assert (briefing.published, briefing.as_of, briefing.as_of_assumed) == (sample.published, sample.as_of, False)
    assert briefing.missing_cities == sample.missing


@pytest.mark.parametrize("name", [name for name in FILES if not name.endswith(".txt")])
def test_a_form_gives_the_cells_of_the_text(name: str) -> None:
    assert triples(read_briefing(HERE / name)) == triples(read_briefing((HERE / name).with_suffix(".txt")))


@pytest.mark.parametrize("name", SAMPLES)
def test_the_text_form_is_read_without_doubt(name: str) -> None:
    briefing = read_briefing(HERE / f"{name}.txt", strict=True)
    lines = [line.strip() for line in (HERE / f"{name}.txt").read_text("utf-8").splitlines()]
    written = {text for line in lines for text in (line.split("\t") if "\t" in line else [line.partition("：")[2]])}
    # a plan from a column of its own stands behind the text
    assert {part for cell in briefing.cells for part in cell.text.split("\n下一步：")} <= written | {""}


@pytest.mark.parametrize("form", ["txt", "xlsx", "html"])
def test_the_total_row_stays_out_of_the_last_project(form: str) -> None:
    last = read_briefing(HERE / f"water-projects-03.{form}").cells[-1]
    assert (last.dimension, last.text) == (
        "南部片区抗旱应急水源工程",
        "拟列入2023年省级投资计划，正在编制实施方案。\n下一步：12月底前完成审批。",
    )


@pytest.mark.parametrize("form", ["txt", "xlsx", "html"])
def test_no_dated_promise_of_the_column_of_plans_is_lost(form: str) -> None:
    model = load_model(None)
    briefing = read_briefing(HERE / f"water-projects-03.{form}")
    report = gap_report(briefing, model.predict(briefing.cells))
    promised = {(item.dimension, item.deadline.date) for item in report.commitments}
    assert {
        ("龙洞沟水库工程", date(2022, 11, 30)),
        ("北盘江支流引调水工程", date(2022, 12, 31)),
        ("西部片区农村供水提标工程", date(2022, 10, 15)),
        ("东麓中型灌区改造工程", date(2022, 11, 10)),
        ("清江河堤防工程", date(2022, 12, 31)),
        ("南部片区抗旱应急水源工程", date(2022, 12, 31)),
    } <= promised


def test_a_silent_city_has_no_cell() -> None:
    briefing = read_briefing(HERE / "river-chiefs-16.txt")
    found = {(cell.city, cell.dimension) for cell in briefing.cells}
    absent = [(c, d) for c in briefing.cities for d in briefing.dimensions if (c, d) not in found]
    assert absent == [("石嘴山市", "智慧河湖平台建设情况")]


@pytest.mark.parametrize(("issue", "unchanged"), [(9, 33), (10, 27)])
def test_the_issues_move_on(issue: int, unchanged: int) -> None:
    before, now = cells_of(issue - 1), cells_of(issue)
    assert list(before) == list(now)
    assert sum(before[key] == now[key] for key in now) == unchanged


def test_the_story_of_the_three_issues() -> None:
    guides, data = "办事指南和流程图公布情况", "部门系统对接和数据共享情况"
    issues = [cells_of(issue) for issue in (8, 9, 10)]
    copies = [[key for key, text in cells.items() if text == COPIED] for cells in issues]
    assert [len(keys) for keys in copies] == [2, 2, 1], "鹰潭 gives one text under two dimensions, in two issues"
    assert {city for keys in copies for city, _ in keys} == {"鹰潭市"}
    withdrawn = [cells["萍乡市", guides] for cells in issues]
    assert "已全部公布" in withdrawn[1] and "已撤下重新修订" in withdrawn[2], "a claim is withdrawn"
    kept = [cells["南昌市", data] for cells in issues]
    assert "6月20日前上线" in kept[0] and "已于6月18日接入" in kept[1], "a promise is kept"
    put_off = [cells["上饶市", "“一件事”事项清单编制情况"] for cells in issues]
    assert "6月15日前" in put_off[0] and "7月20日前" in put_off[1] and "公布时间未定" in put_off[2]
    stale = [cells["新余市", "向乡镇（街道）便民服务中心延伸情况"] for cells in issues]
    assert "6月20日前" in stale[0] and stale[1] == stale[0] != stale[2], "a promise that went by is sent again"


@pytest.mark.shared
@pytest.mark.parametrize("name", SAMPLES)
def test_no_clause_is_that_of_the_real_briefing(name: str, real_briefing: Path) -> None:
    def clauses(path: Path) -> set[str]:
        return {part.strip() for part in re.split(r"[，。；：\n\t]", path.read_text("utf-8")) if len(part.strip()) > 6}

    assert clauses(real_briefing) & clauses(HERE / f"{name}.txt") == set()
