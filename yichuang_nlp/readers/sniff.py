"""What a file is, from its bytes: suffixes lie (an html named .xls, a docx named .wps)."""

from __future__ import annotations

import codecs
import re
import zipfile
from pathlib import Path

from yichuang_nlp.errors import BrokenFile, EncryptedFile, UnknownFormat

__all__ = ["find_format"]

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# Names of OLE streams, as UTF-16: what the storage holds.
_STREAMS = (
    ("EncryptedPackage", "encrypted"),
    ("WordDocument", "doc"),
    ("Workbook", "xls"),
    ("Book", "xls"),
    ("WpsContent", "doc"),
    ("PowerPoint Document", "ppt"),
)
_OTHERS = (
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8", "a GIF picture"),
    (b"II*\0", "a TIFF picture"),
    (b"MM\0*", "a TIFF picture"),
    (b"BM", "a BMP picture"),
    (b"Rar!", "a RAR archive"),
    (b"7z\xbc\xaf", "a 7z archive"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"MZ", "a Windows program"),
    (b"\x7fELF", "a program"),
    (b"AT&TFORM", "a DjVu scan"),
)
_HTML = re.compile(rb"<\s*(?:!doctype\s+html|html|head|body|table|div|p|meta|script|font|center|frameset)\b", re.I)


def find_format(path: Path) -> str:
    """Return txt, csv, docx, doc, xlsx, xls, pdf or html for what the bytes of `path` are.

    The suffix decides only between txt, md and csv, which have no signature. Raises `UnknownFormat` for
    anything else, `EncryptedFile` for an Office file with a password, `BrokenFile` for an empty one.
    """
    with path.open("rb") as stream:
        start = stream.read(8192)
    if not start.strip(b"\0 \t\r\n"):
        raise BrokenFile(path.name, found="an empty file", expected="a briefing", hint="fetch it again")
    if start.startswith(_OLE):
        return _ole_kind(path)
    if start.startswith(b"PK"):
        return _zip_kind(path)
    if b"%PDF-" in start[:1024]:
        return "pdf"
    if start.lstrip().startswith(b"{\\rtf"):
        return "rtf"
    for magic, name in _OTHERS:
        if start.startswith(magic) and (len(magic) > 2 or b"\0" in start[:256]):
            raise UnknownFormat(
                path.name,
                found=name,
                expected="txt, md, csv, docx, doc, wps, xlsx, xls, et, pdf or html",
                hint="a picture must go through OCR first; an archive must be unpacked",
            )
    wide = start.replace(b"\0", b"")
    if start[:9].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"\x09\x08") or start[:2] == b"\x09\x08":
        return "xls"  # BIFF without a storage around it
    if _is_binary(start):
        raise UnknownFormat(
            path.name,
            found="bytes that are neither text nor a known document",
            expected="txt, md, csv, docx, doc, wps, xlsx, xls, et, pdf or html",
            hint="open it in the program that wrote it and save it as docx or xlsx",
        )
    if wide.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").startswith(b"<?xml"):
        if b"office:spreadsheet" in wide or b"Workbook" in wide[:2000]:
            raise UnknownFormat(
                path.name,
                found="an XML spreadsheet of 2003",
                expected="xlsx or xls",
                hint="open it and save it as xlsx",
            )
        return "html"
    if _HTML.search(wide):
        return "html"
    if wide.lstrip().lower().startswith((b"mime-version:", b"from: <saved by", b'from: "saved by')):
        return "mhtml"
    return "csv" if path.suffix.lower() in {".csv", ".tsv"} else "txt"


def _is_binary(start: bytes) -> bool:
    """Return whether the bytes are text in no encoding, or hold more control characters than text does."""
    nulls = start.count(0)
    controls = sum(start.count(byte) for byte in range(1, 32) if byte not in b"\t\n\v\f\r\x1a\x1b")
    if not nulls:
        return controls > len(start) // 10
    encodings = ("utf-8", "gb18030", "utf-16", "utf-16-le", "utf-16-be", "utf-32")
    return not any(_starts_as(start, encoding) for encoding in encodings)


def _starts_as(start: bytes, encoding: str) -> bool:
    try:
        codecs.getincrementaldecoder(encoding)().decode(start)  # the end may cut a character
    except UnicodeError:
        return False
    return True


def _ole_kind(path: Path) -> str:
    # the directory of streams stands anywhere in the file: look through all of it, a block at a time
    found: set[str] = set()
    carry = b""
    with path.open("rb") as stream:
        while block := stream.read(1 << 20):
            for name, kind in _STREAMS:
                if name.encode("utf-16-le") + b"\0\0" in carry + block:
                    found.add(kind)
            carry = block[-64:]
    if "encrypted" in found:
        raise EncryptedFile(
            path.name,
            found="an Office file with a password",
            expected="a file that opens without one",
            hint="open it, take the password off, and save it again",
        )
    for kind in ("doc", "xls"):
        if kind in found:
            return kind
    raise UnknownFormat(
        path.name,
        found="an OLE container without a Word or Excel part",
        expected="doc, wps, xls or et",
        hint="open it in the program that wrote it and save it as docx or xlsx",
    )


def _zip_kind(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as package:
            names = package.namelist()
    except (zipfile.BadZipFile, ValueError, EOFError, OSError, NotImplementedError, OverflowError) as error:
        raise BrokenFile(
            path.name,
            found="a zip package without its directory",
            expected="a whole docx or xlsx",
            hint="fetch it again: it was cut or damaged on the way",
        ) from error
    for name in names:
        if name.startswith("word/"):
            return "docx"
        if name.startswith("xl/"):
            return "xlsx"
    found = "an OpenDocument file" if "content.xml" in names else "a zip archive that is no Office file"
    raise UnknownFormat(
        path.name,
        found=found,
        expected="docx or xlsx",
        hint="unpack it, or save the document as docx or xlsx",
    )
