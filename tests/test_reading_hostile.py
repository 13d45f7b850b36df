"""Every file in, one of: cells, or one clear message inside the limits. Never a traceback, a hang, an abort."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.hostile import FILES, Hostile
from yichuang_nlp.errors import ReadError
from yichuang_nlp.limits import Limits
from yichuang_nlp.readers import read_briefing
from yichuang_nlp.readers.forking import keep_host

linux = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere every file has a new process")


@pytest.mark.parametrize("hostile", FILES, ids=lambda hostile: hostile.name)
def test_hostile(hostile: Hostile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "in" / hostile.name
    path.parent.mkdir()
    hostile.make(path)
    before = sorted(tmp_path.rglob("*"))
    started = time.monotonic()
    try:
        briefing = read_briefing(path, limits=Limits(seconds=hostile.seconds))
    except ReadError as error:
        outcome, message = type(error).__name__, str(error)
    else:
        outcome, message = "cells", ""
        assert ("杭州市", "窗口") in {(cell.city, cell.dimension) for cell in briefing.cells}
        assert not any(char in cell.text for cell in briefing.cells for char in "\x00\x07\x1b\u202e\u200b\ud800")
    print(outcome, message, round(time.monotonic() - started, 2))
    if hostile.outcome == "error":
        assert message
    elif hostile.outcome != "either":
        assert outcome == hostile.outcome, message
    assert "root:" not in message
    assert sorted(tmp_path.rglob("*")) == before, "a reader wrote files"


@pytest.fixture
def briefing_file(tmp_path: Path) -> Path:
    path = tmp_path / "briefing.html"
    path.write_text("<table><tr><td>地区<td>窗口<tr><td>杭州市<td>建成</table>", encoding="utf-8")
    return path


def children() -> list[int]:
    return [int(one) for path in Path("/proc/self/task").glob("*/children") for one in path.read_text().split()]


@linux
def test_hostile_files_one_after_the_other_meet_the_same_limits(tmp_path: Path, briefing_file: Path) -> None:
    before = set(children())
    with keep_host():
        hosts = set()
        for hostile in FILES:
            path = tmp_path / hostile.name
            hostile.make(path)
            try:
                read_briefing(path, limits=Limits(seconds=min(hostile.seconds, 3)))
                outcome = "cells"
            except ReadError as error:
                outcome = type(error).__name__
            assert outcome == hostile.outcome or hostile.outcome in ("either", "error"), hostile.name
            assert read_briefing(briefing_file).cells, f"after {hostile.name}"
            hosts |= set(children()) - before
        assert len(hosts) == 1, "one process forks for all of them, and none of them brought it down"
    assert set(children()) <= before, "a process stayed"


@linux
def test_a_limit_of_one_file_is_none_of_the_next(tmp_path: Path, briefing_file: Path) -> None:
    large = tmp_path / "large.html"
    large.write_text(briefing_file.read_text("utf-8") + "<p>" + "已建成。" * 2_000_000, "utf-8")
    with keep_host():
        for _ in range(2):
            with pytest.raises(ReadError, match="more than 0 s"):
                read_briefing(briefing_file, limits=Limits(seconds=0))
            with pytest.raises(ReadError, match="memory"):
                read_briefing(large, limits=Limits(memory_bytes=1 << 20))
            assert [cell.text for cell in read_briefing(briefing_file).cells] == ["建成"]


@linux
def test_reading_goes_on_when_the_loaded_process_is_killed(briefing_file: Path) -> None:
    before = set(children())
    with keep_host():
        for _ in range(3):
            assert [cell.text for cell in read_briefing(briefing_file).cells] == ["建成"]
            (host,) = set(children()) - before
            os.kill(host, signal.SIGKILL)
            assert [cell.text for cell in read_briefing(briefing_file).cells] == ["建成"]


@linux
def test_a_killed_run_leaves_no_process(tmp_path: Path) -> None:
    (slow,) = (one for one in FILES if one.name == "million-pages.pdf")
    slow.make(tmp_path / slow.name)
    code = (
        "import sys\nfrom yichuang_nlp.readers import read_briefing\n"
        "from yichuang_nlp.readers.forking import keep_host\n"
        "with keep_host(): read_briefing(sys.argv[1])"
    )
    with subprocess.Popen([sys.executable, "-c", code, str(tmp_path / slow.name)]) as run:
        host = child = 0
        while not child:
            host = host or first_child(run.pid)
            child = first_child(host) if host else 0
            assert run.poll() is None
        run.kill()
    for _ in range(100):
        if not any(is_alive(process) for process in (host, child)):
            break
        time.sleep(0.1)
    else:
        pytest.fail("the loaded process or its child outlives the run")


def first_child(process: int) -> int:
    return int((Path(f"/proc/{process}/task/{process}/children").read_text().split() or ["0"])[0])


def is_alive(process: int) -> bool:
    """Dead and not yet buried, as under a first process that buries nobody, is dead."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_a_file_over_the_cap_is_not_opened(tmp_path: Path) -> None:
    path = tmp_path / "big.txt"
    path.write_text("地区\t窗口\n杭州市\t建成\n", encoding="utf-8")
    with pytest.raises(ReadError, match="bytes"):
        read_briefing(path, limits=Limits(file_bytes=10))


def test_a_module_in_the_working_folder_is_not_imported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "lxml.py").write_text("raise SystemExit('imported from the download folder')", encoding="utf-8")
    page = tmp_path / "page.html"
    page.write_text("<table><tr><td>地区<td>窗口<tr><td>杭州市<td>建成</table>", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert [cell.text for cell in read_briefing("page.html").cells] == ["建成"]


def test_importing_the_readers_is_light() -> None:
    code = (
        "import sys, yichuang_nlp.readers; "
        "print([m for m in ('pandas', 'numpy', 'lxml', 'jieba', 'pdfplumber', 'anydoc', 'python_calamine', 'docx')"
        " if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
