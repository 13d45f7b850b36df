"""Which way a table runs, where its header ends, and what its columns are for."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from yichuang_nlp.marks import (
    column_role,
    find_blank,
    is_city_header,
    is_closing,
    is_footnote,
    is_generic,
    is_sum,
    is_total,
    squeeze,
    strip_number,
)
from yichuang_nlp.places import find, find_all, find_leading, split_names
from yichuang_nlp.slots import Matrix, Segment, Slot

__all__ = [
    "Layout",
    "build_layout",
    "choose_columns",
    "choose_items",
    "city_line",
    "column_name",
    "count_header_rows",
    "find_heading",
    "is_own_row",
    "lift_bands",
    "name_total",
    "row_texts",
    "split_sections",
]

# Lines over a table that name neither a dimension nor a city.
_NO_HEADINGS = (
    "截至",
    "（截至",
    "(截至",
    "单位：",
    "单位:",
    "（单位",
    "填报",
    "附件",
    "数据截至",
    "制表",
    "报送单位",
)

# 12, 1,200.5, 80%: a number by itself
_FIGURE = re.compile(r"[+-]?\d[\d,，]*(?:\.\d+)?\s*[%％]?")
_FIGURE_NAME = re.compile(r"(?:数|数量|总量|率|额|比|占比|比例|投资|资金|面积)(?:[（(].*[)）])?$")
# 14项, 共 5 个: how many, where a project has its name
_COUNT = re.compile(r"\W*共?\s*\d+\s*[项个件处座家]?\W*")
_DEFAULT_SHEET = re.compile(r"(?:Sheet|工作表|表)\s*\d*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Layout:
    """How the columns of a table are used, once the cities run down."""

    header: tuple[tuple[str, ...], ...]
    key: int  # column of the cities; -1 where the heading names the city
    items: tuple[int, ...]  # columns that name the dimension in a long table or ledger; none in the usual one
    texts: tuple[tuple[int, str], ...]  # column and its dimension
    left_out: tuple[tuple[int, str], ...]  # column that is no dimension, and its name
    nexts: tuple[tuple[int, int, str], ...] = ()  # column of plans, which of `texts` it goes on, its name
    city: str = ""
    flipped: bool = False


def row_texts(row: Sequence[Slot]) -> tuple[str, ...]:
    """Return the texts of a row as they are compared: without spread-out blanks."""
    return tuple(squeeze(slot.text) for slot in row)


def city_line(rows: Matrix) -> tuple[str, int]:
    """Return whether cities run "down" or "across", and in which column or row; ("", 0) without any."""
    down = [len({s.text for s in column if find_all(s.text)}) for column in zip(*rows, strict=True)]
    across = [len({s.text for s in row if find_all(s.text)}) for row in rows]
    best_down, best_across = max(down), max(across)
    titled = [j for j, slot in enumerate(rows[0]) if is_city_header(slot.text)]
    if not best_down:
        # no name is known, but a header says that names stand below it
        return ("down", titled[0]) if titled and len(rows) > 1 else ("", 0)
    column, row = down.index(best_down), across.index(best_across)
    if best_down == best_across == 1 and row == 0 and column > 0 and not titled:
        return "across", row
    if best_across > best_down and column not in titled:
        return "across", row
    return "down", column


def lift_bands(rows: Matrix) -> tuple[Matrix, list[Slot]]:
    """Return the rows without those that run over the whole width, and the texts of the latter.

    To be asked before a table is turned: turned, a closing line over the whole width would look like one more
    dimension that every city reports the same under. A line that a format without merged cells (CSV) puts into
    the first column counts too if it reads like the end of a briefing.
    """
    kept, bands = list[tuple[Slot, ...]](), list[Slot]()
    over: list[str] = []  # the band that each row stands under
    for row in rows:
        texts = {slot.origin: slot for slot in row if slot.text}
        only = next(iter(texts.values())) if len(texts) == 1 else None
        wide = only is not None and len(row) > 1 and len({slot.origin for slot in row}) == 1
        if only is not None and (wide or (only is row[0] and (is_closing(only.text) or is_footnote(only.text)))):
            bands.append(only)
        else:
            kept.append(row)
            over.append(strip_number(bands[-1].text) if bands else "")
    names = [next((j for j, slot in enumerate(row) if column_role(kept[0][j].text) != "serial"), 0) for row in kept]
    labels = Counter(squeeze(row[j].text) for row, j in zip(kept, names, strict=True))
    for i, (row, j) in enumerate(zip(kept, names, strict=True)):
        if over[i] and row[j].text and labels[squeeze(row[j].text)] > 1:  # 窗口 under each of two bands
            kept[i] = (*row[:j], replace(row[j], text=f"{over[i]}/{row[j].text}"), *row[j + 1 :])
    return tuple(kept), bands


def count_header_rows(rows: Matrix, key: int) -> int:
    """Return how many rows stand over the first city, which may have a name that is not known."""
    first = next((i for i, row in enumerate(rows) if any(map(find_all, split_names(row[key].text)))), len(rows))
    for i in range(min(first, len(rows))):
        name = rows[i][key].text
        if is_city_header(name) or column_role(name) == "meta":
            while i + 1 < min(first, len(rows)) and rows[i + 1][key].text in {"", name}:
                i += 1  # a header of several rows, the name of this column merged over them or not
            return i + 1
    return first if first < len(rows) else 1


def column_name(header: Sequence[Sequence[str]], column: int) -> str:
    """Return the name of a column: its header rows from top to bottom, each text once, without numbers.

    >>> column_name((("一、政务服务", ""), ("1.窗口\\n设置", "")), 0)
    '政务服务/窗口设置'
    """
    return "/".join(
        dict.fromkeys(text for row in header if (text := strip_number(row[column]) or squeeze(row[column])))
    )


def choose_columns(layout: Layout, roles: Sequence[str]) -> Layout:
    """Return the layout with its columns shared out: texts, plans that go on a text, and those left out.

    Where items name the dimensions, the columns of progress alone hold texts, else each column that is not known
    to be something else does.
    """
    names = [column_name(layout.header, j) for j in range(len(roles))]
    free = [j for j in range(len(roles)) if j != layout.key and j not in layout.items]
    progress = [j for j in free if roles[j] == "progress"]
    chosen = [j for j in free if roles[j] in {"", "item", "progress"}]
    if progress and (layout.items or layout.key < 0):
        chosen = progress
    nexts = _place_plans([j for j in free if roles[j] == "next"], chosen, progress, names)
    chosen = sorted([*chosen, *(j for j, over in nexts.items() if over < 0)])
    short = {j: _without_generic(names[j]) for j in chosen}
    for j in chosen:
        if list(short.values()).count(short[j]) == 1:
            names[j] = short[j]
    texts = tuple((j, names[j]) for j in chosen)
    plans = tuple((j, chosen.index(over), names[j]) for j, over in nexts.items() if over >= 0)
    left = tuple((j, names[j] or str(j + 1)) for j in free if j not in chosen and nexts.get(j, -1) < 0)
    return replace(layout, texts=texts, nexts=plans, left_out=left)


def _place_plans(
    plans: Sequence[int], texts: Sequence[int], progress: Sequence[int], names: list[str]
) -> dict[int, int]:
    """Return for each column of plans (下一步打算) the column of texts that it goes on; -1 if it stands alone.

    A plan is no deliverable: as a dimension of its own it would count every city as one that has nothing yet, and
    left out it would take the dated promises with it. Only beside several dimensions, where it speaks of all of
    them, it has nowhere to go.
    """
    placed = {}
    for j in plans:
        parent = names[j].rpartition("/")[0]
        under = [k for k in texts if parent and (names[k] == parent or names[k].startswith(f"{parent}/"))]
        among = under or progress or (texts if len(texts) == 1 or len(plans) > 1 else [])
        placed[j] = max((k for k in among if k < j), default=min(among, default=-1))
    return placed


def _without_generic(name: str) -> str:
    """Return 综合窗口 for 综合窗口/进展情况, whose last part says nothing more."""
    parent, _, last = name.rpartition("/")
    return parent if parent and is_generic(last) else name


def build_layout(
    rows: Matrix, head: int, header: tuple[tuple[str, ...], ...], key: int, heading: str, *, turned: bool
) -> Layout:
    """Return the use of the columns of a table whose cities run down column `key`, `turned` or drawn so."""
    body = rows[head:]
    names = [column_name(header, j) for j in range(len(rows[0]))]
    roles = [column_role(name.rsplit("/", 1)[-1]) for name in names]
    for j, name in enumerate(names):
        values = [row[j].text for row in body if row[j].text]
        if j != key and not name and values and all(value.strip("、.").isdecimal() for value in values):
            roles[j] = "serial"
        elif j < key and roles[j] in ({"", "item"} if turned else {""}) and any(row[j].merged for row in body):
            roles[j] = "group"  # 浙北 over three cities, or the city over its counties
        elif j != key and is_city_header(name) and values and all(find_all(value) for value in values):
            roles[j] = "group"
    figures = [
        j
        for j, role in enumerate(roles)
        if j != key
        and not role
        and _FIGURE_NAME.search(names[j])
        and (values := [row[j].text for row in body if not find_blank(row[j].text)])
        and all(_FIGURE.fullmatch(value) for value in values)
    ]
    if any(role in {"", "progress"} for j, role in enumerate(roles) if j not in {key, *figures}):
        for j in figures:
            roles[j] = "figure"  # 任务数 beside what was done: a number claims no status
    cities = [row[key].text for row in body if find_all(row[key].text)]
    repeated = len(cities) > len(set(cities))
    named = [j for j, role in enumerate(roles) if role == "item" and j != key]
    items: tuple[int, ...] = ()
    if named and (repeated or "progress" in roles):
        items = choose_items(body, named, key)
    elif repeated and not named and "progress" in roles:
        items = tuple(j for j, role in enumerate(roles) if role in {"", "problem"} and j != key)[:1]
    layout = choose_columns(Layout(header, key, items, (), ()), roles)
    if not items and len(layout.texts) == 1 and is_generic(layout.texts[0][1]) and heading:
        return replace(layout, texts=((layout.texts[0][0], heading),))
    return layout


def choose_items(body: Matrix, named: Sequence[int], key: int = -1) -> tuple[int, ...]:
    """Return the columns that together name a dimension: the first, and the next if a city repeats the first."""
    first = [(row[key].text if key >= 0 else "", row[named[0]].text) for row in body]
    return tuple(named[:2]) if len(set(first)) < len(first) else tuple(named[:1])


def name_total(row: Sequence[Slot], key: str, lead: str, layout: Layout) -> str:
    """Return what a row calls itself if it sums up the others, else ""; `lead` is its first text.

    The word may stand in the column of serial numbers, with no city in the row. A ledger, though, has projects of
    全省: one that is named by more than a count (14项) is a row as any other.
    """
    if layout.key < 0:
        return lead if is_sum(lead) else ""
    if not key:
        return lead if is_total(lead) else ""
    named = [row[column].text for column in layout.items if row[column].text]
    if named and not is_sum(key) and not any(is_total(name) or _COUNT.fullmatch(name) for name in named):
        return ""
    return key if is_total(key) else ""


def is_own_row(row: Sequence[Slot], layout: Layout, *, cut: bool) -> bool:
    """Return whether a row without a city reports on a deliverable of its own, and is no rest of the one above.

    A page may have cut the name of the deliverable as well, so there only a serial number tells.
    """
    numbered = any(
        row[j].text.strip("、.．").isdecimal() for j, name in layout.left_out if column_role(name) == "serial"
    )
    return bool(layout.items) and bool(row[layout.items[-1]].text) and (numbered or not cut)


def split_sections(segment: Segment) -> list[Segment]:
    """Return the parts of a segment that holds several tables: side by side, or one a city under its name.

    >>> from yichuang_nlp.records import Grid
    >>> from yichuang_nlp.slots import cut_grids
    >>> rows = (("地区", "进展", "地区", "进展"), ("杭州", "建成", "宁波", "在建"))
    >>> [len(part.rows[0]) for part in split_sections(cut_grids([Grid("a", 1, rows)], lambda text: False)[0])]
    [2, 2]
    """
    rows = segment.rows
    head = row_texts(rows[0])
    for width in range(2, len(head) // 2 + 1):
        period = len(head) % width == 0 and head == head[:width] * (len(head) // width)
        if period and len(set(head[:width])) == width and is_city_header(head[0]):
            parts = []
            for left in range(0, len(head), width):
                block = tuple(row[left : left + width] for row in rows)
                kept = tuple(row for row in block if any(slot.text for slot in row))
                parts.append(replace(segment, rows=kept, adjacent=segment.adjacent or left > 0))
            return parts
    starts = [i for i, row in enumerate(rows) if (name := _only_text(row)) and find_all(name)]
    plain = [i for i, row in enumerate(rows) if i not in starts and find_all(row[0].text)]
    if not starts or plain or starts[-1] == len(rows) - 1 or len(rows) - len(starts) <= len(starts):
        return [segment]
    parts = []
    for start, end in zip(starts, [*starts[1:], len(rows)], strict=True):
        part = (*rows[: starts[0]], *rows[start + 1 : end])
        title = next(slot for slot in rows[start] if slot.text)
        parts.append(replace(segment, rows=part, titles=(*segment.titles, title), adjacent=False))
    return parts


def _only_text(row: Sequence[Slot]) -> str:
    texts = {slot.origin: slot.text for slot in row if slot.text}
    return next(iter(texts.values())) if len(texts) == 1 else ""


def find_heading(segment: Segment, *, city: bool) -> str:
    """Return the nearest line over the table that names a city, or one that names a dimension; "" if none.

    The name of a sheet counts as the farthest line.
    """
    sheet = segment.rows[0][0].address.sheet
    for line in (*reversed(segment.heading), sheet):
        bare = strip_number(line)
        if not bare or bare.startswith(_NO_HEADINGS) or len(bare) > 60 or _DEFAULT_SHEET.match(bare):
            continue
        found = find_leading(line)
        if city:
            return found[0].name if found else ""
        return "" if find(bare) or (line == sheet and is_generic(bare)) else bare
    return ""
