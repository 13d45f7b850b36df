"""What the reading of a file has to say about itself, as data; the words are put in where it is shown.

A reading is done before anyone has chosen the language of a report, so a note holds no sentence: its kind, its
place and its figures. `render_note` turns it into one sentence in Chinese or in English.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

__all__ = ["Note", "NoteKind", "render_flag", "render_note"]


class NoteKind(str, Enum):
    """What a reading joined, left out or assumed; the last three and a borrowed header are doubts."""

    TABLE_LEFT_OUT = "table_left_out"
    TABLE_JOINED = "table_joined"
    TOTAL_LEFT_OUT = "total_left_out"
    FOOTNOTE_LEFT_OUT = "footnote_left_out"
    LINE_LEFT_OUT = "line_left_out"
    HEADING_INSIDE = "heading_inside"
    COLUMN_LEFT_OUT = "column_left_out"
    PLANS_APPENDED = "plans_appended"
    ROW_CUT = "row_cut"
    ROW_JOINED = "row_joined"
    PROSE_READ = "prose_read"
    HEADER_BORROWED = "header_borrowed"
    SCANNED = "scanned"
    AS_OF_ASSUMED = "as_of_assumed"
    CELLS_FLAGGED = "cells_flagged"


@dataclass(frozen=True, slots=True)
class Note:
    """One remark of a reading: its kind, where (counts start at 1; 0: the whole file), and what the kind needs.

    `text` is quoted from the file (the name of a column, of a row) or the flag of cells; `count` and `of` count what
    the kind says: texts, cells, paragraphs out of lines.

    >>> render_note(Note(NoteKind.COLUMN_LEFT_OUT, table=1, text="备注", count=6))
    '表1：“备注”不作单元（6处文字）'
    """

    kind: NoteKind
    table: int = 0
    row: int = 0
    text: str = ""
    count: int = 0
    of: int = 0


# kind -> the sentence in Chinese and in English
_SENTENCES: dict[NoteKind, tuple[str, str]] = {
    NoteKind.TABLE_LEFT_OUT: (
        "没有地区或没有进展，整张略去（{of}行，{count}处文字）",
        "left out, {of} rows without a city or without progress ({count} texts)",
    ),
    NoteKind.TABLE_JOINED: ("与上一张表列数相同，接在其后", "joined to the table before (same columns)"),
    NoteKind.TOTAL_LEFT_OUT: ("“{text}”是合计行，不作单元", "row “{text}” left out (a total)"),
    NoteKind.FOOTNOTE_LEFT_OUT: (
        "脚注或文末文字，不作单元（{count}处文字）",
        "left out as a footnote or closing line ({count} texts)",
    ),
    NoteKind.LINE_LEFT_OUT: ("通栏文字，不作单元", "a line over the whole width, left out"),
    NoteKind.HEADING_INSIDE: ("作表内小标题，不作单元", "taken as a heading inside the table"),
    NoteKind.COLUMN_LEFT_OUT: ("“{text}”不作单元（{count}处文字）", "“{text}” left out ({count} texts)"),
    NoteKind.PLANS_APPENDED: (
        "“{text}”接在进展文字之后（{count}处）",
        "“{text}” put behind the text of progress ({count} texts)",
    ),
    NoteKind.ROW_CUT: ("被分页切断，接回上一行", "the rest of the row before, cut by a page"),
    NoteKind.ROW_JOINED: ("没有地区，并入上一行", "a row without a city, joined to the one above"),
    NoteKind.PROSE_READ: (
        "没有表：从{of}行文字中读出{count}个单元",
        "no table: {count} paragraphs read from {of} lines of prose",
    ),
    NoteKind.HEADER_BORROWED: (
        "没有表头，沿用上一张表的表头",
        "no header of its own; that of the table before was taken",
    ),
    NoteKind.SCANNED: (
        "由扫描件识别得来，文字可能有误",
        "recognised from a scan: every text may have wrong characters",
    ),
    NoteKind.AS_OF_ASSUMED: (
        "没有写明截止日，以印发日期代替",
        "as-of date: none given, the publication date was taken",
    ),
    NoteKind.CELLS_FLAGGED: ("{flag}：{count}个单元", "{flag}: {count} cells"),
}
# flag of a cell -> the same
_FLAGS = {
    "unknown_city": ("名录里没有这个地名", "the place is in no list of names"),
    "duplicate": ("同一地区、同一事项出现两次", "the city has two cells of this name"),
    "joined_rows": ("没有地区的行并入上一行", "rows without a city were joined"),
    "joined_paragraphs": ("几段并成一个单元", "several paragraphs were joined"),
    "city_from_above": ("地区空白，取上一行的地区", "no city in the row; that of the row above was taken"),
    "unnamed_dimension": ("列没有表头", "the column has no header"),
    "damaged_text": ("文件里有坏字节", "the file has damaged bytes here"),
}


def render_note(note: Note, lang: str = "zh") -> str:
    """Return the note as one sentence in `lang`, "zh" or "en".

    >>> render_note(Note(NoteKind.ROW_CUT, table=2, row=5), "en")
    'table 2, row 5: the rest of the row before, cut by a page'
    """
    en = lang == "en"
    says = _SENTENCES[note.kind][en].format(
        text=note.text, count=note.count, of=note.of, flag=render_flag(note.text, lang)
    )
    if not note.table:
        return says
    if en:
        return f"table {note.table}{f', row {note.row}' if note.row else ''}: {says}"
    return f"表{note.table}{f'第{note.row}行' if note.row else ''}：{says}"


def render_flag(flag: str, lang: str = "zh") -> str:
    """Return what a flag of a cell means; a flag that is not ours as it is.

    >>> render_flag("unknown_city"), render_flag("mine")
    ('名录里没有这个地名', 'mine')
    """
    return _FLAGS[flag][lang == "en"] if flag in _FLAGS else flag
