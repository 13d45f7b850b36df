"""From (dimension, text) pairs to clause features: one function for training and for scoring.

Everything is an array over the whole batch. The text is folded to code points, digit runs shrink to one "0",
white space goes, and every feature is a 64-bit hash of a stretch of that array with the clause it stands in, so
that there is no Python work per token, and a feature can be traced back to its characters.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from yichuang_nlp.clauses import join, split
from yichuang_nlp.folding import Folded, Stretches, find_phrases, find_words, fold, hash_words
from yichuang_nlp.lexicon import load_kinds, load_verbs
from yichuang_nlp.text import Segmenter

__all__ = ["DELIVERABLES", "FAMILIES", "TAGS", "ClauseFeatures", "Features", "Part", "extract"]

U64 = npt.NDArray[np.uint64]
I32 = npt.NDArray[np.int32]
I64 = npt.NDArray[np.int64]

FAMILIES = ("word", "group", "sense", "chain", "place", "dimension", "kind", "group_x_kind", "edge", "scope")
# kinds of deliverables that a dimension or a clause may name, then of headings and letters, which dimensions name
DELIVERABLES = (
    "scheme", "planning", "organ", "mechanism", "meeting", "training", "propaganda", "survey", "list", "platform",
    "data", "office", "staff", "money", "study", "land", "tender", "works", "accept", "open", "extend", "pilot",
    "check", "fix", "target", "complaint", "service", "test", "equip",
)  # fmt: skip
TAGS = (*DELIVERABLES, "review", "plan", "problem", "ask")
_SCOPING = ("perfect", "ongoing", "future", "negate", "order")  # groups that reach over the clauses behind them
_SENTENCE_ENDS = np.array([ord(char) for char in "。；;！!？?\n"], np.uint32)
_NUMBER = re.compile(
    r"""
    \s*(?: [（(] [一二三四五六七八九十\d]+ [)）]     # （六）
        | [一二三四五六七八九十\d]+ [、.．)）]        # 三、 3.
        | 第 [一二三四五六七八九十\d]+ [章节条]       # 第二节
        | [一二三四五六七八九十]+ 是                  # 四是
        | [—·●]+
        )?\s*
    """,
    re.VERBOSE,
)
_OPENS = frozenset("（(一二三四五六七八九十第—·●")  # what a number may begin with, beside digits and white space
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)  # 2**64 / the golden ratio: Knuth, TAOCP 3, 6.4
_SPLIT = np.uint64(0xBF58476D1CE4E5B9)  # splitmix64's first multiplier (Steele et al. 2014)


class Part(NamedTuple):
    """Features of one family: their hashes, the rows they stand in (ascending), and the stretch they come from.

    `start` are positions in the folded text (None: from nowhere in it), `length` how many characters.
    """

    family: int
    key: U64
    row: I32
    start: I64 | None = None
    length: I64 | int = 0


class Features(NamedTuple):
    """Features in one array: `key` their hash, `row` the clause, `family` an index into `FAMILIES`, `at` (n, 2) the
    characters they come from, as offsets in the text ((-1, -1): from elsewhere)."""

    key: U64
    row: I32
    family: npt.NDArray[np.uint8]
    at: npt.NDArray[np.int32]


class ClauseFeatures(NamedTuple):
    """The clauses of a batch and their features.

    `item` (n_clauses,) is the item of each clause; `span` (n_clauses, 2) its half-open offsets in that item's
    text; `tags` (n_items, len(TAGS)) says what the dimension names. `parts` are the features of the clauses;
    `named` those of the `n_names` different dimensions, which each of their clauses has, `name` (n_clauses,)
    saying which.
    """

    n_items: int
    item: I32
    span: I64
    tags: npt.NDArray[np.float32]
    parts: tuple[Part, ...]
    named: tuple[Part, ...]
    n_names: int
    name: I32
    folded: Folded

    def spread(self) -> Features:
        """Return all features, those of the dimensions repeated for each clause."""
        wide = list(self.parts)
        for part in self.named:
            count = np.bincount(part.row, minlength=self.n_names)[self.name]
            first = np.searchsorted(part.row, self.name)
            row = np.repeat(np.arange(len(self.item), dtype=np.int32), count)
            source = np.repeat(first - (np.cumsum(count) - count), count) + np.arange(len(row))
            wide.append(Part(part.family, part.key[source], row))
        origin = self.folded.origin
        at = [
            np.full((len(part.key), 2), -1, np.int32)
            if part.start is None
            else np.stack([origin[part.start], origin[part.start + part.length - 1] + np.int32(1)], axis=1)
            for part in wide
        ]
        return Features(
            np.concatenate([part.key for part in wide]),
            np.concatenate([part.row for part in wide]),
            np.repeat(np.array([part.family for part in wide], np.uint8), [len(part.key) for part in wide]),
            np.concatenate(at),
        )


def _mix(family: int, *parts: U64 | np.uint64) -> U64:
    value = np.asarray(np.uint64((family + 1) * int(_GOLDEN) & 0xFFFFFFFFFFFFFFFF))
    with np.errstate(over="ignore"):
        for part in parts:
            value = (value ^ part) * _SPLIT
            value = value ^ (value >> np.uint64(29))
    return value


@lru_cache(maxsize=1)
def _verb_codes() -> tuple[U64, U64, npt.NDArray[np.bool_]]:
    """Return for each lexicon entry the hash of its group, of its sense (aspect, role), and whether it reaches on."""
    entries = load_verbs()
    groups = sorted({entry.group for entry in entries})
    senses = [aspect + role for aspect in "dofn-" for role in "spb-"]
    group_at, sense_at = ({name: at for at, name in enumerate(names)} for names in (groups, senses))
    group = hash_words(groups)[[group_at[entry.group] for entry in entries]]
    sense = hash_words(senses)[[sense_at[entry.aspect + entry.role] for entry in entries]]
    return group, sense, np.array([entry.group in _SCOPING for entry in entries])


class _Collector:
    """Gathers features by family; the rows of a part are in ascending order."""

    def __init__(self) -> None:
        self.parts: list[Part] = []

    def add(
        self,
        name: str,
        rows: npt.NDArray[np.integer],
        *hashes: U64 | np.uint64,
        start: I64 | None = None,
        length: I64 | int = 0,
    ) -> None:
        family = FAMILIES.index(name)
        key = np.broadcast_to(_mix(family, *hashes), rows.shape)
        self.parts.append(Part(family, key, rows.astype(np.int32, copy=False), start, length))


class _Batch(NamedTuple):
    """The pairs of a batch, folded: clauses, words, lexicon phrases, and what the dimensions name.

    `item`, `nth`, `left` (n_clauses,) are the item of a clause, its place in it and how many follow; `closes`
    says which clauses end a sentence; `names` are the different dimensions, `which` (n_clauses,) a clause's own,
    `begin_of_last` where the last part of each heading path begins.
    """

    folded: Folded
    names: Folded
    which: I32
    item: I32
    span: I64
    nth: I64
    left: I64
    closes: npt.NDArray[np.bool_]
    tags: npt.NDArray[np.float32]
    tags_of_name: npt.NDArray[np.float32]
    begin_of_last: I64

    @property
    def clauses(self) -> I32:
        return np.arange(len(self.item), dtype=np.int32)

    def crossed(self, rows: I32, n_tags: int = len(TAGS)) -> tuple[I64, U64]:
        """Return, for features in clauses `rows`, the index of each and one of the first tags, for every pair."""
        name, tag = np.nonzero(self.tags_of_name[:, :n_tags])
        source, which = _pair_up(self.which[rows], name)
        return source, tag[which].astype(np.uint64)


def _pair_up(left: I32 | I64, right: I32 | I64) -> tuple[I64, I64]:
    """Return the indices of every pair of equal elements; `right` is in ascending order."""
    low, high = np.searchsorted(right, left, side="left"), np.searchsorted(right, left, side="right")
    count = high - low
    source = np.repeat(np.arange(len(left)), count)
    return source, np.arange(len(source)) + np.repeat(low - (np.cumsum(count) - count), count)


def _gather(pairs: Sequence[tuple[str, str]]) -> _Batch:
    joined = join([text for _, text in pairs])
    clauses = split(joined)
    item = clauses.item
    count = np.bincount(item, minlength=len(pairs))
    nth = np.arange(len(item)) - (np.cumsum(count) - count)[item]
    names = {name: number for number, name in enumerate(dict.fromkeys(name for name, _ in pairs))}
    all_names = join(list(names))
    folded_names = fold(all_names, all_names.base, all_names.breaks)
    which = np.array([names[name] for name, _ in pairs], np.int32)
    begin_of_last = np.array([_begin_of_last(name) for name in names], np.int64)
    tags = _dimension_tags(folded_names, begin_of_last)
    closes = np.isin(joined.codes[clauses.stop - 1], _SENTENCE_ENDS, kind="table")
    return _Batch(
        fold(joined, clauses.start, clauses.stop), folded_names, which[item], item,
        np.stack([clauses.start, clauses.stop], axis=1) - joined.base[item][:, None],
        nth, count[item] - 1 - nth, closes, tags[which], tags, begin_of_last,
    )  # fmt: skip


@lru_cache(maxsize=2)
def _kind_codes(which: str) -> I32:
    """Return for each word of a list of `find_phrases` which of `TAGS` it stands for."""
    return np.array([TAGS.index(kind) for _, kind in load_kinds(which)], np.int32)


def _dimension_tags(folded: Folded, begin_of_last: I64) -> npt.NDArray[np.float32]:
    tags = np.zeros((len(begin_of_last), len(TAGS)), np.float32)
    found = find_phrases(folded, "headings", None)
    tags[folded.owner[found.start], _kind_codes("headings")[found.value]] = 1
    # of a path, the last part names the deliverable
    found = find_phrases(folded, "kinds", None)
    last = folded.origin[found.start] >= begin_of_last[folded.owner[found.start]]
    tags[folded.owner[found.start][last], _kind_codes("kinds")[found.value[last]]] = 1
    return tags


def _begin_of_last(name: str) -> int:
    """Return where the last part of a heading path begins, its number left out.

    >>> _begin_of_last("二、重点工作 / （三）加快项目建设")
    12
    """
    part = name.rfind("/") + 1
    first = name[part : part + 1]
    if not (first in _OPENS or first.isspace() or first.isdecimal()):
        return part
    found = _NUMBER.match(name, part)
    return found.end() if found and found.end() < len(name) else part


def _first_of_rows(rows: I32) -> npt.NDArray[np.bool_]:
    edge = np.ones(len(rows), bool)
    np.not_equal(rows[1:], rows[:-1], out=edge[1:])
    return edge


def _add_words(out: _Collector, batch: _Batch, words: Stretches) -> None:
    """Words, and the word that a clause begins with."""
    clause = batch.folded.owner.take(words.start)
    out.add("word", clause, words.value, start=words.start, length=words.length)
    edge = _first_of_rows(clause)
    out.add("edge", clause[edge], words.value[edge], start=words.start[edge], length=words.length[edge])


def _add_phrases(out: _Collector, batch: _Batch, words: Stretches) -> None:
    """Lexicon phrases: their group and sense, which follows which, and how far their tense reaches."""
    phrases = find_phrases(batch.folded, "verbs", words.start[words.length == 1])
    groups, senses, scoping = _verb_codes()
    start, length, index = phrases.start, phrases.length, phrases.value
    clause, group, sense = batch.folded.owner.take(start), groups.take(index), senses.take(index)
    out.add("group", clause, group, start=start, length=length)
    out.add("sense", clause, sense, start=start, length=length)
    same = np.flatnonzero(clause[1:] == clause[:-1])
    both, far = start[same], start[same + 1] + length[same + 1] - start[same]
    out.add("chain", clause[same], group[same], group[same + 1], start=both, length=far)
    out.add("chain", clause[same], sense[same], sense[same + 1], np.uint64(2), start=both, length=far)
    source, tag = batch.crossed(clause)
    out.add("group_x_kind", clause[source], group[source], tag, start=start[source], length=length[source])
    _add_scope(out, batch, clause[scoping[index]], group[scoping[index]])


def _add_kinds(out: _Collector, batch: _Batch) -> None:
    """What kinds of deliverables a clause speaks of, beside what kind its dimension asks for."""
    found = find_phrases(batch.folded, "kinds", None)
    clause, kind = batch.folded.owner.take(found.start), _kind_codes("kinds").take(found.value).astype(np.uint64)
    out.add("kind", clause, kind, start=found.start, length=found.length)
    source, tag = batch.crossed(clause, len(DELIVERABLES))
    start, length = found.start[source], found.length[source]
    out.add("kind", clause[source], kind[source], tag, start=start, length=length)


def _add_scope(out: _Collector, batch: _Batch, place: I32, group: U64) -> None:
    """Add to each clause the last marker before it: 下一步 and 正在 reach over the clauses that follow."""
    last = np.searchsorted(place, batch.clauses) - 1
    rows = np.flatnonzero(last >= 0)
    rows = rows[batch.item[place[last[rows]]] == batch.item[rows]]
    last = last[rows]
    ends = np.cumsum(batch.closes)  # sentences closed up to and with a clause
    same_sentence = ends[rows - 1] == ends[place[last]] - batch.closes[place[last]]
    far = np.minimum(rows - place[last], 3).astype(np.uint64) * np.uint64(2) + same_sentence.astype(np.uint64)
    out.add("scope", rows, group[last], same_sentence.astype(np.uint64))
    out.add("scope", rows, group[last], far, np.uint64(2))


def _add_places(out: _Collector, batch: _Batch) -> None:
    """Where a clause stands in its cell."""
    size = np.minimum(batch.nth + batch.left, 3)
    place = np.minimum(batch.nth, 2) * 16 + np.minimum(batch.left, 2) * 4 + size
    out.add("place", batch.clauses, place.astype(np.uint64))


def _name_parts(batch: _Batch, segmenter: Segmenter) -> tuple[Part, ...]:
    """The dimensions' words and tags, and the words that the last part begins and ends with.

    A heading that begins with a verb commands (扎实推进改革), one that ends with it reports (改革扎实推进).
    """
    out = _Collector()
    words = find_words(batch.names, segmenter)
    owner = batch.names.owner[words.start]
    out.add("dimension", owner, words.value)
    inside = np.flatnonzero(batch.names.origin[words.start] >= batch.begin_of_last[owner])
    edge = _first_of_rows(owner[inside])
    for place, at in ((3, inside[edge]), (4, inside[np.append(edge[1:], True)[: len(edge)]])):
        out.add("dimension", owner[at], words.value[at], np.uint64(place))
    name, tag = np.nonzero(batch.tags_of_name)
    out.add("dimension", name, tag.astype(np.uint64), np.uint64(2))
    return tuple(out.parts)


def extract(pairs: Sequence[tuple[str, str]], segmenter: Segmenter) -> ClauseFeatures:
    """Return the clause features of (dimension, text) `pairs`.

    >>> from yichuang_nlp.text import load_segmenter
    >>> batch = extract([("综合窗口设置", "已印发方案，窗口正在改造。")], load_segmenter())
    >>> batch.span.tolist(), batch.item.tolist()
    ([[0, 6], [6, 13]], [0, 0])
    """
    batch, out = _gather(pairs), _Collector()
    words = find_words(batch.folded, segmenter)
    _add_words(out, batch, words)
    _add_phrases(out, batch, words)
    _add_kinds(out, batch)
    _add_places(out, batch)
    return ClauseFeatures(
        n_items=len(pairs),
        item=batch.item,
        span=batch.span,
        tags=batch.tags,
        parts=tuple(out.parts),
        named=_name_parts(batch, segmenter),
        n_names=len(batch.tags_of_name),
        name=batch.which,
        folded=batch.folded,
    )
