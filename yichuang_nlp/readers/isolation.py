"""A parser written in C or Rust in a process of its own, with a memory and a time limit.

Such a parser can abort, loop or eat all memory, and Python cannot stop it from inside. The child sends back
plain JSON; whatever ends it otherwise becomes one of our errors. POSIX limits memory and time, Windows time only.
Every file has a process of its own; inside `keep_host`, who reads many files has them forked from one (`forking`).
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict, replace
from importlib import import_module
from pathlib import Path
from typing import Any

from yichuang_nlp import errors
from yichuang_nlp.errors import BrokenFile, LimitExceeded, ReadError, YichuangError
from yichuang_nlp.limits import Limits
from yichuang_nlp.readers.forking import HostLostError, current_host, serve
from yichuang_nlp.records import Grid, Span

__all__ = ["main", "read_here", "read_isolated", "serve_files"]

# Format -> module of its reader. Text is read by Python alone and needs no guard.
_MODULES = {
    "txt": "txt",
    "csv": "csv",
    "docx": "docx",
    "doc": "doc",
    "rtf": "doc",
    "xlsx": "excel",
    "xls": "excel",
    "pdf": "pdf",
    "scan": "scan",
    "html": "html",
    "mhtml": "html",
}
_SAFE = {"txt", "csv"}
# What a reader imports when it first reads and what takes long. None that starts threads (numpy, onnxruntime).
_LIBRARIES = {
    "docx": ("lxml.etree", "encodings.cp437"),  # the code page of names in a zip
    "xlsx": ("lxml.etree", "encodings.cp437", "python_calamine"),
    "xls": ("python_calamine",),
    "html": ("lxml.etree",),
    "pdf": ("pdfplumber", "pdfminer.pdfdocument"),
}
# -I keeps the working folder out of the import path: a download folder may hold a file called lxml.py.
_BOOT = (
    "import sys, json; sys.path[:] = json.loads(sys.argv[1]); "
    "from yichuang_nlp.readers import isolation; isolation.{}(*sys.argv[2:])"
)


def read_here(path: Path, kind: str, limits: Limits) -> list[Grid]:
    """Return the grids of `path`, read in this process by the reader for `kind`."""
    module = import_module(f"yichuang_nlp.readers.{_MODULES[kind]}")
    grids: list[Grid] = module.read(path, limits)
    return grids


def read_isolated(path: Path, kind: str, limits: Limits) -> list[Grid]:
    """Return the grids of `path`, read in a child process unless the reader for `kind` is Python alone."""
    if kind in _SAFE:
        return read_here(path, kind, limits)
    grids = _read_in_child(path, kind, limits)
    if kind == "pdf" and not grids:  # pictures of pages: recognising them takes a longer time limit
        return _read_in_child(path, "scan", replace(limits, seconds=limits.scan_seconds))
    return grids


def _read_in_child(path: Path, kind: str, limits: Limits) -> list[Grid]:
    request = (str(path.resolve()), kind, json.dumps(asdict(limits)))
    try:
        code, out = _run_child(request, limits.seconds)
    except TimeoutError:
        raise LimitExceeded(
            path.name,
            found=f"a file that takes more than {limits.seconds:g} s to read",
            expected=f"at most {limits.seconds:g} s",
            hint="save it again from Word or Excel, or keep only the pages with the table",
        ) from None
    return _parse_answer(path, code, out)


def _run_child(request: Sequence[str], seconds: float) -> tuple[int, bytes]:
    """Return exit code and answer of a child of its own: forked from a loaded process if there is one, else new."""
    host = current_host(lambda number: _command("serve_files", str(number)))
    if host is not None:
        with contextlib.suppress(HostLostError):
            return host.run(request, seconds)
    with subprocess.Popen(
        _command("main", *request),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=os.name == "posix",
    ) as child:
        try:
            out, _ = child.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            _kill(child)
            child.communicate()
            raise TimeoutError from None
        except BaseException:
            _kill(child)
            raise
    return child.returncode, out


def _command(function: str, *arguments: str) -> list[str]:
    roots = [str(Path(entry).resolve()) for entry in sys.path if entry]
    own = str(Path(__file__).parents[2])
    paths = json.dumps([*roots, own] if own not in roots else roots)
    return [sys.executable, "-I", "-c", _BOOT.format(function), paths, *arguments]


def _kill(child: subprocess.Popen[bytes]) -> None:
    if os.name == "posix":  # with whatever the child started (LibreOffice)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
    else:
        child.kill()


def _parse_answer(path: Path, code: int, out: bytes) -> list[Grid]:
    try:
        answer: dict[str, Any] = json.loads(out)
    except ValueError:
        answer = {}
    if "grids" in answer:
        return [_to_grid(raw) for raw in answer["grids"]]
    if "error" in answer:
        kind = getattr(errors, answer["error"], ReadError)
        raise kind(answer["where"], found=answer["found"], expected=answer["expected"], hint=answer["hint"])
    if os.name == "posix" and code == -signal.SIGXCPU:
        raise LimitExceeded(path.name, found="a file that takes too long to read", expected="less work")
    raise BrokenFile(
        path.name,
        found=f"a file on which its parser breaks off (exit code {code})",
        expected="a whole file of moderate size",
        hint="open it, save it again, and read the copy",
    )


def _to_grid(raw: dict[str, Any]) -> Grid:
    return Grid(
        file=raw["file"],
        table=raw["table"],
        rows=tuple(tuple(row) for row in raw["rows"]),
        before=tuple(raw["before"]),
        spans=tuple(Span(*span) for span in raw["spans"]),
        page=raw["page"],
        sheet=raw["sheet"],
        scanned=raw["scanned"],
    )


def main(*request: str) -> None:
    """Run a new child: write the answer to stdout."""
    sys.stdout.write(_answer(*request).decode())
    sys.stdout.flush()
    os._exit(0)  # no destructors: they can hang or crash after the answer is out


def serve_files(number: str) -> None:
    """Run the loaded process, whose children answer one request each."""
    serve(number, _load, _answer)


def _load(_path: str, kind: str, _limits_json: str) -> None:
    for name in ("resource", f"yichuang_nlp.readers.{_MODULES[kind]}", *_LIBRARIES.get(kind, ())):
        with contextlib.suppress(ImportError):  # the child says what is missing
            import_module(name)


def _answer(path: str, kind: str, limits_json: str) -> bytes:
    """Return grids or one error as JSON, read within the limits, which stay on this process."""
    limits = Limits(**json.loads(limits_json))
    _set_limits(limits)
    answer: dict[str, Any]
    try:
        grids = read_here(Path(path), kind, limits)
        answer = {
            "grids": [
                {
                    "file": grid.file,
                    "table": grid.table,
                    "rows": grid.rows,
                    "before": grid.before,
                    "spans": [(s.row, s.column, s.rows, s.columns) for s in grid.spans],
                    "page": grid.page,
                    "sheet": grid.sheet,
                    "scanned": grid.scanned,
                }
                for grid in grids
            ]
        }
    except YichuangError as error:
        answer = {
            "error": type(error).__name__,
            "where": error.where,
            "found": error.found,
            "expected": error.expected,
            "hint": error.hint,
        }
    except (MemoryError, RecursionError) as error:
        deep = isinstance(error, RecursionError)
        answer = {
            "error": "LimitExceeded",
            "where": Path(path).name,
            "found": "a file nested too deep" if deep else "a file that needs too much memory",
            "expected": "a briefing" if deep else f"at most {limits.memory_bytes >> 20:,} MB",
            "hint": "save it again from the program that wrote it",
        }
    except Exception as error:  # a bug of a parser must not become a traceback on an analyst's screen
        answer = {
            "error": "BrokenFile",
            "where": Path(path).name,
            "found": f"a file on which its parser fails ({type(error).__name__}: {str(error)[:200]})",
            "expected": "a whole file",
            "hint": "open it, save it again, and read the copy",
        }
    return json.dumps(answer).encode()


def _set_limits(limits: Limits) -> None:
    if sys.platform == "win32":
        return
    import resource

    seconds = (int(limits.seconds) + 1) * (os.cpu_count() or 1)  # of all threads together
    for what, value in (
        (resource.RLIMIT_AS, limits.memory_bytes),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(what)
        if hard == resource.RLIM_INFINITY or value < hard:
            resource.setrlimit(what, (value, hard))
