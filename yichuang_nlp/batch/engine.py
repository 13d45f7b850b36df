"""Chunks of work over processes: joblib does it, on the cores of this machine or on a dask cluster."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

from yichuang_nlp.errors import BadOption, MissingExtra

__all__ = ["WorkerLostError", "count_workers", "map_chunks", "use_scheduler"]

Chunk = TypeVar("Chunk")
Result = TypeVar("Result")
_CONNECT_SECONDS = 20


class WorkerLostError(Exception):
    """A worker process died (killed, or out of memory); what it had in hand has no result yet."""


def count_workers(jobs: int | None) -> int:
    """Return how many processes `jobs` means: None is one a core that we may use."""
    import joblib

    return joblib.cpu_count() if jobs is None else max(1, jobs)


@contextlib.contextmanager
def use_scheduler(address: str | None) -> Iterator[Any]:
    """Give a client of the dask scheduler at `address` for as long as the block lasts; None for no address."""
    if address is None:
        yield None
        return
    try:
        from distributed import Client
    except ImportError as error:
        raise MissingExtra.of("cluster", "--scheduler") from error
    try:
        client = Client(address, timeout=_CONNECT_SECONDS, set_as_default=False)
    except (OSError, ValueError, TimeoutError) as error:
        raise BadOption(
            "--scheduler", found=f"no answer from {address} ({error})", expected="a dask scheduler, tcp://host:8786",
            hint="start one with: dask scheduler; and on each machine: dask worker tcp://host:8786",
        ) from error  # fmt: skip
    with client:
        yield client


def map_chunks(
    work: Callable[[Chunk], Result], chunks: Iterable[Chunk], *, workers: int, client: Any = None
) -> Iterator[Result]:
    """Yield the result of each chunk as it comes; chunks are taken from their source as workers get free.

    Raises `WorkerLostError` when a process died: results that were yielded stay good, the rest is the caller's to ask
    for again.
    """
    if client is None and workers == 1:
        yield from map(work, chunks)
        return
    import joblib
    from joblib.externals.loky.process_executor import BrokenProcessPool

    if client is None:
        backend: dict[str, Any] = {"backend": "loky", "n_jobs": workers}
    else:
        backend = {"backend": "dask", "client": client, "n_jobs": -1}
    lost: tuple[type[BaseException], ...] = (BrokenProcessPool,)
    if client is not None:
        from distributed.scheduler import KilledWorker

        lost = (KilledWorker,)
    with joblib.parallel_config(**backend):
        run = joblib.Parallel(return_as="generator_unordered", pre_dispatch="3*n_jobs", batch_size=1)
        try:
            yield from run(joblib.delayed(work)(chunk) for chunk in chunks)
        except lost as error:
            raise WorkerLostError(str(error)) from error
