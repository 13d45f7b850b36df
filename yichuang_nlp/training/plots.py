"""The pictures of a review as SVG: reliability, coverage, bars with intervals, learning curve.

No plotting library: a picture names fonts that systems have and embeds none, so that Chinese reads on a bare machine.
Series differ in shape as well as in colour (Okabe and Ito's, made for colour-blind readers).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape

from yichuang_nlp.notebook import Picture
from yichuang_nlp.palette import FONT, INK, LINE, SOFT

__all__ = ["draw_bars", "draw_coverage", "draw_learning_curve", "draw_reliability", "draw_shares"]

_COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00")
_WIDE, _HIGH = 420.0, 280.0
_LEFT, _TOP = 64.0, 60.0

Point = tuple[float, float]


def _text(x: float, y: float, text: str, anchor: str = "middle", size: int = 12, fill: str = INK) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}" fill="{fill}">{escape(text)}</text>'
    )


def _line(a: Point, b: Point, stroke: str = LINE, extra: str = "") -> str:
    return f'<line x1="{a[0]:.1f}" y1="{a[1]:.1f}" x2="{b[0]:.1f}" y2="{b[1]:.1f}" stroke="{stroke}"{extra}/>'


def _mark(x: float, y: float, series: int, hint: str) -> str:
    """Return a circle, square or diamond: the shape tells the series apart without its colour."""
    colour, title = _COLOURS[series % len(_COLOURS)], f"<title>{escape(hint)}</title>"
    if series % 3 == 0:
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4.5" fill="{colour}">{title}</circle>'
    if series % 3 == 1:
        return f'<rect x="{x - 4:.1f}" y="{y - 4:.1f}" width="8" height="8" fill="{colour}">{title}</rect>'
    return f'<path d="M{x:.1f} {y - 6:.1f}l6 6l-6 6l-6 -6z" fill="{colour}">{title}</path>'


def _frame(title: str, content: Sequence[str], width: float, height: float) -> Picture:
    return Picture(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" width="{width:g}" '
        f'height="{height:g}" role="img" aria-label="{escape(title)}" font-family="{escape(FONT)}">'
        f'<title>{escape(title)}</title><rect width="{width:g}" height="{height:g}" fill="#ffffff"/>'
        f"{_text(16, 22, title, 'start', 15)}{''.join(content)}</svg>"
    )


def _curves(
    title: str,
    x_name: str,
    y_name: str,
    series: Sequence[tuple[str, Sequence[tuple[float, float, str]]]],
    x_range: Point,
    y_range: Point,
    x_label: Callable[[float], str],
    *,
    ideal: bool = False,
) -> Picture:
    """Return curves through (x, y, hint), with five ticks an axis; `ideal` draws the diagonal."""

    def at(x: float, y: float) -> Point:
        return (
            _LEFT + _WIDE * (x - x_range[0]) / (x_range[1] - x_range[0]),
            _TOP + _HIGH * (1 - (y - y_range[0]) / (y_range[1] - y_range[0])),
        )

    parts = []
    for step in range(5):
        x = x_range[0] + (x_range[1] - x_range[0]) * step / 4
        y = y_range[0] + (y_range[1] - y_range[0]) * step / 4
        parts += [_line(at(x, y_range[0]), at(x, y_range[1])), _line(at(x_range[0], y), at(x_range[1], y))]
        parts.append(_text(at(x, 0)[0], _TOP + _HIGH + 18, x_label(x), fill=SOFT))
        parts.append(_text(_LEFT - 8, at(0, y)[1] + 4, f"{y:.2f}", "end", fill=SOFT))
    if ideal:
        low, high = max(x_range[0], y_range[0]), min(x_range[1], y_range[1])
        parts.append(_line(at(low, low), at(high, high), INK, ' stroke-dasharray="4 3"'))
    for number, (name, points) in enumerate(series):
        colour = _COLOURS[number % len(_COLOURS)]
        path = " ".join("{:.1f},{:.1f}".format(*at(x, y)) for x, y, _ in points)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [_mark(*at(x, y), number, hint) for x, y, hint in points]
        y = _TOP + 16 + 20 * number
        parts += [_mark(_LEFT + _WIDE + 20, y - 4, number, name), _text(_LEFT + _WIDE + 32, y, name, "start")]
    parts.append(_text(_LEFT + _WIDE / 2, _TOP + _HIGH + 40, x_name))
    parts.append(_text(16, _TOP - 14, y_name, "start", fill=SOFT))
    return _frame(title, parts, _LEFT + _WIDE + 150, _TOP + _HIGH + 56)


def draw_reliability(series: Sequence[tuple[str, Sequence[tuple[float, float, int]]]], title: str) -> Picture:
    """Return the reliability curve of each (name, bins of `metrics.reliability`): on the diagonal, words are kept."""
    lines = [
        (name, [(said, right, f"说 {said:.0%}，对 {right:.0%}，{n} 条") for said, right, n in bins])
        for name, bins in series
    ]
    lowest = min((min(said, right) for _, bins in series for said, right, _ in bins), default=0.0)
    span = (max(0.0, int(lowest * 10) / 10), 1.0)
    return _curves(title, "模型说的把握", "对的比例", lines, span, span, lambda x: f"{x:.0%}", ideal=True)


def draw_coverage(rows: Sequence[tuple[float, float, float]], title: str) -> Picture:
    """Return macro-F1 and accuracy against the share left to the machine (rows of `metrics.coverage_table`)."""
    f1 = [(share, score, f"留 {share:.0%}：F1 {score:.3f}") for share, score, _ in rows]
    right = [(share, score, f"留 {share:.0%}：准确率 {score:.3f}") for share, _, score in rows]
    low = int(min(min(score, other) for _, score, other in rows) * 20) / 20
    ends = (min(share for share, _, _ in rows), 1.0)
    names = [("macro-F1", f1), ("准确率", right)]
    return _curves(title, "交给模型的比例（其余人工看）", "得分", names, ends, (low, 1.0), lambda x: f"{x:.0%}")


def draw_learning_curve(rows: Sequence[tuple[int, float, float, float]], title: str) -> Picture:
    """Return macro-F1 with its interval against training items; rows are (items, score, low, high)."""
    most = max(n for n, _, _, _ in rows)
    low = max(0.0, int(min(low for _, _, low, _ in rows) * 10) / 10)
    series = [
        ("macro-F1", [(n, f1, f"{n} 条：{f1:.3f}") for n, f1, _, _ in rows]),
        ("区间上限", [(n, high, f"{n} 条：{high:.3f}") for n, _, _, high in rows]),
        ("区间下限", [(n, least, f"{n} 条：{least:.3f}") for n, _, least, _ in rows]),
    ]
    return _curves(title, "训练条目数", "macro-F1", series, (0.0, float(most)), (low, 1.0), lambda x: f"{x:.0f}")


def draw_bars(rows: Sequence[tuple[str, float, float | None, float | None]], title: str) -> Picture:
    """Return horizontal bars from 0 to 1; rows are (name, value, low, high), None where there is no interval."""
    left, wide, high = 200.0, 340.0, 26.0
    bottom = _TOP + high * len(rows)
    parts = []
    for step in range(5):
        x = left + wide * step / 4
        parts += [_line((x, _TOP), (x, bottom)), _text(x, bottom + 18, f"{step / 4:.2f}", fill=SOFT)]
    for number, (name, value, low, most) in enumerate(rows):
        y = _TOP + high * number
        parts.append(_text(left - 8, y + 17, name, "end"))
        parts.append(
            f'<rect x="{left:g}" y="{y + 4:.1f}" width="{wide * max(value, 0.0):.1f}" height="{high - 8:g}" '
            f'fill="#56b4e9"><title>{escape(f"{name} {value:.3f}")}</title></rect>'
        )
        if low is not None and most is not None:
            ends = (left + wide * low, y + high / 2), (left + wide * most, y + high / 2)
            parts.append(_line(*ends, INK, ' stroke-width="2"'))
        span = "" if low is None or most is None else f"（{low:.2f}–{most:.2f}）"
        parts.append(_text(left + wide + 10, y + 17, f"{value:.3f}{span}", "start"))
    return _frame(title, parts, left + wide + 150, bottom + 32)


def draw_shares(rows: Sequence[tuple[str, Sequence[int]]], names: Sequence[str], title: str) -> Picture:
    """Return one stacked bar a row, with the count in each part; `names` are of the parts, at most five."""
    fills = ("#f0c9a8", "#f0e6a0", "#a8d3f0", "#d9d9d9", "#e6c3d8")  # pale, so that the ink on them reads
    left, wide, high = 120.0, 460.0, 30.0
    parts = [
        f'<rect x="{left + 110 * k:g}" y="{_TOP - 12:g}" width="12" height="12" fill="{fills[k]}" stroke="{SOFT}"/>'
        + _text(left + 110 * k + 18, _TOP - 2, name, "start")
        for k, name in enumerate(names)
    ]
    for number, (row, counts) in enumerate(rows):
        x, y, total = left, _TOP + 12 + high * number, max(sum(counts), 1)
        parts.append(_text(left - 8, y + 19, row, "end"))
        for k, count in enumerate(counts):
            size = wide * count / total
            parts.append(
                f'<rect x="{x:.1f}" y="{y:.1f}" width="{size:.1f}" height="{high - 5:g}" fill="{fills[k]}" '
                f'stroke="#ffffff"><title>{escape(f"{row} {names[k]} {count}")}</title></rect>'
            )
            if size > 30:
                parts.append(_text(x + size / 2, y + 18, str(count)))
            x += size
        parts.append(_text(x + 10, y + 19, str(sum(counts)), "start", fill=SOFT))
    return _frame(title, parts, left + wide + 70, _TOP + 24 + high * len(rows))
