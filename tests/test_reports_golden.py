"""Whole reports against files that a person has read; set YICHUANG_UPDATE_GOLDEN=1 to write them anew."""

from __future__ import annotations

import difflib
import os
from datetime import date
from pathlib import Path

import pytest

from tests.gap_cases import build_case
from yichuang_nlp.findings import GapReport, LaggingRule
from yichuang_nlp.gaps import gap_report
from yichuang_nlp.records import ModelInfo
from yichuang_nlp.reports import render_report, render_terminal

GOLDEN = Path(__file__).parent / "golden"
DIMENSIONS = [
    "便民服务中心改造情况",
    "“一件事”清单公布情况",
    "帮办代办制度建立情况",
    "数据共享推进情况",
    "向社区延伸情况",
]


def build_golden() -> GapReport:
    """Return a report on an invented briefing with something of everything, and the issue before it."""
    texts = {
        ("石门市", 0): "已建成便民服务中心6处，总窗口128个，综合窗口96个已启用。",
        ("石门市", 1): "已公布“一件事”清单42项，印发《“一件事”办理规范》（石政办〔2021〕17号）。",
        ("青川市", 0): "大厅正在改造，6月底前完成施工，9月底前投入使用。",
        ("青川市", 2): "按照统一部署有序推进。",
        ("临江市", 1): "正在梳理“一件事”清单，待征求意见后公布。",
        ("临江市", 4): "已布置各区（县）抓好落实。",
        ("南浦市", 0): "拟于下半年启动改造。",
        ("南浦市", 3): "5月底前完成数据目录编制。",
        ("南浦市", 4): "已布置各区（县）抓好落实。",
        ("白沙市", 2): "帮办代办制度已印发，帮办队伍共有86人。",
    }
    before = {"石门市": "occoo", "青川市": "poopo", "临江市": "coocp", "南浦市": "ppppp", "白沙市": "ooopo"}
    after = {"石门市": "ccccc", "青川市": "ocooc", "临江市": "cocop", "南浦市": "ppopp", "白沙市": "ccc-C"}
    earlier = gap_report(
        *build_case(before, dimensions=DIMENSIONS, texts=texts, as_of=date(2021, 3, 20), issue="第5期"),
        rule=LaggingRule(draws=2000),
    )
    briefing, predictions = build_case(
        after, dimensions=DIMENSIONS, texts=texts, title="便民服务改革进展情况", missing=["云岭市"]
    )
    model = ModelInfo("status", "1", "0" * 64)
    return gap_report(briefing, predictions, rule=LaggingRule(draws=2000), model=model, previous=earlier)


@pytest.mark.parametrize("name", ["report.zh.md", "report.en.md", "report.zh.json", "report.zh.txt", "report.en.txt"])
def test_the_report_is_the_one_that_was_read(name: str) -> None:
    _, lang, suffix = name.split(".")
    report = build_golden()
    if suffix == "txt":
        drawn = render_terminal(report, lang, plain=True)  # type: ignore[arg-type]
    else:
        drawn = render_report(report, f".{suffix}", lang).decode("utf-8")
    if os.environ.get("YICHUANG_UPDATE_GOLDEN") == "1":
        (GOLDEN / name).write_text(drawn, encoding="utf-8")
    read = (GOLDEN / name).read_text(encoding="utf-8")
    changes = "\n".join(difflib.unified_diff(read.splitlines(), drawn.splitlines(), "golden", "now", lineterm="", n=1))
    assert drawn == read, changes
