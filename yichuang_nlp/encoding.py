"""Bytes to text: which encoding a Chinese text file is in."""

from __future__ import annotations

import codecs

from yichuang_nlp.errors import BrokenFile

__all__ = ["decode"]

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def decode(data: bytes, where: object, *, declared: str = "") -> str:
    """Return the text of `data`: by its byte order mark, as UTF-8, as UTF-16 without a mark, or as GB18030.

    UTF-8 is tried first since GB18030 text is hardly ever valid UTF-8; `declared` (of an html page) comes
    before the guesses. gb2312 and gbk are read as GB18030, of which they are parts.

    >>> decode("杭州市".encode("gb18030"), "a.csv"), decode("杭州市".encode("utf-16-le"), "a.csv")
    ('杭州市', '杭州市')

    A few damaged bytes, as old web pages have, become U+FFFD; `BrokenFile` if there are many.
    """
    for bom, name in _BOMS:
        if data.startswith(bom):
            return _decode(data, name, where)
    if declared:
        name = "gb18030" if declared.lower().replace("_", "").replace("-", "") in _GB else declared
        try:
            return data.decode(name)
        except (UnicodeError, LookupError):
            pass  # pages lie about their charset; go on as without one
    try:
        return data.decode("utf-8")
    except UnicodeError:
        pass
    if wide := _guess_utf16(data):
        return _decode(data, wide, where)
    return _decode(data, "gb18030", where)


# One damaged character in a hundred still leaves a briefing; more is a file of another kind.
_TOLERATED = 100
_GB = {"gb2312", "gbk", "gb18030", "xgbk", "gb23121980", "cp936", "936", "zhcncp936"}


def _guess_utf16(data: bytes) -> str:
    """Return a UTF-16 flavour if the line breaks and tabs of `data` are two bytes wide."""
    for name, breaks in (("utf-16-le", (b"\n\0", b"\t\0")), ("utf-16-be", (b"\0\n", b"\0\t"))):
        if len(data) % 2 == 0 and any(data.count(mark) for mark in breaks):
            try:
                data.decode(name)
            except UnicodeError:
                continue
            return name
    if len(data) % 2 == 0 and data:
        # no line break at all: Chinese in UTF-16 has its high bytes between 0x4E and 0x9F
        for name, start in (("utf-16-le", 1), ("utf-16-be", 0)):
            high = data[start::2]
            if sum(0x4E <= byte <= 0x9F for byte in high) > 0.8 * len(high):
                try:
                    text = data.decode(name)
                except UnicodeError:
                    continue
                if any(char in text for char in "的市县区，。") and not _is_gb(data):
                    return name
    return ""


def _is_gb(data: bytes) -> bool:
    try:
        text = data.decode("gb18030")
    except UnicodeError:
        return False
    return any(char in text for char in "的市县区，。")


def _decode(data: bytes, name: str, where: object) -> str:
    """Return the text of `data`; a few damaged characters become U+FFFD, many are an error."""
    try:
        return data.decode(name)
    except UnicodeError:
        pass
    candidates = dict.fromkeys((name, "utf-8", "gb18030") if name == "gb18030" else (name,))
    text = min((data.decode(each, "replace") for each in candidates), key=lambda found: found.count("\ufffd"))
    damaged = text.count("\ufffd")
    if damaged * _TOLERATED > len(text) or "\0" in text:
        raise BrokenFile(
            where,
            found=f"{damaged:,} characters that are no text in UTF-8, UTF-16 or GB18030",
            expected="a text file in one of these encodings",
            hint="save it again as UTF-8",
        )
    return text
