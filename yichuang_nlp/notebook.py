"""How values show themselves in a notebook: a briefing as its matrix, a prediction as its highlighted text.

`_repr_html_` of the nouns comes here when a notebook asks, and never else. The pieces carry their few styles inline,
because a notebook brings no style sheet of ours; every text from a file is escaped.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from yichuang_nlp.palette import ALARM, FILLS, GLYPHS, INKS, LINE, REVIEW_MARK, SOFT

if TYPE_CHECKING:
    from yichuang_nlp.classifier import Explanation
    from yichuang_nlp.findings import GapReport
    from yichuang_nlp.records import Briefing, Evidence, Prediction

__all__ = ["Html", "Picture", "fold_away", "show_briefing", "show_explanation", "show_prediction", "show_report"]

MOST_ROWS = 60  # cities: a notebook is for looking, the whole stands in the files
_MOST_TEXT = 28  # characters of a cell in the matrix; the whole text is its tooltip
_MARKS = {"lagging": "▼", "watch": "▽"}
_STATES = {"planned": "计划", "in_progress": "推进中", "completed": "已完成", "unstated": "未说明"}


@dataclass(frozen=True, slots=True)
class Html:
    """A piece of HTML that a notebook shows as such; `source` is trusted, its maker has escaped what it quotes."""

    source: str

    def _repr_html_(self) -> str:
        return self.source


@dataclass(frozen=True, slots=True)
class Picture:
    """An SVG that a notebook shows as a picture.

    >>> Picture("<svg/>")._repr_svg_()
    '<svg/>'
    """

    svg: str

    def _repr_svg_(self) -> str:
        return self.svg


def fold_away(sections: Iterable[tuple[str, Iterable[str]]]) -> Html:
    """Return sections that open with a click; each is (title as plain text, pieces of HTML)."""
    return Html(
        "".join(f"<details><summary>{escape(title)}</summary>{''.join(pieces)}</details>" for title, pieces in sections)
    )


def highlight(text: str, evidence: Sequence[Evidence]) -> str:
    """Return `text` as HTML with its clauses in the colour and with the glyph of what each speaks for."""
    parts, at = [], 0
    for clause in sorted(evidence, key=lambda clause: clause.start):
        if clause.status is None or clause.start < at:
            continue
        state = clause.status.value
        parts.append(_lines(text[at : clause.start]))
        parts.append(
            f'<mark title="{escape(f"{clause.status.zh} {clause.weight:+.2f}")}" style="{_colours(state)};'
            f'padding:0 2px;border-radius:3px">{GLYPHS[state]}{_lines(text[clause.start : clause.end])}</mark>'
        )
        at = clause.end
    return "".join([*parts, _lines(text[at:])])


def _lines(text: str) -> str:
    return escape(text).replace("\n", "<br>")


def _colours(state: str) -> str:
    return f"background-color:{FILLS[state]};color:{INKS[state]}" if state in FILLS else f"color:{SOFT}"


def _light(prediction: Prediction) -> tuple[str, str]:
    """Return the state of a cell and its light in words."""
    cell = prediction.cell
    state = prediction.status.value if prediction.status else cell.blank.value if cell.blank else "unstated"
    word = cell.blank.zh if cell.blank else _STATES[state]
    return state, f"{GLYPHS[state]} {word}{REVIEW_MARK if prediction.needs_review else ''}"


def _cell(content: str, style: str = "", title: str = "") -> str:
    hint = f' title="{escape(title)}"' if title else ""
    return f'<td style="text-align:left;border:1px solid {LINE};{style}"{hint}>{content}</td>'


def _matrix(heads: Sequence[str], rows: Sequence[tuple[str, Sequence[str]]], caption: str, left_out: int) -> str:
    head = "".join(f'<th scope="col" style="text-align:left">{escape(name)}</th>' for name in heads)
    body = "".join(
        f'<tr><th scope="row" style="text-align:left;white-space:nowrap">{name}</th>{"".join(cells)}</tr>'
        for name, cells in rows
    )
    more = f'<p style="color:{SOFT}">另有 {left_out} 行未显示</p>' if left_out > 0 else ""
    return (
        f"<p>{caption}</p><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{more}"  # already escaped
    )


def _masthead(briefing: Briefing) -> str:
    issue = f"第 {briefing.issue} 期" if briefing.issue.isdigit() else briefing.issue
    day = f"截至 {briefing.as_of.isoformat()}" if briefing.as_of else ""
    known = [part for part in (briefing.title or briefing.source, issue, day) if part]
    return f"<strong>{escape(' · '.join(known))}</strong>"


def show_briefing(briefing: Briefing) -> str:
    """Return the matrix of a briefing: cities by dimensions, the beginning of each text, the whole as tooltip."""
    texts: dict[tuple[str, str], list[str]] = {}
    for cell in briefing.cells:
        shown = f"{GLYPHS[cell.blank.value]} {cell.blank.zh}" if cell.blank else cell.text
        texts.setdefault((cell.city, cell.dimension), []).append(shown)
    rows = []
    for city in briefing.cities[:MOST_ROWS]:
        whole = [" / ".join(texts.get((city, name), [GLYPHS["absent"]])) for name in briefing.dimensions]
        short = [text if len(text) <= _MOST_TEXT else text[:_MOST_TEXT] + "…" for text in whole]
        rows.append((escape(city), [_cell(_lines(a), title=b if a != b else "") for a, b in zip(short, whole)]))
    caption = f"{_masthead(briefing)}<br>{len(briefing.cities)} 个地区 × {len(briefing.dimensions)} 个事项"
    return _matrix(["地区", *briefing.dimensions], rows, caption, len(briefing.cities) - MOST_ROWS)


def show_report(report: GapReport) -> str:
    """Return the matrix of a report: the cities by rank, a light a cell, the words behind it as tooltip."""
    places = report.places()
    names = [summary.dimension for summary in report.dimensions]
    order = [*report.ranked(), *(city for city in report.cities if city.rank is None)]
    rows = []
    for city in order[:MOST_ROWS]:
        mark = _MARKS.get(city.verdict.value, "")
        name = f'<span style="color:{ALARM}">{mark}</span>{escape(city.city)}' if mark else escape(city.city)
        cells = [_cell("-" if city.progress is None else f"{city.progress:.1%}")]
        for dimension in names:
            found = [report.predictions[index] for index in places.get((city.city, dimension), [])]
            lights = [_light(prediction) for prediction in found] or [("absent", GLYPHS["absent"])]
            words = " / ".join(prediction.cell.text for prediction in found)
            cells.append(_cell(escape(" ".join(word for _, word in lights)), _colours(lights[0][0]), words))
        rows.append((name, cells))
    caption = f"{_masthead(report.briefing)}<br>▼ 落后 ▽ 关注 {REVIEW_MARK} 请人工复核"
    return _matrix(["地区", "进度", *names], rows, caption, len(order) - MOST_ROWS)


def show_prediction(prediction: Prediction) -> str:
    """Return the light of a cell, its probabilities, and its text with the deciding clauses highlighted."""
    return f"<p>{_head(prediction)}<br>{highlight(prediction.cell.text, prediction.evidence)}</p>"


def _head(prediction: Prediction) -> str:
    state, light = _light(prediction)
    where = " · ".join(part for part in (prediction.cell.city, prediction.cell.dimension) if part)
    shares = " · ".join(f"{status.zh} {share:.0%}" for status, share in prediction.proba.items())
    return (
        f'{escape(where)} <span style="{_colours(state)};padding:0 4px;border-radius:3px">{escape(light)}</span> '
        f'<span style="color:{SOFT}">{escape(shares)}</span>'
    )


def show_explanation(explanation: Explanation) -> str:
    """Return a text with every clause highlighted, then what each clause weighs and the cues that moved it."""
    prediction = explanation.prediction
    rows = [
        (
            f"{clause.start}–{clause.end}",
            [
                _cell(_lines(clause.text)),
                _cell(
                    f"{GLYPHS[clause.status.value]} {clause.status.zh}" if clause.status else "背景",
                    _colours(clause.status.value if clause.status else ""),
                ),
                _cell(f"{clause.weight:+.2f}"),
                _cell(escape("，".join(f"{cue.name} {cue.weight:+.2f}" for cue in clause.cues))),
            ],
        )
        for clause in explanation.evidence
    ]
    caption = f"{_head(prediction)}<br>{highlight(prediction.cell.text, explanation.evidence)}"
    return _matrix(["位置", "分句", "说的是", "份量", "线索"], rows, caption, 0)
