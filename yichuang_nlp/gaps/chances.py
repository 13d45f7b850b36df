"""The chances behind ranks and verdicts: many possible briefings drawn from the probabilities of the cells.

The draws of a cell depend on its city and its dimension alone (and on `random_state`), so neither the order
of the table nor another city changes them; and a cell with better probabilities is never drawn worse.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from yichuang_nlp.findings import LaggingRule
from yichuang_nlp.records import Prediction, Status

if TYPE_CHECKING:
    import numpy as np

__all__ = ["Standing", "weigh_city", "weigh_standings"]

EPSILON = 1e-9  # two sums of the same steps in another order differ by less


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a city stands among the ranked ones, with intervals, and its chance of lagging."""

    rank: int
    rank_low: int
    rank_high: int
    low: float
    high: float
    behind: float
    chance: float


def weigh_city(predictions: Sequence[Prediction], weights: Sequence[float]) -> float | None:
    """Return the progress of one city, 0 to 1: the weighted mean of the expected ranks of its cells.

    Cells without a status count neither for nor against; None where no cell has one.
    """
    from math import fsum

    pairs = [
        (weight, rank)
        for weight, prediction in zip(weights, predictions, strict=True)
        if (rank := prediction.expected_rank) is not None and weight > 0
    ]
    total = fsum(weight for weight, _ in pairs)
    return fsum(weight * rank for weight, rank in pairs) / total if total else None


def weigh_standings(
    cities: Sequence[tuple[str, Sequence[Prediction], Sequence[float]]],
    *,
    dimensions: int,
    rule: LaggingRule,
    random_state: int,
) -> tuple[dict[str, Standing], float | None]:
    """Return the standing of each city and the steps of the median city.

    `cities` are (name, its predictions, their weights); all of them are ranked. The steps of a city are its
    progress times two times the number of dimensions: the sum of its statuses where all have the same weight.
    Progress that prints the same (to 0.1%) is a tie.
    """
    import numpy as np

    if not cities:
        return {}, None
    full = 2 * dimensions
    points = np.array([weigh_city(cells, weights) or 0.0 for _, cells, weights in cities])
    rounded = np.round(points, 3)
    ranks = 1 + (rounded[None, :] > rounded[:, None]).sum(axis=1)
    drawn = np.stack([_draw(name, cells, weights, rule, random_state) for name, cells, weights in cities])
    below, above = (1 - rule.interval) / 2, (1 + rule.interval) / 2
    best, worst = _rank_draws(drawn)
    rank_low = np.quantile(best, below, axis=1, method="inverted_cdf")
    rank_high = np.quantile(worst, above, axis=1, method="inverted_cdf")
    low, high = np.quantile(drawn, [below, above], axis=1, method="inverted_cdf")
    median = float(np.median(points)) * full
    behind = median - points * full
    shortfall = (np.median(drawn, axis=0)[None, :] - drawn) * full
    chance = (shortfall >= rule.steps - EPSILON).mean(axis=1)
    standings = {
        name: Standing(
            rank=int(ranks[i]),
            rank_low=min(int(ranks[i]), int(rank_low[i])),
            rank_high=max(int(ranks[i]), int(rank_high[i])),
            low=min(float(points[i]), float(low[i])),
            high=max(float(points[i]), float(high[i])),
            behind=0.0 if abs(behind[i]) < EPSILON else float(behind[i]),
            chance=float(chance[i]),
        )
        for i, (name, _, _) in enumerate(cities)
    }
    return standings, median


def _draw(
    city: str, cells: Sequence[Prediction], weights: Sequence[float], rule: LaggingRule, random_state: int
) -> np.ndarray:
    """Return `rule.draws` possible values of the progress of one city."""
    import numpy as np

    total = np.zeros(rule.draws)
    mass = 0.0
    seen: dict[str, int] = {}
    # in the order of the names, so that the order of the columns cannot change a sum in its last bits
    for prediction, weight in sorted(zip(cells, weights, strict=True), key=lambda pair: pair[0].cell.dimension):
        if prediction.expected_rank is None or weight <= 0:
            continue
        dimension = prediction.cell.dimension
        seen[dimension] = seen.get(dimension, 0) + 1
        key = f"{random_state}|{city}|{dimension}|{seen[dimension]}".encode()
        seed = int.from_bytes(hashlib.sha256(key).digest()[:8], "big")
        luck = np.random.Generator(np.random.PCG64(seed)).random(rule.draws)
        planned = prediction.proba.get(Status.PLANNED, 0.0)
        begun = planned + prediction.proba.get(Status.IN_PROGRESS, 0.0)
        total += weight * ((luck >= planned).astype(float) + (luck >= begun - 1e-12)) / 2
        mass += weight
    return np.round(total / mass, 12) if mass else total


def _rank_draws(drawn: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return for each city and draw the best and the worst rank that its ties allow."""
    import numpy as np

    best = np.empty(drawn.shape, dtype=np.int32)
    worst = np.empty(drawn.shape, dtype=np.int32)
    for city, values in enumerate(drawn):
        best[city] = 1 + (drawn > values).sum(axis=0)
        worst[city] = (drawn >= values).sum(axis=0)
    return best, worst
