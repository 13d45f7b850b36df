"""How much of a file the readers are willing to read, in one place and with a reason for each number."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["DEFAULT", "Limits"]

_MB = 1 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """The caps of one reading; whatever crosses one ends in `LimitExceeded`, never in a truncated result.

    Each cap stands far above what a briefing of a province with a hundred counties needs, and below what an
    office machine has.

    >>> Limits(seconds=5).seconds, Limits().rows
    (5, 20000)
    """

    file_bytes: int = 100 * _MB
    """A briefing of text has under 1 MB; one of scanned pages may have some dozens."""
    unpacked_bytes: int = 300 * _MB
    """One zip member or stream may hold a thousand times its packed size: a bomb does, a briefing never."""
    zip_members: int = 5_000
    """Office files have some dozen parts and one for each picture."""
    rows: int = 20_000
    """Rows of one table; a sheet may declare 1,048,576, a ledger of projects fills some thousands."""
    columns: int = 500
    """Columns of one table; a sheet declares up to 16,384."""
    cells: int = 400_000
    """Rows x columns of one table after merged cells are spread out: a bound on memory."""
    span: int = 5_000
    """Rows or columns that one merged cell may cover; browsers stop at 1,000 and 65,534."""
    cell_chars: int = 100_000
    """Characters in one cell; Excel stops at 32,767."""
    tables: int = 2_000
    """Tables of one file; saved web pages have up to some hundred layout tables."""
    pages: int = 1_000
    """Pages of one PDF."""
    depth: int = 200
    """Tags inside tags; libxml2 itself stops at 256, Python's stack at about 1,000 calls."""
    memory_bytes: int = 2_000 * _MB
    """Address space of the child process that runs the parsers written in C and Rust (POSIX only)."""
    seconds: float = 20
    """Wall-clock time of one file: a person is waiting."""
    scan_seconds: float = 300
    """Wall-clock time of a scan: recognising takes 5 to 10 s a page, and who installs the extra knows it."""


DEFAULT = Limits()
