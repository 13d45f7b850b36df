"""The nouns: frozen values that go one way, from a file to a report.

Every value carries an address, so that any light in a report leads back to file, page, table, row, column,
and to the characters that decided it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from typing import TYPE_CHECKING, Any

from yichuang_nlp.notes import Note

if TYPE_CHECKING:
    from pandas import DataFrame

__all__ = [
    "Address",
    "Blank",
    "Briefing",
    "Cell",
    "Cue",
    "Evidence",
    "Grid",
    "ModelInfo",
    "Prediction",
    "Reading",
    "Span",
    "Status",
    "to_frame",
]


class Status(str, Enum):
    """How far a deliverable has got, as its text claims it.

    >>> Status.COMPLETED.rank, Status.COMPLETED.zh
    (2, '已完成')
    """

    PLANNED = "planned"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"

    @property
    def rank(self) -> int:
        """0, 1 or 2: steps from the plan towards the result."""
        return list(Status).index(self)

    @property
    def zh(self) -> str:
        """The Chinese name, as reports print it."""
        return {"planned": "计划", "in_progress": "推进中", "completed": "已完成"}[self.value]


class Blank(str, Enum):
    """Why a cell holds no text that could have a status."""

    BLANK = "blank"
    NOT_REPORTED = "not_reported"
    NOT_APPLICABLE = "not_applicable"
    UNREADABLE = "unreadable"

    @property
    def zh(self) -> str:
        """The Chinese name, as reports print it."""
        return {
            "blank": "空白",
            "not_reported": "未报送",
            "not_applicable": "不涉及",
            "unreadable": "无法识别",
        }[self.value]


@dataclass(frozen=True, slots=True)
class Address:
    """Where a cell stands: all counts start at 1; 0 means that the format has no such thing.

    >>> str(Address("a.docx", table=2, row=5, column=3))
    'a.docx, table 2, row 5, column 3'
    """

    file: str
    table: int = 0
    row: int = 0
    column: int = 0
    page: int = 0
    sheet: str = ""

    def __str__(self) -> str:
        parts = [self.file]
        if self.page:
            parts.append(f"page {self.page}")
        if self.sheet:
            parts.append(f"sheet {self.sheet}")
        for name in ("table", "row", "column"):
            if value := getattr(self, name):
                parts.append(f"{name} {value}")
        return ", ".join(parts)


@dataclass(frozen=True, slots=True)
class Span:
    """A merged cell: its top left corner (0-based) and how many rows and columns it covers."""

    row: int
    column: int
    rows: int
    columns: int


@dataclass(frozen=True, slots=True)
class Grid:
    """One table as the file draws it, with the prose that stands before it.

    `rows` is rectangular; a merged cell has its text in the top left corner and "" elsewhere, and a `Span`.
    A grid without rows carries the prose after the last table (or of a file without tables). `scanned` says that
    its texts were recognised from a picture.
    """

    file: str
    table: int
    rows: tuple[tuple[str, ...], ...]
    before: tuple[str, ...] = ()
    spans: tuple[Span, ...] = ()
    page: int = 0
    sheet: str = ""
    scanned: bool = False

    @property
    def width(self) -> int:
        """How many columns the grid has."""
        return len(self.rows[0]) if self.rows else 0

    def address(self, row: int, column: int) -> Address:
        """Return the address of the 0-based `row` and `column`."""
        return Address(self.file, self.table, row + 1, column + 1, self.page, self.sheet)


@dataclass(frozen=True, slots=True)
class Cell:
    """What one city reported under one dimension.

    `blank` says why there is no text to score; `flags` are what the reading was unsure of.
    """

    city: str
    dimension: str
    text: str
    address: Address
    blank: Blank | None = None
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """The account of a reading: what was found, joined, dropped and left out, so that it can be checked.

    `rows` counts the city rows, `cells` all cells with the blank ones; `dropped_headers` the repeated headers.
    `notes` tell a person what was joined, skipped or assumed; `doubts` what the reading was unsure of (strict
    reading fails on them). `render_note` puts one into words.
    """

    tables: int
    rows: int
    cells: int
    blank: int
    dropped_headers: int = 0
    joined: int = 0
    skipped_rows: int = 0
    notes: tuple[Note, ...] = ()
    blanks: Mapping[str, int] = field(default_factory=dict)
    doubts: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class Briefing:
    """One briefing: its masthead, its cells, and the account of how they were read.

    `as_of` is the day that the texts speak of; `as_of_assumed` says that the masthead gave only a
    publication date. `missing_cities` are the cities of the province that the table does not name.
    """

    source: str
    cells: tuple[Cell, ...]
    reading: Reading
    title: str = ""
    issue: str = ""
    publisher: str = ""
    published: date | None = None
    as_of: date | None = None
    as_of_assumed: bool = False
    missing_cities: tuple[str, ...] = ()

    @property
    def cities(self) -> tuple[str, ...]:
        """The cities in the order of the table."""
        return tuple(dict.fromkeys(cell.city for cell in self.cells))

    @property
    def dimensions(self) -> tuple[str, ...]:
        """The dimensions in the order of the table."""
        return tuple(dict.fromkeys(cell.dimension for cell in self.cells))

    def to_frame(self) -> DataFrame:
        """Return the cells as a DataFrame with one row a cell (needs the `frame` extra)."""
        return to_frame(
            {
                "city": cell.city,
                "dimension": cell.dimension,
                "text": cell.text,
                "blank": cell.blank.value if cell.blank else "",
                "flags": " ".join(cell.flags),
                "file": cell.address.file,
                "page": cell.address.page,
                "sheet": cell.address.sheet,
                "table": cell.address.table,
                "row": cell.address.row,
                "column": cell.address.column,
            }
            for cell in self.cells
        )

    def _repr_html_(self) -> str:
        from yichuang_nlp.notebook import show_briefing

        return show_briefing(self)


@dataclass(frozen=True, slots=True)
class Cue:
    """A feature of a clause and how far it moved a score (log-odds; the model is additive)."""

    name: str
    weight: float


@dataclass(frozen=True, slots=True)
class Evidence:
    """A clause and what it claims: half-open offsets into the original text of the cell.

    `aspect` is d/o/f/n (done, under way, ahead, none), `role` s/p/b (substance, preparing step, background);
    `status` is what the clause alone speaks for (None for background); `weight` its share of the decision.
    """

    start: int
    end: int
    text: str
    status: Status | None
    aspect: str
    role: str
    weight: float
    cues: tuple[Cue, ...] = ()


@dataclass(frozen=True, slots=True)
class Prediction:
    """A cell with its status, or None and the reason why there is none.

    `proba` are the calibrated probabilities of the three statuses (they add up to 1; empty for a blank cell),
    `p_unstated` the probability that the text claims no progress at all, `options` the conformal set.
    """

    cell: Cell
    status: Status | None
    proba: Mapping[Status, float]
    evidence: tuple[Evidence, ...]
    needs_review: bool
    why: str = ""
    p_unstated: float = 0.0
    options: tuple[Status, ...] = ()
    review_reasons: tuple[str, ...] = ()

    @property
    def confidence(self) -> float:
        """The probability of the most likely status; 0 for a blank cell."""
        return max(self.proba.values(), default=0.0)

    @property
    def expected_rank(self) -> float | None:
        """0 (planned) to 1 (completed), from the probabilities; None where there is no status."""
        if self.status is None or not self.proba:
            return None
        return sum(status.rank * p for status, p in self.proba.items()) / 2

    def _repr_html_(self) -> str:
        from yichuang_nlp.notebook import show_prediction

        return show_prediction(self)


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """Which model gave the lights."""

    name: str
    version: str
    sha256: str


def to_frame(records: Iterable[Mapping[str, Any]]) -> DataFrame:
    """Return `records` as a DataFrame, or one sentence on how to get pandas."""
    try:
        import pandas as pd
    except ImportError as error:
        from yichuang_nlp.errors import MissingExtra

        raise MissingExtra.of("frame", "to_frame") from error
    return pd.DataFrame.from_records(list(records))
