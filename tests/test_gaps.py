from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.gap_cases import CERTAIN, build_case
from yichuang_nlp.errors import BadOption, BadTable
from yichuang_nlp.findings import CityProgress, GapReport, LaggingRule, Verdict
from yichuang_nlp.gaps import gap_report
from yichuang_nlp.records import Prediction, Status

FAST = LaggingRule(draws=400)


def by_city(report: GapReport) -> dict[str, CityProgress]:
    return {city.city: city for city in report.cities}


def test_progress_is_the_mean_of_expected_ranks_and_rank_counts_the_better_cities() -> None:
    report = gap_report(
        *build_case({"杭州市": "cccc", "宁波市": "occo", "温州市": "occo", "湖州市": "pooo"}, proba=CERTAIN)
    )
    cities = by_city(report)
    assert [cities[c].progress for c in cities] == [1.0, 0.75, 0.75, 0.375]
    assert [cities[c].rank for c in cities] == [1, 2, 2, 4]
    assert [cities[c].steps for c in cities] == [8.0, 6.0, 6.0, 3.0]
    assert report.median == 6.0
    # certain cells leave nothing to chance: the interval of a tie is its shared places, the others are points
    assert [(cities[c].rank_low, cities[c].rank_high) for c in cities] == [(1, 1), (2, 3), (2, 3), (4, 4)]
    assert [cities[c].verdict for c in cities] == [Verdict.NONE] * 3 + [Verdict.LAGGING]
    assert cities["湖州市"].chance == 1.0
    assert cities["湖州市"].behind == 3.0


def test_one_step_behind_the_median_is_not_lagging() -> None:
    report = gap_report(*build_case({"杭州市": "cccc", "宁波市": "cccc", "温州市": "ccco"}, proba=CERTAIN))
    assert not any(city.lagging for city in report.cities)


def test_reasons_name_the_cells_below_the_median_of_their_dimension_with_their_words() -> None:
    rows = {"杭州市": "cccc", "宁波市": "ccoc", "温州市": "coco", "湖州市": "cpop"}
    report = gap_report(*build_case(rows, texts={("湖州市", 1): "拟于明年编制指南，目前尚未启动。"}))
    city = by_city(report)["湖州市"]
    assert city.lagging
    assert next((gap.dimension, gap.status, gap.reference, gap.steps) for gap in city.reasons) == (
        "办事指南",
        Status.PLANNED,
        Status.IN_PROGRESS,
        1,
    )
    for gap in city.reasons:
        assert gap.quote.rstrip("…") in report.predictions[gap.cell].cell.text
    assert report.predictions[city.reasons[0].cell].cell.city == "湖州市"


@pytest.mark.parametrize(
    ("codes", "ranked", "why"),
    [
        ("ccccc", True, "all cells are good"),
        ("cccc-", True, "one of five is exactly the limit of 20%"),
        ("ccc--", False, "two of five blank"),
        ("cccC?", False, "one to review, one that claims nothing"),
        ("CCccc", False, "two of five sent to review"),
        ("-----", False, "nothing at all was reported"),
    ],
)
def test_a_city_with_more_than_a_fifth_unusable_cells_gets_no_rank(codes: str, ranked: bool, why: str) -> None:
    rows = {"杭州市": "ccooo", "宁波市": codes, "温州市": "ooppp"}
    report = gap_report(*build_case(rows, dimensions=list("甲乙丙丁戊")), rule=FAST)
    city = by_city(report)["宁波市"]
    assert (city.rank is not None) is ranked, why
    assert (city.verdict is Verdict.UNRANKED) is not ranked
    assert by_city(report)["杭州市"].rank == (2 if ranked else 1)


def test_a_blank_cell_counts_neither_for_nor_against() -> None:
    rows = {"杭州市": "coco-", "宁波市": "cocoo", "温州市": "ooooo"}
    city = by_city(gap_report(*build_case(rows, dimensions=list("甲乙丙丁戊"), proba=CERTAIN)))["杭州市"]
    assert city.progress == 0.75
    assert city.coverage == pytest.approx(0.8)


def test_behind_is_below_the_median_status_of_the_reporting_cities() -> None:
    rows = {"杭州市": "c", "宁波市": "c", "温州市": "o", "湖州市": "p", "嘉兴市": "-"}
    summary = gap_report(*build_case(rows, dimensions=["综合窗口"]), rule=FAST).dimensions[0]
    assert summary.median is Status.IN_PROGRESS  # p o | c c: the lower of the two in the middle
    assert [gap.city for gap in summary.behind] == ["湖州市"]
    assert summary.without == 1
    assert summary.counts == {Status.PLANNED: 1, Status.IN_PROGRESS: 1, Status.COMPLETED: 2}


def test_leaders_are_the_best_with_the_most_facts_first_and_never_a_cell_to_review() -> None:
    rows = {"杭州市": "c", "宁波市": "c", "温州市": "C", "湖州市": "o"}
    texts = {
        ("宁波市", 0): "已设综合窗口32个，印发《窗口管理办法》（甬办〔2021〕8号）。",
        ("温州市", 0): "已设窗口1个、2个、3个、4个、5个。",
    }
    summary = gap_report(*build_case(rows, dimensions=["综合窗口"], texts=texts), rule=FAST).dimensions[0]
    assert [leader.city for leader in summary.leaders] == ["宁波市", "杭州市"]
    assert summary.leaders[0].concrete == 3


def test_nobody_leads_with_a_plan() -> None:
    report = gap_report(*build_case({"杭州市": "p", "宁波市": "p"}, dimensions=["综合窗口"]), rule=FAST)
    assert report.dimensions[0].leaders == ()


def test_weights_move_progress_and_a_weight_of_nought_takes_a_dimension_out() -> None:
    case = build_case({"杭州市": "cp", "宁波市": "pc", "温州市": "oo"}, dimensions=["甲", "乙"], proba=CERTAIN)
    assert by_city(gap_report(*case))["杭州市"].progress == 0.5
    assert by_city(gap_report(*case, weights={"甲": 3}))["杭州市"].progress == 0.75
    assert by_city(gap_report(*case, weights={"乙": 0}))["杭州市"].steps == 2.0


@pytest.mark.parametrize(
    ("weights", "reason"),
    [
        ({"丙": 1.0}, "no such dimension"),
        ({"甲": -1.0}, "below nought"),
        ({"甲": float("nan")}, "not a number"),
        ({"甲": 0, "乙": 0}, "nothing left to weigh"),
    ],
)
def test_bad_weights_are_refused(weights: dict[str, float], reason: str) -> None:
    with pytest.raises(BadOption):
        gap_report(*build_case({"杭州市": "cp"}, dimensions=["甲", "乙"]), weights=weights)


@pytest.mark.parametrize(
    "values",
    [{"steps": 0}, {"lagging": 1.2}, {"watch": 0.9}, {"unusable": -0.1}, {"draws": 5}, {"interval": 1}],
)
def test_a_rule_that_makes_no_sense_is_refused(values: dict[str, float]) -> None:
    with pytest.raises(BadOption, match="lagging rule"):
        LaggingRule(**values)  # type: ignore[arg-type]


def test_predictions_of_other_cells_are_refused() -> None:
    briefing, predictions = build_case({"杭州市": "cpoc"})
    with pytest.raises(BadTable):
        gap_report(briefing, predictions[:-1])
    with pytest.raises(BadTable):
        gap_report(briefing, predictions[::-1])


def test_fail_on() -> None:
    report = gap_report(*build_case({"杭州市": "cccc", "宁波市": "cccc", "温州市": "pppP"}))
    assert report.fails("review")
    assert not report.fails("lagging")  # the only one behind has 25% of its cells to review: no verdict
    assert not report.fails("overdue")
    with pytest.raises(BadOption):
        report.fails("weather")


# --- properties

CITIES = ["杭州市", "宁波市", "温州市", "湖州市", "嘉兴市", "绍兴市", "金华市"]


@st.composite
def probabilities(draw: st.DrawFn) -> dict[Status, float]:
    parts = [draw(st.integers(0, 20)) for _ in Status]
    total = sum(parts) or 1
    parts[0] += 1 if sum(parts) == 0 else 0
    return {status: part / total for status, part in zip(Status, parts, strict=True)}


@st.composite
def scored(draw: st.DrawFn, width: int = 3) -> dict[str, list[dict[Status, float]]]:
    cities = draw(st.lists(st.sampled_from(CITIES), min_size=1, max_size=7, unique=True))
    return {city: [draw(probabilities()) for _ in range(width)] for city in cities}


def report_of(rows: dict[str, list[dict[Status, float]]], order: list[str] | None = None) -> GapReport:
    order = order or list(rows)
    width = len(next(iter(rows.values())))
    briefing, predictions = build_case(dict.fromkeys(order, "o" * width), dimensions=list("甲乙丙")[:width])
    predictions = [
        replace(
            prediction,
            proba=(proba := rows[prediction.cell.city][index % width]),
            status=max(proba, key=lambda status: proba[status]),
        )
        for index, prediction in enumerate(predictions)
    ]
    return gap_report(briefing, predictions, rule=FAST)


def facts(city: CityProgress) -> tuple[object, ...]:
    return (
        city.city,
        city.progress,
        city.rank,
        city.rank_low,
        city.rank_high,
        city.low,
        city.high,
        city.verdict,
        city.chance,
    )


@settings(max_examples=40, deadline=None)
@given(scored(), st.randoms(use_true_random=False))
def test_the_order_of_the_cities_changes_nothing(rows: dict[str, list[dict[Status, float]]], luck: object) -> None:
    order = list(rows)
    luck.shuffle(order)  # type: ignore[attr-defined]
    first, second = report_of(rows), report_of(rows, order)
    assert sorted(map(facts, first.cities)) == sorted(map(facts, second.cities))
    assert first.median == second.median


@settings(max_examples=40, deadline=None)
@given(scored(), st.integers(0, 2), st.integers(0, 2), st.floats(0, 1))
def test_more_progress_never_lowers_a_rank(
    rows: dict[str, list[dict[Status, float]]], column: int, source: int, share: float
) -> None:
    city = next(iter(rows))
    better = {name: [dict(proba) for proba in row] for name, row in rows.items()}
    low, high = list(Status)[min(source, 1)], list(Status)[min(source, 1) + 1]
    moved = better[city][column][low] * share
    better[city][column][low] -= moved
    better[city][column][high] += moved
    before, after = by_city(report_of(rows))[city], by_city(report_of(better))[city]
    assert after.rank is not None and before.rank is not None
    assert after.rank <= before.rank
    assert after.rank_low is not None and before.rank_low is not None and after.rank_low <= before.rank_low
    assert after.rank_high is not None and before.rank_high is not None and after.rank_high <= before.rank_high


@settings(max_examples=40, deadline=None)
@given(scored())
def test_intervals_cover_the_point_and_the_median_never_lags(
    rows: dict[str, list[dict[Status, float]]],
) -> None:
    report = report_of(rows)
    for city in report.cities:
        assert city.low is not None and city.progress is not None and city.high is not None
        assert city.low <= city.progress <= city.high
        assert city.rank_low is not None and city.rank is not None and city.rank_high is not None
        assert 1 <= city.rank_low <= city.rank <= city.rank_high <= len(rows)
        assert city.steps is not None and report.median is not None
        if city.steps >= report.median - 1e-9:
            assert city.verdict is Verdict.NONE


def test_the_same_random_state_gives_the_same_report_and_another_nearly_the_same() -> None:
    case = build_case({"杭州市": "ccoc", "宁波市": "cooc", "温州市": "pppo"})
    first, again, other = (gap_report(*case, random_state=seed) for seed in (0, 0, 1))
    assert first == again
    for one, two in zip(first.cities, other.cities, strict=True):
        assert one.chance == pytest.approx(two.chance, abs=0.05)


def test_chance_agrees_with_the_exact_sum_over_all_outcomes() -> None:
    # one unsure city against two certain ones: P(at least 2 steps behind 4) = P(steps <= 2), added up by hand
    half = {Status.PLANNED: 0.5, Status.IN_PROGRESS: 0.3, Status.COMPLETED: 0.2}
    briefing, predictions = build_case({"杭州市": "cc", "宁波市": "cc", "温州市": "oo"}, dimensions=["甲", "乙"])
    sure = {Status.PLANNED: 0.0, Status.IN_PROGRESS: 0.0, Status.COMPLETED: 1.0}
    predictions = [
        replace(p, proba=half, status=Status.PLANNED) if p.cell.city == "温州市" else replace(p, proba=sure)
        for p in predictions
    ]
    exact = sum(half[a] * half[b] for a in Status for b in Status if 4 - (a.rank + b.rank) >= 2)
    city = by_city(gap_report(briefing, predictions))["温州市"]
    assert city.chance == pytest.approx(exact, abs=0.02)
    assert isinstance(predictions[0], Prediction)
