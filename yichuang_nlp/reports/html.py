"""The report as one self-contained page: no network, no library, everything from the briefing escaped.

The page forbids itself every source but its own script and style (by their hashes), so that even text that got
through unescaped could not run or send anything.
"""

from __future__ import annotations

import hashlib
import json
from base64 import b64encode
from html import escape
from importlib.resources import files
from typing import Any

from yichuang_nlp.findings import Flag, GapReport, Verdict
from yichuang_nlp.records import Prediction, Status
from yichuang_nlp.reports.html_parts import (
    draw_change,
    draw_commitments,
    draw_dimensions,
    draw_lagging,
    draw_method,
    draw_quality,
    draw_quantities,
    draw_ranking,
)
from yichuang_nlp.reports.prose import (
    GLYPHS,
    REVIEW_MARK,
    glyph_of,
    headline,
    locate,
    percent,
    state_of,
    subtitle,
    title_of,
)
from yichuang_nlp.reports.wording import Lang, say

__all__ = ["render_html"]

COLUMNS_BEFORE = 2  # the head of the row and the progress
STATES = ("planned", "in_progress", "completed")
WORDS = ("close", "same_row", "same_column", "shown", "review", "address")
FLAG_LETTERS = {"b": "flag_behind", "r": "review", "q": "flag_quality", "d": "flag_due"}


def render_html(report: GapReport, lang: Lang = "zh") -> str:
    """Return the page as text."""
    style = files(__package__).joinpath("page.css").read_text(encoding="utf-8")
    script = files(__package__).joinpath("page.js").read_text(encoding="utf-8")
    policy = (
        f"default-src 'none'; script-src '{_digest(script)}'; style-src '{_digest(style)}'; "
        "base-uri 'none'; form-action 'none'"
    )
    title = escape(title_of(report, lang))
    sections = [
        ("lagging_cities", draw_lagging(report, lang)),
        ("matrix", _draw_matrix(report, lang)),
        ("ranking", draw_ranking(report, lang)),
        ("change", draw_change(report, lang)),
        ("small_multiples", draw_dimensions(report, lang)),
        ("commitments", draw_commitments(report, lang)),
        ("quantities", draw_quantities(report, lang)),
        ("quality", draw_quality(report, lang)),
        ("method", draw_method(report, lang)),
    ]
    sections = [(key, drawn) for key, drawn in sections if drawn]
    links = "".join(f'<li><a href="#{key}">{escape(say(key, lang))}</a></li>' for key, _ in sections)
    parts = "".join(
        f'<section id="{key}" aria-labelledby="h-{key}"><h2 id="h-{key}">{escape(say(key, lang))}</h2>'
        f"{drawn}</section>\n"
        for key, drawn in sections
    )
    lines = "".join(f"<p>{escape(line)}</p>" for line in headline(report, lang))
    return (
        f'<!DOCTYPE html>\n<html lang="{"zh-CN" if lang == "zh" else "en"}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n'
        f"<title>{title}</title>\n<style>{style}</style>\n</head>\n<body>\n"
        f'<a class="skip" href="#matrix">{escape(say("skip", lang))}</a>\n'
        f'<header><h1>{title}</h1><p class="sub">{escape(subtitle(report, lang))}</p>\n'
        f'<div class="head" role="region" aria-label="{escape(say("headline", lang))}">{lines}</div>\n'
        f"<nav><ul>{links}</ul></nav></header>\n<main>\n{parts}</main>\n"
        '<dialog id="cell" aria-labelledby="cell-title"></dialog>\n'
        f'<script type="application/json" id="data">{_embed(_data(report, lang))}</script>\n'
        f"<script>{script}</script>\n</body>\n</html>\n"
    )


def _digest(text: str) -> str:
    return "sha256-" + b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")


def _embed(value: Any) -> str:
    """Return `value` as JSON that cannot end the script element that it stands in."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for char in "<>&\u2028\u2029":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return text


def _draw_matrix(report: GapReport, lang: Lang) -> str:
    places = report.places()
    names = [summary.dimension for summary in report.dimensions]
    marks = {Verdict.LAGGING: "▼", Verdict.WATCH: "▽"}

    def head(by: str, text: str, kind: str = "") -> str:
        kind = f' class="{kind}"' if kind else ""
        return (
            f'<th scope="col" data-by="{by}" aria-sort="none"{kind}><button type="button">{escape(text)}</button></th>'
        )

    heads = head("city", say("city", lang)) + head("progress", say("progress", lang), "n")
    heads += "".join(head(str(number), name) for number, name in enumerate(names))
    rows = []
    for city in report.cities:
        tag = ""
        if city.verdict in marks:
            word = escape(say(city.verdict.value, lang))
            tag = f' <span class="tag {city.verdict.value}">{marks[city.verdict]} {word}</span>'
        cells = "".join(_draw_place(report, places.get((city.city, name), []), lang) for name in names)
        rows.append(
            f'<tr data-city="{escape(city.city)}" data-progress='
            f'"{"" if city.progress is None else round(city.progress, 6)}">'
            f'<th scope="row">{escape(city.city)}{tag}</th><td class="n">{percent(city.progress)}</td>{cells}</tr>'
        )
    sorts = [("table", "sort_table"), ("city", "sort_city"), ("progress", "sort_progress")]
    options = "".join(f'<option value="{key}">{escape(say(word, lang))}</option>' for key, word in sorts)
    options += "".join(f'<option value="{i}">{escape(name)}</option>' for i, name in enumerate(names))
    used = dict.fromkeys([*STATES, *(state_of(prediction) for prediction in report.predictions)])
    statuses = f'<option value="">{escape(say("all", lang))}</option>' + "".join(
        f'<option value="{key}">{GLYPHS[key]} {escape(say(key, lang))}</option>' for key in used
    )
    flags = f'<option value="">{escape(say("all", lang))}</option>' + "".join(
        f'<option value="{key}">{escape(say(word, lang))}</option>' for key, word in FLAG_LETTERS.items()
    )
    legend = " ".join(
        f'<span class="chip tag s-{key if key in STATES else "other"}">{GLYPHS[key]} {escape(say(key, lang))}</span>'
        for key in used
    )
    return (
        f'<p class="chips">{legend} <span class="chip">{REVIEW_MARK} {escape(say("review", lang))}</span></p>'
        f'<p class="hint">{escape(say("click_hint", lang))}</p>'
        f'<div class="controls"><label>{escape(say("sort_by", lang))}<select id="sort">{options}</select></label>'
        f'<label>{escape(say("filter_status", lang))}<select id="by-status">{statuses}</select></label>'
        f'<label>{escape(say("filter_flag", lang))}<select id="by-flag">{flags}</select></label>'
        f'<span id="shown" class="note shown" role="status" aria-live="polite"></span></div>'
        f'<div class="wrap" role="region" tabindex="0" aria-label="{escape(say("matrix", lang))}">'
        f'<table id="grid" role="grid" aria-label="{escape(say("matrix", lang))}">'
        f"<thead><tr>{heads}</tr></thead><tbody>\n" + "\n".join(rows) + "\n</tbody></table></div>"
    )


def _draw_place(report: GapReport, found: list[int], lang: Lang) -> str:
    if not found:
        word = escape(say("absent", lang))
        return f'<td class="s-other"><span title="{word}" aria-label="{word}">{GLYPHS["absent"]}</span></td>'
    state = state_of(report.predictions[found[0]])
    lights = "".join(
        f'<button type="button" data-i="{i}">{_light(report.predictions[i], lang)}</button>' for i in found
    )
    return f'<td class="s-{state if state in STATES else "other"}">{lights}</td>'


def _light(prediction: Prediction, lang: Lang) -> str:
    mark = f" {REVIEW_MARK}" if prediction.needs_review else ""
    return f"{glyph_of(prediction)} {escape(say(state_of(prediction), lang))}{mark}"


def _data(report: GapReport, lang: Lang) -> dict[str, Any]:
    """Return what the script needs, as short as it goes: a page for 100 cities must open at once."""
    cities = {city.city: number for number, city in enumerate(report.cities)}
    dimensions = {summary.dimension: number for number, summary in enumerate(report.dimensions)}
    keys = [*STATES, *(key for key in GLYPHS if key not in STATES and key != "absent")]
    flags: dict[int, set[str]] = {}
    for gap in (gap for summary in report.dimensions for gap in summary.behind):
        flags.setdefault(gap.cell, set()).add("b")
    for index in report.to_review():
        flags.setdefault(index, set()).add("r")
    notes: dict[int, list[int]] = {}
    kinds = list(Flag)
    for flag in report.quality:
        for index in flag.cells:
            flags.setdefault(index, set()).add("q")
            if flag.kind not in (Flag.BLANK, Flag.UNSTATED):
                notes.setdefault(index, []).append(kinds.index(flag.kind))
    for commitment in report.commitments:
        flags.setdefault(commitment.cell, set()).add("d")
    cells = []
    for index, prediction in enumerate(report.predictions):
        cell = prediction.cell
        shown: dict[str, Any] = {
            "c": cities[cell.city],
            "d": dimensions[cell.dimension],
            "t": cell.text,
            "s": keys.index(state_of(prediction)),
            "e": [
                [piece.start, piece.end, piece.status.rank]
                for piece in sorted(prediction.evidence, key=lambda piece: piece.start)
                if piece.status is not None
            ],
            "f": "".join(sorted(flags.get(index, ()))),
            "a": locate(cell.address, lang),
        }
        if prediction.proba:
            shown["p"] = [round(prediction.proba.get(status, 0.0), 4) for status in Status]
        if prediction.needs_review:
            shown["r"] = 1
        if prediction.status is None and prediction.why not in ("", state_of(prediction)):
            shown["w"] = prediction.why
        if index in notes:
            shown["n"] = notes[index]
        cells.append(shown)
    return {
        "cells": cells,
        "cities": list(cities),
        "dimensions": list(dimensions),
        "before": COLUMNS_BEFORE,
        "mark": REVIEW_MARK,
        "states": [
            {"id": key, "g": GLYPHS[key], "w": say(key, lang), "k": key if key in STATES else ""} for key in keys
        ],
        "notes": [say(kind.value, lang) for kind in kinds],
        "words": {key: say(key, lang) for key in WORDS},
    }
