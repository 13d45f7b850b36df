"""The working behind the figures of one city, so that a reader can do the sum again."""

from __future__ import annotations

from yichuang_nlp.findings import CityProgress, GapReport
from yichuang_nlp.reports.prose import chance_of, percent, span_of
from yichuang_nlp.reports.wording import Lang, say

__all__ = ["describe_working"]


def describe_working(report: GapReport, city: CityProgress, lang: Lang) -> list[str]:
    """Return the sum behind progress, steps, distance to the median, chance and rank of one city."""
    cells = [prediction for prediction in report.predictions if prediction.cell.city == city.city]
    terms, weights, unscored = [], [], 0
    for prediction in cells:
        rank = prediction.expected_rank
        if rank is None:
            unscored += 1
            continue
        dimension = prediction.cell.dimension
        shared = sum(other.cell.dimension == dimension and other.status is not None for other in cells)
        weight = report.weights[dimension] / shared
        if weight > 0:
            terms.append(f"{rank:.3f}" if weight == 1 else f"{weight:g}×{rank:.3f}")
            weights.append(weight)
    if not terms or city.progress is None or city.steps is None:
        return [say("working_none", lang)]
    counted = sum(weight > 0 for weight in report.weights.values())
    lines = [
        say(
            "working_progress",
            lang,
            terms=" + ".join(terms),
            total=f"{sum(weights):g}",
            progress=percent(city.progress),
            unscored=unscored,
        ),
        say("working_steps", lang, dimensions=counted, progress=f"{city.progress:.3f}", steps=f"{city.steps:.2f}"),
    ]
    if city.behind is not None and report.median is not None:
        lines.append(
            say(
                "working_behind",
                lang,
                median=f"{report.median:.2f}",
                steps=f"{city.steps:.2f}",
                behind=f"{city.behind:.2f}",
            )
        )
        lines.append(
            say(
                "working_chance",
                lang,
                draws=report.rule.draws,
                limit=f"{report.rule.steps:g}",
                chance=chance_of(city.chance),
                ranks=span_of(city.rank_low, city.rank_high),
            )
        )
    return lines
