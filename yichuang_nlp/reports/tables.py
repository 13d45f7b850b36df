"""The tables of a report as plain rows: one source for Markdown, CSV, the workbook and the document."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from yichuang_nlp.findings import Commitment, Due, GapReport, Verdict
from yichuang_nlp.records import Prediction, Status
from yichuang_nlp.reports.prose import (
    REVIEW_MARK,
    describe_flag,
    describe_method,
    describe_notes,
    describe_reason,
    glyph_of,
    headline,
    locate,
    state_of,
    subtitle,
    title_of,
)
from yichuang_nlp.reports.wording import Lang, say

__all__ = ["Table", "Value", "build_tables", "light_of", "safe_text", "short_quotes"]

Value = str | int | float | None

PERCENTS = frozenset({"progress", "low", "high", "chance", "coverage", "probability", "share"})


@dataclass(frozen=True, slots=True)
class Table:
    """One table: its key, its title, its columns (keys, and names in the language of the report), its rows.

    Shares stay numbers from 0 to 1; `percents` are the columns that show them.
    """

    key: str
    title: str
    names: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]
    percents: frozenset[int] = frozenset()
    wide: frozenset[int] = frozenset()  # columns with running text


def safe_text(text: str) -> str:
    """Return `text` so that a spreadsheet shows it and never runs it.

    >>> safe_text("=1+1"), safe_text("已完成")
    ("'=1+1", '已完成')
    """
    return "'" + text if text.lstrip()[:1] in ("=", "+", "-", "@") or text[:1] in ("\t", "\r") else text


def light_of(prediction: Prediction | None, lang: Lang) -> str:
    """Return glyph, word and review mark of one cell."""
    mark = REVIEW_MARK if prediction is not None and prediction.needs_review else ""
    return f"{glyph_of(prediction)} {say(state_of(prediction), lang)}{mark}"


def short_quotes(prediction: Prediction) -> str:
    """Return the clauses that speak for the status of a cell, those that weigh most first."""
    pieces = [piece for piece in prediction.evidence if piece.status is prediction.status and piece.status]
    return " / ".join(piece.text for piece in sorted(pieces, key=lambda piece: -piece.weight)[:3])


def _table(key: str, names: Iterable[str], rows: Iterable[Iterable[Value]], lang: Lang, *wide: str) -> Table:
    keys = tuple(names)
    return Table(
        key=key,
        title=say(key, lang),
        names=tuple(say(name, lang) for name in keys),
        rows=tuple(tuple(row) for row in rows),
        percents=frozenset(i for i, name in enumerate(keys) if name in PERCENTS),
        wide=frozenset(i for i, name in enumerate(keys) if name in wide),
    )


def build_tables(report: GapReport, lang: Lang) -> dict[str, Table]:
    """Return all tables by their key; `change` and `history` are there only with an earlier issue."""
    tables = [
        _matrix(report, lang),
        _ranking(report, lang),
        _dimensions(report, lang),
        _cells(report, lang),
        _commitments(report, lang),
        _quantities(report, lang),
        _quality(report, lang),
        *_change(report, lang),
        _readme(report, lang),
    ]
    return {table.key: table for table in tables}


def _matrix(report: GapReport, lang: Lang) -> Table:
    places = report.places()
    names = [summary.dimension for summary in report.dimensions]
    rows = []
    for city in [*report.ranked(), *(city for city in report.cities if city.rank is None)]:
        lights = [
            " ".join(light_of(report.predictions[i], lang) for i in places.get((city.city, name), ()))
            or light_of(None, lang)
            for name in names
        ]
        rows.append((city.rank, city.city, city.progress, say(city.verdict.value, lang), *lights))
    table = _table("matrix", ("rank", "city", "progress", "verdict"), rows, lang)
    return Table(table.key, table.title, (*table.names, *names), table.rows, table.percents)


def _ranking(report: GapReport, lang: Lang) -> Table:
    names = ("rank", "city", "progress", "low", "high", "rank_low", "rank_high", "steps", "behind_median", "chance")
    rows = [
        (
            city.rank,
            city.city,
            city.progress,
            city.low,
            city.high,
            city.rank_low,
            city.rank_high,
            None if city.steps is None else round(city.steps, 2),
            None if city.behind is None else round(city.behind, 2),
            city.chance,
            say(city.verdict.value, lang),
            city.coverage,
            *(city.counts[status] for status in Status),
            "\n".join(describe_reason(gap, lang) for gap in city.reasons) if _is_called(city.verdict) else "",
        )
        for city in [*report.ranked(), *(city for city in report.cities if city.rank is None)]
    ]
    keys = (*names, "verdict", "coverage", *(status.value for status in Status), "reasons")
    return _table("ranking", keys, rows, lang, "reasons")


def _is_called(verdict: Verdict) -> bool:
    return verdict in (Verdict.LAGGING, Verdict.WATCH)


def _dimensions(report: GapReport, lang: Lang) -> Table:
    joint = "、" if lang == "zh" else ", "
    keys = ("dimension", "weight", "median", "progress", *(status.value for status in Status), "no_status")
    rows = [
        (
            item.dimension,
            item.weight,
            say(item.median.value, lang) if item.median else "",
            item.progress,
            *(item.counts[status] for status in Status),
            item.without,
            joint.join(leader.city for leader in item.leaders),
            "\n".join(f"{leader.city}：{leader.quote}" for leader in item.leaders),
            joint.join(gap.city for gap in item.behind),
        )
        for item in report.dimensions
    ]
    return _table("dimensions", (*keys, "leaders", "quote", "behind"), rows, lang, "quote", "behind")


def _cells(report: GapReport, lang: Lang) -> Table:
    chances = ("p_planned", "p_in_progress", "p_completed")
    keys = ("city", "dimension", "text", "status", *chances, "review", "evidence", "why", "address")
    rows = [
        (
            item.cell.city,
            item.cell.dimension,
            item.cell.text,
            f"{glyph_of(item)} {say(state_of(item), lang)}",
            *(item.proba.get(status) if item.proba else None for status in Status),
            say("yes" if item.needs_review else "no", lang),
            short_quotes(item),
            "" if item.status else item.why,
            locate(item.cell.address, lang),
        )
        for item in report.predictions
    ]
    table = _table("cells", keys, rows, lang, "text", "evidence")
    return Table(table.key, table.title, table.names, table.rows, frozenset({4, 5, 6}), table.wide)


def _day(item: Commitment) -> str:
    return item.deadline.date.isoformat() if item.deadline.date else ""


def _commitments(report: GapReport, lang: Lang) -> Table:
    keys = ("deadline", "due", "days", "city", "dimension", "promise", "deadline_text", "precision", "address")
    rows = [
        (
            _day(item),
            say(item.due.value, lang),
            item.days,
            item.city,
            item.dimension,
            item.promise,
            item.deadline.text,
            say(item.deadline.precision.value, lang),
            locate(report.predictions[item.cell].cell.address, lang),
        )
        for item in report.due(*Due)
    ]
    return _table("commitments", keys, rows, lang, "promise")


def _quantities(report: GapReport, lang: Lang) -> Table:
    keys = ("city", "dimension", "text", "value", "unit", "counts_what", "whole", "share", "status")
    rows = [
        (
            item.city,
            item.dimension,
            item.text,
            item.value,
            item.unit,
            item.what,
            item.whole,
            item.share,
            light_of(report.predictions[item.cell], lang),
        )
        for item in report.quantities
    ]
    return _table("quantities", keys, rows, lang)


def _quality(report: GapReport, lang: Lang) -> Table:
    joint = "、" if lang == "zh" else ", "
    rows = [
        (
            say(flag.kind.value, lang),
            joint.join(flag.cities),
            joint.join(flag.dimensions),
            flag.text,
            describe_flag(flag, lang),
            len(flag.cells),
        )
        for flag in report.quality
    ]
    return _table("quality", ("kind", "city", "dimension", "text", "detail", "cells"), rows, lang, "text", "dimension")


def _change(report: GapReport, lang: Lang) -> list[Table]:
    change = report.change
    if change is None:
        return []
    moves = {"unchanged": "same"}
    cells = _table(
        "change",
        ("move", "city", "dimension", "before", "text_before", "after", "text_after"),
        [
            (
                say(moves.get(item.move.value, item.move.value), lang),
                item.city,
                item.dimension,
                say(item.before.value, lang),
                item.before_text,
                say(item.after.value, lang),
                item.after_text,
            )
            for item in sorted(change.cells, key=lambda item: item.after.rank - item.before.rank)
        ],
        lang,
        "text_before",
        "text_after",
    )
    promises = _table(
        "kept",
        ("outcome", "city", "dimension", "deadline", "promise", "deadline_after", "text_after"),
        [
            (
                say(item.outcome.value, lang),
                item.before.city,
                item.before.dimension,
                _day(item.before),
                item.before.promise,
                _day(item.after) if item.after else "",
                item.text,
            )
            for item in change.commitments
        ],
        lang,
        "promise",
        "text_after",
    )
    ranks = _table(
        "rank_change",
        ("city", "rank_before", "rank", "progress_before", "progress"),
        [
            (item.city, item.before, item.after, item.progress_before, item.progress_after)
            for item in sorted(change.ranks, key=lambda item: item.after)
        ],
        lang,
    )
    ranks = Table(ranks.key, ranks.title, ranks.names, ranks.rows, frozenset({3, 4}))
    return [cells, promises, ranks]


def _readme(report: GapReport, lang: Lang) -> Table:
    lines = [title_of(report, lang), subtitle(report, lang), *headline(report, lang), *describe_method(report, lang)]
    lines += describe_notes(report, lang)
    return _table("readme", ("content",), [(line,) for line in lines], lang, "content")
