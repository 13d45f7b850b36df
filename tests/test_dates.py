from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yichuang_nlp.dates import find_deadlines, find_quantities, parse_number

AS_OF = date(2021, 6, 20)  # a Sunday
MARCH = date(2017, 3, 20)

# text, as of, [(span, date, precision)], why this case
CASES: list[tuple[str, date, list[tuple[str, str | None, str]], str]] = [
    ("3月底前完成改造", MARCH, [("3月底前", "2017-03-31", "month")], "the plain form"),
    ("计划于6 月底前上线", MARCH, [("6 月底前", "2017-06-30", "month")], "a space before 月"),
    ("争取６月底前上线", MARCH, [("６月底前", "2017-06-30", "month")], "full-width digits"),
    ("20日前完成联调", MARCH, [("20日前", "2017-03-20", "day")], "a bare day is of this month"),
    ("20 日之前完成联调", MARCH, [("20 日之前", "2017-03-20", "day")], "with a space and 之前"),
    ("拟于25日召开", MARCH, [("25日", "2017-03-25", "day")], "于 makes a bare day a date"),
    ("二季度完成验收", AS_OF, [("二季度", "2021-06-30", "quarter")], "quarter in Chinese digits"),
    ("第3季度末完成", AS_OF, [("第3季度末", "2021-09-30", "quarter")], "quarter in Arabic digits"),
    ("前三季度完成", AS_OF, [("三季度", "2021-09-30", "quarter")], "the first three quarters end with the third"),
    ("明年一季度启用", AS_OF, [("明年一季度", "2022-03-31", "quarter")], "next year's quarter"),
    ("月底前报送", AS_OF, [("月底前", "2021-06-30", "month")], "a bare month end"),
    ("本月底完成", AS_OF, [("本月底", "2021-06-30", "month")], "this month"),
    ("本月内完成", AS_OF, [("本月内", "2021-06-30", "month")], "within this month"),
    ("下月中旬启动", AS_OF, [("下月中旬", "2021-07-20", "ten_days")], "the middle of next month"),
    ("下个月5日前报送", AS_OF, [("下个月5日前", "2021-07-05", "day")], "a day of next month"),
    ("次月10日前", date(2021, 12, 20), [("次月10日前", "2022-01-10", "day")], "next month is next year"),
    ("10月份投入运行", AS_OF, [("10月份", "2021-10-31", "month")], "月份"),
    ("十月底前", AS_OF, [("十月底前", "2021-10-31", "month")], "month in Chinese digits"),
    ("十二月上旬", AS_OF, [("十二月上旬", "2021-12-10", "ten_days")], "twelve, not ten and two"),
    ("年底前全部完成", AS_OF, [("年底前", "2021-12-31", "year")], "the end of this year"),
    ("今年底完成", AS_OF, [("今年底", "2021-12-31", "year")], "今年底"),
    ("2022年底前", AS_OF, [("2022年底前", "2022-12-31", "year")], "a year of its own"),
    ("年内建成", AS_OF, [("年内", "2021-12-31", "year")], "within the year"),
    ("明年上半年开工", AS_OF, [("明年上半年", "2022-06-30", "half_year")], "half a year"),
    ("上半年完成", AS_OF, [("上半年", "2021-06-30", "half_year")], "this half"),
    ("2018年6月30日前", MARCH, [("2018年6月30日前", "2018-06-30", "day")], "a full date"),
    ("二〇一八年六月三十日前", MARCH, [("二〇一八年六月三十日前", "2018-06-30", "day")], "all in Chinese digits"),
    ("2018-06-30前", MARCH, [("2018-06-30前", "2018-06-30", "day")], "ISO"),
    ("2018.6.30", MARCH, [("2018.6.30", "2018-06-30", "day")], "with dots"),
    ("2018 年 6 月底", MARCH, [("2018 年 6 月底", "2018-06-30", "month")], "spaces all over"),
    ("2月底前", date(2024, 1, 5), [("2月底前", "2024-02-29", "month")], "a leap year"),
    ("2月底前", date(2021, 1, 5), [("2月底前", "2021-02-28", "month")], "no leap year"),
    ("1月底前完成", date(2021, 11, 20), [("1月底前", "2022-01-31", "month")], "the next January"),
    ("12月底前完成", date(2021, 1, 10), [("12月底前", "2021-12-31", "month")], "not last December"),
    ("5月底前完成", AS_OF, [("5月底前", "2021-05-31", "month")], "just gone by: overdue, not next year"),
    ("已于12月上线", date(2021, 1, 10), [("12月", "2020-12-31", "month")], "told as done: last December"),
    ("3月至5月试运行", AS_OF, [("3月至5月", "2021-05-31", "month")], "of a range the end"),
    ("3-5月试点", AS_OF, [("5月", "2021-05-31", "month")], "of a short range the end"),
    ("2021-2023年建设", AS_OF, [("2023年", "2023-12-31", "year")], "of a range of years the end"),
    ("7月1日启动，20日前完成", AS_OF, [("7月1日", "2021-07-01", "day"), ("20日前", "2021-07-20", "day")], "same month"),
    (
        "7月1日启动。20日前完成",
        AS_OF,
        [("7月1日", "2021-07-01", "day"), ("20日前", "2021-06-20", "day")],
        "new sentence",
    ),
    (
        "2022年3月启动，6月底前完成",
        AS_OF,
        [("2022年3月", "2022-03-31", "month"), ("6月底前", "2022-06-30", "month")],
        "the year is that of the date before",
    ),
    ("“十四五”末建成", AS_OF, [("“十四五”末", "2025-12-31", "plan_period")], "a plan period"),
    ("十三五期间", MARCH, [("十三五期间", "2020-12-31", "plan_period")], "a plan period without quotes"),
    ("春节前完成", AS_OF, [("春节前", None, "unknown")], "only the moon knows"),
    ("汛期前完成", AS_OF, [("汛期前", None, "unknown")], "no day at all"),
    ("国庆节前完成", AS_OF, [("国庆节前", "2021-10-01", "day")], "a fixed feast"),
    ("元旦前完成", AS_OF, [("元旦前", "2022-01-01", "day")], "the next one"),
    ("本周内完成", AS_OF, [("本周内", "2021-06-20", "week")], "the week ends on Sunday"),
    ("下周五前完成", AS_OF, [("下周五前", "2021-06-25", "day")], "a weekday of next week"),
    ("周三前报送", date(2021, 6, 14), [("周三前", "2021-06-16", "day")], "a weekday of this week"),
    ("9月上中旬", AS_OF, [("9月", "2021-09-30", "month")], "in doubt the later day"),
    ("年中完成", AS_OF, [("年中", "2021-06-30", "half_year")], "the middle of the year"),
    # what is no date
    ("办理时限压缩至5个工作日内", AS_OF, [], "a duration"),
    ("3个月内完成", AS_OF, [], "a duration in months"),
    ("用三年时间建成", AS_OF, [], "a duration in years"),
    ("一年内建成", AS_OF, [], "a duration, not the end of the year"),
    ("每月底通报", AS_OF, [], "what comes back is no deadline"),
    ("每季度通报一次", AS_OF, [], "every quarter"),
    ("台政办发〔2017〕23号", MARCH, [], "the number of a document"),
    ("印发《2021年工作要点》", AS_OF, [], "a year in the name of a document"),
    ("今年以来", AS_OF, [], "since, not until"),
    ("目前已完成", AS_OF, [], "目前 ends in 前"),
    ("3号楼前广场", AS_OF, [], "a building"),
    ("压缩至2.5日", AS_OF, [], "a length of time"),
    ("设置16类窗口", AS_OF, [], "a figure"),
    ("2月30日前", AS_OF, [("2月30日前", None, "day")], "no such day: shown, not computed"),
]


@pytest.mark.parametrize(("text", "as_of", "expected", "why"), CASES, ids=[case[0] for case in CASES])
def test_deadlines(text: str, as_of: date, expected: list[tuple[str, str | None, str]], why: str) -> None:
    found = [
        (item.text, item.date.isoformat() if item.date else None, item.precision.value)
        for item in find_deadlines(text, as_of)
    ]
    assert found == expected, why


def test_offsets_are_those_of_the_text() -> None:
    text = "已建成；　二期６ 月底前、三期“十四五”末完工。"
    for item in find_deadlines(text, AS_OF):
        assert text[item.start : item.end] == item.text
    assert len(find_deadlines(text, AS_OF)) == 2


def test_without_an_as_of_day_only_full_dates_are_resolved() -> None:
    found = find_deadlines("2018年6月30日前完成，20日前报送，3月底上线，年底验收", None)
    assert [item.date for item in found] == [date(2018, 6, 30), None, None, None]


def test_a_limit_is_told_from_a_mere_day() -> None:
    found = find_deadlines("3月底前完成，4月启动，年内建成，5月1日之前，6月底验收", AS_OF)
    assert [item.ahead for item in found] == [True, False, True, True, False]


@given(st.dates(date(1990, 1, 1), date(2090, 12, 31)), st.dates(date(2000, 1, 1), date(2080, 12, 31)))
def test_a_full_date_is_itself_whatever_the_day(day: date, as_of: date) -> None:
    for text in (f"于{day.year}年{day.month}月{day.day}日前完成", f"{day.isoformat()}前完成"):
        [found] = find_deadlines(text, as_of)
        assert found.date == day


@given(st.dates(date(2000, 1, 1), date(2080, 12, 31)), st.integers(1, 12))
def test_a_bare_month_lies_at_most_half_a_year_back_and_one_year_ahead(as_of: date, month: int) -> None:
    [found] = find_deadlines(f"{month}月底前完成", as_of)
    assert found.date is not None and found.date.month == month
    assert -180 <= (found.date - as_of).days <= 366


@given(st.text(st.sampled_from("12３年月日底前号周季度半末内上下本今明年至-〔〕《》一二十三五。， 完成"), max_size=40))
def test_no_text_breaks_the_finder(text: str) -> None:
    end = 0
    for item in find_deadlines(text, AS_OF):
        assert text[item.start : item.end] == item.text
        assert end <= item.start < item.end
        end = item.end
    for quantity in find_quantities(text):
        assert text[quantity.start : quantity.end] == quantity.text


def test_a_long_text_takes_linear_time() -> None:
    # a quadratic finder would need hours here, so this cannot pass by luck
    assert len(find_deadlines("3月底前完成20日前，" * 10_000, AS_OF)) == 20_000
    assert len(find_quantities("共833项，其中784项，" * 10_000)) == 20_000


@pytest.mark.parametrize(
    ("text", "number"),
    [("十", 10), ("十二", 12), ("二十", 20), ("三十一", 31), ("一百零五", 105), ("二〇一七", 2017), ("７", 7)],
)
def test_numbers(text: str, number: int) -> None:
    assert parse_number(text) == number


# text, [(value, unit, what, whole)], why
QUANTITIES: list[tuple[str, list[tuple[float, str, str, float | None]], str]] = [
    ("70%的事项能够网上办理", [(70.0, "%", "事项", None)], "a share"),
    (
        "市本级总审批事项 833 项，进中心事项 784 项，综合窗口受理 484 项。",
        [
            (833.0, "项", "市本级总审批事项", None),
            (784.0, "项", "进中心事项", 833.0),
            (484.0, "项", "综合窗口受理", 833.0),
        ],
        "parts of a stated whole",
    ),
    (
        "目前587项许可、19项征收通过网上申报",
        [(587.0, "项", "许可", None), (19.0, "项", "征收", None)],
        "behind the unit",
    ),
    ("累计办件1.2万件", [(12000.0, "件", "办件", None)], "ten thousands"),
    ("窗口1,263个", [(1263.0, "个", "窗口", None)], "with a comma"),
    ("设置五个板块", [(5.0, "个", "板块", None)], "in Chinese digits"),
    ("最多跑一次", [], "a name, not a figure"),
    ("2017年3月20日", [], "a date"),
    ("〔2017〕23号", [], "the number of a document"),
    ("“1+10”制度体系", [], "a formula"),
    ("压缩至5个工作日", [(5.0, "个工作日", "压缩至", None)], "a length of time"),
]


@pytest.mark.parametrize(("text", "expected", "why"), QUANTITIES, ids=[case[0] for case in QUANTITIES])
def test_quantities(text: str, expected: list[tuple[float, str, str, float | None]], why: str) -> None:
    found = [(item.value, item.unit, item.what, item.whole) for item in find_quantities(text)]
    assert found == expected, why


def test_shares() -> None:
    found = find_quantities("总事项833项，进驻784项，占94.1%。")
    assert found[1].share == pytest.approx(784 / 833)
    assert found[2].share == pytest.approx(0.941)


# forms that jionlp reads too: an independent reader must come to the same day
CROSS = [
    "3月底前",
    "6月底前",
    "20日前",
    "2018年6月30日前",
    "二季度",
    "年底前",
    "上半年",
    "明年3月底前",
    "10月底前",
    "本月底",
]


@pytest.mark.parametrize("text", CROSS)
def test_an_independent_parser_agrees(text: str) -> None:
    pytest.importorskip("jionlp", reason="jionlp is not installed: the cross-check of dates is left out")
    import time

    import jionlp

    base = time.mktime((MARCH.year, MARCH.month, MARCH.day, 12, 0, 0, 0, 0, -1))
    theirs = jionlp.parse_time(text.removesuffix("前"), time_base=base)["time"][1][:10]
    [ours] = find_deadlines(text, MARCH)
    assert ours.date is not None and ours.date.isoformat() == theirs
