"""Tables of cells as CSV: what `yichuang score` reads and `yichuang score` and `yichuang read` write."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from yichuang_nlp.encoding import decode
from yichuang_nlp.errors import BadTable
from yichuang_nlp.marks import find_blank
from yichuang_nlp.records import Address, Briefing, Cell, Prediction, Status

if TYPE_CHECKING:
    from pandas import DataFrame

    from yichuang_nlp.classifier import StatusModel

__all__ = ["escape_formula", "read_cell_table", "score_frame", "score_table", "write_cells", "write_table"]

NEEDED = ("city", "dimension", "text")
ADDED = ("status", "p_planned", "p_in_progress", "p_completed", "needs_review", "evidence", "why")
_MOST_FIELD = 2**20  # characters of one CSV field; Python's own cap (128 KiB) is below a long reply pasted whole
# A spreadsheet runs what begins with = + - @ (or a tab or return before it); a plain number is no formula.
_FORMULA = re.compile(r"\s*[=+\-@＝＋－＠]")
_NUMBER = re.compile(r"[+-]?[\d.,]+%?")


def escape_formula(text: str) -> str:
    """Return `text` so that a spreadsheet takes it as text: an apostrophe before what could be a formula.

    >>> escape_formula('=HYPERLINK("x")'), escape_formula("-3.5%"), escape_formula("已完成")
    ('\\'=HYPERLINK("x")', '-3.5%', '已完成')
    """
    return f"'{text}" if _FORMULA.match(text) and not _NUMBER.fullmatch(text) else text


def read_cell_table(data: bytes, where: str) -> tuple[list[str], list[dict[str, str]]]:
    """Return the header and rows of a CSV of cells; `text` must be among its columns.

    `city` and `dimension` may be missing columns or empty fields. The encoding (UTF-8, UTF-16, GB18030) and a
    tab or semicolon in place of the comma are found out.
    """
    text = decode(data, where)
    if not text.strip():
        raise BadTable(where, found="an empty file", expected="columns " + ", ".join(NEEDED))
    head = text.splitlines()[0]
    delimiter = max(",\t;", key=head.count)
    csv.field_size_limit(_MOST_FIELD)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        rows = [row for row in reader if row]
    except csv.Error as error:
        raise BadTable(
            f"{where}, line {reader.line_num}", found=str(error), expected="a CSV with quoted fields"
        ) from error
    columns = [name.strip().lstrip("\ufeff") for name in rows[0]]
    if "text" not in columns or "dimension" not in columns:
        raise BadTable(
            where, found="columns " + ", ".join(columns)[:200], expected="columns " + ", ".join(NEEDED),
            hint="name them in the first line; yichuang read FILE -o CELLS.csv writes such a table",
        )  # fmt: skip
    if len(set(columns)) < len(columns):
        raise BadTable(where, found="two columns of one name", expected="each column once")
    records = []
    for number, row in enumerate(rows[1:], 2):
        if len(row) > len(columns) and any(field.strip() for field in row[len(columns) :]):
            raise BadTable(
                f"{where}, row {number}", found=f"{len(row)} fields", expected=f"{len(columns)}, as in the header",
                hint="put quotes around a text that holds the delimiter",
            )  # fmt: skip
        records.append(dict(zip(columns, [*row, *[""] * (len(columns) - len(row))])))
    return columns, records


def _to_cell(record: Mapping[str, Any], where: str, row: int) -> Cell:
    text = str(record["text"] or "")
    return Cell(
        str(record.get("city") or "").strip(), str(record.get("dimension") or "").strip(), text,
        Address(where, row=row), find_blank(text),
    )  # fmt: skip


def _added(prediction: Prediction) -> dict[str, str]:
    evidence = [
        {"start": e.start, "end": e.end, "text": e.text, "status": e.status.value if e.status else None}
        for e in prediction.evidence
    ]
    return {
        "status": prediction.status.value if prediction.status else "",
        **{f"p_{s.value}": f"{prediction.proba[s]:.6f}" if prediction.proba else "" for s in Status},
        "needs_review": "true" if prediction.needs_review else "false",
        "evidence": json.dumps(evidence, ensure_ascii=False),
        "why": prediction.why,
    }


def score_table(
    model: StatusModel, columns: Sequence[str], records: Sequence[Mapping[str, str]], where: str
) -> tuple[list[str], list[dict[str, str]]]:
    """Return the table with the columns `ADDED`; order and other columns are kept, old ones of those names go."""
    cells = [_to_cell(record, where, row) for row, record in enumerate(records, 2)]
    kept = [name for name in columns if name not in ADDED]
    scored = [
        {**{name: record[name] for name in kept}, **_added(prediction)}
        for record, prediction in zip(records, model.predict(cells))
    ]
    return [*kept, *ADDED], scored


def score_frame(frame: DataFrame, model: StatusModel | None = None) -> DataFrame:
    """Return a copy of `frame` (columns text, dimension and maybe city) with the columns `ADDED`.

    A pure function over a pandas partition: `dask.dataframe.map_partitions` and Spark's `mapInPandas` take it.
    Probabilities are floats (NaN where there is no text), `needs_review` is boolean, `status` None where unknown.
    """
    import pandas as pd

    if missing := {"text", "dimension"} - set(frame.columns):
        raise BadTable("score_frame", found=f"no column {sorted(missing)[0]}", expected="columns " + ", ".join(NEEDED))
    if model is None:
        from yichuang_nlp.classifier import load_model

        model = load_model()
    records = frame.fillna({"text": "", "dimension": ""}).to_dict("records")
    predictions = model.predict([_to_cell(record, "frame", row) for row, record in enumerate(records, 1)])
    added = [_added(prediction) for prediction in predictions]
    result = frame.copy()
    for name in ADDED:
        values: list[Any] = [row[name] for row in added]
        if name.startswith("p_"):
            result[name] = pd.array([float(value) if value else float("nan") for value in values], dtype="float64")
        elif name == "needs_review":
            result[name] = pd.array([value == "true" for value in values], dtype="bool")
        else:
            result[name] = pd.Series([value or None for value in values], index=frame.index, dtype="object")
    return result


def write_table(columns: Sequence[str], records: Iterable[Mapping[str, Any]]) -> str:
    """Return a CSV (comma, CRLF as RFC 4180 has it) with every field safe to open in a spreadsheet."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(columns)
    for record in records:
        writer.writerow([escape_formula(str(record[name])) for name in columns])
    return out.getvalue()


def write_cells(briefings: Iterable[Briefing]) -> str:
    """Return the tidy cells of `briefings` with their addresses, as CSV."""
    columns = (*NEEDED, "blank", "flags", "file", "page", "sheet", "table", "row", "column")
    records = [
        {
            "city": cell.city,
            "dimension": cell.dimension,
            "text": cell.text,
            "blank": cell.blank.value if cell.blank else "",
            "flags": " ".join(cell.flags),
            "file": cell.address.file,
            "page": cell.address.page or "",
            "sheet": cell.address.sheet,
            "table": cell.address.table or "",
            "row": cell.address.row or "",
            "column": cell.address.column or "",
        }
        for briefing in briefings
        for cell in briefing.cells
    ]
    return write_table(columns, records)
