"""The matrix, the ranking, the distribution and the time line as SVG, alone or inside the page.

Only presentation attributes are used, no style sheet and no script, so that a picture may stand in the page
(whose policy forbids inline styles) and opens alike in a word processor.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from html import escape

from yichuang_nlp.findings import CityProgress, Commitment, DimensionSummary, Due, GapReport, Verdict
from yichuang_nlp.palette import ALARM, FILLS, FONT, GLYPHS, INK, INKS, LINE, REVIEW_MARK, SOFT
from yichuang_nlp.records import Status
from yichuang_nlp.reports.columns import clean, fold, width_of
from yichuang_nlp.reports.prose import (
    glyph_of,
    percent,
    span_of,
    state_of,
    subtitle,
    title_of,
)
from yichuang_nlp.reports.wording import Lang, say

__all__ = ["draw_distribution", "draw_matrix", "draw_ranking", "draw_timeline", "render_svg"]


def render_svg(report: GapReport, lang: Lang = "zh", *, stem: str = "") -> str:
    """Return the picture that the name of the file asks for: the ranking for `ranking` or 排名, else the matrix."""
    wanted = stem.lower()
    drawn = draw_ranking(report, lang) if "rank" in wanted or "排名" in wanted else draw_matrix(report, lang)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + drawn + "\n"


def _frame(width: float, height: float, title: str, content: Sequence[str]) -> str:
    name = escape(_xml(title))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" width="{width:g}" '
        f'height="{height:g}" role="img" aria-label="{name}" font-family="{FONT}" font-size="13">'
        f'<title>{name}</title><rect width="{width:g}" height="{height:g}" fill="#ffffff"/>'
        + "".join(content)
        + "</svg>"
    )


def _xml(text: str) -> str:
    """Return `text` with only the characters that XML allows."""
    return "".join(char for char in clean(text) if not 0xD800 <= ord(char) <= 0xDFFF)


def _text(
    x: float, y: float, text: str, *, fill: str = INK, anchor: str = "start", size: float = 13, bold: bool = False
) -> str:
    weight = ' font-weight="600"' if bold else ""
    return (
        f'<text x="{x:g}" y="{y:g}" fill="{fill}" text-anchor="{anchor}" font-size="{size:g}"{weight}>'
        f"{escape(_xml(text))}</text>"
    )


def _wrap(text: str, columns: int, most: int) -> list[str]:
    """Return `text` in at most `most` lines of about `columns` columns."""
    lines = fold(clean(text), columns)
    if len(lines) > most:
        lines = lines[:most]
        lines[-1] = lines[-1][:-1] + "…"
    return lines


def draw_matrix(report: GapReport, lang: Lang) -> str:
    """Return the heat map: cities in the order of their rank, a glyph and a word on every colour."""
    places = report.places()
    order = [*report.ranked(), *(city for city in report.cities if city.rank is None)]
    names = [summary.dimension for summary in report.dimensions]
    left = 24 + 7.2 * max([8, *(width_of(city.city) for city in order)])
    wide, high, top = 108, 30, 150
    width, height = max(left + wide * (len(names) + 1) + 20, 560), top + high * len(order) + 60
    marks = {Verdict.LAGGING: "▼", Verdict.WATCH: "▽"}
    parts = [_text(16, 30, title_of(report, lang), size=18, bold=True)]
    parts.append(_text(16, 52, subtitle(report, lang), fill=SOFT, size=12))
    for column, name in enumerate([say("progress", lang), *names]):
        lines = _wrap(name, 14, 5)
        for number, line in enumerate(lines):
            y = top - 10 - 15 * (len(lines) - 1 - number)
            parts.append(_text(left + wide * column + wide / 2, y, line, anchor="middle", size=12))
    for row, city in enumerate(order):
        y = top + high * row
        mark = marks.get(city.verdict, "")
        fill = ALARM if city.lagging else INK
        parts.append(_text(left - 8, y + 20, mark + city.city, fill=fill, anchor="end", bold=bool(mark)))
        parts.append(_text(left + wide / 2, y + 20, percent(city.progress), anchor="middle"))
        for column, name in enumerate(names, start=1):
            found = places.get((city.city, name), [])
            first = report.predictions[found[0]] if found else None
            state = state_of(first)
            x = left + wide * column
            parts.append(
                f'<rect x="{x + 1:g}" y="{y + 1:g}" width="{wide - 2}" height="{high - 2}" rx="2" '
                f'fill="{FILLS.get(state, "#ffffff")}" stroke="{FILLS.get(state, LINE)}"/>'
            )
            words = [
                f"{glyph_of(report.predictions[i])}{say(state_of(report.predictions[i]), lang)}"
                f"{REVIEW_MARK if report.predictions[i].needs_review else ''}"
                for i in found
            ] or [GLYPHS["absent"]]
            parts.append(_text(x + wide / 2, y + 20, " ".join(words), fill=INKS.get(state, SOFT), anchor="middle"))
    keys = dict.fromkeys([*FILLS, *(state_of(prediction) for prediction in report.predictions)])
    legend = "  ".join(f"{GLYPHS[key]} {say(key, lang)}" for key in keys)
    legend += f"  {REVIEW_MARK} {say('review', lang)}  ▼ {say('lagging', lang)}  ▽ {say('watch', lang)}"
    parts.append(_text(16, height - 20, legend, fill=SOFT, size=12))
    return _frame(width, height, f"{title_of(report, lang)} {say('matrix', lang)}", parts)


def draw_ranking(report: GapReport, lang: Lang) -> str:
    """Return progress with its interval for every ranked city, best first, and the median city as a line."""
    ranked = report.ranked()
    left = 30 + 7.2 * max([8, *(width_of(city.city) for city in ranked)])
    wide, high, top = 420, 26, 44
    width, height = left + wide + 250, top + high * len(ranked) + 34

    def at(share: float) -> float:
        return left + wide * share

    parts = [_text(16, 20, say("ranking", lang), size=15, bold=True)]
    bottom = top + high * len(ranked)
    for tick in (0, 0.25, 0.5, 0.75, 1):
        parts.append(f'<line x1="{at(tick):g}" y1="{top}" x2="{at(tick):g}" y2="{bottom}" stroke="{LINE}"/>')
        parts.append(_text(at(tick), bottom + 18, percent(tick, 0), fill=SOFT, anchor="middle", size=11))
    full = 2 * sum(weight > 0 for weight in report.weights.values())
    if report.median is not None and full:
        x = at(report.median / full)
        parts.append(
            f'<line x1="{x:g}" y1="{top - 4}" x2="{x:g}" y2="{bottom}" stroke="{INK}" stroke-dasharray="4 3"/>'
        )
        parts.append(_text(x, top - 8, say("median_city", lang), anchor="middle", size=11))
    for row, city in enumerate(ranked):
        parts += _draw_city(city, top + high * row + high / 2, left, at, lang)
    return _frame(width, height, f"{title_of(report, lang)} {say('ranking', lang)}", parts)


def _draw_city(city: CityProgress, y: float, left: float, at: Callable[[float], float], lang: Lang) -> list[str]:
    low, point, high = (at(value or 0.0) for value in (city.low, city.progress, city.high))
    colour = {Verdict.LAGGING: ALARM, Verdict.WATCH: "#8a5a00"}.get(city.verdict, "#0b5394")
    word = "" if city.verdict is Verdict.NONE else f" · {say(city.verdict.value, lang)}"
    note = f"{say('rank', lang)} {city.rank} ({span_of(city.rank_low, city.rank_high)}){word}"
    shape = (
        f'<path d="M{point:g} {y - 6:g}l6 6l-6 6l-6 -6z" fill="{colour}"/>'
        if city.verdict in (Verdict.LAGGING, Verdict.WATCH)
        else f'<circle cx="{point:g}" cy="{y:g}" r="5" fill="{colour}"/>'
    )
    return [
        _text(left - 10, y + 5, city.city, anchor="end"),
        f'<line x1="{low:g}" y1="{y:g}" x2="{high:g}" y2="{y:g}" stroke="{colour}" stroke-width="3" '
        'stroke-linecap="round" opacity="0.45"/>',
        shape,
        _text(at(1) + 14, y + 5, f"{percent(city.progress)}  {note}", fill=colour, size=12),
    ]


def draw_distribution(summary: DimensionSummary, lang: Lang) -> str:
    """Return how many cities stand where in one dimension, as one bar with glyphs and figures."""
    wide, high = 280.0, 26
    total = sum(summary.counts.values()) + summary.without
    parts, x = [], 0.0
    shares = [(status.value, summary.counts.get(status, 0)) for status in reversed(Status)]
    for key, count in [*shares, ("", summary.without)]:
        if not count:
            continue
        size = wide * count / total
        fill, ink = FILLS.get(key, "#eceff2"), INKS.get(key, "#3b434d")
        parts.append(f'<rect x="{x:g}" y="0" width="{size:g}" height="{high}" fill="{fill}" stroke="#ffffff"/>')
        parts.append(_text(x + size / 2, 18, f"{GLYPHS.get(key, GLYPHS['blank'])}{count}", fill=ink, anchor="middle"))
        x += size
    words = [f"{say(key, lang)} {count}" for key, count in shares]
    if summary.without:
        words.append(f"{say('no_status', lang)} {summary.without}")
    return _frame(wide, high, f"{summary.dimension}: " + ", ".join(words), parts)


def draw_timeline(commitments: Sequence[Commitment], as_of: date | None, lang: Lang) -> str:
    """Return the dated promises on a line, with the as-of day; the same day piles up."""
    dated = [(item.deadline.date, item) for item in commitments if item.deadline.date]
    if not dated:
        return ""
    days = [day for day, _ in dated] + ([as_of] if as_of else [])
    first, last = min(days), max(days)
    span = max(1, (last - first).days)
    piles: dict[date, list[Commitment]] = {}
    for day, item in dated:
        piles.setdefault(day, []).append(item)
    tallest = max(min(len(pile), 12) for pile in piles.values())
    left, wide = 70, 760
    base = 40 + 16 * tallest
    width, height = left * 2 + wide, base + 52

    def at(day: date) -> float:
        return left + wide * (day - first).days / span

    colours = {Due.OVERDUE: ALARM, Due.SOON: "#8a5a00", Due.LATER: "#0b5394", Due.UNKNOWN: SOFT}
    parts = [f'<line x1="{left}" y1="{base}" x2="{left + wide}" y2="{base}" stroke="{INK}"/>']
    if as_of:
        x = at(as_of)
        parts.append(f'<line x1="{x:g}" y1="24" x2="{x:g}" y2="{base + 6}" stroke="{INK}" stroke-dasharray="4 3"/>')
        parts.append(_text(x, 16, f"{say('as_of', lang)} {as_of.isoformat()}", anchor="middle", size=12))
    labelled = -1e9
    level = 0
    for day in sorted(piles):
        x = at(day)
        for number, item in enumerate(piles[day][:12]):
            shape = "■" if item.due is Due.OVERDUE else "●" if item.due is Due.SOON else "○"
            label = f"{item.city} {item.dimension}: {item.deadline.text} ({say(item.due.value, lang)})"
            parts.append(
                f"<g><title>{escape(_xml(label))}</title>"
                + _text(x, base - 8 - 16 * number, shape, fill=colours[item.due], anchor="middle", size=14)
                + "</g>"
            )
        level = 1 - level if x - labelled < 84 else 0
        labelled = x
        parts.append(_text(x, base + 18 + 16 * level, day.isoformat(), fill=SOFT, anchor="middle", size=11))
    return _frame(width, height, say("timeline", lang), parts)
