"""`RESULTS.md`: one section a benchmark, each written by its own code."""

from __future__ import annotations

import platform
import re
from collections.abc import Sequence
from pathlib import Path

__all__ = ["write_section"]

RESULTS = Path(__file__).with_name("RESULTS.md")
HEAD = "# Results\n\nWritten by `make bench`; do not edit. Ratios hold across machines, seconds do not.\n"


def write_section(title: str, note: str, head: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print a table and put it into `RESULTS.md` under `title`, in the place of the one before."""
    machine = f"Python {platform.python_version()}, {platform.system()} {platform.machine()}"
    table = "\n".join(
        ["| " + " | ".join(head) + " |", "|" + " --- |" * len(head)]
        + ["| " + " | ".join(str(value) for value in row) + " |" for row in rows]
    )
    section = f"## {title}\n\n{note.strip()}\n\n{machine}.\n\n{table}\n"
    print(section)
    text = RESULTS.read_text("utf-8") if RESULTS.exists() else HEAD
    pattern = re.compile(rf"^## {re.escape(title)}\n.*?(?=^## |\Z)", re.M | re.S)
    text = pattern.sub(lambda _: section + "\n", text) if pattern.search(text) else text.rstrip() + "\n\n" + section
    RESULTS.write_text(text.rstrip() + "\n", "utf-8")
