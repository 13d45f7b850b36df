"""Cells to predictions: a status with a probability, its evidence, and "I do not know" where that is the answer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import as_file, files
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from yichuang_nlp.artifact import load_folder
from yichuang_nlp.evidence import find_cues, read_clause, share_by_clause
from yichuang_nlp.features import FAMILIES, ClauseFeatures, extract
from yichuang_nlp.records import Address, Cell, Cue, Evidence, ModelInfo, Prediction, Status
from yichuang_nlp.scoring import Weights, score
from yichuang_nlp.text import Segmenter, load_segmenter

if TYPE_CHECKING:
    from pandas import DataFrame

__all__ = ["Explanation", "StatusModel", "load_model", "predictions_to_frame"]

F64 = npt.NDArray[np.float64]
STATUSES = tuple(Status)
_BATCH = 2048  # cells at a time: what a processor's cache holds, and enough that numpy's overhead does not show
_LEAST_SHARE = 0.1  # of the strongest clause: weaker ones did not decide and would blur the quote


@dataclass(frozen=True, slots=True)
class Explanation:
    """One cell, clause by clause: `evidence` holds every clause, `rest` what belongs to none (4 log-odds)."""

    prediction: Prediction
    evidence: tuple[Evidence, ...]
    shares: tuple[tuple[float, ...], ...]
    rest: tuple[float, ...]

    def _repr_html_(self) -> str:
        from yichuang_nlp.notebook import show_explanation

        return show_explanation(self)


@dataclass(frozen=True, slots=True)
class StatusModel:
    """A trained model, ready to score.

    `conformal` is the least probability that a status of the 90% set may have; `novelty` the least share of
    words the model must know.
    """

    weights: Weights
    info: ModelInfo
    segmenter: Segmenter
    conformal: float
    novelty: float
    unstated: float

    def predict_proba(self, pairs: Sequence[tuple[str, str]]) -> F64:
        """Return the probabilities of `scoring.LABELS` for (dimension, text) pairs, shape (n, 4).

        >>> from yichuang_nlp.scoring import LABELS
        >>> proba = load_model().predict_proba([("综合窗口设置", "12个窗口已全部启用。")])
        >>> proba.shape, LABELS[int(proba[0].argmax())]
        ((1, 4), 'completed')
        """
        unique = {pair: index for index, pair in enumerate(dict.fromkeys(pairs))}  # boilerplate is scored once
        distinct = list(unique)
        parts = [
            score(self.weights, extract(distinct[k : k + _BATCH], self.segmenter)).proba
            for k in range(0, len(distinct), _BATCH)
        ]
        table = np.concatenate(parts) if parts else np.zeros((0, 4))
        result: F64 = table[[unique[pair] for pair in pairs]]
        return result

    def predict(self, cells: Iterable[Cell]) -> list[Prediction]:
        """Return the prediction of each of `cells`, in order; a blank cell has status None and says why."""
        cells = list(cells)
        pairs = [(cell.dimension, cell.text) for cell in cells if not cell.blank]
        unique = {pair: index for index, pair in enumerate(dict.fromkeys(pairs))}
        distinct = list(unique)
        drafts: list[Prediction] = []
        for k in range(0, len(distinct), _BATCH):
            batch = distinct[k : k + _BATCH]
            drafts += [explained.prediction for explained in self._explain(batch, with_cues=False)]
        return [_of_cell(cell, None if cell.blank else drafts[unique[cell.dimension, cell.text]]) for cell in cells]

    def explain(self, text: str, dimension: str = "") -> Explanation:
        """Return the prediction of one text with every clause and the cues that moved it."""
        return self._explain([(dimension, text)], with_cues=True)[0]

    def _explain(self, pairs: Sequence[tuple[str, str]], *, with_cues: bool) -> list[Explanation]:
        features = extract(pairs, self.segmenter)
        scores = score(self.weights, features)
        item, familiar = features.item, familiarity(self.weights, features)
        share, rest = share_by_clause(features, scores.joint, self.weights, scores.direct)
        cues: list[tuple[Cue, ...]] = [()] * len(item)
        if with_cues:
            cues = find_cues(self.weights, features.spread(), [text for _, text in pairs], item, scores.joint)
        bounds = np.searchsorted(item, np.arange(features.n_items + 1)).tolist()
        explained = []
        for number, (low, high) in enumerate(pairwise(bounds)):
            dimension, text = pairs[number]
            proba = scores.proba[number]
            chosen = int(proba.argmax())
            # towards the chosen label and away from the mean of all: what a clause did for this very decision
            weight = share[low:high, chosen] - share[low:high].mean(axis=1)
            clauses = tuple(
                read_clause(
                    text, tuple(features.span[clause].tolist()), scores.joint[clause], float(weight[clause - low]),
                    cues[clause],
                )
                for clause in range(low, high)
            )  # fmt: skip
            prediction = self._judge(dimension, text, proba, clauses, float(familiar[number]))
            shares = tuple(tuple(row) for row in share[low:high].tolist())
            explained.append(Explanation(prediction, clauses, shares, tuple(rest[number].tolist())))
        return explained

    def _judge(
        self, dimension: str, text: str, proba: F64, clauses: tuple[Evidence, ...], familiar: float
    ) -> Prediction:
        cell = Cell("", dimension, text, Address(""))
        unstated = float(proba[3])
        stated = proba[:3] / proba[:3].sum()
        options = tuple(status for status, p in zip(STATUSES, stated) if p >= self.conformal)
        reasons = []
        if not clauses:
            reasons.append("no_words")
        elif unstated >= self.unstated:
            reasons.append("unstated")
        if len(options) != 1:
            reasons.append("ambiguous")
        if familiar < self.novelty:
            reasons.append("unfamiliar")
        known = bool(clauses) and unstated < self.unstated
        top = max((clause.weight for clause in clauses), default=0.0)
        deciding = tuple(clause for clause in clauses if clause.weight >= _LEAST_SHARE * top and clause.weight > 0)
        best = STATUSES[int(stated.argmax())]
        return Prediction(
            cell,
            status=best if known else None,
            proba=dict(zip(STATUSES, stated.tolist())),
            evidence=deciding or clauses[:1],
            needs_review=bool(reasons),
            why="" if known else ("unstated" if clauses else "no_words"),
            p_unstated=unstated,
            options=options or (best,),
            review_reasons=tuple(reasons),
        )


def familiarity(weights: Weights, features: ClauseFeatures) -> F64:
    """Return the share of each item's words that the model knows, shape (n_items,)."""
    words = next(part for part in features.parts if part.family == FAMILIES.index("word"))
    known = weights.index.rows(words.key) < len(weights.keys)
    item = features.item[words.row]
    seen = np.bincount(item, known, features.n_items)
    result: F64 = seen / np.maximum(np.bincount(item, minlength=features.n_items), 1)
    return result


def _of_cell(cell: Cell, draft: Prediction | None) -> Prediction:
    if draft is None:
        assert cell.blank is not None
        return Prediction(cell, None, {}, (), False, cell.blank.value)
    return Prediction(
        cell, draft.status, draft.proba, draft.evidence, draft.needs_review, draft.why, draft.p_unstated,
        draft.options, draft.review_reasons,
    )  # fmt: skip


@lru_cache(maxsize=4)
def load_model(folder: str | Path | None = None, *, segmenter: str = "rust") -> StatusModel:
    """Return the model of `folder`, or the one that ships with the package; runs no code from it.

    Raises `ModelError` for a folder that is missing, altered or of another format.
    """
    if folder is None:
        with as_file(files("yichuang_nlp.models").joinpath("status")) as path:
            return _load(Path(path), segmenter)
    return _load(Path(folder), segmenter)


def _load(folder: Path, segmenter: str) -> StatusModel:
    document, weights = load_folder(folder)
    info = ModelInfo(str(document.get("name", "")), str(document.get("version", "")), document["weights_sha256"])
    limits: dict[str, Any] = document.get("thresholds", {})
    return StatusModel(
        weights, info, load_segmenter(segmenter), float(limits.get("conformal", 0.3)),
        float(limits.get("novelty", 0.0)), float(limits.get("unstated", 0.5)),
    )  # fmt: skip


def predictions_to_frame(predictions: Iterable[Prediction]) -> DataFrame:
    """Return predictions as a DataFrame, one row a cell (needs the `frame` extra)."""
    from yichuang_nlp.records import to_frame

    return to_frame(
        {
            "city": p.cell.city,
            "dimension": p.cell.dimension,
            "text": p.cell.text,
            "status": p.status.value if p.status else None,
            **{f"p_{status.value}": p.proba.get(status) for status in STATUSES},
            "p_unstated": p.p_unstated,
            "needs_review": p.needs_review,
            "why": p.why,
            "evidence": " … ".join(e.text for e in p.evidence),
            "address": str(p.cell.address),
        }
        for p in predictions
    )
