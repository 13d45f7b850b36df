"""What a run says while it goes on and when it is over."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator
from pathlib import PurePosixPath

from yichuang_nlp.batch.run import BatchResult, Progress

__all__ = ["describe_failures", "describe_result", "show_progress"]

_SHOWN = 50  # failures on the screen; failures.csv has all


@contextlib.contextmanager
def show_progress(lang: str = "zh") -> Iterator[Callable[[Progress], None]]:
    """Give a function that draws a bar with rate and estimate on stderr; nothing is drawn into a pipe.

    The estimate goes by bytes, since one scan takes as long as many pages of text.
    """
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    names = {"hash": ("核对文件", "looking"), "read": ("读取评分", "reading")}
    columns = (
        TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[files]}"),
        TextColumn("{task.fields[rate]}"), TimeElapsedColumn(), TimeRemainingColumn(),
    )  # fmt: skip
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        tasks = {}

        def draw(now: Progress) -> None:
            if now.phase not in tasks:
                tasks[now.phase] = bar.add_task(names[now.phase][lang == "en"], total=now.all_work, files="", rate="")
            task = tasks[now.phase]
            seconds = next(one.elapsed for one in bar.tasks if one.id == task) or 0.0
            rate = f"{now.files / seconds:,.1f} /s" if seconds > 0 else ""
            if now.failed:
                rate += f" · {now.failed} " + ("failed" if lang == "en" else "份未成")
            bar.update(task, completed=now.work, files=f"{now.files:,}/{now.all_files:,}", rate=rate)

        yield draw


def describe_failures(result: BatchResult, lang: str = "zh") -> list[str]:
    """Return the table of what failed and why."""
    if not result.failures:
        return []
    head = (f"{len(result.failures)} 份文件未能处理：", f"{len(result.failures)} files failed:")[lang == "en"]
    lines = [f"  {PurePosixPath(one.url).name}  [{one.error}]  {one.message}" for one in result.failures[:_SHOWN]]
    if len(result.failures) > _SHOWN:
        lines.append("  …")
    return [head, *lines]


def describe_result(result: BatchResult, lang: str = "zh") -> str:
    """Return one line: how many briefings and cells were read now, what was there, what failed, where it all is."""
    figures = {
        "new": result.written, "kept": result.kept, "copies": len(result.copies), "failed": len(result.failures),
        "other": result.passed_over, "cells": result.cells, "out": result.out,
    }  # fmt: skip
    pattern = (
        "新读 {new} 份（{cells:,} 个单元格），已有 {kept} 份，内容相同 {copies} 份，未成 {failed} 份，"
        "其他文件 {other} 个；结果在 {out}",
        "{new} read ({cells:,} cells), {kept} were there, {copies} copies, {failed} failed, {other} other files; "
        "results in {out}",
    )[lang == "en"]
    return pattern.format(**figures)
