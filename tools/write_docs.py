"""Rewrite what commands write in README and docs: sessions, help texts, tables, figures, pictures.

    python tools/write_docs.py            rewrite
    python tools/write_docs.py --check    say what is stale, change nothing; exit 1 if anything is

Every block of code in the pages runs on the way. The site is then built by `mkdocs build`; `make docs` does both.
"""

from __future__ import annotations

import argparse
import io
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from cogapp import Cog

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):  # the matrices are too small to share out
    os.environ.setdefault(_name, "1")
HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))  # cog's blocks find the neighbours by their names

from docs_pictures import PICTURES  # noqa: E402
from docs_samples import finish  # noqa: E402

ROOT = HERE.parent
PROLOGUE = "from docs_samples import printed, session, write; from docs_house import floors; from docs_tables import *"


_CHECK_FAILED = 5  # cog's exit code


class PageFailed(Exception):
    """A page could not be run or written."""


def pages() -> list[Path]:
    """Return every page with examples: README in both languages and docs but what benchmarks write as a whole."""
    found = sorted((ROOT / "docs").rglob("*.md"))
    return [*sorted(ROOT.glob("README*.md")), *(page for page in found if page.name != "experiments.md")]


def write_page(page: Path, *, check: bool = False) -> tuple[str, list[tuple[int, str]]]:
    """Run `page` from top to bottom; return what is stale in it (always "" without `check`), and what it skipped."""
    out = io.StringIO()
    cog = Cog()
    cog.set_output(stdout=out, stderr=out)
    options = ["--check", "--diff"] if check else ["-r"]
    code = cog.main(["cog", *options, "-n", "utf-8", "-U", "-p", PROLOGUE, str(page)])
    if code not in (0, _CHECK_FAILED):
        raise PageFailed(out.getvalue())
    skipped = finish(page)
    return (out.getvalue() if code else ""), skipped


def write_pictures(*, check: bool = False) -> list[str]:
    """Draw every picture; return the names of those that differ from the file (always none without `check`)."""
    stale = []
    for name, draw in PICTURES.items():
        path, drawn = ROOT / "docs" / "img" / name, draw()
        if not path.is_file() or path.read_bytes() != drawn:
            if check:
                stale.append(name)
            else:
                path.write_bytes(drawn)
    return stale


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line asks; return the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--check", action="store_true", help="change nothing; exit 1 if anything is stale")
    parser.add_argument("pages", nargs="*", type=Path, help="(default: all)")
    chosen = parser.parse_args(arguments)
    started, stale = time.monotonic(), write_pictures(check=chosen.check)
    for page in chosen.pages or pages():
        said, _ = write_page(page.resolve(), check=chosen.check)
        if said:
            stale.append(f"{page}\n{said}")
    for one in stale:
        print(f"stale: {one}")
    print(f"{time.monotonic() - started:.0f} s", file=sys.stderr)
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
