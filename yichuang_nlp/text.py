"""Text of a cell: length-preserving normalisation and tokens; all of them spans of the original."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from functools import lru_cache
from itertools import repeat
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from yichuang_nlp.lexicon import domain_words, read_dictionary

__all__ = ["Segmenter", "load_segmenter", "normalise", "normalise_codes"]

Codes = npt.NDArray[np.uint32]

_ONE_TO_ONE: dict[str, str] = {
    **{chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)},
    "\u3000": " ",
    "\u00a0": " ",
    "\t": " ",
    "\r": " ",
    "〇": "0",
    "○": "0",
    "﹑": "、",
    "「": "“",
    "」": "”",
    "『": "“",
    "』": "”",
    "～": "~",
    "—": "-",
    "–": "-",
    "−": "-",
}
_TRANSLATION = str.maketrans(_ONE_TO_ONE)
_CODE_TABLE = np.arange(0x10000, dtype=np.uint32)
_CODE_TABLE[[ord(char) for char in _ONE_TO_ONE]] = [ord(char) for char in _ONE_TO_ONE.values()]


def normalise(text: str) -> str:
    """Return `text` with full-width letters, digits and odd spaces folded, one character for one.

    NFKC changes the length and so breaks offsets; this table never does.

    >>> normalise("进驻率８０％，６　月底前")
    '进驻率80%,6 月底前'
    """
    return text.translate(_TRANSLATION)


def normalise_codes(codes: Codes) -> Codes:
    """Return the code points of `normalise(text)` from those of `text`, shape (len(text),).

    >>> normalise_codes(np.array([0xFF18, 0xFF05], np.uint32)).tolist() == [ord("8"), ord("%")]
    True
    """
    if len(codes) and codes.max() >= len(_CODE_TABLE):
        inside = codes < len(_CODE_TABLE)
        return np.where(inside, _CODE_TABLE.take(np.where(inside, codes, 0)), codes)
    return _CODE_TABLE.take(codes)


class _Cutter(Protocol):
    def cut(self, text: str) -> list[str]: ...


@dataclass(frozen=True, slots=True)
class Segmenter:
    """Words of runs of ideographs, by the frequent words of jieba's dictionary and our own, without its HMM.

    Without the HMM a word that no dictionary knows falls into single characters, which are features like words;
    with it, jieba and its Rust twin would differ and the same text give two scores.
    """

    name: str
    cutter: _Cutter

    def cut(self, text: str) -> list[str]:
        """Return the words of `text`; joined, they give `text` back.

        >>> load_segmenter().cut("一窗受理平台上线")
        ['一窗受理', '平台', '上线']
        """
        return self.cutter.cut(text)

    def lengths(self, text: str) -> npt.NDArray[np.int64]:
        """Return how many characters each word of `text` has, in order, shape (n_words,)."""
        words = self.cutter.cut(text)
        return np.fromiter(map(len, words), np.int64, len(words))


class _PythonCutter:
    def __init__(self) -> None:
        import io

        import jieba

        # filled by hand: its own initialisation reads another dictionary and leaves a cache in the temp folder
        self._tokenizer: Any = jieba.Tokenizer()
        self._tokenizer.FREQ, self._tokenizer.total = self._tokenizer.gen_pfdict(io.BytesIO(read_dictionary()))
        self._tokenizer.initialized = True
        for word, frequency in domain_words():
            self._tokenizer.add_word(word, frequency)

    def cut(self, text: str) -> list[str]:
        return list(self._tokenizer.cut(text, HMM=False))


class _RustCutter:
    def __init__(self) -> None:
        self._tokenizer: Any = _load_rust().Jieba.empty()
        fields = read_dictionary().decode().split()
        deque(map(self._tokenizer.add_word, fields[::2], map(int, fields[1::2]), repeat("n")), maxlen=0)
        for word, frequency in domain_words():
            self._tokenizer.add_word(word, frequency, "n")

    def cut(self, text: str) -> list[str]:
        words: list[str] = self._tokenizer.cut(text, False)
        return words


def _load_rust() -> Any:
    """Return rjieba's compiled module without its package, whose import loads a dictionary for everybody.

    That shared tokenizer would double the time of a first answer, and is the global state that we do not want.
    """
    from importlib.machinery import PathFinder
    from importlib.util import module_from_spec

    package = PathFinder.find_spec("rjieba")
    inner = PathFinder.find_spec("rjieba.rjieba", package.submodule_search_locations) if package else None
    if inner is None or inner.loader is None:
        raise ImportError("rjieba is not installed", name="rjieba")
    module = module_from_spec(inner)
    inner.loader.exec_module(module)
    return module


@lru_cache(maxsize=2)
def load_segmenter(prefer: str = "rust") -> Segmenter:
    """Return the segmenter: `rjieba` where it is installed (the `fast` extra), else `jieba`; the same words.

    `prefer="python"` asks for jieba. One dictionary, one set of domain words, no state shared with other users
    of jieba in the same process.
    """
    if prefer == "rust":
        try:
            return Segmenter("rjieba", _RustCutter())
        except ImportError:
            pass
    return Segmenter("jieba", _PythonCutter())
