"""Mastheads of the shapes that offices use; the names are made up."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yichuang_nlp.masthead import read_masthead


@pytest.mark.parametrize(
    ("line", "issue"),
    [
        ("第21期", "21"),
        ("第 21 期", "21"),
        ("〔2017〕第21期", "21"),
        ("2017年第 7 期（总第105期）", "7"),
        ("（第三期）", "3"),
        ("第二十一期", "21"),
        ("第一百零二期", "102"),
        ("没有期号的一行", ""),
    ],
)
def test_issue(line: str, issue: str) -> None:
    assert read_masthead(["某项改革简报", line]).issue == issue


@pytest.mark.parametrize(
    ("lines", "as_of", "reason"),
    [
        (("2017年3月21日", "（截至2017年3月20日）"), date(2017, 3, 20), "in full"),
        (("2017 年 3 月 21 日", "截至 3 月 20 日"), date(2017, 3, 20), "the year is that of publication"),
        (("2018年1月5日", "截至12月31日"), date(2017, 12, 31), "a day ahead belongs to the year before"),
        (("2021年4月2日", "截至3月底"), date(2021, 3, 31), "the end of a month"),
        (("2020年3月5日", "截止2020年2月底"), date(2020, 2, 29), "a leap year; 截止 for 截至"),
        (("2021年4月2日", "截至一季度末"), date(2021, 3, 31), "a quarter"),
        (("2021年4月2日", "截至2020年底"), date(2020, 12, 31), "the end of a year"),
        (("二〇一七年三月二十一日", "截至二〇一七年三月二十日"), date(2017, 3, 20), "Chinese numerals"),
        (("月调度表（2019年8月）", "（数据截至8月25日）"), date(2019, 8, 25), "the year is in the headline"),
        (("2021.4.2", "截至目前，各市已完成。"), date(2021, 4, 2), "no date behind it: that of publication"),
    ],
)
def test_as_of(lines: tuple[str, ...], as_of: date, reason: str) -> None:
    assert read_masthead(lines).as_of == as_of, reason


def test_the_publication_date_stands_in_and_says_so() -> None:
    head = read_masthead(["某项改革简报", "第3期", "2021年4月2日", "各市进展情况"])
    assert (head.as_of, head.as_of_assumed) == (date(2021, 4, 2), True)


def test_without_any_date_nothing_is_made_up() -> None:
    head = read_masthead(["各市进展情况"])
    assert (head.as_of, head.published, head.as_of_assumed, head.title) == (None, None, False, "各市进展情况")


def test_a_date_in_a_sentence_is_not_the_publication_date() -> None:
    assert read_masthead(["通知", "2021年4月2日召开会议，部署工作。"]).published is None


def test_title_and_publisher() -> None:
    head = read_masthead(
        [
            "数字乡村建设简报",
            "第 7 期",
            "某省农业农村厅    2021年4月2日",
            "各市数字乡村建设进展情况的通报",
            "各市：现将情况通报如下。",
        ]
    )
    assert head.title == "各市数字乡村建设进展情况的通报"
    assert head.publisher == "某省农业农村厅"


@given(st.lists(st.text("截至到第期号年月日底末季度〔〕2017 一二三十百.-", max_size=30), max_size=6))
def test_any_lines_are_answered(lines: list[str]) -> None:
    read_masthead(lines)
