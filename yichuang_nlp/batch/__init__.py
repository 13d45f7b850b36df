"""Many briefings at once: an archive in, one Parquet of cells, a report each and a summary over all of them out."""

from __future__ import annotations

from yichuang_nlp.batch.run import BatchResult, Progress, run_batch
from yichuang_nlp.batch.work import Failure

__all__ = ["BatchResult", "Failure", "Progress", "run_batch"]
