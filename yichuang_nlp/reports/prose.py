"""The sentences of a report, built once from its values and shown alike in every format."""

from __future__ import annotations

from collections.abc import Iterable

from yichuang_nlp.findings import (
    CityProgress,
    Commitment,
    Due,
    Flag,
    Gap,
    GapReport,
    Leader,
    Move,
    QualityFlag,
    Verdict,
)
from yichuang_nlp.gaps.progress import FEWEST_RANKED
from yichuang_nlp.notes import render_flag, render_note
from yichuang_nlp.palette import GLYPHS, REVIEW_MARK
from yichuang_nlp.records import Address, Blank, Prediction, Status
from yichuang_nlp.reports.wording import Lang, say

__all__ = [
    "GLYPHS",
    "REVIEW_MARK",
    "chance_of",
    "count_days",
    "describe_flag",
    "describe_leader",
    "describe_method",
    "describe_notes",
    "describe_reason",
    "describe_verdict",
    "glyph_of",
    "headline",
    "locate",
    "name_issue",
    "percent",
    "say_nobody",
    "span_of",
    "state_of",
    "subtitle",
    "suggest",
    "suggest_for_unranked",
    "title_of",
]

MOST_NAMED = 3


def state_of(prediction: Prediction | None) -> str:
    """Return the key of what a cell shows: its status, its kind of blank, `unstated`, or `absent`."""
    if prediction is None:
        return "absent"
    if prediction.status is not None:
        return prediction.status.value
    return prediction.cell.blank.value if prediction.cell.blank else "unstated"


def glyph_of(prediction: Prediction | None) -> str:
    """Return the glyph of a cell; no blank ever looks like a status."""
    return GLYPHS[state_of(prediction)]


def percent(value: float | None, digits: int = 1) -> str:
    """Return a share as every format prints it, or a dash.

    >>> percent(0.53125), percent(0.96, 0), percent(None)
    ('53.1%', '96%', '-')
    """
    return "-" if value is None else f"{value * 100:.{digits}f}%"


def chance_of(value: float | None) -> str:
    """Return a chance in whole percent; what is estimated is never printed as certain.

    >>> chance_of(0.998), chance_of(0.81), chance_of(0.002)
    ('>99%', '81%', '<1%')
    """
    if value is None:
        return "-"
    return ">99%" if value >= 0.995 else "<1%" if value < 0.005 else percent(value, 0)


def span_of(low: float | int | None, high: float | int | None) -> str:
    """Return an interval of ranks (whole numbers) or of progress (shares)."""
    if low is None or high is None:
        return "-"
    if isinstance(low, int):
        return str(low) if low == high else f"{low}–{high}"
    return f"{percent(low)}–{percent(high)}"


def title_of(report: GapReport, lang: Lang) -> str:
    """Return the title: that of the briefing, followed by what this is."""
    title = report.briefing.title.strip()
    joint = "" if lang == "zh" else " "
    return f"{title}{'：' if lang == 'zh' else ':'}{joint}{say('report', lang)}" if title else say("report", lang)


def name_issue(issue: str, lang: Lang) -> str:
    """Return the number of an issue as one says it.

    >>> name_issue("21", "zh"), name_issue("第8期", "zh")
    ('第21期', '第8期')
    """
    return say("issue_number", lang, issue=issue) if issue.isdigit() else issue


def subtitle(report: GapReport, lang: Lang) -> str:
    """Return issue, as-of date and source in one line."""
    briefing = report.briefing
    day = briefing.as_of.isoformat() if briefing.as_of else say("as_of_unknown", lang)
    if briefing.as_of and briefing.as_of_assumed:
        day += say("as_of_assumed", lang)
    issue = name_issue(briefing.issue, lang)
    issue = issue and issue + ("，" if lang == "zh" else ", ")
    return say("as_of_line", lang, issue=issue, date=day, source=briefing.source)


def locate(address: Address, lang: Lang) -> str:
    """Return an address as a reader looks it up.

    >>> locate(Address("通报.docx", table=2, row=5, column=3), "zh")
    '通报.docx 表2 第5行第3列'
    """
    if lang == "en":
        return str(address)
    parts = [address.file]
    if address.page:
        parts.append(f"第{address.page}页")
    if address.sheet:
        parts.append(f"工作表“{address.sheet}”")
    if address.table:
        parts.append(f"表{address.table}")
    place = f"第{address.row}行" if address.row else ""
    place += f"第{address.column}列" if address.column else ""
    return " ".join([*parts, place] if place else parts)


def headline(report: GapReport, lang: Lang) -> list[str]:
    """Return what a director reads first: totals, who leads, who lags, what is due, what changed."""
    counts = report.counts()
    lines = [
        say(
            "totals",
            lang,
            cities=len(report.cities),
            dimensions=len(report.dimensions),
            cells=len(report.predictions),
            completed=counts[Status.COMPLETED],
            in_progress=counts[Status.IN_PROGRESS],
            planned=counts[Status.PLANNED],
            without=counts[None],
            review=len(report.to_review()),
        )
    ]
    if change := report.change:
        lines.append(say("change_totals", lang, compared=change.compared, **{m.value: change.count(m) for m in Move}))
    ranked = report.ranked()
    if ranked:
        top = [city for city in ranked if (city.rank or 0) <= MOST_NAMED]
        lines.append(say("top", lang, cities=_list((_with_progress(city, lang) for city in top), lang)))
    lagging, watch = report.with_verdict(Verdict.LAGGING), report.with_verdict(Verdict.WATCH)
    if lagging:
        lines.append(say("lag_list", lang, cities=_list((_with_progress(c, lang) for c in lagging), lang)))
    else:
        lines.append(say_nobody(report, lang))
    if watch:
        lines.append(say("watch_list", lang, cities=_list((_with_progress(c, lang) for c in watch), lang)))
    if apart := report.with_verdict(Verdict.UNRANKED):
        share = percent(report.rule.unusable, 0)
        lines.append(say("unranked_list", lang, cities=_list((c.city for c in apart), lang), share=share))
    if report.commitments:
        tally = {due: len(report.due(due)) for due in Due}
        lines.append(
            say(
                "due_totals",
                lang,
                total=len(report.commitments),
                overdue=tally[Due.OVERDUE],
                soon=tally[Due.SOON],
                later=tally[Due.LATER],
                unknown=tally[Due.UNKNOWN],
                days=report.rule.due_days,
            )
        )
    if report.quality:
        lines.append(say("quality_totals", lang, total=len(report.quality)))
    return lines


def say_nobody(report: GapReport, lang: Lang) -> str:
    """Return that nobody lags, or that too few cities have a rank for anybody to."""
    ranked = len(report.ranked())
    return say("nobody_lags", lang) if ranked >= FEWEST_RANKED else say("few_ranked", lang, ranked=ranked)


def _list(names: Iterable[str], lang: Lang) -> str:
    return ("、" if lang == "zh" else ", ").join(names) or say("nothing", lang)


def _with_progress(city: CityProgress, lang: Lang) -> str:
    return say("named_progress", lang, city=city.city, progress=percent(city.progress))


def describe_verdict(city: CityProgress, report: GapReport, lang: Lang) -> str:
    """Return the verdict on one city with the numbers behind it."""
    if city.verdict is Verdict.UNRANKED:
        return say("unranked_line", lang, city=city.city, unusable=city.unusable, cells=city.cells)
    return say(
        "verdict_line",
        lang,
        city=city.city,
        verdict=say(city.verdict.value, lang),
        progress=percent(city.progress),
        behind=f"{city.behind or 0:.1f}",
        limit=f"{report.rule.steps:g}",
        chance=chance_of(city.chance),
    )


def describe_reason(gap: Gap, lang: Lang) -> str:
    """Return one reason: which cell, how far behind, and the words."""
    line = say(
        "reason_line",
        lang,
        dimension=gap.dimension,
        status=say(gap.status.value, lang),
        reference=say(gap.reference.value, lang),
        steps=gap.steps,
        chance=chance_of(gap.chance),
        quote=gap.quote,
    )
    return line + (say("reason_review", lang) if gap.needs_review else "")


def describe_leader(leader: Leader, lang: Lang) -> str:
    """Return one city to learn from, with its words."""
    status = say(leader.status.value, lang)
    return say("leader_line", lang, city=leader.city, status=status, quote=leader.quote)


def count_days(commitment: Commitment, lang: Lang) -> str:
    """Return how long there is left, or how long it is overdue."""
    if commitment.days is None:
        return say("unknown", lang)
    if commitment.days == 0:
        return say("due_today", lang)
    return say("days_left" if commitment.days > 0 else "days_over", lang, days=abs(commitment.days))


def describe_notes(report: GapReport, lang: Lang) -> list[str]:
    """Return what the reading was unsure of, then what it joined and left out."""
    reading = report.briefing.reading
    return [render_note(note, lang) for note in (*reading.doubts, *reading.notes)]


def describe_flag(flag: QualityFlag, lang: Lang) -> str:
    """Return what a remark on the reporting says beside its kind."""
    if flag.kind is Flag.OTHER_COLUMN:
        return say("better_column", lang, detail=flag.detail)
    if flag.kind is Flag.VAGUE:
        return say("vague_words", lang, detail=flag.detail)
    if flag.kind is Flag.BLANK and flag.detail in {blank.value for blank in Blank}:
        return say(flag.detail, lang)
    if flag.kind is Flag.READING:
        return ("；" if lang == "zh" else "; ").join(render_flag(one, lang) for one in flag.detail.split("；"))
    return flag.detail


def suggest(report: GapReport, gap: Gap, lang: Lang) -> str:
    """Return what to do about one gap, with the city to learn from where there is one."""
    key = "suggest_planned" if gap.status is Status.PLANNED else "suggest_in_progress"
    line = say(key, lang, city=gap.city, dimension=gap.dimension)
    for summary in report.dimensions:
        if summary.dimension == gap.dimension and summary.leaders:
            leader = summary.leaders[0]
            line += say("suggest_learn", lang, leader=leader.city, quote=leader.quote)
    return line


def suggest_for_unranked(report: GapReport, city: CityProgress, lang: Lang) -> list[str]:
    """Return what a city without a rank should do: report, or check, the cells that kept it from one."""
    if city.verdict is not Verdict.UNRANKED:
        return []
    open_ = [
        prediction.cell.dimension
        for prediction in report.predictions
        if prediction.cell.city == city.city and prediction.status is None
    ]
    return [say("suggest_report", lang, city=city.city, dimension=name) for name in dict.fromkeys(open_)]


def describe_method(report: GapReport, lang: Lang) -> list[str]:
    """Return the rule, the weights, the reading, the model and the caution, for a reader who checks."""
    rule, reading = report.rule, report.briefing.reading
    lines = [
        say(
            "rule_line",
            lang,
            steps=f"{rule.steps:g}",
            lagging=percent(rule.lagging, 0),
            watch=percent(rule.watch, 0),
            unusable=percent(rule.unusable, 0),
            interval=percent(rule.interval, 0),
            draws=rule.draws,
            seed=report.random_state,
        )
    ]
    if len(set(report.weights.values())) > 1:
        weights = (f"{name} {weight:g}" for name, weight in report.weights.items())
        lines.append(say("weights_line", lang, weights=_list(weights, lang)))
    else:
        lines.append(say("weights_equal", lang))
    lines.append(
        say(
            "reading_line",
            lang,
            tables=reading.tables,
            rows=reading.rows,
            cells=reading.cells,
            blank=reading.blank,
            dropped=reading.dropped_headers,
        )
    )
    if model := report.model:
        lines.append(say("model_line", lang, name=model.name, version=model.version, sha=model.sha256[:12]))
    lines.append(say("caution", lang))
    return lines
