"""Building blocks of the readers: clean cell text, and rectangles out of rows with merged cells."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePath

from yichuang_nlp.errors import LimitExceeded
from yichuang_nlp.limits import DEFAULT, Limits
from yichuang_nlp.records import Grid, Span

__all__ = ["GridList", "Piece", "place_pieces", "tidy"]

# Control characters other than tab and line break, zero-width marks, and halves of surrogate pairs.
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_BREAK = re.compile("\r\n|[\r\n\v\f\x85\u2028\u2029]")
_BLANKS = re.compile("[ \t\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]+")
_SURROGATE = re.compile("[\ud800-\udfff]")


def tidy(text: str) -> str:
    """Return the text of a cell without what a file format adds: controls, odd spaces, empty lines.

    A run of blanks becomes one space, a line break stays one "\\n"; a lone surrogate becomes U+FFFD.

    >>> tidy(" 已印发\\u3000 方案。\\x07\\r\\n\\r\\n 正在调整。")
    '已印发 方案。\\n正在调整。'
    """
    text = _SURROGATE.sub("\ufffd", _CONTROL.sub("", text))
    lines = (_BLANKS.sub(" ", line).strip() for line in _BREAK.split(text))
    return "\n".join(line for line in lines if line)


@dataclass(frozen=True, slots=True)
class Piece:
    """A cell as a file declares it: 0-based top left corner, extent, text."""

    row: int
    column: int
    text: str
    rows: int = 1
    columns: int = 1


def place_pieces(
    pieces: Iterable[Piece], where: object, limits: Limits = DEFAULT
) -> tuple[tuple[tuple[str, ...], ...], tuple[Span, ...]]:
    """Return the rectangle of texts that `pieces` fill, and the spans of those larger than one cell.

    Raises `LimitExceeded` before any memory is taken for rows x columns.

    >>> place_pieces([Piece(0, 0, "杭州市", rows=2), Piece(0, 1, "a"), Piece(1, 1, "b")], "x")[0]
    (('杭州市', 'a'), ('', 'b'))
    """
    kept = list(pieces)
    height = max((p.row + p.rows for p in kept), default=0)
    # a title with colspan=20 over a table of 7 columns makes no 13 further columns: no cell starts there
    width = max((p.column for p in kept), default=-1) + 1
    kept = [replace(p, columns=width - p.column) if p.column + p.columns > width else p for p in kept]
    check_extent(height, width, where, limits)
    matrix = [[""] * width for _ in range(height)]
    spans = []
    for piece in kept:
        text = tidy(piece.text)
        if len(text) > limits.cell_chars:
            raise LimitExceeded(
                f"{where}, row {piece.row + 1}, column {piece.column + 1}",
                found=f"a cell of {len(text):,} characters",
                expected=f"at most {limits.cell_chars:,}",
            )
        matrix[piece.row][piece.column] = text
        if piece.rows > 1 or piece.columns > 1:
            spans.append(Span(piece.row, piece.column, piece.rows, piece.columns))
    return tuple(tuple(row) for row in matrix), tuple(spans)


def check_extent(height: int, width: int, where: object, limits: Limits) -> None:
    """Raise `LimitExceeded` for a table of `height` x `width` that is over one of the caps."""
    for what, count, cap in (
        ("rows", height, limits.rows),
        ("columns", width, limits.columns),
        ("cells", height * width, limits.cells),
    ):
        if count > cap:
            raise LimitExceeded(
                where,
                found=f"a table with {count:,} {what}",
                expected=f"at most {cap:,}",
                hint="keep only the table of the briefing, or raise the limit",
            )


class GridList:
    """Collects prose and tables in the order of a file, and numbers the tables."""

    def __init__(self, path: object, limits: Limits = DEFAULT, *, scanned: bool = False) -> None:
        self.file = PurePath(str(path)).name
        self._scanned = scanned
        self._limits = limits
        self._prose: list[str] = []
        self._grids: list[Grid] = []

    def add_prose(self, text: str) -> None:
        """Note lines that stand before the next table; an empty one is kept out."""
        self._prose.extend(tidy(text).split("\n") if text.strip() else ())

    def add_rows(self, rows: Sequence[Sequence[str]], *, page: int = 0, sheet: str = "") -> None:
        """Add a table without merged cells; short rows are filled with blanks."""
        self.add_pieces(
            (Piece(i, j, text) for i, row in enumerate(rows) for j, text in enumerate(row)),
            page=page,
            sheet=sheet,
        )

    def add_pieces(self, pieces: Iterable[Piece], *, page: int = 0, sheet: str = "") -> None:
        """Add a table out of placed cells; one without any text is dropped."""
        number = sum(bool(grid.rows) for grid in self._grids) + 1
        if number > self._limits.tables:
            raise LimitExceeded(self.file, found=f"more than {self._limits.tables:,} tables", expected="fewer")
        rows, spans = place_pieces(pieces, f"{self.file}, table {number}", self._limits)
        if any(any(row) for row in rows):
            self._grids.append(Grid(self.file, number, rows, tuple(self._prose), spans, page, sheet, self._scanned))
            self._prose = []

    def finish(self) -> list[Grid]:
        """Return the grids; prose after the last table goes into one more grid without rows."""
        if self._prose:
            self._grids.append(Grid(self.file, 0, (), tuple(self._prose), scanned=self._scanned))
            self._prose = []
        return self._grids
