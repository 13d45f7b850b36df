"""The cells of one briefing as a Parquet part: one row a cell, the same columns and types in every part."""

from __future__ import annotations

import io
import json
from typing import Any

from yichuang_nlp.findings import GapReport
from yichuang_nlp.records import Evidence, Prediction, Status

__all__ = ["render_part"]

# name -> type, as pyarrow names them; `year` and `province` stand in the folder names (hive partitioning)
COLUMNS: tuple[tuple[str, str], ...] = (
    ("briefing", "string"), ("issue", "string"), ("as_of", "date32"),
    ("city", "string"), ("city_code", "string"), ("dimension", "string"), ("text", "string"),
    ("status", "string"), ("p_planned", "float64"), ("p_in_progress", "float64"), ("p_completed", "float64"),
    ("p_unstated", "float64"), ("needs_review", "bool_"), ("review_reasons", "string"), ("why", "string"),
    ("blank", "string"), ("evidence", "string"), ("flags", "string"),
    ("file", "string"), ("page", "int32"), ("sheet", "string"), ("table", "int32"), ("row", "int32"),
    ("column", "int32"),
)  # fmt: skip
_ENCODE = json.JSONEncoder(ensure_ascii=False).encode  # json.dumps would make an encoder for every cell


def render_part(report: GapReport, key: str, codes: dict[str, str]) -> bytes:
    """Return the Parquet bytes of `report`; `codes` are the place codes of its cities, `key` names the briefing.

    Nothing in it depends on the hour or the machine: the same briefing and model give the same bytes.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = pa.schema([(name, getattr(pa, kind)()) for name, kind in COLUMNS])
    rows = [_row(prediction, report, key, codes) for prediction in report.predictions]
    table = pa.table({name: [row[name] for row in rows] for name, _ in COLUMNS}, schema=schema)
    out = io.BytesIO()
    pq.write_table(table, out, compression="zstd")
    return out.getvalue()


def _row(prediction: Prediction, report: GapReport, key: str, codes: dict[str, str]) -> dict[str, Any]:
    cell, address = prediction.cell, prediction.cell.address
    return {
        "briefing": key,
        "issue": report.briefing.issue,
        "as_of": report.briefing.as_of,
        "city": cell.city,
        "city_code": codes.get(cell.city, ""),
        "dimension": cell.dimension,
        "text": cell.text,
        "status": prediction.status.value if prediction.status else None,
        **{f"p_{status.value}": prediction.proba.get(status) for status in Status},
        "p_unstated": None if cell.blank else prediction.p_unstated,
        "needs_review": prediction.needs_review,
        "review_reasons": " ".join(prediction.review_reasons),
        "why": prediction.why,
        "blank": cell.blank.value if cell.blank else "",
        "evidence": _ENCODE([_quote(one) for one in prediction.evidence]),
        "flags": " ".join(cell.flags),
        "file": address.file,
        "page": address.page,
        "sheet": address.sheet,
        "table": address.table,
        "row": address.row,
        "column": address.column,
    }


def _quote(one: Evidence) -> dict[str, Any]:
    return {"start": one.start, "end": one.end, "text": one.text, "status": one.status.value if one.status else None}
