"""What an installation brings, and that it works: wheel and sdist in empty environments of every Python found.

    python -m benchmarks.install [INTERPRETER ...]

Wheel and sdist are built once. Each goes into an empty environment of each Python from 3.10 on that is found (given
on the command line, on the path, or beside this one as version managers lay them out), and so do `pip install .` and
`pip install -e .[all]` with this Python. Each must say its version and report on the sample briefing from a folder
outside of the checkout, in every format that needs no extra, the same JSON from all of them. Sizes are those of the
environment without pip and byte code.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.results import write_section

ROOT = Path(__file__).parents[1]
OLDEST = (3, 10)
SAMPLE = ROOT / "corpus" / "briefings" / "yijianshi-08.docx"
BARE_INPUTS = (".txt", ".csv", ".html")  # what README says of the package without extras, beside .docx
BARE_OUTPUTS = (".html", ".md", ".csv", ".svg")
SHIPPED = ("setup.cfg", "pyproject.toml", "README.md", "LICENSE", "NOTICE", "yichuang_nlp", "models")


def run(*command: object, cwd: Path) -> str:
    """Run a command and return its standard output; its failure ends everything with what it said."""
    shown = [str(part) for part in command]
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))}
    done = subprocess.run(shown, cwd=cwd, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"$ {' '.join(shown)}\nexit {done.returncode}\n{done.stdout[-3000:]}{done.stderr[-3000:]}")
    return done.stdout


def version_of(python: str) -> tuple[int, ...]:
    """Return (major, minor, patch) of an interpreter, or () if it does not run or cannot make environments."""
    code = "import ensurepip, sys, venv; print(*sys.version_info[:3])"
    try:
        done = subprocess.run([python, "-c", code], capture_output=True, text=True, check=False, timeout=60)
    except OSError:
        return ()
    return tuple(int(part) for part in done.stdout.split()) if done.returncode == 0 else ()


def candidates(given: Sequence[str]) -> Iterator[str]:
    """Yield what may be an interpreter: those given, on the path, and beside the one that runs this."""
    yield from given
    for folder in os.environ.get("PATH", "").split(os.pathsep):
        yield from sorted(str(path) for path in Path(folder).glob("python3.*") if path.name[9:].isdigit())
    home = Path(sys.base_prefix)
    yield from sorted(str(path) for path in home.parent.glob("*/bin/python3.*") if path.name[9:].isdigit())
    yield sys.executable


def find_pythons(given: Sequence[str]) -> dict[str, str]:
    """Return one interpreter for each minor version from 3.10 on, oldest first."""
    found: dict[tuple[int, ...], str] = {}
    for python in candidates(given):
        version = version_of(python)
        if version[:2] >= OLDEST and version[:2] not in found:
            found[version[:2]] = python
    return {".".join(map(str, version)): found[version] for version in sorted(found)}


def size_of(environment: Path) -> tuple[float, float, int]:
    """Return megabytes of what is installed, those of this package, and how many distributions it is."""
    library = next((environment / "lib").glob("python3.*")) / "site-packages"
    distributions = [path for path in library.glob("*.dist-info") if not path.name.startswith(("pip-", "setuptools-"))]
    skipped = ("pip", "setuptools", "_distutils_hack", "pkg_resources")
    whole = ours = 0
    for path in library.rglob("*"):
        inside = path.relative_to(library).parts
        if inside[0].split("-")[0] in skipped or "__pycache__" in inside or not path.is_file():
            continue
        size = path.stat().st_size
        whole += size
        ours += size if inside[0].startswith("yichuang_nlp") else 0
    return whole / 1e6, ours / 1e6, len(distributions)


class Trial:
    """One way of installing, tried in one empty environment."""

    def __init__(self, folder: Path, python: str, what: str, *install: object) -> None:
        started = time.perf_counter()
        self.what = what
        self.environment = folder / "environment"
        shutil.rmtree(self.environment, ignore_errors=True)
        run(python, "-m", "venv", self.environment, cwd=folder)
        pip = self.environment / "bin" / "pip"
        run(pip, "install", "--quiet", "--disable-pip-version-check", *install, cwd=folder)
        command = self.environment / "bin" / "yichuang"
        self.version = run(command, "--version", cwd=folder).strip()
        report = folder / "report.json"
        others = [part for suffix in BARE_OUTPUTS for part in ("-o", report.with_suffix(suffix))]
        run(command, "report", SAMPLE, "-o", report, *others, cwd=folder)
        run(command, "report", *(SAMPLE.with_suffix(suffix) for suffix in BARE_INPUTS), cwd=folder)
        self.digest = hashlib.sha256(report.read_bytes()).hexdigest()[:12]
        cells = json.loads(report.read_text("utf-8"))["cells"]
        assert len(cells) == 66, what
        self.size, self.ours, self.packages = size_of(self.environment)
        seconds = time.perf_counter() - started
        print(f"{what}: {self.version}, report {self.digest}, {self.size:.0f} MB, {seconds:.0f} s", file=sys.stderr)


def copy_of_checkout(folder: Path) -> Path:
    """Return a copy of what is packaged, so that building leaves nothing in the checkout."""
    source = folder / "source"
    source.mkdir()
    for name in SHIPPED:
        path = ROOT / name
        ignore = shutil.ignore_patterns("__pycache__")
        shutil.copytree(path, source / name, ignore=ignore) if path.is_dir() else shutil.copy(path, source)
    return source


def main(given: Sequence[str]) -> None:
    pythons = find_pythons([one for part in given for one in re.split(r"[\s,]+", part) if one])
    with tempfile.TemporaryDirectory(prefix="yichuang-install-") as name:
        folder = Path(name)
        source = copy_of_checkout(folder)
        run(sys.executable, "-m", "build", "--outdir", folder / "dist", source, cwd=folder)
        wheel, sdist = next((folder / "dist").glob("*.whl")), next((folder / "dist").glob("*.tar.gz"))
        print(f"{wheel.name} {wheel.stat().st_size / 1e6:.1f} MB, {sdist.name}", file=sys.stderr)
        trials = [
            Trial(folder, python, f"{kind}, Python {version}", file)
            for version, python in pythons.items()
            for kind, file in (("wheel", wheel), ("sdist", sdist))
        ]
        here = ".".join(map(str, sys.version_info[:2]))
        bare = Trial(folder, sys.executable, f"`pip install .`, Python {here}", source)
        whole = Trial(folder, sys.executable, f'`pip install -e ".[all]"`, Python {here}', "-e", f"{source}[all]")
    trials += [bare, whole]
    digests = {trial.digest for trial in trials}
    if len(digests) > 1:
        raise SystemExit(f"reports differ: {[(trial.what, trial.digest) for trial in trials]}")
    rows = [
        [bare.what.partition(",")[0], bare.packages, f"{bare.size:.0f}", f"{bare.ours:.1f}"],
        [whole.what.partition(",")[0], whole.packages, f"{whole.size:.0f}", "in the checkout"],
    ]
    note = (
        f"{(__doc__ or '').strip()}\n\nTried: wheel and sdist on Python "
        f"{', '.join(pythons)}; all {len(trials)} gave the same report."
    )
    write_section("Install", note, ("installed", "packages", "MB", "of it ours"), rows)


if __name__ == "__main__":
    main(sys.argv[1:])
