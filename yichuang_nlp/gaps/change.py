"""One issue against the one before, like for like: only what both have is compared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from math import fsum

from yichuang_nlp.findings import (
    CellChange,
    Change,
    Commitment,
    CommitmentChange,
    Flag,
    GapReport,
    Issue,
    Move,
    Outcome,
    QualityFlag,
    RankChange,
)
from yichuang_nlp.gaps.promises import judge_day
from yichuang_nlp.gaps.quality import bigrams_of, fingerprint_of
from yichuang_nlp.records import Prediction, Status

__all__ = ["carry_deadlines", "compare_issues", "find_unchanged", "list_history"]

ALIKE = 0.34  # share of the letter pairs of a promise that another text must have to speak of the same thing


def _key(name: str) -> str:
    """Return a name without what differs from issue to issue: spaces, quotes, the word 市 at the end."""
    return fingerprint_of(name).removesuffix("市")


def _pair_cells(now: GapReport, before: GapReport) -> list[tuple[int, int]]:
    """Return the places of the cells that stand in both reports, as (now, before)."""
    earlier: dict[tuple[str, str], int] = {}
    for index, prediction in enumerate(before.predictions):
        earlier.setdefault((_key(prediction.cell.city), _key(prediction.cell.dimension)), index)
    pairs, used = [], set()
    for index, prediction in enumerate(now.predictions):
        place = _key(prediction.cell.city), _key(prediction.cell.dimension)
        if place in earlier and place not in used:
            used.add(place)
            pairs.append((index, earlier[place]))
    return pairs


def compare_issues(now: GapReport, before: GapReport) -> Change:
    """Return what changed since `before`."""
    pairs = _pair_cells(now, before)
    cells = []
    for new, old in pairs:
        after, earlier = now.predictions[new], before.predictions[old]
        if after.status is None or earlier.status is None:
            continue
        step = after.status.rank - earlier.status.rank
        cells.append(
            CellChange(
                city=after.cell.city,
                dimension=after.cell.dimension,
                move=Move.ADVANCED if step > 0 else Move.FELL_BACK if step < 0 else Move.UNCHANGED,
                before=earlier.status,
                after=after.status,
                before_text=earlier.cell.text.strip(),
                after_text=after.cell.text.strip(),
                cell=new,
            )
        )
    new_cities, lost_cities = _differences(now.briefing.cities, before.briefing.cities)
    new_dimensions, lost_dimensions = _differences(now.briefing.dimensions, before.briefing.dimensions)
    return Change(
        title=before.briefing.title,
        issue=before.briefing.issue,
        as_of=before.briefing.as_of,
        compared=len(cells),
        new_cities=new_cities,
        lost_cities=lost_cities,
        new_dimensions=new_dimensions,
        lost_dimensions=lost_dimensions,
        cells=tuple(cells),
        commitments=_follow_commitments(now, before, pairs),
        ranks=_compare_ranks(now, before, pairs),
    )


def carry_deadlines(now: GapReport, before: GapReport) -> tuple[Commitment, ...]:
    """Return the commitments of `now`, with the day of the earlier issue where its very text is repeated.

    20日前 meant the 20th of the month in which it was first written; a text that is copied into the next issue
    promises nothing new.
    """
    said = {(item.cell, item.start, item.end, item.deadline.start): item.deadline for item in before.commitments}
    same = {
        new: old
        for new, old in _pair_cells(now, before)
        if now.predictions[new].cell.text == before.predictions[old].cell.text
    }
    carried = []
    for item in now.commitments:
        place = same.get(item.cell, -1)
        deadline = said.get((place, item.start, item.end, item.deadline.start), item.deadline)
        due, days = judge_day(deadline.date, now.briefing.as_of, now.rule.due_days)
        carried.append(replace(item, deadline=deadline, due=due, days=days))
    return tuple(sorted(carried, key=lambda item: (item.deadline.date or date.max, item.cell, item.start)))


def _differences(now: Sequence[str], before: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    keys_now, keys_before = {_key(name) for name in now}, {_key(name) for name in before}
    return (
        tuple(name for name in now if _key(name) not in keys_before),
        tuple(name for name in before if _key(name) not in keys_now),
    )


def _compare_ranks(now: GapReport, before: GapReport, pairs: Sequence[tuple[int, int]]) -> tuple[RankChange, ...]:
    """Return both places of every city, from the cells with a status in both issues and today's weights."""
    scores: dict[str, list[tuple[float, float, float]]] = {}
    for new, old in pairs:
        after, earlier = now.predictions[new], before.predictions[old]
        rank, rank_before = after.expected_rank, earlier.expected_rank
        weight = now.weights.get(after.cell.dimension, 1.0)
        if rank is not None and rank_before is not None and weight > 0:
            scores.setdefault(after.cell.city, []).append((weight, rank_before, rank))
    means = {
        city: tuple(
            round(fsum(weight * item[column] for weight, *item in rows) / fsum(row[0] for row in rows), 9)
            for column in (0, 1)
        )
        for city, rows in scores.items()
    }

    def rank_of(city: str, column: int) -> int:
        own = round(means[city][column], 3)
        return 1 + sum(round(other[column], 3) > own for other in means.values())

    return tuple(RankChange(city, rank_of(city, 0), rank_of(city, 1), *means[city]) for city in means)


def _follow_commitments(
    now: GapReport, before: GapReport, pairs: Sequence[tuple[int, int]]
) -> tuple[CommitmentChange, ...]:
    """Return what became of every promise of the earlier issue whose cell is still there."""
    today = {old: new for new, old in pairs}
    promised: dict[int, list[Commitment]] = {}
    for commitment in now.commitments:
        promised.setdefault(commitment.cell, []).append(commitment)
    found = []
    for earlier in before.commitments:
        if earlier.cell not in today:
            continue
        place = today[earlier.cell]
        prediction = now.predictions[place]
        content = bigrams_of(earlier.promise.replace(earlier.deadline.text, ""))
        after = max(promised.get(place, ()), key=lambda item: _overlap(content, item.promise), default=None)
        if after and _overlap(content, after.promise) < ALIKE:
            after = None
        outcome = _judge(earlier, after, prediction, content, now)
        found.append(CommitmentChange(outcome, earlier, after, prediction.cell.text.strip(), place))
    return tuple(found)


def _overlap(pairs: set[str], text: str) -> float:
    return len(pairs & bigrams_of(text)) / len(pairs) if pairs else 0.0


def _judge(
    earlier: Commitment, after: Commitment | None, prediction: Prediction, content: set[str], now: GapReport
) -> Outcome:
    """Return the outcome: kept words count before a new day, a new day before a missed one."""
    if prediction.status is Status.COMPLETED:
        return Outcome.MET
    kept = (piece for piece in prediction.evidence if piece.aspect == "d" and piece.status is Status.COMPLETED)
    if after is None and any(_overlap(content, piece.text) >= ALIKE for piece in kept):
        return Outcome.MET
    day, as_of = earlier.deadline.date, now.briefing.as_of
    if after and after.deadline.date and day and after.deadline.date > day:
        return Outcome.MOVED
    if day and as_of and day < as_of:
        return Outcome.MISSED
    return Outcome.OPEN


def find_unchanged(now: GapReport, before: GapReport) -> list[QualityFlag]:
    """Return for each city the cells short of completion whose text and status are as they were."""
    found: dict[str, list[int]] = {}
    for new, old in _pair_cells(now, before):
        after, earlier = now.predictions[new], before.predictions[old]
        if after.status is None or after.status is Status.COMPLETED or after.status is not earlier.status:
            continue
        if fingerprint_of(after.cell.text) == fingerprint_of(earlier.cell.text):
            found.setdefault(after.cell.city, []).append(new)
    flags = []
    for city, places in found.items():
        cells = [now.predictions[i].cell for i in places]
        text = cells[0].text.strip() if len(cells) == 1 else ""
        dimensions = tuple(cell.dimension for cell in cells)
        flags.append(QualityFlag(Flag.UNCHANGED, (city,), dimensions, text, "", tuple(places)))
    return flags


def list_history(reports: Sequence[GapReport]) -> tuple[Issue, ...]:
    """Return the progress of every city in the earlier issues, in the order given."""
    return tuple(
        Issue(
            report.briefing.title,
            report.briefing.issue,
            report.briefing.as_of,
            {city.city: city.progress for city in report.cities if city.progress is not None},
        )
        for report in reports
    )
