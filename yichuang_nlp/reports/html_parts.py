"""The sections of the page, each from the report to a piece of HTML; "" where there is nothing to say."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from yichuang_nlp.findings import Due, GapReport, Move, Verdict
from yichuang_nlp.reports.prose import (
    GLYPHS,
    chance_of,
    count_days,
    describe_flag,
    describe_leader,
    describe_method,
    describe_notes,
    describe_reason,
    describe_verdict,
    name_issue,
    percent,
    say_nobody,
    span_of,
)
from yichuang_nlp.reports.svg import draw_distribution, draw_timeline
from yichuang_nlp.reports.svg import draw_ranking as draw_ranking_svg
from yichuang_nlp.reports.tables import light_of
from yichuang_nlp.reports.wording import Lang, say
from yichuang_nlp.reports.workings import describe_working

__all__ = [
    "draw_change",
    "draw_commitments",
    "draw_dimensions",
    "draw_lagging",
    "draw_method",
    "draw_quality",
    "draw_quantities",
    "draw_ranking",
]

MOST_ROWS = 300
KINDS = {
    "deadline": "n",
    "days": "n",
    "city": "k",
    "due": "k",
    "move": "k",
    "outcome": "k",
    "whole": "n",
    "share": "n",
    "status": "k",
}


def _table(heads: Sequence[tuple[str, str]], rows: Iterable[Sequence[str]]) -> str:
    """Return a table; `heads` are (name, "n" for numbers or "k" for short words), the cells are HTML already."""
    kinds = [f' class="{kind}"' if kind else "" for _, kind in heads]
    head = "".join(f'<th scope="col"{kinds[i]}>{escape(name)}</th>' for i, (name, _) in enumerate(heads))
    lines = "".join(
        "<tr>" + "".join(f"<td{kinds[i]}>{cell}</td>" for i, cell in enumerate(row)) + "</tr>\n" for row in rows
    )
    return f'<div class="scroll"><table><thead><tr>{head}</tr></thead><tbody>\n{lines}</tbody></table></div>'


def _heads(names: Iterable[str], lang: Lang) -> list[tuple[str, str]]:
    return [(say(name, lang), KINDS.get(name, "")) for name in names]


def _tag(kind: str, text: str) -> str:
    return f'<span class="tag {kind}">{escape(text)}</span>'


def _open(cell: int, text: str) -> str:
    """Return a button that opens a cell; it looks like text, and without the script it is text."""
    return f'<button type="button" class="link" data-open="{cell}">{escape(text)}</button>'


def draw_lagging(report: GapReport, lang: Lang) -> str:
    """Return the lagging and watched cities with their reasons, then those without a rank."""
    parts = []
    for city in [*report.with_verdict(Verdict.LAGGING), *report.with_verdict(Verdict.WATCH)]:
        tag = _tag(city.verdict.value, say(city.verdict.value, lang))
        reasons = "".join(
            f"<li>{_open(gap.cell, GLYPHS[gap.status.value] + ' ' + describe_reason(gap, lang))}</li>"
            for gap in city.reasons
        )
        parts.append(
            f"<h3>{escape(city.city)} {tag}</h3><p>{escape(describe_verdict(city, report, lang))}</p>"
            f'<ul class="reasons">{reasons or "<li>" + escape(say("no_reason", lang)) + "</li>"}</ul>'
        )
    if not parts:
        parts.append(f"<p>{escape(say_nobody(report, lang))}</p>")
    if apart := report.with_verdict(Verdict.UNRANKED):
        lines = "".join(f"<li>{escape(describe_verdict(city, report, lang))}</li>" for city in apart)
        parts.append(f'<h3>{escape(say("unranked_cities", lang))}</h3><ul class="reasons">{lines}</ul>')
    return "".join(parts)


def draw_ranking(report: GapReport, lang: Lang) -> str:
    """Return the ranking as a picture, and in figures for those who read or copy it."""
    ranked = report.ranked()
    if not ranked:
        return ""
    names = ("rank", "city", "progress", "interval", "rank_interval", "steps", "behind_median", "chance", "coverage")
    rows = [
        (
            str(city.rank),
            escape(city.city)
            + ("" if city.verdict is Verdict.NONE else " " + _tag(city.verdict.value, say(city.verdict.value, lang))),
            percent(city.progress),
            span_of(city.low, city.high),
            span_of(city.rank_low, city.rank_high),
            f"{city.steps or 0:.1f}",
            f"{city.behind or 0:.1f}",
            chance_of(city.chance),
            percent(city.coverage, 0),
        )
        for city in ranked
    ]
    heads = [(say(name, lang), "k" if name == "city" else "n") for name in names]
    workings = "".join(
        f"<p><strong>{escape(city.city)}</strong><br>"
        f"{'<br>'.join(escape(line) for line in describe_working(report, city, lang))}</p>"
        for city in ranked
    )
    details = f'<details class="note"><summary>{escape(say("workings", lang))}</summary>{workings}</details>'
    return f"<figure>{draw_ranking_svg(report, lang)}</figure>" + _table(heads, rows) + details


def draw_dimensions(report: GapReport, lang: Lang) -> str:
    """Return one card a dimension: distribution, leaders with their words, who is behind."""
    cards = []
    for summary in report.dimensions:
        leaders = (
            "".join(f"<li>{_open(leader.cell, describe_leader(leader, lang))}</li>" for leader in summary.leaders)
            or f"<li>{escape(say('no_leader', lang))}</li>"
        )
        behind = (
            "".join(
                f'<li><button type="button" class="chip" data-open="{gap.cell}">{GLYPHS[gap.status.value]} '
                f"{escape(gap.city)}</button></li>"
                for gap in summary.behind
            )
            or f"<li>{escape(say('nothing', lang))}</li>"
        )
        median = say(summary.median.value, lang) if summary.median else "-"
        cards.append(
            f'<div class="card"><h3>{escape(summary.dimension)}</h3>{draw_distribution(summary, lang)}'
            f"<p>{escape(say('median', lang))}: {escape(median)} · {escape(say('progress', lang))}: "
            f"{percent(summary.progress)}</p>"
            f'<p>{escape(say("leaders", lang))}</p><ul class="reasons">{leaders}</ul>'
            f'<p>{escape(say("behind", lang))}</p><ul class="near">{behind}</ul></div>'
        )
    return f'<div class="cards">{"".join(cards)}</div>'


def draw_commitments(report: GapReport, lang: Lang) -> str:
    """Return the promises on a time line and in a table, the earliest first."""
    found = report.due(*Due)
    if not found:
        return ""
    names = ("deadline", "due", "days", "city", "dimension", "promise", "precision")
    rows = [
        (
            escape(item.deadline.date.isoformat() if item.deadline.date else item.deadline.text),
            _tag(item.due.value, say(item.due.value, lang)),
            escape(count_days(item, lang)),
            escape(item.city),
            escape(item.dimension),
            _open(item.cell, item.promise),
            escape(say(item.deadline.precision.value, lang)),
        )
        for item in found[:MOST_ROWS]
    ]
    picture = draw_timeline(found, report.briefing.as_of, lang)
    figure = f"<figure>{picture}</figure>" if picture else ""
    table = _table(_heads(names, lang), rows)
    return figure + table + _rest(len(found), lang)


def _rest(total: int, lang: Lang) -> str:
    """Return how many rows the page leaves to the workbook, so that a page for a whole province stays small."""
    if total <= MOST_ROWS:
        return ""
    return f'<p class="note">{escape(say("rest", lang, rest=total - MOST_ROWS))}</p>'


def draw_quantities(report: GapReport, lang: Lang) -> str:
    """Return the figures that the cities gave, with what they count and the status beside them."""
    if not report.quantities:
        return ""
    rows = [
        (
            escape(item.city),
            escape(item.dimension),
            _open(item.cell, item.text),
            escape(item.what),
            "" if item.whole is None else f"{item.whole:g}",
            "" if item.share is None else percent(item.share),
            escape(light_of(report.predictions[item.cell], lang)),
        )
        for item in report.quantities[:MOST_ROWS]
    ]
    names = ("city", "dimension", "value", "counts_what", "whole", "share", "status")
    return _table(_heads(names, lang), rows) + _rest(len(report.quantities), lang)


def draw_quality(report: GapReport, lang: Lang) -> str:
    """Return the remarks on the reporting."""
    if not report.quality:
        return ""
    joint = "、" if lang == "zh" else ", "
    rows = [
        (
            escape(say(flag.kind.value, lang)),
            escape(joint.join(flag.cities)),
            escape(joint.join(flag.dimensions)),
            _open(flag.cells[0], flag.text) if flag.cells and flag.text else escape(flag.text),
            escape(describe_flag(flag, lang)),
        )
        for flag in report.quality[:MOST_ROWS]
    ]
    table = _table([(say(name, lang), "") for name in ("kind", "city", "dimension", "text", "detail")], rows)
    return table + _rest(len(report.quality), lang)


def draw_change(report: GapReport, lang: Lang) -> str:
    """Return what changed since the last issue; a changed set of cities or dimensions first."""
    change = report.change
    if change is None:
        return ""
    joint = "、" if lang == "zh" else ", "
    parts = []
    sets = {
        "new_cities": change.new_cities,
        "lost_cities": change.lost_cities,
        "new_dimensions": change.new_dimensions,
        "lost_dimensions": change.lost_dimensions,
    }
    if any(sets.values()):
        words = {key: joint.join(names) or say("nothing", lang) for key, names in sets.items()}
        parts.append(f"<p><strong>{escape(say('set_changed', lang, **words))}</strong></p>")
    counts = {move.value: change.count(move) for move in Move}
    parts.append(f"<p>{escape(say('change_totals', lang, compared=change.compared, **counts))}</p>")
    moved = [cell for move in (Move.FELL_BACK, Move.ADVANCED) for cell in change.cells if cell.move is move]
    if moved:
        rows = [
            (
                _tag(cell.move.value, say(cell.move.value, lang)),
                escape(cell.city),
                escape(cell.dimension),
                f"{GLYPHS[cell.before.value]} {escape(say(cell.before.value, lang))}<br>{escape(cell.before_text)}",
                f"{GLYPHS[cell.after.value]} {escape(say(cell.after.value, lang))}<br>"
                + _open(cell.cell, cell.after_text),
            )
            for cell in moved
        ]
        parts.append(_table(_heads(("move", "city", "dimension", "before", "after"), lang), rows))
    if change.commitments:
        rows = [
            (
                _tag(item.outcome.value, say(item.outcome.value, lang)),
                escape(item.before.city),
                escape(item.before.dimension),
                escape(item.before.promise),
                escape(item.text),
            )
            for item in change.commitments
        ]
        parts.append(f"<h3>{escape(say('commitments', lang))}</h3>")
        parts.append(_table(_heads(("outcome", "city", "dimension", "promise", "after"), lang), rows))
    ranks = [rank for rank in change.ranks if rank.before != rank.after]
    if ranks:
        rows = [
            (
                escape(rank.city),
                str(rank.before),
                str(rank.after),
                percent(rank.progress_before),
                percent(rank.progress_after),
            )
            for rank in ranks
        ]
        heads = [(say("city", lang), "k")]
        heads += [(f"{say(a, lang)} · {say(b, lang)}", "n") for a in ("rank", "progress") for b in ("before", "after")]
        parts.append(f"<h3>{escape(say('ranking', lang))}</h3>" + _table(heads, rows))
    if report.history:
        parts.append(_draw_history(report, lang))
    return "".join(parts)


def _draw_history(report: GapReport, lang: Lang) -> str:
    heads = [(say("city", lang), "k")]
    heads += [
        (" ".join(part for part in (name_issue(issue.issue, lang), str(issue.as_of or "")) if part), "n")
        for issue in report.history
    ]
    heads.append((say("after", lang), "n"))
    rows = [
        (
            escape(city.city),
            *(percent(issue.progress.get(city.city)) for issue in report.history),
            percent(city.progress),
        )
        for city in report.cities
    ]
    return f"<h3>{escape(say('history', lang))}</h3>" + _table(heads, rows)


def draw_method(report: GapReport, lang: Lang) -> str:
    """Return how the figures came about."""
    lines = [*describe_method(report, lang), *describe_notes(report, lang)]
    return "".join(f'<p class="note">{escape(line)}</p>' for line in lines)
