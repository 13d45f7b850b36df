"""From predictions to verdicts: progress and rank of cities, medians, leaders and gaps of dimensions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import fsum
from statistics import median_low

from yichuang_nlp.errors import BadOption
from yichuang_nlp.findings import CityProgress, DimensionSummary, Gap, LaggingRule, Leader, Verdict
from yichuang_nlp.gaps.chances import EPSILON, weigh_city, weigh_standings
from yichuang_nlp.gaps.quotes import count_facts, find_quote
from yichuang_nlp.records import Prediction, Status

__all__ = ["check_weights", "summarise_dimensions", "weigh_cities"]

MOST_LEADERS = 3
FEWEST_RANKED = 3  # the median of two cities is neither of them


def check_weights(dimensions: Sequence[str], weights: Mapping[str, float] | None) -> dict[str, float]:
    """Return a weight for every dimension: those given, 1 for the others; they must name dimensions."""
    given = dict(weights or {})
    for name, weight in given.items():
        if name not in dimensions:
            raise BadOption("weights", found=f"the dimension {name!r}", expected="one of " + "、".join(dimensions))
        if not (isinstance(weight, (int, float)) and 0 <= weight < float("inf")):
            raise BadOption(f"weights, {name}", found=repr(weight), expected="a number, 0 or more")
    full = {name: float(given.get(name, 1.0)) for name in dimensions}
    if full and not any(full.values()):
        raise BadOption("weights", found="0 for every dimension", expected="at least one above 0")
    return full


def summarise_dimensions(
    predictions: Sequence[Prediction], weights: Mapping[str, float]
) -> tuple[DimensionSummary, ...]:
    """Return one summary a dimension: its median is that of the cities that report a status.

    With an even number of cities the median is the lower of the two in the middle: a status that exists,
    and the kinder one to those below.
    """
    columns: dict[str, list[int]] = {name: [] for name in weights}
    for index, prediction in enumerate(predictions):
        columns[prediction.cell.dimension].append(index)
    return tuple(_summarise(name, columns[name], predictions, weights[name]) for name in weights)


def _summarise(name: str, places: Sequence[int], predictions: Sequence[Prediction], weight: float) -> DimensionSummary:
    statuses = [status for i in places if (status := predictions[i].status) is not None]
    ranks = [rank for i in places if (rank := predictions[i].expected_rank) is not None]
    counts = {status: statuses.count(status) for status in Status}
    if not statuses:
        return DimensionSummary(name, weight, counts, len(places), None, None, (), ())
    median = list(Status)[median_low(status.rank for status in statuses)]
    behind = [_gap(i, predictions[i], median) for i in places]
    return DimensionSummary(
        dimension=name,
        weight=weight,
        counts=counts,
        without=len(places) - len(statuses),
        median=median,
        progress=fsum(ranks) / len(ranks) if ranks else None,
        leaders=_find_leaders(name, places, predictions, max(statuses, key=lambda status: status.rank)),
        behind=tuple(sorted((gap for gap in behind if gap), key=lambda gap: (-gap.steps, -gap.chance))),
    )


def _gap(index: int, prediction: Prediction, median: Status) -> Gap | None:
    status = prediction.status
    if status is None or status.rank >= median.rank:
        return None
    return Gap(
        city=prediction.cell.city,
        dimension=prediction.cell.dimension,
        status=status,
        reference=median,
        steps=median.rank - status.rank,
        chance=min(1.0, fsum(p for other, p in prediction.proba.items() if other.rank < median.rank)),
        quote=find_quote(prediction),
        cell=index,
        needs_review=prediction.needs_review,
    )


def _find_leaders(
    name: str, places: Iterable[int], predictions: Sequence[Prediction], best: Status
) -> tuple[Leader, ...]:
    """Return the cities with the best status there is, those with the most facts first.

    Nobody leads with a plan; and a cell that a person should still look at is no example to others.
    """
    if best is Status.PLANNED:
        return ()
    leaders = [
        (count_facts(predictions[i].cell.text), predictions[i].confidence, i)
        for i in places
        if predictions[i].status is best and not predictions[i].needs_review
    ]
    leaders.sort(key=lambda found: (-found[0], -found[1], predictions[found[2]].cell.city))
    return tuple(
        Leader(predictions[i].cell.city, name, best, facts, find_quote(predictions[i]), i)
        for facts, _, i in leaders[:MOST_LEADERS]
    )


def weigh_cities(
    predictions: Sequence[Prediction],
    dimensions: Sequence[DimensionSummary],
    rule: LaggingRule,
    random_state: int,
) -> tuple[tuple[CityProgress, ...], float | None]:
    """Return the progress of every city in the order of the table, and the steps of the median city."""
    rows: dict[str, list[Prediction]] = {}
    for prediction in predictions:
        rows.setdefault(prediction.cell.city, []).append(prediction)
    weight_of = {summary.dimension: summary.weight for summary in dimensions}
    gaps: dict[str, list[Gap]] = {}
    for gap in (gap for summary in dimensions for gap in summary.behind):
        gaps.setdefault(gap.city, []).append(gap)
    counted = sum(summary.weight > 0 for summary in dimensions)

    ranked = []
    for name, cells in rows.items():
        weights = _share_weights(cells, weight_of)
        if weigh_city(cells, weights) is not None and _count_unusable(cells) <= rule.unusable * len(cells) + EPSILON:
            ranked.append((name, cells, weights))
    standings, median = weigh_standings(ranked, dimensions=counted, rule=rule, random_state=random_state)

    cities = []
    for name, cells in rows.items():
        progress = weigh_city(cells, _share_weights(cells, weight_of))
        standing = standings.get(name)
        verdict = Verdict.UNRANKED
        if standing:
            enough = len(ranked) >= FEWEST_RANKED
            verdict = _judge(standing.behind, standing.chance, rule) if enough else Verdict.NONE
        cities.append(
            CityProgress(
                city=name,
                progress=progress,
                low=standing.low if standing else None,
                high=standing.high if standing else None,
                rank=standing.rank if standing else None,
                rank_low=standing.rank_low if standing else None,
                rank_high=standing.rank_high if standing else None,
                steps=None if progress is None else progress * 2 * counted,
                behind=standing.behind if standing else None,
                chance=standing.chance if standing else None,
                verdict=verdict,
                cells=len(cells),
                unusable=_count_unusable(cells),
                counts={status: sum(cell.status is status for cell in cells) for status in Status},
                reasons=tuple(sorted(gaps.get(name, ()), key=lambda gap: (-gap.steps, -gap.chance))),
            )
        )
    return tuple(cities), median


def _judge(behind: float, chance: float, rule: LaggingRule) -> Verdict:
    """Return the verdict of the rule; a city level with the median never lags, whatever its chance."""
    if behind <= EPSILON or chance < rule.watch:
        return Verdict.NONE
    return Verdict.LAGGING if chance >= rule.lagging else Verdict.WATCH


def _count_unusable(cells: Iterable[Prediction]) -> int:
    return sum(cell.status is None or cell.needs_review for cell in cells)


def _share_weights(cells: Sequence[Prediction], weight_of: Mapping[str, float]) -> list[float]:
    """Return the weight of each cell; several cells of one dimension share its weight."""
    scored = [cell.cell.dimension for cell in cells if cell.status is not None]
    return [weight_of[cell.cell.dimension] / max(1, scored.count(cell.cell.dimension)) for cell in cells]
