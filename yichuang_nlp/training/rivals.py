"""What a user would take instead: the baselines that every evaluation prints beside the model."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from yichuang_nlp.scoring import LABELS
from yichuang_nlp.text import load_segmenter
from yichuang_nlp.training.metrics import as_index

__all__ = ["CueRules", "Majority", "StockPipeline"]

I64 = npt.NDArray[np.int64]
Pairs = Sequence[tuple[str, str]]


class Majority:
    """Says the most frequent label, whatever the text."""

    def fit(self, pairs: Pairs, labels: Sequence[str]) -> Majority:
        """Remember the most frequent label."""
        self.label = int(np.bincount(as_index(labels), minlength=4).argmax())
        return self

    def predict(self, pairs: Pairs) -> I64:
        """Return indices into `scoring.LABELS`, shape (n,)."""
        return np.full(len(pairs), self.label)


class CueRules:
    """A dozen lines of cue words, in order: what a patient analyst would write in an afternoon."""

    _RULES: tuple[tuple[str, str], ...] = (
        (r"尚未启动|未开展|未开工|暂未|拟(?!定|订)|计划于|将于|将在|下一步|准备|力争|争取|预计", "ahead"),
        (r"正在|正着手|着手|逐步|推进|有序|抓紧|试点|试运行|初稿|征求意见|部分|完成\d+%|施工|加快", "under way"),
        (r"已部署|已布置|已要求|督促|要求|动员|通知请", "ahead"),
        (r"已|完成|建成|实现|出台|印发|成立|建立|投入使用|全覆盖|100%|竣工|启用", "done"),
    )

    def fit(self, pairs: Pairs, labels: Sequence[str]) -> CueRules:
        """Learn nothing."""
        return self

    def predict(self, pairs: Pairs) -> I64:
        """Return indices into `scoring.LABELS`, shape (n,)."""
        return np.array([self._read(dimension, text) for dimension, text in pairs])

    def _read(self, dimension: str, text: str) -> int:
        found = [kind for pattern, kind in self._RULES if re.search(pattern, text)]
        if "done" in found and "under way" not in found and found[0] == "done":
            return LABELS.index("completed")
        if "under way" in found or ("done" in found and "ahead" in found):
            return LABELS.index("in_progress")
        if "ahead" in found or re.search(r"安排|打算|计划|下一步|思路|任务", dimension):
            return LABELS.index("planned")
        return LABELS.index("completed" if "done" in found else "in_progress")


class StockPipeline:
    """jieba, TfidfVectorizer (defaults but for the tokens) and LogisticRegression on dimension and text."""

    def __init__(self, make: Any = None, **options: Any) -> None:
        self.options = options
        self.make = make

    def fit(self, pairs: Pairs, labels: Sequence[str]) -> StockPipeline:
        """Fit the pipeline on the words of dimension and text."""
        from sklearn.feature_extraction.text import TfidfVectorizer
        from sklearn.linear_model import LogisticRegression
        from sklearn.pipeline import make_pipeline

        last = self.make() if self.make else LogisticRegression(max_iter=1000)
        self.pipeline = make_pipeline(TfidfVectorizer(**self.options), last)
        self.pipeline.fit(self._words(pairs), as_index(labels))
        return self

    def predict(self, pairs: Pairs) -> I64:
        """Return indices into `scoring.LABELS`, shape (n,)."""
        chosen: I64 = self.pipeline.predict(self._words(pairs))
        return chosen

    @staticmethod
    def _words(pairs: Pairs) -> list[str]:
        cut = load_segmenter().cut
        return [" ".join(cut(f"{dimension} {text}")) for dimension, text in pairs]
