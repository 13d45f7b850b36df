"""Every file in, one of: cells, or one clear message inside the limits. Never a traceback, a hang, an abort."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.hostile import FILES, Hostile
from yichuang_nlp.errors import ReadError
from yichuang_nlp.limits import Limits
from yichuang_nlp.readers import read_briefing


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
