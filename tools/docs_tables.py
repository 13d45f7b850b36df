"""Tables that cog writes into README and docs: help texts, figures, the model card in Chinese.

Every figure is read from where a command has written it (the model's card, benchmarks/RESULTS.md, the datasheet);
a figure that has not been measured yet leaves its row out. Functions return Markdown; `write` puts it into the page.
"""

from __future__ import annotations

import re
from pathlib import Path

import click

from yichuang_nlp import cli

__all__ = ["card_in_chinese", "country_sum", "figures", "help_of", "install_sizes", "options_of"]

ROOT = Path(__file__).parents[1]
CARD = ROOT / "models" / "status" / "README.md"
RESULTS = ROOT / "benchmarks" / "RESULTS.md"
DATASHEET = ROOT / "corpus" / "README.md"
SCALE = ROOT / "docs" / "scale.md"

Table = list[dict[str, str]]


# --- reading what commands have written


def section_of(path: Path, title: str) -> str:
    """Return what stands under the heading `title` (its own tables and prose, not those of later headings)."""
    found = re.search(rf"^#+ {re.escape(title)}\n(.*?)(?=^#|\Z)", path.read_text("utf-8"), re.M | re.S)
    return found[1] if found else ""


def tables_of(text: str) -> list[Table]:
    """Return the Markdown tables in `text`; a column without a name is called "name"."""
    tables: list[Table] = []
    for block in re.findall(r"(?:^\|.*\n?)+", text, re.M):
        rows = [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in block.strip().splitlines()]
        head = [name or "name" for name in rows[0]]
        tables.append([dict(zip(head, row)) for row in rows[2:]])
    return tables


def row_of(table: Table, name: str) -> dict[str, str]:
    """Return the row of `table` whose first cell is `name`."""
    return next(row for row in table if next(iter(row.values())) == name)


# --- command reference


def command_of(name: str) -> tuple[click.Command, str]:
    """Return the command that `yichuang NAME` runs, and its help as a terminal of 80 columns prints it."""
    command: click.Command = cli.main
    context = click.Context(command, info_name="yichuang")
    for part in name.split():
        assert isinstance(command, click.Group), name
        command = command.commands[part]
        context = click.Context(command, info_name=part, parent=context)
    context.terminal_width = 80
    context.help_option_names = ["-h", "--help"]
    return command, command.get_help(context)


def help_of(name: str) -> str:
    """Return the help text of a command as a block."""
    lines = [line.rstrip() for line in command_of(name)[1].splitlines()]
    return "\n".join(["```text", *lines, "```"])


# what each option does, in Chinese; a name that means something else in one command stands as "command --name"
OPTIONS_ZH = {
    "report --output": "要写出的文件，后缀决定格式；可以写多个",
    "--output": "写到哪个 CSV；`-` 是标准输出",
    "batch --output": "结果文件夹，或 fsspec 认得的 URL",
    "train --output": "要写出的模型文件夹",
    "corpus review --output": "把有疑问的标签写到哪里（JSON Lines）",
    "--beside": "一份真实简报，用来比较用词的丰富程度",
    "--write": "把数字写进语料的 README.md",
    "--previous": "以前的一期，用来比较；可以写多个，最早的在前",
    "--config": "写有权重和落后规则的 TOML",
    "--as-of": "文字说的是哪一天；文件里没有写时用",
    "--plain": "不要颜色",
    "--fail-on": "出现这种情况时退出码为 3",
    "--strict": "读表时有任何没有把握的地方，就报错",
    "--lang": "打印用的语言",
    "--model": "模型文件夹；不写就用自带的",
    "--jobs": "进程数；不写就每个核一个",
    "--scheduler": "dask 调度器的地址 tcp://主机:8786，由它的 worker 来做",
    "--format": "每份报告的后缀，可以写多个；不写是 .html",
    "--no-reports": "只要单元格和汇总，不出报告",
    "--dimension": "这段文字报在哪个事项下",
    "--random-state": "随机种子",
    "--all": "全部条目都判，不只是测试项目",
    "FILES": "一份或几份简报",
    "CELLS": "有 city、dimension、text 三列的 CSV；`-` 是标准输入",
    "INPUTS": "文件、文件夹、加引号的通配、`@清单`、URL",
    "TEXT": "要解释的一段文字",
    "CORPUS": "语料：JSON Lines 文件，或装着它们的文件夹",
    "PATH": "语料：JSON Lines 文件，或装着它们的文件夹",
    "MODEL_DIR": "模型文件夹",
}


def options_of(name: str) -> str:
    """Return the arguments and options of a command as a table in Chinese."""
    command, text = command_of(name)
    usage = next(line for line in text.splitlines() if line.startswith("Usage: ")).removeprefix("Usage: ")
    rows = [f"用法：`{usage}`", "", "| 参数 | 作用 | 默认 |", "| --- | --- | --- |"]
    for parameter in command.params:
        if isinstance(parameter, click.Argument):
            shown = key = parameter.human_readable_name.upper()
        else:
            key = max(parameter.opts, key=len)
            shown = ", ".join(sorted(parameter.opts, key=len))
        said = OPTIONS_ZH.get(f"{name} {key}", OPTIONS_ZH.get(key, ""))
        if not said:
            raise LookupError(f"say in Chinese what {key} of `yichuang {name}` does: OPTIONS_ZH in {__file__}")
        if isinstance(parameter.type, click.Choice):
            said += "：" + "、".join(f"`{choice}`" for choice in parameter.type.choices)
        default = parameter.default if isinstance(parameter.default, (str, int, Path)) else None
        set_by_default = default is not None and not isinstance(default, bool)
        given = "必填" if parameter.required else f"`{default}`" if set_by_default else ""
        rows.append(f"| `{shown}` | {said} | {given} |")
    return "\n".join(rows)


# --- figures


def figures(lang: str) -> str:
    """Return the table of what has been measured, each row with the command that prints it."""
    zh = lang == "zh"
    rows: list[tuple[str, str, str]] = []

    def add(chinese: str, english: str, figure: str, command: str) -> None:
        rows.append((chinese if zh else english, figure, f"`{command}`"))

    to = "至" if zh else "to"
    unseen = tables_of(section_of(CARD, "Programmes it had not seen (grouped folds)"))[0]
    score = row_of(unseen, "all")
    interval = score["95% interval"].replace("to", to)
    add(
        f"没学过的工作，{score['items']} 条，macro-F1（95% 区间）",
        f"programmes it had not seen, {score['items']} items: macro-F1 (95% interval)",
        f"{score['macro-F1']} ({interval})", "yichuang train corpus -o models/status",
    )  # fmt: skip
    tests = tables_of(section_of(CARD, "The test programmes"))
    if tests:
        whole, table = row_of(tests[0], "all"), row_of(tests[0], "briefing")
        interval = whole["95% interval"].replace("to", to)
        add(
            f"三项留作测试的工作，{whole['items']} 条，macro-F1；其中简报表格",
            f"three programmes kept for the test, {whole['items']} items: macro-F1; tables of briefings alone",
            f"{whole['macro-F1']} ({interval}); {table['macro-F1']}", "yichuang evaluate models/status corpus",
        )  # fmt: skip
    held = section_of(CARD, "Probabilities (held-out folds)")
    if error := re.search(r"Expected calibration error ([\d.]+)", held):
        add("概率的校准误差", "expected calibration error", error[1], "yichuang train corpus -o models/status")
    kept = tables_of(section_of(CARD, "Checking by hand pays"))
    if kept:
        row = row_of(kept[0], "0.700")
        add(
            "最有把握的七成单元格，判对的比例", "accuracy on the 70% of cells it is surest of",
            row["accuracy"], "yichuang train corpus -o models/status",
        )  # fmt: skip
    if agreement := tables_of(DATASHEET.read_text("utf-8")):
        both = next(row_of(t, "all items") for t in agreement if "Cohen's kappa" in t[0])
        add(
            f"两遍盲标的一致程度（{both['pairs']} 条）：Cohen's kappa",
            f"agreement of two blind labellings ({both['pairs']} items): Cohen's kappa",
            both["Cohen's kappa"], "yichuang corpus agreement corpus",
        )  # fmt: skip
    rows += bench_figures(zh)
    head = ("看什么", "数", "打印它的命令") if zh else ("what", "figure", "the command that prints it")
    lines = [f"| {' | '.join(head)} |", "| --- | --- | --- |", *(f"| {' | '.join(row)} |" for row in rows)]
    return "\n".join(lines)


def bench_figures(zh: bool) -> list[tuple[str, str, str]]:
    """Return the rows that benchmarks have measured."""
    rows = []
    if reading := tables_of(section_of(RESULTS, "Reading")):
        ours = [row for row in reading[0] if row["tool"] == "yichuang_nlp"]
        got, all_of = (sum(int(row["cells"].split("/")[side]) for row in ours) for side in (0, 1))
        rows.append((
            f"{len(ours)} 种文件里读出的单元格" if zh else f"cells read out of {len(ours)} forms of file",
            f"{got}/{all_of}", "`python -m benchmarks.reading`",
        ))  # fmt: skip
    if speed := tables_of(section_of(RESULTS, "Speed")):
        row = row_of(speed[0], "yichuang_nlp, rjieba")
        stock = row["times stock scikit-learn"]
        rows.append((
            "一个核每秒判的单元格；是通常的 scikit-learn 加 jieba 的几倍" if zh
            else "cells scored a second on one core; times stock scikit-learn with jieba",
            f"{row['cells per second']}; {stock}", "`python -m benchmarks.speed`",
        ))  # fmt: skip
    if start := tables_of(section_of(RESULTS, "Start-up")):
        version, report = (row_of(start[0], n) for n in ("yichuang --version", "yichuang report, sample briefing"))
        seconds = "seconds (median)"
        rows.append((
            "启动：`--version`；从样例文件到报告（秒）" if zh
            else "cold start: `--version`; from the sample file to its report (seconds)",
            f"{version[seconds]}; {report[seconds]}", "`python -m benchmarks.startup`",
        ))  # fmt: skip
    if sizes := tables_of(section_of(RESULTS, "Install")):
        bare = sizes[0][0]
        rows.append((
            "`pip install .` 装下的全部（MB）" if zh else "all that `pip install .` brings (MB)",
            bare["MB"], "`make matrix`",
        ))  # fmt: skip
    return rows


def install_sizes(lang: str) -> str:
    """Return what an installation takes, as `make matrix` measured it."""
    table = tables_of(section_of(RESULTS, "Install"))
    if not table:
        return "（还没有测：`make matrix`）" if lang == "zh" else "(not measured yet: `make matrix`)"
    chinese = {
        "installed": "装什么",
        "packages": "几个包",
        "of it ours": "其中自己的 MB",
        "in the checkout": "就在仓库里",
    }
    names = chinese if lang == "zh" else {}
    shown, rows = list(table[0][0]), [list(row.values()) for row in table[0]]
    shown, *rows = ([names.get(cell, cell) for cell in row] for row in (shown, *rows))
    lines = [f"| {' | '.join(shown)} |", "|" + " --- |" * len(shown)]
    return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in rows)])


_COUNTRY = (
    (r"单元格：([\d,× ]+) = \*\*([\d,]+)\*\* 个", r"cells: \1 = **\2**"),
    (
        r"每个单元格 ([\d.]+) 毫秒处理器时间（读取、评分、出报告、落盘都在内，由至多 ([\d,]+) 格拟合）",
        r"\1 ms of processor time a cell (reading, scoring, report and disk included; fitted to at most \2 cells)",
    ),
    (r"一个核：([\d,]+) × ([\d.]+) 毫秒 = \*\*([\d.,]+) 小时\*\*", r"one core: \1 × \2 ms = **\3 hours**"),
    (r"(\d+) 个核：约 ([\d.,]+) 小时（按每核九成效率）", r"\1 cores: about \2 hours (at nine tenths of each)"),
    (r"Parquet：每格 ([\d.,]+) 字节，共约 ([\d.,]+) GB", r"Parquet: \1 bytes a cell, about \2 GB in all"),
    (r"以后每期（([\d,]+) 格）：一个核 ([\d.,]+) 分钟", r"each later issue (\1 cells): \2 minutes on one core"),
)


def country_sum() -> str:
    """Return the sum for a country's archive in English, from what `benchmarks.batch` wrote into docs/scale.md."""
    _, _, rest = SCALE.read_text("utf-8").partition("<!-- benchmarks/batch.py -->\n")
    lines = []
    for line in rest.partition("<!-- end -->")[0].splitlines():
        for chinese, english in _COUNTRY:
            if re.fullmatch("- " + chinese, line):
                lines.append(re.sub("- " + chinese, "- " + english, line))
                break
        else:
            raise LookupError(f"no English for {line!r}: _COUNTRY in {__file__}")
    return "\n".join(lines)


# --- the model card in Chinese

_CARD_ZH = {
    "Programmes it had not seen (grouped folds)": "没学过的工作（按工作分组交叉验证）",
    "By trait (misleading cues; the same text under another dimension)": "按难点（用词误导；同一段文字报在不同事项下）",
    "By label": "按状态",
    "The test programmes": "留作测试的工作",
    "Probabilities (held-out folds)": "概率可信吗（没学过的部分）",
    "Checking by hand pays": "人工复核值不值",
    "A status that was withheld counts as wrong.": "不给状态的，也算判错。",
    "Leave the most certain cells to the machine, read the others:": "最有把握的交给机器，其余的人来看：",
    "items": "条数", "95% interval": "95% 区间", "accuracy": "准确率", "label": "状态", "precision": "精确率",
    "recall": "召回率", "confidence": "机器说的把握", "right": "实际判对", "share kept": "交给机器的比例",
    "all": "全部", "briefing": "简报表格", "ledger": "项目台账", "report": "工作报告", "reply": "答复", "news": "新闻",
    "(plain)": "（无难点）", "cue": "用词误导", "pair": "同文异项", "planned": "计划", "in_progress": "推进中",
    "completed": "已完成", "unstated": "未说明",
}  # fmt: skip
_CARD_LINES = (
    (r"- weights sha256 (.*)", r"- 权重 sha256 \1"),
    (r"- corpus sha256 (.*)", r"- 语料 sha256 \1"),
    (
        r"- trained on (\d+) synthetic, hand-written items of (\d+) programmes; (\d+) items of the test programmes "
        r"never seen",
        r"- 在 \2 项工作的 \1 条文字上训练（合成的，逐条手写）；测试工作的 \3 条从未看过",
    ),
    (r"Expected calibration error ([\d.]+)\.", r"校准误差 \1。"),
    (r"Expected calibration error ([\d.]+); by genre: (.*)", r"校准误差 \1；按文体：\2"),
    (
        r"Conformal sets at 90% hold every status of probability ([\d.]+) or more; they cover ([\d.]+)\.",
        r"九成把握的集合收入概率不低于 \1 的每个状态；实际罩住 \2。",
    ),
)


def card_in_chinese() -> str:
    """Return the measured part of the model's card with its headings and columns in Chinese; figures as they are.

    A line that the card has learnt to say since stays in English until its Chinese is added to `_CARD_ZH`.
    """
    body = CARD.read_text("utf-8").partition("## Limits")[0]
    lines = []
    for line in body.splitlines()[1:]:
        if line.startswith("Written by `yichuang train`"):
            continue
        if line.startswith("|"):
            cells = [cell.strip() for cell in line.strip("|").split("|")]
            cells = [_CARD_ZH.get(cell, re.sub(r"^([\d.]+) to ([\d.]+)$", r"\1 至 \2", cell)) for cell in cells]
            line = f"| {' | '.join(cells)} |"
        elif line.startswith("#"):
            marks, _, title = line.partition(" ")
            line = f"{marks} {_CARD_ZH.get(title, title)}"
        else:
            line = _CARD_ZH.get(line, line)
            for english, chinese in _CARD_LINES:
                line = re.sub(english, chinese, line) if re.fullmatch(english, line) else line
            if line.startswith("校准误差"):
                for name in ("briefing", "ledger", "report", "reply", "news"):
                    line = line.replace(name, _CARD_ZH[name])
        lines.append(line)
    return "\n".join(lines).strip()
