"""The head of a briefing: title, issue number, publisher, publication date, and the day that it speaks of."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from yichuang_nlp.marks import squeeze

__all__ = ["Masthead", "read_masthead"]


@dataclass(frozen=True, slots=True)
class Masthead:
    """What the lines around the tables say about the briefing as a whole."""

    title: str = ""
    issue: str = ""
    publisher: str = ""
    published: date | None = None
    as_of: date | None = None
    as_of_assumed: bool = False


_DIGITS = {char: str(i) for i, char in enumerate("〇一二三四五六七八九")} | {
    "零": "0",
    "○": "0",
    "Ｏ": "0",
    "O": "0",
}
_CHINESE = "〇○零一二三四五六七八九十"
_ISSUE = re.compile(rf"第\s*([\d\s]{{1,7}}|[{_CHINESE}百]{{1,6}})\s*[期号]")
_TOTAL_ISSUE = re.compile(r"总\s*第\s*[\d\s]+\s*期")

# 2017年3月21日, 2017.3.21, 2017-03-21, 二〇一七年三月二十一日; without a year only behind 截至
_YEAR = rf"(?P<year>\d{{4}}|[{_CHINESE}Ｏ]{{4}})"
_MONTH = rf"(?P<month>\d{{1,2}}|[{_CHINESE}]{{1,3}})"
_DAY = rf"(?P<day>\d{{1,2}}|[{_CHINESE}]{{1,3}})"
_DATE = re.compile(rf"{_YEAR}\s*(?:年|[-./])\s*{_MONTH}\s*(?:月|[-./])\s*{_DAY}\s*日?")
_AS_OF = re.compile(
    rf"""截[至止]\s*(?:到|至|于)?\s*(?:目前\s*[（(])?\s*
         (?: {_YEAR}\s*(?:年|[-./])\s* | (?P<relative>今年|本年|去年) )?
         (?: {_MONTH}\s*(?:月份?|[-./])\s* (?: {_DAY}\s*[日号]? | (?P<part>[上中]旬|底|末) )?
           | 第?\s*(?P<quarter>[一二三四1-4])\s*季度[末底]?
           | (?P<end>年底|年末|底) )""",
    re.VERBOSE,
)
_ORGAN = re.compile(
    r"(?:办公室|专题组|领导小组|工作组|专班|指挥部|委员会|政府|厅|局|委|办|处|中心|编|部|院|会|组)(?:（?[印编]发?）?)?$"
)
_NAMEPLATE = re.compile(
    r"(?:简报|通报|专报|快报|动态|信息|内参|参阅|督查|周报|月报|专刊|增刊|要情|工作交流)[（(]?[^，。]{0,12}[)）]?$"
)


def read_masthead(lines: Sequence[str]) -> Masthead:
    """Return what `lines` (the prose of a briefing, in order) say about title, issue, publisher and dates.

    Without a line 截至… the publication date stands in for the as-of date, and `as_of_assumed` says so.

    >>> head = read_masthead(["数字乡村简报", "〔2021〕第 7 期", "某省农业农村厅", "2021年4月2日",
    ...                       "各市进展情况通报", "（截至3月底）"])
    >>> head.issue, head.publisher, head.title, head.published.isoformat(), head.as_of.isoformat()
    ('7', '某省农业农村厅', '各市进展情况通报', '2021-04-02', '2021-03-31')
    """
    flat = [squeeze(line).strip() for line in lines]
    head = flat[:40]
    issue, issue_at = _find_issue(head)
    published, date_at = _find_published(flat)
    publisher = _find_publisher(head, issue_at, date_at)
    year = published.year if published else _year_of_issue(head, issue_at) or _any_year(head)
    as_of = _find_as_of(flat, published, year)
    return Masthead(
        title=_find_title(head, publisher, max(issue_at, date_at if date_at < 12 else -1)),
        issue=issue,
        publisher=publisher,
        published=published,
        as_of=as_of or published,
        as_of_assumed=as_of is None and published is not None,
    )


def _number(text: str) -> int:
    """Return the value of an Arabic or Chinese number below 1000; 0 if it is none."""
    text = re.sub(r"\s", "", text)
    if text.isdecimal():
        return int(text)
    value, digit = 0, 0
    for char in text:
        if char == "百":
            value, digit = value + (digit or 1) * 100, 0
        elif char == "十":
            value, digit = value + (digit or 1) * 10, 0
        elif char in _DIGITS:
            digit = int(_DIGITS[char])
        else:
            return 0
    return value + digit


def _full_year(text: str) -> int:
    return int(text) if text.isdecimal() else int("".join(_DIGITS.get(char, "0") for char in text))


def _find_issue(head: Sequence[str]) -> tuple[str, int]:
    for at, line in enumerate(head):
        if len(line) <= 40 and (match := _ISSUE.search(_TOTAL_ISSUE.sub("", line))):
            return str(_number(match[1])), at
    return "", -1


def _year_of_issue(head: Sequence[str], issue_at: int) -> int:
    match = re.search(r"(?:19|20)\d\d", head[issue_at]) if issue_at >= 0 else None
    return int(match[0]) if match else 0


def _any_year(head: Sequence[str]) -> int:
    """Return the first year that a headline names: 调度表（2019年8月）."""
    found = (re.search(r"((?:19|20)\d\d)\s*年", line) for line in head if len(line) <= 60)
    return next((int(match[1]) for match in found if match), 0)


def _to_date(match: re.Match[str]) -> date | None:
    try:
        return date(_full_year(match["year"]), _number(match["month"]), _number(match["day"]))
    except ValueError:
        return None


def _find_published(lines: Sequence[str]) -> tuple[date | None, int]:
    """Return the first date that stands (nearly) alone on a line, from the top."""
    for at, line in enumerate(lines):
        if len(line) > 50 or "截" in line:
            continue
        match = _DATE.search(line)
        # a date inside a sentence is no publication date
        if match and not line.endswith(("。", "；", "，")) and (found := _to_date(match)):
            return found, at
    return None, len(lines)


def _find_publisher(head: Sequence[str], issue_at: int, date_at: int) -> str:
    spots = [date_at, date_at - 1, issue_at + 1, date_at + 1]
    for at in spots:
        if 0 <= at < len(head):
            rest = _ISSUE.sub("", _DATE.sub("", head[at])).strip(" 　（）()：:")
            rest = re.sub(r"^(?:编印|主办|主编|印发|编发)[:：]?|(?:编印|编|印发|主办)$", "", rest).strip()
            if 4 <= len(rest) <= 40 and _ORGAN.search(rest) and not _NAMEPLATE.search(rest):
                return rest
    return ""


def _find_as_of(lines: Sequence[str], published: date | None, year: int) -> date | None:
    # a line of its own before one inside a paragraph: the former speaks for the whole table
    for line in sorted(lines, key=lambda text: len(text) > 40):
        for match in _AS_OF.finditer(line):
            if found := _resolve_as_of(match, published, year):
                return found
    return None


def _resolve_as_of(match: re.Match[str], published: date | None, year: int) -> date | None:
    if match["year"]:
        year = _full_year(match["year"])
    elif match["relative"] == "去年":
        year -= 1
    if not year:
        return None
    part = match["part"] or ""
    if match["quarter"]:
        month, part = _number(match["quarter"]) * 3, "末"
    elif match["end"]:
        month, part = 12, "末"
    else:
        month = _number(match["month"])
    if not 1 <= month <= 12:
        return None
    last = monthrange(year, month)[1]
    day = _number(match["day"]) if match["day"] else {"上旬": 10, "中旬": 20}.get(part, last)
    if not 1 <= day <= last:
        return None
    found = date(year, month, day)
    # 截至12月31日 in a briefing of January means the year before
    if not match["year"] and published and found > published and (found - published).days > 45:
        found = date(year - 1, month, min(day, monthrange(year - 1, month)[1]))
    return found


def _find_title(head: Sequence[str], publisher: str, masthead_end: int) -> str:
    """Return the first headline under the masthead; the name plate itself if there is no other."""
    plate = ""
    for at, line in enumerate(head):
        headline = 4 <= len(line) <= 80 and not line.endswith(("。", "；", "，", "：", ":"))
        if not headline or line == publisher or _DATE.search(line) or line.startswith(("（", "(", "截", "单位")):
            continue
        if _ISSUE.search(line) or re.match(r"^(?:各|报|送|发|主送|抄送)[^，。]{0,20}[:：]", line):
            continue
        if at <= masthead_end:
            plate = plate or line
        else:
            return line
    return plate
