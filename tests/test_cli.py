"""The contract that other programs lean on: columns, keys, exit codes, one message an error."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from yichuang_nlp.cli import main


def run(*arguments: object, stdin: bytes | None = None) -> Result:
    return CliRunner().invoke(main, [str(a) for a in arguments], input=stdin)


@pytest.fixture
def briefing(tmp_path: Path) -> Path:
    path = tmp_path / "briefing.txt"
    path.write_text(
        "一窗受理改革简报\n第3期\n2024年5月8日\n（截至2024年4月30日）\n\n"
        "地区\t综合窗口设置情况\t向乡镇延伸情况\n"
        "南昌市\t12个综合窗口已全部启用。\t已部署各县做好延伸工作。\n"
        "九江市\t正在改造大厅，6月底前完成。\t\n"
        "赣州市\t计划于9月启动改造。\t/\n",
        "utf-8",
    )
    return path


def test_report_json_keeps_its_contract(briefing: Path, tmp_path: Path) -> None:
    out = tmp_path / "r.json"
    result = run("report", briefing, "-o", out, "-o", tmp_path / "r.html")
    assert result.exit_code == 0, result.output
    report = json.loads(out.read_text("utf-8"))
    assert {"title", "issue", "as_of", "source"} <= set(report["briefing"])
    assert report["briefing"]["as_of"] == "2024-04-30"
    counts = {"tables": 1, "rows": 3, "cells": 6, "blank": 2, "dropped_headers": 0}
    assert {key: report["reading"][key] for key in counts} == counts
    assert len(report["cells"]) == 6
    for cell in report["cells"]:
        assert {"city", "dimension", "text", "status", "proba", "needs_review", "evidence", "address"} <= set(cell)
        assert cell["status"] in ("planned", "in_progress", "completed") or cell["why"]
        for evidence in cell["evidence"]:
            assert cell["text"][evidence["start"] : evidence["end"]] == evidence["text"]
    by = {(c["city"], c["dimension"]): c["status"] for c in report["cells"]}
    assert by["南昌市", "向乡镇延伸情况"] == "planned"
    assert by["九江市", "向乡镇延伸情况"] is None
    assert {"city", "progress", "rank", "lagging", "reasons"} <= set(report["cities"][0])
    assert {"dimension", "leaders", "behind"} <= set(report["dimensions"][0])
    assert {"name", "version", "sha256"} <= set(report["model"])
    assert "<html" in (tmp_path / "r.html").read_text("utf-8")


def test_report_speaks_both_languages(briefing: Path) -> None:
    zh, en = run("report", briefing), run("report", briefing, "--lang", "en")
    assert "已完成" in zh.output
    assert "completed" in en.output.lower()
    assert "\x1b[" not in zh.output, "a pipe gets plain text"


def test_score_adds_its_columns_and_keeps_the_others() -> None:
    table = "id,city,dimension,text,note\n7,甲市,综合窗口设置,12个窗口已全部启用。,x\n8,乙市,,/,=1+1\n"
    result = run("score", "-", stdin=table.encode())
    assert result.exit_code == 0, result.output
    rows = list(csv.DictReader(io.StringIO(result.stdout)))
    assert list(rows[0])[:5] == ["id", "city", "dimension", "text", "note"]
    assert {"status", "p_planned", "p_in_progress", "p_completed", "needs_review", "evidence"} <= set(rows[0])
    assert rows[0]["status"] == "completed"
    assert sum(float(rows[0][f"p_{s}"]) for s in ("planned", "in_progress", "completed")) == pytest.approx(1, abs=1e-5)
    assert rows[1]["status"] == ""
    assert rows[1]["note"] == "'=1+1", "a spreadsheet must not run it"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "gb18030"])
def test_score_reads_the_encodings_of_its_users(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "cells.csv"
    path.write_bytes("city,dimension,text\n甲市,窗口设置,窗口已全部启用。\n".encode(encoding))
    out = tmp_path / "out.csv"
    assert run("score", path, "-o", out).exit_code == 0
    assert next(csv.DictReader(io.StringIO(out.read_text("utf-8"))))["city"] == "甲市"


def test_read_gives_tidy_cells_with_addresses(briefing: Path, tmp_path: Path) -> None:
    out = tmp_path / "cells.csv"
    result = run("read", briefing, "-o", out)
    assert result.exit_code == 0, result.output
    rows = list(csv.DictReader(io.StringIO(out.read_text("utf-8"))))
    assert len(rows) == 6
    assert rows[0]["city"] == "南昌市"
    assert rows[0]["file"] == "briefing.txt"
    assert rows[5]["blank"] == "not_applicable"
    scored = run("score", out)
    assert len(list(csv.DictReader(io.StringIO(scored.stdout)))) == 6


def test_explain_shows_clauses_and_cues() -> None:
    result = run("explain", "已印发方案，窗口正在改造。", "--dimension", "综合窗口设置")
    assert result.exit_code == 0
    assert "[0:6] 已印发方案，" in result.output
    assert "[6:13] 窗口正在改造。" in result.output


@pytest.mark.parametrize(
    ("name", "content", "command", "message"),
    [
        ("no.docx", None, ["report"], "no.docx"),
        ("empty.txt", b"", ["report"], "empty.txt"),
        ("prose.txt", "各地要高度重视，抓好落实。".encode(), ["report"], "expected a table"),
        ("cells.csv", b"a,b\n1,2\n", ["score"], "expected columns city, dimension, text"),
        ("blank.csv", b"", ["score"], "an empty file"),
        ("wide.csv", b"city,dimension,text\na,b,c,d\n", ["score"], "4 fields"),
        ("cells.csv", None, ["score"], "cells.csv"),
    ],
)
def test_wrong_input_gives_one_message_and_exit_1(
    tmp_path: Path, name: str, content: bytes | None, command: list[str], message: str
) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    result = run(*command, path)
    assert result.exit_code == 1
    assert message in result.stderr
    assert "Traceback" not in result.output
    assert result.stderr.count("Error") == 1


def test_wrong_usage_gives_exit_2() -> None:
    assert run("report").exit_code == 2
    assert run("no-such-command").exit_code == 2


def test_an_unknown_suffix_is_an_error_before_nothing_is_written(briefing: Path, tmp_path: Path) -> None:
    result = run("report", briefing, "-o", tmp_path / "r.xyz")
    assert result.exit_code == 1
    assert ".xyz" in result.stderr
    assert not list(tmp_path.glob("*.xyz"))


def test_fail_on_sets_the_exit_code(briefing: Path, tmp_path: Path) -> None:
    run("report", briefing, "-o", tmp_path / "r.json")
    review = any(cell["needs_review"] for cell in json.loads((tmp_path / "r.json").read_text("utf-8"))["cells"])
    assert run("report", briefing, "--fail-on", "review").exit_code == (3 if review else 0)
    assert run("report", briefing, "--as-of", "2024-07-01", "--fail-on", "overdue").exit_code == 3


def test_a_config_sets_weights_and_rule(briefing: Path, tmp_path: Path) -> None:
    config = tmp_path / "c.toml"
    config.write_text('[weights]\n"综合窗口设置情况" = 2\n[rule]\nsteps = 1.0\n', "utf-8")
    assert run("report", briefing, "--config", config).exit_code == 0
    config.write_text("[rule]\nsteepness = 1\n", "utf-8")
    result = run("report", briefing, "--config", config)
    assert result.exit_code == 1
    assert "steepness" in result.stderr


def test_the_real_briefing(real_briefing: Path, tmp_path: Path) -> None:
    out = tmp_path / "r.json"
    assert run("report", real_briefing, "-o", out).exit_code == 0
    report = json.loads(out.read_text("utf-8"))
    assert report["briefing"]["issue"] in ("21", "第21期")
    assert report["briefing"]["as_of"] == "2017-03-20"
    assert report["reading"]["cells"] == len(report["cells"]) == 66
    assert report["reading"]["dropped_headers"] == 3
    assert sum(bool(city["lagging"]) for city in report["cities"]) <= 3
    extension = [c for c in report["cells"] if "乡镇" in c["dimension"]]
    assert len(extension) == 11
    for cell in extension:
        if cell["text"].startswith(("已部署", "已布置", "督促")):
            assert cell["status"] == "planned"
