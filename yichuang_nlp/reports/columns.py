"""How wide a text is on a terminal, and where a line of Chinese may break."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

__all__ = ["clean", "fold", "width_of"]

NO_START = frozenset("，。；：！？、）】》」』”’％%)]}…·,.;:!?※")
NO_END = frozenset("（【《「『“‘([{")

# what must stay together: a run of Latin letters and digits; anything else breaks between any two characters
_PIECE = re.compile(r"[0-9A-Za-z_.%+/@#&'-]+|\s+|.", re.DOTALL)


def width_of(text: str) -> int:
    """Return the columns that `text` takes: two for what is wide in East Asia, none for marks that combine.

    >>> width_of("宁波 city")
    9
    """
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text
    )


def clean(text: str) -> str:
    """Return `text` without control characters: a briefing must not be able to steer the terminal."""
    return "".join(char if char.isprintable() else " " for char in text)


def fold(text: str, width: int) -> list[str]:
    """Return `text` in lines of at most `width` columns.

    No line starts with a mark that closes and none ends with one that opens, as Chinese is set.

    >>> fold("已印发方案，正在推进。", 10)
    ['已印发方', '案，正在推', '进。']
    """
    lines: list[str] = []
    line: list[str] = []
    for piece in _split(text, width):
        if width_of("".join(line)) + width_of(piece) > width and line:
            if piece.isspace():
                continue
            cut = _find_break(line, piece, width)
            lines.append("".join(line[:cut]).rstrip())
            line = line[cut:]
        if piece.isspace() and not line and lines:
            continue
        line.append(piece)
    if line or not lines:
        lines.append("".join(line).rstrip())
    return lines


def _find_break(line: list[str], piece: str, width: int) -> int:
    """Return where to break `line` so that `piece` fits behind it: at its end, or a little before for the marks."""
    following = [*line, piece]
    for cut in range(len(line), max(0, len(line) - 5), -1):
        if following[cut] in NO_START or line[cut - 1] in NO_END:
            continue
        if width_of("".join(following[cut:])) <= width:
            return cut
    return len(line)


def _split(text: str, longest: int) -> Iterator[str]:
    """Yield the pieces of `text`, none wider than a line."""
    for match in _PIECE.finditer(text):
        piece = match.group()
        if piece.isspace():
            yield " "
            continue
        while width_of(piece) > max(2, longest):
            yield piece[:longest]
            piece = piece[longest:]
        yield piece
