"""From a `GapReport` to what people read: one renderer a format, chosen by the suffix of the output."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from yichuang_nlp.errors import BadOption
from yichuang_nlp.findings import GapReport
from yichuang_nlp.reports.terminal import render_terminal
from yichuang_nlp.reports.wording import check_lang

__all__ = ["FORMATS", "render_report", "render_terminal", "write_report"]

# suffix -> module and function; imported on demand, since some need libraries that others do not
FORMATS: dict[str, tuple[str, str]] = {
    ".json": ("json", "render_json"),
    ".html": ("html", "render_html"),
    ".htm": ("html", "render_html"),
    ".svg": ("svg", "render_svg"),
    ".xlsx": ("xlsx", "render_xlsx"),
    ".docx": ("docx", "render_docx"),
    ".md": ("markdown", "render_markdown"),
    ".csv": ("csv", "render_csv"),
}


def render_report(report: GapReport, suffix: str, lang: str = "zh", *, stem: str = "") -> bytes:
    """Return the bytes of the report in the format of `suffix` (such as ".html").

    `stem` is the name of the file to be: a picture is of the ranking where the name says so.
    """
    language = check_lang(lang)
    if suffix.lower() not in FORMATS:
        raise BadOption("--output", found=f"the suffix {suffix!r}", expected="one of " + " ".join(sorted(FORMATS)))
    module, name = FORMATS[suffix.lower()]
    render: Callable[..., str | bytes] = getattr(import_module(f"yichuang_nlp.reports.{module}"), name)
    drawn = render(report, language, stem=stem) if suffix.lower() == ".svg" else render(report, language)
    return drawn.encode("utf-8", "replace") if isinstance(drawn, str) else drawn


def write_report(report: GapReport, path: str | os.PathLike[str], lang: str = "zh") -> Path:
    """Write the report to `path` in the format of its suffix and return the path.

    The file appears whole or not at all: it is written under a temporary name beside it and renamed.
    """
    target = Path(path)
    content = render_report(report, target.suffix, lang, stem=target.stem)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{target.name[:80]}.", suffix=".part", dir=target.parent)
    except OSError as error:
        raise BadOption(
            target, found=f"that it cannot be written ({error.strerror})", expected="a writable folder"
        ) from error
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
        Path(name).chmod(0o666 & ~_umask())
        Path(name).replace(target)
    except OSError as error:
        Path(name).unlink(missing_ok=True)
        raise BadOption(
            target, found=f"that it cannot be written ({error.strerror})", expected="a free, writable file"
        ) from error
    return target


def _umask() -> int:
    """Return the permissions that new files must not have; a temporary file starts without any for others."""
    current = os.umask(0)
    os.umask(current)
    return current
