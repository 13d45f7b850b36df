"""The report as Markdown, for mail, wikis and merge requests."""

from __future__ import annotations

import re
from collections.abc import Iterable

from yichuang_nlp.findings import GapReport, Verdict
from yichuang_nlp.reports.columns import clean
from yichuang_nlp.reports.prose import (
    describe_leader,
    describe_method,
    describe_reason,
    describe_verdict,
    headline,
    percent,
    say_nobody,
    subtitle,
    suggest,
    title_of,
)
from yichuang_nlp.reports.tables import Table, Value, build_tables
from yichuang_nlp.reports.wording import Lang, say

__all__ = ["render_markdown"]

_SPECIAL = re.compile(r"([\\`*_\[\]<>|#~$!])")
_LEADING = re.compile(r"^(\s*)(?:([-+>=])|(\d+)([.)]))")


def render_markdown(report: GapReport, lang: Lang = "zh") -> str:
    """Return the report as Markdown; nothing in the briefing can become markup."""
    tables = build_tables(report, lang)
    lines = [f"# {_escape(title_of(report, lang))}", "", _escape(subtitle(report, lang)), ""]
    lines += [f"- {_escape(line)}" for line in headline(report, lang)]
    lines += ["", f"## {say('matrix', lang)}", "", *_draw(tables["matrix"])]
    lines += ["", f"## {say('lagging_cities', lang)}", ""]
    found = [*report.with_verdict(Verdict.LAGGING), *report.with_verdict(Verdict.WATCH)]
    for city in found:
        lines += [f"### {_escape(city.city)}", "", _escape(describe_verdict(city, report, lang)), ""]
        lines += [f"- {_escape(describe_reason(gap, lang))}" for gap in city.reasons]
        if not city.reasons:
            lines.append(f"- {say('no_reason', lang)}")
        lines.append("")
    if not found:
        lines += [_escape(say_nobody(report, lang)), ""]
    if apart := report.with_verdict(Verdict.UNRANKED):
        lines += [f"### {say('unranked_cities', lang)}", ""]
        lines += [f"- {_escape(describe_verdict(city, report, lang))}" for city in apart]
        lines.append("")
    lines += [f"## {say('ranking', lang)}", "", *_draw(tables["ranking"], without=("reasons",), lang=lang)]
    lines += ["", f"## {say('leaders_title', lang)}", ""]
    for summary in report.dimensions:
        lines += [f"### {_escape(summary.dimension)}", ""]
        lines += [f"- {_escape(describe_leader(leader, lang))}" for leader in summary.leaders]
        if not summary.leaders:
            lines.append(f"- {say('no_leader', lang)}")
        behind = [gap.city for gap in summary.behind]
        lines += [f"- {say('behind', lang)}: {_escape('、'.join(behind)) or say('nothing', lang)}", ""]
    gaps = [gap for city in found for gap in city.reasons]
    if gaps:
        lines += [f"## {say('suggestions', lang)}", ""]
        lines += [f"- {_escape(suggest(report, gap, lang))}" for gap in gaps] + [""]
    for key in ("commitments", "quantities", "change", "kept", "rank_change", "quality"):
        if key in tables and tables[key].rows:
            lines += [f"## {tables[key].title}", "", *_draw(tables[key]), ""]
    lines += [f"## {say('method', lang)}", ""]
    lines += [f"- {_escape(line)}" for line in describe_method(report, lang)]
    return "\n".join(lines) + "\n"


def _draw(table: Table, *, without: Iterable[str] = (), lang: Lang = "zh") -> list[str]:
    left_out = {say(name, lang) for name in without}
    kept = [i for i, name in enumerate(table.names) if name not in left_out]
    lines = ["| " + " | ".join(_escape(table.names[i]) for i in kept) + " |", "|" + " --- |" * len(kept)]
    for row in table.rows:
        lines.append("| " + " | ".join(_value(row[i], i in table.percents) for i in kept) + " |")
    return lines


def _value(value: Value, is_share: bool) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return _escape(value)
    return percent(value) if is_share else f"{value:g}"


def _escape(text: str) -> str:
    """Return `text` on one line with everything escaped that Markdown or HTML would take for markup."""
    line = _SPECIAL.sub(r"\\\1", clean(text).replace("&", "&amp;"))
    return _LEADING.sub(lambda match: match[1] + (f"\\{match[2]}" if match[2] else f"{match[3]}\\{match[4]}"), line)
