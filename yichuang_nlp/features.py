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

from yichuang_nlp.lexicon import load_kinds, load_verbs
from yichuang_nlp.text import Segmenter, find_clauses, normalise_codes

__all__ = ["FAMILIES", "TAGS", "ClauseFeatures", "extract"]

U64 = npt.NDArray[np.uint64]
I32 = npt.NDArray[np.int32]

FAMILIES = (
    "char", "word", "pair", "phrase", "group", "sense", "chain", "before", "after", "place", "dimension",
    "group_x_tag", "sense_x_tag", "marks_x_tag", "overlap", "word_x_tag", "edge", "far",
)  # fmt: skip
TAGS = (
    "facility", "document", "institution", "system", "rollout", "organisation", "target", "activity",
    "review", "plan", "problem", "ask",
)  # fmt: skip
_CHAR_LENGTHS = (2, 3, 4)
_LONGEST = 8  # of a lexicon phrase, in characters
_MARKERS = ("perfect", "ongoing", "future", "negate", "order", "finish", "open", "issue")
_BASE = np.uint64(1_000_003)
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)  # 2**64 / the golden ratio: Knuth, TAOCP 3, 6.4
_SPLIT = np.uint64(0xBF58476D1CE4E5B9)  # splitmix64's first multiplier (Steele et al. 2014)
_SPACE, _ZERO, _PERCENT, _BREAK = ord(" "), ord("0"), ord("%"), ord("\n")
_HUNDRED = ord("全")  # "100%" is read as "全%": full coverage, not a figure among others


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


def hash_word(word: str) -> int:
    """Return the hash that `_Folded.hashes` gives the characters of `word`."""
    value = 0
    for char in word[:_LONGEST]:
        value = (value * int(_BASE) + ord(char)) & 0xFFFFFFFFFFFFFFFF
    return value


@dataclass(frozen=True, slots=True)
class _Folded:
    """A batch of texts folded into one array of code points.

    `owner` is the row (clause, or dimension) that a position belongs to, -1 between rows; `origin` its offset
    in its own text; `hashes[n - 1]` the hash of the n characters that begin at each position.
    """

    codes: npt.NDArray[np.uint32]
    owner: I32
    origin: I32
    hashes: tuple[U64, ...]

    def inside(self, length: int) -> npt.NDArray[np.bool_]:
        """Say for each position whether `length` characters from it stay in one row."""
        same = self.owner >= 0
        if length > 1:
            same[-length + 1 :] = False
            if len(same) >= length:
                same[: len(same) - length + 1] &= self.owner[length - 1 :] == self.owner[: len(same) - length + 1]
        return same


def _fold(texts: Sequence[str], spans: Sequence[Sequence[tuple[int, int]]]) -> _Folded:
    """Fold `texts`; their rows are numbered in order of `spans` (one list of half-open offsets a text)."""
    codes = normalise_codes("\n".join(texts))
    offsets = np.cumsum([0, *(len(text) + 1 for text in texts)])[:-1]
    owner = np.full(len(codes), -1, np.int32)
    flat = [(start + base, end + base) for base, row in zip(offsets.tolist(), spans) for start, end in row]
    for number, (start, end) in enumerate(flat):
        owner[start:end] = number
    origin = np.arange(len(codes)) - np.repeat(offsets, [len(text) + 1 for text in texts])[: len(codes)]
    digit = (codes >= _ZERO) & (codes <= ord("9"))
    if len(codes) > 2:
        dot = (codes == ord(".")) | (codes == ord(","))
        digit[1:-1] |= dot[1:-1] & digit[:-2] & digit[2:]
    first = digit.copy()
    first[1:] &= ~digit[:-1]
    folded = np.where(digit, np.uint32(_ZERO), codes)
    if len(codes) > 3:
        hundred = (
            first[:-3]
            & (codes[:-3] == ord("1"))
            & (codes[1:-2] == _ZERO)
            & (codes[2:-1] == _ZERO)
            & (codes[3:] == _PERCENT)
        )
        folded[:-3][hundred] = _HUNDRED
    keep = (~digit | first) & (codes != _SPACE)
    folded, owner, origin = folded[keep], owner[keep], origin[keep].astype(np.int32)
    hashes = [folded.astype(np.uint64)]
    with np.errstate(over="ignore"):
        for length in range(2, _LONGEST + 1):
            longer = hashes[-1] * _BASE
            if len(folded) >= length:
                longer[: len(folded) - length + 1] += hashes[0][length - 1 :]
            hashes.append(longer)
    return _Folded(folded, owner, origin, tuple(hashes))


def _tokens(folded: _Folded, segmenter: Segmenter) -> tuple[I32, I32, U64]:
    """Return start, length and hash of the words; what is no ideograph is a word of its own."""
    codes = folded.codes
    ideograph = (codes >= 0x4E00) & (codes <= 0x9FD5) & (folded.owner >= 0)
    # a row's edge is a word's edge, and jieba sees nothing but ideographs: a line break stands for the rest
    text = np.where(ideograph, codes, np.uint32(_BREAK)).astype("<u4").tobytes().decode("utf-32-le")
    words = segmenter.cut(text)
    length = np.fromiter(map(len, words), np.int32, len(words))
    start = (np.cumsum(length) - length).astype(np.int32)
    inside = folded.owner[start] >= 0 if len(start) else np.zeros(0, bool)
    start, length = start[inside], length[inside]
    capped = np.minimum(length, _LONGEST)
    value = np.zeros(len(start), np.uint64)
    for size in range(1, _LONGEST + 1):
        chosen = capped == size
        value[chosen] = folded.hashes[size - 1][start[chosen]]
    return start, length, value


@lru_cache(maxsize=4)
def _phrase_table(which: str) -> tuple[tuple[int, U64, npt.NDArray[np.int32]], ...]:
    """Return (length, sorted hashes, index into the list) of the phrases, longest first."""
    words = [entry.phrase for entry in load_verbs()] if which == "verbs" else [word for word, _ in load_kinds()]
    tables = []
    for length in range(_LONGEST, 0, -1):
        chosen = [(hash_word(word), index) for index, word in enumerate(words) if len(word) == length]
        if chosen:
            chosen.sort()
            tables.append(
                (
                    length,
                    np.array([h for h, _ in chosen], np.uint64),
                    np.array([i for _, i in chosen], np.int32),
                )
            )
    return tuple(tables)


def _find_phrases(folded: _Folded, which: str, single: npt.NDArray[np.bool_] | None) -> tuple[I32, I32, I32]:
    """Return position, length and list index of the phrases, a shorter one inside a longer one left out.

    A phrase of one character counts only where `single` says that it is a word of its own.
    """
    covered = np.zeros(len(folded.codes) + _LONGEST, bool)
    found: list[tuple[npt.NDArray[np.int64], int, npt.NDArray[np.int32]]] = []
    for length, hashes, index in _phrase_table(which):
        usable = folded.inside(length)
        if length == 1 and single is not None:
            usable = usable & single
        position = np.flatnonzero(usable)
        value = folded.hashes[length - 1][position]
        slot = np.minimum(np.searchsorted(hashes, value), len(hashes) - 1)
        hit = hashes[slot] == value
        position, slot = position[hit], slot[hit]
        free = ~(covered[position] & covered[position + length - 1])
        position, slot = position[free], slot[free]
        for step in range(length):
            covered[position + step] = True
        found.append((position, length, index[slot]))
    if not found:
        return np.zeros(0, np.int32), np.zeros(0, np.int32), np.zeros(0, np.int32)
    position = np.concatenate([p for p, _, _ in found])
    size = np.concatenate([np.full(len(p), n) for p, n, _ in found])
    index = np.concatenate([i for _, _, i in found])
    order = np.argsort(position, kind="stable")
    return position[order].astype(np.int32), size[order].astype(np.int32), index[order]


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
    """Gathers (key, clause, family, start, end) by family."""

    def __init__(self) -> None:
        self.parts: list[tuple[U64, I32, int, I32, I32]] = []

    def add(
        self, name: str, clause: npt.NDArray[np.integer], *hashes: U64 | np.uint64, start: I32 | None = None,
        end: I32 | None = None,
    ) -> None:  # fmt: skip
        family = FAMILIES.index(name)
        key = np.broadcast_to(_mix(family, *hashes), clause.shape)
        nowhere = np.full(len(clause), -1, np.int32)
        self.parts.append(
            (
                key,
                clause.astype(np.int32),
                family,
                nowhere if start is None else start,
                nowhere if end is None else end,
            )
        )


def _cross(rows: I32, item: I32, tags: npt.NDArray[np.float32]) -> tuple[npt.NDArray[np.int64], U64]:
    """Return for features standing in clauses `rows` the index of each and the tag, one pair a tag of its item."""
    count = tags.sum(axis=1).astype(np.int64)
    per = count[item[rows]]
    source = np.repeat(np.arange(len(rows)), per)
    first = np.cumsum(count) - count
    tag_of = np.nonzero(tags)[1]
    within = np.arange(len(source)) - np.repeat(np.cumsum(per) - per, per)
    return source, tag_of[first[item[rows[source]]] + within].astype(np.uint64)


def _dimension_tags(folded: _Folded, n: int) -> npt.NDArray[np.float32]:
    tags = np.zeros((n, len(TAGS)), np.float32)
    position, _, index = _find_phrases(folded, "kinds", None)
    kind = np.array([TAGS.index(kind) for _, kind in load_kinds()], np.int32)
    tags[folded.owner[position], kind[index]] = 1
    return tags


def extract(pairs: Sequence[tuple[str, str]], segmenter: Segmenter) -> ClauseFeatures:
    """Return the clause features of (dimension, text) `pairs`.

    >>> from yichuang_nlp.text import load_segmenter
    >>> batch = extract([("综合窗口设置", "已印发方案，窗口正在改造。")], load_segmenter())
    >>> batch.span.tolist(), batch.item.tolist()
    ([[0, 6], [6, 13]], [0, 0])
    """
    texts = [text for _, text in pairs]
    spans = [find_clauses(text) for text in texts]
    item = np.repeat(np.arange(len(pairs)), [len(row) for row in spans]).astype(np.int32)
    span = np.array([pair for row in spans for pair in row], np.int64).reshape(-1, 2)
    folded = _fold(texts, spans)
    names = {name: number for number, name in enumerate(dict.fromkeys(name for name, _ in pairs))}
    which = np.array([names[name] for name, _ in pairs], np.int64)
    dimension = _fold(list(names), [[(0, len(name))] for name in names])
    tags = _dimension_tags(dimension, len(names))[which] if pairs else np.zeros((0, len(TAGS)), np.float32)

    out = _Collector()
    n_clauses = len(item)
    index_in_item = (
        np.arange(n_clauses)
        - (np.cumsum(np.bincount(item, minlength=len(pairs))) - np.bincount(item, minlength=len(pairs)))[item]
        if n_clauses
        else np.zeros(0, np.int64)
    )
    total = np.bincount(item, minlength=len(pairs))[item] if n_clauses else np.zeros(0, np.int64)

    def where(position: npt.NDArray[np.integer], length: npt.NDArray[np.integer] | int) -> tuple[I32, I32]:
        return folded.origin[position], folded.origin[position + length - 1] + np.int32(1)

    # characters
    for length in _CHAR_LENGTHS:
        position = np.flatnonzero(folded.inside(length))
        start, end = where(position, length)
        out.add(
            "char",
            folded.owner[position],
            folded.hashes[length - 1][position],
            np.uint64(length),
            start=start,
            end=end,
        )

    # words, neighbouring words, words at the edges of a clause
    t_start, t_length, t_hash = _tokens(folded, segmenter)
    t_clause = folded.owner[t_start] if len(t_start) else np.zeros(0, np.int32)
    start, end = where(t_start, t_length)
    out.add("word", t_clause, t_hash, start=start, end=end)
    same = t_clause[1:] == t_clause[:-1] if len(t_clause) else np.zeros(0, bool)
    out.add(
        "pair",
        t_clause[:-1][same],
        t_hash[:-1][same],
        t_hash[1:][same],
        start=start[:-1][same],
        end=end[1:][same],
    )
    is_first = np.concatenate([[True], ~same]) if len(t_clause) else np.zeros(0, bool)
    out.add("edge", t_clause[is_first], t_hash[is_first], start=start[is_first], end=end[is_first])

    # lexicon phrases: their group, the sense they tend to have, and which follows which
    single = np.zeros(len(folded.codes), bool)
    single[t_start[t_length == 1]] = True
    p_start, p_length, p_index = _find_phrases(folded, "verbs", single)
    group, sense, marker = _verb_codes()
    p_clause, p_group, p_sense = folded.owner[p_start], group[p_index], sense[p_index]
    start, end = where(p_start, p_length)
    out.add("phrase", p_clause, p_index.astype(np.uint64), start=start, end=end)
    out.add("group", p_clause, p_group, start=start, end=end)
    out.add("sense", p_clause, p_sense, start=start, end=end)
    same = p_clause[1:] == p_clause[:-1] if len(p_clause) else np.zeros(0, bool)
    out.add(
        "chain",
        p_clause[:-1][same],
        p_group[:-1][same],
        p_group[1:][same],
        start=start[:-1][same],
        end=end[1:][same],
    )
    out.add(
        "chain",
        p_clause[:-1][same],
        p_sense[:-1][same],
        p_sense[1:][same],
        np.uint64(2),
        start=start[:-1][same],
        end=end[1:][same],
    )

    # the neighbours of a clause, and the clauses further off
    for name, shift in (("before", 1), ("after", -1)):
        target = p_clause + shift
        usable = (target >= 0) & (target < n_clauses)
        usable[usable] &= item[target[usable]] == item[p_clause[usable]]
        out.add(name, target[usable], p_group[usable])
        out.add(name, target[usable], p_sense[usable], np.uint64(2))
    clause_number = np.arange(n_clauses, dtype=np.int32)
    place = np.minimum(index_in_item, 2) * 16 + np.minimum(total - 1 - index_in_item, 2) * 4 + np.minimum(total, 3)
    out.add("place", clause_number, place.astype(np.uint64))

    # what the dimension names, by itself and crossed with what the clause says
    d_start, _, d_hash = _tokens(dimension, segmenter)
    d_owner = dimension.owner[d_start] if len(d_start) else np.zeros(0, np.int32)
    order = np.argsort(d_owner, kind="stable")
    per_name = np.bincount(d_owner, minlength=len(names))
    first = np.cumsum(per_name) - per_name
    per_clause = per_name[which[item]] if n_clauses else np.zeros(0, np.int64)
    rows = np.repeat(clause_number, per_clause)
    within = np.arange(len(rows)) - np.repeat(np.cumsum(per_clause) - per_clause, per_clause)
    out.add("dimension", rows, d_hash[order][first[which[item[rows]]] + within])
    source, tag = _cross(clause_number, item, tags)
    out.add("dimension", clause_number[source], tag, np.uint64(2))
    source, tag = _cross(p_clause, item, tags)
    out.add("group_x_tag", p_clause[source], p_group[source], tag, start=start[source], end=end[source])
    out.add("sense_x_tag", p_clause[source], p_sense[source], tag, start=start[source], end=end[source])
    marks = np.zeros(n_clauses, np.int64)
    np.bitwise_or.at(marks, p_clause, marker[p_index].astype(np.int64))
    source, tag = _cross(clause_number, item, tags)
    out.add("marks_x_tag", clause_number[source], marks[source].astype(np.uint64), tag)
    out.add("marks_x_tag", clause_number, marks.astype(np.uint64))
    source, tag = _cross(t_clause, item, tags)
    start, end = where(t_start, t_length)
    out.add("word_x_tag", t_clause[source], t_hash[source], tag, start=start[source], end=end[source])

    # how much of the dimension's wording the clause repeats
    position = np.flatnonzero(folded.inside(2))
    d_position = np.flatnonzero(dimension.inside(2))
    in_name = np.unique(_mix(0, dimension.hashes[1][d_position], dimension.owner[d_position].astype(np.uint64)))
    mine = (
        _mix(0, folded.hashes[1][position], which[item[folded.owner[position]]].astype(np.uint64))
        if len(position)
        else np.zeros(0, np.uint64)
    )
    shared = np.bincount(folded.owner[position][np.isin(mine, in_name)], minlength=n_clauses)
    level = np.digitize(shared, [1, 2, 4, 7]).astype(np.uint64)
    out.add("overlap", clause_number, level)

    key, clause, family, at_start, at_end = ([part[field] for part in out.parts] for field in range(5))
    sizes = [len(part[1]) for part in out.parts]
    return ClauseFeatures(
        len(pairs), item, span, np.concatenate(key), np.concatenate(clause),
        np.repeat(np.array(family, np.uint8), sizes),
        np.stack([np.concatenate(at_start), np.concatenate(at_end)], axis=1), tags,
    )  # fmt: skip
