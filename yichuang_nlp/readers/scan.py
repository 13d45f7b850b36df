"""Scanned PDF: pages as pictures, through RapidOCR, whose package brings its models and works offline."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

from yichuang_nlp.errors import LimitExceeded, NoTable
from yichuang_nlp.grids import GridList
from yichuang_nlp.limits import DEFAULT, Limits
from yichuang_nlp.pages import Found, Page, add_pages, build_page, fill_cells
from yichuang_nlp.records import Grid
from yichuang_nlp.typeset import Glyph

__all__ = ["read"]

_SCALE = 2.2  # 158 dots an inch: a 9 point character is 20 dots high, as large as the recogniser looks at
_DARK = 128
_RULE = 60  # dots; the longest stroke of a character in a headline has about 40
_TOUCH = 6.0  # dots within which two rules meet


def read(path: Path, limits: Limits = DEFAULT) -> list[Grid]:
    """Return the tables of a scan with the prose between them, as `scanned` grids.

    Rules must be straight: a page that lies askew by more than a degree gives lines of prose instead of a table.
    """
    try:
        pypdfium2 = import_module("pypdfium2")  # without types
        from rapidocr import RapidOCR
    except ImportError as error:
        raise NoTable(
            path.name,
            found="a scan: pictures of pages without text",
            expected="a PDF with text",
            hint='ask for the file it was printed from, or install OCR: pip install "yichuang_nlp[ocr]"',
        ) from error
    logging.disable(logging.WARNING)  # it logs each model it loads
    engine = RapidOCR()
    document = pypdfium2.PdfDocument(path)
    if len(document) > limits.pages:
        raise LimitExceeded(path.name, found=f"{len(document):,} pages", expected=f"at most {limits.pages:,}")
    pages = [_read_page(number, page, engine) for number, page in enumerate(document, 1)]
    grids = GridList(path, limits, scanned=True)
    add_pages(grids, pages)
    return grids.finish()


def _read_page(number: int, page: Any, engine: Any) -> Page:
    import numpy as np

    picture = np.asarray(page.render(scale=_SCALE).to_pil().convert("RGB"))
    result = engine(picture)
    glyphs = []
    if result.boxes is not None:
        for box, text in zip(result.boxes.tolist(), result.txts, strict=True):
            xs, ys = [point[0] for point in box], [point[1] for point in box]
            glyphs.append(Glyph(_widen(text), min(xs), min(ys), max(xs), max(ys)))
    gray = picture.mean(axis=2)
    return build_page(number, float(picture.shape[0]), glyphs, _tables(gray < _DARK, glyphs))


# Recognisers mix the widths of marks up; between ideographs Chinese sets the full ones.
_NARROW = re.compile(r"(?<=[^\x00-\x7f])[(),:;!?]|[(),:;!?](?=[^\x00-\x7f])")


def _widen(text: str) -> str:
    """Return `text` with full-width marks beside ideographs.

    >>> _widen("各县(市、区)已部署,共1,263个")
    '各县（市、区）已部署，共1,263个'
    """
    return _NARROW.sub(lambda match: chr(ord(match.group()) + 0xFEE0), text)


def _tables(dark: Any, glyphs: list[Glyph]) -> list[Found]:
    """Return the ruled tables: rules are long dark runs, the rest is what pdfplumber does with drawn rules."""
    from pdfplumber.table import Table, cells_to_tables, edges_to_intersections, intersections_to_cells, merge_edges

    edges = [*_edges(dark, "h"), *_edges(dark.T, "v")]
    if not edges:
        return []
    joined = merge_edges(edges, _TOUCH, _TOUCH, _TOUCH, _TOUCH)
    cells = intersections_to_cells(edges_to_intersections(joined, _TOUCH, _TOUCH))
    found = []
    for group in cells_to_tables(cells):
        table = Table(None, group)
        if len(table.rows) > 1:
            left, top, right, bottom = table.bbox
            found.append(((left, top, right, bottom), fill_cells(table, glyphs)))
    return found


def _edges(dark: Any, orientation: str) -> Iterator[dict[str, Any]]:
    """Yield the dark runs of at least `_RULE` dots along the rows of `dark`."""
    import numpy as np

    for y in np.flatnonzero(dark.sum(axis=1) >= _RULE):
        bounds = np.flatnonzero(np.diff(np.concatenate(([0], dark[y].astype(np.int8), [0]))))
        for start, end in zip(bounds[::2].tolist(), bounds[1::2].tolist(), strict=True):
            if end - start < _RULE:
                continue
            at, low, high = float(y), float(start), float(end)
            box = (low, at, high, at) if orientation == "h" else (at, low, at, high)
            names = ("x0", "top", "x1", "bottom")
            size = {"width": box[2] - box[0], "height": box[3] - box[1]}
            yield {**dict(zip(names, box, strict=True)), **size, "orientation": orientation}
