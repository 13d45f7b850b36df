"""The floors of the house as a table and as a picture, from what tests/test_house.py holds against the code."""

from __future__ import annotations

import ast
import re
from html import escape
from pathlib import Path

from yichuang_nlp.palette import FILLS, FONT, INK, LINE, SOFT

__all__ = ["draw_floors", "floors", "read_floors"]

ROOT = Path(__file__).parents[1]
HOUSE = ROOT / "tests" / "test_house.py"

# a floor is called by the first of its rooms that stands here; a floor without one has no caption
_CAPTIONS = {
    "errors": ("地基：错误、上限、记号、颜色", "ground: errors, limits, notes, palette"),
    "notebook": ("笔记本里的样子", "looks in notebooks"),
    "records": ("名词", "the nouns"),
    "lexicon": ("词与门：词表、名录、编码", "words and doors"),
    "text": ("语言与格子", "language and grids"),
    "folding": ("一批文字、一份报头", "a batch, a masthead"),
    "features": ("一个单元", "one cell"),
    "scoring": ("分数与分节", "scores and sections"),
    "readers": ("一份简报：读、称、证据、模型", "one briefing: read, weigh, quote"),
    "classifier": ("判断与各种报告", "verdicts and renderers"),
    "cellfile": ("文件到报告", "file to report"),
    "batch": ("一个档案库", "an archive"),
    "training": ("工坊：只从命令行和测试进来", "workshop: from CLI and tests only"),
    "cli": ("命令行", "command line"),
    "__init__": ("门面", "the face"),
}

# a room without a line here shows its docstring in the Chinese page too
ROOMS_ZH = {
    "_version": "版本号，只写在这里",
    "errors": "会出的错，一棵树；每条消息四部分：在哪里、见到什么、该是什么、试试什么",
    "limits": "读一个文件最多读多少，每个数旁边写着理由",
    "notes": "读表时说的话，以数据存着，显示时才成文字",
    "palette": "状态的颜色和符号，各种格式同用一处",
    "notebook": "各种值在笔记本里的样子",
    "records": "名词：状态、出处、单元、简报、判断，全是不可变的值",
    "findings": "结论由什么组成：进度、落后、承诺、提示、变化、报告",
    "lexicon": "词表，每份数据文件写明格式和来源",
    "places": "区划名录：归一、旧名、代码、省内应有的地市",
    "encoding": "字节到文字：UTF-8、UTF-16、GB18030",
    "zips": "打开压缩格式而不被炸弹炸到",
    "typeset": "一页上的字，排回行、段、列",
    "marks": "空白、序号、备注、合计这些记号怎么认",
    "text": "等长归一、切分句、分词",
    "dates": "文字里的日期，按截止日推算",
    "grids": "表格的形状：合并、通栏、空行",
    "slots": "一张表里哪些行列是地市、哪些是事项",
    "table_reading": "读一张表时记下的账",
    "folding": "一批文字折成一个数组",
    "layouts": "表格的几种摆法",
    "masthead": "报头：标题、期号、单位、日期、截止日",
    "pages": "跨页的表接回一张",
    "features": "特征：训练和评分同用一个函数",
    "tables": "表格到单元",
    "scoring": "从特征到概率，只有加法",
    "sections": "没有表的简报，按小标题读",
    "evidence": "哪几个字决定了状态",
    "artifact": "模型文件夹：先验明再打开，只有数据",
    "readers": "每种格式一个小读取器，和 `read_briefing`",
    "gaps": "进度、排名、落后、承诺、提示、变化",
    "classifier": "单元到判断，包括“不知道”",
    "reports": "报告的各种格式，都出自同一个 `GapReport`",
    "cellfile": "单元格的 CSV 和 pandas",
    "reporting": "一个文件到一份报告，和命令行说的话",
    "batch": "一个档案库：可续跑，多进程，dask",
    "training": "语料、训练、评测；评分时从不用到",
    "cli": "命令行，薄薄一层",
    "__init__": "对外的名字，用到才装载",
    "__main__": "`python -m yichuang_nlp` 就是 `yichuang`",
}


def read_floors() -> list[list[str]]:
    """Return the rooms of each floor, the ground first, as tests/test_house.py holds them against the imports."""
    for node in ast.parse(HOUSE.read_text("utf-8")).body:
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.target.id == "FLOORS":
            assert node.value is not None
            return [list(floor) for floor in ast.literal_eval(node.value)]
    raise LookupError(f"no FLOORS in {HOUSE}")


def floors(lang: str) -> str:
    """Return the rooms floor by floor, the highest first, each with the first sentence of its docstring."""
    head = ("层", "房间", "里面是什么") if lang == "zh" else ("floor", "room", "what lives there")
    lines = [f"| {' | '.join(head)} |", "| --- | --- | --- |"]
    for number, rooms in reversed(list(enumerate(read_floors()))):
        for room in rooms:
            said = ROOMS_ZH.get(room, "") if lang == "zh" else ""
            lines.append(f"| {number} | `{room}` | {said or first_sentence(room)} |")
    return "\n".join(lines)


def first_sentence(room: str) -> str:
    """Return the first sentence of the docstring of a module or a package of ours."""
    package = ROOT / "yichuang_nlp"
    path = package / room / "__init__.py" if (package / room).is_dir() else package / f"{room}.py"
    said = ast.get_docstring(ast.parse(path.read_text("utf-8"))) or ""
    paragraph = " ".join(said.split("\n\n")[0].split())
    return re.split(r"(?<=[.!?]) (?=[A-Z`])", paragraph)[0].replace("|", "\\|")


def draw_floors(lang: str) -> bytes:
    """Return the house as SVG: a row a floor, the face on top, the ground below."""
    floors, step, left, width = read_floors(), 40, 270, 940
    title = "楼层：只从下面的楼层导入" if lang == "zh" else "The floors: a module imports only from floors below"
    height = 56 + step * len(floors) + 12
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'role="img" aria-label="{escape(title)}" font-family="{FONT}" font-size="13">',
        f'<title>{escape(title)}</title><rect width="{width}" height="{height}" fill="#ffffff"/>',
        f'<text x="16" y="32" fill="{INK}" font-size="17" font-weight="600">{escape(title)}</text>',
    ]
    for place, (number, rooms) in enumerate(reversed(list(enumerate(floors)))):
        y = 56 + step * place
        caption = next((_CAPTIONS[room][lang != "zh"] for room in rooms if room in _CAPTIONS), "")
        parts.append(
            f'<path d="M16 {y + step - 4}H{width - 16}" stroke="{LINE}"/>'
            f'<text x="16" y="{y + 22}" fill="{SOFT}" text-anchor="start">{number}</text>'
            f'<text x="44" y="{y + 22}" fill="{INK}">{escape(caption)}</text>'
        )
        x = float(left)
        for room in rooms:
            wide = 18 + 7.8 * len(room)
            parts.append(
                f'<rect x="{x:g}" y="{y + 3}" width="{wide:g}" height="28" rx="4" fill="{FILLS["completed"]}"/>'
                f'<text x="{x + wide / 2:g}" y="{y + 22}" fill="{INK}" text-anchor="middle" '
                f'font-family="monospace">{escape(room)}</text>'
            )
            x += wide + 8
        if x > width:
            raise ValueError(f"floor {number} does not fit: {rooms}")
    return ("".join(parts) + "</svg>\n").encode()
