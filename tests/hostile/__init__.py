"""Files that want to hurt their reader, made by code: none is stored, none is larger on disk than a few MB.

``python -m tests.hostile FOLDER`` writes them all for a look with other programs.
"""

from __future__ import annotations

import io
import random
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.forms.pdf import assemble

_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_S = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_LAUGHS = "<!DOCTYPE x [<!ENTITY a0 'ha'>" + "".join(f"<!ENTITY a{k + 1} '{f'&a{k};' * 10}'>" for k in range(9)) + "]>"
_TABLE = "".join(
    "<w:tr>" + "".join(f"<w:tc><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:tc>" for text in row) + "</w:tr>"
    for row in (("地区", "窗口"), ("杭州市", "已建成"), ("宁波市", "在建"))
)
_GOOD = f"<w:tbl>{_TABLE}</w:tbl>"


@dataclass(frozen=True)
class Hostile:
    """A file, and what must come of it: "cells", the name of an error, "error" for any of ours, or "either"."""

    name: str
    make: Callable[[Path], None]
    outcome: str
    seconds: float = 8


def _docx(path: Path, body: str = "", *, raw: bytes | None = None, extra: dict[str, bytes] | None = None) -> None:
    document = raw if raw is not None else f"<w:document {_W}><w:body>{body}</w:body></w:document>".encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as package:
        package.writestr("[Content_Types].xml", "<Types/>")
        package.writestr("word/document.xml", document)
        for name, data in (extra or {}).items():
            package.writestr(name, data)


def _zip_bomb(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as package:
        package.writestr("[Content_Types].xml", "<Types/>")
        with package.open("word/document.xml", "w", force_zip64=True) as stream:
            for _ in range(1024):
                stream.write(bytes(1 << 20))


def _lying_zip(path: Path) -> None:
    """Write a package whose directory names a tenth of the true size."""
    _docx(path, raw=f"<w:document {_W}><w:body>{_GOOD}{'<w:p/>' * 200_000}</w:body></w:document>".encode())
    data = bytearray(path.read_bytes())
    at = data.rindex(b"PK\x01\x02")
    data[at + 24 : at + 28] = (1000).to_bytes(4, "little")
    path.write_bytes(bytes(data))


def _xlsx(path: Path, sheet: str, *, strings: str = "") -> None:
    rel = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package_rel = "http://schemas.openxmlformats.org/package/2006/relationships"
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    parts = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        f'<Default Extension="xml" ContentType="{kind}.sheet.main+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{package_rel}"><Relationship Id="r1" Type="{rel}/officeDocument"'
        ' Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook {_S} xmlns:r="{rel}"><sheets><sheet name="a" sheetId="1" r:id="r1"/></sheets>'
        "</workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package_rel}"><Relationship Id="r1"'
        f' Type="{rel}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="r2" Type="{rel}/sharedStrings"'
        ' Target="sharedStrings.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f"<worksheet {_S}>{sheet}</worksheet>",
        "xl/sharedStrings.xml": strings or f"<sst {_S}/>",
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, text in parts.items():
            package.writestr(name, text)


def _cell(place: str, text: str) -> str:
    return f'<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>'


_ROWS = (
    f'<row r="1">{_cell("A1", "地区")}{_cell("B1", "窗口")}</row>'
    f'<row r="2">{_cell("A2", "杭州市")}{_cell("B2", "已建成")}</row>'
)


def _pdf(
    path: Path, pages: bytes, contents: bytes = b"<< /Length 0 >>\nstream\n\nendstream", trailer: bytes = b""
) -> None:
    data = assemble([b"<< /Type /Catalog /Pages 2 0 R >>", pages, contents, _PAGE])
    path.write_bytes(data.replace(b"/Root 1 0 R", b"/Root 1 0 R " + trailer))


_PAGES = b"<< /Type /Pages /Count 1 /Kids [4 0 R] >>"
_PAGE = b"<< /Type /Page /MediaBox [0 0 595 842] /Contents 3 0 R /Parent 2 0 R >>"


def _flate_bomb(path: Path) -> None:
    packer = zlib.compressobj(1)
    stream = b"".join(packer.compress(b"0 0 m " * 174_763) for _ in range(1024)) + packer.flush()
    head = f"<< /Length {len(stream)} /Filter /FlateDecode >>\nstream\n".encode()
    _pdf(path, _PAGES, head + stream + b"\nendstream")


def _html(path: Path, body: str) -> None:
    path.write_text(f'<html><head><meta charset="utf-8"></head><body>{body}</body></html>', encoding="utf-8")


_HTML_ROWS = "<tr><td>地区</td><td>窗口</td></tr><tr><td>杭州市</td><td{}>已建成</td></tr>"


def _text(path: Path, text: str) -> None:
    path.write_bytes(text.encode("utf-8", "surrogatepass"))


def _ole(path: Path, stream: str) -> None:
    noise = random.Random(5).randbytes(4096)
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + noise + stream.encode("utf-16-le") + b"\0\0" + noise)


def _cut(path: Path, make: Callable[[Path], None]) -> None:
    make(path)
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])


def _nested_archive(path: Path) -> None:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("zeros", bytes(10 << 20))
    with zipfile.ZipFile(path, "w") as package:
        for k in range(20):
            package.writestr(f"{k}.zip", inner.getvalue())


FILES = (
    Hostile("zip-bomb.docx", _zip_bomb, "LimitExceeded"),
    Hostile("lying-directory.docx", _lying_zip, "BrokenFile"),
    Hostile("many-parts.docx", lambda p: _docx(p, _GOOD, extra={f"x{k}": b"" for k in range(6000)}), "LimitExceeded"),
    Hostile("archive-of-archives.zip", _nested_archive, "UnknownFormat"),
    Hostile(
        "billion-laughs.docx",
        lambda p: _docx(p, raw=f"{_LAUGHS}<w:document {_W}><w:body><w:p>&a9;</w:p></w:body></w:document>".encode()),
        "BrokenFile",
    ),
    Hostile(
        "billion-laughs.xlsx",
        lambda p: _xlsx(p, f"<sheetData>{_ROWS}</sheetData>", strings=f"{_LAUGHS}<sst {_S}><si><t>&a9;</t></si></sst>"),
        "BrokenFile",
    ),
    Hostile(
        "xxe.docx",
        lambda p: _docx(
            p,
            raw=b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
            + f"<w:document {_W}><w:body><w:p><w:r><w:t>&e;</w:t></w:r></w:p>{_GOOD}</w:body></w:document>".encode(),
        ),
        "BrokenFile",
    ),
    Hostile(
        "xxe.html",
        lambda p: _text(
            p,
            '<?xml version="1.0"?><!DOCTYPE html [<!ENTITY e SYSTEM "file:///etc/passwd">]><html><table>'
            + _HTML_ROWS.format("")
            + "</table>&e;</html>",
        ),
        "cells",
    ),
    Hostile("traversal.docx", lambda p: _docx(p, _GOOD, extra={"../../evil.txt": b"x", "/etc/evil": b"x"}), "cells"),
    Hostile(
        "wide-span.docx",
        lambda p: _docx(p, _GOOD.replace("<w:tc>", '<w:tc><w:tcPr><w:gridSpan w:val="999999999"/></w:tcPr>', 1)),
        "LimitExceeded",
    ),
    Hostile(
        "deep-tables.docx",
        lambda p: _docx(p, "<w:tbl><w:tr><w:tc>" * 60 + _GOOD + "</w:tc></w:tr></w:tbl>" * 60),
        "either",
    ),
    Hostile(
        "deep-controls.docx",
        lambda p: _docx(p, "<w:sdt><w:sdtContent>" * 100_000 + _GOOD + "</w:sdtContent></w:sdt>" * 100_000),
        "BrokenFile",
    ),
    Hostile("surrogate.docx", lambda p: _docx(p, _GOOD.replace("在建", "&#xD800;")), "BrokenFile"),
    Hostile("cut.docx", lambda p: _cut(p, lambda q: _docx(q, _GOOD)), "BrokenFile"),
    Hostile(
        "last-cell.xlsx",
        lambda p: _xlsx(p, f'<sheetData>{_ROWS}<row r="1048576">{_cell("XFD1048576", "x")}</row></sheetData>'),
        "LimitExceeded",
    ),
    Hostile(
        "whole-sheet-merged.xlsx",
        lambda p: _xlsx(p, f'<sheetData>{_ROWS}</sheetData><mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>'),
        "LimitExceeded",
    ),
    Hostile("cut.xlsx", lambda p: _cut(p, lambda q: _xlsx(q, f"<sheetData>{_ROWS}</sheetData>")), "BrokenFile"),
    Hostile(
        "huge-colspan.html", lambda p: _html(p, f"<table>{_HTML_ROWS.format(' colspan=1000000000')}</table>"), "cells"
    ),
    Hostile(
        "huge-rowspan.html", lambda p: _html(p, f"<table>{_HTML_ROWS.format(' rowspan=1000000000')}</table>"), "cells"
    ),
    Hostile(
        "deep-divs.html",
        lambda p: _html(p, "<div>" * 200_000 + f"<table>{_HTML_ROWS.format('')}</table>"),
        "LimitExceeded",
    ),
    Hostile("open-tables.html", lambda p: _html(p, "<table><tr><td>" * 50_000), "LimitExceeded"),
    Hostile("surrogate.html", lambda p: _html(p, f"<table>{_HTML_ROWS.format('')}</table>&#xD800;&#x110000;"), "cells"),
    Hostile(
        "wide-table.html", lambda p: _html(p, "<table><tr>" + "<td>x</td>" * 5000 + "</tr></table>"), "LimitExceeded"
    ),
    Hostile("flate-bomb.pdf", _flate_bomb, "LimitExceeded", seconds=4),
    Hostile("page-loop.pdf", lambda p: _pdf(p, b"<< /Type /Pages /Count 1 /Kids [2 0 R 2 0 R] >>"), "BrokenFile"),
    Hostile("no-pages.pdf", lambda p: _pdf(p, b"<< /Type /Pages /Count 0 /Kids [] >>"), "BrokenFile"),
    Hostile(
        "million-pages.pdf",
        lambda p: _pdf(
            p, b"<< /Type /Pages /Count 1000000 /Kids [" + b"3 0 R " * 1_000_000 + b"] >>", b"<< /Type /Page >>"
        ),
        "LimitExceeded",
        seconds=3,
    ),
    Hostile(
        "stream-loop.pdf",
        lambda p: _pdf(p, _PAGES, b"<< /Length 3 0 R /Filter [/FlateDecode /FlateDecode] >>\nstream\nxx\nendstream"),
        "BrokenFile",
    ),
    Hostile(
        "password.pdf",
        lambda p: _pdf(
            p,
            _PAGES,
            trailer=b"/ID [<00><00>] /Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <"
            + b"41" * 32
            + b"> /U <"
            + b"42" * 32
            + b"> >>",
        ),
        "EncryptedFile",
    ),
    Hostile("cut.pdf", lambda p: p.write_bytes(b"%PDF-1.7\n1 0 obj\n<< /Type /Cata") and None, "BrokenFile"),
    Hostile("password.docx", lambda p: _ole(p, "EncryptedPackage"), "EncryptedFile"),
    Hostile("broken.doc", lambda p: _ole(p, "WordDocument"), "error"),
    Hostile("broken.xls", lambda p: _ole(p, "Workbook"), "BrokenFile"),
    Hostile("presentation.doc", lambda p: _ole(p, "PowerPoint Document"), "UnknownFormat"),
    Hostile("noise.docx", lambda p: p.write_bytes(random.Random(3).randbytes(50_000)) and None, "UnknownFormat"),
    Hostile("million-columns.txt", lambda p: _text(p, "地区" + "\t窗口" * 1_000_000), "LimitExceeded"),
    Hostile("controls.txt", lambda p: _text(p, "地区\t窗\x00口\n杭\x07州市\t已\u202e建\u200b成\x1b[31m\n"), "cells"),
    Hostile("surrogate.txt", lambda p: _text(p, "地区\t窗口\n杭州市\t已\ud800建成\n"), "either"),
    Hostile(
        "surrogate-wide.txt",
        lambda p: p.write_bytes(b"\xff\xfe" + "地区\t窗口\n".encode("utf-16-le") + b"\x00\xd8") and None,
        "BrokenFile",
    ),
    Hostile("open-quote.csv", lambda p: _text(p, '地区,窗口\n杭州市,"' + "已建成," * 100_000), "either"),
    Hostile("long-cell.csv", lambda p: _text(p, "地区,窗口\n杭州市," + "建" * 120_000), "LimitExceeded"),
)


def write_all(folder: Path) -> None:
    """Write every file into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    for hostile in FILES:
        hostile.make(folder / hostile.name)
