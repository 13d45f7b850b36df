"""Grids as matrices of slots: merged cells spread out, title rows taken off, cut at blank rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from yichuang_nlp.marks import squeeze
from yichuang_nlp.records import Address, Grid

__all__ = ["Matrix", "Segment", "Slot", "cut_grids", "transpose"]


@dataclass(frozen=True, slots=True)
class Slot:
    """One position of a grid: its text (of the merged cell that covers it), its address, and its origin.

    `origin` (grid, row, column) is the same for all positions under one merged cell.
    """

    text: str
    address: Address
    origin: tuple[int, int, int]
    merged: bool = False


Matrix = tuple[tuple[Slot, ...], ...]


@dataclass(slots=True)
class Segment:
    """A run of rows without a blank row between, and the prose before it.

    `adjacent` says that nothing but blank lines stands between this segment and the one before.
    """

    rows: Matrix
    before: tuple[str, ...] = ()
    adjacent: bool = False
    titles: tuple[Slot, ...] = ()
    tails: list[Slot] = field(default_factory=list)

    @property
    def width(self) -> int:
        """How many columns it has."""
        return len(self.rows[0]) if self.rows else 0

    @property
    def heading(self) -> tuple[str, ...]:
        """The lines over the table, prose first, then title rows inside it."""
        return (*self.before, *(squeeze(slot.text) for slot in self.titles))


def cut_grids(grids: Iterable[Grid], is_name: Callable[[str], bool]) -> list[Segment]:
    """Return the segments of all grids in order.

    `is_name` tells a city name, since a row that holds nothing but a city is a row of blanks, not a title.
    """
    segments: list[Segment] = []
    pending: list[str] = []
    apart = True
    shape = (0, 0, 0)  # width of the last grid, and which of its columns are used
    for number, grid in enumerate(grids):
        pending.extend(grid.before)
        apart = apart or bool(grid.before)
        run: list[tuple[Slot, ...]] = []
        for row in (*_spread(number, grid), ()):
            if any(slot.text for slot in row):
                run.append(row)
                continue
            if not run:
                continue
            # a page that holds only the rest of a row has empty columns that are none
            goes_on = bool(segments) and not apart and grid.width == shape[0]
            edges = _used(run)
            if goes_on and shape[1] <= edges[0] and edges[1] <= shape[2]:
                edges = shape[1:]
            segment = _trim(tuple(run), tuple(pending), edges, is_name, goes_on)
            shape = (grid.width, *edges)
            run = []
            if segment.rows:
                segment.adjacent = bool(segments) and not apart and not segment.titles
                segments.append(segment)
                pending, apart = [], False
            else:  # only title rows: they stand over what follows
                pending = list(segment.heading)
                apart = True
                if segments:
                    segments[-1].tails.extend(segment.titles)
    return segments


def _spread(number: int, grid: Grid) -> list[tuple[Slot, ...]]:
    owners: dict[tuple[int, int], tuple[int, int]] = {}
    for span in grid.spans:
        for row in range(span.row, min(span.row + span.rows, len(grid.rows))):
            for column in range(span.column, min(span.column + span.columns, grid.width)):
                owners.setdefault((row, column), (span.row, span.column))
    matrix = []
    for i, texts in enumerate(grid.rows):
        slots = []
        for j, text in enumerate(texts):
            owner = owners.get((i, j))
            if owner is None or (owner != (i, j) and text):
                slots.append(Slot(text, grid.address(i, j), (number, i, j)))
            else:
                slots.append(Slot(grid.rows[owner[0]][owner[1]], grid.address(i, j), (number, *owner), True))
        matrix.append(tuple(slots))
    return matrix


def _used(rows: Sequence[Sequence[Slot]]) -> tuple[int, int]:
    # a title merged over empty columns does not use them; a run of titles alone is as wide as they are
    table = [row for row in rows if len({slot.origin for slot in row if slot.text}) > 1] or rows
    used = [j for j in range(len(rows[0])) if any(row[j].text for row in table)]
    # an empty column inside may be a dimension that nobody filled: only empty edges go
    return used[0], used[-1] + 1


def _trim(
    rows: Matrix, before: tuple[str, ...], edges: tuple[int, int], is_name: Callable[[str], bool], goes_on: bool
) -> Segment:
    """Take off empty columns, and rows at the top that hold a single text (titles, units)."""
    rows = tuple(tuple(row[edges[0] : edges[1]]) for row in rows)
    titles: list[Slot] = []
    start = 0
    while start < len(rows):
        texts = {slot.origin: slot for slot in rows[start] if slot.text}
        only = next(iter(texts.values()))
        if len(texts) > 1 or len(rows[0]) == 1 or (is_name(only.text) and start + 1 == len(rows)):
            break
        if is_name(only.text) and not only.merged and start > 0:
            break
        if goes_on and not only.merged and only != rows[start][0]:
            break  # the rest of a row that a page cut
        if goes_on and not only.merged and is_name(only.text) and is_name(rows[start + 1][0].text):
            break  # a name over a name is a row of blanks: a title stands over a table
        titles.append(only)
        start += 1
    return Segment(rows[start:], before, titles=tuple(titles))


def transpose(rows: Matrix) -> Matrix:
    """Return the matrix with rows and columns swapped; addresses stay what they are."""
    return tuple(zip(*rows, strict=True))
