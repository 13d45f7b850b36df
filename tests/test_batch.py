"""Many files at once: what is read, what is kept, what fails, and what a kill leaves behind."""

from __future__ import annotations

import hashlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from tests.forms import FORMS
from yichuang_nlp.cli import main
from yichuang_nlp.readers import read_briefing

pytest.importorskip("pyarrow", reason="the extra batch is not installed")
pytest.importorskip("openpyxl", reason="the extra batch is not installed")

import pyarrow.dataset as ds

from yichuang_nlp.batch import run_batch
from yichuang_nlp.errors import BadOption, NoSuchInput

HEADER = ["地市", "综合窗口设置", "向乡镇延伸情况"]
CITIES = ["杭州市", "宁波市", "温州市", "嘉兴市"]
SAYINGS = ["已印发方案，窗口正在改造。", "12个窗口已全部启用。", "拟于6月底前启动。", "/", "完成数据对接并上线运行。"]
WRITE = {form.suffix: form.write for form in reversed(FORMS)}


def write_briefing(path: Path, number: int, *, title: str = "浙江省改革专班") -> None:
    rows = [HEADER]
    for row, city in enumerate(CITIES):
        rows.append([city, *(SAYINGS[(number + row * 2 + column) % len(SAYINGS)] for column in range(2))])
    path.parent.mkdir(parents=True, exist_ok=True)
    WRITE[path.suffix](path, rows, [title, f"第{number}期", f"202{number % 5}年{number % 12 + 1}月20日"])


def write_archive(folder: Path, count: int = 8, suffixes: tuple[str, ...] = (".txt",)) -> Path:
    for number in range(count):
        write_briefing(folder / f"{number % 2}" / f"第{number}期{suffixes[number % len(suffixes)]}", number)
    return folder


def contents(out: Path) -> dict[str, str]:
    """Every file of the results and the hash of its bytes; the lock is no result."""
    found = {path.relative_to(out).as_posix(): path.read_bytes() for path in out.rglob("*") if path.is_file()}
    return {name: hashlib.sha256(content).hexdigest() for name, content in found.items() if name != ".lock"}


def rows_of(out: Path) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = ds.dataset(out / "cells", partitioning="hive").to_table().to_pylist()
    return rows


def entries(out: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (out / "manifest.jsonl").read_text("utf-8").splitlines()]


def test_a_folder_of_all_forms_gives_the_cells_that_reading_each_file_gives(tmp_path: Path) -> None:
    archive = write_archive(tmp_path / "in", 4, (".docx", ".txt", ".xlsx", ".csv"))
    result = run_batch([archive], tmp_path / "out", jobs=1)
    assert (result.written, result.failures) == (4, ())
    rows = rows_of(tmp_path / "out")
    singly = [cell for path in archive.rglob("第*") for cell in read_briefing(path).cells]
    assert Counter((r["file"], r["city"], r["dimension"], r["text"]) for r in rows) == Counter(
        (cell.address.file, cell.city, cell.dimension, cell.text) for cell in singly
    )
    assert {(row["year"], row["province"]) for row in rows} == {(2020 + n, 33) for n in range(4)}
    assert {row["city_code"] for row in rows} == {"330100", "330200", "330300", "330400"}
    assert all((row["status"] is None) == bool(row["why"]) for row in rows)
    for entry in entries(tmp_path / "out"):
        assert (tmp_path / "out" / list(entry["files"])[1]).is_file()
        assert sum(entry[name] for name in ("planned", "in_progress", "completed", "without")) == entry["cells"] == 8


def test_the_summary_counts_what_the_cells_say(tmp_path: Path) -> None:
    import openpyxl

    out = tmp_path / "out"
    run_batch([write_archive(tmp_path / "in")], out, jobs=1)
    book = openpyxl.load_workbook(out / "summary.xlsx", read_only=True)
    head, values = book["总计"].iter_rows(values_only=True)
    totals = dict(zip(head, values))
    status = Counter(row["status"] for row in rows_of(out))
    assert (totals["通报份数"], totals["单元格"]) == (8, 64)
    assert (totals["已完成"], totals["推进中"], totals["计划"], totals["无状态"]) == (
        status["completed"], status["in_progress"], status["planned"], status[None],
    )  # fmt: skip
    places = list(book["各地区历期情况"].iter_rows(min_row=2, values_only=True))
    assert {(row[0], row[1], row[2]) for row in places} == {("浙江省", city, 8) for city in CITIES}
    page = (out / "summary.html").read_text("utf-8")
    assert page.count("<a href=") == 8
    assert "http" not in page.split("</head>")[1]


def test_bad_files_are_listed_and_stop_nothing(tmp_path: Path) -> None:
    archive = write_archive(tmp_path / "in", 2)
    (archive / "broken.docx").write_bytes(b"PK\x03\x04 cut")
    (archive / "cover.txt").write_text("请查收附件。", "utf-8")
    (archive / "picture.png").write_bytes(b"\x89PNG")
    (archive / "~$第0期.docx").write_bytes(b"lock file of Word")
    out = tmp_path / "out"
    command = ["batch", str(archive), str(tmp_path / "nowhere.docx"), "-o", str(out), "--jobs", "1", "--lang", "en"]
    done = CliRunner().invoke(main, command)
    assert done.exit_code == 1
    assert "2 read" in done.stdout
    failures = (out / "failures.csv").read_text("utf-8-sig").splitlines()
    assert sorted(line.split(",")[1] for line in failures[1:]) == ["BrokenFile", "NoSuchInput", "NoTable"]
    for name in ("broken.docx", "cover.txt", "nowhere.docx"):
        assert name in done.stderr
    assert "picture.png" not in done.stderr
    for name in ("broken.docx", "cover.txt"):
        (archive / name).unlink()
    assert CliRunner().invoke(main, ["batch", str(archive), "-o", str(out), "--jobs", "1"]).exit_code == 0
    assert not (out / "failures.csv").exists()


def test_a_second_run_does_only_what_is_missing(tmp_path: Path) -> None:
    archive, out = write_archive(tmp_path / "in", 4), tmp_path / "out"
    run_batch([archive], out, jobs=1)
    before = contents(out)
    again = run_batch([archive], out, jobs=1)
    assert (again.written, again.kept) == (0, 4)
    assert contents(out) == before
    lost, emptied, *_ = sorted((out / "cells").rglob("*.parquet"))
    lost.unlink()
    emptied.write_bytes(b"")  # as a power cut may leave a file
    write_briefing(archive / "new.txt", 9)
    third = run_batch([archive], out, jobs=1)
    assert (third.written, third.kept) == (3, 2)
    assert lost.is_file()
    assert len(rows_of(out)) == 5 * 8


def test_a_file_that_changed_takes_the_place_of_what_it_gave(tmp_path: Path) -> None:
    archive, out = write_archive(tmp_path / "in", 3), tmp_path / "out"
    run_batch([archive], out, jobs=1)
    write_briefing(archive / "0" / "第0期.txt", 7)
    run_batch([archive], out, jobs=1)
    fresh = tmp_path / "fresh"
    run_batch([archive], fresh, jobs=1)
    assert contents(out) == contents(fresh)


def test_other_settings_make_everything_anew_and_leave_nothing_of_the_old(tmp_path: Path) -> None:
    archive, out = write_archive(tmp_path / "in", 3), tmp_path / "out"
    run_batch([archive], out, jobs=1)
    assert run_batch([archive], out, jobs=1, formats=(".md", ".json")).written == 3
    assert {path.suffix for path in (out / "reports").rglob("*.*")} == {".md", ".json"}
    assert len(rows_of(out)) == 3 * 8


def test_copies_count_once(tmp_path: Path) -> None:
    archive, out = write_archive(tmp_path / "in", 2), tmp_path / "out"
    (archive / "copy.txt").write_bytes((archive / "0" / "第0期.txt").read_bytes())
    result = run_batch([archive, archive / "copy.txt"], out, jobs=1)
    assert (result.written, len(result.copies)) == (2, 1)
    assert len(rows_of(out)) == 2 * 8


def test_another_archive_is_added_to_the_same_results(tmp_path: Path) -> None:
    out = tmp_path / "out"
    run_batch([write_archive(tmp_path / "a", 2)], out, jobs=1)
    write_briefing(tmp_path / "b" / "第5期.txt", 5)
    run_batch([tmp_path / "b"], out, jobs=1)
    assert len(rows_of(out)) == 3 * 8
    assert len(entries(out)) == 3


@pytest.mark.parametrize(
    ("inputs", "count", "why"),
    [
        (["in/0/第0期.txt"], 1, "a file"),
        (["in"], 4, "a folder, with what lies below it"),
        (["in/*/第?期.txt"], 4, "a glob that the shell left alone"),
        (["@list.txt"], 2, "a list, with a remark and an empty line"),
        (["in", "in/0", "in/0/第0期.txt"], 4, "each file once, however often it is named"),
        (["odd[2024]1号.txt"], 1, "brackets in a name are no glob if the file is there"),
        (["."], 5, "the results lie inside the input and are not read"),
    ],
)
def test_inputs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, inputs: list[str], count: int, why: str) -> None:
    monkeypatch.chdir(tmp_path)
    write_archive(tmp_path / "in", 4)
    write_briefing(tmp_path / "odd[2024]1号.txt", 5)
    if inputs == ["@list.txt"]:
        (tmp_path / "list.txt").write_text("# 两份\nin/0/第0期.txt\n\nin/1/第1期.txt\n", "utf-8")
    for _ in range(2):
        result = run_batch(inputs, "out", jobs=1, formats=(".md",))
        assert (result.written + result.kept, result.failures) == (count, ()), why


def test_nothing_to_read_is_one_error(tmp_path: Path) -> None:
    with pytest.raises(NoSuchInput, match="no briefing"):
        run_batch([tmp_path], tmp_path / "out", jobs=1)


def test_unknown_protocols_and_suffixes_are_refused(tmp_path: Path) -> None:
    archive = write_archive(tmp_path / "in", 1)
    with pytest.raises(BadOption, match="nosuch"):
        run_batch(["nosuch://a/b"], tmp_path / "out", jobs=1)
    with pytest.raises(BadOption, match=r"\.exe"):
        run_batch([archive], tmp_path / "out", jobs=1, formats=(".exe",))


def test_urls_give_what_paths_give(tmp_path: Path) -> None:
    import fsspec

    archive, out = write_archive(tmp_path / "in", 3), tmp_path / "out"
    run_batch([archive.as_uri()], out.as_uri(), jobs=1)
    memory = fsspec.filesystem("memory")
    for path in archive.rglob("*.txt"):
        memory.pipe_file(f"/archive/{path.name}", path.read_bytes())
    for _ in range(2):
        result = run_batch(["memory://archive"], "memory://results", jobs=1)
        assert not result.failures
    assert (result.written, result.kept) == (0, 3)
    for path in (out / "cells").rglob("*.parquet"):
        assert memory.cat_file(f"/results/{path.relative_to(out).as_posix()}") == path.read_bytes()


def test_two_processes_give_what_one_gives(tmp_path: Path) -> None:
    archive = write_archive(tmp_path / "in", 8, (".txt", ".csv"))
    run_batch([archive], tmp_path / "one", jobs=1)
    run_batch([archive], tmp_path / "two", jobs=2)
    assert contents(tmp_path / "one") == contents(tmp_path / "two")


def test_foreign_files_in_the_results_are_left_alone(tmp_path: Path) -> None:
    archive, out = write_archive(tmp_path / "in", 1), tmp_path / "out"
    (out / "reports").mkdir(parents=True)
    (out / "reports" / "mine.html").write_text("x")
    (out / "reports" / f"half-{'0' * 32}.html").write_text("of a run that was killed")
    run_batch([archive], out, jobs=1)
    assert (out / "reports" / "mine.html").is_file()
    assert not list(out.rglob("half-*"))


def start(archive: Path, out: Path, jobs: int) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "yichuang_nlp", "batch", str(archive), "-o", str(out), "--jobs", str(jobs)]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


@pytest.mark.skipif(os.name != "posix", reason="kill -9 is a matter of POSIX")
def test_kill_9_at_any_moment_loses_and_doubles_nothing(tmp_path: Path) -> None:
    archive = write_archive(tmp_path / "in", 24)
    run_batch([archive], tmp_path / "whole", jobs=1)
    whole = contents(tmp_path / "whole")
    chance = random.Random(7)
    out = tmp_path / "out"
    seen = set()
    for jobs in (1, 1, 1, 1, 2):
        # kill at a random number of results, then at a random moment after it
        wanted = len(list(out.glob("manifest/*.json"))) + chance.randrange(1, 4)
        run = start(archive, out, jobs)
        while run.poll() is None and len(list(out.glob("manifest/*.json"))) < wanted:
            time.sleep(0.002)
        time.sleep(chance.random() * 0.05)
        run.send_signal(signal.SIGKILL)
        run.wait()
        parts = {path.stem for path in out.glob("cells/**/*.parquet")}
        done = {path.stem for path in out.glob("manifest/*.json")}
        assert done <= parts, "an entry stands for cells that are there"
        seen.add(len(done))
    assert max(seen) > 0, "the kills fell into the work"
    if len(list(out.glob("cells/**/*.parquet"))) < 24:
        assert not (out / "summary.html").exists()
    assert start(archive, out, 1).wait() == 0
    assert contents(out) == whole


@pytest.mark.skipif(os.name != "posix", reason="kill -9 is a matter of POSIX")
def test_a_killed_worker_costs_nothing(tmp_path: Path) -> None:
    archive = write_archive(tmp_path / "in", 24)
    run_batch([archive], tmp_path / "whole", jobs=1)
    script = (
        "import os, signal, sys\n"
        "from joblib.externals.loky import reusable_executor\n"
        "from yichuang_nlp.batch import run_batch\n"
        "killed = []\n"
        "def report(now):\n"
        "    if now.phase == 'read' and not killed:\n"
        "        killed.append(next(iter(reusable_executor._executor._processes)))\n"
        "        os.kill(killed[0], signal.SIGKILL)\n"
        "result = run_batch([sys.argv[1]], sys.argv[2], jobs=2, report=report)\n"
        "assert killed and not result.failures, result\n"
    )
    subprocess.run([sys.executable, "-c", script, str(archive), str(tmp_path / "out")], check=True, timeout=120)
    assert contents(tmp_path / "out") == contents(tmp_path / "whole")


@pytest.mark.skipif(os.name != "posix", reason="the lock is a matter of POSIX")
def test_a_second_run_in_the_same_folder_is_refused(tmp_path: Path) -> None:
    import fcntl

    archive, out = write_archive(tmp_path / "in", 1), tmp_path / "out"
    out.mkdir()
    with (out / ".lock").open("a") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        done = CliRunner().invoke(main, ["batch", str(archive), "-o", str(out), "--jobs", "1"])
    assert done.exit_code == 1
    assert "another run" in done.stderr
