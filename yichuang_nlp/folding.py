"""Texts folded into one array of code points, and what is found in it: words and lexicon phrases, by hashes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from yichuang_nlp.lexicon import load_kinds, load_verbs
from yichuang_nlp.text import Segmenter, normalise_codes

__all__ = ["Folded", "HashIndex", "find_phrases", "find_words", "fold", "hash_word"]

U64 = npt.NDArray[np.uint64]
I32 = npt.NDArray[np.int32]

_LONGEST = 8  # of a lexicon phrase, in characters
_BASE = np.uint64(1_000_003)
_SPREAD = np.uint64(0x9E3779B97F4A7C15)  # 2**64 / the golden ratio: Knuth, TAOCP 3, 6.4
_SPACE, _ZERO, _PERCENT, _BREAK = ord(" "), ord("0"), ord("%"), ord("\n")
_HUNDRED = ord("全")  # "100%" is read as "全%": full coverage, not a figure among others


@dataclass(frozen=True, slots=True)
class HashIndex:
    """Sorted 64-bit hashes with an index over their leading bits: a look-up touches one or two of them.

    A binary search would touch seventeen of 100,000; with a bucket for every few hashes, and hashes spread
    evenly, the place is known at once.
    """

    keys: U64
    first: I32
    shift: np.uint64
    steps: int

    @classmethod
    def build(cls, keys: U64) -> HashIndex:
        """Return the index of `keys`, which are sorted and unlike."""
        bits = max(8, int(np.ceil(np.log2(len(keys) + 1))) + 3)
        shift = np.uint64(64 - bits)
        count = np.bincount((keys >> shift).astype(np.int64), minlength=1 << bits)
        return cls(keys, (np.cumsum(count) - count).astype(np.int32), shift, int(count.max(initial=0)))

    def find(self, wanted: U64) -> tuple[npt.NDArray[np.int64], I32]:
        """Return which of `wanted` are among the keys, in order, and the rows of the keys they are."""
        if not len(self.keys):
            return np.zeros(0, np.int64), np.zeros(0, np.int32)
        row = self.first[(wanted >> self.shift).astype(np.int64)]
        last = np.int32(len(self.keys) - 1)
        hit = self.keys[np.minimum(row, last)] == wanted
        for step in range(1, self.steps):
            other = np.minimum(row + np.int32(step), last)
            again = self.keys[other] == wanted
            row = np.where(again, other, row)
            hit |= again
        at = np.flatnonzero(hit)
        return at, row[at]


def hash_word(word: str) -> int:
    """Return the hash that `Folded.hashes` gives the characters of `word`."""
    value = 0
    for char in word[:_LONGEST]:
        value = (value * int(_BASE) + ord(char)) & 0xFFFFFFFFFFFFFFFF
    return value


@dataclass(frozen=True, slots=True)
class Folded:
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


def fold(texts: Sequence[str], spans: Sequence[Sequence[tuple[int, int]]]) -> Folded:
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
    return Folded(folded, owner, origin, tuple(hashes))


def find_words(folded: Folded, segmenter: Segmenter) -> tuple[I32, I32, U64]:
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
def _phrase_table(which: str) -> tuple[tuple[int, HashIndex, npt.NDArray[np.int32]], ...]:
    """Return (length, index of spread hashes, places in the list) of the phrases, longest first."""
    words = [entry.phrase for entry in load_verbs()] if which == "verbs" else [word for word, _ in load_kinds()]
    tables = []
    for length in range(_LONGEST, 0, -1):
        chosen = {hash_word(word): index for index, word in enumerate(words) if len(word) == length}
        if chosen:
            keys = np.array(list(chosen), np.uint64) * _SPREAD
            order = np.argsort(keys)
            tables.append((length, HashIndex.build(keys[order]), np.array(list(chosen.values()), np.int32)[order]))
    return tuple(tables)


def find_phrases(folded: Folded, which: str, single: npt.NDArray[np.bool_] | None) -> tuple[I32, I32, I32]:
    """Return position, length and list index of the phrases, a shorter one inside a longer one left out.

    A phrase of one character counts only where `single` says that it is a word of its own.
    """
    covered = np.zeros(len(folded.codes) + _LONGEST, bool)
    found: list[tuple[npt.NDArray[np.int64], int, npt.NDArray[np.int32]]] = []
    for length, table, index in _phrase_table(which):
        usable = folded.inside(length)
        if length == 1 and single is not None:
            usable = usable & single
        position = np.flatnonzero(usable)
        hit, slot = table.find(folded.hashes[length - 1][position] * _SPREAD)
        position = position[hit]
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
