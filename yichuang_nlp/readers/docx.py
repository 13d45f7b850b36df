"""Word files (docx) from their XML: merged cells, nested tables, controls, text boxes, tracked changes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from yichuang_nlp.errors import BrokenFile, LimitExceeded
from yichuang_nlp.grids import GridList, Piece
from yichuang_nlp.limits import DEFAULT, Limits
from yichuang_nlp.records import Grid
from yichuang_nlp.zips import Package, parse_xml

__all__ = ["read"]

# Both namespaces occur: "transitional" (all of Word's own files) and "strict" (ISO 29500).
_MAIN = (
    "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}",
    "{http://purl.oclc.org/ooxml/wordprocessingml/main}",
)
# What is not part of the text as it stands: deleted runs, the second copy of a drawing, ruby, formatting.
_SKIPPED = {
    "del",
    "moveFrom",
    "Fallback",
    "rt",
    "pPr",
    "rPr",
    "tblPr",
    "tblGrid",
    "sectPr",
    "sdtPr",
    "instrText",
}


@dataclass(slots=True)
class _Table:
    pieces: list[Piece] = field(default_factory=list)
    nested: list[tuple[int, _Table]] = field(default_factory=list)  # index of the piece that holds it


def read(path: Path, limits: Limits = DEFAULT) -> list[Grid]:
    """Return the tables of a docx in reading order with the prose between them."""
    with Package(path, limits) as package:
        root = parse_xml(package.read(_main_part(package)), path.name)
    body = next((child for child in root if _name(child) == "body"), None)
    if body is None:
        raise BrokenFile(path.name, found="a Word file without a body", expected="a whole docx")
    reader = _Reader(path, limits)
    reader.walk(body)
    return reader.grids.finish()


def _main_part(package: Package) -> str:
    names = set(package.names())
    if "word/document.xml" in names:
        return "word/document.xml"
    for name in names:  # the name is free; the content type is not, but in practice the file name says it
        if name.startswith("word/document") and name.endswith(".xml"):
            return name
    return "word/document.xml"


def _name(element: Any) -> str:
    tag = element.tag
    return tag.rsplit("}", 1)[-1] if isinstance(tag, str) else ""


def _value(element: Any, child: str, default: str = "") -> str | None:
    """Return w:val of the child called `child`; None without such a child."""
    for found in element:
        if _name(found) == child:
            for prefix in _MAIN:
                if (value := found.get(prefix + "val")) is not None:
                    return str(value)
            return default
    return None


class _Reader:
    def __init__(self, path: Path, limits: Limits) -> None:
        self.grids = GridList(path, limits)
        self._limits = limits

    def walk(self, parent: Any, depth: int = 0) -> None:
        """Go through blocks in order: paragraphs become prose, tables grids, wrappers are opened."""
        if depth > self._limits.depth:
            raise LimitExceeded(self.grids.file, found="tags nested too deep", expected=f"{self._limits.depth}")
        for child in parent:
            name = _name(child)
            if name == "p":
                self.grids.add_prose(_text(child))
                for box in _text_boxes(child):
                    self.walk(box, depth + 1)
            elif name == "tbl":
                self._add(self._table(child, depth + 1))
            elif name not in _SKIPPED:
                self.walk(child, depth + 1)

    def _add(self, table: _Table) -> None:
        """Add a table; one that only lays out larger tables inside becomes prose and those tables."""
        inner = max((len(nested.pieces) for _, nested in table.nested), default=0)
        if inner <= len(table.pieces) and not (inner and len(table.pieces) == 1):
            self.grids.add_pieces(_flattened(table))
            return
        for index, piece in enumerate(table.pieces):
            self.grids.add_prose(piece.text)
            for owner, nested in table.nested:
                if owner == index:
                    self._add(nested)

    def _table(self, tbl: Any, depth: int) -> _Table:
        if depth > self._limits.depth:
            raise LimitExceeded(self.grids.file, found="tables nested too deep", expected=f"{self._limits.depth}")
        table = _Table()
        open_merges: dict[int, int] = {}  # column -> index of the piece that goes on downwards
        for row, tr in enumerate(_opened(tbl, "tr", self._limits.depth)):
            if row >= self._limits.rows:
                raise LimitExceeded(self.grids.file, found="too many rows", expected=f"{self._limits.rows:,}")
            properties = next((child for child in tr if _name(child) == "trPr"), ())
            if any(_name(mark) == "del" for mark in properties):
                continue
            column = _number(_value(properties, "gridBefore"), 0) if len(properties) else 0
            for tc in _opened(tr, "tc", self._limits.depth):
                tc_pr = next((child for child in tc if _name(child) == "tcPr"), ())
                width = max(1, _number(_value(tc_pr, "gridSpan"), 1))
                if column + width > self._limits.columns:
                    raise LimitExceeded(
                        self.grids.file,
                        found=f"a row with {column + width:,} columns",
                        expected=f"at most {self._limits.columns:,}",
                    )
                merge = _value(tc_pr, "vMerge", "continue")
                text, nested = self._cell(tc, depth)
                above = open_merges.get(column)
                if merge == "continue" and above is not None and table.pieces[above].columns == width:
                    piece = table.pieces[above]
                    joined = "\n".join(part for part in (piece.text, text) if part)
                    table.pieces[above] = Piece(piece.row, column, joined, row - piece.row + 1, piece.columns)
                    owner = above
                else:
                    owner = len(table.pieces)
                    table.pieces.append(Piece(row, column, text, 1, width))
                    if merge is None:
                        open_merges.pop(column, None)
                    else:
                        open_merges[column] = len(table.pieces) - 1
                table.nested.extend((owner, inner) for inner in nested)
                column += width
        return table

    def _cell(self, tc: Any, depth: int) -> tuple[str, list[_Table]]:
        """Return a cell's paragraphs as lines, and the tables inside it."""
        lines: list[str] = []
        nested: list[_Table] = []
        for block in _cell_blocks(tc, self._limits.depth):
            if _name(block) == "p":
                lines.append(_text(block))
                for box in _text_boxes(block):
                    lines.extend(_text(p) for p in _opened(box, "p", self._limits.depth))
            else:
                nested.append(self._table(block, depth + 1))
        return "\n".join(lines), nested


def _flattened(table: _Table) -> list[Piece]:
    """Return the pieces of `table`, where a table inside a cell is lines of its text."""
    extra: dict[int, list[str]] = {}
    for owner, nested in table.nested:
        rows: dict[int, list[str]] = {}
        for piece in _flattened(nested):
            rows.setdefault(piece.row, []).append(piece.text)
        extra.setdefault(owner, []).extend(" ".join(texts) for _, texts in sorted(rows.items()))
    return [
        Piece(p.row, p.column, "\n".join([p.text, *extra.get(i, [])]), p.rows, p.columns)
        for i, p in enumerate(table.pieces)
    ]


def _number(text: str | None, default: int) -> int:
    return int(text[:10]) if text and text.isdecimal() else default


def _opened(parent: Any, wanted: str, depth: int) -> Iterator[Any]:
    """Yield the children called `wanted`, also those inside content controls and tracked changes."""
    for child in parent:
        name = _name(child)
        if name == wanted:
            yield child
        elif name in {"sdt", "sdtContent", "customXml", "ins", "moveTo", "smartTag"} and depth > 0:
            yield from _opened(child, wanted, depth - 1)


def _cell_blocks(parent: Any, depth: int) -> Iterator[Any]:
    for child in parent:
        name = _name(child)
        if name in {"p", "tbl"}:
            yield child
        elif name not in _SKIPPED and name != "tcPr" and depth > 0:
            yield from _cell_blocks(child, depth - 1)


def _text_boxes(paragraph: Any) -> Iterator[Any]:
    for element in paragraph.iter():
        if _name(element) == "txbxContent" and not any(_name(up) == "Fallback" for up in element.iterancestors()):
            inside = next((up for up in element.iterancestors() if up is paragraph or _name(up) == "txbxContent"), None)
            if inside is paragraph:
                yield element


def _text(paragraph: Any) -> str:
    """Return the text of a paragraph as it stands: insertions in, deletions and text boxes out."""
    parts: list[str] = []
    stack = list(reversed(paragraph))
    while stack:
        element = stack.pop()
        name = _name(element)
        if name == "t":
            parts.append(element.text or "")
        elif name in {"tab", "ptab"}:
            parts.append(" ")
        elif name in {"br", "cr"}:
            parts.append("\n")
        elif name in {"noBreakHyphen", "softHyphen"}:
            parts.append("-" if name == "noBreakHyphen" else "")
        elif name not in _SKIPPED and name != "txbxContent":
            stack.extend(reversed(element))
    return "".join(parts)
