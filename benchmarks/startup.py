"""How long the first answer takes, as a share of what importing the usual libraries takes in the same run.

    python -m benchmarks.startup

Each command is a whole process, run in turn with the others; the median of the runs counts.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from pathlib import Path

from benchmarks.results import write_section

ROOT = Path(__file__).parents[1]
SAMPLE = ROOT / "corpus" / "briefings" / "yijianshi-08.txt"
RUNS = 7
USUAL = "import sklearn.linear_model, pandas, jieba; jieba.initialize()"
FIRST_CELL = "from yichuang_nlp import load_model; load_model({}).explain('12个窗口已全部启用。', '综合窗口设置')"
COMMANDS = {
    "the usual libraries, imported": [sys.executable, "-c", USUAL],
    "yichuang --version": [sys.executable, "-m", "yichuang_nlp", "--version"],
    "yichuang --help": [sys.executable, "-m", "yichuang_nlp", "--help"],
    "model and first cell, rjieba": [sys.executable, "-c", FIRST_CELL.format("segmenter='rust'")],
    "model and first cell, jieba": [sys.executable, "-c", FIRST_CELL.format("segmenter='python'")],
    "yichuang report, sample briefing": [sys.executable, "-m", "yichuang_nlp", "report", str(SAMPLE)],
}


def measure() -> dict[str, float]:
    """Return the median seconds of each command; the first round is a warm-up and does not count."""
    seconds: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for turn in range(RUNS + 1):
        for name, command in COMMANDS.items():
            start = time.perf_counter()
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=ROOT)
            if turn:
                seconds[name].append(time.perf_counter() - start)
    return {name: statistics.median(values) for name, values in seconds.items()}


def main() -> None:
    median = measure()
    usual = median["the usual libraries, imported"]
    rows = [[name, f"{value:.2f}", f"{value / usual:.3f}"] for name, value in median.items()]
    write_section("Start-up", __doc__ or "", ["command", "seconds (median)", "share of the usual"], rows)


if __name__ == "__main__":
    main()
