"""The run over many files: what is to do, who does it, and what is there at the end."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

from yichuang_nlp.batch.engine import WorkerLostError, count_workers, map_chunks, use_scheduler
from yichuang_nlp.batch.inputs import Source, chunk_sources, find_sources, work_of
from yichuang_nlp.batch.manifest import merge_entries, read_known, remove_result, sweep
from yichuang_nlp.batch.storage import Storage
from yichuang_nlp.batch.summary import write_summary
from yichuang_nlp.batch.work import WEIGHTS, Done, Failure, Job, Settings, hash_sources, write_results
from yichuang_nlp.cellfile import write_table
from yichuang_nlp.classifier import StatusModel, load_model
from yichuang_nlp.errors import BadOption, MissingExtra
from yichuang_nlp.limits import DEFAULT, Limits
from yichuang_nlp.readers.forking import keep_host
from yichuang_nlp.reports import FORMATS

__all__ = ["BatchResult", "Progress", "run_batch"]

_MOST_LOSSES = 5  # dead workers in one run; beyond that it is the machine or a file, not chance
FAILURES = "failures.csv"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is: files and their weight in bytes (for rate and estimate), cells, and failures so far."""

    phase: str
    files: int
    all_files: int
    work: int
    all_work: int
    cells: int
    failed: int


@dataclass(frozen=True, slots=True)
class BatchResult:
    """What a run did: `written` now, `kept` from before, `copies` (url, url of the same content), `failures`."""

    out: str
    written: int
    kept: int
    cells: int
    copies: tuple[tuple[str, str], ...]
    failures: tuple[Failure, ...]
    passed_over: int


def run_batch(
    inputs: Sequence[str | os.PathLike[str]], out: str | os.PathLike[str], *, jobs: int | None = None,
    scheduler: str | None = None, model_dir: Path | None = None, formats: Sequence[str] = (".html",),
    lang: str = "zh", strict: bool = False, limits: Limits = DEFAULT,
    report: Callable[[Progress], None] = lambda _: None,
) -> BatchResult:  # fmt: skip
    """Read, score and report all `inputs` (files, folders, globs, `@lists`, URLs) into the folder `out`.

    A second run does what is missing: results are kept by content, model and settings. A file that changed takes
    the place of what it gave before. `jobs` are processes (default: one a core); with `scheduler` the work goes to
    the workers of a dask cluster, who must reach inputs and `out`. Files that fail are listed, never raised.
    """
    for suffix in formats:
        if suffix not in FORMATS:
            raise BadOption("--format", found=suffix, expected="one of " + " ".join(sorted(FORMATS)))
    _need_libraries()
    storage = Storage(os.fspath(out))
    found = find_sources([os.fspath(one) for one in inputs], leave_out=os.fspath(out))
    failures = [Failure(one, "NoSuchInput", f"{one}: found no such file; expected a briefing") for one in found.missing]
    model = load_model(model_dir)
    with (
        storage.lock(), use_scheduler(scheduler) as client, keep_host(),
        _scratch(storage, model, here=client is None) as scratch,
    ):  # fmt: skip
        workers = count_workers(jobs) if client is None else max(1, sum(client.ncores().values()))
        settings = Settings(
            out=storage.url if client or "://" in storage.url else str(Path(storage.url).absolute()),
            model_sha256=model.info.sha256, formats=tuple(formats), lang=lang, strict=strict, limits=limits,
            scratch=scratch, parent=os.getpid() if client is None else 0,
        )  # fmt: skip
        _keep_model(storage, settings, model_dir)
        team = _Team(workers, client, settings, report)
        hashed = list(team.run("hash", hash_sources, found.sources, lambda source: source))
        failures += [one for one in hashed if isinstance(one, Failure)]
        ready = sorted((one for one in hashed if isinstance(one, Job)), key=lambda job: job.source.url)
        todo, kept, copies = _plan(storage, settings, ready)
        written, cells = 0, 0
        for outcome in team.run("read", write_results, todo, lambda job: job.source):
            if isinstance(outcome, Failure):
                failures.append(outcome)
            else:
                written, cells = written + 1, cells + outcome.cells
        merge_entries(storage)
        failures.sort(key=lambda one: one.url)
        _write_failures(storage, failures)
        write_summary(storage, failures, copies, lang)
    return BatchResult(storage.url, written, kept, cells, copies, tuple(failures), found.passed_over)


def _need_libraries() -> None:
    from importlib.util import find_spec

    for library, extra in (("joblib", "batch"), ("fsspec", "batch"), ("pyarrow", "batch"), ("openpyxl", "office")):
        if find_spec(library) is None:
            raise MissingExtra.of(extra, f"many files at once ({library})")


@contextlib.contextmanager
def _scratch(storage: Storage, model: StatusModel, *, here: bool) -> Iterator[str]:
    """Give a folder for what passes, with the weights in a form that processes can map into their memory.

    It lies in the folder of results where it can, so that the next run clears away what a killed one left.
    """
    if not here:
        yield ""
        return
    import joblib

    own = Path(storage.root) / ".scratch"
    if storage.local:
        shutil.rmtree(own, ignore_errors=True)
        own.mkdir(parents=True)
    folder = own if storage.local else Path(tempfile.mkdtemp(prefix="yichuang-"))
    try:
        joblib.dump(model.weights, folder / WEIGHTS)
        yield str(folder.absolute())
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _keep_model(storage: Storage, settings: Settings, model_dir: Path | None) -> None:
    """Put the model beside the results: workers elsewhere take it from there, and so does whoever asks later."""
    with contextlib.ExitStack() as stack:
        own = files("yichuang_nlp.models").joinpath("status")
        folder = model_dir or stack.enter_context(as_file(own))
        for name in ("weights.npz", "model.json"):
            target = f"{settings.model_folder}/{name}"
            content = (folder / name).read_bytes()
            if not storage.exists(target) or storage.read(target) != content:
                storage.write(target, content)


def _plan(
    storage: Storage, settings: Settings, jobs: Sequence[Job]
) -> tuple[list[Job], int, tuple[tuple[str, str], ...]]:
    """Return what is to do, how many results stay, and which files are copies; clear away what counts no more."""
    known = read_known(storage)
    sweep(storage, known)
    first: dict[str, Job] = {}
    copies = []
    now = {}
    for job in jobs:
        key = settings.key_of(job.sha256)
        now[job.source.url] = key
        if key in first:
            copies.append((job.source.url, first[key].source.url))
        else:
            first[key] = job
    for one in list(known.values()):
        if now.get(one.source, one.key) != one.key:  # its file now says something else, or to another model
            remove_result(storage, one)
            del known[one.key]
    todo = [job for key, job in first.items() if key not in known]
    return todo, len(first) - len(todo), tuple(copies)


def _write_failures(storage: Storage, failures: Sequence[Failure]) -> None:
    if not failures:
        storage.remove(FAILURES)
        return
    rows = [{"file": one.url, "error": one.error, "message": one.message} for one in failures]
    storage.write(FAILURES, write_table(("file", "error", "message"), rows).encode("utf-8-sig"))


class _Team:
    """The workers of a run; counts what they have done and starts again when one of them dies."""

    def __init__(self, workers: int, client: Any, settings: Settings, report: Callable[[Progress], None]) -> None:
        self.workers = workers
        self.client = client
        self.settings = settings
        self.report = report

    def run(
        self, phase: str, work: Callable[..., list[Any]], items: Sequence[Any], source_of: Callable[[Any], Source]
    ) -> Iterator[Any]:
        """Yield the outcome of each item, in no order."""
        left = {source_of(item).url: item for item in items}
        weights = {url: work_of(source_of(item)) for url, item in left.items()}
        total, done, cells, failed = sum(weights.values()), 0, 0, 0
        task = partial(work, settings=self.settings)
        losses = 0
        while left:
            try:
                chunks = self._chunks(list(left.values()), source_of, single=losses > 0)
                for outcomes in map_chunks(task, chunks, workers=self.workers, client=self.client):
                    for outcome in outcomes:
                        url = outcome.source.url if isinstance(outcome, Job) else outcome.url
                        if left.pop(url, None) is None:
                            continue
                        done += weights[url]
                        failed += isinstance(outcome, Failure)
                        cells += outcome.cells if isinstance(outcome, Done) else 0
                        count = len(items) - len(left)
                        self.report(Progress(phase, count, len(items), done, total, cells, failed))
                        yield outcome
            except WorkerLostError as error:
                losses += 1
                if losses > _MOST_LOSSES:
                    for url in left:
                        yield Failure(url, "WorkerLost", f"{url}: {losses} workers died before it was read ({error})")
                    return

    def _chunks(self, items: Sequence[Any], source_of: Callable[[Any], Source], *, single: bool) -> Iterable[list[Any]]:
        if single:  # after a death, so that the next one takes one file with it
            return [[item] for item in items]
        by_url = {source_of(item).url: item for item in items}
        sources = [source_of(item) for item in items]
        total = sum(map(work_of, sources))
        return ([by_url[source.url] for source in chunk] for chunk in chunk_sources(sources, self.workers, total))
