"""What cog calls in README and docs: a page runs from top to bottom, and its samples are what comes out.

In a page stands, in an HTML comment, `[[[cog session("yichuang read a.docx")]]]` and behind it what the command
printed. Blocks that cog does not write (Python, commands without output) run too, in their place between the others,
so that a page is one story in one folder. `<!-- skip: next "why" -->` before a block leaves it out; a block with
`title="name"` is a file of that name.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest import SkipTest

from docs_workspace import Workspace, has
from sybil import Document, Example, Region, Sybil
from sybil.parsers.markdown import CodeBlockParser, SkipParser
from sybil.parsers.markdown.lexers import FencedCodeBlockLexer

from yichuang_nlp.reporting import read_config

__all__ = ["Story", "finish", "printed", "session", "story_of", "write"]


class Story:
    """One page on its way from top to bottom."""

    def __init__(self, page: Path) -> None:
        self.page = page
        self._folder = tempfile.TemporaryDirectory(prefix="yichuang-docs-")
        self.space = Workspace(Path(self._folder.name) / "yichuang_nlp")
        self.last_printed = ""
        self.skipped: list[tuple[int, str]] = []
        languages = {"python": self._python, "console": self._console, "bash": self._bash, "toml": self._toml}
        blocks = [CodeBlockParser(name, evaluator) for name, evaluator in languages.items()]
        text = page.read_text("utf-8")
        written = [False]  # line by line, from 1: is it cog's own?
        for line in text.splitlines():
            written.append((written[-1] or "]]] -->" in line) and "[[[end]]]" not in line)
        document = Sybil([SkipParser(), *blocks, self._find_files], encoding="utf-8").parse(page)
        document.namespace["has"] = has
        self._ahead = [example for example in document.examples() if not written[example.line]]

    def _python(self, example: Example) -> None:
        self.last_printed = self.space.run_python(str(example.parsed))

    def _console(self, example: Example) -> None:
        self.space.run_console(str(example.parsed))

    def _bash(self, example: Example) -> None:
        commands = str(example.parsed).strip().splitlines()
        self.space.run_console("".join(f"$ {command}\n" for command in commands if not command.startswith("#")))

    def _toml(self, example: Example) -> None:
        """Hold a configuration to what `--config` takes."""
        path = self.space.folder / "page.toml"
        path.write_text(str(example.parsed), "utf-8")
        read_config(path)

    def _find_files(self, document: Document) -> Iterator[Region]:
        """Find the blocks that are files: ```csv title="cells.csv"."""
        lexer = FencedCodeBlockLexer(r'\w+ title="[^"]+"', mapping={"language": "head", "source": "source"})
        for found in lexer(document):
            name = str(found.lexemes["head"]).split('"')[1]
            yield Region(found.start, found.end, (name, str(found.lexemes["source"])), self._file)

    def _file(self, example: Example) -> None:
        name, source = example.parsed
        path = self.space.folder / name
        path.write_text(source, "utf-8")
        if path.suffix == ".toml":
            read_config(path)

    def run_to(self, line: int | None = None) -> None:
        """Run the blocks above `line` that have not run yet; all without a line."""
        while self._ahead and (line is None or self._ahead[0].line < line):
            example = self._ahead.pop(0)
            try:
                example.evaluate()
            except SkipTest as skipped:
                self.skipped.append((example.line, str(skipped)))

    def close(self) -> None:
        """Take the folder away."""
        self._folder.cleanup()


_stories: dict[Path, Story] = {}


def story_of(page: Path) -> Story:
    """Return the story of `page`, begun if it has not."""
    page = page.resolve()
    if page not in _stories:
        _stories[page] = Story(page)
    return _stories[page]


def finish(page: Path) -> list[tuple[int, str]]:
    """Run what is left of `page`, and return which blocks it skipped: line and reason."""
    story = story_of(page)
    try:
        story.run_to()
        story.space.check()
    finally:
        del _stories[story.page]
        story.close()
    return story.skipped


def _here() -> tuple[Story, Any]:
    """Return the story of the page that cog is in, run up to cog's place, and cog itself."""
    import cog

    story = story_of(Path(cog.inFile))
    story.run_to(cog.firstLineNum)
    return story, cog


def session(*commands: str, since: str = "", lines: int = 0) -> None:
    """Write `commands` and what they print as a console block.

    With `since` the output begins at the first line that holds it; `lines` of each output are shown (0: all).
    """
    story, cog = _here()
    cog.outl("```console")
    for command in commands:
        cog.outl(f"$ {command}")
        _show(cog, story.space.run(command), since, lines)
    story.space.check()
    cog.outl("```")


def printed(lines: int = 0) -> None:
    """Write what the Python block above printed."""
    story, cog = _here()
    cog.outl("```text")
    _show(cog, story.last_printed, "", lines)
    cog.outl("```")


def write(text: str) -> None:
    """Write `text` as it is."""
    import cog

    cog.outl(text)


def _show(cog: Any, output: str, since: str, lines: int) -> None:
    shown = [line.rstrip() for line in output.rstrip().splitlines()]
    if since:
        first = next((number for number, line in enumerate(shown) if since in line), None)
        if first is None:
            raise LookupError(f"no line with {since!r} in\n{output}")
        cog.outl("…")
        shown = shown[first:]
    for line in shown[:lines] if lines else shown:
        cog.outl(line)
    if lines and len(shown) > lines:
        cog.outl("…")
