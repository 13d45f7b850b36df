"""What is there already: the entries of earlier runs, and how results that count no more go.

`manifest.jsonl` holds the entries of finished runs, one a line; `manifest/` those of a run that is going on or was
killed. Only an entry whose files are all there counts. Little of each is held in memory.
"""

from __future__ import annotations

import contextlib
import json
import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any

from yichuang_nlp.batch.storage import Storage

__all__ = ["MANIFEST", "Known", "merge_entries", "read_entries", "read_known", "remove_result", "sweep"]

MANIFEST = "manifest.jsonl"
_LOOSE = "manifest"
# Only names that we give are ever swept away: the folder may hold other people's files.
_OURS = re.compile(r"(?:^|/)(?:\.[0-9a-f]{16}\.[0-9a-f]{8}\.tmp|(?:[^/]*-)?[0-9a-f]{32}\.[a-z]+)$")


@dataclass(frozen=True, slots=True)
class Known:
    """A result that is there; the part of the Parquet is the first of its files."""

    key: str
    source: str
    files: tuple[str, ...]


def read_known(storage: Storage) -> dict[str, Known]:
    """Return the results that count, by key."""
    # sizes are compared since after a power cut a renamed file may be empty: no write waits for the disk
    there = storage.sizes("cells") | storage.sizes("reports")
    known = {}
    for entry in _all_entries(storage):
        if all(there.get(name) == size for name, size in entry["files"].items()):
            known[entry["key"]] = Known(entry["key"], entry["source"], tuple(entry["files"]))
        else:
            known.pop(entry["key"], None)
    return known


def sweep(storage: Storage, known: dict[str, Known]) -> int:
    """Remove what a killed run left half done: files of results without an entry, and temporary ones."""
    wanted = {name for one in known.values() for name in one.files}
    wanted |= {f"{_LOOSE}/{key}.json" for key in known}
    found = set().union(*(storage.names(folder) for folder in ("cells", "reports", "model", _LOOSE)))
    found |= storage.names("", depth=1)
    left = {name for name in found - wanted if _OURS.search(name)}
    for name in left:
        storage.remove(name)
    return len(left)


def remove_result(storage: Storage, one: Known) -> None:
    """Remove a result that another one takes the place of; the part goes first, since without it nothing counts."""
    for name in (*one.files, f"{_LOOSE}/{one.key}.json"):
        storage.remove(name)


def merge_entries(storage: Storage) -> None:
    """Put all entries that count into `manifest.jsonl`, by province, day and source, and drop the loose ones."""
    known = read_known(storage)
    loose = storage.names(_LOOSE)
    with tempfile.TemporaryFile() as spool:  # entries go through the disk: there may be many
        places: dict[str, tuple[tuple[str, ...], int, int]] = {}
        for entry in _all_entries(storage):
            if entry["key"] in known:
                line = (json.dumps(entry, ensure_ascii=False) + "\n").encode()
                order = (entry["province"], entry["as_of"], entry["source"], entry["key"])
                places[entry["key"]] = (order, spool.tell(), len(line))
                spool.write(line)
        with storage.writing(MANIFEST) as out:
            for _, start, length in sorted(places.values()):
                spool.seek(start)
                out.write(spool.read(length))
    for name in loose:
        if _OURS.search(name):
            storage.remove(name)


def read_entries(storage: Storage) -> Iterator[dict[str, Any]]:
    """Yield the entries of `manifest.jsonl`, one at a time."""
    if storage.exists(MANIFEST):
        with storage.fs.open(storage.path(MANIFEST), "rb") as stream:
            yield from _lines(stream)


def _all_entries(storage: Storage) -> Iterator[dict[str, Any]]:
    """Yield merged entries, then the loose ones, which are younger."""
    yield from read_entries(storage)
    for name in sorted(storage.names(_LOOSE)):
        if name.endswith(".json") and _OURS.search(name):
            with contextlib.suppress(ValueError):  # empty after a power cut: its file is read again
                yield json.loads(storage.read(name))


def _lines(stream: IO[bytes]) -> Iterator[dict[str, Any]]:
    for line in stream:
        if line.strip():
            yield json.loads(line)
