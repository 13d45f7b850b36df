"""Parts of a zip package (docx, xlsx), read without trusting what its directory says."""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path
from types import TracebackType
from typing import Any

from yichuang_nlp.errors import BrokenFile, EncryptedFile, LimitExceeded
from yichuang_nlp.limits import DEFAULT, Limits

__all__ = ["Package", "parse_xml"]


class Package:
    """An open zip package: parts by name, never unpacked to the disk, never past the caps."""

    def __init__(self, path: Path, limits: Limits = DEFAULT) -> None:
        self.where = path.name
        self._limits = limits
        self._left = limits.unpacked_bytes
        try:
            self._zip = zipfile.ZipFile(path)
        except (
            zipfile.BadZipFile,
            zlib.error,
            ValueError,
            EOFError,
            OverflowError,
            NotImplementedError,
        ) as error:
            raise BrokenFile(
                self.where,
                found=f"a zip package that cannot be opened ({error})",
                expected="a whole file",
                hint="fetch it again: it was cut or damaged on the way",
            ) from error
        members = self._zip.infolist()
        if len(members) > limits.zip_members:
            raise LimitExceeded(self.where, found=f"{len(members):,} parts", expected=f"at most {limits.zip_members:,}")
        if any(member.flag_bits & 1 for member in members):
            raise EncryptedFile(
                self.where,
                found="a zip package with a password",
                expected="a file that opens without one",
                hint="save a copy without the password",
            )
        declared = sum(member.file_size for member in members)
        if declared > limits.unpacked_bytes:
            raise self._too_large(declared)

    def __enter__(self) -> Package:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._zip.close()

    def names(self) -> list[str]:
        """Return the names of the parts."""
        return self._zip.namelist()

    def read(self, name: str) -> bytes:
        """Return one part; raises `BrokenFile` if it is missing or damaged, `LimitExceeded` if it swells."""
        try:
            with self._zip.open(name) as stream:
                data = stream.read(self._left + 1)
        except KeyError:
            raise BrokenFile(
                self.where, found=f"a package without its part {name}", expected="a whole Office file"
            ) from None
        except (
            zipfile.BadZipFile,
            zlib.error,
            EOFError,
            OSError,
            ValueError,
            NotImplementedError,
            RuntimeError,
        ) as e:
            raise BrokenFile(
                self.where,
                found=f"a damaged part {name} ({e})",
                expected="a whole file",
                hint="fetch it again: it was cut or damaged on the way",
            ) from e
        if len(data) > self._left:
            raise self._too_large(len(data))
        self._left -= len(data)
        return data

    def _too_large(self, size: int) -> LimitExceeded:
        return LimitExceeded(
            self.where,
            found=f"{size:,} bytes after unpacking",
            expected=f"at most {self._limits.unpacked_bytes:,}",
            hint="this is what a zip bomb looks like; open it only if you know where it came from",
        )


def parse_xml(data: bytes, where: object) -> Any:
    """Return the root element of `data`, parsed without DTD, entities, network or unlimited depth."""
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise BrokenFile(
            where, found=f"XML that does not parse ({error})", expected="a whole file", hint="fetch it again"
        ) from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise BrokenFile(
            where,
            found="an XML part that brings its own document type",
            expected="plain XML: Office writes none",
            hint="this is how entity bombs are made; do not open the file",
        )
    return root
