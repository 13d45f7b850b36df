"""CSV and TSV files in any usual encoding, with any usual delimiter, with or without a title row."""

from __future__ import annotations

import csv
import io
from collections import Counter
from pathlib import Path

from yichuang_nlp.encoding import decode
from yichuang_nlp.errors import BrokenFile
from yichuang_nlp.grids import GridList
from yichuang_nlp.limits import DEFAULT, Limits
from yichuang_nlp.records import Grid

__all__ = ["read"]

_DELIMITERS = ",\t;|，"


def read(path: Path, limits: Limits = DEFAULT) -> list[Grid]:
    """Return the one table of a delimited file; blank lines in it stay as blank rows."""
    text = decode(path.read_bytes(), path.name)
    if text.lower().startswith("sep=") and "\n" in text:  # Excel's own note on the delimiter
        text = text.split("\n", 1)[1]
    rows = _parse(text, path)
    grids = GridList(path, limits)
    grids.add_rows(rows)
    return grids.finish()


def _parse(text: str, path: Path) -> list[list[str]]:
    """Return the rows under the delimiter that makes the most rows of one width above 1."""
    best: tuple[int, int, list[list[str]]] = (-1, 0, [])
    named = path.suffix.lower() in {".tsv", ".tab"} and "\t" in text  # commas inside quoted cells can outvote it
    for delimiter in "\t" if named else _DELIMITERS:
        if delimiter not in text:
            continue
        try:
            rows = list(csv.reader(io.StringIO(text.replace("\0", ""), newline=""), delimiter=delimiter))
        except csv.Error as error:
            raise BrokenFile(
                path.name,
                found=f"a quoted cell that does not end ({error})",
                expected="a CSV file",
                hint="open it in a spreadsheet program and save it again",
            ) from error
        widths = Counter(len(row) for row in rows if len(row) > 1)
        width, count = max(widths.items(), key=lambda pair: (pair[1], pair[0]), default=(0, 0))
        best = max(best, (count, width, rows), key=lambda option: option[:2])
    return best[2] or [[line] for line in text.splitlines()]
