"""Word lists: official verbs, markers, deliverable kinds, and the domain words for segmentation.

Every list is a data file under `data/` whose header says format and source.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from importlib.resources import files
from typing import NamedTuple

__all__ = ["Entry", "data_lines", "domain_words", "load_kinds", "load_verbs", "read_dictionary"]


class Entry(NamedTuple):
    """A verb or phrase with the aspect (d o f n) and role (s p b) it tends to mark, "-" where it depends."""

    phrase: str
    aspect: str
    role: str
    group: str


def data_lines(name: str) -> Iterator[list[str]]:
    """Yield the tab-separated fields of the data file `name`, without its header of # lines."""
    for line in files("yichuang_nlp.data").joinpath(name).read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            yield line.split("\t")


@lru_cache(maxsize=1)
def load_verbs() -> tuple[Entry, ...]:
    """Return the lexicon of official verbs and verb phrases.

    >>> next(entry for entry in load_verbs() if entry.phrase == "竣工")
    Entry(phrase='竣工', aspect='d', role='s', group='finish')
    """
    return tuple(map(Entry._make, data_lines("verbs.tsv")))


@lru_cache(maxsize=2)
def load_kinds(which: str) -> tuple[tuple[str, str], ...]:
    """Return (word, kind): of `kinds`, what deliverables are called; of `headings`, what tells a section's tense.

    >>> ("窗口", "office") in load_kinds("kinds"), ("下一步", "plan") in load_kinds("headings")
    (True, True)
    """
    return tuple((fields[0], fields[1]) for fields in data_lines(f"{which}.tsv"))


def read_dictionary() -> bytes:
    """Return the segmenter's dictionary, a word and its frequency a line.

    Source: jieba 0.42.1's dict.txt (MIT, see NOTICE), of which it keeps the words that occur 100 times or more, and
    whatever our word lists name: a tenth of the words, and most of the running text.
    """
    return files("yichuang_nlp.data").joinpath("dictionary.txt").read_bytes()


@lru_cache(maxsize=1)
def domain_words() -> tuple[tuple[str, int], ...]:
    """Return (word, frequency) for the segmenter: terms of reform that jieba's dictionary cuts apart.

    >>> dict(domain_words())["一窗受理"] > 0
    True
    """
    return tuple((fields[0], int(fields[1])) for fields in data_lines("domain_words.tsv"))
