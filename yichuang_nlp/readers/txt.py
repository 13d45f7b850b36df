"""Plain text and Markdown: tables drawn with tabs, bars or wide gaps between lines of prose."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import groupby
from pathlib import Path

from yichuang_nlp.encoding import decode
from yichuang_nlp.grids import GridList
from yichuang_nlp.limits import DEFAULT, Limits
from yichuang_nlp.records import Grid

__all__ = ["read"]

_BAR = re.compile(r"(?<!\\)[|│┃｜]")
# |---|:--:| of Markdown and ├──┼──┤ of drawn tables
_RULE = re.compile(r"^[\s|│┃｜:：\-=+─━┄┈┌┐└┘├┤┬┴┼╔╗╚╝╠╣╦╩╬═║]+$")
_GAP = re.compile(r"[ \u3000]{2,}")


def read(path: Path, limits: Limits = DEFAULT) -> list[Grid]:
    """Return the tables of a text file with the prose between them."""
    text = decode(path.read_bytes(), path.name)
    grids = GridList(path, limits)
    for kind, lines in _blocks(text.splitlines()):
        rows = [row for line in lines if (row := _SPLIT[kind](line))] if kind else []
        if kind and _is_table(kind, rows):
            grids.add_rows(rows)
        else:
            for line in lines:
                grids.add_prose(line.lstrip("# ") if line.startswith("#") else line)
    return grids.finish()


def _blocks(lines: list[str]) -> Iterator[tuple[str, list[str]]]:
    """Yield runs of lines of one kind; a row that starts with an empty cell belongs to the run before it."""
    kinds: list[str] = []
    for line in lines:
        if "\t" in line.strip() or ("\t" in line and line.strip() and kinds and kinds[-1] == "tab"):
            kinds.append("tab")
        elif len(_BAR.findall(line)) >= 2 or (_RULE.match(line) and kinds and kinds[-1] == "bar"):
            kinds.append("bar")
        elif _GAP.search(line.strip()):
            kinds.append("gap")
        else:
            kinds.append("")
    for kind, run in groupby(zip(kinds, lines, strict=True), key=lambda pair: pair[0]):
        yield kind, [line for _, line in run]


def _is_table(kind: str, rows: list[list[str]]) -> bool:
    widths = {len(row) for row in rows}
    if kind == "gap":  # two gaps in a headline are no table: ask for a regular shape
        return len(widths) == 1 and len(rows) >= 2 and widths.pop() >= 2 and len(rows[0]) * len(rows) >= 6
    return len(rows) >= 2 or max(widths, default=0) >= 3


def _split_tab(line: str) -> list[str]:
    return line.rstrip("\r\n").split("\t")


def _split_bar(line: str) -> list[str]:
    if _RULE.match(line):
        return []
    line = line.strip()
    parts = _BAR.split(line)
    if parts and not parts[0].strip():
        parts = parts[1:]
    if parts and not parts[-1].strip():
        parts = parts[:-1]
    return [part.replace("\\|", "|").replace("<br>", "\n").replace("<br/>", "\n").strip() for part in parts]


def _split_gap(line: str) -> list[str]:
    return _GAP.split(line.strip())


_SPLIT: dict[str, Callable[[str], list[str]]] = {"tab": _split_tab, "bar": _split_bar, "gap": _split_gap}
