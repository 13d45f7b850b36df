"""The cells as CSV: one row a cell, for spreadsheets and programs; cells that look like formulas stay text."""

from __future__ import annotations

import csv
from io import StringIO

from yichuang_nlp.findings import GapReport
from yichuang_nlp.reports.tables import build_tables, safe_text
from yichuang_nlp.reports.wording import Lang

__all__ = ["render_csv"]


def render_csv(report: GapReport, lang: Lang = "zh") -> bytes:
    """Return the cells as CSV in UTF-8 with a mark at the front, without which Excel takes it for GBK."""
    out = StringIO()
    table = build_tables(report, lang)["cells"]
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(table.names)
    for row in table.rows:
        writer.writerow(
            safe_text(value) if isinstance(value, str) else "" if value is None else f"{value:.4f}" for value in row
        )
    return b"\xef\xbb\xbf" + out.getvalue().encode("utf-8", "replace")
