"""The form of an official circular: page, type, headings, numbered items, tables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from yichuang_nlp.reports.columns import clean
from yichuang_nlp.reports.prose import GLYPHS
from yichuang_nlp.reports.wording import Lang

__all__ = ["Form", "number_zh"]

LATIN = "Times New Roman"
TITLE, TEXT, FIRST, SECOND = "方正小标宋简体", "仿宋_GB2312", "黑体", "楷体_GB2312"
BODY_PT, TITLE_PT, LINE_PT, TABLE_PT, PAGE_PT = 16, 22, 28, 10.5, 14
TYPE_AREA_MM = 156
LONGEST_TITLE = 20  # letters that a line of the title holds
FILLS = {GLYPHS["planned"]: "FBD9BD", GLYPHS["in_progress"]: "F4EFB8", GLYPHS["completed"]: "B7DBF5"}


def number_zh(number: int) -> str:
    """Return a number from 1 to 99 as headings write it.

    >>> number_zh(3), number_zh(10), number_zh(21)
    ('三', '十', '二十一')
    """
    digits = "零一二三四五六七八九"
    tens, ones = divmod(number, 10)
    if tens == 0:
        return digits[ones]
    return ("" if tens == 1 else digits[tens]) + "十" + (digits[ones] if ones else "")


def _balance(title: str) -> list[str]:
    """Return a title in lines of about the same length, broken behind a mark or 的 where one is near the middle.

    >>> _balance("各市推进便民服务中心改造升级、帮办代办工作进展情况")
    ['各市推进便民服务中心改造升级、', '帮办代办工作进展情况']
    """
    if len(title) <= LONGEST_TITLE:
        return [title]
    middle = (len(title) + 1) // 2
    near = sorted(range(middle - 4, middle + 5), key=lambda at: abs(at - middle))
    cut = next((at for at in near if title[at - 1] in "、，的”》" and title[at] not in "、，”》"), middle)
    return [*_balance(title[:cut]), *_balance(title[cut:])]


class Form:
    """Writes paragraphs of the official form into a python-docx document."""

    def __init__(self, document: Any, lang: Lang) -> None:
        from docx.shared import Mm

        self.document = document
        self.lang = lang
        self._first = self._second = 0
        section = document.sections[0]
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.top_margin, section.bottom_margin = Mm(37), Mm(35)
        section.left_margin, section.right_margin = Mm(28), Mm(26)
        section.footer_distance = Mm(25)
        self._font(document.styles["Normal"], TEXT, BODY_PT)
        self._number_pages(section)

    def title(self, text: str) -> None:
        """Write the title of the document."""
        name, colon, kind = text.rpartition("：")
        parts = [name, kind] if len(text) > LONGEST_TITLE and colon else [text]
        for line in (line for part in parts for line in _balance(part)):
            paragraph = self._paragraph(clean(line), TITLE, TITLE_PT, indent=False, style="Title")
            paragraph.alignment = 1
            self._border(paragraph)

    def centred(self, text: str) -> None:
        """Write a line in the middle, as the one below the title."""
        paragraph = self._paragraph(clean(text), SECOND, BODY_PT, indent=False)
        paragraph.alignment = 1

    def heading(self, text: str, level: int = 1) -> None:
        """Write a numbered heading: 一、 or （一）."""
        if level == 1:
            self._first, self._second = self._first + 1, 0
            number = f"{number_zh(self._first)}、" if self.lang == "zh" else f"{self._first}. "
        else:
            self._second += 1
            number = f"（{number_zh(self._second)}）" if self.lang == "zh" else f"{self._first}.{self._second} "
        font = FIRST if level == 1 else SECOND
        paragraph = self._paragraph(number + clean(text), font, BODY_PT, style=f"Heading {level}")
        paragraph.paragraph_format.keep_with_next = True

    def paragraph(self, text: str) -> None:
        """Write a paragraph of running text."""
        self._paragraph(clean(text), TEXT, BODY_PT)

    def items(self, lines: Sequence[str]) -> None:
        """Write numbered items: 1. 2. 3."""
        for number, line in enumerate(lines, start=1):
            self._paragraph(f"{number}.{'' if self.lang == 'zh' else ' '}{clean(line)}", TEXT, BODY_PT)

    def caption(self, text: str) -> None:
        """Write the name of the table that follows."""
        paragraph = self._paragraph(clean(text), FIRST, 12, indent=False)
        paragraph.alignment = 1
        paragraph.paragraph_format.keep_with_next = True

    def table(
        self, names: Sequence[str], rows: Sequence[Sequence[str]], *, lights: bool = False, widths: Sequence[float] = ()
    ) -> None:
        """Write a table whose head is repeated on every page; `lights` colours the cells by their glyph."""
        from docx.shared import Mm

        table = self.document.add_table(rows=1, cols=len(names))
        table.style = "Table Grid"
        table.alignment = 1
        table.autofit = False
        size = TABLE_PT if len(names) <= 8 else 8
        if not widths:
            head = [19.0, 18.0] if lights else []
            rest = (TYPE_AREA_MM - sum(head)) / (len(names) - len(head))
            widths = [*head, *([rest] * (len(names) - len(head)))]
        for column, name in enumerate(names):
            self._cell(table.rows[0].cells[column], name, size, font=FIRST)
        self._repeat(table.rows[0])
        for row in rows:
            cells = table.add_row().cells
            for column, value in enumerate(row):
                self._cell(cells[column], value, size, fill=FILLS.get(value[:1], "") if lights else "")
        for column, width in enumerate(widths):
            table.columns[column].width = Mm(width)
        for line in table.rows:
            self._keep(line)
            for column, width in enumerate(widths):
                line.cells[column].width = Mm(width)
        self._paragraph("", TEXT, 6, indent=False)

    # --- the small parts

    def _paragraph(self, text: str, font: str, size: float, *, indent: bool = True, style: str = "") -> Any:
        from docx.enum.text import WD_LINE_SPACING
        from docx.shared import Pt, RGBColor

        paragraph = self.document.add_paragraph(style=style or None)
        run = paragraph.add_run(text)
        self._font(run, font, size)
        run.font.bold = False
        run.font.italic = False
        run.font.color.rgb = RGBColor(0, 0, 0)
        form = paragraph.paragraph_format
        form.space_before = form.space_after = Pt(0)
        form.line_spacing_rule = WD_LINE_SPACING.EXACTLY
        form.line_spacing = Pt(LINE_PT if size <= BODY_PT else LINE_PT + 8)
        if size < 10:
            form.line_spacing = Pt(10)
        if indent:
            form.first_line_indent = Pt(2 * size)
        return paragraph

    def _cell(self, cell: Any, text: str, size: float, *, font: str = TEXT, fill: str = "") -> None:
        from docx.oxml import OxmlElement
        from docx.oxml.ns import qn
        from docx.shared import Pt

        paragraph = cell.paragraphs[0]
        lines = text.split("\n")
        for number, line in enumerate(lines):
            run = paragraph.add_run(clean(line))
            self._font(run, font, size)
            if number < len(lines) - 1:
                run.add_break()
        paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(2)
        paragraph.paragraph_format.line_spacing = 1.0
        paragraph.alignment = 1 if len(text) <= 8 else 0
        cell.vertical_alignment = 1
        if fill:
            shade = OxmlElement("w:shd")
            shade.set(qn("w:val"), "clear")
            shade.set(qn("w:fill"), fill)
            cell._tc.get_or_add_tcPr().append(shade)

    def _font(self, target: Any, name: str, size: float) -> None:
        from docx.oxml.ns import qn
        from docx.shared import Pt

        target.font.name = LATIN
        target.font.size = Pt(size)
        fonts = target.element.get_or_add_rPr().get_or_add_rFonts()
        for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{theme}"), None)
        fonts.set(qn("w:eastAsia"), name)

    def _border(self, paragraph: Any) -> None:
        """Take away the line that the style of the title draws below itself."""
        from docx.oxml import OxmlElement
        from docx.oxml.ns import qn

        borders = OxmlElement("w:pBdr")
        bottom = OxmlElement("w:bottom")
        bottom.set(qn("w:val"), "nil")
        borders.append(bottom)
        paragraph._p.get_or_add_pPr().insert_element_before(
            borders, "w:shd", "w:tabs", "w:suppressAutoHyphens", "w:spacing", "w:ind", "w:jc", "w:rPr"
        )

    def _repeat(self, row: Any) -> None:
        from docx.oxml import OxmlElement

        row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))

    def _keep(self, row: Any) -> None:
        from docx.oxml import OxmlElement

        row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))

    def _number_pages(self, section: Any) -> None:
        """Write the number of the page as the form wants it: — 1 —, in size 4."""
        from docx.oxml import OxmlElement
        from docx.oxml.ns import qn

        paragraph = section.footer.paragraphs[0]
        paragraph.alignment = 1
        for piece in ("— ", "PAGE", " —"):
            run = paragraph.add_run("" if piece == "PAGE" else piece)
            self._font(run, "宋体", PAGE_PT)
            if piece != "PAGE":
                continue
            for kind in ("begin", "PAGE", "end"):
                if kind == "PAGE":
                    element = OxmlElement("w:instrText")
                    element.set(qn("xml:space"), "preserve")
                    element.text = "PAGE"
                else:
                    element = OxmlElement("w:fldChar")
                    element.set(qn("w:fldCharType"), kind)
                run._r.append(element)
