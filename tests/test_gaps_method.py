"""The worked example of docs/method is worked here too, so that the page cannot drift from the code."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.test_reports_golden import build_golden
from yichuang_nlp.findings import LaggingRule, Verdict
from yichuang_nlp.reports import render_report
from yichuang_nlp.reports.prose import chance_of, percent
from yichuang_nlp.reports.workings import describe_working

DOCS = Path(__file__).parents[1] / "docs"


@pytest.mark.parametrize("page", ["method.md", "method.en.md"])
def test_the_example_by_hand(page: str) -> None:
    text = (DOCS / page).read_text(encoding="utf-8")
    report = build_golden()
    city = next(city for city in report.cities if city.city == "南浦市")
    assert city.progress == pytest.approx((4 * 0.025 + 0.505) / 5)
    assert city.steps is not None and city.behind is not None and report.median is not None and city.chance is not None
    others = [f"{other.steps:.2f}" for other in report.ranked() if other.city != city.city]
    assert others == ["9.75", "6.93", "5.97"]
    for printed in (
        f"**{city.progress:.3f}**",
        percent(city.progress),
        f"**{city.steps:.2f}**",
        *others,
        f"**{report.median:.2f}**",
        f"**{city.behind:.2f}**",
        f"{city.behind:.1f}",
        percent(city.chance),
        chance_of(city.chance),
        f"**{city.rank}**",
    ):
        assert printed in text, printed
    assert city.verdict is Verdict.LAGGING
    assert (city.rank_low, city.rank_high) == (4, 4)


def test_a_report_prints_the_sum_behind_every_city() -> None:
    report = build_golden()
    for city in report.ranked():
        lines = describe_working(report, city, "zh")
        terms = re.search(r"\((.+)\) ÷ ([\d.]+)", lines[0])
        assert terms and city.progress is not None
        assert sum(map(float, terms[1].split(" + "))) / float(terms[2]) == pytest.approx(city.progress, abs=1e-3)
        assert percent(city.progress) in lines[0]
        assert f"= {city.behind:.2f}" in lines[2]
    page = render_report(report, ".html").decode()
    assert "(0.025 + 0.025 + 0.505 + 0.025 + 0.025) ÷ 5 = 12.1%" in page


@pytest.mark.parametrize("page", ["method.md", "method.en.md"])
def test_the_rule_on_the_page_is_the_rule_in_the_code(page: str) -> None:
    text = (DOCS / page).read_text(encoding="utf-8")
    rule = LaggingRule()
    for name in ("steps", "lagging", "watch", "unusable", "due_days"):
        found = re.search(rf"^{name} = ([\d.]+)", text, re.MULTILINE)
        assert found and float(found[1]) == getattr(rule, name)
    assert f"{rule.draws:,}" in text or str(rule.draws) in text
