"""`StatusClassifier`: the scikit-learn estimator behind `yichuang train`; scoring never comes here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold, KFold
from sklearn.utils.validation import check_is_fitted
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from yichuang_nlp.classifier import familiarity
from yichuang_nlp.clauses import find_clauses
from yichuang_nlp.features import FAMILIES, ClauseFeatures, Features, extract
from yichuang_nlp.folding import HashIndex
from yichuang_nlp.scoring import (
    ASPECTS,
    LABELS,
    ROLES,
    UNIT,
    Weights,
    clause_probabilities,
    softmax,
    summarise,
)
from yichuang_nlp.text import load_segmenter
from yichuang_nlp.training.corpus import Example

__all__ = ["CELL_FAMILIES", "StatusClassifier"]

F64 = npt.NDArray[np.float64]
I64 = npt.NDArray[np.int64]

CELL_FAMILIES = ("word", "group", "sense", "chain")
# What a clause most likely says when only its cell's label is known (an analyst's own labels, without letters)
_LETTERS_OF_LABEL = {"planned": "fs", "in_progress": "os", "completed": "ds", "unstated": "nb"}


class StatusClassifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
    """Status of a cell from what its clauses do: three logistic regressions, one on the other.

    `X` is a sequence of `Example`, of (dimension, text) pairs, or of plain texts; `y` are labels of
    `scoring.LABELS` (taken from the examples if None). Clause letters come from the examples; an item without
    them lends its label to its clauses. `groups` keeps programmes together when the cell's model is taught on
    clauses that the clause models had not seen (default: the examples' programmes).

    Parameters: `clause_C`, `cell_C` inverse L2 strengths; `min_df` clauses a feature must stand in; `n_folds`
    of the inner cross-fitting; `cell_families` the feature families the cell's own model sees; `without` families
    that no model sees (for ablation);
    `also_weight` how much of an item's weight goes to its other defensible label; `random_state` of the folds.
    """

    def __init__(
        self,
        *,
        clause_C: float = 2.0,
        cell_C: float = 0.5,
        min_df: int = 5,
        n_folds: int = 3,
        cell_families: Sequence[str] = CELL_FAMILIES,
        without: Sequence[str] = (),
        also_weight: float = 0.25,
        random_state: int = 0,
    ) -> None:
        self.clause_C = clause_C
        self.cell_C = cell_C
        self.min_df = min_df
        self.n_folds = n_folds
        self.cell_families = cell_families
        self.without = without
        self.also_weight = also_weight
        self.random_state = random_state

    def fit(
        self,
        X: Sequence[Any],
        y: Sequence[str] | None = None,
        groups: Sequence[str] | None = None,
        report: Callable[[str], None] = lambda message: None,
    ) -> StatusClassifier:
        """Fit the clause models, then the cell's model on what held-out clause models say; return self."""
        pairs, labels, also, letters, programmes = _unpack(X, y)
        groups = list(groups) if groups is not None else programmes
        features = extract(pairs, load_segmenter())
        wide = features.spread()
        target = np.array([LABELS.index(label) for label in labels])
        aspect = np.array([ASPECTS.index(pair[0]) for row in letters for pair in row])
        role = np.array([ROLES.index(pair[1]) for row in letters for pair in row])

        # more threads than one wait for each other here: the products are many and small
        with threadpool_limits(1, user_api="blas"):
            joint = np.zeros((len(features.item), 12))
            for number, (train, test) in enumerate(self._folds(groups), 1):
                report(f"clauses, fold {number} of {self.n_folds}")
                keys, table, bias = self._fit_clauses(wide, aspect, role, np.isin(features.item, train))
                held = np.isin(features.item, test)
                joint[held] = _joint(wide, keys, table, bias, len(features.item))[held]
            report("cells")
            cell_keys, cells = self._cell_matrix(features, wide)
            model = self._fit_cells(sparse.hstack([summarise(features, joint), cells]).tocsr(), target, also)
            report("clauses, all items")
            keys, table, bias = self._fit_clauses(wide, aspect, role, np.ones(len(features.item), bool))
        self.weights_ = _weights(model, cell_keys, keys, table, bias)
        self.classes_ = np.array(LABELS)
        self.n_features_in_ = 2
        return self

    def predict_proba(self, X: Sequence[Any]) -> F64:
        """Return the probabilities of `classes_`, shape (n, 4), through sparse matrices.

        The shipped model computes the same from arrays (`StatusModel`); a test holds the two together.
        """
        check_is_fitted(self, "weights_")
        features = extract(_pairs(X), load_segmenter())
        wide, w = features.spread(), self.weights_
        joint = _joint(wide, w.keys, w.clause, w.clause_bias, len(features.item))
        cells = _matrix(wide, w.keys[w.in_cell], features.item[wide.row], features.n_items)
        scores = cells @ (w.cell[w.in_cell] * UNIT) + summarise(features, joint) @ w.summary + w.cell_bias
        return softmax(np.asarray(scores) / w.temperature)

    def predict(self, X: Sequence[Any]) -> npt.NDArray[np.str_]:
        """Return the most likely label of each item, shape (n,)."""
        chosen: npt.NDArray[np.str_] = self.classes_[self.predict_proba(X).argmax(axis=1)]
        return chosen

    def familiarity(self, X: Sequence[Any]) -> F64:
        """Return the share of each item's words that the model knows, shape (n,)."""
        return familiarity(self.weights_, extract(_pairs(X), load_segmenter()))

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = False
        tags.input_tags.string = True
        return tags

    def _folds(self, groups: Sequence[str]) -> Iterable[tuple[I64, I64]]:
        n = len(groups)
        if len(set(groups)) >= self.n_folds:
            yield from GroupKFold(self.n_folds).split(np.zeros(n), groups=groups)
        else:
            folds = KFold(min(self.n_folds, n), shuffle=True, random_state=self.random_state)
            yield from folds.split(np.zeros(n))

    def _fit_clauses(
        self, wide: Features, aspect: I64, role: I64, rows: npt.NDArray[np.bool_]
    ) -> tuple[Any, npt.NDArray[np.int16], F64]:
        used = rows[wide.row]
        if self.without:
            used &= ~np.isin(wide.family, [FAMILIES.index(name) for name in self.without])
        keys = _vocabulary(wide.key[used], wide.row[used], self.min_df)
        matrix = _matrix(wide, keys, wide.row, len(rows))[rows]
        fitted = [_regression(self.clause_C).fit(matrix, target[rows]) for target in (aspect, role)]
        table = np.concatenate([_coefficients(model, size) for model, size in zip(fitted, (4, 3))], axis=1)
        bias = np.concatenate([_intercepts(model, size) for model, size in zip(fitted, (4, 3))])
        return keys, _in_units(table), bias

    def _cell_matrix(self, features: ClauseFeatures, wide: Features) -> tuple[Any, Any]:
        families = [FAMILIES.index(name) for name in self.cell_families if name not in self.without]
        rows, used = features.item[wide.row], np.isin(wide.family, families)
        keys = _vocabulary(wide.key[used], rows[used], self.min_df)
        return keys, _matrix(wide, keys, rows, features.n_items)

    def _fit_cells(self, matrix: Any, target: I64, also: Sequence[str]) -> Any:
        weight = np.ones(len(target))
        second = np.array([LABELS.index(label) if label else -1 for label in also])
        torn = np.flatnonzero(second >= 0)
        if self.also_weight and len(torn):
            weight[torn] -= self.also_weight
            matrix = sparse.vstack([matrix, matrix[torn]]).tocsr()
            target = np.concatenate([target, second[torn]])
            weight = np.concatenate([weight, np.full(len(torn), self.also_weight)])
        return _regression(self.cell_C).fit(matrix, target, sample_weight=weight)


def _pairs(X: Any) -> list[tuple[str, str]]:
    if hasattr(X, "columns"):  # a DataFrame with dimension and text
        return list(zip(X["dimension"].astype(str), X["text"].astype(str)))
    return [x.pair if isinstance(x, Example) else ("", x) if isinstance(x, str) else (str(x[0]), str(x[1])) for x in X]


def _unpack(
    X: Sequence[Any], y: Sequence[str] | None
) -> tuple[list[tuple[str, str]], list[str], list[str], list[tuple[str, ...]], list[str]]:
    pairs = _pairs(X)
    examples = [x if isinstance(x, Example) else None for x in (X if not hasattr(X, "columns") else pairs)]
    labels = [str(label) for label in y] if y is not None else [e.label if e else "" for e in examples]
    if len(labels) != len(pairs):
        raise ValueError(f"X has {len(pairs)} items, y has {len(labels)}")
    if unknown := set(labels) - set(LABELS):
        raise ValueError(f"Unknown label {sorted(unknown)[0]!r}; labels are {', '.join(LABELS)}")
    letters = [
        e.clauses if e and e.clauses else (_LETTERS_OF_LABEL[label],) * len(find_clauses(text))
        for e, label, (_, text) in zip(examples, labels, pairs)
    ]
    also = [e.also if e else "" for e in examples]
    return pairs, labels, also, letters, [e.programme if e else str(n) for n, e in enumerate(examples)]


def _weights(model: Any, cell_keys: Any, keys: Any, table: npt.NDArray[np.int16], bias: F64) -> Weights:
    coefficients, n_summary = _coefficients(model, 4), model.n_features_in_ - len(cell_keys)
    in_cell, cell = np.isin(keys, cell_keys), np.zeros((len(keys), 4), np.int16)
    cell[in_cell] = _in_units(coefficients[n_summary:])
    return Weights(keys, table, bias, in_cell, cell, coefficients[:n_summary], _intercepts(model, 4), np.array(1.0))


def _vocabulary(key: Any, row: Any, least: int) -> Any:
    """Return the sorted hashes of the features that stand in at least `least` different rows."""
    order = np.lexsort((row, key))
    key, row = key[order], row[order]
    new = np.ones(len(key), bool)
    new[1:] = (key[1:] != key[:-1]) | (row[1:] != row[:-1])
    keys, count = np.unique(key[new], return_counts=True)
    return keys[count >= least]


def _matrix(wide: Features, keys: Any, rows: Any, n: int) -> Any:
    known, slot = HashIndex.build(keys).find(wide.key)
    scale = 1 / np.sqrt(np.maximum(np.bincount(rows[known], minlength=n), 1))
    return sparse.csr_matrix((scale[rows[known]], (rows[known], slot)), shape=(n, len(keys)))


def _joint(wide: Features, keys: Any, table: npt.NDArray[np.int16], bias: F64, n: int) -> F64:
    return clause_probabilities(_matrix(wide, keys, wide.row, n) @ (table * UNIT) + bias)


def _regression(C: float) -> Any:
    return LogisticRegression(C=C, max_iter=1000, tol=1e-4)


def _coefficients(model: Any, size: int) -> F64:
    """Return the coefficients (n_features, size), a class that training never saw with zeros."""
    full = np.zeros((model.coef_.shape[1], size))
    binary = len(model.classes_) == 2
    full[:, model.classes_] = np.stack([np.zeros_like(model.coef_[0]), model.coef_[0]], 1) if binary else model.coef_.T
    return full


def _intercepts(model: Any, size: int) -> F64:
    full = np.full(size, -30.0)  # e**-30: a class that training never saw has no chance
    binary = len(model.classes_) == 2
    full[model.classes_] = [0.0, model.intercept_[0]] if binary else model.intercept_
    return full


def _in_units(table: F64) -> npt.NDArray[np.int16]:
    """Return the whole numbers that the model folder stores, before anything is measured with them."""
    return np.clip(np.rint(table / UNIT), -32767, 32767).astype(np.int16)
