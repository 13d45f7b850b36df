"""An archive read end to end, beside the obvious script, over cores, and in memory.

    python -m benchmarks.batch            all of it, about half an hour
    python -m benchmarks.batch --small    up to 10^4 cells

The archive is made by code: Word files of 11 cities x 12 dimensions, with the texts of the corpus. The obvious script
is a loop with python-docx, a stock scikit-learn pipeline on jieba's words, and pandas: it reads in its own process
and writes one CSV, without reports, evidence, ranks or anything that survives a kill. Both start cold in a process of
their own, as a user starts them. Seconds of processors (CPU) hold on a machine that others use too. Memory is the
largest resident set of the run's first process and of any worker.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.results import write_section

ROOT = Path(__file__).parents[1]
DIMENSIONS = 12
CITIES = ["杭州市", "宁波市", "温州市", "嘉兴市", "湖州市", "绍兴市", "金华市", "衢州市", "舟山市", "台州市", "丽水市"]
CELLS = DIMENSIONS * len(CITIES)
# The archive of a country, as docs/scale.md asks
COUNTIES, ISSUES_A_YEAR, YEARS = 3_000, 24, 10

OBVIOUS = """
import sys, glob, json
import docx, jieba, pandas as pd
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
import joblib
pipeline = joblib.load(sys.argv[1])
pipeline[0].tokenizer = jieba.lcut
rows = []
for path in sorted(glob.glob(sys.argv[2] + "/*.docx")):
    for table in docx.Document(path).tables:
        grid = [[cell.text for cell in row.cells] for row in table.rows]
        for row in grid[1:]:
            for name, text in zip(grid[0][1:], row[1:]):
                rows.append({"file": path, "city": row[0], "dimension": name, "text": text})
frame = pd.DataFrame(rows)
proba = pipeline.predict_proba(frame["dimension"] + " " + frame["text"])
frame["status"] = pipeline.classes_[proba.argmax(axis=1)]
frame.to_csv(sys.argv[3])
"""
# Runs a command and prints seconds, seconds of processors and the largest resident set (KiB), children included.
WATCH = """
import json, os, resource, subprocess, sys, time
start = time.perf_counter()
process = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL)
_, status, usage = os.wait4(process.pid, 0)
cpu = usage.ru_utime + usage.ru_stime
print(json.dumps([time.perf_counter() - start, cpu, usage.ru_maxrss, os.waitstatus_to_exitcode(status)]))
"""


@dataclass(frozen=True)
class Run:
    """What one run took: by the clock, of the processors, and of memory."""

    seconds: float
    cpu: float
    megabytes: float


def write_docx(path: Path, number: int, texts: Sequence[str], names: Sequence[str]) -> None:
    """Write a briefing as a Word file; python-docx is slow at large tables, so the XML of the rows is ours."""
    from xml.sax.saxutils import escape

    import docx
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls

    def cell(text: str) -> str:
        return f'<w:tc><w:tcPr/><w:p><w:r><w:t xml:space="preserve">{escape(text)}</w:t></w:r></w:p></w:tc>'

    rows = [["地市", *names]]
    for row, city in enumerate(CITIES):
        start = number * CELLS + row * DIMENSIONS
        # a number in each text keeps texts apart, so that nothing is scored once and counted often
        rows.append([city, *(f"{texts[(start + k) * 7 % len(texts)]}（第{start + k}项）" for k in range(DIMENSIONS))])
    grid = "".join("<w:gridCol/>" for _ in rows[0])
    body = "".join(f"<w:tr>{''.join(map(cell, row))}</w:tr>" for row in rows)
    document = docx.Document()
    document.add_paragraph("浙江省改革专班")
    document.add_paragraph(f"第{number}期")
    document.add_paragraph(f"{2015 + number % YEARS}年{number % 12 + 1}月20日")
    table = f"<w:tbl {nsdecls('w')}><w:tblPr/><w:tblGrid>{grid}</w:tblGrid>{body}</w:tbl>"
    document.element.body.insert(-1, parse_xml(table))
    document.save(str(path))


def write_archive(folder: Path, count: int) -> None:
    items = [json.loads(line) for path in sorted((ROOT / "corpus").glob("*.jsonl")) for line in path.open()]
    texts = [item["text"] for item in items if len(item["text"]) > 4]
    names = list(dict.fromkeys(item["dimension"] for item in items))[:DIMENSIONS]
    for number in range(count):
        write_docx(folder / f"{number:06}.docx", number, texts, names)


def train_stock(path: Path) -> None:
    import jieba
    import joblib
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    from yichuang_nlp.training.corpus import read_corpus

    examples = read_corpus(ROOT / "corpus")
    pipeline = make_pipeline(
        TfidfVectorizer(tokenizer=jieba.lcut, token_pattern=None), LogisticRegression(max_iter=300)
    )
    pipeline.fit([f"{e.dimension} {e.text}" for e in examples], [e.label for e in examples])
    pipeline[0].tokenizer = None  # jieba holds a lock, which does not pickle: the script puts it back
    joblib.dump(pipeline, path)


def watch(*command: str) -> Run:
    """Run `command` cold and return its wall clock and its memory."""
    done = subprocess.run([sys.executable, "-c", WATCH, *command], capture_output=True, text=True, check=True, cwd=ROOT)
    seconds, cpu, kilobytes, code = json.loads(done.stdout)
    assert code == 0, done.stderr
    return Run(seconds, cpu, kilobytes / 1024)


def ours(archive: Path, out: Path, jobs: int, *more: str) -> Run:
    shutil.rmtree(out, ignore_errors=True)
    command = (sys.executable, "-m", "yichuang_nlp", "batch", str(archive), "-o", str(out), "--jobs", str(jobs))
    return watch(*command, *more)


def obvious(archive: Path, folder: Path) -> Run:
    return watch(sys.executable, "-c", OBVIOUS, str(folder / "stock.joblib"), str(archive), str(folder / "out.csv"))


def compare(folder: Path, files: int) -> None:
    """Write cells and files per second of ours and of the obvious script, in turns."""
    archive = folder / "compare"
    archive.mkdir()
    write_archive(archive, files)
    train_stock(folder / "stock.joblib")
    out = folder / "out"
    cores = min(2, os.cpu_count() or 1)
    contenders = {
        "the obvious script": lambda: obvious(archive, folder),
        "yichuang batch, 1 process": lambda: ours(archive, out, 1),
        f"yichuang batch, {cores} processes": lambda: ours(archive, out, cores),
        "yichuang batch, 1 process, no reports": lambda: ours(archive, out, 1, "--no-reports"),
        "yichuang batch, second run": lambda: watch(
            sys.executable, "-m", "yichuang_nlp", "batch", str(archive), "-o", str(out), "--jobs", "1", "--no-reports"
        ),
    }
    best: dict[str, Run] = {}
    for _ in range(3):
        for name, run in contenders.items():
            taken = run()
            if name not in best or taken.seconds < best[name].seconds:
                best[name] = taken
    slow = best["the obvious script"].seconds
    rows = [
        [
            name, f"{files / run.seconds:,.1f}", f"{files * CELLS / run.seconds:,.0f}", f"{slow / run.seconds:.2f}",
            f"{run.cpu / files / CELLS * 1e3:.2f}", f"{run.megabytes:,.0f}",
        ]
        for name, run in best.items()
    ]  # fmt: skip
    note = f"{__doc__}\n{files} files of {CELLS} cells, best of three."
    head = [
        "",
        "files per second",
        "cells per second",
        "times the obvious script",
        "CPU ms a cell",
        "MB of the largest process",
    ]
    write_section("Batch: an archive end to end", note, head, rows)


CELLS_ONLY = """
import sys, time, json
import joblib, pandas as pd
from yichuang_nlp.cellfile import score_frame
frame = pd.read_pickle(sys.argv[1])
size = 2000
parts = [frame.iloc[k:k + size] for k in range(0, len(frame), size)]
with joblib.Parallel(n_jobs=int(sys.argv[2])) as run:
    run(joblib.delayed(score_frame)(frame.iloc[:50]) for _ in range(8))
    start = time.perf_counter()
    run(joblib.delayed(score_frame)(part) for part in parts)
    print(time.perf_counter() - start)
"""


def scale_over_cores(folder: Path, files: int, cells: int) -> None:
    """Write how much two processes do of files and of cells, warm, against one."""
    import pandas as pd

    archive = folder / "cores"
    archive.mkdir()
    write_archive(archive, files)
    items = [json.loads(line) for path in sorted((ROOT / "corpus").glob("*.jsonl")) for line in path.open()]
    frame = pd.DataFrame(
        [(one["dimension"], f"{one['text']}{k}") for k, one in zip(range(cells), items * (cells // len(items) + 1))],
        columns=["dimension", "text"],
    )
    frame.to_pickle(folder / "frame.pickle")
    rows = []
    taken: dict[tuple[str, int], float] = {}
    for _ in range(3):
        for jobs in (1, 2):
            done = subprocess.run(
                [sys.executable, "-c", CELLS_ONLY, str(folder / "frame.pickle"), str(jobs)],
                capture_output=True, text=True, check=True, cwd=ROOT,
            )  # fmt: skip
            run = ours(archive, folder / "out", jobs)
            seconds = {"cells": float(done.stdout), "files": run.seconds, "CPU": run.cpu}
            for what, value in seconds.items():
                taken[what, jobs] = min(value, taken.get((what, jobs), value))
    for what, count in (("files", files), ("cells", cells)):
        one, two = taken[what, 1], taken[what, 2]
        rows.append([what, f"{count / one:,.1f}", f"{count / two:,.1f}", f"{one / two:.2f}"])
    load = f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "unknown"
    note = (
        f"{files} files (cold start and summary included) and {cells:,} cells (`score_frame` on partitions, warm); "
        f"best of three. {os.cpu_count()} cores; load of the machine at the end, this benchmark in it: {load}. "
        f"Where nobody else computes, the CPU seconds of the files ({taken['CPU', 1]:.1f} with one process, "
        f"{taken['CPU', 2]:.1f} with two) allow {2 * taken['CPU', 1] / taken['CPU', 2]:.2f} times."
    )
    write_section(
        "Batch: one process and two", note, ["", "per second, 1 process", "per second, 2 processes", "times"], rows
    )


def measure_growth(folder: Path, powers: Sequence[int]) -> float:
    """Write time and memory at growing sizes, the fitted cost curve, and return seconds a cell and core."""
    archive = folder / "growth"
    archive.mkdir()
    rows, sizes, seconds = [], [], []
    most = max(powers)
    write_archive(archive, -(-(10**most) // CELLS))
    everything = sorted(archive.glob("*.docx"))
    for power in powers:
        files = everything[: -(-(10**power) // CELLS)]
        listed = folder / "list.txt"
        listed.write_text("\n".join(map(str, files)), "utf-8")
        run = ours(Path(f"@{listed}"), folder / "out", 1)
        size = sum(path.stat().st_size for path in (folder / "out" / "cells").rglob("*.parquet"))
        cells = len(files) * CELLS
        sizes.append(cells)
        seconds.append(run.cpu)
        rows.append([
            f"{cells:,}", f"{len(files):,}", f"{run.seconds:,.1f}", f"{run.cpu:,.1f}", f"{cells / run.seconds:,.0f}",
            f"{run.megabytes:,.0f}", f"{size / cells:,.0f}",
        ])  # fmt: skip
        print(rows[-1], file=sys.stderr)
    # seconds = start + slope * cells; each size counts alike, so the small ones are not drowned
    weights = 1 / np.array(seconds)
    slope, start = np.polyfit(sizes, seconds, 1, w=weights)
    exponent = np.polyfit(np.log(sizes[1:]), np.log(np.array(seconds[1:]) - start), 1)[0] if len(sizes) > 2 else 1.0
    note = (
        f"One process. Fitted to the CPU seconds: {start:.1f} s + {slope * 1e3:.3f} ms a cell; the time above "
        f"the start grows with the {exponent:.2f}th power of the cells (1 is linear)."
    )
    head = [
        "cells",
        "files",
        "seconds",
        "CPU seconds",
        "cells per second",
        "MB of the largest process",
        "bytes a cell in Parquet",
    ]
    write_section("Batch: cost and memory over size", note, head, rows)
    write_arithmetic(float(slope), rows[-1])
    return float(slope)


def write_arithmetic(slope: float, last: Sequence[str]) -> None:
    """Put the sum for the archive of a country into docs/scale.md, between its marks."""
    cells = COUNTIES * DIMENSIONS * ISSUES_A_YEAR * YEARS
    hours = cells * slope / 3600
    size = cells * float(last[6].replace(",", "")) / 1e9
    lines = [
        f"- 单元格：{COUNTIES:,} × {DIMENSIONS} × {ISSUES_A_YEAR} × {YEARS} = **{cells:,}** 个",
        f"- 每个单元格 {slope * 1e3:.3f} 毫秒处理器时间（读取、评分、出报告、落盘都在内，由至多 {last[0]} 格拟合）",
        f"- 一个核：{cells:,} × {slope * 1e3:.3f} 毫秒 = **{hours:,.1f} 小时**",
        *(f"- {n} 个核：约 {hours / n / 0.9:,.1f} 小时（按每核九成效率）" for n in (2, 16, 64)),
        f"- Parquet：每格 {last[6]} 字节，共约 {size:,.1f} GB",
        f"- 以后每期（{COUNTIES * DIMENSIONS:,} 格）：一个核 {COUNTIES * DIMENSIONS * slope / 60:,.1f} 分钟",
    ]
    path = ROOT / "docs" / "scale.md"
    text = path.read_text("utf-8")
    start, end = "<!-- benchmarks/batch.py -->\n", "<!-- end -->"
    head, _, rest = text.partition(start)
    _, _, tail = rest.partition(end)
    path.write_text(f"{head}{start}{chr(10).join(lines)}\n{end}{tail}", "utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--small", action="store_true", help="Up to 10^4 cells.")
    parser.add_argument("--most", type=int, default=6, help="The largest power of ten of cells.")
    options = parser.parse_args()
    most = min(options.most, 4) if options.small else options.most
    started = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="yichuang-bench-") as folder:
        compare(Path(folder), 40 if options.small else 100)
        scale_over_cores(Path(folder), 40 if options.small else 400, 8_000 if options.small else 40_000)
        measure_growth(Path(folder), range(3, most + 1))
    print(f"{time.perf_counter() - started:,.0f} s", file=sys.stderr)


if __name__ == "__main__":
    main()
