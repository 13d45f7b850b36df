"""How a status looks wherever it is shown: a glyph and colours, one place for every format.

Orange, yellow and blue stay apart in the common kinds of colour blindness; the inks keep a contrast above 7:1; and a
glyph stands beside every colour, so that a picture printed in grey says the same.
"""

from __future__ import annotations

__all__ = ["ALARM", "FILLS", "FONT", "GLYPHS", "INK", "INKS", "LINE", "REVIEW_MARK", "SOFT", "STRONG"]

# Names of fonts that systems bring along; a picture names them and embeds none
FONT = "'Noto Sans CJK SC','Source Han Sans SC','PingFang SC','Microsoft YaHei',SimHei,sans-serif"
FILLS = {"planned": "#fbd9bd", "in_progress": "#f4efb8", "completed": "#b7dbf5"}
INKS = {"planned": "#5c2500", "in_progress": "#453f00", "completed": "#052f4f"}
STRONG = {"planned": "#d55e00", "in_progress": "#d8c317", "completed": "#0072b2"}
INK, SOFT, LINE, ALARM = "#1b1f24", "#545d68", "#c9d1d9", "#8a1f11"

GLYPHS = {
    "planned": "○",
    "in_progress": "◐",
    "completed": "●",
    "blank": "□",
    "not_reported": "□",
    "not_applicable": "／",
    "unreadable": "×",
    "unstated": "？",
    "absent": "·",
}
REVIEW_MARK = "※"
