"""Notebooks and what values look like in them: valid, without errors, without logic of their own, and escaped."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

import yichuang_nlp
from yichuang_nlp.notebook import Picture, fold_away
from yichuang_nlp.records import Address, Briefing, Cell, Evidence, Prediction, Reading, Status

from .conftest import ROOT

SAMPLES = ROOT / "corpus" / "briefings"
HOSTILE = '<script>alert(1)</script>&"<b>已完成</b>'


class Tags(HTMLParser):
    """Collects the tags and the text of a piece of HTML."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.fixture(scope="module")
def report() -> yichuang_nlp.GapReport:
    briefing = yichuang_nlp.read_briefing(SAMPLES / "yijianshi-08.txt")
    model = yichuang_nlp.load_model()
    return yichuang_nlp.gap_report(briefing, model.predict(briefing.cells), model=model.info)


def test_a_briefing_shows_as_its_matrix(report: yichuang_nlp.GapReport) -> None:
    briefing = report.briefing
    shown = Tags(briefing._repr_html_())
    assert shown.tags.count("td") == len(briefing.cities) * len(briefing.dimensions)
    for name in (*briefing.cities, *briefing.dimensions):
        assert name in shown.text
    assert "2021-05-31" in shown.text


def test_a_report_shows_as_its_matrix_with_a_light_a_cell(report: yichuang_nlp.GapReport) -> None:
    shown = Tags(report._repr_html_())
    assert shown.tags.count("td") == len(report.cities) * (len(report.dimensions) + 1)
    lights = len(re.findall("[○◐●] (?:计划|推进中|已完成)", shown.text))
    assert lights == sum(prediction.status is not None for prediction in report.predictions)


def test_a_prediction_shows_as_its_highlighted_text(report: yichuang_nlp.GapReport) -> None:
    for prediction in report.predictions:
        if prediction.status is None:
            continue
        shown = Tags(prediction._repr_html_())
        assert shown.tags.count("mark") == sum(piece.status is not None for piece in prediction.evidence)
        plain = re.sub("[○◐●]", "", shown.text)
        assert re.sub("[○◐●]", "", prediction.cell.text.replace("\n", "")) in plain


def test_an_explanation_shows_every_clause() -> None:
    explanation = yichuang_nlp.load_model().explain("方案已印发，窗口正在改造，7月底前启用。", "综合窗口设置")
    shown = Tags(explanation._repr_html_())
    assert shown.tags.count("tr") == 1 + len(explanation.evidence) == 4
    for clause in explanation.evidence:
        assert shown.text.count(clause.text) >= 2, "in the text and in the table"


def test_nothing_from_a_file_becomes_markup() -> None:
    cell = Cell(HOSTILE, HOSTILE, HOSTILE, Address(HOSTILE))
    briefing = Briefing(HOSTILE, (cell,), Reading(1, 1, 1, 0), title=HOSTILE, issue=HOSTILE)
    evidence = Evidence(3, 20, HOSTILE[3:20], Status.COMPLETED, "d", "s", 1.0)
    prediction = Prediction(cell, Status.COMPLETED, {Status.COMPLETED: 1.0}, (evidence,), False)
    report = yichuang_nlp.gap_report(briefing, [prediction])
    explanation = yichuang_nlp.load_model().explain(HOSTILE, HOSTILE)
    for value in (briefing, prediction, report, explanation):
        shown = Tags(value._repr_html_())
        assert not {"script", "b"} & set(shown.tags), type(value).__name__
        assert "<script>alert(1)" in shown.text


def test_long_briefings_are_cut_with_a_word() -> None:
    cells = [Cell(f"第{n}县", "清单编制", "已公布清单。", Address("a.txt", 1, n + 2, 2)) for n in range(200)]
    html = Briefing("a.txt", tuple(cells), Reading(1, 200, 200, 0))._repr_html_()
    assert Tags(html).tags.count("td") < 200
    assert "另有 140 行未显示" in html


def test_sections_fold_away_with_escaped_titles() -> None:
    shown = Tags(fold_away([(HOSTILE, ["<p>一</p>", "<p>二</p>"])])._repr_html_())
    assert shown.tags == ["details", "summary", "p", "p"]
    assert Picture("<svg/>")._repr_svg_() == "<svg/>"
