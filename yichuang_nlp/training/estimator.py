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

from yichuang_nlp.classifier import familiarity
from yichuang_nlp.features import FAMILIES, ClauseFeatures, extract
from yichuang_nlp.folding import HashIndex
from yichuang_nlp.scoring import (
    ASPECTS,
    LABELS,
    ROLES,
    Weights,
    clause_probabilities,
    softmax,
    sum_rows,
    summarise,
)
from yichuang_nlp.text import find_clauses, load_segmenter
from yichuang_nlp.training.corpus import Example

__all__ = ["CELL_FAMILIES", "StatusClassifier"]

F64 = npt.NDArray[np.float64]
I64 = npt.NDArray[np.int64]

CELL_FAMILIES = ("word", "group", "sense", "chain", "group_x_tag", "sense_x_tag")
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
        clause_C: float = 4.0,
        cell_C: float = 3.0,
        min_df: int = 2,
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
        target = np.array([LABELS.index(label) for label in labels])
        aspect = np.array([ASPECTS.index(pair[0]) for row in letters for pair in row])
        role = np.array([ROLES.index(pair[1]) for row in letters for pair in row])
        everything = np.arange(len(pairs))

        joint = np.zeros((len(features.item), 12))
        for number, (train, test) in enumerate(self._folds(groups), 1):
            report(f"clauses, fold {number} of {self.n_folds}")
            keys, table, bias = self._fit_clauses(features, aspect, role, train)
            held = np.isin(features.item, test)
            joint[held] = _clause_joint(features, keys, table, bias)[held]
        report("cells")
        summary = summarise(features, joint)
        keys, cells = self._cell_matrix(features, everything)
        self.cell_ = self._fit_cells(sparse.hstack([summary, cells]).tocsr(), target, also)
        report("clauses, all items")
        clause_keys, table, bias = self._fit_clauses(features, aspect, role, everything)
        self.weights_ = self._weights(keys, clause_keys, table, bias)
        self.classes_ = np.array(LABELS)
        self.n_features_in_ = 2
        return self

    def predict_proba(self, X: Sequence[Any]) -> F64:
        """Return the probabilities of `classes_`, shape (n, 4), through sparse matrices.

        The shipped model computes the same from arrays (`StatusModel`); a test holds the two together.
        """
        check_is_fitted(self, "weights_")
        features = extract(_pairs(X), load_segmenter())
        w = self.weights_
        clauses = _matrix(features, w.keys, features.clause, len(features.item))
        joint = clause_probabilities(clauses @ w.clause + w.clause_bias)
        cells = _matrix(features, w.keys[w.cell_row >= 0], features.item[features.clause], features.n_items)
        scores = cells @ w.cell[w.cell_row[w.cell_row >= 0]] + summarise(features, joint) @ w.summary + w.cell_bias
        return softmax(np.asarray(scores) @ w.matrix + w.shift)

    def predict(self, X: Sequence[Any]) -> npt.NDArray[np.str_]:
        """Return the most likely label of each item, shape (n,)."""
        chosen: npt.NDArray[np.str_] = self.classes_[self.predict_proba(X).argmax(axis=1)]
        return chosen

    def familiarity(self, X: Sequence[Any]) -> F64:
        """Return the share of each item's words that the model knows, shape (n,)."""
        features = extract(_pairs(X), load_segmenter())
        known, _ = self.weights_.index.find(features.key)
        return familiarity(features, known)

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

    def _fit_clauses(self, features: ClauseFeatures, aspect: I64, role: I64, items: I64) -> tuple[Any, F64, F64]:
        wanted = np.zeros(features.n_items, bool)
        wanted[items] = True
        used = wanted[features.item[features.clause]]
        if self.without:
            used &= ~np.isin(features.family, [FAMILIES.index(name) for name in self.without])
        keys = _vocabulary(features, used, features.clause, self.min_df)
        rows = wanted[features.item]
        matrix = _matrix(features, keys, features.clause, len(features.item))[rows]
        fitted = [_regression(self.clause_C).fit(matrix, target[rows]) for target in (aspect, role)]
        table = np.concatenate([_coefficients(model, size) for model, size in zip(fitted, (4, 3))], axis=1)
        bias = np.concatenate([_intercepts(model, size) for model, size in zip(fitted, (4, 3))])
        return keys, _round(table), bias

    def _cell_matrix(self, features: ClauseFeatures, items: I64) -> tuple[Any, Any]:
        families = [FAMILIES.index(name) for name in self.cell_families if name not in self.without]
        rows = features.item[features.clause]
        keys = _vocabulary(features, np.isin(features.family, families), rows, self.min_df + 1)
        return keys, _matrix(features, keys, rows, features.n_items)

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

    def _weights(self, cell_keys: Any, clause_keys: Any, table: F64, bias: F64) -> Weights:
        coefficients, n_summary = _coefficients(self.cell_, 4), self.cell_.n_features_in_ - len(cell_keys)
        row = np.full(len(clause_keys), -1, np.int32)
        row[np.searchsorted(clause_keys, cell_keys)] = np.arange(len(cell_keys))
        return Weights(
            clause_keys, table, bias, row, _round(coefficients[n_summary:]), coefficients[:n_summary],
            _intercepts(self.cell_, 4), np.eye(4), np.zeros(4),
        )  # fmt: skip


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


def _vocabulary(features: ClauseFeatures, use: Any, rows: Any, least: int) -> Any:
    """Return the sorted hashes of the features that stand in at least `least` different rows."""
    order = np.lexsort((rows[use], features.key[use]))
    key, row = features.key[use][order], rows[use][order]
    new = np.ones(len(key), bool)
    new[1:] = (key[1:] != key[:-1]) | (row[1:] != row[:-1])
    keys, count = np.unique(key[new], return_counts=True)
    return keys[count >= least]


def _matrix(features: ClauseFeatures, keys: Any, rows: Any, n: int) -> Any:
    known, slot = HashIndex.build(keys).find(features.key)
    scale = 1 / np.sqrt(np.maximum(np.bincount(rows[known], minlength=n), 1))
    return sparse.csr_matrix((scale[rows[known]], (rows[known], slot)), shape=(n, len(keys)))


def _clause_joint(features: ClauseFeatures, keys: Any, table: F64, bias: F64) -> F64:
    known, slot = HashIndex.build(keys).find(features.key)
    return clause_probabilities(sum_rows(table[slot], features.clause[known], len(features.item)) + bias)


def _regression(C: float) -> Any:
    return LogisticRegression(C=C, max_iter=400, tol=1e-3)


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


def _round(table: F64) -> F64:
    """Round to what the model folder stores, before anything is measured with it."""
    return table.astype(np.float16).astype(np.float64)
