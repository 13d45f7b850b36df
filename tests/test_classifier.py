"""The model: the same from the folder as in training, additive to the last digit, refused when altered."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import ROOT
from yichuang_nlp import load_model
from yichuang_nlp.artifact import load_folder, save_folder
from yichuang_nlp.classifier import StatusModel
from yichuang_nlp.errors import ModelError
from yichuang_nlp.records import Address, Blank, Cell, Status
from yichuang_nlp.scoring import LABELS, softmax
from yichuang_nlp.text import load_segmenter

CASES = json.loads((Path(__file__).parent / "status_cases.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def model() -> StatusModel:
    return load_model()


@pytest.mark.parametrize("case", CASES["held"], ids=lambda case: case["text"][:20])
def test_cases_by_the_codebook(model: StatusModel, case: dict[str, str]) -> None:
    prediction = model.explain(case["text"], case["dimension"]).prediction
    assert prediction.status is Status(case["status"]), case["reason"]


@pytest.mark.parametrize("case", CASES["never"], ids=lambda case: case["text"][:20])
def test_what_a_text_must_never_be_called(model: StatusModel, case: dict[str, str]) -> None:
    prediction = model.explain(case["text"], case["dimension"]).prediction
    assert prediction.status is not Status(case["status"]), case["reason"]


TEXTS = st.text(
    st.sampled_from("已正将拟未在建设窗口办理印发方案完成部署计划，。；\n 1２0.%“”=<>&试运行全覆盖"), max_size=60
)


@settings(max_examples=60, deadline=None)
@given(text=TEXTS, dimension=TEXTS)
def test_replaying_the_evidence_gives_the_probability(text: str, dimension: str) -> None:
    model = load_model()
    explained = model.explain(text, dimension)
    scores = np.array(explained.rest) + np.array(explained.shares).reshape(-1, 4).sum(axis=0)
    replayed = softmax(scores[None])[0]
    given_proba = model.predict_proba([(dimension, text)])[0]
    np.testing.assert_allclose(replayed, given_proba, atol=1e-9)
    stated = given_proba[:3] / given_proba[:3].sum()
    np.testing.assert_allclose([explained.prediction.proba[s] for s in Status], stated, atol=1e-9)


@settings(max_examples=60, deadline=None)
@given(text=TEXTS, dimension=TEXTS)
def test_evidence_quotes_the_original(text: str, dimension: str) -> None:
    explained = load_model().explain(text, dimension)
    for clause in (*explained.evidence, *explained.prediction.evidence):
        assert text[clause.start : clause.end] == clause.text
    if explained.prediction.status is not None:
        assert explained.prediction.evidence, "a light without its evidence"


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(TEXTS, TEXTS), max_size=6))
def test_a_cell_scores_the_same_alone_as_in_a_batch(pairs: list[tuple[str, str]]) -> None:
    model = load_model()
    together = model.predict_proba(pairs)
    assert together.shape == (len(pairs), len(LABELS))
    for row, pair in zip(together, pairs):
        np.testing.assert_allclose(row, model.predict_proba([pair])[0], atol=1e-9)
    if pairs:
        np.testing.assert_allclose(together.sum(axis=1), 1)


def test_jieba_and_its_rust_twin_give_the_same_scores() -> None:
    pytest.importorskip("rjieba", reason="the fast extra is not installed")
    pairs = [(case["dimension"], case["text"]) for case in CASES["held"]]
    rust, python = load_model(segmenter="rust"), load_model(segmenter="python")
    np.testing.assert_array_equal(rust.predict_proba(pairs), python.predict_proba(pairs))


def test_both_segmenters_cut_the_corpus_alike() -> None:
    pytest.importorskip("rjieba", reason="the fast extra is not installed")
    from yichuang_nlp.training.corpus import read_corpus

    rust, python = load_segmenter("rust"), load_segmenter("python")
    texts = [f"{e.dimension}\n{e.text}" for e in read_corpus(ROOT / "corpus")]
    ideographs = ["".join(char if "一" <= char <= "鿕" else "\n" for char in text) for text in texts]
    for text in ideographs:
        assert rust.cut(text) == python.cut(text)


def test_blank_cells_have_no_status_and_say_why(model: StatusModel) -> None:
    cells = [
        Cell("甲市", "窗口", "", Address("a"), Blank.BLANK),
        Cell("乙市", "窗口", "窗口已全部启用。", Address("a")),
        Cell("丙市", "窗口", "未报送", Address("a"), Blank.NOT_REPORTED),
    ]
    predictions = model.predict(cells)
    assert [p.cell for p in predictions] == cells
    assert [p.why for p in predictions] == ["blank", "", "not_reported"]
    assert predictions[0].status is None
    assert not predictions[0].proba
    assert predictions[1].status is Status.COMPLETED


def _edit_json(change: Callable[[dict[str, object]], None]) -> Callable[[Path], None]:
    def edit(folder: Path) -> None:
        path = folder / "model.json"
        document = json.loads(path.read_text("utf-8"))
        change(document)
        path.write_text(json.dumps(document), "utf-8")

    return edit


def _cut(folder: Path) -> None:
    path = folder / "weights.npz"
    path.write_bytes(path.read_bytes()[:-100])


def _swap_for_pickle(folder: Path) -> None:
    import hashlib
    import pickle

    packed = pickle.dumps({"keys": print})
    (folder / "weights.npz").write_bytes(packed)
    _edit_json(lambda d: d.update(weights_sha256=hashlib.sha256(packed).hexdigest()))(folder)


def _freeze(folder: Path) -> None:
    """Write a folder that vouches for itself, with a temperature that nothing can be divided by."""
    _, weights = load_folder(folder)
    save_folder(folder, replace(weights, temperature=np.array(0.0)), {})


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (_freeze, "temperature is not above 0"),
        (_cut, "other bytes"),
        (_edit_json(lambda d: d.update(format=99)), "format 99"),
        (_edit_json(lambda d: d.update(weights_sha256="0" * 64)), "other bytes"),
        (_edit_json(lambda d: d["spec"].update(labels=["a"])), "another feature specification"),  # type: ignore[attr-defined]
        (_edit_json(lambda d: d["shapes"].update(clause=[1, 7])), "shape"),  # type: ignore[attr-defined]
        (lambda folder: (folder / "model.json").write_text("{", "utf-8"), "no readable JSON"),
        (lambda folder: (folder / "weights.npz").unlink(), "no weights.npz"),
        (_swap_for_pickle, "arrays of a model"),
    ],
)
def test_an_altered_folder_is_refused_in_one_sentence(
    tmp_path: Path, spoil: Callable[[Path], None], message: str
) -> None:
    folder = tmp_path / "model"
    shutil.copytree(ROOT / "models" / "status", folder)
    spoil(folder)
    with pytest.raises(ModelError, match=message):
        load_model(folder)


def test_a_missing_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"no model\.json"):
        load_model(tmp_path / "nowhere")


def test_the_artefact_stays_small() -> None:
    assert sum(path.stat().st_size for path in (ROOT / "models" / "status").iterdir()) < 8_000_000
