"""Files, folders, globs, list files and URLs to one sorted list of what is to be read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from yichuang_nlp.batch.storage import open_url, protocol_of
from yichuang_nlp.encoding import decode
from yichuang_nlp.errors import NoSuchInput

__all__ = ["Found", "Source", "chunk_sources", "find_sources"]

# What a folder is searched for; a file that is named is tried whatever its suffix says.
SUFFIXES = frozenset(
    {".txt", ".md", ".csv", ".tsv", ".docx", ".docm", ".doc", ".wps", ".rtf"}
    | {".xlsx", ".xlsm", ".xls", ".et", ".pdf", ".html", ".htm", ".mht", ".mhtml"}
)
_MAGIC = frozenset("*?[")
# To start the child process of one file costs about as much as to read this many more bytes of a Word file.
_BYTES_PER_FILE = 200_000
_CHUNK_BYTES = 8 << 20
_CHUNK_FILES = 32


@dataclass(frozen=True, slots=True)
class Source:
    """One file to read: `url` is an absolute path on this machine or a URL; `size` is -1 if nobody knows it."""

    url: str
    size: int

    @property
    def name(self) -> str:
        """The last part of the path, as reports quote it."""
        return self.url.rstrip("/").rpartition("/")[2] or self.url


@dataclass(frozen=True, slots=True)
class Found:
    """What the inputs gave: `missing` were named and are not there, `passed_over` have another suffix."""

    sources: tuple[Source, ...]
    missing: tuple[str, ...]
    passed_over: int


def find_sources(inputs: Sequence[str], *, leave_out: str = "") -> Found:
    """Return the files that `inputs` name, each once, in the order of their names.

    A folder is searched with all below it, for the suffixes that we read; hidden files and Word's lock files
    (`~$…`) are not looked at. `@list.txt` names a file with one input a line. `leave_out` is the folder of
    results, which may lie inside of an input. Raises `NoSuchInput` if nothing at all is there.
    """
    sources: dict[str, int] = {}
    missing: list[str] = []
    passed_over = 0
    away = _address(*open_url(leave_out)).rstrip("/") + "/" if leave_out else ""
    for one in _expand(inputs, missing):
        fs, path = open_url(one)
        found, others = _search(fs, path)
        if found is None:
            missing.append(one)
            continue
        passed_over += others
        for inner, size in found:
            url = _address(fs, inner)
            if not away or not url.startswith(away):
                sources[url] = size
    if not sources and not missing:
        raise NoSuchInput(
            ", ".join(map(str, inputs))[:200], found=f"no briefing ({passed_over} files of other kinds)",
            expected="files that end in " + " ".join(sorted(SUFFIXES)), hint="name the files themselves",
        )  # fmt: skip
    return Found(tuple(Source(url, sources[url]) for url in sorted(sources)), tuple(missing), passed_over)


def _expand(inputs: Iterable[str], missing: list[str]) -> Iterator[str]:
    for one in inputs:
        if not one.startswith("@"):
            yield one
            continue
        fs, path = open_url(one[1:])
        try:
            text = decode(fs.cat_file(path), one[1:])
        except OSError:
            missing.append(one)
            continue
        lines = (line.strip() for line in text.splitlines())
        yield from (line for line in lines if line and not line.startswith("#"))


def _search(fs: Any, path: str) -> tuple[list[tuple[str, int]] | None, int]:
    """Return (path, size) of the files that `path` stands for and how many others lie there; None for nothing."""
    try:
        info = fs.info(path)
    except (FileNotFoundError, NotADirectoryError):
        info = None
    if info is not None and info["type"] == "file":  # "通知[2024]1号.docx" is a name before it is a glob
        return [(path, _size(info))], 0
    if info is not None:
        inside = fs.find(path, detail=True)
    elif _MAGIC & set(path):
        inside = {name: one for name, one in fs.glob(path, detail=True).items() if one["type"] == "file"}
        return ([(name, _size(one)) for name, one in inside.items()] or None), 0
    else:
        return None, 0
    found, others = [], 0
    for name, one in inside.items():
        parts = name[len(path.rstrip("/")) :].replace("\\", "/").strip("/").split("/")
        if any(part.startswith((".", "~$")) for part in parts):
            continue
        if Path(parts[-1]).suffix.lower() in SUFFIXES:
            found.append((name, _size(one)))
        else:
            others += 1
    return found, others


def _size(info: Any) -> int:
    return int(info["size"]) if info.get("size") is not None else -1


def _address(fs: Any, path: str) -> str:
    if protocol_of(fs) in ("file", "local"):
        return Path(path).absolute().as_posix()
    return str(fs.unstrip_protocol(path))


def chunk_sources(sources: Iterable[Source], workers: int, total: int) -> Iterator[list[Source]]:
    """Yield `sources` in chunks of about equal work, judged by bytes; `total` is the sum of their work.

    Small enough that every worker gets several (so that none waits long at the end), large enough that the
    sending does not show.

    >>> [len(chunk) for chunk in chunk_sources([Source("a", 9_000_000), Source("b", 10), Source("c", 10)], 1, 10**9)]
    [1, 2]
    """
    most = min(_CHUNK_BYTES, max(_BYTES_PER_FILE, total // (workers * 8)))
    chunk: list[Source] = []
    filled = 0
    for source in sources:
        work = work_of(source)
        if chunk and (filled + work > most or len(chunk) >= _CHUNK_FILES):
            yield chunk
            chunk, filled = [], 0
        chunk.append(source)
        filled += work
    if chunk:
        yield chunk


def work_of(source: Source) -> int:
    """Return what `source` costs, in bytes."""
    return _BYTES_PER_FILE + max(source.size, 0)
