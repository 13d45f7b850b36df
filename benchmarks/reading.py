"""Cells recovered and time per file: `read_briefing` against what people use for tables today.

    python -m benchmarks.reading

The files are the forms of the tests, written by code, so that everyone can run it. The other tools give tables, not
cells of cities and dimensions; to be fair to them, every table they return is read in the most favourable plain way
(the best header row, the best city column) and white space does not count. Ours runs as a user runs it, child
process and all. Tools that are not installed are named and left out.
"""

from __future__ import annotations

import contextlib
import importlib.util
import io
import logging
import re
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

from benchmarks.results import write_section
from tests.forms import FORMS
from tests.forms.merged import CELLS as MERGED_CELLS
from tests.forms.merged import MERGED
from tests.forms.merged import ROWS as MERGED_ROWS
from tests.test_reading import LINES, ROWS, expected

Table = list[list[str]]
Triple = tuple[str, str, str]
RUNS = 3


def bare(text: object) -> str:
    """Return text without white space, markup and Python's names for nothing."""
    text = "" if text is None or str(text) in {"nan", "None", "NaN"} else str(text)
    return re.sub(r"\s+|<br\s*/?>|\*\*", "", text.replace("\\|", "|"))


def favourable(tables: list[Table], wanted: set[Triple]) -> int:
    """Return how many wanted cells stand in `tables` under the header row and city column that suit them best."""
    cells: set[Triple] = set()
    cities = {city for city, _, _ in wanted}
    dimensions = {dimension for _, dimension, _ in wanted}
    header: list[str] = []
    for table in tables:
        for raw in table:
            row = [bare(cell) for cell in raw]
            if len(dimensions & set(row)) > len(dimensions) // 2:
                header = row
                continue
            city = next((cell for cell in row if cell in cities), "")
            for name, text in zip(header, row, strict=False):
                if city and name in dimensions:
                    cells.add((city, name, text))
    return len(cells & wanted)


def pandas_html(path: Path) -> list[Table]:
    import pandas as pd

    return [frame.values.tolist() for frame in pd.read_html(path, header=None)]


def pandas_excel(path: Path) -> list[Table]:
    import pandas as pd

    return [frame.values.tolist() for frame in pd.read_excel(path, header=None, sheet_name=None).values()]


def pandas_csv(path: Path) -> list[Table]:
    import pandas as pd

    return [pd.read_csv(path, header=None, encoding="gb18030").values.tolist()]


def python_docx(path: Path) -> list[Table]:
    import docx

    return [[[cell.text for cell in row.cells] for row in table.rows] for table in docx.Document(str(path)).tables]


def docx2python(path: Path) -> list[Table]:
    from docx2python import docx2python as convert

    with convert(path) as document:
        return [[["".join(chain.from_iterable(_flat(c))) for c in row] for row in table] for table in document.body]


def _flat(cell: Any) -> Iterator[str]:
    if isinstance(cell, str):
        yield cell
    else:
        for part in cell:
            yield from _flat(part)


def markitdown(path: Path) -> list[Table]:
    from markitdown import MarkItDown

    text = MarkItDown(enable_plugins=False).convert(str(path)).text_content
    rows = [line.strip().strip("|") for line in text.splitlines() if line.strip().startswith("|")]
    return [[[part.strip() for part in re.split(r"(?<!\\)\|", row)] for row in rows]]


def pdfplumber_plain(path: Path) -> list[Table]:
    import pdfplumber

    with pdfplumber.open(path) as document:
        return [table for page in document.pages for table in page.extract_tables()]


def camelot_lattice(path: Path) -> list[Table]:
    import camelot

    return [table.df.values.tolist() for table in camelot.read_pdf(str(path), pages="all", flavor="lattice")]


def camelot_stream(path: Path) -> list[Table]:
    import camelot

    return [table.df.values.tolist() for table in camelot.read_pdf(str(path), pages="all", flavor="stream")]


# name, package that must be installed, suffixes it is meant for, function
TOOLS: tuple[tuple[str, str, tuple[str, ...], Callable[[Path], list[Table]]], ...] = (
    ("pandas.read_html", "pandas", (".html",), pandas_html),
    ("pandas.read_excel", "pandas", (".xlsx", ".xls"), pandas_excel),
    ("pandas.read_csv", "pandas", (".csv",), pandas_csv),
    ("python-docx", "docx", (".docx", ".wps"), python_docx),
    ("docx2python", "docx2python", (".docx", ".wps"), docx2python),
    ("markitdown", "markitdown", (".docx", ".wps", ".xlsx", ".xls", ".html", ".pdf", ".csv"), markitdown),
    ("pdfplumber", "pdfplumber", (".pdf",), pdfplumber_plain),
    ("camelot lattice", "camelot", (".pdf",), camelot_lattice),
    ("camelot stream", "camelot", (".pdf",), camelot_stream),
)


def ours(path: Path, wanted: set[Triple]) -> int:
    """Return how many wanted cells `read_briefing` gives."""
    from yichuang_nlp.readers import read_briefing

    return len({(c.city, bare(c.dimension), bare(c.text)) for c in read_briefing(path).cells} & wanted)


def timed(call: Callable[[], int]) -> tuple[int, float, str]:
    """Return result, best time in ms and the error, if any, of a few runs."""
    best, found, error = float("inf"), 0, ""
    for _ in range(RUNS):
        started = time.perf_counter()
        try:
            with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
                found = call()
        except Exception as problem:  # a tool that fails on a file recovers nothing from it
            error = type(problem).__name__
        best = min(best, (time.perf_counter() - started) * 1000)
    return found, best, error


def run() -> list[dict[str, object]]:
    """Return one row a file and tool: form, tool, cells, of, ms, error."""
    warnings.simplefilter("ignore")
    logging.disable(logging.WARNING)
    rows: list[dict[str, object]] = []
    plain = {(city, bare(name), bare(text)) for city, name, text in expected()}
    merged = {(city, bare(name), bare(text)) for city, name, text in MERGED_CELLS}
    cases: list[tuple[Any, Sequence[Sequence[str]], set[Triple]]] = [(form, ROWS, plain) for form in FORMS]
    cases += [(form, MERGED_ROWS, merged) for form in MERGED if form.suffix != ".xls" or _installed("xlwt")]
    with tempfile.TemporaryDirectory() as folder:
        for number, (form, table, wanted) in enumerate(cases):
            path = Path(folder) / f"{number}{form.suffix}"
            form.write(path, table, LINES)

            def read(path: Path = path, wanted: set[Triple] = wanted) -> int:
                return ours(path, wanted)

            found, took, error = timed(read)
            rows.append(_row(form.name, "yichuang_nlp", found, wanted, took, error))
            for name, package, suffixes, tool in TOOLS:
                if form.suffix not in suffixes or not _installed(package):
                    continue

                def call(
                    tool: Callable[[Path], list[Table]] = tool, path: Path = path, wanted: set[Triple] = wanted
                ) -> int:
                    return favourable(tool(path), wanted)

                found, took, error = timed(call)
                rows.append(_row(form.name, name, found, wanted, took, error))
    logging.disable(logging.NOTSET)
    return rows


def _row(form: str, tool: str, found: int, wanted: set[Triple], took: float, error: str) -> dict[str, object]:
    return {"form": form, "tool": tool, "cells": found, "of": len(wanted), "ms": round(took, 1), "error": error}


def _installed(package: str) -> bool:
    return importlib.util.find_spec(package) is not None


def main() -> None:
    rows = [[r["form"], r["tool"], f"{r['cells']}/{r['of']}", r["ms"], r["error"]] for r in run()]
    absent = [name for name, package, _, _ in TOOLS if not _installed(package)]
    note = (__doc__ or "").strip() + (f"\n\nNot installed here: {', '.join(absent)}." if absent else "")
    write_section("Reading", note, ["form", "tool", "cells", "ms", ""], rows)


if __name__ == "__main__":
    main()
