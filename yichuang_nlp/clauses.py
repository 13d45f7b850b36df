"""Texts joined into one array of code points, and the clauses in it: the unit that evidence is quoted in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

__all__ = ["Clauses", "Joined", "find_clauses", "join", "split"]

I32 = npt.NDArray[np.int32]

# What a character is to the splitter, as bits; 0 for a character that no text has shown yet
_END, _SEEN, _COMMA, _DIGIT, _CLOSES, _SPACE, _WORD = (np.uint8(1 << bit) for bit in range(7))
_ENDS = "，。；！？;!?\n"  # the marks of the codebook, in either width
_CLOSING = "”’\"'）)】》」』"
_CLASSES = np.zeros(0x110000, np.uint8)


class Joined(NamedTuple):
    """Texts in one array: `codes` has a line break behind each; text k begins at `base[k]`."""

    codes: npt.NDArray[np.uint32]
    base: npt.NDArray[np.int64]
    size: npt.NDArray[np.int64]

    @property
    def breaks(self) -> npt.NDArray[np.int64]:
        """Return the positions of the line breaks between the texts, shape (n_texts,)."""
        return self.base + self.size


class Clauses(NamedTuple):
    """The clauses of joined texts, in order: whose they are, and where in the joined array (half-open)."""

    item: I32
    start: npt.NDArray[np.int64]
    stop: npt.NDArray[np.int64]


def join(texts: Sequence[str]) -> Joined:
    """Return `texts` in one array of code points."""
    size = np.fromiter(map(len, texts), np.int64, len(texts))
    raw = "\n".join([*texts, ""]).encode("utf-32-le", "surrogatepass")
    return Joined(np.frombuffer(raw, np.uint32), np.cumsum(size + 1) - size - 1, size)


def _class_of(char: str) -> int:
    value = int(_SEEN)
    for bit, holds in (
        (_END, char in _ENDS), (_COMMA, char == ","), (_DIGIT, char.isdecimal()), (_CLOSES, char in _CLOSING),
        (_SPACE, char.isspace()), (_WORD, char.isalnum()),
    ):  # fmt: skip
        value |= int(bit) if holds else 0
    return value


def _classify(codes: npt.NDArray[np.uint32]) -> npt.NDArray[np.uint8]:
    classes = _CLASSES.take(codes)
    if not classes.all():
        for code in set(codes[classes == 0].tolist()):
            _CLASSES[code] = _class_of(chr(code))
        classes = _CLASSES.take(codes)
    return classes


def _runs(marked: npt.NDArray[np.uint8]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return the first and the last position of each run of positions that are marked."""
    at = np.flatnonzero(marked)
    return at[np.diff(at, prepend=-2) > 1], at[np.diff(at, append=len(marked) + 1) > 1]


def split(joined: Joined) -> Clauses:
    """Return the clauses of `joined`, without the white space around them.

    A clause ends behind , 。 ; ! ? or a line break, in either width, and takes closing quotes and brackets
    along; an ASCII comma between digits ("1,263") is part of a number. Source of the rule: the codebook ("what
    stands between ，。；！？ and line breaks"). A stretch without letter, digit or ideograph joins its left neighbour.
    """
    classes, breaks = _classify(joined.codes), joined.breaks
    ends = (classes & _END).view(bool)
    comma = np.flatnonzero(classes & _COMMA)  # never the last character, which is a line break
    digit = classes & _DIGIT
    ends[comma[(digit[comma - 1] == 0) | (digit[comma + 1] == 0) | (comma == 0)]] = True
    inside = ends.copy()
    inside[breaks] = False
    cut = ends.copy()
    cut[:-1] &= ~(inside[:-1] & ends[1:])
    opens, shuts = _runs(classes & _CLOSES)
    behind = inside[opens - 1] & (opens > 0)  # closing marks right behind an end: the clause takes them along
    cut[opens[behind] - 1], cut[shuts[behind]] = False, True
    cut[breaks] = True
    stop = np.flatnonzero(cut) + 1
    start = np.append(0, stop)[:-1]
    heads, tails = _runs(classes & _SPACE)
    left, right = start.copy(), stop.copy()
    begins = np.flatnonzero(classes[start] & _SPACE)
    left[begins] = tails[np.searchsorted(heads, left[begins], side="right") - 1] + 1
    finishes = np.flatnonzero(classes[stop - 1] & _SPACE)
    right[finishes] = heads[np.searchsorted(heads, right[finishes]) - 1]
    left, right = left[left < right], right[left < right]
    words = np.append(np.int32(0), np.cumsum((classes & _WORD) > 0, dtype=np.int32))
    text = np.searchsorted(breaks, left)
    wordy = np.flatnonzero(words[right] > words[left])
    # the last stretch before the next clause with words, or before the end of the text
    last = np.minimum(np.append(wordy[1:], len(left)), np.searchsorted(text, text[wordy], side="right")) - 1
    return Clauses(text[wordy].astype(np.int32), left[wordy], right[last])


def find_clauses(text: str) -> list[tuple[int, int]]:
    """Return the half-open spans of the clauses of `text`, in order, as `split` finds them.

    >>> text = "已印发方案，窗口1,263个；正在调整。"
    >>> [text[start:end] for start, end in find_clauses(text)]
    ['已印发方案，', '窗口1,263个；', '正在调整。']
    """
    clauses = split(join([text]))
    return list(zip(clauses.start.tolist(), clauses.stop.tolist()))
