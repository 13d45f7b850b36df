"""The one door of the weighing: a briefing and its predictions in, a `GapReport` out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from yichuang_nlp.errors import BadTable
from yichuang_nlp.findings import GapReport, LaggingRule
from yichuang_nlp.gaps.change import carry_deadlines, compare_issues, find_unchanged, list_history
from yichuang_nlp.gaps.progress import check_weights, summarise_dimensions, weigh_cities
from yichuang_nlp.gaps.promises import collect_commitments, collect_quantities
from yichuang_nlp.gaps.quality import check_quality
from yichuang_nlp.records import Briefing, ModelInfo, Prediction

__all__ = ["gap_report"]


def gap_report(
    briefing: Briefing,
    predictions: Sequence[Prediction],
    *,
    rule: LaggingRule = LaggingRule(),  # noqa: B008 (frozen)
    weights: Mapping[str, float] | None = None,
    previous: GapReport | Sequence[GapReport] | None = None,
    model: ModelInfo | None = None,
    random_state: int = 0,
) -> GapReport:
    """Return what is found in one briefing: progress, ranks, lagging cities, leaders, promises, quality,
    change.

    `weights` count the dimensions (equal by default). The same input gives the same report: chances are drawn
    with `random_state`, and the clock is never read. `previous` is the report on an earlier issue, or several,
    the oldest first: changes are told from the last of them.
    """
    predictions = tuple(predictions)
    _check_pairs(briefing, predictions)
    full = check_weights(briefing.dimensions, weights)
    dimensions = summarise_dimensions(predictions, full)
    cities, median = weigh_cities(predictions, dimensions, rule, random_state)
    report = GapReport(
        briefing=briefing,
        predictions=predictions,
        rule=rule,
        weights=full,
        cities=cities,
        dimensions=dimensions,
        commitments=collect_commitments(predictions, briefing.as_of, rule.due_days),
        quantities=collect_quantities(predictions),
        quality=check_quality(briefing, predictions),
        median=median,
        model=model,
        random_state=random_state,
    )
    earlier = [previous] if isinstance(previous, GapReport) else list(previous or ())
    if not earlier:
        return report
    report = replace(report, commitments=carry_deadlines(report, earlier[-1]))
    return replace(
        report,
        quality=(*report.quality, *find_unchanged(report, earlier[-1])),
        change=compare_issues(report, earlier[-1]),
        history=list_history(earlier),
    )


def _check_pairs(briefing: Briefing, predictions: Sequence[Prediction]) -> None:
    """Raise unless every cell of the briefing has its prediction, in the same order."""
    found = [prediction.cell for prediction in predictions]
    if found != list(briefing.cells):
        raise BadTable(
            briefing.source,
            found=f"{len(found)} predictions for {len(briefing.cells)} cells, or in another order",
            expected="one prediction a cell, in the order of the cells",
            hint="pass model.predict(briefing.cells)",
        )
