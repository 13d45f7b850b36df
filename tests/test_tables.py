"""Layouts: each case is a file as its reader hands it over, and the cells that a person would read from it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from yichuang_nlp import tables
from yichuang_nlp.notes import Note, NoteKind, render_flag, render_note
from yichuang_nlp.records import Blank, Grid, Span
from yichuang_nlp.sections import read_sections
from yichuang_nlp.tables import read_tables

Triple = tuple[str, str, str]


@dataclass(frozen=True)
class Case:
    """`tables` in rows of "a|b|c"; a table is (prose before, rows, spans)."""

    reason: str
    tables: tuple[tuple[tuple[str, ...], tuple[str, ...], tuple[Span, ...]], ...]
    cells: tuple[str, ...]
    skipped: int = 0
    dropped: int = 0
    joined: int = 0


def table(
    *rows: str, before: tuple[str, ...] = (), spans: tuple[Span, ...] = ()
) -> tuple[tuple[str, ...], tuple[str, ...], tuple[Span, ...]]:
    return before, rows, spans


def grids(case: Case) -> list[Grid]:
    out = []
    for number, (before, rows, spans) in enumerate(case.tables, 1):
        split = tuple(tuple(row.split("|")) for row in rows)
        out.append(Grid("file", number, split, before, spans))
    return out


MATRIX = ("杭州市 窗口 建成", "杭州市 指南 拟修订", "宁波市 窗口 在建", "宁波市 指南 已印发")

CASES = [
    Case("cities down", (table("地区|窗口|指南", "杭州市|建成|拟修订", "宁波市|在建|已印发"),), MATRIX),
    Case(
        "cities across", (table("事项|杭州市|宁波市", "窗口|建成|在建", "指南|拟修订|已印发"),), tuple(sorted(MATRIX))
    ),
    Case(
        "one city across, its dimensions down",
        (table("事项|杭州市", "窗口|建成", "指南|拟修订"),),
        ("杭州市 窗口 建成", "杭州市 指南 拟修订"),
    ),
    Case(
        "short and spaced names",
        (table("地 区|窗 口|指\n南", "杭 州|建成|拟修订", "2、宁波（含奉化）|在建|已印发"),),
        MATRIX,
    ),
    Case(
        "a serial number",
        (table("序号|地区|窗口|指南", "1|杭州市|建成|拟修订", "2|宁波市|在建|已印发"),),
        MATRIX,
    ),
    Case(
        "a serial number without a header",
        (table("|地区|窗口|指南", "1|杭州市|建成|拟修订", "2|宁波市|在建|已印发"),),
        MATRIX,
    ),
    Case(
        "title and unit rows inside the table",
        (
            table(
                "各市工作进展情况表||",
                "（截至3月底）||单位：个".replace("单位：个", ""),
                "地区|窗口|指南",
                "杭州市|建成|拟修订",
                "宁波市|在建|已印发",
                spans=(Span(0, 0, 1, 3), Span(1, 0, 1, 3)),
            ),
        ),
        MATRIX,
    ),
    Case(
        "a header of two rows with merged cells",
        (
            table(
                "地区|政务服务||机制",
                "|窗口|指南|",
                "杭州市|建成|拟修订|健全",
                "宁波市|在建|已印发|完善中",
                spans=(Span(0, 0, 2, 1), Span(0, 1, 1, 2), Span(0, 3, 2, 1)),
            ),
        ),
        (
            "杭州市 政务服务/窗口 建成",
            "杭州市 政务服务/指南 拟修订",
            "杭州市 机制 健全",
            "宁波市 政务服务/窗口 在建",
            "宁波市 政务服务/指南 已印发",
            "宁波市 机制 完善中",
        ),
    ),
    Case(
        "one text for two cities (merged downwards)",
        (table("地区|窗口", "杭州市|建成", "宁波市|", spans=(Span(1, 1, 2, 1),)),),
        ("杭州市 窗口 建成", "宁波市 窗口 建成"),
    ),
    Case(
        "one text for two dimensions (merged across)",
        (table("地区|窗口|指南", "杭州市|一并推进|", spans=(Span(1, 1, 1, 2),)),),
        ("杭州市 窗口 一并推进", "杭州市 指南 一并推进"),
    ),
    Case(
        "a region merged over its cities",
        (
            table(
                "片区|地区|窗口",
                "浙北|杭州市|建成",
                "|湖州市|在建",
                "浙东|宁波市|拟建",
                spans=(Span(1, 0, 2, 1),),
            ),
        ),
        ("杭州市 窗口 建成", "湖州市 窗口 在建", "宁波市 窗口 拟建"),
    ),
    Case(
        "totals and footnotes",
        (
            table(
                "地区|窗口|指南",
                "全省|11个|8个",
                "杭州市|建成|拟修订",
                "宁波市|在建|已印发",
                "合计|2|2",
                "注：数据由各市报送。||",
                spans=(Span(5, 0, 1, 3),),
            ),
        ),
        MATRIX,
        skipped=3,
    ),
    Case(
        "closing lines over the whole width, right under a table with cities across",
        (
            table(
                "事项|杭州市|宁波市",
                "窗口|建成|在建",
                "指南|拟修订|已印发",
                "请各市于每月5日前报送。||",
                "发：各市政府||",
                spans=(Span(3, 0, 1, 3), Span(4, 0, 1, 3)),
            ),
        ),
        tuple(sorted(MATRIX)),
        skipped=2,
    ),
    Case(
        "the same as CSV has it: no merged cells, the line in the first column",
        (
            table(
                "事项|杭州市|宁波市", "窗口|建成|在建", "指南|拟修订|已印发", "请各市于每月5日前报送。||", "发：各市||"
            ),
        ),
        tuple(sorted(MATRIX)),
        skipped=2,
    ),
    Case(
        "closing lines in the column of cities are no cities",
        (table("地区|窗口|指南", "杭州市|建成|拟修订", "宁波市|在建|已印发", "发：各市政府||"),),
        MATRIX,
        skipped=1,
    ),
    Case(
        "a total in the column of serial numbers, and a project of the whole province",
        (
            table(
                "序号|项目名称|所在地|进展情况",
                "1|城西水厂|杭州市|建成",
                "2|雨情测报|全省|在建",
                "合计|2项||开工2项",
                "总计（2项）|2项|全省|开工2项",
            ),
        ),
        ("杭州市 城西水厂 建成", "全省 雨情测报 在建"),
        skipped=2,
    ),
    Case(
        "a total in a table of one city",
        (table("事项|进展情况", "窗口|建成", "合计|1项", before=("（一）杭州市",)),),
        ("杭州市 窗口 建成",),
        skipped=1,
    ),
    Case(
        "offices of counties under 单位, numbers and line breaks in the header, lists in the cells",
        (
            table(
                "序号|单位|（一）窗口\n设置情况|2.指南\n公布情况",
                "1|肥东县政务服务局|1.已建成；\n2.已启用。|①拟修订",
                "2|肥西县人民政府|在建|已印发",
                "3|市政务服务局|统筹|统筹",
            ),
        ),
        (
            "肥东县 窗口设置情况 1.已建成；\n2.已启用。",
            "肥东县 指南公布情况 ①拟修订",
            "肥西县 窗口设置情况 在建",
            "肥西县 指南公布情况 已印发",
            "市政务服务局 窗口设置情况 统筹",
            "市政务服务局 指南公布情况 统筹",
        ),
    ),
    Case(
        "two offices of one city are not that city twice",
        (table("单位|窗口", "杭州市发展改革委|建成", "杭州市财政局|在建", "宁波市政府|拟建"),),
        ("杭州市发展改革委 窗口 建成", "杭州市财政局 窗口 在建", "宁波市 窗口 拟建"),
    ),
    Case(
        "cities under 责任单位, the first row for all of them",
        (table("任务|责任单位|进展情况", "窗口|各市|顺利", "指南|杭州市、宁波市|在建", "流程|杭州市|建成"),),
        ("各市 窗口 顺利", "杭州市 指南 在建", "宁波市 指南 在建", "杭州市 流程 建成"),
    ),
    Case(
        "bands over the dimensions of a turned table, which repeat under them",
        (
            table(
                "事项|杭州市|宁波市",
                "一、服务||",
                "窗口|建成|在建",
                "二、监管||",
                "窗口|拟建|招标",
                "指南|印发|起草",
                spans=(Span(1, 0, 1, 3), Span(3, 0, 1, 3)),
            ),
        ),
        (
            "杭州市 服务/窗口 建成",
            "宁波市 服务/窗口 在建",
            "杭州市 监管/窗口 拟建",
            "宁波市 监管/窗口 招标",
            "杭州市 指南 印发",
            "宁波市 指南 起草",
        ),
        skipped=2,
    ),
    Case(
        "a turned table over two pages, the second without cities, a row cut between",
        (table("事项|杭州市|宁波市", "窗口|建|在"), table("|成|建", "指南|拟修订|已印发")),
        tuple(sorted(MATRIX)),
        joined=1,
    ),
    Case(
        "a turned table with regions over the cities, and targets beside the dimensions",
        (
            table(
                "事项|年度目标|浙北||浙东",
                "||杭州市|湖州市|宁波市",
                "窗口|9个|建成|在建|拟建",
                spans=(Span(0, 0, 2, 1), Span(0, 1, 2, 1), Span(0, 2, 1, 2)),
            ),
        ),
        ("杭州市 窗口 建成", "湖州市 窗口 在建", "宁波市 窗口 拟建"),
    ),
    Case(
        "figures and sums beside what was done",
        (table("地区|任务数|完成率|窗口|合计", "杭州市|10|80%|建成|1", "宁波市|1,200|7.5％|在建|0"),),
        ("杭州市 窗口 建成", "宁波市 窗口 在建"),
    ),
    Case(
        "figures alone are what the table reports",
        (table("地区|任务数|完成率", "杭州市|10|80%"),),
        ("杭州市 任务数 10", "杭州市 完成率 80%"),
    ),
    Case(
        "progress by quarter: the plan goes on the last one",
        (table("地区|一季度进展|二季度进展|下季度计划", "杭州市|印发|建成|启用"),),
        ("杭州市 一季度进展 印发", "杭州市 二季度进展 建成\n下一步：启用"),
    ),
    Case(
        "the city written once over several numbered rows, without merging",
        (
            table(
                "地区|序号|任务|进展情况",
                "杭州市|1|窗口|建成",
                "|2|指南|拟修订",
                "宁波市|1|窗口|在建",
                "|2|指南|已印发",
            ),
        ),
        MATRIX,
    ),
    Case(
        "续表 inside the table",
        (table("地区|窗口|指南", "杭州市|建成|拟修订", "（续表）||", "地区|窗口|指南", "宁波市|在建|已印发"),),
        MATRIX,
        skipped=1,
        dropped=1,
    ),
    Case(
        "a title merged over more columns than the table has",
        (
            table(
                "各市进展|||",
                "地区|窗口|指南|",
                "杭州市|建成|拟修订|",
                "宁波市|在建|已印发|",
                spans=(Span(0, 0, 1, 4),),
            ),
        ),
        MATRIX,
    ),
    Case(
        "a header of two rows from CSV, which merges nothing",
        (table("地区|政务服务||机制", "|窗口|指南|", "杭州市|建成|拟修订|健全"),),
        ("杭州市 政务服务/窗口 建成", "杭州市 指南 拟修订", "杭州市 机制 健全"),
    ),
    Case(
        "a ledger with plans and problems: the plan goes behind the text, the problem is left out",
        (
            table(
                "序号|项目名称|建设地点|进展情况|存在问题|下一步计划",
                "1|城西水厂|杭州市|主体封顶|资金紧张|6月底前通水",
                "2|滨海大道|宁波市|正在招标|无|/",
                "3|城东水厂|温州市||无|下一步开工",
            ),
        ),
        ("杭州市 城西水厂 主体封顶\n下一步：6月底前通水", "宁波市 滨海大道 正在招标", "温州市 城东水厂 下一步开工"),
    ),
    Case(
        "plans in a briefing of one dimension, its header with a number and line breaks",
        (
            table(
                "单位|一、工作进展\n情况|二、存在问题|三、下一步\n工作打算",
                "杭州市|建成|无|6月启用",
                "宁波市|在建|无|",
                before=("综合窗口设置情况",),
            ),
        ),
        ("杭州市 综合窗口设置情况 建成\n下一步：6月启用", "宁波市 综合窗口设置情况 在建"),
    ),
    Case(
        "each dimension with its own plan, under a merged header",
        (
            table(
                "地区|窗口||指南|",
                "|进展情况|下一步|进展情况|下一步",
                "杭州市|建成|6月启用|拟修订|7月印发",
                spans=(Span(0, 0, 2, 1), Span(0, 1, 1, 2), Span(0, 3, 1, 2)),
            ),
        ),
        ("杭州市 窗口 建成\n下一步：6月启用", "杭州市 指南 拟修订\n下一步：7月印发"),
    ),
    Case(
        "one plan for several dimensions has none to go on",
        (table("地区|窗口|指南|下一步打算", "杭州市|建成|拟修订|6月底前印发"),),
        ("杭州市 窗口 建成", "杭州市 指南 拟修订", "杭州市 下一步打算 6月底前印发"),
    ),
    Case(
        "a plan cut by a page, and one merged over a row that is joined upwards",
        (
            table("地区|项目名称|进展情况|下一步计划", "杭州市|水厂|封|6月底"),
            table("||顶|前通水", "宁波市|大道|在建|7月通车", "||正在铺路|", spans=(Span(1, 3, 2, 1),)),
        ),
        ("杭州市 水厂 封顶\n下一步：6月底前通水", "宁波市 大道 在建\n正在铺路\n下一步：7月通车"),
        joined=1,
    ),
    Case(
        "columns that are no dimension",
        (table("地区|窗口|责任单位|完成时限|备注", "杭州市|建成|审管办|3月底|无", "宁波市|在建|审管办|6月底|"),),
        ("杭州市 窗口 建成", "宁波市 窗口 在建"),
    ),
    Case(
        "cut into two with the header repeated",
        (table("地区|窗口|指南", "杭州市|建成|拟修订"), table("地区|窗口|指南", "宁波市|在建|已印发")),
        MATRIX,
        dropped=1,
        joined=1,
    ),
    Case(
        "cut into two without a header",
        (table("地区|窗口|指南", "杭州市|建成|拟修订"), table("宁波市|在建|已印发")),
        MATRIX,
        joined=1,
    ),
    Case(
        "cut in the middle of a row",
        (table("地区|窗口|指南", "杭州市|建|拟修"), table("|成|订", "宁波市|在建|已印发")),
        MATRIX,
        joined=1,
    ),
    Case(
        "cut in the middle of a row with the header repeated",
        (table("地区|窗口|指南", "杭州市|建|拟修订"), table("地区|窗口|指南", "|成|", "宁波市|在建|已印发")),
        MATRIX,
        dropped=1,
        joined=1,
    ),
    Case(
        "a blank row and the header again, as a sheet has it",
        (table("地区|窗口|指南", "杭州市|建成|拟修订", "||", "地区|窗口|指南", "宁波市|在建|已印发"),),
        MATRIX,
        dropped=1,
        joined=1,
    ),
    Case(
        "the header again without a blank row",
        (table("地区|窗口|指南", "杭州市|建成|拟修订", "地区|窗口|指南", "宁波市|在建|已印发"),),
        MATRIX,
        dropped=1,
    ),
    Case(
        "long: one row a city and dimension",
        (
            table(
                "地区|事项|进展情况", "杭州市|窗口|建成", "杭州市|指南|拟修订", "宁波市|窗口|在建", "宁波市|指南|已印发"
            ),
        ),
        MATRIX,
    ),
    Case(
        "long, cities merged",
        (
            table(
                "地区|事项|进展情况",
                "杭州市|窗口|建成",
                "|指南|拟修订",
                "宁波市|窗口|在建",
                "|指南|已印发",
                spans=(Span(1, 0, 2, 1), Span(3, 0, 2, 1)),
            ),
        ),
        MATRIX,
    ),
    Case(
        "long, dimension first and merged",
        (
            table(
                "工作任务|地区|进展情况",
                "窗口|杭州市|建成",
                "|宁波市|在建",
                "指南|杭州市|拟修订",
                "|宁波市|已印发",
                spans=(Span(1, 0, 2, 1), Span(3, 0, 2, 1)),
            ),
        ),
        ("杭州市 窗口 建成", "宁波市 窗口 在建", "杭州市 指南 拟修订", "宁波市 指南 已印发"),
    ),
    Case(
        "a project ledger",
        (
            table(
                "序号|项目名称|建设地点|总投资（亿元）|形象进度|责任单位",
                "1|城西水厂|杭州市余杭区|12|主体封顶|水务局",
                "2|滨海大道|宁波市|30|正在招标|交通局",
            ),
        ),
        ("余杭区 城西水厂 主体封顶", "宁波市 滨海大道 正在招标"),
    ),
    Case(
        "one table a dimension, named by the line above",
        (
            table("地区|进展情况", "杭州市|建成", "宁波市|在建", before=("一、窗口",)),
            table("地区|进展情况", "杭州市|拟修订", "宁波市|已印发", before=("二、指南",)),
        ),
        ("杭州市 窗口 建成", "宁波市 窗口 在建", "杭州市 指南 拟修订", "宁波市 指南 已印发"),
    ),
    Case(
        "one table a city, named by the line above",
        (
            table("事项|进展情况", "窗口|建成", "指南|拟修订", before=("（一）杭州市",)),
            table("事项|进展情况", "窗口|在建", "指南|已印发", before=("（二）宁波市",)),
        ),
        MATRIX,
    ),
    Case(
        "dimensions as headings inside one table",
        (
            table(
                "地区|进展情况",
                "一、窗口|",
                "杭州市|建成",
                "宁波市|在建",
                "二、指南|",
                "杭州市|拟修订",
                "宁波市|已印发",
                spans=(Span(1, 0, 1, 2), Span(4, 0, 1, 2)),
            ),
        ),
        ("杭州市 窗口 建成", "宁波市 窗口 在建", "杭州市 指南 拟修订", "宁波市 指南 已印发"),
        skipped=2,
    ),
    Case(
        "an unknown name in the column of cities is kept",
        (table("地区|窗口", "杭州市|建成", "钱塘湖片区|在建"),),
        ("杭州市 窗口 建成", "钱塘湖片区 窗口 在建"),
    ),
    Case(
        "only unknown names under a header that says they are places",
        (table("地区|窗口", "甲片区|建成", "乙片区|在建"),),
        ("甲片区 窗口 建成", "乙片区 窗口 在建"),
    ),
    Case(
        "a table of contacts beside it is left out",
        (table("姓名|电话", "张三|1234"), table("地区|窗口", "杭州市|建成")),
        ("杭州市 窗口 建成",),
    ),
    Case(
        "two tables side by side",
        (table("地区|窗口|地区|窗口", "杭州市|建成|温州市|拟建", "宁波市|在建|湖州市|招标"),),
        ("杭州市 窗口 建成", "宁波市 窗口 在建", "温州市 窗口 拟建", "湖州市 窗口 招标"),
        dropped=1,
        joined=1,
    ),
    Case(
        "a city as a row of its own over its items",
        (
            table(
                "事项|进展情况",
                "杭州市|",
                "窗口|建成",
                "指南|拟修订",
                "宁波市|",
                "窗口|在建",
                "指南|已印发",
                spans=(Span(1, 0, 1, 2), Span(4, 0, 1, 2)),
            ),
        ),
        MATRIX,
    ),
    Case(
        "cities across with serial numbers beside the dimensions",
        (table("序号|事项|杭州市|宁波市", "1|窗口|建成|在建", "2|指南|拟修订|已印发"),),
        tuple(sorted(MATRIX)),
    ),
    Case(
        "the prefecture beside its counties, not merged",
        (table("地市|县（市、区）|窗口", "合肥市|肥东县|建成", "|肥西县|在建", "芜湖市|无为市|未报"),),
        ("肥东县 窗口 建成", "肥西县 窗口 在建", "无为市 窗口 未报"),
    ),
    Case(
        "two cities in one row",
        (table("地区|窗口", "杭州、宁波|建成", "温州市|在建"),),
        ("杭州市 窗口 建成", "宁波市 窗口 建成", "温州市 窗口 在建"),
    ),
    Case(
        "items under merged tasks",
        (
            table(
                "地区|任务|具体事项|进展情况",
                "杭州市|窗口|设置|建成",
                "||启用|在建",
                spans=(Span(1, 0, 2, 1), Span(1, 1, 2, 1)),
            ),
        ),
        ("杭州市 窗口/设置 建成", "杭州市 窗口/启用 在建"),
    ),
    Case(
        "a city without any text",
        (table("地区|窗口|指南", "杭州市|建成|拟修订", "宁波市||"),),
        ("杭州市 窗口 建成", "杭州市 指南 拟修订", "宁波市 窗口 ", "宁波市 指南 "),
    ),
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.reason)
def test_layout(case: Case) -> None:
    reading = read_tables(grids(case))
    got = [f"{cell.city} {cell.dimension} {cell.text}" for cell in reading.cells]
    assert sorted(got) == sorted(case.cells)
    assert (reading.skipped_rows, reading.dropped_headers, reading.joined) == (
        case.skipped,
        case.dropped,
        case.joined,
    )
    assert len({(cell.address, cell.city) for cell in reading.cells}) == len(reading.cells)


SECTIONS = [
    (
        "by dimension, a paragraph a city",
        (
            "关于进展情况的通报",
            "一、窗口",
            "杭州市：建成。",
            "宁波市：在建。",
            "二、指南",
            "杭州市：拟修订。",
            "宁波：已印发。",
        ),
        ("杭州市 窗口 建成。", "宁波市 窗口 在建。", "杭州市 指南 拟修订。", "宁波市 指南 已印发。"),
    ),
    (
        "by city, numbered items",
        ("一、杭州市", "1.窗口：建成。", "2.指南：拟修订。", "二、宁波市", "1.窗口：在建。", "2.指南：已印发。"),
        ("杭州市 窗口 建成。", "杭州市 指南 拟修订。", "宁波市 窗口 在建。", "宁波市 指南 已印发。"),
    ),
    (
        "by dimension, cities as headings",
        (
            "一、窗口",
            "（一）杭州市",
            "建成。",
            "（二）宁波市",
            "在建。",
            "二、指南",
            "（一）杭州市",
            "拟修订。",
            "（二）宁波市",
            "已印发。",
        ),
        ("杭州市 窗口 建成。", "宁波市 窗口 在建。", "杭州市 指南 拟修订。", "宁波市 指南 已印发。"),
    ),
    (
        "by city, dimensions as headings",
        (
            "一、杭州市",
            "（一）窗口",
            "建成。",
            "（二）指南",
            "拟修订。",
            "二、宁波市",
            "（一）窗口",
            "在建。",
            "（二）指南",
            "已印发。",
        ),
        ("杭州市 窗口 建成。", "杭州市 指南 拟修订。", "宁波市 窗口 在建。", "宁波市 指南 已印发。"),
    ),
    (
        "two cities in one line; the distribution list at the end is no report",
        ("一、窗口", "杭州、宁波市：均已建成。", "温州市：在建。", "发：各市政府办公室"),
        ("杭州市 窗口 均已建成。", "宁波市 窗口 均已建成。", "温州市 窗口 在建。"),
    ),
    (
        "the report goes on from the name without a colon",
        ("一、窗口", "杭州市已建成。", "宁波市正在建设。"),
        ("杭州市 窗口 已建成。", "宁波市 窗口 正在建设。"),
    ),
    (
        "cities in lenticular brackets over named items",
        ("【杭州市】", "窗口：建成。", "指南：拟修订。", "【宁波市】", "窗口：在建。", "指南：已印发。"),
        ("杭州市 窗口 建成。", "杭州市 指南 拟修订。", "宁波市 窗口 在建。", "宁波市 指南 已印发。"),
    ),
    ("prose about cities is no briefing", ("杭州市政府召开会议。", "会议强调了窗口建设。"), ()),
]


@pytest.mark.parametrize(("reason", "lines", "cells"), SECTIONS, ids=[s[0] for s in SECTIONS])
def test_sections(reason: str, lines: tuple[str, ...], cells: tuple[str, ...]) -> None:
    reading = read_sections([Grid("file", 0, (), lines)])
    assert [f"{c.city} {c.dimension} {c.text}" for c in reading.cells] == list(cells), reason


@pytest.mark.parametrize(
    ("text", "blank"),
    [
        ("", Blank.BLANK),
        (" 　", Blank.BLANK),
        ("未报", Blank.NOT_REPORTED),
        ("（未报送）", Blank.NOT_REPORTED),
        ("暂未上报材料", Blank.NOT_REPORTED),
        ("不涉及", Blank.NOT_APPLICABLE),
        ("无此项工作", Blank.NOT_APPLICABLE),
        ("/", Blank.NOT_APPLICABLE),
        ("——", Blank.NOT_APPLICABLE),
        ("#REF!", Blank.UNREADABLE),
        ("□□□□", Blank.UNREADABLE),
        ("\ufffd\ufffd", Blank.UNREADABLE),
        ("尚未启动", None),
        ("无问题反映，已办结", None),
        ("未报送方案的县已督促", None),
    ],
)
def test_the_kinds_of_blank_are_kept_apart(text: str, blank: Blank | None) -> None:
    grid = Grid("file", 1, (("地区", "窗口", "指南"), ("杭州市", text, "建成")))
    assert [cell.blank for cell in read_tables([grid]).cells] == [blank, None]


def test_an_unknown_city_is_flagged_and_a_known_one_is_not() -> None:
    grid = Grid("file", 1, (("地区", "窗口"), ("杭州市", "建成"), ("钱塘湖片区", "在建")))
    assert [cell.flags for cell in read_tables([grid]).cells] == [(), ("unknown_city",)]


def test_the_name_of_a_sheet_is_the_farthest_heading() -> None:
    rows = (("地区", "进展情况"), ("杭州市", "建成"))
    assert read_tables([Grid("a.xlsx", 1, rows, sheet="窗口设置")]).cells[0].dimension == "窗口设置"
    assert read_tables([Grid("a.xlsx", 1, rows, sheet="Sheet1")]).cells[0].dimension == "进展情况"
    items = (("事项", "进展情况"), ("窗口", "建成"))
    assert read_tables([Grid("a.xlsx", 1, items, sheet="宁波市")]).cells[0].city == "宁波市"


def test_what_is_left_out_is_named_in_the_notes() -> None:
    case = next(case for case in CASES if case.reason == "columns that are no dimension")
    notes = [(note.table, note.text, note.count) for note in read_tables(grids(case)).notes]
    assert notes == [(1, "责任单位", 2), (1, "完成时限", 2), (1, "备注", 1)]


@pytest.mark.parametrize("kind", NoteKind)
def test_a_note_is_a_sentence_in_either_language(kind: NoteKind) -> None:
    note = Note(kind, table=2, row=7, text="unknown_city", count=31, of=64)
    chinese, english = render_note(note), render_note(note, "en")
    assert chinese.startswith("表2第7行：") and english.startswith("table 2, row 7: ")
    assert not re.search("[a-z{}]", chinese.replace("unknown_city", "")), "Chinese alone, but for what it quotes"
    assert not re.search("[\u4e00-\u9fff{}]", english)
    assert ("31" in chinese) == ("31" in english) and ("64" in chinese) == ("64" in english)


def test_every_flag_that_a_reading_sets_has_words() -> None:
    source = "".join(Path(tables.__file__).with_name(name).read_text("utf-8") for name in ("tables.py", "sections.py"))
    flags = set(re.findall(r'flags\.append\("(\w+)"\)', source))
    assert len(flags) >= 7
    assert all(render_flag(flag) != flag != render_flag(flag, "en") for flag in flags)


def test_a_header_borrowed_over_prose_is_a_doubt() -> None:
    first = Grid("file", 1, (("地区", "窗口"), ("杭州市", "建成")))
    second = Grid("file", 2, (("宁波市", "在建"),), before=("其他各市情况如下",))
    reading = read_tables([first, second])
    assert [cell.dimension for cell in reading.cells] == ["窗口", "窗口"]
    assert reading.doubts == [Note(NoteKind.HEADER_BORROWED, table=2)]


def test_a_row_that_takes_its_city_from_above_says_so() -> None:
    rows = (("地区", "任务", "进展情况"), ("杭州市", "窗口", "建成"), ("", "指南", "拟修订"))
    assert [cell.flags for cell in read_tables([Grid("file", 1, rows)]).cells] == [(), ("city_from_above",)]
