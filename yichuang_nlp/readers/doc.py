"""Word files of before 2007, Kingsoft's wps, and rtf, through anydoc; LibreOffice for what that cannot read."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from yichuang_nlp.errors import BrokenFile, EncryptedFile, LimitExceeded, MissingExtra
from yichuang_nlp.grids import GridList, Piece
from yichuang_nlp.limits import DEFAULT, Limits
from yichuang_nlp.records import Grid

__all__ = ["read", "read_with_office"]


def read(path: Path, limits: Limits = DEFAULT) -> list[Grid]:
    """Return the tables of a doc, wps or rtf file with the prose between them."""
    try:
        import anydoc
    except ImportError as error:
        raise MissingExtra.of("office", path.name) from error
    try:
        document = anydoc.to_document(path.read_bytes())
    except anydoc.EncryptedError as error:
        raise EncryptedFile(
            path.name,
            found="a Word file with a password",
            expected="a file that opens without one",
            hint="save a copy without the password",
        ) from error
    except anydoc.ResourceLimitError as error:
        raise LimitExceeded(path.name, found=f"more than the parser allows ({error})", expected="less") from error
    except anydoc.ConvertError as error:
        return read_with_office(path, limits, str(error))
    reader = _Reader(GridList(path, limits), limits)
    reader.walk(document.blocks)
    return reader.grids.finish()


class _Reader:
    def __init__(self, grids: GridList, limits: Limits) -> None:
        self.grids = grids
        self._limits = limits

    def walk(self, blocks: Iterable[Any], depth: int = 0) -> None:
        """Go through blocks in order: tables become grids, all else prose."""
        if depth > self._limits.depth:
            raise LimitExceeded(self.grids.file, found="blocks nested too deep", expected=f"{self._limits.depth}")
        for block in blocks:
            if block.kind != "table":
                for line in _lines([block]):
                    self.grids.add_prose(line)
                continue
            inner = list(_tables_in(block.table))
            size = sum(slot.kind == "origin" for row in block.table.grid for slot in row)
            largest = max((sum(s.kind == "origin" for row in t.table.grid for s in row) for t in inner), default=0)
            if largest > size or (inner and size == 1):  # a table that only lays out the page
                for cell in _cells(block.table):
                    self.walk(cell.blocks, depth + 1)
            else:
                self.grids.add_pieces(_pieces(block.table))


def _cells(table: Any) -> Iterator[Any]:
    for row in table.grid:
        for slot in row:
            if slot.kind == "origin" and slot.cell is not None:
                yield slot.cell


def _tables_in(table: Any) -> Iterator[Any]:
    for cell in _cells(table):
        for block in cell.blocks:
            if block.kind == "table":
                yield block


def _pieces(table: Any) -> Iterator[Piece]:
    for i, row in enumerate(table.grid):
        for j, slot in enumerate(row):
            if slot.kind == "origin" and slot.cell is not None:
                text = "\n".join(_lines(slot.cell.blocks))
                yield Piece(i, j, text, max(1, slot.cell.row_span), max(1, slot.cell.col_span))


def _lines(blocks: Iterable[Any]) -> Iterator[str]:
    """Yield the text of blocks, one line a paragraph; a table inside a cell gives one line a row."""
    for block in blocks:
        if block.kind == "table":
            rows: dict[int, list[str]] = {}
            for piece in _pieces(block.table):
                rows.setdefault(piece.row, []).append(piece.text)
            yield from (" ".join(texts) for _, texts in sorted(rows.items()))
        elif block.kind == "list" and block.list is not None:
            for number, item in enumerate(block.list.items, block.list.start or 1):
                label = item.marker_label or (f"{number}." if block.list.marker == "decimal" else "")
                lines = list(_lines(item.blocks))
                yield from (f"{label}{line}" if k == 0 else line for k, line in enumerate(lines))
        elif block.blocks:
            yield from _lines(block.blocks)
        elif block.content is not None:
            yield _inline(block.content)
        elif block.text:
            yield block.text


def _inline(content: Iterable[Any]) -> str:
    parts = []
    for piece in content:
        if piece.kind == "line_break":
            parts.append("\n")
        elif piece.kind == "link" and piece.content is not None:
            parts.append(_inline(piece.content))
        elif piece.kind in {"text", "math"}:
            parts.append(piece.text or "")
    return "".join(parts)


def read_with_office(path: Path, limits: Limits, why: str) -> list[Grid]:
    """Return the grids of a file (Word 6/95) that LibreOffice, if installed, first turns into docx."""
    program = shutil.which("soffice") or shutil.which("libreoffice")
    if program is None:
        raise BrokenFile(
            path.name,
            found=f"a Word file that does not open ({why[:120]})",
            expected="a whole doc or wps of Word 97 or later",
            hint="open it and save it as docx, or install LibreOffice for files of Word 6 and 95",
        )
    from yichuang_nlp.readers import docx

    with tempfile.TemporaryDirectory() as folder:
        command = [program, f"-env:UserInstallation={Path(folder, 'profile').as_uri()}", "--headless", "--norestore"]
        command += ["--convert-to", "docx", "--outdir", folder, str(path)]
        try:
            subprocess.run(command, check=False, capture_output=True, timeout=limits.seconds)
        except subprocess.TimeoutExpired:
            raise LimitExceeded(
                path.name, found="a file that LibreOffice does not convert in time", expected=f"{limits.seconds:g} s"
            ) from None
        converted = Path(folder, path.stem + ".docx")
        if not converted.is_file():
            raise BrokenFile(
                path.name,
                found="a Word file that neither anydoc nor LibreOffice opens",
                expected="a whole file",
                hint="fetch it again",
            )
        return [replace(grid, file=path.name) for grid in docx.read(converted, limits)]
