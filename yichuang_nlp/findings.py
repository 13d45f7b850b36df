"""The nouns of a verdict: what the weighing of a briefing finds, as frozen values that renderers only show.

`GapReport` is the one object that every format is made from, so that no two formats can disagree.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum

from yichuang_nlp.errors import BadOption
from yichuang_nlp.records import Briefing, ModelInfo, Prediction, Status

__all__ = [
    "CellChange", "Change", "CityProgress", "Commitment", "CommitmentChange", "Deadline", "DimensionSummary",
    "Due", "Flag", "Gap", "GapReport", "Issue", "LaggingRule", "Leader", "Move", "Outcome", "Precision",
    "QualityFlag", "Quantity", "RankChange", "Verdict",
]  # fmt: skip


class Precision(str, Enum):
    """How exactly a text names a day; `UNKNOWN` is a promise without a date that can be computed (春节前)."""

    DAY = "day"
    TEN_DAYS = "ten_days"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    HALF_YEAR = "half_year"
    YEAR = "year"
    PLAN_PERIOD = "plan_period"
    UNKNOWN = "unknown"


class Due(str, Enum):
    """How a promised day stands to the as-of day."""

    OVERDUE = "overdue"
    SOON = "due_soon"
    LATER = "later"
    UNKNOWN = "unknown"


class Verdict(str, Enum):
    """What the lagging rule says of a city."""

    LAGGING = "lagging"
    WATCH = "watch"
    NONE = "none"
    UNRANKED = "unranked"


class Flag(str, Enum):
    """What the reporting itself leaves to be desired."""

    SAME_TEXT_DIMENSIONS = "same_text_dimensions"
    SAME_TEXT_CITIES = "same_text_cities"
    OTHER_COLUMN = "other_column"
    VAGUE = "vague"
    UNCHANGED = "unchanged"
    BLANK = "blank"
    UNSTATED = "unstated"
    READING = "reading"
    MISSING_CITY = "missing_city"


class Move(str, Enum):
    """How one cell changed from one issue to the next."""

    ADVANCED = "advanced"
    UNCHANGED = "unchanged"
    FELL_BACK = "fell_back"


class Outcome(str, Enum):
    """What became of a promise of the previous issue."""

    MET = "met"
    MISSED = "missed"
    MOVED = "moved"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Deadline:
    """A day that a text names: half-open offsets into the text, the last day that the words allow, how exactly.

    `date` is None where the words give no day (春节前); in doubt it is the later day, so that nobody is called
    overdue by our reading.
    """

    start: int
    end: int
    text: str
    date: date | None
    precision: Precision
    ahead: bool = False  # the words themselves set a limit (前, 之前, 内, 底前)


@dataclass(frozen=True, slots=True)
class Quantity:
    """A figure with what it counts; `whole` is the stated total that it is a part of."""

    start: int
    end: int
    text: str
    value: float
    unit: str
    what: str = ""
    whole: float | None = None
    city: str = ""
    dimension: str = ""
    cell: int = -1

    @property
    def share(self) -> float | None:
        """The part of the whole, 0 to 1, where both are stated."""
        if self.unit in ("%", "％"):
            return self.value / 100
        return self.value / self.whole if self.whole else None


@dataclass(frozen=True, slots=True)
class Commitment:
    """What a city promised, and for when; `days` counts from the as-of day (negative: overdue)."""

    city: str
    dimension: str
    promise: str
    start: int
    end: int
    deadline: Deadline
    due: Due
    days: int | None
    cell: int


@dataclass(frozen=True, slots=True)
class LaggingRule:
    """When a city counts as lagging; every report prints the rule that it used.

    A city is measured in status steps (planned 0, in progress 1, completed 2) added up over the dimensions. It lags
    when the chance, by the probabilities of its cells, that it is at least `steps` behind the median city is at least
    `lagging`; from `watch` on it is watched. More than `unusable` cells unread, unreported or in review: no rank.
    """

    steps: float = 2.0
    lagging: float = 0.8
    watch: float = 0.5
    unusable: float = 0.2
    due_days: int = 30
    interval: float = 0.9
    draws: int = 4000

    def __post_init__(self) -> None:
        checks = (
            (self.steps > 0, "steps", self.steps, "a number above 0"),
            (0 < self.lagging <= 1, "lagging", self.lagging, "a chance above 0, at most 1"),
            (0 < self.watch <= self.lagging, "watch", self.watch, "a chance above 0, at most `lagging`"),
            (0 <= self.unusable <= 1, "unusable", self.unusable, "a share from 0 to 1"),
            (self.due_days >= 0, "due_days", self.due_days, "a number of days, 0 or more"),
            (0 < self.interval < 1, "interval", self.interval, "a share between 0 and 1"),
            (100 <= self.draws <= 1_000_000, "draws", self.draws, "from 100 to 1,000,000 draws"),
        )
        for good, name, value, expected in checks:
            if not good:
                raise BadOption(f"lagging rule, {name}", found=str(value), expected=expected)


@dataclass(frozen=True, slots=True)
class Gap:
    """One city behind the median status of one dimension.

    `steps` is how many statuses below `reference`; `chance` the probability of being below it at all; `quote` the
    words that decided the status; `cell` the place in `GapReport.predictions`.
    """

    city: str
    dimension: str
    status: Status
    reference: Status
    steps: int
    chance: float
    quote: str
    cell: int
    needs_review: bool = False


@dataclass(frozen=True, slots=True)
class CityProgress:
    """How far a city has got: 0 (all planned) to 1 (all completed), its rank, and the verdict with its reasons.

    `steps` is progress in status steps over all dimensions, `behind` how many of them the median city is ahead,
    `chance` the probability that this is at least the rule's limit. `unusable` counts the cells that are unread,
    unreported or sent to review, out of `cells`.
    """

    city: str
    progress: float | None
    low: float | None
    high: float | None
    rank: int | None
    rank_low: int | None
    rank_high: int | None
    steps: float | None
    behind: float | None
    chance: float | None
    verdict: Verdict
    cells: int
    unusable: int
    counts: Mapping[Status, int]
    reasons: tuple[Gap, ...] = ()

    @property
    def lagging(self) -> bool:
        """Whether the rule calls the city lagging."""
        return self.verdict is Verdict.LAGGING

    @property
    def coverage(self) -> float:
        """The share of its cells that could be read, were reported and need no review."""
        return 1 - self.unusable / self.cells if self.cells else 0.0


@dataclass(frozen=True, slots=True)
class Leader:
    """A city to learn from in one dimension, with how many concrete facts it gives and the words."""

    city: str
    dimension: str
    status: Status
    concrete: int
    quote: str
    cell: int


@dataclass(frozen=True, slots=True)
class DimensionSummary:
    """One dimension over all cities: counts, median, who leads, who is behind."""

    dimension: str
    weight: float
    counts: Mapping[Status, int]
    without: int
    median: Status | None
    progress: float | None
    leaders: tuple[Leader, ...]
    behind: tuple[Gap, ...]


@dataclass(frozen=True, slots=True)
class QualityFlag:
    """One remark on the reporting: the kind, where it applies, the words, and the cells to look at.

    `detail` is what the kind needs beside: the better column, the kind of blank, the vague words.
    """

    kind: Flag
    cities: tuple[str, ...]
    dimensions: tuple[str, ...]
    text: str = ""
    detail: str = ""
    cells: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class CellChange:
    """One cell in two issues, with both texts."""

    city: str
    dimension: str
    move: Move
    before: Status
    after: Status
    before_text: str
    after_text: str
    cell: int


@dataclass(frozen=True, slots=True)
class CommitmentChange:
    """A promise of the previous issue and what the present one says."""

    outcome: Outcome
    before: Commitment
    after: Commitment | None
    text: str
    cell: int


@dataclass(frozen=True, slots=True)
class RankChange:
    """The place of a city in two issues, counted over the cells that both have."""

    city: str
    before: int
    after: int
    progress_before: float
    progress_after: float


@dataclass(frozen=True, slots=True)
class Change:
    """The present issue against the previous one, like for like: only cells with a status in both.

    A changed set of cities or dimensions comes first, because it limits what the rest can say.
    """

    title: str
    issue: str
    as_of: date | None
    compared: int
    new_cities: tuple[str, ...]
    lost_cities: tuple[str, ...]
    new_dimensions: tuple[str, ...]
    lost_dimensions: tuple[str, ...]
    cells: tuple[CellChange, ...]
    commitments: tuple[CommitmentChange, ...]
    ranks: tuple[RankChange, ...]

    def count(self, move: Move) -> int:
        """Return how many cells moved this way."""
        return sum(cell.move is move for cell in self.cells)


@dataclass(frozen=True, slots=True)
class Issue:
    """The progress of every city in one earlier issue."""

    title: str
    issue: str
    as_of: date | None
    progress: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class GapReport:
    """All that is found in one briefing: the single source of every format."""

    briefing: Briefing
    predictions: tuple[Prediction, ...]
    rule: LaggingRule
    weights: Mapping[str, float]
    cities: tuple[CityProgress, ...]  # in the order of the table
    dimensions: tuple[DimensionSummary, ...]
    commitments: tuple[Commitment, ...]
    quantities: tuple[Quantity, ...]
    quality: tuple[QualityFlag, ...]
    median: float | None = None  # the steps of the median city
    change: Change | None = None
    history: tuple[Issue, ...] = ()
    model: ModelInfo | None = None
    random_state: int = 0

    def places(self) -> dict[tuple[str, str], list[int]]:
        """Return where in `predictions` the cells of each city and dimension are."""
        places: dict[tuple[str, str], list[int]] = {}
        for index, prediction in enumerate(self.predictions):
            places.setdefault((prediction.cell.city, prediction.cell.dimension), []).append(index)
        return places

    def counts(self) -> dict[Status | None, int]:
        """Return how many cells have each status; None counts those without one."""
        counts: dict[Status | None, int] = dict.fromkeys([*Status, None], 0)
        for prediction in self.predictions:
            counts[prediction.status] += 1
        return counts

    def ranked(self) -> list[CityProgress]:
        """Return the cities that have a rank, best first; ties stay in the order of the table."""
        return sorted((city for city in self.cities if city.rank is not None), key=lambda city: city.rank or 0)

    def with_verdict(self, verdict: Verdict) -> list[CityProgress]:
        """Return the cities with this verdict, the furthest behind first."""
        return sorted((c for c in self.cities if c.verdict is verdict), key=lambda city: -(city.behind or 0))

    def due(self, *states: Due) -> list[Commitment]:
        """Return the commitments in these states, the earliest first."""
        return [commitment for commitment in self.commitments if commitment.due in states]

    def to_review(self) -> list[int]:
        """Return where in `predictions` a person should look."""
        return [index for index, prediction in enumerate(self.predictions) if prediction.needs_review]

    def fails(self, condition: str) -> bool:
        """Return whether `--fail-on` with this condition (lagging, overdue or review) should fail."""
        if condition == "lagging":
            return any(city.lagging for city in self.cities)
        if condition == "overdue":
            return any(commitment.due is Due.OVERDUE for commitment in self.commitments)
        if condition == "review":
            return bool(self.to_review())
        raise BadOption("--fail-on", found=repr(condition), expected="lagging, overdue or review")

    def _repr_html_(self) -> str:
        from yichuang_nlp.notebook import show_report

        return show_report(self)
