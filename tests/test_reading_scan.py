"""Scans: pictures of pages, with and without the recogniser."""

from __future__ import annotations

import importlib.util
from difflib import SequenceMatcher
from pathlib import Path

import pytest

from yichuang_nlp.errors import NoTable
from yichuang_nlp.notes import Note, NoteKind
from yichuang_nlp.readers import read_briefing

FONTS = [
    *Path("/usr/share/fonts").rglob("NotoSerifCJK-Regular.ttc"),
    *Path("/usr/share/fonts").rglob("NotoSansCJK-Regular.ttc"),
    *Path("/usr/share/fonts").rglob("wqy-*.ttc"),
]
OCR = importlib.util.find_spec("rapidocr") is not None
ROWS = (("地区", "综合窗口设置情况"), ("南京市", "已完成改造并启用。"), ("无锡市", "正在征求各部门意见。"))


def draw(path: Path, rows: tuple[tuple[str, ...], ...]) -> None:
    image = pytest.importorskip("PIL.Image")
    from PIL import ImageDraw, ImageFont

    page = image.new("L", (1240, 700), 255)
    pen = ImageDraw.Draw(page)
    font = ImageFont.truetype(str(FONTS[0]), 34) if FONTS else None
    for i, row in enumerate(rows):
        for j, text in enumerate(row):
            x, y = 120 + j * 320, 150 + i * 90
            pen.rectangle((x, y, x + (320 if j == 0 else 620), y + 90), outline=0, width=3)
            if font is not None:
                pen.text((x + 20, y + 22), text, font=font, fill=0)
    page.save(path, resolution=150)


@pytest.mark.skipif(OCR, reason="says what to install; here it is installed")
def test_a_scan_says_that_it_is_one_and_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "scan.pdf"
    draw(path, ROWS)
    with pytest.raises(NoTable, match=r"scan.*yichuang_nlp\[ocr\]"):
        read_briefing(path)


@pytest.mark.skipif(not OCR or not FONTS, reason="needs the ocr extra and a Chinese font to draw with")
def test_a_scan_is_recognised_and_marked(tmp_path: Path) -> None:
    path = tmp_path / "scan.pdf"
    draw(path, ROWS)
    briefing = read_briefing(path)
    cells = [(c.city, c.dimension, c.text) for c in briefing.cells]
    assert [cell[:2] for cell in cells] == [(row[0], ROWS[0][1]) for row in ROWS[1:]]
    for (_, _, got), (_, want) in zip(cells, ROWS[1:], strict=True):  # a wrong character is what the doubt is for
        assert SequenceMatcher(None, got, want).ratio() > 0.8
    assert Note(NoteKind.SCANNED) in briefing.reading.doubts
