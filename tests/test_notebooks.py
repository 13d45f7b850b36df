"""Notebooks and what values look like in them: valid, without errors, without logic of their own, and escaped."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

import yichuang_nlp
from yichuang_nlp.notebook import Picture, fold_away
from yichuang_nlp.records import Address, Briefing, Cell, Evidence, Prediction, Reading, Status

from .conftest import ROOT

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
ALLOWED = {"yichuang_nlp", "pandas", "IPython", "pathlib", "tempfile", "shutil"}
LOGIC = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda, ast.For, ast.While, ast.If, ast.Try)
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


def read_notebook(path: Path) -> Any:
    nbformat = pytest.importorskip("nbformat", reason='notebooks need: pip install "yichuang_nlp[notebooks]"')
    return nbformat.read(path, as_version=4)


def outputs_of(notebook: Any, kind: str) -> list[str]:
    """The outputs of one MIME type, in order."""
    outputs = [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]
    return [output.data[kind] for output in outputs if kind in output.get("data", {})]


def run_notebook(path: Path, into: Path) -> Any:
    pytest.importorskip("nbclient", reason='running notebooks needs: pip install "yichuang_nlp[notebooks]"')
    command = [sys.executable, str(ROOT / "tools" / "run_notebooks.py"), str(path), "--into", str(into)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr[-3000:]
    return read_notebook(into / path.name)


def test_there_are_four_notebooks() -> None:
    assert [path.name[:2] for path in NOTEBOOKS] == ["01", "02", "03", "04"]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_valid_and_free_of_errors(path: Path) -> None:
    notebook = read_notebook(path)
    import nbformat

    nbformat.validate(notebook)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert code
    for cell in code:
        kinds = {output.output_type for output in cell.outputs}
        assert not kinds & {"error", "stream"}, f"{path.name}: {cell.id} ends in an error or a warning"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_has_no_logic_of_its_own(path: Path) -> None:
    for cell in read_notebook(path).cells:
        if cell.cell_type != "code":
            continue
        for node in ast.walk(ast.parse(cell.source)):
            where = f"{path.name}, {cell.id}, line {getattr(node, 'lineno', 0)}"
            assert not isinstance(node, LOGIC), f"{where}: logic belongs into the package"
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                names = [f"{node.module}.{alias.name}" for alias in node.names]
            elif isinstance(node, ast.Attribute):
                assert not node.attr.startswith("_"), f"{where}: {node.attr} is private"
            for name in names:
                assert name.split(".")[0] in ALLOWED, f"{where}: {name}"
                assert not any(part.startswith("_") for part in name.split(".")), f"{where}: {name} is private"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_outputs_come_from_this_code_and_this_model(path: Path) -> None:
    pytest.importorskip("nbclient", reason='needs: pip install "yichuang_nlp[notebooks]"')
    notebook = read_notebook(path)
    if not any(cell.outputs for cell in notebook.cells if cell.cell_type == "code"):
        pytest.skip("this notebook is stored without outputs; make notebooks fills them in")
    from tools.run_notebooks import code_sha256, model_sha256

    said = notebook.metadata["yichuang_nlp"]
    assert said == {"code_sha256": code_sha256(notebook), "model_sha256": model_sha256()}, "run: make notebooks"
    counts = [cell.execution_count for cell in notebook.cells if cell.cell_type == "code"]
    assert counts == list(range(1, len(counts) + 1)), "run in one go, from top to bottom"


def test_the_report_notebook_runs_and_its_pictures_are_fresh(tmp_path: Path) -> None:
    path = NOTEBOOKS[2]
    pictures = outputs_of(run_notebook(path, tmp_path), "image/svg+xml")
    assert len(pictures) == 3
    assert all("江西" in picture or "市" in picture for picture in pictures)
    assert outputs_of(read_notebook(path), "image/svg+xml") in ([], pictures), "run: make notebooks"


def test_the_notebook_on_own_labels_runs(tmp_path: Path) -> None:
    pytest.importorskip("sklearn", reason='training needs: pip install "yichuang_nlp[train]"')
    shown = outputs_of(run_notebook(NOTEBOOKS[3], tmp_path), "text/html")
    assert any("<details>" in html for html in shown), "errors by cause open with a click"
    assert any("macro-F1" in html for html in shown), "before and after are compared"


def drawings() -> list[tuple[str, Picture, list[str]]]:
    plots = pytest.importorskip("yichuang_nlp.training.plots")
    bins = [(0.5, 0.45, 20), (0.9, 0.92, 20)]
    return [
        ("reliability", plots.draw_reliability([("测试<组>", bins), ("交叉", bins)], HOSTILE), ["测试<组>", "100%"]),
        ("coverage", plots.draw_coverage([(1.0, 0.8, 0.82), (0.5, 0.95, 0.96)], HOSTILE), ["准确率", "50%"]),
        ("learning curve", plots.draw_learning_curve([(100, 0.6, 0.5, 0.7), (400, 0.8, 0.7, 0.9)], HOSTILE), ["400"]),
        ("bars", plots.draw_bars([("甲&乙", 0.8, 0.7, 0.9), ("丙", 0.3, None, None)], HOSTILE), ["甲&乙", "0.800"]),
        ("shares", plots.draw_shares([("通报", [3, 0, 5])], ["计划", "推进中", "已完成"], HOSTILE), ["推进中", "8"]),
    ]


def test_pictures_are_sound_svg_that_needs_nothing_from_outside() -> None:
    for name, picture, words in drawings():
        root = ElementTree.fromstring(picture._repr_svg_())
        texts = [element.text for element in root.iter() if element.tag.endswith(("}text", "}title"))]
        assert HOSTILE in texts, f"{name}: the title is escaped, not dropped"
        for word in words:
            assert any(word in (text or "") for text in texts), f"{name}: {word}"
        assert not re.search(r"href|url\(|@font-face|<style|<script", picture.svg), name
        width, height = (float(root.attrib[side]) for side in ("width", "height"))
        for element in root.iter():
            assert 0 <= float(element.attrib.get("x", 0)) <= width, name
            assert 0 <= float(element.attrib.get("y", 0)) <= height, name


def item(text: str, label: str, clauses: str, **fields: str) -> Any:
    corpus = pytest.importorskip("yichuang_nlp.training.corpus")
    record = {"id": text[:4], "programme": "一窗受理", "text": text, "label": label, "clauses": clauses, **fields}
    return corpus.parse_example(json.dumps(record), "here")


@pytest.mark.parametrize(
    ("fields", "cause", "why"),
    [
        ({}, "aspect", "the letters say under way where the model reads done"),
        ({"also": "completed"}, "defensible", "the annotators would accept what the model says"),
        ({"trait": "cue"}, "cue", "the corpus marks the cue word as misleading"),
        ({"trait": "pair"}, "dimension", "the same text stands under another dimension"),
        ({"clauses": "db"}, "role", "what was done is background by the letters"),
        ({"clauses": "ds"}, "sum", "every clause as in the letters, and still another label"),
        ({"label": "unstated"}, "said", "nothing is said of progress by the label"),
    ],
)
def test_an_error_has_the_first_cause_that_holds(fields: dict[str, str], cause: str, why: str) -> None:
    module = pytest.importorskip("yichuang_nlp.training.review")
    wrong = item(**{"text": "12个窗口已全部启用。", "label": "in_progress", "clauses": "os", **fields})
    right = item("12个窗口已全部启用。", "completed", "ds")
    first, second = module.review(yichuang_nlp.load_model(), [wrong, right])
    assert (first.given, first.cause) == ("completed", module.Cause(cause)), why
    assert second.cause is None
    assert module.Cause(cause).zh in module.show_causes([first, second])._repr_html_()


def test_a_label_is_suspect_only_where_models_are_sure_and_nobody_defends_the_other() -> None:
    module = pytest.importorskip("yichuang_nlp.training.review")
    fit = pytest.importorskip("yichuang_nlp.training.fit")
    import numpy as np

    labels = ["completed", "completed", "planned", "planned", "completed"]
    also = ["", "", "", "", "planned"]
    items = [item(f"{n}号窗口。", label, "", also=other) for n, (label, other) in enumerate(zip(labels, also))]
    sure_planned, sure_done, torn = [0.9, 0.05, 0.04, 0.01], [0.04, 0.05, 0.9, 0.01], [0.5, 0.0, 0.45, 0.05]
    proba = np.array([sure_planned, sure_done, sure_planned, torn, sure_planned])
    gold = np.array([2, 2, 0, 0, 2])
    found = module.find_label_suspects(items, fit.OutOfFold(gold, proba, proba, np.ones(5)))
    assert [(suspect.example.id, suspect.suggested) for suspect in found] == [(items[0].id, "planned")]
    assert items[0].text in module.show_suspects(found)._repr_html_()
