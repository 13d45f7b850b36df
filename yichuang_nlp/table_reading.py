"""What the reading of tables or sections has found: cells, and the account of how they were found."""

from __future__ import annotations

from dataclasses import dataclass, field

from yichuang_nlp.notes import Note
from yichuang_nlp.places import Place
from yichuang_nlp.records import Cell

__all__ = ["TableReading"]


@dataclass(slots=True)
class TableReading:
    """The cells of all tables and the account of how they were found."""

    cells: list[Cell] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)
    tables: int = 0
    rows: int = 0
    dropped_headers: int = 0
    joined: int = 0
    skipped_rows: int = 0
    notes: list[Note] = field(default_factory=list)
    doubts: list[Note] = field(default_factory=list)
