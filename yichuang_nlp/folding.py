"""Texts folded into one array of code points, and what is found in it: words and lexicon phrases, by hashes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from yichuang_nlp.clauses import Joined
from yichuang_nlp.lexicon import load_kinds, load_verbs
from yichuang_nlp.text import Segmenter, normalise_codes

__all__ = ["Folded", "HashIndex", "Stretches", "find_phrases", "find_words", "fold", "hash_words"]

U64 = npt.NDArray[np.uint64]
I32 = npt.NDArray[np.int32]
I64 = npt.NDArray[np.int64]

_PIECE = 1 << 14  # characters cut into words at a time
_LONGEST = 8  # of a lexicon phrase, in characters
_HALF = np.uint64(32)
_BASE = np.uint64(1_000_003)
_SPREAD = np.uint64(0x9E3779B97F4A7C15)  # 2**64 / the golden ratio: Knuth, TAOCP 3, 6.4
_SPACE, _ZERO, _NINE, _PERCENT, _BREAK, _DOT, _COMMA = (ord(char) for char in " 09%\n.,")
_HUNDRED = ord("全")  # "100%" is read as "全%": full coverage, not a figure among others


@dataclass(frozen=True, slots=True)
class HashIndex:
    """Sorted 64-bit hashes with an index over their leading bits: a look-up touches one place, seldom two.

    A binary search would touch seventeen of 100,000; with more buckets than hashes, and hashes spread evenly,
    the place is known at once. `bucket` holds the row of the first hash with those leading bits, and that hash's
    last 32 bits above it, which tell almost every stranger without a look at the hashes.
    """

    keys: U64
    bucket: I64
    shift: np.uint64
    steps: int

    @classmethod
    def build(cls, keys: U64) -> HashIndex:
        """Return the index of `keys`, which are sorted and unlike."""
        bits = max(8, len(keys).bit_length() + 2)
        shift = np.uint64(64 - bits)
        bucket = (keys >> shift).astype(np.int64)
        table = np.full(1 << bits, len(keys), np.int64)
        new = np.flatnonzero(np.diff(bucket, prepend=-1))
        table[bucket[new]] = new | (keys[new] << _HALF).astype(np.int64)
        return cls(np.append(keys, np.uint64(0)), table, shift, int(np.diff(new, append=len(keys)).max(initial=0)))

    def rows(self, wanted: U64) -> I32:
        """Return the row of the keys that each of `wanted` is, the number of keys for one that is none of them."""
        none = np.int32(len(self.keys) - 1)
        entry = self.bucket.take((wanted >> self.shift).astype(np.int64))  # an empty bucket says none
        row = entry.astype(np.int32)
        other = np.flatnonzero(((entry >> 32).astype(np.int32) != wanted.astype(np.int32)) & (row != none))
        next_row, sought = row[other], wanted[other]
        for _ in range(1, self.steps):
            next_row = np.minimum(next_row + np.int32(1), none)
            row[other] = next_row
            miss = np.flatnonzero(self.keys.take(next_row) != sought)
            other, next_row, sought = other[miss], next_row[miss], sought[miss]
        row[other] = none
        return row

    def find(self, wanted: U64) -> tuple[I64, I32]:
        """Return which of `wanted` are among the keys, in order, and the rows of the keys they are."""
        row = self.rows(wanted)
        at = np.flatnonzero(row < len(self.keys) - 1)
        return at, row[at]


def _roll(codes: npt.NDArray[np.uint32]) -> U64:
    """Return hashes (8, n): row k has those of the k + 1 codes that begin at each position."""
    hashes = np.zeros((_LONGEST, len(codes)), np.uint64)
    hashes[0] = codes
    with np.errstate(over="ignore"):
        for length in range(1, _LONGEST):
            np.multiply(hashes[length - 1], _BASE, out=hashes[length])
            hashes[length, : max(len(codes) - length, 0)] += hashes[0, length:]
    return hashes


def hash_words(words: Sequence[str]) -> U64:
    """Return the hash that `Folded.hashes` gives the characters of each of `words`."""
    size = np.fromiter(map(len, words), np.int64, len(words))
    codes = np.frombuffer("".join(words).encode("utf-32-le"), np.uint32)
    values: U64 = _roll(codes)[np.minimum(size, _LONGEST) - 1, np.cumsum(size) - size]
    return values


class Folded(NamedTuple):
    """Joined texts folded into one array of code points.

    `owner` is the row (clause, or dimension) that a position belongs to, -1 between rows; `origin` its offset
    in its own text; `hashes[n - 1]` the hash of the n characters that begin at each position; `begins` the lists
    of phrases of which one may begin there, in bits.
    """

    codes: npt.NDArray[np.uint32]
    owner: I32
    origin: I32
    hashes: U64
    begins: npt.NDArray[np.uint8]

    def hashes_of(self, start: I64, length: I64) -> U64:
        """Return the hash of each stretch; of one too long, that of its first eight characters."""
        flat = (np.minimum(length, _LONGEST) - 1) * self.hashes.shape[1] + start
        values: U64 = self.hashes.ravel().take(flat)
        return values


class Stretches(NamedTuple):
    """Stretches of a folded text: where each begins, how long it is, and what it is (a hash or a list's index)."""

    start: I64
    length: I64
    value: npt.NDArray[Any]


def fold(joined: Joined, start: I64, stop: I64) -> Folded:
    """Fold `joined`; its rows are the half-open stretches from `start` to `stop`, in order."""
    codes = normalise_codes(joined.codes)
    bounds = np.stack([start, stop], axis=1).ravel()
    runs = np.diff(bounds, prepend=0, append=len(codes))  # before a row, the row, before the next, ...
    named = np.full(len(runs), -1, np.int32)
    named[1::2] = np.arange(len(start), dtype=np.int32)
    owner = np.repeat(named, runs)
    origin = np.arange(len(codes), dtype=np.int32) - np.repeat(joined.base.astype(np.int32), joined.size + 1)
    digit = (codes >= _ZERO) & (codes <= _NINE)
    dot = np.flatnonzero((codes == _DOT) | (codes == _COMMA))  # the last character is a line break
    digit[dot[digit[dot - 1] & digit[dot + 1] & (dot > 0)]] = True
    follows = np.append(False, digit[:-1]) & digit
    folded = np.where(digit, np.uint32(_ZERO), codes)
    percent = np.flatnonzero(codes == _PERCENT)
    percent = percent[percent >= 3]
    full = percent[
        (codes[percent - 3] == ord("1"))
        & (codes[percent - 2] == _ZERO)
        & (codes[percent - 1] == _ZERO)
        & ~follows[percent - 3]
    ]
    folded[full - 3] = _HUNDRED
    keep = np.flatnonzero(~follows & (codes != _SPACE))
    folded = folded[keep]
    hashes = _roll(folded)
    begins = _begin_table(2).take(_leading_bits(hashes[1]))
    return Folded(folded, owner[keep], origin[keep], hashes, begins)


def find_words(folded: Folded, segmenter: Segmenter) -> Stretches:
    """Return the words with their hashes; what is no ideograph is a word of its own."""
    codes = folded.codes
    ideograph = (codes >= 0x4E00) & (codes <= 0x9FD5) & (folded.owner >= 0)
    # a row's edge is a word's edge, and jieba sees nothing but ideographs: a line break stands for the rest
    text = np.where(ideograph, codes, np.uint32(_BREAK)).tobytes().decode("utf-32-le")
    gaps = np.flatnonzero(~ideograph)  # where the text may be cut into pieces whose words fit into a cache
    ends = gaps[np.searchsorted(gaps, np.arange(_PIECE, len(text), _PIECE)).clip(max=len(gaps) - 1)]
    bounds = sorted({0, *ends.tolist(), len(text)})
    pieces = [segmenter.lengths(text[low:high]) for low, high in pairwise(bounds)]
    length = np.concatenate([np.zeros(0, np.int64), *pieces])
    start = np.cumsum(length) - length
    inside = np.flatnonzero(folded.owner.take(start) >= 0) if len(start) else start
    start, length = start[inside], length[inside]
    return Stretches(start, length, folded.hashes_of(start, length))


_LISTS = ("verbs", "kinds", "headings")


def _words_of(which: str) -> list[str]:
    return [entry.phrase for entry in load_verbs()] if which == "verbs" else [word for word, _ in load_kinds(which)]


@lru_cache(maxsize=2)
def _begin_table(length: int) -> npt.NDArray[np.uint8]:
    """Return for the leading bits of a hash of `length` characters which of `_LISTS` have a phrase that so begins."""
    table = np.zeros(1 << 16, np.uint8)
    for bit, which in enumerate(_LISTS):
        begins = hash_words([word[:length] for word in _words_of(which) if len(word) >= length])
        table[_leading_bits(begins)] |= np.uint8(1 << bit)
    return table


@lru_cache(maxsize=4)
def _phrase_table(which: str) -> tuple[tuple[int, HashIndex, I32], ...]:
    """Return (length, index, places in the list) of the phrases of a list, the longest first."""
    place = {word: index for index, word in enumerate(_words_of(which))}
    by_length: dict[int, list[str]] = {}
    for word in place:
        by_length.setdefault(len(word), []).append(word)
    tables = []
    for length in sorted(by_length, reverse=True):
        chosen = by_length[length]
        keys = hash_words(chosen) * _SPREAD
        order = np.argsort(keys)
        tables.append((length, HashIndex.build(keys[order]), np.array([place[w] for w in chosen], np.int32)[order]))
    return tuple(tables)


@lru_cache(maxsize=4)
def _single_codes(which: str) -> npt.NDArray[np.uint32]:
    return np.array([ord(word) for word in _words_of(which) if len(word) == 1], np.uint32)


def _leading_bits(hashes: U64) -> I64:
    bits: I64 = ((hashes * _SPREAD) >> np.uint64(48)).astype(np.int64)
    return bits


def find_phrases(folded: Folded, which: str, single: I64 | None) -> Stretches:
    """Return the phrases with their index in the list, a shorter one inside a longer one left out.

    A phrase of one character counts only at the positions `single`: where it is a word of its own.
    """
    owner, n = folded.owner, len(folded.codes)
    covered = np.zeros(n + _LONGEST, bool)
    bit = np.uint8(1 << _LISTS.index(which))
    pairs = np.flatnonzero(folded.begins & bit)
    triples = pairs[(_begin_table(3).take(_leading_bits(folded.hashes[2].take(pairs))) & bit) > 0]
    found: list[tuple[I64, int, I32]] = []
    for length, table, index in _phrase_table(which):
        position = triples if length > 2 else pairs
        if length == 1:
            position = np.flatnonzero(np.isin(folded.codes, _single_codes(which))) if single is None else single
        position = position[: np.searchsorted(position, n - length, side="right")]
        hit, slot = table.find(folded.hashes[length - 1].take(position) * _SPREAD)
        position = position.take(hit)
        last = position + (length - 1)
        mine = owner.take(position)
        free = np.flatnonzero((mine >= 0) & (owner.take(last) == mine) & ~(covered.take(position) & covered.take(last)))
        position, slot = position.take(free), slot.take(free)
        for step in range(length):
            covered[position + step] = True
        found.append((position, length, index.take(slot)))
    start = np.concatenate([p for p, _, _ in found])
    size = np.repeat([n for _, n, _ in found], [len(p) for p, _, _ in found])
    order = np.argsort(start, kind="stable")
    return Stretches(start[order], size[order], np.concatenate([i for _, _, i in found])[order])
