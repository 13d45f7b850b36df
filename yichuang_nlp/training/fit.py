"""`yichuang train`: from a corpus to a model folder with its card, the same bytes every time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize_scalar
from sklearn.model_selection import GroupKFold

from yichuang_nlp._version import __version__
from yichuang_nlp.artifact import save_folder, write_whole
from yichuang_nlp.errors import CorpusError
from yichuang_nlp.scoring import LABELS, softmax
from yichuang_nlp.training.card import render_card
from yichuang_nlp.training.corpus import TEST_PROGRAMMES, Example, corpus_sha256, read_corpus
from yichuang_nlp.training.estimator import StatusClassifier
from yichuang_nlp.training.metrics import as_index, conformal_threshold

__all__ = ["OutOfFold", "cross_predict", "train"]

F64 = npt.NDArray[np.float64]
N_FOLDS = 5
UNSTATED = 0.5  # a status is withheld when silence is more likely than all statuses together
_NOVELTY_QUANTILE = 0.01
_LEAST_ITEMS = 20
Report = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class OutOfFold:
    """What models said of programmes they had not seen: `raw` scores' probabilities, and `proba` calibrated."""

    gold: npt.NDArray[np.int64]
    raw: F64
    proba: F64
    familiar: F64


def fit_temperature(raw: F64, gold: npt.NDArray[np.int64]) -> float:
    """Return the temperature T that calibrates log-odds: softmax(scores / T) (Guo et al. 2017).

    More parameters (a bias a class, a full matrix) did no better on programmes not seen, and worse on real documents.
    A prior as heavy as a single item holds T near 1 where a small corpus is read without a fault.
    """
    logs = _log(raw)

    def loss(log_temperature: float) -> float:
        right = softmax(logs / np.exp(log_temperature))[np.arange(len(gold)), gold]
        return float(-np.log(np.maximum(right, 1e-12)).sum() + log_temperature**2)

    best = minimize_scalar(loss, bounds=(np.log(0.1), np.log(10.0)), method="bounded", options={"xatol": 1e-4})
    return float(np.exp(best.x))


def apply_temperature(raw: F64, temperature: float) -> F64:
    """Return calibrated probabilities, shape (n, 4)."""
    return softmax(_log(raw) / temperature)


def _log(raw: F64) -> F64:
    return np.log(np.maximum(raw, 1e-12))


def cross_predict(
    examples: Sequence[Example], model: StatusClassifier, groups: Sequence[str], report: Report = lambda m: None
) -> OutOfFold:
    """Return what each fold's model says of the groups it has not seen; calibration is crossed too."""
    gold = as_index([example.label for example in examples])
    raw, familiar = np.zeros((len(examples), 4)), np.zeros(len(examples))
    fold_of = np.zeros(len(examples), int)
    n_folds = min(N_FOLDS, len(set(groups)))
    for number, (train_rows, test_rows) in enumerate(GroupKFold(n_folds).split(gold, groups=groups)):
        report(f"fold {number + 1} of {n_folds}")
        fitted = type(model)(**model.get_params()).fit([examples[i] for i in train_rows])
        held = [examples[i] for i in test_rows]
        raw[test_rows], familiar[test_rows] = fitted.predict_proba(held), fitted.familiarity(held)
        fold_of[test_rows] = number
    proba = np.zeros_like(raw)
    for number in range(n_folds):
        inside = fold_of == number
        proba[inside] = apply_temperature(raw[inside], fit_temperature(raw[~inside], gold[~inside]))
    return OutOfFold(gold, raw, proba, familiar)


def train(
    corpus: Path, folder: Path, *, random_state: int = 0, report: Report = lambda message: None, name: str = "status"
) -> dict[str, Any]:
    """Train on all programmes of `corpus` but the test programmes; write model, card and metrics to `folder`.

    Returns what `model.json` says. The same corpus and version give the same bytes.
    """
    examples = read_corpus(corpus)
    seen = [example for example in examples if example.programme not in TEST_PROGRAMMES]
    held = [example for example in examples if example.programme in TEST_PROGRAMMES]
    if len(seen) < _LEAST_ITEMS or len({example.label for example in seen}) < 2:
        raise CorpusError(corpus, found=f"{len(seen)} items to train on", expected="20 or more, of several labels")
    groups = [example.programme for example in seen]
    model = StatusClassifier(random_state=random_state)
    out = cross_predict(seen, model, groups, report)
    temperature = np.array(fit_temperature(out.raw, out.gold))
    report("final fit")
    weights = replace(model.fit(seen).weights_, temperature=temperature)
    meta: dict[str, Any] = {
        "name": name,
        "version": __version__,
        "corpus_sha256": corpus_sha256(seen),
        "items": {"trained": len(seen), "held out": len(held), "programmes": len(set(groups))},
        "segmenter": {"dictionary": "jieba 0.42.1 dict.txt, words of frequency 100 and more", "hmm": False},
        "random_state": random_state,
        "parameters": {k: list(v) if isinstance(v, tuple) else v for k, v in model.get_params().items()},
        "thresholds": {
            "conformal": round(conformal_threshold(out.gold, out.proba), 6),
            "novelty": round(float(np.quantile(out.familiar, _NOVELTY_QUANTILE)), 6),
            "unstated": UNSTATED,
        },
        "labels": list(LABELS),
    }
    sha256 = save_folder(folder, weights, meta)
    write_whole(folder / "README.md", render_card(meta, sha256, seen, held, out, folder).encode())
    return meta
