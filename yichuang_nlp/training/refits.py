"""What only fitting again can tell: how much more text would help, a genre never seen, an analyst's own labels.

A notebook asks for fits of a few hundred items; `yichuang corpus review` for all of them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from sklearn.model_selection import GroupKFold

from yichuang_nlp.artifact import write_whole
from yichuang_nlp.classifier import StatusModel, load_model
from yichuang_nlp.training import metrics
from yichuang_nlp.training.card import markdown_table
from yichuang_nlp.training.checks import type_token_ratio
from yichuang_nlp.training.corpus import GENRES, TEST_PROGRAMMES, Example, read_corpus
from yichuang_nlp.training.estimator import StatusClassifier
from yichuang_nlp.training.fit import N_FOLDS, OutOfFold, cross_predict
from yichuang_nlp.training.review import find_label_suspects

__all__ = [
    "crossed", "fit_like_shipped", "learning_curve", "leave_one_genre_out", "review_corpus", "sample_items",
    "score_model", "split_items",
]  # fmt: skip

Row = tuple[str, float, float, float]
_SIZES = (500, 1_000, 2_000, 4_000, 8_000)  # of the learning curve, then all


def sample_items(examples: Sequence[Example], n: int, random_state: int = 0) -> list[Example]:
    """Return at most `n` items drawn at random, in the order of the corpus."""
    order = np.random.default_rng(random_state).permutation(len(examples))[:n]
    return [examples[i] for i in np.sort(order).tolist()]


def split_items(examples: Sequence[Example], n: int, random_state: int = 0) -> tuple[list[Example], list[Example]]:
    """Return `n` items drawn at random, and the others."""
    chosen = {id(example) for example in sample_items(examples, n, random_state)}
    return [e for e in examples if id(e) in chosen], [e for e in examples if id(e) not in chosen]


def fit_like_shipped(examples: Sequence[Example]) -> StatusModel:
    """Return a model fitted to `examples` in a few seconds, with the thresholds of the shipped one, uncalibrated."""
    return replace(load_model(), weights=StatusClassifier().fit(examples).weights_)


def score_model(name: str, model: StatusModel, examples: Sequence[Example]) -> Row:
    """Return (name, macro-F1, low, high) of a model on `examples`, with the 95% interval."""
    gold = metrics.as_index([example.label for example in examples])
    given = metrics.decide(model.predict_proba([example.pair for example in examples]), model.unstated)
    score = metrics.score_statuses(gold, given)
    return name, score.f1, score.low, score.high


def crossed(examples: Sequence[Example]) -> OutOfFold:
    """Return what models said of programmes that they had not seen (grouped folds)."""
    return cross_predict(examples, StatusClassifier(), [example.programme for example in examples])


def learning_curve(
    seen: Sequence[Example], held: Sequence[Example], sizes: Sequence[int], random_state: int = 0
) -> list[tuple[int, float, float, float]]:
    """Return (items, macro-F1, low, high) on `held` of models fitted to ever more of `seen`."""
    rows = []
    for size in sizes:
        part = sample_items(seen, size, random_state)
        rows.append((len(part), *score_model("", fit_like_shipped(part), held)[1:]))
    return rows


def leave_one_genre_out(examples: Sequence[Example]) -> list[Row]:
    """Return (genre, macro-F1, low, high) on each genre of a model fitted to the other genres."""
    rows = []
    for genre in GENRES:
        inside = [example for example in examples if example.genre == genre]
        outside = [example for example in examples if example.genre != genre]
        if inside and outside:
            rows.append(score_model(genre, fit_like_shipped(outside), inside))
    return rows


def review_corpus(
    path: Path, beside: Path | None, output: Path | None, report: Callable[[str], None] = lambda message: None
) -> str:
    """Return the learning curve, the scores on genres never seen, and how many labels are in doubt, as Markdown.

    The test programmes are left alone. The curve is scored on a fifth of the programmes, fitted to the others.
    The doubted labels that nobody has settled yet go to `output`, the surest first.
    """
    everything = read_corpus(path)
    examples = [example for example in everything if example.programme not in TEST_PROGRAMMES]
    groups = [example.programme for example in examples]
    train, test = next(GroupKFold(min(N_FOLDS, len(set(groups)))).split(groups, groups=groups))
    report("learning curve")
    sizes = [size for size in _SIZES if size < len(train)] + [len(train)]
    curve = learning_curve([examples[i] for i in train], [examples[i] for i in test], sizes)
    report("leave one genre out")
    genres = leave_one_genre_out(examples)
    report("labels in doubt")
    suspects = find_label_suspects(examples, crossed(examples))
    open_ones = [suspect for suspect in suspects if not suspect.example.settled]
    if output is not None:
        lines = [
            {"id": s.example.id, "label": s.example.label, "likelier": s.suggested, "margin": s.margin}
            for s in open_ones
        ]
        write_whole(output, "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines).encode())
    span = "{:.3f} to {:.3f}"
    parts = [
        "Learning curve, on programmes not seen:",
        markdown_table(
            ("items", "macro-F1", "95% interval"),
            [[str(n), f"{f1:.3f}", span.format(low, high)] for n, f1, low, high in curve],
        ),
        "Each genre by a model that saw only the others:",
        markdown_table(
            ("genre", "macro-F1", "95% interval"),
            [[genre, f"{f1:.3f}", span.format(low, high)] for genre, f1, low, high in genres],
        ),
        f"Labels that cross-validation doubts: {len(suspects)} of {len(examples)}; "
        f"{len(suspects) - len(open_ones)} looked at and settled, {len(open_ones)} open.",
    ]
    if beside is not None:
        parts.append(_compare_variety(everything, beside))
    return "\n\n".join(parts)


def _compare_variety(examples: Sequence[Example], beside: Path) -> str:
    from yichuang_nlp.readers import read_briefing

    texts = [cell.text for cell in read_briefing(beside).cells]
    n = sum(map(len, texts))
    ours = type_token_ratio([example.text for example in examples], n)
    return f"Type-token ratio on {n} characters: {ours:.3f}; the briefing's: {type_token_ratio(texts, n):.3f}."
