"""Days and figures in official Chinese: what 3月底前, 二季度, 年内 or 784项 say, resolved against the as-of day.

Written for the forms that briefings use, since a general time parser reads durations (5个工作日) and document
numbers as days, and costs a second to load. In doubt a day is the later one: nobody is called overdue by our
reading. Full-width digits and spaces inside a date are read as they are, so offsets stay those of the text.
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, timedelta

from yichuang_nlp.findings import Deadline, Precision, Quantity

__all__ = ["find_deadlines", "find_quantities", "parse_number"]

DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
UNITS = {"十": 10, "百": 100, "千": 1000}
YEARS = {"今": 0, "本": 0, "当": 0, "明": 1, "次": 1, "来": 1, "后": 2, "去": -1, "上": -1, "前": -2}
FEASTS = {"元旦": (1, 1), "五一": (5, 1), "劳动节": (5, 1), "七一": (7, 1), "八一": (8, 1), "国庆": (10, 1)}
WINDOW = 80  # how far around a find its clause is looked for, so that no text takes more than linear time
PAST_DAYS = 180  # a bare month further back than this means the next one: 1月底前, said in November

_YEAR = r"""
    (?: (?P<{p}year> (?<!\d)(?:19|20)\d\d | [一二][〇零一二三四五六七八九]{{3}} ) \s*年(?!以?来)
      | (?P<{p}rel> [今本当明次来后去上前] ) 年(?!以?来|同期|级|人|轻|龄) )
"""
_MONTH = r"(?<![\d.一二三四五六七八九十])(?P<{p}month> 1[0-2] | 0?[1-9] | 十[一二]? | [一二三四五六七八九] )\s*月"
_BEFORE = r"(?:\s*(?P<before>(?:之|以)?前(?![期后往来台端置述款面沿三两])|[之以]?内(?![容部涵设外])|止|为止))?"

_FORMS = tuple(
    (name, re.compile(rf"(?:{form}) {_BEFORE}", re.VERBOSE))
    for name, form in (
        # 2017-06-30, 2017.6.30, 2017/6/30
        ("iso", r"(?<![\d.])(?P<year>(?:19|20)\d\d)[-./](?P<month>\d{1,2})[-./](?P<day>\d{1,2})(?![\d.])"),
        # 2017年6月30日, 6月30日, 六月三十日, 今年6月30日
        (
            "day",
            rf"(?:{_YEAR.format(p='')} \s*(?:的)?)? {_MONTH.format(p='')} \s*"
            r"(?P<day> [12]\d | 3[01] | 0?[1-9] | [一二三]?十[一二三四五六七八九]? | [一二三四五六七八九] ) \s*[日号]",
        ),
        # 6月底, 6月份, 6月上旬, 2018年6月, 6月
        (
            "month",
            rf"(?:{_YEAR.format(p='')} \s*(?:的)?)? {_MONTH.format(p='')} (?![度报均龄租薪票季]) \s*(?:份(?!额))?"
            r"\s*(?P<part>[上中下]旬|底|末|初|中(?![心央小型医药共])|月?内(?!容))?",
        ),
        # 本月底, 下月20日, 下个月中旬; 月底, 月内
        (
            "relmonth",
            r"(?P<relmonth>本|当|这个?|下个?|次|上个?)月(?![度报均龄租薪票季]) \s*"
            r"(?: (?P<day>[12]\d|3[01]|0?[1-9])\s*[日号] | (?P<part>[上中下]旬|底|末|初|中(?![心央])|内(?!容)) )?"
            r"| (?<![\d一二三四五六七八九十个每逐按次本当这下上])月(?P<bare>底|末|内(?!容))",
        ),
        # 二季度末, 2018年第3季度, 前三季度
        (
            "quarter",
            rf"(?:{_YEAR.format(p='')} \s*)? (?<!每) 第?(?P<quarter>[一二三四1234首])\s*季度(?P<part>[末底初])?",
        ),
        ("half", rf"(?:{_YEAR.format(p='')} \s*)? (?P<half>[上下])半年[末底内]?"),
        # 国庆节前, 春节前: a fixed day, or one that only the moon knows
        (
            "feast",
            rf"(?:{_YEAR.format(p='')})? (?P<feast>元旦|五一|劳动节|七一|八一|国庆|春节|清明|端午|中秋|元宵|全国两会"
            r"|两会|汛期|主汛期|高考|开学) [”\"’]?节?(?:假期)? (?=\s*(?:来临)?(?:之|以)?前)(?:来临)?",
        ),
        # 年底, 2017年底, 今年内, 年中
        (
            "yearpart",
            rf"(?: {_YEAR.format(p='')} \s*度? | (?<![\d一二三四五六七八九十两几多半近往全每周百千今明去]) 年 )"
            r"\s*(?P<part>底|末|终|内(?!容)|中(?![心央间小医药])|初)",
        ),
        # “十三五”末, “十四五”期间
        ("plan", r"[“\"]?(?P<plan>十[一二三四五六七八九]五)[”\"]?\s*(?:规划)?(?:期|时期)?(?:末|期间|内|结束)"),
        # 本周, 下周五, 周五前
        (
            "week",
            r"(?P<relweek>本|这|下|上)个?周(?P<weekday>[一二三四五六日天末])?"
            r"| (?<![一二两三四五六七八九十\d每])周(?P<onday>[一二三四五六日天末])(?=\s*(?:之|以)?前)",
        ),
        # 20日前, 于20日: a bare day needs a word that makes it a date
        (
            "bareday",
            r"(?: (?<![\d.个一二三四五六七八九十月])(?P<day>[12]\d|3[01]|0?[1-9])\s*[日号](?=\s*(?:之|以)?前(?!后))"
            r"| (?<=[于在至到])\s*(?P<onlyday>[12]\d|3[01]|0?[1-9])\s*日(?![期常报均内]) )",
        ),
        ("year", rf"{_YEAR.format(p='')}(?!度?(?:工作)?(?:要点|计划|方案|版|第|期))度?"),
    )
)

_NARROW = str.maketrans("０１２３４５６７８９％．", "0123456789%.")
_MASKED = re.compile(r"《[^《》]*》|[〔\[]\s*\d{4}\s*[〕\]]\s*第?\s*\d+\s*号")  # names and numbers of documents
_CLAUSE = re.compile(r"[，。；！？,;!?\n]")
_DONE = re.compile(r"已|曾|业经")
_AHEAD = re.compile(r"将|拟|计划|预计|力争|争取|确保|准备|未")


def parse_number(text: str) -> int:
    """Return the whole number that Arabic or Chinese digits write.

    >>> parse_number("三十一"), parse_number("二〇一七"), parse_number("１２")
    (31, 2017, 12)
    """
    if text.isdecimal():
        return int(text)
    if not any(char in UNITS for char in text):
        return int("".join(str(DIGITS[char]) for char in text))
    total, digit = 0, 0
    for char in text:
        if char in UNITS:
            total += (digit or 1) * UNITS[char]
            digit = 0
        else:
            digit = DIGITS[char]
    return total + digit


def find_deadlines(text: str, as_of: date | None) -> list[Deadline]:
    """Return the days that `text` names, in order, resolved against `as_of`.

    Without `as_of` only days with a year of their own get a date. Of a range the end counts.

    >>> [found] = find_deadlines("计划于6 月底前试运行。", date(2017, 3, 20))
    >>> found.text, found.date.isoformat(), found.precision.value
    ('6 月底前', '2017-06-30', 'month')
    """
    masked = _MASKED.sub(lambda match: " " * len(match.group()), text.translate(_NARROW))
    hits = [
        (hit.start(), order, name, hit) for order, (name, form) in enumerate(_FORMS) for hit in form.finditer(masked)
    ]
    found: list[Deadline] = []
    at = 0
    for _, _, name, hit in sorted(hits, key=lambda entry: entry[:2]):  # of those that start together the first form
        if hit.start() < at:
            continue
        at = hit.end()
        context = _context(masked, found, hit.start())
        day, precision = _resolve(name, hit, as_of, context, _is_done(masked, hit))
        start = hit.start() + len(hit.group()) - len(hit.group().lstrip())
        end = hit.start() + len(hit.group().rstrip())
        here = Deadline(
            start, end, text[start:end], day, precision, bool(hit.group("before")) or text[:end].endswith("内")
        )
        if found and re.fullmatch(r"\s*(?:[-~—–～至到]|直至)+\s*", masked[found[-1].end : start]):
            here = Deadline(found[-1].start, end, text[found[-1].start : end], day, precision, here.ahead)
            found.pop()
        found.append(here)
    return found


def _context(text: str, found: list[Deadline], start: int) -> date | None:
    """Return the last day named before in the same sentence: 3月1日启动，20日前完成."""
    if not found or not found[-1].date or found[-1].precision not in (Precision.DAY, Precision.MONTH):
        return None
    return None if re.search(r"[。！？\n]", text[found[-1].end : start]) else found[-1].date


def _is_done(text: str, hit: re.Match[str]) -> bool:
    """Return whether the clause tells of something past: 已于12月上线."""
    before = _CLAUSE.split(text[max(0, hit.start() - WINDOW) : hit.start()])[-1]
    after = _CLAUSE.split(text[hit.end() : hit.end() + WINDOW])[0]
    return bool(_DONE.search(before + after[:4])) and not hit.group("before") and not _AHEAD.search(before)


def _resolve(
    name: str, hit: re.Match[str], as_of: date | None, context: date | None, done: bool
) -> tuple[date | None, Precision]:
    parts = hit.groupdict()
    year = _year_of(parts, as_of)
    if name == "plan":
        return date(1955 + 5 * parse_number(parts["plan"][:-1]), 12, 31), Precision.PLAN_PERIOD
    if name in ("iso", "day"):
        month, day = parse_number(parts["month"]), parse_number(parts["day"])
        return _place(year, month, day, as_of, context, done), Precision.DAY
    if name == "month":
        month = parse_number(parts["month"])
        day, precision = _day_of(parts["part"])
        return _place(year, month, day, as_of, context, done), precision
    if name == "quarter":
        quarter = 1 if parts["quarter"] == "首" else parse_number(parts["quarter"])
        return _place(year, quarter * 3, 0, as_of, None, done), Precision.QUARTER
    if name == "half":
        month = 6 if parts["half"] == "上" else 12
        return _place(year, month, 0, as_of, None, done), Precision.HALF_YEAR
    if name == "feast":
        if parts["feast"] not in FEASTS:
            return None, Precision.UNKNOWN
        month, day = FEASTS[parts["feast"]]
        if year is None and as_of:
            year = as_of.year + ((month, day) < (as_of.month, as_of.day))
        return _place(year, month, day, as_of, None, False), Precision.DAY
    if name in ("yearpart", "year"):
        return _resolve_year(parts.get("part") or "", year, as_of)
    if as_of is None:
        return None, Precision.UNKNOWN
    if name == "relmonth":
        return _resolve_month(parts, as_of)
    if name == "week":
        return _resolve_week(parts, as_of)
    base = context or as_of  # a bare day: of the month named before, else of this one
    return _place(
        base.year, base.month, parse_number(parts["day"] or parts["onlyday"]), as_of, None, done
    ), Precision.DAY


def _year_of(parts: dict[str, str | None], as_of: date | None) -> int | None:
    if parts.get("year"):
        return parse_number(str(parts["year"]))
    if parts.get("rel") and as_of:
        return as_of.year + YEARS[str(parts["rel"])]
    return None


def _day_of(part: str | None) -> tuple[int, Precision]:
    """Return the last day of a part of a month (0: of the month) and how exact that is."""
    if part in ("上旬", "初"):
        return 10, Precision.TEN_DAYS
    if part in ("中旬", "中"):
        return 20, Precision.TEN_DAYS
    if part == "下旬":
        return 0, Precision.TEN_DAYS
    return 0, Precision.MONTH


def _place(year: int | None, month: int, day: int, as_of: date | None, context: date | None, done: bool) -> date | None:
    """Return the day, with the year that is meant where none is written; None for 2月30日."""
    if year is not None:
        return _date(year, month, day)
    if as_of is None:
        return None
    if context and context.year != as_of.year:
        near = _date(context.year, month, day)
        return _date(context.year + 1, month, day) if near and near < context and not done else near
    here = _date(as_of.year, month, day)
    if here is None:
        return None
    if done and here > as_of:
        return _date(as_of.year - 1, month, day)
    if not done and (as_of - here).days > PAST_DAYS:
        return _date(as_of.year + 1, month, day)
    return here


def _date(year: int, month: int, day: int) -> date | None:
    """Return the day, the last of the month for day 0, or None where the calendar has no such day."""
    if not 1 <= month <= 12 or not 1 <= year <= 9999:
        return None
    last = monthrange(year, month)[1]
    return date(year, month, day or last) if day <= last else None


def _resolve_year(part: str, year: int | None, as_of: date | None) -> tuple[date | None, Precision]:
    if year is None and as_of:
        year = as_of.year
    if year is None:
        return None, Precision.YEAR
    if part == "中":
        return date(year, 6, 30), Precision.HALF_YEAR
    if part == "初":
        return date(year, 3, 31), Precision.QUARTER
    return date(year, 12, 31), Precision.YEAR


def _resolve_month(parts: dict[str, str | None], as_of: date) -> tuple[date | None, Precision]:
    step = {"下": 1, "次": 1, "上": -1}.get((parts["relmonth"] or "本")[0], 0)
    index = as_of.year * 12 + as_of.month - 1 + step
    year, month = divmod(index, 12)
    if parts["day"]:
        return _date(year, month + 1, parse_number(parts["day"])), Precision.DAY
    day, precision = _day_of(parts["part"] or parts["bare"])
    return _date(year, month + 1, day), precision


def _resolve_week(parts: dict[str, str | None], as_of: date) -> tuple[date | None, Precision]:
    monday = as_of - timedelta(days=as_of.weekday())
    monday += timedelta(weeks={"下": 1, "上": -1}.get(parts["relweek"] or "", 0))
    weekday = parts["weekday"] or parts["onday"]
    if weekday and weekday in "一二三四五六":
        return monday + timedelta(days="一二三四五六".index(weekday)), Precision.DAY
    return monday + timedelta(days=6), Precision.DAY if weekday in ("日", "天") else Precision.WEEK


_QUANTITY = re.compile(
    r"""
    (?<![\d.A-Za-z+第-])
    (?P<value> \d{1,3}(?:,\d{3})+(?:\.\d+)? | \d+(?:\.\d+)?
             | (?!一(?:次|件|窗|批|项|张|站))[一二两三四五六七八九十百千]{1,6} )
    \s* (?P<scale>余|多)? (?P<power>[万亿])? (?P<more>余|多)? \s*
    (?P<unit>
        % | ％ | ‰ | 个?百分点 | 平方(?:公里|千米|米) | 立方米 | 公里 | 千米 | 万?元 | 亿元 | 吨 | 亩 | 公顷
      | 人次 | 户次 | 个(?:工作日|月|小时)? | 项次? | 家 | 件 | 人 | 次 | 类 | 份 | 条 | 台 | 套 | 处 | 所 | 户 | 名
      | 期 | 批 | 起 | 座 | 辆 | 艘 | 篇 | 场 | 宗 | 笔 | 支 | 块 | 只 | 册 | 张 | 间 | 例 | 天 | 小时 | 分钟
    )
    (?![年月日])
    """,
    re.VERBOSE,
)
# where the thing counted ends: a mark, a digit, or a word that begins what was done with it
_THING_END = re.compile(
    r"[，。；！？、,;!?\n（(）)：:“”\d]|已|能够|可以|实现|完成|通过|进行|纳入|得到|开展|达到|均|都|和|与|以上|以内|进|被"
)
_LEAD = re.compile(r"^(?:已|共|现|目前|全市|全县|累计|其中|完成|实现|达到?|为|约|近|超过?|不少于|办理|占)+")
_WHOLE = re.compile(r"总|共|应|全部|合计")


def find_quantities(text: str) -> list[Quantity]:
    """Return the figures of `text` that count something, with what they count.

    A figure that stands behind 总 or 共 is the whole of the smaller ones of the same unit in its sentence.

    >>> found = find_quantities("总审批事项833项，进中心事项784项，网上可办占70%。")
    >>> [(item.value, item.unit, item.what, item.whole) for item in found]
    [(833.0, '项', '总审批事项', None), (784.0, '项', '进中心事项', 833.0), (70.0, '%', '网上可办', None)]
    """
    masked = _MASKED.sub(lambda match: "□" * len(match.group()), text.translate(_NARROW))
    found = []
    for hit in _QUANTITY.finditer(masked):
        plain = hit.group("value").replace(",", "")
        value = float(plain) if plain[0].isdecimal() else float(parse_number(plain))
        value *= {"万": 1e4, "亿": 1e8}.get(hit.group("power") or "", 1)
        what = _thing(masked, hit)
        found.append(Quantity(hit.start(), hit.end(), text[hit.start() : hit.end()], value, hit.group("unit"), what))
    return [_with_whole(item, found[max(0, i - 8) : i + 9], masked) for i, item in enumerate(found)]


def _thing(text: str, hit: re.Match[str]) -> str:
    """Return what is counted: the words behind the unit, else those before the figure in its clause."""
    behind = text[hit.end() : hit.end() + WINDOW].lstrip(" 的")
    end = _THING_END.search(behind)
    thing = (behind[: end.start()] if end else behind)[:16].strip(" 的□")
    if thing:
        return thing
    before = re.split(r"[，。；！？、,;!?\n：:]", text[max(0, hit.start() - WINDOW) : hit.start()])[-1]
    return _LEAD.sub("", before[-16:].strip(" 的□")).rstrip("占达到为约近共有")


def _with_whole(item: Quantity, found: list[Quantity], text: str) -> Quantity:
    from dataclasses import replace

    for other in found:
        if other.unit != item.unit or other.value <= item.value or other is item:
            continue
        between = text[min(item.end, other.end) : max(item.start, other.start)]
        lead = re.split(r"[，。；！？,;!?\n]", text[max(0, other.start - WINDOW) : other.start])[-1]
        if _WHOLE.search(lead) and not re.search(r"[。！？\n]", between):
            return replace(item, whole=other.value)
    return item
