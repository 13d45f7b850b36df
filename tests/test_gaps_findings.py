"""Promises, remarks on the reporting, and change between issues."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from tests.gap_cases import build_case
from yichuang_nlp.findings import Due, Flag, GapReport, LaggingRule, Move, Outcome, QualityFlag
from yichuang_nlp.gaps import gap_report
from yichuang_nlp.records import Blank

FAST = LaggingRule(draws=100)
REAL = Path(__file__).parents[1] / "../shared/briefings/zuiduo-paoyici-21.txt"


def report_on(text: str, status: str = "o", as_of: date | None = date(2021, 6, 20)) -> GapReport:
    rows = {"杭州市": status}
    return gap_report(*build_case(rows, dimensions=["综合窗口"], texts={("杭州市", 0): text}, as_of=as_of), rule=FAST)


# text, [(promise, date, state, days)], why
PROMISES: list[tuple[str, list[tuple[str, str | None, str, int | None]], str]] = [
    ("部分窗口试运行，6月底前完成改造。", [("6月底前完成改造", "2021-06-30", "due_soon", 10)], "a limit ahead"),
    ("5月底前完成改造。", [("5月底前完成改造", "2021-05-31", "overdue", -20)], "a limit that has gone by"),
    ("计划于12月上线。", [("计划于12月上线", "2021-12-31", "later", 194)], "a plan"),
    ("20日前完成联调。", [("20日前完成联调", "2021-06-20", "due_soon", 0)], "due on the very day is not overdue"),
    ("春节前完成搬迁。", [("春节前完成搬迁", None, "unknown", None)], "a promise without a day"),
    (
        "6月底前，完成系统改造。",
        [("6月底前，完成系统改造", "2021-06-30", "due_soon", 10)],
        "the promise is behind the comma",
    ),
    ("9月实现80%的事项网上办理。", [("9月实现80%的事项网上办理", "2021-09-30", "later", 102)], "ahead without 前"),
    ("已于5月底前完成改造。", [], "kept"),
    ("3月1日正式启用。", [], "what happened"),
    ("2020年底已建成。", [], "done, though 底"),
    ("今年以来办件2万件。", [], "since"),
    ("2021年任务分解已印发。", [], "a mere year"),
    ("本月已完成验收。", [], "this month, done"),
    (
        "要求各地10日前报送，年底前全部完成。",
        [("要求各地10日前报送", "2021-06-10", "overdue", -10), ("年底前全部完成", "2021-12-31", "later", 194)],
        "two",
    ),
]


@pytest.mark.parametrize(("text", "expected", "why"), PROMISES, ids=[case[0] for case in PROMISES])
def test_commitments(text: str, expected: list[tuple[str, str | None, str, int | None]], why: str) -> None:
    found = [
        (
            item.promise,
            item.deadline.date.isoformat() if item.deadline.date else None,
            item.due.value,
            item.days,
        )
        for item in report_on(text).commitments
    ]
    assert found == expected, why


def test_without_an_as_of_day_nothing_is_overdue() -> None:
    report = report_on("2018年6月底前完成，20日前联调。", as_of=None)
    assert [item.due for item in report.commitments] == [Due.UNKNOWN, Due.UNKNOWN]
    assert not report.fails("overdue")


def test_the_days_that_count_as_soon_are_part_of_the_rule() -> None:
    case = build_case({"杭州市": "o"}, dimensions=["窗口"], texts={("杭州市", 0): "7月底前完成改造。"})
    assert gap_report(*case, rule=LaggingRule(draws=100)).commitments[0].due is Due.LATER
    assert gap_report(*case, rule=LaggingRule(draws=100, due_days=60)).commitments[0].due is Due.SOON


def flags_of(report: GapReport, kind: Flag) -> list[QualityFlag]:
    return [flag for flag in report.quality if flag.kind is kind]


def test_copies_in_a_row_and_between_cities_are_found_despite_spaces_and_commas() -> None:
    texts = {
        ("杭州市", 0): "根据分工，各牵头部门已建立工作方案。",
        ("杭州市", 2): "根据分工 各牵头部门已建立工作方案",
        ("宁波市", 1): "已责成各区县自行安排。",
        ("温州市", 1): "已责成各区县自行安排。",
    }
    rows = {"杭州市": "ccc", "宁波市": "cpo", "温州市": "cpo"}
    report = gap_report(*build_case(rows, dimensions=["甲", "乙", "丙"], texts=texts), rule=FAST)
    [row] = flags_of(report, Flag.SAME_TEXT_DIMENSIONS)
    assert (row.cities, row.dimensions) == (("杭州市",), ("甲", "丙"))
    shared = {flag.text: flag.cities for flag in flags_of(report, Flag.SAME_TEXT_CITIES)}
    assert shared["已责成各区县自行安排。"] == ("宁波市", "温州市")


def test_a_short_phrase_is_no_copy() -> None:
    report = gap_report(
        *build_case(
            {"杭州市": "c", "宁波市": "c"},
            dimensions=["甲"],
            texts={("杭州市", 0): "已完成。", ("宁波市", 0): "已完成。"},
        ),
        rule=FAST,
    )
    assert not flags_of(report, Flag.SAME_TEXT_CITIES)


def test_a_text_that_belongs_under_another_dimension_is_found() -> None:
    dimensions = ["综合受理窗口设置情况", "标准化办事指南公布情况"]
    windows = [
        "已设综合受理窗口18个。",
        "正在改造综合受理窗口，调整布局。",
        "拟增设综合受理窗口4个。",
        "综合受理窗口已全部启用。",
    ]
    guides = ["已公布标准化办事指南210项。", "正在梳理标准化办事指南。", "标准化办事指南已印发。"]
    rows = {"杭州市": "cc", "宁波市": "oo", "温州市": "pc", "湖州市": "cc"}
    texts = {(city, 0): windows[n] for n, city in enumerate(rows)}
    texts |= {(city, 1): guides[n] for n, city in enumerate(list(rows)[:3])}
    texts["湖州市", 1] = "已启用综合受理窗口，完成窗口布局调整。"
    report = gap_report(*build_case(rows, dimensions=dimensions, texts=texts), rule=FAST)
    [flag] = flags_of(report, Flag.OTHER_COLUMN)
    assert (flag.cities, flag.dimensions, flag.detail) == (("湖州市",), (dimensions[1],), dimensions[0])


@pytest.mark.parametrize(
    ("text", "status", "vague", "why"),
    [
        ("根据全省统一部署有序推进。", "o", True, "motion, and nothing else"),
        ("各项工作正在稳步推进中。", "o", True, "the same with 中"),
        ("有序推进，已接入系统12个。", "o", False, "a figure can be checked"),
        ("有序推进。平台已完成招标。", "o", False, "a deed can be checked"),
        ("有序推进，6月底前完成。", "o", False, "a day can be checked"),
        ("积极推进市民中心二期工程。", "o", False, "a thing is named"),
        ("有序推进各项任务，成效明显。", "c", False, "a completed cell is not judged"),
    ],
)
def test_vague_motion(text: str, status: str, vague: bool, why: str) -> None:
    assert bool(flags_of(report_on(text, status), Flag.VAGUE)) is vague, why


def test_blanks_are_counted_by_their_kind_and_missing_cities_named() -> None:
    briefing, predictions = build_case(
        {"杭州市": "c--", "宁波市": "c-?"}, dimensions=list("甲乙丙"), missing=["舟山市"]
    )
    cell = replace(briefing.cells[1], blank=Blank.NOT_APPLICABLE)
    cells = (briefing.cells[0], cell, *briefing.cells[2:])
    predictions[1] = replace(predictions[1], cell=cell)
    report = gap_report(replace(briefing, cells=cells), predictions, rule=FAST)
    assert {flag.detail: len(flag.cells) for flag in flags_of(report, Flag.BLANK)} == {"not_applicable": 1, "blank": 2}
    assert [flag.cities for flag in flags_of(report, Flag.MISSING_CITY)] == [("舟山市",)]
    assert [flag.cells for flag in flags_of(report, Flag.UNSTATED)] == [(5,)]


# --- change


def compare(
    before: dict[str, str], after: dict[str, str], texts: dict[str, dict[tuple[str, int], str]] | None = None
) -> GapReport:
    texts = texts or {}
    dimensions = list("甲乙丙丁")[: len(next(iter(before.values())))]
    old = gap_report(
        *build_case(before, dimensions=dimensions, texts=texts.get("before"), as_of=date(2021, 3, 20), issue="第5期"),
        rule=FAST,
    )
    new = build_case(after, dimensions=dimensions, texts=texts.get("after"), as_of=date(2021, 6, 20), issue="第8期")
    return gap_report(*new, rule=FAST, previous=old)


def test_moves_are_counted_like_for_like() -> None:
    report = compare({"杭州市": "poc", "宁波市": "cc-"}, {"杭州市": "oop", "宁波": "ccc", "温州市": "ccc"})
    assert report.change is not None
    assert report.change.compared == 5  # what was blank before cannot be compared, nor can a new city
    assert {move: report.change.count(move) for move in Move} == {
        Move.ADVANCED: 1,
        Move.UNCHANGED: 3,
        Move.FELL_BACK: 1,
    }
    [fell] = [cell for cell in report.change.cells if cell.move is Move.FELL_BACK]
    assert (fell.city, fell.dimension) == ("杭州市", "丙")
    assert fell.before_text != fell.after_text
    assert report.change.new_cities == ("温州市",)
    assert report.change.lost_cities == ()  # 宁波 is 宁波市


def test_ranks_are_compared_over_the_common_cells() -> None:
    report = compare({"杭州市": "cc", "宁波市": "pp"}, {"杭州市": "co", "宁波市": "cc"})
    assert report.change is not None
    assert {rank.city: (rank.before, rank.after) for rank in report.change.ranks} == {
        "杭州市": (1, 2),
        "宁波市": (2, 1),
    }


@pytest.mark.parametrize(
    ("before", "after", "status", "outcome", "why"),
    [
        ("5月底前完成平台上线。", "平台已上线。", "c", Outcome.MET, "the cell is completed"),
        ("5月底前完成平台上线。", "8月底前完成平台上线。", "o", Outcome.MOVED, "a later day for the same thing"),
        ("5月底前完成平台上线。", "平台正在开发。", "o", Outcome.MISSED, "the day has gone by"),
        (
            "5月底前完成平台上线。",
            "5月底前完成平台上线。",
            "o",
            Outcome.MISSED,
            "an old promise repeated is no new day",
        ),
        ("9月底前完成平台上线。", "平台正在开发。", "o", Outcome.OPEN, "the day is still to come"),
        ("25日前完成平台上线。", "25日前完成平台上线。", "o", Outcome.MISSED, "copied: the 25th of March, not of June"),
    ],
)
def test_what_became_of_a_promise(before: str, after: str, status: str, outcome: Outcome, why: str) -> None:
    texts = {"before": {("杭州市", 0): before}, "after": {("杭州市", 0): after}}
    report = compare({"杭州市": "o"}, {"杭州市": status}, texts)
    assert report.change is not None
    assert [item.outcome for item in report.change.commitments] == [outcome], why


def test_an_unchanged_text_short_of_completion_is_remarked() -> None:
    report = compare({"杭州市": "oc"}, {"杭州市": "oc"})
    assert [flag.dimensions for flag in flags_of(report, Flag.UNCHANGED)] == [("甲",)]


def test_several_earlier_issues_make_a_history() -> None:
    cases = [{"杭州市": "pp"}, {"杭州市": "op"}, {"杭州市": "cc"}]
    reports = [
        gap_report(*build_case(rows, dimensions=["甲", "乙"], issue=f"第{n}期"), rule=FAST)
        for n, rows in enumerate(cases)
    ]
    last = build_case({"杭州市": "oc"}, dimensions=["甲", "乙"])
    report = gap_report(*last, rule=FAST, previous=reports)
    assert [issue.issue for issue in report.history] == ["第0期", "第1期", "第2期"]
    assert report.change is not None and report.change.issue == "第2期"
    values = [issue.progress["杭州市"] for issue in report.history]
    assert values == sorted(values)


# --- the real briefing: only counts, days and names stand here, never its sentences


@pytest.mark.shared
def test_the_real_briefing() -> None:
    if not REAL.exists():
        pytest.skip("the real briefing is not beside this checkout")
    from yichuang_nlp.classifier import load_model
    from yichuang_nlp.readers import read_briefing

    briefing = read_briefing(REAL)
    model = load_model()
    report = gap_report(briefing, model.predict(briefing.cells), model=model.info)
    assert len(report.predictions) == 66
    assert sum(city.lagging for city in report.cities) <= 3
    days = sorted((item.city, str(item.deadline.date)) for item in report.commitments)
    assert days == [
        ("杭州市", "2017-03-31"),
        ("舟山市", "2017-06-30"),
        ("衢州市", "2017-03-20"),
        ("金华市", "2017-06-30"),
    ]
    copies = flags_of(report, Flag.SAME_TEXT_DIMENSIONS)
    assert [(flag.cities, len(flag.dimensions)) for flag in copies] == [(("宁波市",), 2)]
    assert len(flags_of(report, Flag.SAME_TEXT_CITIES)) == 6
    for city in report.cities:
        for gap in city.reasons:
            assert gap.quote.rstrip("…") in report.predictions[gap.cell].cell.text
    wholes = {item.value: item.whole for item in report.quantities if item.city == "衢州市"}
    assert wholes[784.0] == 833.0
