"""Saved web pages (html, mhtml, and html that calls itself .xls or .doc): tables inside layout tables."""

from __future__ import annotations

import email
import email.policy
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from yichuang_nlp.encoding import decode
from yichuang_nlp.errors import BrokenFile, LimitExceeded
from yichuang_nlp.grids import GridList, Piece
from yichuang_nlp.limits import DEFAULT, Limits
from yichuang_nlp.records import Grid

__all__ = ["read"]

_SKIPPED = {"script", "style", "noscript", "template", "head", "select", "textarea", "object", "iframe", "svg", "math"}
_BLOCKS = {
    *("p", "div", "section", "article", "header", "footer", "main", "aside", "nav", "center", "form", "fieldset"),
    *("h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "dl", "dt", "dd", "pre", "blockquote", "hr", "figure"),
    *("address", "table", "tr", "caption", "tbody", "thead", "tfoot", "body", "td", "th"),
}
_CHARSET = re.compile(rb"""<meta[^>]+charset\s*=\s*["']?\s*([\w-]+)""", re.I)
_XML_CHARSET = re.compile(rb"""^<\?xml[^>]+encoding\s*=\s*["']([\w-]+)""")
# A line break of the source between two ideographs is no blank: nobody sees it as one in Chinese.
_SOURCE_BREAK = re.compile(r"(?<=[^\x00-\x7f])[ \t]*[\r\n][ \t\r\n]*(?=[^\x00-\x7f])")
_SPACES = re.compile(r"[ \t\r\n\f]+")


@dataclass(slots=True)
class _Table:
    pieces: list[Piece] = field(default_factory=list)
    elements: list[Any] = field(default_factory=list)
    inner: list[_Table] = field(default_factory=list)


def read(path: Path, limits: Limits = DEFAULT) -> list[Grid]:
    """Return the tables of a page in reading order; tables that only lay the page out become prose."""
    data = path.read_bytes()
    if b"<" not in data[:512] or data[:512].lower().lstrip().startswith((b"mime-version", b"from:")):
        data = _unpack_mhtml(data, path)
    declared = _CHARSET.search(data[:4096]) or _XML_CHARSET.search(data)
    text = decode(data, path.name, declared=declared[1].decode("ascii") if declared else "")
    root = _parse(text, path, limits)
    walker = _Walker(path, limits)
    if root is not None:
        walker.walk(root)
        walker.flush()
    return walker.grids.finish()


def _unpack_mhtml(data: bytes, path: Path) -> bytes:
    message = email.message_from_bytes(data, policy=email.policy.default)
    for part in message.walk():
        if part.get_content_type() == "text/html":
            body = part.get_payload(decode=True)
            if isinstance(body, bytes):
                return body
    raise BrokenFile(path.name, found="a web archive without a page", expected="an mhtml file", hint="save it as html")


def _parse(text: str, path: Path, limits: Limits) -> Any:
    from lxml import etree

    parser = etree.HTMLParser(encoding="utf-8", no_network=True, huge_tree=False, remove_comments=True, remove_pis=True)
    clean = text.encode("utf-8", "replace").replace(b"\0", b"")
    try:
        root = etree.fromstring(clean, parser) if clean.strip() else None
    except etree.XMLSyntaxError as error:
        raise BrokenFile(
            path.name, found=f"a page that does not parse ({error})", expected="html", hint="save it again"
        ) from error
    for entry in parser.error_log:
        if "depth" in entry.message.lower():  # libxml2 stops there and would drop the rest without a word
            raise LimitExceeded(
                path.name, found="tags nested too deep", expected=f"at most {limits.depth}", hint="is it a briefing?"
            )
    return root


class _Walker:
    def __init__(self, path: Path, limits: Limits) -> None:
        self.grids = GridList(path, limits)
        self._limits = limits
        self._line: list[str] = []

    def flush(self) -> None:
        """End the current line of prose."""
        self.grids.add_prose(_fold("".join(self._line)))
        self._line = []

    def walk(self, element: Any, depth: int = 0) -> None:
        """Go through the page in order."""
        self._check_depth(depth)
        if not isinstance(element.tag, str) or element.tag in _SKIPPED or _is_hidden(element):
            return
        if element.tag == "table":
            self.flush()
            self._add(_build(element, self._limits, self.grids.file, depth), depth)
            return
        block = element.tag in _BLOCKS
        if block or element.tag == "br":
            self.flush()
        self._line.append(element.text or "")
        for child in element:
            self.walk(child, depth + 1)
            self._line.append(child.tail or "")
        if block:
            self.flush()

    def _add(self, table: _Table, depth: int) -> None:
        inner = max((len(nested.pieces) for nested in table.inner), default=0)
        if inner > len(table.pieces) or len(table.pieces) == 1:
            for cell in table.elements:  # a layout table: its cells are parts of the page
                self._line.append(cell.text or "")
                for child in cell:
                    self.walk(child, depth + 3)
                    self._line.append(child.tail or "")
                self.flush()
        else:
            self.grids.add_pieces(table.pieces)

    def _check_depth(self, depth: int) -> None:
        if depth > self._limits.depth + 60:  # libxml2 itself stops at 256
            raise LimitExceeded(self.grids.file, found="tags nested too deep", expected=f"{self._limits.depth}")


def _is_hidden(element: Any) -> bool:
    return "display:none" in (element.get("style") or "").replace(" ", "").lower()


def _rows(table: Any) -> list[Any]:
    rows = []
    for child in table:
        if child.tag == "tr":
            rows.append(child)
        elif child.tag in {"thead", "tbody", "tfoot"}:
            rows.extend(row for row in child if row.tag == "tr")
    return [row for row in rows if not _is_hidden(row)]


def _build(table: Any, limits: Limits, file: str, depth: int) -> _Table:
    """Return the placed cells of a table after the rules of HTML: rowspan ends with the table, colspan at 1000."""
    if depth > limits.depth + 60:
        raise LimitExceeded(file, found="tables nested too deep", expected=f"{limits.depth}")
    rows = _rows(table)
    if len(rows) > limits.rows:
        raise LimitExceeded(file, found=f"a table with {len(rows):,} rows", expected=f"at most {limits.rows:,}")
    out = _Table()
    taken: dict[int, int] = {}  # column -> first row that is free again
    for i, row in enumerate(rows):
        column = 0
        for cell in row:
            if cell.tag not in {"td", "th"} or _is_hidden(cell):
                continue
            while taken.get(column, 0) > i:
                column += 1
            width = _span(cell.get("colspan"), 1000)
            height = _span(cell.get("rowspan"), len(rows)) or len(rows)
            height = min(height, len(rows) - i)
            if column + width > limits.columns and width < 1000:
                raise LimitExceeded(
                    file, found=f"a row with {column + width:,} columns", expected=f"at most {limits.columns:,}"
                )
            width = min(max(width, 1), limits.columns - column)
            out.pieces.append(Piece(i, column, _cell_text(cell), height, width))
            out.elements.append(cell)
            out.inner.extend(_build(nested, limits, file, depth + 1) for nested in _nested(cell))
            for covered in range(column, column + width):
                taken[covered] = i + height
            column += width
    return out


def _span(text: str | None, cap: int) -> int:
    text = (text or "1").strip()
    return min(int(text), cap) if text.isdecimal() and len(text) < 12 else min(cap, 1 if len(text) < 12 else cap)


def _nested(cell: Any) -> list[Any]:
    return [table for table in cell.iter("table") if next(table.iterancestors("td", "th"), None) is cell]


def _cell_text(cell: Any) -> str:
    """Return the text of a cell, one line a paragraph."""
    parts: list[str] = []

    def collect(element: Any) -> None:
        if not isinstance(element.tag, str) or element.tag in _SKIPPED or _is_hidden(element):
            return
        block = element.tag in _BLOCKS and element is not cell and element.tag not in {"td", "th"}
        if block or element.tag == "br":
            parts.append("\v")
        elif element.tag in {"td", "th"} and element is not cell:
            parts.append(" ")
        parts.append(element.text or "")
        for child in element:
            collect(child)
            parts.append(child.tail or "")
        if block:
            parts.append("\v")

    collect(cell)
    return "\n".join(_fold(line) for line in "".join(parts).split("\v"))


def _fold(text: str) -> str:
    return _SPACES.sub(" ", _SOURCE_BREAK.sub("", text)).strip()
