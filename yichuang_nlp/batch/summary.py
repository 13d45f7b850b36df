"""Over all briefings: `summary.html` and `summary.xlsx`, from the manifest, one entry in memory at a time."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from html import escape
from itertools import islice
from typing import IO, Any
from urllib.parse import quote

from yichuang_nlp.batch.manifest import read_entries
from yichuang_nlp.batch.storage import Storage
from yichuang_nlp.batch.work import Failure
from yichuang_nlp.cellfile import escape_formula
from yichuang_nlp.places import name_province
from yichuang_nlp.reports.columns import clean
from yichuang_nlp.reports.packages import steady_package

__all__ = ["write_summary"]

_SHOWN = 1_000  # rows of a table on the page: a browser takes more badly, and the workbook has all
_SHEET_ROWS = 1_000_000  # a sheet ends at 1,048,576
_COUNTS = ("cells", "completed", "in_progress", "planned", "without", "review", "lagging", "overdue")
_WORDS = {
    "title": ("批量处理汇总", "Summary of the batch"),
    "totals": ("总计", "Totals"),
    "provinces": ("分省情况", "Provinces"),
    "years": ("分年情况", "Years"),
    "cities": ("各地区历期情况（落后期数多者在前）", "Places over the issues (most often lagging first)"),
    "briefings": ("各份通报", "Briefings"),
    "failures": ("未能处理的文件", "Files that failed"),
    "copies": ("内容相同的文件（只计一次）", "Files of the same content (counted once)"),
    "file": ("文件", "File"),
    "same_as": ("与此文件相同", "Same as"),
    "error": ("错误", "Error"),
    "message": ("说明", "Message"),
    "name": ("名称", "Name"),
    "province": ("省份", "Province"),
    "year": ("年份", "Year"),
    "city": ("地区", "Place"),
    "issues": ("期数", "Issues"),
    "times_lagging": ("落后期数", "Times lagging"),
    "first": ("首期进度", "First progress"),
    "last": ("末期进度", "Last progress"),
    "last_day": ("末期日期", "Last day"),
    "heading": ("标题", "Title"),
    "issue": ("期号", "Issue"),
    "as_of": ("截至", "As of"),
    "count": ("通报份数", "Briefings"),
    "cells": ("单元格", "Cells"),
    "completed": ("已完成", "Completed"),
    "in_progress": ("推进中", "In progress"),
    "planned": ("计划", "Planned"),
    "without": ("无状态", "No status"),
    "review": ("待复核", "For review"),
    "lagging": ("落后地区", "Lagging places"),
    "overdue": ("逾期承诺", "Overdue promises"),
    "share": ("完成比例", "Share completed"),
    "unknown": ("未识别", "unknown"),
    "more": ("此处列出前 {shown} 行，共 {all} 行，全部见 summary.xlsx。",
             "First {shown} of {all} rows; all in summary.xlsx."),
}  # fmt: skip
Value = str | int | float | None


@dataclass(slots=True)
class _Sum:
    """Counts added up over briefings."""

    briefings: int = 0
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(_COUNTS, 0))

    def add(self, entry: dict[str, Any]) -> None:
        self.briefings += 1
        for name in _COUNTS:
            self.counts[name] += entry[name]

    def row(self) -> list[Value]:
        """Return the counts and the share of the completed among cells with a status."""
        stated = sum(self.counts[name] for name in ("completed", "in_progress", "planned"))
        share = round(self.counts["completed"] / stated, 4) if stated else None
        return [self.briefings, *(self.counts[name] for name in _COUNTS), share]


@dataclass(slots=True)
class _Place:
    """One place over the issues that name it."""

    issues: int = 0
    lagging: int = 0
    first: tuple[str, float] | None = None
    last: tuple[str, float] | None = None

    def add(self, day: str, progress: float | None, verdict: str) -> None:
        self.issues += 1
        self.lagging += verdict == "lagging"
        if progress is None:
            return
        if self.first is None or day < self.first[0]:
            self.first = (day, progress)
        if self.last is None or day >= self.last[0]:
            self.last = (day, progress)


@dataclass(frozen=True, slots=True)
class _Table:
    """One table of the summary; `rows` may be a stream, `count` says how long it is."""

    key: str
    names: tuple[str, ...]
    rows: Iterable[Sequence[Value]]
    count: int


def write_summary(
    storage: Storage, failures: Sequence[Failure], copies: Sequence[tuple[str, str]], lang: str = "zh"
) -> None:
    """Write the page and the workbook over everything that the manifest holds."""
    total, provinces, years = _Sum(), dict[str, _Sum](), dict[str, _Sum]()
    places: dict[tuple[str, str], _Place] = {}
    for entry in read_entries(storage):
        total.add(entry)
        provinces.setdefault(entry["province"], _Sum()).add(entry)
        years.setdefault(str(entry["year"] or ""), _Sum()).add(entry)
        for city, progress, verdict in entry["cities"]:
            places.setdefault((entry["province"], city), _Place()).add(entry["as_of"], progress, verdict)

    def tables() -> list[_Table]:
        counted = ("count", *_COUNTS, "share")
        return [
            _Table("totals", counted, [total.row()], 1),
            _Table(
                "provinces", ("province", *counted),
                [[_province(code, lang), *one.row()] for code, one in sorted(provinces.items())], len(provinces),
            ),
            _Table(
                "years", ("year", *counted),
                [[year or _say("unknown", lang), *one.row()] for year, one in sorted(years.items())], len(years),
            ),
            _Table(
                "cities", ("province", "city", "issues", "times_lagging", "first", "last", "last_day"),
                _rank_places(places, lang), len(places),
            ),
            _Table(
                "briefings", ("file", "heading", "issue", "as_of", "province", *_COUNTS),
                (_briefing(entry, lang) for entry in read_entries(storage)), total.briefings,
            ),
            _Table(
                "failures", ("file", "error", "message"), [[one.url, one.error, one.message] for one in failures],
                len(failures),
            ),
            _Table("copies", ("file", "same_as"), copies, len(copies)),
        ]  # fmt: skip

    with storage.writing("summary.html") as page:
        _write_page(page, tables(), (list(entry["files"])[1:] for entry in read_entries(storage)), lang)
    storage.write("summary.xlsx", _render_book(tables(), lang))


def _say(key: str, lang: str) -> str:
    return _WORDS[key][lang == "en"]


def _province(code: str, lang: str) -> str:
    return name_province(code) or _say("unknown", lang)


def _rank_places(places: dict[tuple[str, str], _Place], lang: str) -> Iterator[list[Value]]:
    order = sorted(places.items(), key=lambda pair: (-pair[1].lagging, -pair[1].issues, pair[0]))
    for (code, city), one in order:
        day, last = one.last or ("", None)
        yield [
            _province(code, lang), city, one.issues, one.lagging, one.first[1] if one.first else None, last, day,
        ]  # fmt: skip


def _briefing(entry: dict[str, Any], lang: str) -> list[Value]:
    name = entry["source"].rpartition("/")[2]
    return [
        name, entry["title"], entry["issue"], entry["as_of"], _province(entry["province"], lang),
        *(entry[count] for count in _COUNTS),
    ]  # fmt: skip


_STYLE = """
body{font:15px/1.6 "Microsoft YaHei","PingFang SC","Noto Sans CJK SC",sans-serif;margin:2rem auto;max-width:1200px;
padding:0 1rem;color:#1b1f23;background:#fff}
table{border-collapse:collapse;margin:.5rem 0 1.5rem;font-variant-numeric:tabular-nums}
th,td{border:1px solid #c9d1d9;padding:.25rem .6rem;text-align:left;vertical-align:top;overflow-wrap:anywhere}
td.n{text-align:right}th{background:#e6ebf0;position:sticky;top:0}div{overflow-x:auto}
"""


def _write_page(out: IO[bytes], tables: Sequence[_Table], reports: Iterator[list[str]], lang: str) -> None:
    title = escape(_say("title", lang))
    out.write(
        f'<!DOCTYPE html>\n<html lang="{"en" if lang == "en" else "zh-CN"}">\n<head>\n<meta charset="utf-8">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<h1>{title}</h1>\n".encode()
    )
    for table in tables:
        if not table.count:
            continue
        heads = "".join(f'<th scope="col">{escape(_say(name, lang))}</th>' for name in table.names)
        out.write(f"<h2>{escape(_say(table.key, lang))}</h2>\n<div><table>\n<tr>{heads}</tr>\n".encode())
        for row in islice(table.rows, _SHOWN):
            cells = [_draw(name, value) for name, value in zip(table.names, row)]
            if table.key == "briefings" and (found := next(reports, [])):
                cells[0] = f'<td><a href="{quote(found[0])}">{escape(str(row[0]))}</a></td>'
            out.write(f"<tr>{''.join(cells)}</tr>\n".encode("utf-8", "replace"))
        out.write(b"</table></div>\n")
        if table.count > _SHOWN:
            more = _say("more", lang).format(shown=f"{_SHOWN:,}", all=f"{table.count:,}")
            out.write(f"<p>{escape(more)}</p>\n".encode())
    out.write(b"</body>\n</html>\n")


_SHARES = {"share", "first", "last"}


def _draw(name: str, value: Value) -> str:
    if value is None:
        return "<td></td>"
    if isinstance(value, str):
        return f"<td>{escape(clean(value))}</td>"
    return f'<td class="n">{f"{value:.1%}" if name in _SHARES else f"{value:,}"}</td>'


def _render_book(tables: Sequence[_Table], lang: str) -> bytes:
    """Return the workbook, written row by row: openpyxl keeps its sheets on the disk."""
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font

    book = Workbook(write_only=True)
    bold = Font(bold=True)
    for table in tables:
        rows = iter(table.rows)
        for number in range(1 + max(0, table.count - 1) // _SHEET_ROWS):
            sheet = book.create_sheet(
                (_say(table.key, lang).split("（")[0].split(" (")[0] + (f" {number + 1}" if number else ""))[:31]
            )
            sheet.freeze_panes = "A2"
            heads = [WriteOnlyCell(sheet, _say(name, lang)) for name in table.names]
            for head in heads:
                head.font = bold
            sheet.append(heads)
            for row in islice(rows, _SHEET_ROWS):
                sheet.append([_put(WriteOnlyCell, sheet, name, value) for name, value in zip(table.names, row)])
    with tempfile.TemporaryFile() as spool:
        book.save(spool)
        spool.seek(0)
        return steady_package(spool.read(), None)


def _put(make: Any, sheet: Any, name: str, value: Value) -> Any:
    cell = make(sheet, escape_formula(clean(value))[:32_000] if isinstance(value, str) else value)
    if name in _SHARES:
        cell.number_format = "0.0%"
    return cell
