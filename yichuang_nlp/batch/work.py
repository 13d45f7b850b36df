"""What a worker does: one file read, scored, reported and put away; nothing here knows of other files.

A result is a report, then a part of the Parquet, then a small entry that says so, each written whole. Only the
entry makes it count, and all names follow from content, model and settings: work that is done twice, or half and
then again, ends in the same files.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from yichuang_nlp._version import __version__
from yichuang_nlp.batch.cells import render_part
from yichuang_nlp.batch.inputs import Source
from yichuang_nlp.batch.storage import Storage, open_url
from yichuang_nlp.errors import LimitExceeded, YichuangError
from yichuang_nlp.findings import Due, GapReport, Verdict
from yichuang_nlp.gaps import gap_report
from yichuang_nlp.limits import DEFAULT, Limits
from yichuang_nlp.places import resolve
from yichuang_nlp.readers import read_briefing
from yichuang_nlp.readers.forking import keep_host
from yichuang_nlp.records import Status
from yichuang_nlp.reports import render_report

if TYPE_CHECKING:
    from yichuang_nlp.classifier import StatusModel

__all__ = ["WEIGHTS", "Done", "Failure", "Job", "Settings", "hash_sources", "write_results"]

WEIGHTS = "weights.joblib"
_BLOCK = 1 << 20
_LOOK_SECONDS = 1.0
_ODD = re.compile(r"[^\w\-（）()〔〕\[\]]+")  # what a file name must not or had better not hold
_LONGEST = 60  # characters of a name: three bytes each in UTF-8, and the caps of file systems are 255 bytes


@dataclass(frozen=True, slots=True)
class Settings:
    """What all files of a run share.

    `scratch` is a folder on this machine for what passes ("" on other machines: their own temporary folder); it
    holds the weights for memory mapping. `parent` is the process whose death ends the work (0: none): what is left
    of a killed run must not write into the next one.
    """

    out: str
    model_sha256: str
    formats: tuple[str, ...] = (".html",)
    lang: str = "zh"
    strict: bool = False
    limits: Limits = DEFAULT
    scratch: str = ""
    parent: int = 0

    def key_of(self, content_sha256: str) -> str:
        """Return the name of the result that this content has under this model and these settings."""
        what = {
            "content": content_sha256,
            "model": self.model_sha256,
            "limits": asdict(self.limits),
            "formats": self.formats,
            "lang": self.lang,
            "strict": self.strict,
            "version": __version__,
        }
        return hashlib.sha256(json.dumps(what, sort_keys=True).encode()).hexdigest()[:32]

    @property
    def model_folder(self) -> str:
        """Where the model of this run lies inside the results: they carry what they were made with."""
        return f"model/{self.model_sha256[:16]}"


@dataclass(frozen=True, slots=True)
class Job:
    """One file whose content is known."""

    source: Source
    sha256: str


@dataclass(frozen=True, slots=True)
class Done:
    """A file whose result is there."""

    url: str
    key: str
    cells: int


@dataclass(frozen=True, slots=True)
class Failure:
    """A file without a result, and why: the name of the error and its sentence."""

    url: str
    error: str
    message: str


def hash_sources(sources: Sequence[Source], settings: Settings) -> list[Job | Failure]:
    """Return each source with the sha256 of its bytes, or why it could not be read."""
    found: list[Job | Failure] = []
    for source in sources:
        _stay_with(settings.parent)
        try:
            _check_size(source, settings.limits)
            fs, path = open_url(source.url)
            digest = hashlib.sha256()
            with fs.open(path, "rb") as stream:
                while block := stream.read(_BLOCK):
                    digest.update(block)
            found.append(Job(source, digest.hexdigest()))
        except Exception as error:  # file systems raise what they like; one file never stops a run
            found.append(_failure(source, error))
    return found


def write_results(jobs: Sequence[Job], settings: Settings) -> list[Done | Failure]:
    """Read, score, report and put away each file; what fails is told, not raised."""
    outcomes: list[Done | Failure] = []
    with keep_host():
        for job in jobs:
            _stay_with(settings.parent)
            try:
                outcomes.append(_write_result(job, settings))
            except Exception as error:  # one bad file never stops a run
                outcomes.append(_failure(job.source, error))
    return outcomes


def _failure(source: Source, error: Exception) -> Failure:
    message = str(error) if isinstance(error, YichuangError) else f"{source.name}: {error!r}"[:500]
    return Failure(source.url, type(error).__name__, message)


def _stay_with(parent: int) -> None:
    """End this process if the run that it works for is dead, now and from now on."""
    if not parent or os.getpid() == parent:
        return
    if os.getppid() != parent:
        os._exit(1)
    _watch(parent)


@lru_cache(maxsize=1)
def _watch(parent: int) -> None:
    def look() -> None:
        while os.getppid() == parent:
            time.sleep(_LOOK_SECONDS)
        os._exit(1)

    threading.Thread(target=look, daemon=True).start()


def _check_size(source: Source, limits: Limits) -> None:
    if source.size > limits.file_bytes:
        raise LimitExceeded(
            source.name, found=f"{source.size:,} bytes", expected=f"at most {limits.file_bytes:,}",
            hint="is it a briefing?",
        )  # fmt: skip


def _write_result(job: Job, settings: Settings) -> Done:
    storage = _storage(settings.out)
    model = _model(settings.out, settings.model_folder, settings.model_sha256, settings.scratch)
    fs, path = open_url(job.source.url)
    content: bytes = fs.cat_file(path)
    if hashlib.sha256(content).hexdigest() != job.sha256:
        raise LimitExceeded(
            job.source.name, found="a file that changed while it was read", expected="a file at rest",
            hint="run again when nobody writes to it",
        )  # fmt: skip
    # the bytes that were hashed are the bytes that are read, wherever they came from
    with tempfile.TemporaryDirectory(prefix="yichuang-", dir=settings.scratch or None) as folder:
        copy = Path(folder) / _plain(job.source.name)
        copy.write_bytes(content)
        briefing = read_briefing(copy, limits=settings.limits, strict=settings.strict)
    report = gap_report(briefing, model.predict(briefing.cells), model=model.info)
    key = settings.key_of(job.sha256)
    year = briefing.as_of.year if briefing.as_of else 0
    places = resolve(briefing.cities, year=year)
    codes = {city: place.code for city, place in zip(briefing.cities, places) if place}
    votes = Counter(code[:2] for code in codes.values())
    province = votes.most_common(1)[0][0] if votes else "00"
    stem = _ODD.sub("_", job.source.name.rpartition(".")[0] or job.source.name)[:_LONGEST]
    reports = {f"reports/{year}/{stem}-{key}{suffix}": suffix for suffix in settings.formats}
    files = {f"cells/year={year}/province={province}/{key}.parquet": render_part(report, key, codes)}
    files |= {name: render_report(report, suffix, settings.lang) for name, suffix in reports.items()}
    for name in reversed(files):
        storage.write(name, files[name])
    entry = {
        "key": key, "source": job.source.url, "sha256": job.sha256, "bytes": len(content), "year": year,
        "province": province, "files": {name: len(result) for name, result in files.items()}, **_figures(report),
    }  # fmt: skip
    storage.write(f"manifest/{key}.json", (json.dumps(entry, ensure_ascii=False) + "\n").encode())
    return Done(job.source.url, key, len(briefing.cells))


def _plain(name: str) -> str:
    """Return a file name for the temporary copy; the suffix counts (text or csv), the rest is for messages."""
    name = name.replace("\0", "")
    return name if len(name.encode()) <= 255 else name[-60:]


def _figures(report: GapReport) -> dict[str, Any]:
    """Return what the summary over all briefings needs of one."""
    briefing = report.briefing
    counts = Counter(prediction.status for prediction in report.predictions)
    return {
        "title": briefing.title,
        "issue": briefing.issue,
        "as_of": briefing.as_of.isoformat() if briefing.as_of else "",
        "cells": len(briefing.cells),
        **{status.value: counts[status] for status in Status},
        "without": counts[None],
        "review": sum(prediction.needs_review for prediction in report.predictions),
        "overdue": sum(commitment.due is Due.OVERDUE for commitment in report.commitments),
        "dimensions": len(briefing.dimensions),
        "lagging": sum(city.verdict is Verdict.LAGGING for city in report.cities),
        "doubts": len(briefing.reading.doubts),
        "cities": [
            [city.city, None if city.progress is None else round(city.progress, 4), city.verdict.value]
            for city in report.cities
        ],
    }


@lru_cache(maxsize=4)
def _storage(url: str) -> Storage:
    return Storage(url)


@lru_cache(maxsize=2)
def _model(out: str, folder: str, sha256: str, scratch: str) -> StatusModel:
    """Return the model of the run, once a process; with `scratch` its weights are pages that all workers share."""
    from yichuang_nlp.classifier import load_model

    storage = _storage(out)
    with tempfile.TemporaryDirectory(prefix="yichuang-", dir=scratch or None) as own:
        for name in ("model.json", "weights.npz"):
            (Path(own) / name).write_bytes(storage.read(f"{folder}/{name}"))
        model = load_model.__wrapped__(own)
    assert model.info.sha256 == sha256, "the folder of the model is named by its hash"
    if scratch:
        import joblib

        model = replace(model, weights=joblib.load(Path(scratch) / WEIGHTS, mmap_mode="r"))
    return model
