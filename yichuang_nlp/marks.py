"""The words by which a table says what its rows, columns and blanks are."""

from __future__ import annotations

import re

from yichuang_nlp.records import Blank

__all__ = [
    "column_role",
    "find_blank",
    "is_city_header",
    "is_closing",
    "is_footnote",
    "is_generic",
    "is_sum",
    "is_total",
    "squeeze",
    "strip_number",
]


def squeeze(text: str) -> str:
    """Return `text` without white space between ideographs: what a clerk spread out to fill a cell.

    >>> squeeze("推 进\\n机 制 OA 系统"), squeeze("OA\\n系统 2 期")
    ('推进机制 OA 系统', 'OA 系统 2 期')
    """
    return _SPREAD.sub("", " ".join(text.split()))


# a blank between two characters that are both no ASCII
_SPREAD = re.compile(r"(?<=[^\x00-\x7f])\s+(?=[^\x00-\x7f])")

_BLANKS = (
    (
        Blank.NOT_REPORTED,
        re.compile(
            r"(?:暂|尚)?(?:未|没有|缺)(?:按时|及时|按要求)?(?:报送|上报|报告|填报|报来|提交|反馈|报)(?:材料|情况|进展|数据)?|缺报|漏报|迟报"
        ),
    ),
    (
        Blank.NOT_APPLICABLE,
        re.compile(
            r"""(?: 不涉及 | 不适用 | 未涉及 )
                (?:此|该|本)? (?:项|项目|工作|任务|事项|内容|项工作|项任务|项内容)?
              | 无 (?: (?:此|该|本|相关)?(?:项|项目|任务|事项|内容|工作|项工作|项任务|项内容) )?
              | (?:此|该|本)项(?:工作)?不涉及
              | [/／\\＼]+ | [-－—–―─一﹣]+ | n/?a | NA | [×xX]""",
            re.VERBOSE | re.IGNORECASE,
        ),
    ),
    (
        Blank.UNREADABLE,
        re.compile(
            r"""\#(?:REF|N/A|VALUE|NAME|DIV/0|NULL|NUM|SPILL|CALC)[!?]? | \#{3,} | [□■�?？*＊\s]{2,} | �
              | (?:\(cid:\d+\)\s*)+""",
            re.VERBOSE,
        ),
    ),
)
_BROKEN = re.compile(r"\ufffd|\(cid:\d+\)")


def find_blank(text: str) -> Blank | None:
    """Return why `text` says nothing about progress, or None if it may say something.

    >>> [find_blank(t) for t in ("", "未报送", "不涉及", "——", "#REF!", "已建成")]
    ... # doctest: +NORMALIZE_WHITESPACE
    [<Blank.BLANK: 'blank'>, <Blank.NOT_REPORTED: 'not_reported'>, <Blank.NOT_APPLICABLE: 'not_applicable'>,
     <Blank.NOT_APPLICABLE: 'not_applicable'>, <Blank.UNREADABLE: 'unreadable'>, None]
    """
    bare = re.sub(r"\s+", "", text).strip("（）()【】[]。.，,；;")
    if not bare:
        return Blank.BLANK
    for kind, pattern in _BLANKS:
        if pattern.fullmatch(bare):
            return kind
    broken = sum(len(match.group()) for match in _BROKEN.finditer(bare))
    return Blank.UNREADABLE if broken * 2 > len(bare) else None


_NUMBERING = re.compile(
    r"""^\s* (?: 附?(?:表|件)\s*[\d一二三四五六七八九十]*\s*[:：.．、\s]\s*)?       # 附表1：
        (?: 第[一二三四五六七八九十]+[部章节]分?[、\s]*                           # 第一部分
          | [（(] (?:\d{1,2}|[一二三四五六七八九十]{1,3}) [)）] [、.．]?         # （一）
          # 一、 1. but neither 1.5 nor 一、二季度
          | (?:\d{1,2}|[一二三四五六七八九十]{1,3}) (?: [．)）] | 、(?!\s*[二三四]季度) | \.(?!\d) )
          | [①-⑳] | [●•◆■▲★※] )? \s*""",
    re.VERBOSE,
)


def strip_number(text: str) -> str:
    """Return a heading without its number and closing colon.

    >>> strip_number("（二）综合窗口设置情况："), strip_number("附表1：办事指南"), strip_number("1.5亿元")
    ('综合窗口设置情况', '办事指南', '1.5亿元')
    """
    return squeeze(_NUMBERING.sub("", text, count=1)).rstrip("：:。．. ")


_CITY_HEADER = re.compile(
    r"""(?: 设区 | 各 | 所属 | 所在 | 报送 | 填报 | 责任 )?
        (?: 地区 | 地市 | 市州 | 州市 | 市（?州）? | 城市 | 市别 | 地方 | 地域 | 区域 | 辖区 | 单位
          | 市县 | 县市区? | 县区 | 区县 | 县（市、?区） | 市（县、?区） | 县\(市[、,]?区\)
          | 市、县（区） | 各市 | 所在地 | 属地 | 行政区划? | 地点 | 盟市 | 州（市） )
        (?: 名称 | 别 )?""",
    re.VERBOSE,
)


def is_city_header(text: str) -> bool:
    """Return whether `text` heads a column of cities.

    >>> is_city_header("地 区"), is_city_header("地区＼事项"), is_city_header("进展情况")
    (True, True, False)
    """
    bare = squeeze(text).replace(" ", "").strip("：:")
    first = re.split(r"[\\/＼／|｜]", bare)[0] if len(bare) < 16 else bare
    return bool(_CITY_HEADER.fullmatch(bare) or _CITY_HEADER.fullmatch(first))


_ROLES = (
    ("serial", re.compile(r"序号|编号|序|号|No\.?|项目?编号|序列", re.IGNORECASE)),
    ("note", re.compile(r"备注|说明|附注|备考")),
    (
        "meta",
        re.compile(
            r"""(?:牵头|责任|配合|实施|主管|建设|填报|协同|承办|参与|项目)?
                (?:单位|部门|处室|科室)(?:（.*）)?
              | 牵头责任单位 | (?:第一)?责任人 | 负责人 | 联系人 | (?:联系)?(?:电话|方式)
              | 填报人 | 填报(?:时间|日期) | 责任领导 | 分管领导
              | (?:完成|办结|计划完成|要求完成)?(?:时限|期限) | 完成时间 | 计划完成时间
              | 排名 | 名次 | 位次 | 得分 | 总分 | 分值 | 权重 | 合计 | 总计 | 小计""",
            re.VERBOSE,
        ),
    ),
    (
        "next",
        re.compile(
            r"""(?: 下一?步 | 下一?阶段 | 下个?月 | 下一?季度 | 下一?周 | 明年 | 后续 | 今后 | 近期 )
                (?:重点|主要|具体|推进|整改|建设)* (?:工作|任务|项目)?
                (?:推进|整改)* (?:计划|安排|打算|措施|举措|思路|目标|重点|内容|建议|考虑)* (?:情况)?
              | (?:工作|推进)(?:打算|思路)(?:和|及|与)?(?:计划|安排)?
              | (?:下一?步|工作)?(?:打算|计划|安排)(?:和|及|与|或)(?:建议|打算|安排|措施)""",
            re.VERBOSE,
        ),
    ),
    (
        "problem",
        re.compile(
            r"""(?:目前|当前|工作中|推进中|主要|存在|面临|遇到|突出|需要?|省级|上级|协调|解决|有关|的|和|及|与|、)*
                (?:问题|困难|难点|堵点|不足|短板)
                (?:(?:和|及|与|、)?(?:困难|问题|难点|不足|短板|原因|意见|建议|分析))*
              | (?:滞后|未完成|未开工|进度滞后|未启动|退后)?(?:的)?(?:原因)(?:分析|说明)?
              | (?:意见|有关|相关|工作)?(?:和|及)?建议 | 需.{0,6}(?:协调|解决|支持).{0,6}事项""",
            re.VERBOSE,
        ),
    ),
    (
        "item",
        re.compile(
            r"""(?:重点|重大|主要|工作|改革|目标|具体|年度|建设|民生|督查|考核|整改)*
                (?:项目|工程|任务|事项|指标|维度|类别|清单|措施|举措|内容|工作|问题|目标)(?:名称|内容|清单|事项)?""",
            re.VERBOSE,
        ),
    ),
    (
        "progress",
        re.compile(
            r"""(?: 第?[一二三四1-4](?:、[二三四])?季度|[上下]半年|\d{1,2}月份?
                  | 目前|当前|最新|截至.{0,12}|本期|本月|本周|工作|项目|工程|建设|形象|整改
                  | 任务|各地|实际|总体|具体|落实 )*
                (?:进展|进度|推进|完成|落实|整改|开展|执行|办理|建设)
                (?:程度|现状|动态|及成效)? (?:情况|状况|状态)?
              | (?:工作)? (?:情况|现状|动态|状态|内容|做法|成效|举措) (?:描述|说明)?
              | 文本 | 填报内容 | 报送内容""",
            re.VERBOSE,
        ),
    ),
)


def column_role(header: str) -> str:
    """Return what a column is for: serial, note, meta, next, problem, item, progress, or "" for a dimension.

    >>> [column_role(text) for text in ("序号", "备 注", "项目名称", "进展情况", "综合窗口")]
    ['serial', 'note', 'item', 'progress', '']
    >>> column_role("（五）下一步\\n工作打算"), column_role("存在问题"), column_role("明年改造计划编制情况")
    ('next', 'problem', '')
    """
    bare = re.sub(r"\s+", "", strip_number(header)).strip("：:")
    return next((role for role, pattern in _ROLES if pattern.fullmatch(bare)), "")


def is_generic(header: str) -> bool:
    """Return whether a header says no more than "what was done": the heading above names the dimension."""
    return not header.strip() or column_role(header) == "progress"


_WHOLE = r"全[省市国区州县盟]"
_SUM = re.compile(
    rf"(?:{_WHOLE}|各[市县区地]+|市直|本级)?(?:合计|总计|小计|共计|汇总|平均[值数]?|均值|累计|总数)(?:[（(].*[)）])?"
)
_TOTAL = re.compile(rf"{_SUM.pattern}|(?:{_WHOLE})?总体|{_WHOLE}(?:情况)?")
_FOOTNOTE = re.compile(
    r"^(?:备注|附注|注释?|说明|填表说明|填报说明|填报单位|填报人|填表人|审核人|数据来源|资料来源|来源|联系人)\s*\d?\s*[:：.、\d]|^[*＊※]|^(?:备注|注|说明)$"
    r"|^[（(]?(?:续上?表|[承接]上[页表]|[转接]下[页表])[\s\d一二三四五]*[)）]?$"
)


# 报：省政府办公厅 / 联系人：张三: the foot of a circular
_FOOTER = re.compile(
    r"^(?:报|送|发|主送|抄送|抄报|分送|联系人?|本刊|编辑|责任编辑|签发|附件|注|印发)[^，。]{0,14}[：:]"
)
_CLOSING = re.compile(r"^(?:下一步|总体来看|总体上?看|各[市地区县]+要|综上|请各)")


def is_closing(line: str) -> bool:
    """Return whether a line belongs to the end of a briefing: whom it goes to, what all are asked to do.

    >>> is_closing("报：市政府分管领导"), is_closing("请各县按旬报送数据。"), is_closing("杭州市：已建成。")
    (True, True, False)
    """
    bare = line.strip()
    return bool(_FOOTER.match(bare) or _CLOSING.match(bare))


def is_sum(key: str) -> bool:
    """Return whether a row adds up the others, by a word that can name nothing else.

    >>> is_sum("合 计"), is_sum("总计（14项）"), is_sum("全省")
    (True, True, False)
    """
    return bool(_SUM.fullmatch(re.sub(r"[\s：:]+", "", key)))


def is_total(key: str) -> bool:
    """Return whether a row speaks of all cities together.

    >>> is_total("合 计"), is_total("全省平均"), is_total("全市"), is_total("杭州市")
    (True, True, True, False)
    """
    return bool(_TOTAL.fullmatch(re.sub(r"[\s：:]+", "", key)))


def is_footnote(key: str) -> bool:
    """Return whether a row explains the table instead of reporting.

    >>> is_footnote("注：数据截至3月20日"), is_footnote("填报人：张三"), is_footnote("注册登记")
    (True, True, False)
    """
    return bool(_FOOTNOTE.search(key.strip()))
