"""Briefings without a table: sections by dimension with paragraphs by city, or by city with items."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from yichuang_nlp.marks import find_blank, is_closing, squeeze, strip_number
from yichuang_nlp.notes import Note, NoteKind
from yichuang_nlp.places import find_leading, resolve
from yichuang_nlp.records import Address, Cell, Grid
from yichuang_nlp.table_reading import TableReading

__all__ = ["read_sections"]

_NUMBERED = re.compile(
    r"^\s*(?:第[一二三四五六七八九十]+[部章节]分?|[（(]?(?:\d{1,2}|[一二三四五六七八九十]{1,3})[)）、．]|\d{1,2}\.(?!\d)|[①-⑳])"
)
# 综合窗口设置：已建成。 / 综合窗口设置。已建成。 (the latter only behind a number)
_ITEM = re.compile(r"^(?P<label>[^：:。；，,]{2,40})(?P<mark>[：:。])(?P<text>.+)$", re.DOTALL)
_BRACKETED = re.compile(r"^[【\[〔]([^】\]〕]{2,20})[】\]〕]\s*")  # 【杭州市】


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of prose as an event: heading, city heading, city with text, item, or plain text."""

    kind: str  # "dimension", "city", "report", "item", "text", "end"
    number: int
    cities: tuple[str, ...] = ()
    label: str = ""
    text: str = ""


@dataclass(slots=True)
class _Entry:
    city: str
    dimension: str
    number: int
    column: int
    texts: list[str] = field(default_factory=list)
    flags: list[str] = field(default_factory=list)


def read_sections(grids: Sequence[Grid], *, year: int = 0) -> TableReading:
    """Return the cells of a briefing whose prose names city after city; no cells where it does not.

    The address of such a cell is the number of its line (as `row`); a line for two cities has two columns.

    >>> lines = ("一、综合窗口", "杭州市：已建成。", "宁波市：正在建设。", "二、办事指南", "杭州：拟修订。")
    >>> for cell in read_sections([Grid("a.txt", 0, (), lines)]).cells:
    ...     print(cell.city, cell.dimension, cell.text)
    杭州市 综合窗口 已建成。
    宁波市 综合窗口 正在建设。
    杭州市 办事指南 拟修订。
    """
    lines = [line for grid in grids for line in grid.before]
    events = list(_events(lines))
    out = TableReading()
    named = sum(event.kind in {"city", "report"} for event in events)
    if named < 2:
        return out
    entries = _by_city(events) if _is_by_city(events) else _by_dimension(events)
    entries = [entry for entry in entries if entry.texts and entry.dimension]
    names = list(dict.fromkeys(entry.city for entry in entries))
    places = dict(zip(names, resolve(names, year=year), strict=True))
    out.places = [place for place in places.values() if place]
    file = grids[0].file if grids else ""
    met: set[tuple[str, str]] = set()
    for entry in entries:
        place = places[entry.city]
        city = place.name if place else entry.city
        text = "\n".join(entry.texts)
        if (city, entry.dimension) in met:
            entry.flags.append("duplicate")
        met.add((city, entry.dimension))
        if "\ufffd" in text:
            entry.flags.append("damaged_text")
        address = Address(file, row=entry.number, column=entry.column)
        flags = tuple(dict.fromkeys(entry.flags))
        out.cells.append(Cell(city, entry.dimension, text, address, find_blank(text), flags))
    out.rows = len(out.cells)
    if out.cells:
        out.notes.append(Note(NoteKind.PROSE_READ, count=len(out.cells), of=len(lines)))
    return out


def _events(lines: Sequence[str]) -> Iterator[_Line]:
    flat = [_BRACKETED.sub(r"\1：", line.strip()) for line in lines]
    leads = [_leading_cities(line) for line in flat]
    for i, (line, lead) in enumerate(zip(flat, leads, strict=True)):
        number = i + 1
        numbered = bool(_NUMBERED.match(line))
        if is_closing(line):
            yield _Line("end", number)
        elif lead and (rest := lead[1]) is not None:
            cities = lead[0]
            if not rest or (len(rest) <= 12 and re.search(r"(?:情况|进展|工作)$", rest)):
                yield _Line("city", number, cities)
            else:
                yield _Line("report", number, cities, text=rest)
        elif (item := _ITEM.match(_NUMBERED.sub("", line).strip())) and (numbered or item["mark"] in "：:"):
            yield _Line("item", number, label=squeeze(item["label"]), text=item["text"].strip())
        elif len(line) <= 40 and not line.endswith(("。", "；", "，", "！")) and _is_heading(numbered, leads, i):
            yield _Line("dimension", number, label=strip_number(line))
        else:
            yield _Line("text", number, text=_NUMBERED.sub("", line).strip() if numbered else line)


def _is_heading(numbered: bool, leads: Sequence[tuple[tuple[str, ...], str] | None], i: int) -> bool:
    return numbered or (i + 1 < len(leads) and leads[i + 1] is not None)


def _leading_cities(line: str) -> tuple[tuple[str, ...], str] | None:
    """Return the cities that a line starts with, and its text behind them; None for any other line."""
    cities: list[str] = []
    rest = line
    while found := find_leading(rest):
        place, tail = found
        cities.append(place.name)
        tail = tail.lstrip()
        if tail[:1] not in {"、", "和", "与", "及"} or len(cities) > 30:
            rest = tail
            break
        rest = tail[1:]
    else:
        if not cities:
            return None
    separated = re.match(r"^(?:[（(][^（）()]{1,20}[)）])?\s*[：:。，,\-—–]+\s*|^\s+", rest)
    if separated:
        return tuple(cities), rest[separated.end() :].strip()
    if not rest:
        return tuple(cities), ""
    # 杭州市已建成…: the name may also start another word (杭州市政府…), so ask for a verb's particle
    if rest[0] in "已正拟将未尚于目全在对把" or len(rest) <= 12:
        return tuple(cities), rest
    return None


def _is_by_city(events: Sequence[_Line]) -> bool:
    """Return whether a city heads several dimensions, and not a dimension several cities."""
    dimensions = cities = 0
    outer = ""
    for event in events:
        if event.kind in {"dimension", "item"}:
            dimensions += bool(outer or event.kind == "dimension")
            outer = outer or "dimension"
        elif event.kind in {"city", "report"}:
            cities += 1
            outer = outer or "city"
    heads = sum(event.kind == "city" for event in events)
    items = sum(event.kind == "item" for event in events)
    if not heads:
        return False
    return items > heads or dimensions > cities or (dimensions == cities and outer == "city")


def _by_dimension(events: Sequence[_Line]) -> list[_Entry]:
    entries: list[_Entry] = []
    dimension, current = "", list[_Entry]()
    for event in events:
        if event.kind == "dimension":
            dimension, current = event.label, []
        elif event.kind in {"city", "report"}:
            current = [_Entry(city, dimension, event.number, k) for k, city in enumerate(event.cities, 1)]
            for entry in current:
                if event.text:
                    entry.texts.append(event.text)
            entries.extend(current)
        elif event.kind == "end":
            current = []
        else:
            text = f"{event.label}：{event.text}" if event.label else event.text
            for entry in current:
                if entry.texts:
                    entry.flags.append("joined_paragraphs")
                entry.texts.append(text)
    return entries


def _by_city(events: Sequence[_Line]) -> list[_Entry]:
    entries: list[_Entry] = []
    cities: tuple[str, ...] = ()
    current: list[_Entry] = []
    for event in events:
        if event.kind == "city":
            cities, current = event.cities, []
        elif event.kind in {"dimension", "item"}:
            current = [_Entry(city, event.label, event.number, k) for k, city in enumerate(cities, 1)]
            for entry in current:
                if event.text:
                    entry.texts.append(event.text)
            entries.extend(current)
        elif event.kind == "end":
            cities, current = (), []
        else:
            for entry in current:
                if entry.texts:
                    entry.flags.append("joined_paragraphs")
                entry.texts.append(event.text)
    return entries
