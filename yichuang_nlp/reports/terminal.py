"""The report for a terminal: in colour or as clean text, and right at 80 columns with Chinese in it."""

from __future__ import annotations

from io import StringIO
from typing import TYPE_CHECKING

from yichuang_nlp.findings import Due, Flag, GapReport, Move, Verdict
from yichuang_nlp.records import Prediction
from yichuang_nlp.reports.columns import clean, fold, width_of
from yichuang_nlp.reports.prose import (
    GLYPHS,
    REVIEW_MARK,
    count_days,
    describe_flag,
    describe_method,
    describe_reason,
    describe_verdict,
    glyph_of,
    headline,
    percent,
    span_of,
    state_of,
    subtitle,
    title_of,
)
from yichuang_nlp.reports.wording import Lang, say

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

__all__ = ["render_terminal"]

STYLES = {"planned": "dark_orange", "in_progress": "yellow", "completed": "dodger_blue1"}
MARKS = {Verdict.LAGGING: "▼", Verdict.WATCH: "▽", Verdict.NONE: "", Verdict.UNRANKED: "-"}
SHORT = {"planned": ("计", "P"), "in_progress": ("推", "I"), "completed": ("完", "C")}
COLON = {"zh": "：", "en": ": "}
MOST_QUALITY = 12
WIDEST_CITY = 14


def render_terminal(report: GapReport, lang: Lang = "zh", *, plain: bool = False, width: int = 80) -> str:
    """Return the report for a terminal of `width` columns; `plain` leaves out colours and other escapes."""
    from rich.console import Console

    out = StringIO()
    console = Console(
        file=out,
        width=max(40, width),
        force_terminal=not plain,
        no_color=plain,
        color_system=None if plain else "256",
        legacy_windows=False,
        highlight=False,
        markup=False,
        emoji=False,
    )
    _print_head(console, report, lang)
    _print_matrix(console, report, lang, width)
    _print_lagging(console, report, lang)
    _print_commitments(console, report, lang)
    _print_change(console, report, lang)
    _print_quality(console, report, lang)
    _print_title(console, "method", lang)
    for line in describe_method(report, lang):
        _say(console, line, style="dim")
    return "\n".join(line.rstrip() for line in out.getvalue().split("\n"))


def _say(console: Console, line: str, *, style: str = "", lead: str = "") -> None:
    """Print one sentence behind `lead`, folded as Chinese is set, its later lines under its first."""
    for folded in fold(clean(line), console.width - width_of(lead)):
        console.print(lead + folded, style=style or None, no_wrap=True, overflow="ignore", crop=False)
        lead = " " * width_of(lead)


def _print_title(console: Console, key: str, lang: Lang) -> None:
    console.print()
    _say(console, f"【{say(key, lang)}】" if lang == "zh" else say(key, lang), style="bold")


def _print_head(console: Console, report: GapReport, lang: Lang) -> None:
    _say(console, title_of(report, lang), style="bold")
    _say(console, subtitle(report, lang), style="dim")
    console.print()
    for line in headline(report, lang):
        _say(console, line)


def _print_matrix(console: Console, report: GapReport, lang: Lang, width: int) -> None:
    _print_title(console, "matrix", lang)
    places = report.places()
    names = [summary.dimension for summary in report.dimensions]
    widest = max((width_of(city.city) for city in report.cities), default=0)
    fixed = 5 + min(widest, WIDEST_CITY) + 1 + max(6, width_of(say("progress", lang)))
    room = 1 + max((width_of(_light([prediction], True, lang).plain) for prediction in report.predictions), default=0)
    full = fixed + room * len(names) <= width
    per_block = max(1, (width - fixed) // (room if full else 6))
    order = [*report.ranked(), *(city for city in report.cities if city.rank is None)]
    for start in range(0, max(1, len(names)), per_block):
        block = names[start : start + per_block]
        table = _new_table()
        table.add_column(say("rank", lang), justify="right", no_wrap=True)
        table.add_column(say("city", lang), no_wrap=True, overflow="ellipsis", max_width=WIDEST_CITY)
        for number, _ in enumerate(block, start=start + 1):
            table.add_column(str(number), no_wrap=True)
        table.add_column(say("progress", lang), justify="right", no_wrap=True)
        for city in order:
            cells = [places.get((city.city, name)) for name in block]
            table.add_row(
                f"{MARKS[city.verdict]}{city.rank or ''}",
                clean(city.city),
                *(_light([report.predictions[i] for i in found] if found else [None], full, lang) for found in cells),
                percent(city.progress),
            )
        console.print(table)
    for number, name in enumerate(names, start=1):
        _say(console, name, style="dim", lead=f"{number:>2} ")
    # where the table has only letters, the legend says which word each stands for
    short = {key: "" if full else SHORT[key][lang == "en"] + " " for key in SHORT}
    legend = [f"{GLYPHS[key]}{short[key]}{say(key, lang)}" for key in SHORT]
    used = {state_of(prediction) for prediction in report.predictions} - set(STYLES)
    legend += [f"{GLYPHS[key]}{say(key, lang)}" for key in GLYPHS if key in used]
    legend += [f"{REVIEW_MARK}{say('review', lang)}"]
    legend += [f"{MARKS[verdict]}{say(verdict.value, lang)}" for verdict in (Verdict.LAGGING, Verdict.WATCH)]
    _say(console, " ".join(legend), style="dim")


def _new_table() -> Table:
    from rich import box
    from rich.table import Table

    return Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0), show_edge=False, expand=False)


def _light(predictions: list[Prediction] | list[None], full: bool, lang: Lang) -> Text:
    """Return the light of one place: glyph and word (a short one where the table is narrow), coloured."""
    from rich.text import Text

    text = Text()
    for prediction in predictions:
        state = state_of(prediction)
        short = SHORT.get(state, ("", ""))[0 if lang == "zh" else 1]
        word = say(state, lang) if full and (state in SHORT or lang == "zh") else short
        mark = REVIEW_MARK if prediction is not None and prediction.needs_review else ""
        text.append(f"{glyph_of(prediction)}{word}{mark}", style=STYLES.get(state, "dim"))
    return text


def _print_lagging(console: Console, report: GapReport, lang: Lang) -> None:
    found = [*report.with_verdict(Verdict.LAGGING), *report.with_verdict(Verdict.WATCH)]
    if not found:
        return
    _print_title(console, "lagging_cities", lang)
    for city in found:
        style = "bold red" if city.lagging else "bold"
        _say(console, describe_verdict(city, report, lang), style=style, lead=f"{MARKS[city.verdict]} ")
        interval = span_of(city.rank_low, city.rank_high)
        _say(console, f"{say('rank_interval', lang)} {interval}", style="dim", lead="  ")
        for gap in city.reasons:
            _say(console, describe_reason(gap, lang), lead=f"  {GLYPHS[gap.status.value]} ")
        if not city.reasons:
            _say(console, say("no_reason", lang), lead="  ")


def _print_commitments(console: Console, report: GapReport, lang: Lang) -> None:
    due = report.due(Due.OVERDUE, Due.SOON, Due.LATER, Due.UNKNOWN)
    if not due:
        return
    _print_title(console, "commitments", lang)
    styles = {Due.OVERDUE: "bold red", Due.SOON: "yellow"}
    for item in due:
        day = item.deadline.date.isoformat() if item.deadline.date else item.deadline.text
        state = f"{say(item.due.value, lang)}({count_days(item, lang)})"
        line = f"{state} {item.city}·{item.dimension}{COLON[lang]}“{item.promise}”"
        _say(console, line, style=styles.get(item.due, ""), lead=f"{clean(day)} ")


def _print_change(console: Console, report: GapReport, lang: Lang) -> None:
    change = report.change
    if change is None:
        return
    _print_title(console, "change", lang)
    sets = (change.new_cities, change.lost_cities, change.new_dimensions, change.lost_dimensions)
    if any(sets):
        keys = ("new_cities", "lost_cities", "new_dimensions", "lost_dimensions")
        joint = "、" if lang == "zh" else ", "
        values = {key: joint.join(names) or say("nothing", lang) for key, names in zip(keys, sets, strict=True)}
        _say(console, say("set_changed", lang, **values), style="bold")
    for move, style in ((Move.FELL_BACK, "red"), (Move.ADVANCED, "green")):
        for cell in change.cells:
            if cell.move is move:
                line = (
                    f"{cell.city}·{cell.dimension}{COLON[lang]}{GLYPHS[cell.before.value]}“{cell.before_text}” → "
                    f"{GLYPHS[cell.after.value]}“{cell.after_text}”"
                )
                _say(console, line, style=style, lead=f"{say(move.value, lang)} ")
    for item in change.commitments:
        line = f"{item.before.city}·{item.before.dimension}{COLON[lang]}“{item.before.promise}”"
        _say(console, line, lead=f"{say(item.outcome.value, lang)} ")


def _print_quality(console: Console, report: GapReport, lang: Lang) -> None:
    if not report.quality:
        return
    _print_title(console, "quality", lang)
    for flag in report.quality[:MOST_QUALITY]:
        joint = "、" if lang == "zh" else ", "
        where = joint.join(flag.cities) + ("·" if flag.cities and flag.dimensions else "")
        where += joint.join(flag.dimensions)
        detail = describe_flag(flag, lang) if flag.kind is not Flag.MISSING_CITY else ""
        quote = f"“{flag.text}”" if flag.text else ""
        parts = [part for part in (where, detail, quote) if part]
        _say(console, f"{say(flag.kind.value, lang)}{COLON[lang]}{' '.join(parts)}", lead="· ")
    if len(report.quality) > MOST_QUALITY:
        console.print(f"… +{len(report.quality) - MOST_QUALITY}", style="dim")
