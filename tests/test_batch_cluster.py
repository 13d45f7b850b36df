"""The same work on a dask cluster: two worker processes, one of them killed, and partitions scored as they are."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("distributed", reason="the extra cluster is not installed")
pytest.importorskip("pyarrow", reason="the extra batch is not installed")

from tests.test_batch import contents, write_archive
from yichuang_nlp.batch import run_batch
from yichuang_nlp.errors import BadOption

# dask's own business: its dashboard, its event loop and what it leaves open when a worker is killed
pytestmark = pytest.mark.filterwarnings("ignore")
FILES = 16


def wait_for(path: Path, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not path.exists() or not path.read_text():
        assert time.monotonic() < end, f"{path.name} did not appear"
        time.sleep(0.05)


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """A scheduler and two workers of one thread, as `dask scheduler` and `dask worker` start them."""
    import json

    file = tmp_path / "scheduler.json"
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    shared = ["--scheduler-file", str(file), "--no-dashboard"]
    dask = [sys.executable, "-m", "dask"]
    with contextlib.ExitStack() as stack:

        def run(*words: str) -> subprocess.Popen[bytes]:
            process = subprocess.Popen([*dask, *words], cwd=tmp_path, **quiet)  # type: ignore[call-overload]
            stack.callback(process.wait)
            stack.callback(process.kill)
            return process  # type: ignore[no-any-return]

        run("scheduler", "--host", "127.0.0.1", "--port", "0", *shared)
        wait_for(file)
        one = ("worker", *shared, "--nthreads", "1", "--nworkers", "1", "--no-nanny", "--memory-limit", "0")
        workers = [run(*one, "--name", name) for name in ("a", "b")]
        yield json.loads(file.read_text())["address"], workers


@pytest.mark.skipif(os.name != "posix", reason="kill -9 is a matter of POSIX")
def test_two_workers_one_killed_give_what_a_local_run_gives(
    tmp_path: Path, cluster: tuple[str, list[subprocess.Popen[bytes]]]
) -> None:
    from distributed import Client

    address, workers = cluster
    archive, out = write_archive(tmp_path / "in", FILES), tmp_path / "out"
    with Client(address) as client:
        client.wait_for_workers(2, timeout=60)
    victim = workers[0]
    worked: set[str] = set()

    def kill_in_the_middle() -> None:
        while not list(out.glob("manifest/*.json")):
            time.sleep(0.002)
        victim.send_signal(signal.SIGKILL)
        worked.update(path.name for path in out.glob("manifest/*.json"))

    killer = threading.Thread(target=kill_in_the_middle, daemon=True)
    killer.start()
    result = run_batch([archive.as_uri()], out.as_uri(), scheduler=address)
    killer.join(timeout=10)
    assert victim.wait(timeout=10) == -signal.SIGKILL
    assert 0 < len(worked) < FILES, "the kill fell into the work"
    assert (result.failures, result.kept) == ((), 0)
    run_batch([archive], tmp_path / "local", jobs=1)
    assert contents(out) == contents(tmp_path / "local")


def test_no_scheduler_is_one_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("yichuang_nlp.batch.engine._CONNECT_SECONDS", 1)
    archive = write_archive(tmp_path / "in", 1)
    with pytest.raises(BadOption, match="no answer from tcp"):
        run_batch([archive], tmp_path / "out", scheduler="tcp://127.0.0.1:1")


def test_score_frame_takes_partitions_as_they_are() -> None:
    import dask.dataframe as dd
    import pandas as pd

    from yichuang_nlp import score_frame

    texts = ["已印发方案，窗口正在改造。", "12个窗口已全部启用。", "拟于6月底前启动。", "/"]
    frame = pd.DataFrame({"city": "杭州市", "dimension": "综合窗口设置", "text": texts * 3})
    whole = score_frame(frame)
    meta: Any = score_frame(frame.iloc[:0])
    parts = dd.from_pandas(frame, npartitions=3).map_partitions(score_frame, meta=meta)
    pd.testing.assert_frame_equal(parts.compute(scheduler="synchronous"), whole, check_dtype=False)
