"""The report as an official circular (通报), in the usual form, ready to edit.

Page, type and headings follow GB/T 9704-2012: A4, a type area of 156 x 225 mm, the title in 小标宋 of size 2
(22 pt), the text in 仿宋 of size 3 (16 pt) at 28 pt, headings 一、（一）1. in 黑体, 楷体 and 仿宋. Fonts go by name:
where one is missing, the word processor puts its own in its place.
"""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from typing import Any

from yichuang_nlp.errors import MissingExtra
from yichuang_nlp.findings import Due, GapReport, Verdict
from yichuang_nlp.reports.columns import clean
from yichuang_nlp.reports.docx_form import Form
from yichuang_nlp.reports.packages import steady_package
from yichuang_nlp.reports.prose import (
    chance_of,
    count_days,
    describe_flag,
    describe_leader,
    describe_method,
    describe_reason,
    describe_verdict,
    headline,
    percent,
    say_nobody,
    span_of,
    subtitle,
    suggest,
    suggest_for_unranked,
    title_of,
)
from yichuang_nlp.reports.tables import build_tables
from yichuang_nlp.reports.wording import Lang, say

__all__ = ["render_docx"]

MOST_FLAGS = 40


def render_docx(report: GapReport, lang: Lang = "zh") -> bytes:
    """Return the document; needs the `office` extra."""
    try:
        import docx
    except ImportError as error:
        raise MissingExtra.of("office", "a report as .docx") from error
    document: Any = docx.Document()
    form = Form(document, lang)
    form.title(title_of(report, lang))
    form.centred(subtitle(report, lang))
    _write_headline(form, report, lang)
    _write_ranking(form, report, lang)
    _write_lagging(form, report, lang)
    _write_leaders(form, report, lang)
    _write_commitments(form, report, lang)
    _write_change(form, report, lang)
    _write_suggestions(form, report, lang)
    _write_quality(form, report, lang)
    form.heading(say("method", lang))
    for line in describe_method(report, lang):
        form.paragraph(line)
    document.core_properties.title = clean(title_of(report, lang))
    document.core_properties.author = "yichuang_nlp"
    document.core_properties.comments = ""
    out = BytesIO()
    document.save(out)
    return steady_package(out.getvalue(), report.briefing.as_of)


def _write_headline(form: Form, report: GapReport, lang: Lang) -> None:
    form.heading(say("headline", lang))
    for line in headline(report, lang):
        form.paragraph(line)
    table = build_tables(report, lang)["matrix"]
    # city, progress and the lights: rank and verdict stand in the tables that follow
    rows = [[str(row[1]), percent(_number(row[2])), *(str(value or "") for value in row[4:])] for row in table.rows]
    names = [say("city", lang), say("progress", lang), *table.names[4:]]
    form.caption(say("matrix", lang))
    form.table(names, rows, lights=True)


def _number(value: object) -> float | None:
    return value if isinstance(value, float) else None


def _write_ranking(form: Form, report: GapReport, lang: Lang) -> None:
    ranked = report.ranked()
    if not ranked:
        return
    form.heading(say("ranking", lang))
    names = [say(key, lang) for key in ("rank", "city", "progress", "interval", "rank_interval", "chance", "verdict")]
    rows = [
        [
            str(city.rank),
            city.city,
            percent(city.progress),
            span_of(city.low, city.high),
            span_of(city.rank_low, city.rank_high),
            chance_of(city.chance),
            say(city.verdict.value, lang),
        ]
        for city in ranked
    ]
    form.table(names, rows, widths=(14, 26, 20, 36, 22, 20, 18))


def _write_lagging(form: Form, report: GapReport, lang: Lang) -> None:
    form.heading(say("lagging_cities", lang))
    found = [*report.with_verdict(Verdict.LAGGING), *report.with_verdict(Verdict.WATCH)]
    for city in found:
        form.heading(city.city, level=2)
        form.paragraph(describe_verdict(city, report, lang))
        form.items([describe_reason(gap, lang) for gap in city.reasons] or [say("no_reason", lang)])
    if not found:
        form.paragraph(say_nobody(report, lang))
    if apart := report.with_verdict(Verdict.UNRANKED):
        form.heading(say("unranked_cities", lang), level=2)
        form.items([describe_verdict(city, report, lang) for city in apart])


def _write_leaders(form: Form, report: GapReport, lang: Lang) -> None:
    form.heading(say("leaders_title", lang))
    for summary in report.dimensions:
        form.heading(summary.dimension, level=2)
        form.items([describe_leader(leader, lang) for leader in summary.leaders] or [say("no_leader", lang)])


def _write_commitments(form: Form, report: GapReport, lang: Lang) -> None:
    found = report.due(*Due)
    if not found:
        return
    form.heading(say("commitments", lang))
    names = [say(key, lang) for key in ("deadline", "due", "city", "dimension", "promise")]
    rows = [
        [
            item.deadline.date.isoformat() if item.deadline.date else item.deadline.text,
            f"{say(item.due.value, lang)}\n{count_days(item, lang)}",
            item.city,
            item.dimension,
            item.promise,
        ]
        for item in found
    ]
    form.table(names, rows, widths=(26, 22, 18, 38, 52))


def _write_change(form: Form, report: GapReport, lang: Lang) -> None:
    tables = build_tables(report, lang)
    if report.change is None:
        return
    form.heading(say("change", lang))
    for key in ("change", "kept", "rank_change"):
        table = tables[key]
        if not table.rows:
            continue
        form.caption(table.title)
        rows = [
            [
                percent(value)
                if i in table.percents and isinstance(value, float)
                else str("" if value is None else value)
                for i, value in enumerate(row)
            ]
            for row in table.rows
        ]
        form.table(list(table.names), rows)


def _write_suggestions(form: Form, report: GapReport, lang: Lang) -> None:
    """Write what each city should do: the lagging and watched first, then everyone behind in some dimension."""
    order = [*report.with_verdict(Verdict.LAGGING), *report.with_verdict(Verdict.WATCH)]
    order += [city for city in report.cities if city not in order]
    written: list[tuple[str, Sequence[str]]] = []
    for city in order:
        advice = [suggest(report, gap, lang) for gap in city.reasons] + suggest_for_unranked(report, city, lang)
        if advice:
            written.append((city.city, advice))
    if not written:
        return
    form.heading(say("suggestions", lang))
    for name, lines in written:
        form.heading(name, level=2)
        form.items(lines)


def _write_quality(form: Form, report: GapReport, lang: Lang) -> None:
    if not report.quality:
        return
    joint = "、" if lang == "zh" else ", "
    form.heading(say("quality", lang))
    names = [say(key, lang) for key in ("kind", "city", "dimension", "text")]
    rows = [
        [
            say(flag.kind.value, lang) + (f"\n{detail}" if (detail := describe_flag(flag, lang)) else ""),
            joint.join(flag.cities),
            joint.join(flag.dimensions),
            flag.text,
        ]
        for flag in report.quality[:MOST_FLAGS]
    ]
    form.table(names, rows, widths=(36, 26, 40, 54))
    if len(report.quality) > MOST_FLAGS:
        form.paragraph(say("rest", lang, rest=len(report.quality) - MOST_FLAGS))
