"""Grids to cells: which way a table runs, where its header ends, and what each row is."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from yichuang_nlp.errors import CountMismatch
from yichuang_nlp.layouts import (
    Layout,
    build_layout,
    choose_columns,
    choose_items,
    city_line,
    column_name,
    count_header_rows,
    find_heading,
    is_own_row,
    lift_bands,
    name_total,
    row_texts,
    split_sections,
)
from yichuang_nlp.marks import (
    column_role,
    find_blank,
    is_closing,
    is_footnote,
    is_generic,
    squeeze,
    strip_number,
)
from yichuang_nlp.notes import Note, NoteKind
from yichuang_nlp.places import find_all, find_seat, resolve, split_names, strip_name
from yichuang_nlp.records import Cell, Grid
from yichuang_nlp.slots import Matrix, Segment, Slot, cut_grids, transpose
from yichuang_nlp.table_reading import TableReading

__all__ = ["read_tables"]


# Roles of header rows that name nothing, in a table that was turned: its serial numbers, its remarks.
_NO_NAMES = {"serial", "note", "meta"}
_TARGET = re.compile(r"(?:目标|目标值|任务数|要求|标准)(?:[（(].*[)）])?$")


@dataclass(slots=True)
class _Entry:
    """A cell on the way: raw city, dimension, the slots that hold its text, and what was unsure."""

    city: str
    dimension: str
    slots: list[Slot]
    text: str
    plan: str = ""  # from a column of its own (下一步打算)
    flags: list[str] = field(default_factory=list)

    @property
    def whole(self) -> str:
        """The text with the plan behind it, in the words by which a text of one cell would go on."""
        if not self.plan:
            return self.text
        plan = self.plan if self.plan.startswith(("下一步", "下步")) else f"下一步：{self.plan}"
        return f"{self.text}\n{plan}" if self.text else plan


def read_tables(grids: Sequence[Grid], *, year: int = 0) -> TableReading:
    """Return the cells of all tables in `grids`; a table without cities is left out and noted.

    Every text of a table that was used ends up as a cell, a name, a header or a note on what was left out;
    `CountMismatch` otherwise.

    >>> rows = (("地区", "综合窗口", "办事指南"), ("杭州", "已建成", "拟修订"), ("宁波", "/", ""))
    >>> reading = read_tables([Grid("a.txt", 1, rows)])
    >>> [(cell.city, cell.dimension, cell.text, cell.blank and cell.blank.zh) for cell in reading.cells]
    ... # doctest: +NORMALIZE_WHITESPACE
    [('杭州市', '综合窗口', '已建成', None), ('杭州市', '办事指南', '拟修订', None),
     ('宁波市', '综合窗口', '/', '不涉及'), ('宁波市', '办事指南', '', '空白')]
    """
    return _Reader(year).run(cut_grids(grids, lambda text: bool(find_all(text))))


class _Reader:
    def __init__(self, year: int) -> None:
        self.year = year
        self.out = TableReading()
        self.entries: list[_Entry] = []
        self.last: list[_Entry] = []  # those of the row read last
        self.layout: Layout | None = None
        self.across: Matrix = ()  # the rows of cities of a table that was turned, and what stands over them
        self.claimed: Counter[str] = Counter()
        self.seen: set[tuple[int, int, int]] = set()

    def run(self, segments: list[Segment]) -> TableReading:
        for segment in segments:
            before = self.out.tables
            for part in split_sections(segment):
                self._read(part)
            self.out.tables = min(self.out.tables, before + 1)  # parts of one drawn table count as one
        self._finish()
        return self.out

    # -- one segment ----------------------------------------------------------------------------------------

    def _read(self, segment: Segment) -> None:
        top = segment.rows[0][0].address
        start = top.row if top.row > 1 else 0
        rows, head, layout, known = self._understand(segment)
        if layout is None or not layout.texts:
            texts = sum(bool(slot.text) for row in segment.rows for slot in row)
            kind = NoteKind.TABLE_LEFT_OUT
            self.out.notes.append(Note(kind, top.table, start, count=texts, of=len(segment.rows)))
            return
        if known and not segment.adjacent and head == 0:
            self.out.doubts.append(Note(NoteKind.HEADER_BORROWED, top.table, start))
        self.out.tables += 1
        if known and segment.adjacent:
            self.out.joined += 1
            self.out.notes.append(Note(NoteKind.TABLE_JOINED, top.table, start))
        if known and head and not layout.flipped:
            self.out.dropped_headers += 1
        for line in rows[:head]:
            self._claim(line, "header")
        self.seen.update(slot.origin for slot in segment.titles)
        self.layout = layout
        self._body(rows[head:], layout, continued=known and segment.adjacent)
        needed = {slot.origin for line in rows for slot in line if slot.text}
        if lost := needed - self.seen:
            _, row, column = min(lost)
            raise CountMismatch(
                f"{top.file}, table {top.table}, row {row + 1}, column {column + 1}",
                found=f"{len(lost)} texts of the table that became neither cell nor header",
                expected="every text accounted for",
                hint="please report this file's layout",
            )

    def _understand(self, segment: Segment) -> tuple[Matrix, int, Layout | None, bool]:
        """Return rows with cities down, how many are header, the layout, and whether it was known."""
        rows = segment.rows
        last = self.layout
        if last is not None and segment.adjacent and len(rows[0]) == len(last.header[0]) and not last.flipped:
            body = rows[0][max(last.key, 0)].text
            if row_texts(rows[0]) in last.header:
                head = sum(1 for row in rows[: len(last.header)] if row_texts(row) in last.header)
                return rows, head, last, True
            if find_all(body) or (not body and last.key >= 0):
                return rows, 0, last, True
        direction, key = city_line(rows)
        goes_on = last is not None and last.flipped and segment.adjacent and segment.width == len(self.across[0])
        if not direction and not goes_on:
            return self._city_from_heading(segment)
        if direction == "across" or goes_on:
            rows, bands = lift_bands(rows)
            if not direction:  # the next page of a table with cities across
                rows = (*self.across, *self._finish_across(rows))
            key = city_line(rows)[1]
            self.across = rows[: key + 1]
            rows = transpose(rows)
            for band in bands:
                self._skip([band], NoteKind.LINE_LEFT_OUT)

        head = count_header_rows(rows, key)
        if head == 0:
            if last is not None and len(rows[0]) == len(last.header[0]) and last.key == key:
                return rows, 0, last, True
            header: tuple[tuple[str, ...], ...] = (("",) * len(rows[0]),)
        else:
            kept = [row for row in rows[:head] if column_role(row[key].text) not in _NO_NAMES]
            if direction != "down" and len(kept) > 1:  # beside the names there may be what was to be reached
                kept = [row for row in kept if not _TARGET.search(row[key].text)] or kept
            header = tuple(row_texts(row) for row in kept or rows[:head])
        if last is not None and header == last.header and key == last.key and not last.items:
            generic = any(is_generic(column_name(header, column)) for column, _ in last.texts)
            if not generic:
                return rows, head, last, True
        layout = build_layout(rows, head, header, key, find_heading(segment, city=False), turned=direction != "down")
        return rows, head, replace(layout, flipped=direction != "down"), not direction

    def _finish_across(self, rows: Matrix) -> Matrix:
        """Return the rows without a first one that a page cut, its texts put behind those of the page before."""
        label = next((j for j, slot in enumerate(self.across[-1]) if find_all(slot.text)), 1) - 1
        if not rows or rows[0][max(label, 0)].text or len(rows) == 1:
            return rows
        for slot in rows[0]:
            above = [entry for entry in self.entries if entry.slots[0].address.column == slot.address.column]
            if slot.text and above:
                above[-1].text += slot.text
                above[-1].slots.append(slot)
        self._claim(rows[0], "rest")
        self._note(NoteKind.ROW_CUT, rows[0][0])
        return rows[1:]

    def _city_from_heading(self, segment: Segment) -> tuple[Matrix, int, Layout | None, bool]:
        """Return the layout of a table of one city, which a line over it names."""
        city = find_heading(segment, city=True)
        rows = segment.rows
        if not city or len(rows[0]) < 2:
            return rows, 0, None, False
        roles = [column_role(slot.text) for slot in rows[0]]
        head = int("progress" in roles or "item" in roles)
        if not head and all(len(row) == 2 for row in rows):
            roles = ["item", "progress"]
        item = roles.index("item") if "item" in roles else next((j for j, r in enumerate(roles) if r != "serial"), 0)
        header = (row_texts(rows[0]),) if head else (("",) * len(rows[0]),)
        named = [j for j, role in enumerate(roles) if role == "item"] or [item]
        items = choose_items(rows[head:], named)
        layout = choose_columns(Layout(header, -1, items, (), (), city=city), roles)
        return rows, head, layout if layout.texts else None, False

    # -- its rows -------------------------------------------------------------------------------------------

    def _body(self, rows: Matrix, layout: Layout, *, continued: bool) -> None:
        previous: list[_Entry] = self.last if continued else []
        first, topic, city, left = True, "", layout.city, Counter[tuple[NoteKind, str]]()
        for row in rows:
            distinct = {slot.origin: slot for slot in row if slot.text}
            key = row[layout.key].text if layout.key >= 0 else city
            lone = next(iter(distinct.values())) if len(distinct) == 1 else None
            if not distinct:
                continue
            if row_texts(row) in layout.header:
                self.out.dropped_headers += 1
                self._claim(row, "header")
                continue
            lead = next(iter(distinct.values())).text
            if total := name_total(row, key, lead, layout):
                self._skip(row, NoteKind.TOTAL_LEFT_OUT, text=squeeze(total))
                continue
            if is_footnote(lead) or (lone is not None and is_closing(lead)):
                self._skip(row, NoteKind.FOOTNOTE_LEFT_OUT, count=len(distinct))
                continue
            rest = lone is not None and not lone.merged and not key and lone is not row[0]
            if lone is not None and not rest and (found := self._lone(lone, layout)):
                topic = found if found != "-" else topic
                self._claim(row, "title")
                continue
            above = layout.key >= 0 and not key and bool(previous)
            if above and not is_own_row(row, layout, cut=first and continued):
                self._append(previous, row, layout, cut=first and continued)
                first = False
                continue
            first = False
            share = len(previous) // len(layout.texts) if above else 0
            cities = "、".join(entry.city for entry in previous[:share]) if above else key
            previous = self.last = self._emit(row, layout, cities, topic)
            if above:
                for entry in previous:
                    entry.flags.append("city_from_above")
            for column, name in layout.left_out:
                if row[column].text:
                    left[NoteKind.COLUMN_LEFT_OUT, name] += 1
                    self.seen.add(row[column].origin)
            for column, _, name in layout.nexts:
                if row[column].text:
                    left[NoteKind.PLANS_APPENDED, name] += 1
        for (kind, name), count in left.items():
            self.out.notes.append(Note(kind, rows[0][0].address.table, text=name, count=count))

    def _lone(self, slot: Slot, layout: Layout) -> str:
        """Return the heading that a row with one text is, "-" for none, "" if it is a row of its own."""
        is_key = slot.address.column - 1 == layout.key and not slot.merged
        if find_all(slot.text):
            return ""
        if is_key and len(slot.text) <= 12 and strip_number(slot.text) == squeeze(slot.text):
            return ""
        self.out.skipped_rows += 1
        self._note(NoteKind.HEADING_INSIDE, slot)
        generic = (
            len(layout.texts) == 1 and not layout.items and is_generic(column_name(layout.header, layout.texts[0][0]))
        )
        return strip_number(slot.text) if generic else "-"

    def _emit(self, row: Sequence[Slot], layout: Layout, key: str, topic: str) -> list[_Entry]:
        entries: list[_Entry] = []
        item = "/".join(dict.fromkeys(squeeze(row[j].text) for j in layout.items if row[j].text))
        for column, name in layout.texts:
            slot = row[column]
            if layout.items:
                dimension = item if len(layout.texts) == 1 or not name else f"{item}/{name}"
            else:
                dimension = topic or name
            for city in split_names(key):
                entry = _Entry(city, dimension, [slot], slot.text)
                if not dimension:
                    entry.dimension = f"第{column + 1}列"
                    entry.flags.append("unnamed_dimension")
                entries.append(entry)
            self.seen.add(slot.origin)
        share = len(entries) // len(layout.texts)
        for column, over, _ in layout.nexts:
            plan = row[column]
            self.seen.add(plan.origin)
            for entry in entries[over * share : (over + 1) * share]:
                if plan.origin not in {s.origin for s in entry.slots} and not find_blank(plan.text):
                    entry.plan = f"{entry.plan}\n{plan.text}".strip()
                    entry.slots.append(plan)
        for column in (layout.key, *layout.items):
            if column >= 0:
                self.seen.add(row[column].origin)
        self.out.rows += 1
        self.entries.extend(entries)
        return entries

    def _append(self, previous: list[_Entry], row: Sequence[Slot], layout: Layout, *, cut: bool) -> None:
        """Add a row without a city to the one above: the rest of a row cut by a page, or its next lines."""
        share = len(previous) // len(layout.texts)  # cities of one row
        for k, entry in enumerate(previous):
            slot = row[layout.texts[k // share][0]]
            if not slot.text or slot.origin in {s.origin for s in entry.slots}:
                self.seen.add(slot.origin)
                continue
            entry.text = f"{entry.text}{'' if cut else chr(10)}{slot.text}" if entry.text else slot.text
            entry.slots.append(slot)
            self.seen.add(slot.origin)
            if not cut:
                entry.flags.append("joined_rows")
        for column, over, _ in layout.nexts:
            for entry in previous[over * share : (over + 1) * share]:
                if (plan := row[column]).text and plan.origin not in {s.origin for s in entry.slots}:
                    entry.plan = f"{entry.plan}{'' if cut else chr(10)}{plan.text}" if entry.plan else plan.text
                    entry.slots.append(plan)
        self._claim(row, "rest")
        self._note(NoteKind.ROW_CUT if cut else NoteKind.ROW_JOINED, row[0])

    def _claim(self, row: Sequence[Slot], role: str) -> None:
        self.claimed[role] += 1
        self.seen.update(slot.origin for slot in row)

    def _skip(self, row: Sequence[Slot], kind: NoteKind, *, text: str = "", count: int = 0) -> None:
        self._claim(row, "skipped")
        self.out.skipped_rows += 1
        self._note(kind, row[0], text=text, count=count)

    def _note(self, kind: NoteKind, slot: Slot, *, text: str = "", count: int = 0) -> None:
        self.out.notes.append(Note(kind, slot.address.table, slot.address.row, text, count))

    # -- all together ---------------------------------------------------------------------------------------

    def _finish(self) -> None:
        names = list(dict.fromkeys(entry.city for entry in self.entries))
        seats = {name: seat.name for name in names if not find_all(name) and (seat := find_seat(name))}
        once = Counter([*seats.values(), *(place.name for place in resolve(names, year=self.year) if place)])
        # two offices of one city stay what they are: as cities they would be one that reports twice
        asked = [seats[name] if name in seats and once[seats[name]] == 1 else name for name in names]
        places = dict(zip(names, resolve(asked, year=self.year), strict=True))
        self.out.places = [place for place in places.values() if place]
        met: set[tuple[str, str]] = set()
        for entry in self.entries:
            place = places[entry.city]
            city = place.name if place else strip_name(entry.city) or squeeze(entry.city)
            if not place:
                entry.flags.append("unknown_city")
            if (city, entry.dimension) in met:
                entry.flags.append("duplicate")
            met.add((city, entry.dimension))
            text = entry.whole
            if "\ufffd" in text:
                entry.flags.append("damaged_text")
            blank = find_blank(text)
            flags = tuple(dict.fromkeys(entry.flags))
            self.out.cells.append(Cell(city, entry.dimension, text, entry.slots[0].address, blank, flags))
