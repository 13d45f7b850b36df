"""The command line: thin commands over the public functions; stdout is data, stderr is talk.

Exit codes: 0 done, 1 one of our errors (one message), 2 wrong usage, 3 what `--fail-on` asked for was found.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from yichuang_nlp._version import __version__
from yichuang_nlp.errors import NoSuchInput, YichuangError

__all__ = ["main"]


class _Group(click.Group):
    """A group that turns every `YichuangError` into one message and exit 1, in one place."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except YichuangError as error:
            raise click.ClickException(str(error)) from error


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="yichuang")
def main() -> None:
    """Read progress briefings (cities x dimensions) and report who is behind.

    \b
    Example:
      yichuang report briefing.docx -o report.html
    """
    for stream in (sys.stdout, sys.stderr):  # a Chinese report must not die on a Windows code page
        if isinstance(stream, io.TextIOWrapper) and stream.encoding.lower() not in ("utf-8", "utf8"):
            stream.reconfigure(errors="replace")


_model_option = click.option(
    "--model", "model_dir", type=click.Path(path_type=Path), help="A model folder (default: the shipped one)."
)
_lang_option = click.option(
    "--lang", type=click.Choice(["zh", "en"]), default="zh", show_default=True, help="Language of what is printed."
)
_strict_option = click.option("--strict", is_flag=True, help="Fail on anything the reading was unsure of.")


def _write_text(out: str, text: str) -> None:
    from yichuang_nlp.artifact import write_whole

    if out == "-":
        sys.stdout.buffer.write(text.encode())
    else:  # no byte order mark: other programs lean on the name of the first column
        write_whole(Path(out), text.encode())


@main.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("-o", "--output", "outputs", multiple=True, type=click.Path(path_type=Path), help="A file to write.")
@click.option("--previous", multiple=True, type=click.Path(path_type=Path), help="An earlier issue, to compare with.")
@click.option("--config", type=click.Path(path_type=Path), help="A TOML with weights and the lagging rule.")
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="The day the texts speak of, if the file is silent.")
@click.option("--plain", is_flag=True, help="No colours.")
@click.option("--fail-on", multiple=True, type=click.Choice(["lagging", "overdue", "review"]), help="Exit 3 if found.")
@_strict_option
@_lang_option
@_model_option
def report(
    files: Sequence[Path], outputs: Sequence[Path], previous: Sequence[Path], config: Path | None, as_of: Any,
    plain: bool, fail_on: Sequence[str], strict: bool, lang: str, model_dir: Path | None,
) -> None:  # fmt: skip
    """Print the gap report of each briefing; the suffix of OUT picks a format.

    \b
    Examples:
      yichuang report briefing.docx
      yichuang report briefing.pdf -o report.html -o report.json --lang en
    """
    from yichuang_nlp.classifier import load_model
    from yichuang_nlp.reporting import make_report, outputs_for
    from yichuang_nlp.reports import render_terminal, write_report

    model = load_model(model_dir)
    found: set[str] = set()
    for file in files:
        result = make_report(
            file, model, previous=previous, config=config, as_of=as_of.date() if as_of else None, strict=strict
        )
        plain_here = plain or not sys.stdout.isatty()
        width = 80 if plain_here else click.get_current_context().terminal_width or _terminal_width()
        click.echo(render_terminal(result, "en" if lang == "en" else "zh", plain=plain_here, width=width))
        for target in outputs_for(file, outputs, single=len(files) == 1):
            write_report(result, target, lang)
            click.echo(f"{'wrote' if lang == 'en' else '已写出'} {target}", err=True)
        found |= {name for name in fail_on if result.fails(name)}
    if found:
        click.echo("--fail-on: " + ", ".join(sorted(found)), err=True)
        raise click.exceptions.Exit(3)


def _terminal_width() -> int:
    import shutil

    return max(60, shutil.get_terminal_size((80, 24)).columns)


@main.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("-o", "--output", default="-", show_default=True, help="CSV to write; - is standard output.")
@_strict_option
@_lang_option
def read(files: Sequence[Path], output: str, strict: bool, lang: str) -> None:
    """Write the cells of briefings with their addresses as CSV; what was left out goes to standard error.

    \b
    Example:
      yichuang read briefing.docx -o cells.csv
    """
    from yichuang_nlp.cellfile import write_cells
    from yichuang_nlp.readers import read_briefing
    from yichuang_nlp.reporting import describe_reading

    briefings = []
    for file in files:
        briefing = read_briefing(file, strict=strict)
        for line in describe_reading(briefing, lang):
            click.echo(line, err=True)
        briefings.append(briefing)
    _write_text(output, write_cells(briefings))


@main.command()
@click.argument("cells", type=str)
@click.option("-o", "--output", default="-", show_default=True, help="CSV to write; - is standard output.")
@_model_option
def score(cells: str, output: str, model_dir: Path | None) -> None:
    """Score a CSV with the columns city, dimension, text; - is standard input.

    \b
    Example:
      yichuang score cells.csv -o scored.csv
    """
    from yichuang_nlp.cellfile import read_cell_table, score_table, write_table
    from yichuang_nlp.classifier import load_model

    if cells == "-":
        data, where = sys.stdin.buffer.read(), "standard input"
    else:
        data, where = _read_bytes(Path(cells)), Path(cells).name
    columns, records = read_cell_table(data, where)
    names, scored = score_table(load_model(model_dir), columns, records, where)
    _write_text(output, write_table(names, scored))


def _read_bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise NoSuchInput(path, found=error.strerror or "nothing", expected="a file that can be read") from error


@main.command()
@click.argument("inputs", nargs=-1, required=True)
@click.option("-o", "--output", required=True, help="The folder of results, or a URL that fsspec knows.")
@click.option("--jobs", type=click.IntRange(1), help="Processes (default: one a core).")
@click.option("--scheduler", help="The address of a dask scheduler, tcp://host:8786: its workers do the work.")
@click.option("--format", "formats", multiple=True, help="Suffix of each report (default: .html).")
@click.option("--no-reports", is_flag=True, help="Cells and summary only.")
@_strict_option
@_lang_option
@_model_option
def batch(
    inputs: Sequence[str], output: str, jobs: int | None, scheduler: str | None, formats: Sequence[str],
    no_reports: bool, strict: bool, lang: str, model_dir: Path | None,
) -> None:  # fmt: skip
    """Read, score and report many briefings: files, folders, globs, @lists, URLs.

    A second run does what is missing. Exit 1 if a file failed; failures.csv says why.

    \b
    Examples:
      yichuang batch archive -o results
      yichuang batch @list.txt s3://bucket/2024 -o s3://bucket/results --scheduler tcp://host:8786
    """
    from yichuang_nlp.batch import run_batch
    from yichuang_nlp.batch.progress import describe_failures, describe_result, show_progress

    suffixes = () if no_reports else tuple(formats) or (".html",)
    with show_progress(lang) as report:
        result = run_batch(
            inputs, output, jobs=jobs, scheduler=scheduler, model_dir=model_dir, formats=suffixes, lang=lang,
            strict=strict, report=report,
        )  # fmt: skip
    for line in describe_failures(result, lang):
        click.echo(line, err=True)
    click.echo(describe_result(result, lang))
    if result.failures:
        raise click.exceptions.Exit(1)


@main.command()
@click.argument("text")
@click.option("--dimension", default="", help="What the text was reported under.")
@_lang_option
@_model_option
def explain(text: str, dimension: str, lang: str, model_dir: Path | None) -> None:
    """Show, clause by clause, how TEXT gets its status.

    \b
    Example:
      yichuang explain "已印发方案，窗口正在改造。" --dimension 综合窗口设置
    """
    from yichuang_nlp.classifier import load_model
    from yichuang_nlp.reporting import describe_explanation

    for line in describe_explanation(load_model(model_dir).explain(text, dimension), lang):
        click.echo(line)


@main.command()
@click.argument("corpus", type=click.Path(path_type=Path))
@click.option("-o", "--output", required=True, type=click.Path(path_type=Path), help="The model folder to write.")
@click.option("--random-state", default=0, show_default=True)
def train(corpus: Path, output: Path, random_state: int) -> None:
    """Train a model on CORPUS (JSON Lines, or a folder of them); needs the extra `train`.

    \b
    Example:
      yichuang train corpus -o models/status
    """
    fit = _workshop("fit")
    meta = fit.train(corpus, output, random_state=random_state, report=lambda message: click.echo(message, err=True))
    click.echo(f"{output}: {meta['items']['trained']} items, card in {output / 'README.md'}")


@main.command()
@click.argument("model_dir", type=click.Path(path_type=Path))
@click.argument("corpus", type=click.Path(path_type=Path))
@click.option("--all", "everything", is_flag=True, help="Score all items, not the test programmes alone.")
def evaluate(model_dir: Path, corpus: Path, everything: bool) -> None:
    """Score a model on the test programmes of CORPUS, beside baselines.

    \b
    Example:
      yichuang evaluate models/status corpus
    """
    click.echo(_workshop("evaluate").evaluate(model_dir, corpus, everything=everything))


def _workshop(name: str) -> Any:
    """Return a module of the workshop, or say which extra it needs."""
    from importlib import import_module

    from yichuang_nlp.errors import MissingExtra

    try:
        return import_module(f"yichuang_nlp.training.{name}")
    except ImportError as error:
        if (error.name or "").startswith("yichuang_nlp"):
            raise
        raise MissingExtra.of("train", f"the workshop ({error.name})") from error


@main.group()
def corpus() -> None:
    """Look after the corpus."""


@corpus.command("check")
@click.argument("path", type=click.Path(path_type=Path), default=Path("corpus"))
def corpus_check(path: Path) -> None:
    """Fail on schema errors, duplicates, templates, leaks, quota misses, personal names.

    \b
    Example:
      yichuang corpus check corpus
    """
    click.echo(_workshop("checks").check_corpus(path))


@corpus.command("review")
@click.argument("path", type=click.Path(path_type=Path), default=Path("corpus"))
@click.option("--beside", type=click.Path(path_type=Path), help="A real briefing, to compare the variety of words.")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Where to write the doubted labels (JSON Lines).")
@click.option("--write", is_flag=True, help="Put the figures into the README.md of the corpus.")
def corpus_review(path: Path, beside: Path | None, output: Path | None, write: bool) -> None:
    """Fit again and again: the learning curve, a genre never seen, and labels that cross-validation doubts.

    \b
    Example:
      yichuang corpus review corpus
    """
    figures = _workshop("refits").review_corpus(path, beside, output, lambda message: click.echo(message, err=True))
    if write:
        _workshop("checks").write_figures(path, "review", figures)
    click.echo(figures)


@corpus.command("agreement")
@click.argument("path", type=click.Path(path_type=Path), default=Path("corpus"))
def corpus_agreement(path: Path) -> None:
    """Print how far the blind passes agree: items and clauses, by genre and label.

    \b
    Example:
      yichuang corpus agreement corpus
    """
    click.echo(_workshop("agreement").describe_agreement(path))


@corpus.command("datasheet")
@click.argument("path", type=click.Path(path_type=Path), default=Path("corpus"))
def corpus_datasheet(path: Path) -> None:
    """Write the figures of the corpus into its README.md.

    \b
    Example:
      yichuang corpus datasheet corpus
    """
    click.echo(_workshop("checks").fill_datasheet(path))


if __name__ == "__main__":
    main()
