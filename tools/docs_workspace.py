"""A folder like a fresh checkout in which the examples of README and docs run: commands and Python, one page a folder.

Commands of `yichuang` run in this process (a process each would load the model anew each time); all others run in
bash. tests/test_docs_code.py runs every block here, and tools/docs_samples.py takes the sample outputs from here.
"""

from __future__ import annotations

import contextlib
import importlib.util
import io
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from yichuang_nlp.cli import main

__all__ = ["ROOT", "CommandFailed", "Workspace", "has", "split_console"]

ROOT = Path(__file__).parents[1]
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")
_SHELL = set("|><&;*$`")  # outside of quotes: what only a shell understands


class CommandFailed(AssertionError):
    """A command of a page ended with an exit code that the page does not show."""


def has(*modules: str) -> bool:
    """Return whether all `modules` are installed: pages skip a block on it."""
    return all(importlib.util.find_spec(name) is not None for name in modules)


def split_console(source: str) -> list[str]:
    """Return the commands of a console block: the lines after "$ ", continued ones joined.

    >>> split_console("$ yichuang read a.docx \\\\\\n    -o cells.csv\\nread\\n$ ls\\n")
    ['yichuang read a.docx     -o cells.csv', 'ls']
    """
    commands: list[str] = []
    open_line = False
    for line in source.splitlines():
        if open_line:
            commands[-1] += line
        elif line.startswith("$ "):
            commands.append(line[2:])
        else:
            continue
        open_line = commands[-1].endswith("\\")
        if open_line:
            commands[-1] = commands[-1][:-1]
    return commands


class Workspace:
    """A temporary folder with `corpus` and `models` as a checkout has them; `namespace` is shared by Python blocks."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.namespace: dict[str, Any] = {"__name__": "__main__"}
        self.last_exit = 0
        self._last = ("", "")
        (folder / "corpus").mkdir(parents=True)
        for path in (ROOT / "corpus").iterdir():
            if path.name == "briefings":  # copied: its files are the input of batches, which look at what they are
                shutil.copytree(path, folder / "corpus" / path.name)
            else:
                (folder / "corpus" / path.name).symlink_to(path)
        (folder / "models").mkdir()
        (folder / "models" / "status").symlink_to(ROOT / "models" / "status")

    @classmethod
    @contextlib.contextmanager
    def temporary(cls) -> Iterator[Workspace]:
        """Give a workspace that is gone afterwards."""
        with tempfile.TemporaryDirectory(prefix="yichuang-docs-") as folder:
            yield cls(Path(folder) / "yichuang_nlp")

    def run(self, command: str) -> str:
        """Run one command and return what it prints, stdout and stderr as a terminal mixes them."""
        if command == "echo $?":
            shown, self.last_exit = self.last_exit, 0
            return f"{shown}\n"
        self.check()
        if command.startswith("yichuang ") and not _SHELL & set(_QUOTED.sub("", command)):
            runner = CliRunner(env={"LOKY_MAX_CPU_COUNT": "1"})  # worker processes would outlive the folder
            with chdir(self.folder):
                result = runner.invoke(main, shlex.split(command)[1:], prog_name="yichuang")
            if result.exception is not None and not isinstance(result.exception, SystemExit):
                raise result.exception
            self.last_exit, self._last = result.exit_code, (command, result.output)
            return result.output
        environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
        done = subprocess.run(
            ["bash", "-c", command], cwd=self.folder, env=environment, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, timeout=120, check=False,
        )  # fmt: skip
        self.last_exit, self._last = done.returncode, (command, done.stdout)
        return done.stdout

    def check(self) -> None:
        """Raise if the last command failed and the page went on without a word about it (`echo $?`)."""
        if self.last_exit:
            command, output = self._last
            raise CommandFailed(f"$ {command}\nexit {self.last_exit}\n{output[-2000:]}")

    def run_console(self, source: str) -> None:
        """Run all commands of a console block; each must succeed unless `echo $?` follows it."""
        for command in split_console(source):
            self.run(command)
        self.check()

    def run_python(self, source: str) -> str:
        """Run a Python block after those before it and return what it prints."""
        out = io.StringIO()
        with chdir(self.folder), contextlib.redirect_stdout(out):
            exec(compile(source, "<page>", "exec", dont_inherit=True), self.namespace)
        return out.getvalue()


@contextlib.contextmanager
def chdir(folder: Path) -> Iterator[None]:
    """Do as `contextlib.chdir`, which Python 3.10 has not."""
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)
