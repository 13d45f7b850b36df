"""Any file an analyst gets, to a `Briefing`: sniff, read grids, find cells and masthead, reconcile."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from yichuang_nlp.errors import CountMismatch, LimitExceeded, NoSuchInput, NoTable, UnsureReading
from yichuang_nlp.limits import DEFAULT, Limits
from yichuang_nlp.notes import Note, NoteKind, render_note
from yichuang_nlp.records import Briefing, Cell, Grid, Reading

__all__ = ["read_briefing", "read_grids"]


def read_briefing(path: str | Path, *, limits: Limits = DEFAULT, strict: bool = False) -> Briefing:
    """Return the briefing in `path`: masthead, every cell with its address, and the account of the reading.

    With `strict`, anything the reading was unsure of (an unknown city, a header taken from another table, an
    assumed date) raises `UnsureReading`. Raises another `ReadError` for a file that holds no cells.
    """
    from yichuang_nlp.masthead import read_masthead
    from yichuang_nlp.places import expected_cities
    from yichuang_nlp.sections import read_sections
    from yichuang_nlp.tables import read_tables

    path = Path(path)
    grids = read_grids(path, limits=limits)
    lines = list(_head_lines(grids))
    head = read_masthead(lines)
    year = head.as_of.year if head.as_of else 0
    found = read_tables(grids, year=year)
    if not found.cells:
        found = read_sections(grids, year=year)
    if not found.cells:
        texts = sum(bool(text) for grid in grids for row in grid.rows for text in row)
        tables = sum(bool(grid.rows) for grid in grids)
        raise NoTable(
            path.name,
            found=f"{tables} tables with {texts} texts and {len(lines)} lines of prose",
            expected="a table or sections of cities and what they report",
            hint="check that it is the briefing itself and not its cover letter",
        )
    doubts = list(found.doubts)
    if any(grid.scanned for grid in grids):
        doubts.append(Note(NoteKind.SCANNED))
    if head.as_of_assumed:
        doubts.append(Note(NoteKind.AS_OF_ASSUMED))
    flagged = Counter(flag for cell in found.cells for flag in cell.flags)
    doubts.extend(Note(NoteKind.CELLS_FLAGGED, text=flag, count=count) for flag, count in flagged.items())
    cities = {cell.city for cell in found.cells}
    missing = tuple(name for name in expected_cities(found.places, year=year) if name not in cities)
    blanks = Counter(cell.blank.value for cell in found.cells if cell.blank)
    reading = Reading(
        tables=found.tables,
        rows=found.rows,
        cells=len(found.cells),
        blank=sum(blanks.values()),
        dropped_headers=found.dropped_headers,
        joined=found.joined,
        skipped_rows=found.skipped_rows,
        notes=tuple(found.notes),
        blanks=dict(blanks),
        doubts=tuple(doubts),
    )
    briefing = Briefing(
        source=path.name,
        cells=tuple(found.cells),
        reading=reading,
        title=head.title,
        issue=head.issue,
        publisher=head.publisher,
        published=head.published,
        as_of=head.as_of,
        as_of_assumed=head.as_of_assumed,
        missing_cities=missing,
    )
    _check_counts(briefing)
    if strict and doubts:
        raise UnsureReading(
            path.name,
            found="; ".join(render_note(doubt, "en") for doubt in doubts),
            expected="a reading without doubts",
            hint="check these places, or read without strict",
        )
    return briefing


def read_grids(path: str | Path, *, limits: Limits = DEFAULT) -> list[Grid]:
    """Return the tables of `path` as the file draws them, with the prose between, whatever its format."""
    from yichuang_nlp.readers.isolation import read_isolated
    from yichuang_nlp.readers.sniff import find_format

    path = Path(path)
    if not path.is_file():
        raise NoSuchInput(
            path,
            found="a folder" if path.is_dir() else "no such file",
            expected="a briefing",
            hint="check the name",
        )
    size = path.stat().st_size
    if size > limits.file_bytes:
        raise LimitExceeded(
            path.name,
            found=f"{size:,} bytes",
            expected=f"at most {limits.file_bytes:,}",
            hint="is it a briefing?",
        )
    return read_isolated(path, find_format(path), limits)


def _head_lines(grids: Sequence[Grid]) -> Iterable[str]:
    """Yield the prose in order, with the rows of a table that hold one text only (titles inside it)."""
    for grid in grids:
        yield from grid.before
        for row in grid.rows:
            texts = [text for text in row if text]
            if len(texts) == 1:
                yield texts[0]


def _check_counts(briefing: Briefing) -> None:
    """Raise `CountMismatch` unless the account of the reading agrees with the cells that it speaks of."""
    reading = briefing.reading
    where = [(cell.address, cell.city) for cell in briefing.cells]  # a row may stand for two cities
    if len(set(where)) != len(where):
        twice = Counter(where).most_common(1)[0][0][0]
        raise CountMismatch(twice, found="two cells from one place", expected="each place read once")
    if reading.cells != len(briefing.cells) or reading.blank != sum(_is_blank(cell) for cell in briefing.cells):
        raise CountMismatch(
            briefing.source,
            found=f"{len(briefing.cells)} cells",
            expected=f"{reading.cells} with {reading.blank} blank ones",
        )


def _is_blank(cell: Cell) -> bool:
    return cell.blank is not None
