"""The workshop: the same bytes twice, one feature function, scikit-learn's manners, honest metrics."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.conftest import ROOT
from yichuang_nlp.classifier import load_model
from yichuang_nlp.errors import CorpusError

pytest.importorskip("sklearn", reason="the train extra is not installed")

from sklearn.base import clone
from sklearn.model_selection import GridSearchCV, GroupKFold, cross_val_predict

from yichuang_nlp.training import metrics
from yichuang_nlp.training.agreement import cohen_kappa, describe_agreement
from yichuang_nlp.training.checks import find_near_duplicates, find_templates
from yichuang_nlp.training.corpus import TEST_PROGRAMMES, Example, parse_example, read_corpus
from yichuang_nlp.training.estimator import StatusClassifier
from yichuang_nlp.training.fit import apply_temperature, fit_temperature, train

CORPUS = ROOT / "corpus"


@pytest.fixture(scope="module")
def examples() -> list[Example]:
    return read_corpus(CORPUS)


@pytest.fixture(scope="module")
def few(examples: list[Example]) -> list[Example]:
    chosen = [e for e in examples if e.programme not in TEST_PROGRAMMES]
    return chosen[:: max(1, len(chosen) // 240)][:240]


@pytest.fixture(scope="module")
def small_corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every ninth line of four programmes."""
    folder = tmp_path_factory.mktemp("corpus")
    for name in ("one-window", "transport", "petitions", "elderly-care"):
        lines = (CORPUS / f"{name}.jsonl").read_text("utf-8").splitlines()
        (folder / f"{name}.jsonl").write_text("\n".join(lines[::3][:50]) + "\n", "utf-8")
    return folder


def test_training_twice_gives_the_same_bytes(small_corpus: Path, tmp_path: Path) -> None:
    digests = []
    for name in ("first", "second"):
        train(small_corpus, tmp_path / name)
        digests.append(
            [
                hashlib.sha256((tmp_path / name / f).read_bytes()).hexdigest()
                for f in ("model.json", "weights.npz", "README.md")
            ]
        )
    assert digests[0] == digests[1]
    assert load_model(tmp_path / "first").predict_proba([("窗口", "已启用。")]).shape == (1, 4)


def test_the_folder_scores_as_the_estimator_does(few: list[Example], tmp_path: Path) -> None:
    from yichuang_nlp.artifact import save_folder

    estimator = StatusClassifier().fit(few)
    save_folder(tmp_path / "m", estimator.weights_, {"name": "t", "version": "0"})
    pairs = [e.pair for e in few[:100]] + [("", ""), ("窗口", "，。")]
    np.testing.assert_allclose(
        load_model(tmp_path / "m").predict_proba(pairs), estimator.predict_proba(pairs), atol=1e-9
    )


def test_the_estimator_has_scikit_learns_manners(few: list[Example]) -> None:
    estimator = StatusClassifier(clause_C=1.0, n_folds=2)
    assert clone(estimator).get_params() == estimator.get_params()
    y = [e.label for e in few]
    groups = [e.programme for e in few]
    given = cross_val_predict(estimator, few, y, groups=groups, cv=GroupKFold(2))
    assert set(given) <= set(metrics.LABELS)
    search = GridSearchCV(estimator, {"cell_C": [0.5, 2.0]}, cv=2).fit(few, y)
    assert search.best_params_["cell_C"] in (0.5, 2.0)
    fitted = estimator.fit(few)
    assert fitted.score(few, y) > 0.8, "it must at least learn what it was shown"
    np.testing.assert_allclose(fitted.predict_proba(few).sum(axis=1), 1)


def test_plain_pairs_and_frames_are_taken(few: list[Example]) -> None:
    pd = pytest.importorskip("pandas", reason="the frame extra is not installed")
    pairs, y = [e.pair for e in few], [e.label for e in few]
    from_pairs = StatusClassifier(n_folds=2).fit(pairs, y).predict(pairs)
    frame = pd.DataFrame(pairs, columns=["dimension", "text"])
    from_frame = StatusClassifier(n_folds=2).fit(frame, y).predict(frame)
    np.testing.assert_array_equal(from_pairs, from_frame)


def test_unknown_labels_are_refused(few: list[Example]) -> None:
    with pytest.raises(ValueError, match="Unknown label 'done'"):
        StatusClassifier().fit([e.pair for e in few], ["done"] * len(few))


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", "no JSON"),
        ("[]", "list"),
        ('{"text": "a", "label": "planned"}', "no programme"),
        ('{"programme": "p", "text": "已启用。", "label": "done"}', "label 'done'"),
        ('{"programme": "p", "text": "已启用。", "label": "completed", "clauses": "ds ds"}', "clause letters"),
        ('{"programme": "p", "text": "已启用。", "label": "completed", "clauses": "xx"}', "clause letters"),
        ('{"programme": "p", "text": "已启用。", "label": "completed", "city": 3}', "no string"),
    ],
)
def test_schema_errors_say_where_and_what(line: str, message: str) -> None:
    with pytest.raises(CorpusError, match=message) as caught:
        parse_example(line, "a.jsonl, line 3")
    assert "a.jsonl, line 3" in str(caught.value)


def test_test_programmes_stay_out_of_training(examples: list[Example]) -> None:
    document = json.loads((ROOT / "models" / "status" / "model.json").read_text("utf-8"))
    held = [e for e in examples if e.programme in TEST_PROGRAMMES]
    assert held
    assert document["items"]["trained"] + len(held) == len(examples)


def test_near_duplicates_and_templates_are_found(examples: list[Example]) -> None:
    one = next(e for e in examples if len(e.text) > 40)
    twin = replace(one, id="x", text=one.text + "。")
    others = [e for e in examples[:60] if e.id != one.id][:49]
    assert [(a, b) for a, b, _ in find_near_duplicates([one, *others, twin])] == [(0, 50)]
    frame = [replace(one, id=str(n), text=f"我县已按照上级要求全面完成第{n}项任务") for n in range(9)]
    assert find_templates(frame)


def test_kappa_is_cohens() -> None:
    assert cohen_kappa(list("aabb"), list("aabb")) == 1.0
    assert cohen_kappa(list("abab"), list("aabb")) == 0.0


def test_agreement_is_computed_from_the_passes(small_corpus: Path) -> None:
    account = describe_agreement(small_corpus)
    assert "all items" in account
    assert "clause role" in account


@pytest.mark.parametrize(
    ("n", "sure", "share_right", "low", "high", "why"),
    [
        (1000, 0.97, 0.7, 1.5, 10.0, "too sure: cooled down until 70% is what it says"),
        (1000, 0.55, 0.95, 0.1, 0.7, "too modest: sharpened"),
        (20, 0.9, 1.0, 0.3, 0.9, "a small corpus read without a fault is no reason to be certain"),
    ],
)
def test_the_temperature_makes_probabilities_mean_something(
    n: int, sure: float, share_right: float, low: float, high: float, why: str
) -> None:
    gold = np.zeros(n, np.int64)
    gold[int(share_right * n) :] = 1
    raw = np.full((n, 4), (1 - sure) / 3)
    raw[:, 0] = sure
    temperature = fit_temperature(raw, gold)
    assert low < temperature < high, why
    assert apply_temperature(raw, temperature)[0, 0] == pytest.approx(share_right, abs=0.06)


def test_macro_f1_is_that_of_scikit_learn() -> None:
    from sklearn.metrics import f1_score

    rng = np.random.default_rng(3)
    gold, given = rng.integers(0, 3, 200), rng.integers(0, 3, 200)
    assert metrics.macro_f1(gold, given) == pytest.approx(f1_score(gold, given, average="macro"))


def test_conformal_sets_cover_as_promised() -> None:
    rng = np.random.default_rng(0)
    proba = rng.dirichlet([1, 1, 1, 0.05], 4000)
    gold = np.array([rng.choice(4, p=row) for row in proba])
    threshold = metrics.conformal_threshold(gold[:2000], proba[:2000])
    later, truth = metrics.stated_proba(proba[2000:]), gold[2000:]
    stated = truth < 3
    covered = (later[stated][np.arange(stated.sum()), truth[stated]] >= threshold).mean()
    assert covered == pytest.approx(0.9, abs=0.03)
