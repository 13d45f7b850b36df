"""From (dimension, text) pairs to clause features: one function for training and for scoring.

Everything is an array over the whole batch. The text is folded to code points, digit runs shrink to one "0",
white space goes, and every feature is a 64-bit hash of a stretch of that array with the clause it stands in, so
that there is no Python work per token, and a feature can be traced back to its characters.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from yichuang_nlp.folding import Folded, find_phrases, find_words, fold, hash_word
from yichuang_nlp.lexicon import load_kinds, load_verbs
from yichuang_nlp.text import Segmenter, find_clauses

__all__ = ["FAMILIES", "TAGS", "ClauseFeatures", "extract"]

U64 = npt.NDArray[np.uint64]
I32 = npt.NDArray[np.int32]

FAMILIES = (
    "char", "word", "phrase", "group", "sense", "chain", "before", "after", "place", "dimension",
    "group_x_tag", "sense_x_tag", "marks_x_tag", "overlap", "edge", "scope", "lead", "span",
)  # fmt: skip
TAGS = (
    "facility", "document", "institution", "system", "rollout", "organisation", "target", "activity",
    "review", "plan", "problem", "ask",
)  # fmt: skip
_CHAR_LENGTHS = (1, 2, 3)
_MARKERS = ("perfect", "ongoing", "future", "negate", "order", "finish", "open", "issue")
_SCOPING = ("perfect", "ongoing", "future", "negate", "order")  # markers that reach over the clauses behind them
_SENTENCE_ENDS = tuple("。；;！!？?\n")
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)  # 2**64 / the golden ratio: Knuth, TAOCP 3, 6.4
_SPLIT = np.uint64(0xBF58476D1CE4E5B9)  # splitmix64's first multiplier (Steele et al. 2014)


@dataclass(frozen=True, slots=True)
class ClauseFeatures:
    """The clauses of a batch and their features.

    `item` (n_clauses,) is the item of each clause; `span` (n_clauses, 2) its half-open offsets in that item's
    text. The four arrays below run over all features: `key` their hash, `clause` the row, `family` an index
    into `FAMILIES`, `at` (n, 2) the characters they come from, as offsets in the text ((-1, -1): from elsewhere).
    `tags` (n_items, len(TAGS)) says what the dimension names.
    """

    n_items: int
    item: I32
    span: npt.NDArray[np.int64]
    key: U64
    clause: I32
    family: npt.NDArray[np.uint8]
    at: npt.NDArray[np.int32]
    tags: npt.NDArray[np.float32]


def _mix(family: int, *parts: U64 | np.uint64) -> U64:
    value = np.asarray(np.uint64((family + 1) * int(_GOLDEN) & 0xFFFFFFFFFFFFFFFF))
    with np.errstate(over="ignore"):
        for part in parts:
            value = (value ^ part) * _SPLIT
            value = value ^ (value >> np.uint64(29))
    return value


@lru_cache(maxsize=1)
def _verb_codes() -> tuple[U64, U64, npt.NDArray[np.int32]]:
    """Return for each lexicon entry the hash of its group, of its sense (aspect, role), and its marker bit."""
    entries = load_verbs()
    group = np.array([hash_word(entry.group) for entry in entries], np.uint64)
    sense = np.array([hash_word(entry.aspect + entry.role) for entry in entries], np.uint64)
    marker = np.array(
        [1 << _MARKERS.index(entry.group) if entry.group in _MARKERS else 0 for entry in entries], np.int32
    )
    return group, sense, marker


class _Collector:
    """Gathers features by family: their hashes, their clauses, and the characters they come from."""

    def __init__(self) -> None:
        self.parts: list[tuple[U64, I32, int, I32, I32]] = []

    def add(
        self, name: str, clause: npt.NDArray[np.integer], *hashes: U64 | np.uint64, at: tuple[I32, I32] | None = None
    ) -> None:
        family = FAMILIES.index(name)
        key = np.broadcast_to(_mix(family, *hashes), clause.shape)
        nowhere = np.full(len(clause), -1, np.int32)
        start, end = at or (nowhere, nowhere)
        self.parts.append((key, clause.astype(np.int32), family, start, end))


@dataclass(frozen=True, slots=True)
class _Batch:
    """The pairs of a batch, folded: clauses, words, lexicon phrases, and what the dimensions name.

    `item`, `nth`, `left` (n_clauses,) are the item of a clause, its place in it and how many follow; `which`
    (n_items,) the row of `names` that is an item's dimension.
    """

    folded: Folded
    names: Folded
    which: npt.NDArray[np.int64]
    item: I32
    span: npt.NDArray[np.int64]
    nth: npt.NDArray[np.int64]
    left: npt.NDArray[np.int64]
    closes: npt.NDArray[np.bool_]
    tags: npt.NDArray[np.float32]

    @property
    def clauses(self) -> I32:
        return np.arange(len(self.item), dtype=np.int32)

    def at(self, start: npt.NDArray[np.integer], length: npt.NDArray[np.integer] | int) -> tuple[I32, I32]:
        """Return the offsets in the original text of stretches of the folded one."""
        origin = self.folded.origin
        return origin[start], origin[start + length - 1] + np.int32(1)

    def crossed(self, rows: npt.NDArray[np.integer]) -> tuple[npt.NDArray[np.int64], U64]:
        """Return, for features standing in clauses `rows`, the index of each and a tag, a pair for every tag."""
        count = self.tags.sum(axis=1).astype(np.int64)
        per = count[self.item[rows]]
        source = np.repeat(np.arange(len(rows)), per)
        first = np.cumsum(count) - count
        within = np.arange(len(source)) - np.repeat(np.cumsum(per) - per, per)
        return source, np.nonzero(self.tags)[1][first[self.item[rows[source]]] + within].astype(np.uint64)


def _gather(pairs: Sequence[tuple[str, str]]) -> _Batch:
    texts = [text for _, text in pairs]
    spans = [find_clauses(text) for text in texts]
    count = np.array([len(row) for row in spans], np.int64)
    item = np.repeat(np.arange(len(pairs)), count).astype(np.int32)
    nth = np.arange(len(item)) - (np.cumsum(count) - count)[item]
    closes = np.array([text[e - 1] in _SENTENCE_ENDS for text, row in zip(texts, spans) for _, e in row], bool)
    names = {name: number for number, name in enumerate(dict.fromkeys(name for name, _ in pairs))}
    folded_names = fold(list(names), [[(0, len(name))] for name in names])
    which = np.array([names[name] for name, _ in pairs], np.int64)
    return _Batch(
        fold(texts, spans), folded_names, which, item,
        np.array([pair for row in spans for pair in row], np.int64).reshape(-1, 2),
        nth, count[item] - 1 - nth, closes, _dimension_tags(folded_names, len(names))[which],
    )  # fmt: skip


@lru_cache(maxsize=1)
def _kind_codes() -> npt.NDArray[np.int32]:
    """Return for each word of the kinds list which of `TAGS` it stands for."""
    return np.array([TAGS.index(kind) for _, kind in load_kinds()], np.int32)


def _dimension_tags(folded: Folded, n: int) -> npt.NDArray[np.float32]:
    tags = np.zeros((n, len(TAGS)), np.float32)
    position, _, index = find_phrases(folded, "kinds", None)
    tags[folded.owner[position], _kind_codes()[index]] = 1
    return tags


def _add_characters(out: _Collector, batch: _Batch) -> None:
    for length in _CHAR_LENGTHS:
        start = np.flatnonzero(batch.folded.inside(length))
        value = batch.folded.hashes[length - 1][start]
        out.add("char", batch.folded.owner[start], value, np.uint64(length), at=batch.at(start, length))


def _add_words(out: _Collector, batch: _Batch, start: I32, length: I32, value: U64) -> None:
    """Words, and the word that a clause begins with."""
    clause = batch.folded.owner[start]
    low, high = batch.at(start, length)
    out.add("word", clause, value, at=(low, high))
    edge = np.ones(len(clause), bool)
    edge[1:] = clause[1:] != clause[:-1]
    out.add("edge", clause[edge], value[edge], at=(low[edge], high[edge]))


def _add_phrases(out: _Collector, batch: _Batch, words: I32, lengths: I32) -> None:
    """Lexicon phrases: their group and sense, which follows which, and how far their tense reaches."""
    single = np.zeros(len(batch.folded.codes), bool)
    single[words[lengths == 1]] = True
    start, length, index = find_phrases(batch.folded, "verbs", single)
    groups, senses, markers = _verb_codes()
    clause, group, sense = batch.folded.owner[start], groups[index], senses[index]
    low, high = batch.at(start, length)
    for name, value in (("phrase", index.astype(np.uint64)), ("group", group), ("sense", sense)):
        out.add(name, clause, value, at=(low, high))
    same = clause[1:] == clause[:-1]
    both = (low[:-1][same], high[1:][same])
    out.add("chain", clause[1:][same], group[:-1][same], group[1:][same], at=both)
    out.add("chain", clause[1:][same], sense[:-1][same], sense[1:][same], np.uint64(2), at=both)
    edge = np.ones(len(clause), bool)
    edge[1:] = ~same
    out.add("lead", clause[edge], group[edge], sense[edge], at=(low[edge], high[edge]))
    edge = np.ones(len(clause), bool)
    edge[:-1] = ~same
    out.add("lead", clause[edge], group[edge], sense[edge], np.uint64(2), at=(low[edge], high[edge]))
    for name, shift in (("before", 1), ("after", -1)):
        target = clause + shift
        usable = (target >= 0) & (target < len(batch.item))
        usable[usable] &= batch.item[target[usable]] == batch.item[clause[usable]]
        out.add(name, target[usable], group[usable])
        out.add(name, target[usable], sense[usable], np.uint64(2))
    for name, value in (("group_x_tag", group), ("sense_x_tag", sense)):
        source, tag = batch.crossed(clause)
        out.add(name, clause[source], value[source], tag, at=(low[source], high[source]))
    marks = np.zeros(len(batch.item), np.int64)
    np.bitwise_or.at(marks, clause, markers[index].astype(np.int64))
    source, tag = batch.crossed(batch.clauses)
    out.add("marks_x_tag", batch.clauses[source], marks[source].astype(np.uint64), tag)
    out.add("marks_x_tag", batch.clauses, marks.astype(np.uint64))
    _add_scope(out, batch, clause, group, markers[index], marks)


def _add_scope(
    out: _Collector, batch: _Batch, clause: I32, group: U64, marker: npt.NDArray[np.int32], marks: npt.NDArray[np.int64]
) -> None:
    """Add to each clause the last marker before it: 下一步 and 正在 reach over the clauses that follow."""
    scoping = np.isin(marker, [1 << _MARKERS.index(name) for name in _SCOPING])
    place, value = clause[scoping].astype(np.int64), group[scoping]
    if not len(place):
        return
    previous = np.searchsorted(place, batch.clauses, side="left") - 1
    rows = batch.clauses[previous >= 0]
    last = previous[previous >= 0]
    inside = batch.item[place[last]] == batch.item[rows]
    rows, last = rows[inside], last[inside]
    ends = np.cumsum(batch.closes)  # sentences closed up to and with a clause
    same_sentence = ends[rows - 1] == ends[place[last]] - batch.closes[place[last]]
    far = np.minimum(rows - place[last], 3).astype(np.uint64) * np.uint64(2) + same_sentence.astype(np.uint64)
    out.add("scope", rows, value[last], same_sentence.astype(np.uint64))
    out.add("scope", rows, value[last], far, np.uint64(2))
    out.add("scope", rows, value[last], same_sentence.astype(np.uint64), marks[rows].astype(np.uint64))


def _add_places(out: _Collector, batch: _Batch) -> None:
    """Where a clause stands in its cell, and how long it is."""
    size = np.minimum(batch.nth + batch.left, 3)
    place = np.minimum(batch.nth, 2) * 16 + np.minimum(batch.left, 2) * 4 + size
    out.add("place", batch.clauses, place.astype(np.uint64))
    length = np.digitize(batch.span[:, 1] - batch.span[:, 0], [4, 7, 11, 16, 24])
    out.add("span", batch.clauses, length.astype(np.uint64))


def _add_dimension(out: _Collector, batch: _Batch, segmenter: Segmenter) -> None:
    """The dimension's words and tags, and how much of its wording the clause repeats."""
    start, _, value = find_words(batch.names, segmenter)
    owner = batch.names.owner[start]
    count = np.bincount(owner, minlength=int(batch.which.max(initial=-1)) + 1)
    first = np.cumsum(count) - count
    mine = batch.which[batch.item]
    rows = np.repeat(batch.clauses, count[mine])
    within = np.arange(len(rows)) - np.repeat(np.cumsum(count[mine]) - count[mine], count[mine])
    out.add("dimension", rows, value[first[batch.which[batch.item[rows]]] + within])
    source, tag = batch.crossed(batch.clauses)
    out.add("dimension", batch.clauses[source], tag, np.uint64(2))
    pairs_at = np.flatnonzero(batch.folded.inside(2))
    named = np.flatnonzero(batch.names.inside(2))
    known = np.unique(_mix(0, batch.names.hashes[1][named], batch.names.owner[named].astype(np.uint64)))
    clause = batch.folded.owner[pairs_at]
    here = _mix(0, batch.folded.hashes[1][pairs_at], mine[clause].astype(np.uint64))
    shared = np.bincount(clause[np.isin(here, known)], minlength=len(batch.item))
    out.add("overlap", batch.clauses, np.digitize(shared, [1, 2, 4, 7]).astype(np.uint64))


def extract(pairs: Sequence[tuple[str, str]], segmenter: Segmenter) -> ClauseFeatures:
    """Return the clause features of (dimension, text) `pairs`.

    >>> from yichuang_nlp.text import load_segmenter
    >>> batch = extract([("综合窗口设置", "已印发方案，窗口正在改造。")], load_segmenter())
    >>> batch.span.tolist(), batch.item.tolist()
    ([[0, 6], [6, 13]], [0, 0])
    """
    batch, out = _gather(pairs), _Collector()
    start, length, value = find_words(batch.folded, segmenter)
    _add_characters(out, batch)
    _add_words(out, batch, start, length, value)
    _add_phrases(out, batch, start, length)
    _add_places(out, batch)
    _add_dimension(out, batch, segmenter)
    parts = out.parts
    low, high = np.concatenate([part[3] for part in parts]), np.concatenate([part[4] for part in parts])
    return ClauseFeatures(
        n_items=len(pairs),
        item=batch.item,
        span=batch.span,
        key=np.concatenate([part[0] for part in parts]),
        clause=np.concatenate([part[1] for part in parts]),
        family=np.repeat(np.array([part[2] for part in parts], np.uint8), [len(part[1]) for part in parts]),
        at=np.stack([low, high], axis=1),
        tags=batch.tags,
    )
