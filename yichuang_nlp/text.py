"""Text of a cell: length-preserving normalisation, clauses, and spans of the original."""

from __future__ import annotations

import re

__all__ = ["find_clauses", "normalise"]

_FULLWIDTH = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
_ONE_TO_ONE = str.maketrans(
    {
        **{chr(code): char for code, char in _FULLWIDTH.items()},
        "\u3000": " ",
        "\u00a0": " ",
        "\t": " ",
        "\r": " ",
        "〇": "0",
        "﹑": "、",
        "․": ".",
        "「": "“",
        "」": "”",
        "『": "“",
        "』": "”",
        "～": "~",
        "—": "-",
        "–": "-",
        "－": "-",
        # the punctuation that cuts clauses keeps its full-width shape: `find_clauses` looks at the original
    }
)


def normalise(text: str) -> str:
    """Return `text` with full-width letters, digits and odd spaces folded, one character for one.

    NFKC changes the length and so breaks offsets; this table never does.

    >>> normalise("进驻率８０％，６　月底前")
    '进驻率80%,6 月底前'
    """
    return text.translate(_ONE_TO_ONE)


# A clause ends behind , 。 ; ! ? or a line break, in either width, and takes closing quotes and brackets along.
# An ASCII comma between digits ("1,263") is part of a number.
_CLAUSE_END = re.compile(
    r"""
    (?: [，。；！？;!?\n]            # the marks of the codebook
      | (?<!\d),                     # an ASCII comma ...
      | ,(?!\d)                      # ... that does not stand between two digits
    )+
    [”’"'）)】》」』]*                # what closes goes with what it closes
    """,
    re.VERBOSE,
)


def find_clauses(text: str) -> list[tuple[int, int]]:
    """Return the half-open spans of the clauses of `text`, in order, without surrounding white space.

    Source of the rule: the codebook ("what stands between ，。；！？ and line breaks"). A span that would hold
    no letter, digit or ideograph joins its left neighbour.

    >>> text = "已印发方案，窗口1,263个；正在调整。"
    >>> [text[start:end] for start, end in find_clauses(text)]
    ['已印发方案，', '窗口1,263个；', '正在调整。']
    """
    cuts = [match.end() for match in _CLAUSE_END.finditer(text)]
    spans: list[tuple[int, int]] = []
    start = 0
    for end in [*cuts, len(text)]:
        piece = text[start:end]
        left = start + len(piece) - len(piece.lstrip())
        right = start + len(piece.rstrip())
        if left < right:
            if any(char.isalnum() for char in text[left:right]):
                spans.append((left, right))
            elif spans:
                spans[-1] = (spans[-1][0], right)
        start = end
    return spans
