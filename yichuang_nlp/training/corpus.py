"""The corpus: JSON Lines, one item a line, labels at two levels, every pass of annotation kept."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from yichuang_nlp.clauses import find_clauses
from yichuang_nlp.errors import CorpusError
from yichuang_nlp.scoring import ASPECTS, LABELS, ROLES

__all__ = ["GENRES", "TEST_PROGRAMMES", "TRAITS", "Example", "Pass", "corpus_sha256", "read_corpus"]

GENRES = ("briefing", "ledger", "report", "reply", "news")
TRAITS = ("", "cue", "pair")
# Three whole programmes of different kinds, never looked at while the classifier is worked on: a service reform,
# a rule-making field, and building works.
TEST_PROGRAMMES = ("养老服务", "社会信用体系", "住房保障")


@dataclass(frozen=True, slots=True)
class Pass:
    """One annotator's reading: label, the other label that could be defended ("" if none), two letters a clause."""

    label: str
    also: str
    clauses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Example:
    """One labelled item of the corpus; `programme` is the group for every split.

    `clauses` has two letters (aspect, role) for each clause of `find_clauses(text)`; `passes` are the blind
    readings, `adjudicated` says that a third reader decided between them, `settled` that one more reader looked at
    the item because cross-validation doubted its label.
    """

    id: str
    programme: str
    genre: str
    dimension: str
    city: str
    as_of: str
    text: str
    label: str
    also: str
    trait: str
    clauses: tuple[str, ...]
    passes: tuple[Pass, ...]
    adjudicated: bool
    settled: bool

    @property
    def pair(self) -> tuple[str, str]:
        """(dimension, text): what the classifier sees."""
        return self.dimension, self.text


_TEXT_FIELDS = ("id", "programme", "genre", "dimension", "city", "as_of", "text", "label", "also", "trait")
_LETTERS = {a + r for a in ASPECTS for r in ROLES}


def _parse_pass(value: Any, where: str, n_clauses: int) -> Pass:
    letters = tuple(value.get("clauses", "").split()) if isinstance(value, dict) else ()
    if not isinstance(value, dict) or value.get("label") not in LABELS:
        raise CorpusError(where, found=f"a pass {value!r}", expected=f"a label of {', '.join(LABELS)}")
    _check_letters(letters, where, n_clauses)
    return Pass(value["label"], value.get("also", ""), letters)


def _check_letters(letters: tuple[str, ...], where: str, n_clauses: int) -> None:
    if letters and (len(letters) != n_clauses or not set(letters) <= _LETTERS):
        raise CorpusError(
            where, found=f"clause letters {' '.join(letters)!r}",
            expected=f"{n_clauses} pairs of aspect ({ASPECTS}) and role ({ROLES})",
            hint="split the text with yichuang_nlp.clauses.find_clauses",
        )  # fmt: skip


def parse_example(line: str, where: str) -> Example:
    """Return the item of one line of JSON; raise `CorpusError` naming `where` if it breaks the schema."""
    try:
        record = json.loads(line)
    except ValueError as error:
        raise CorpusError(where, found="no JSON", expected="one JSON object a line") from error
    if not isinstance(record, dict):
        raise CorpusError(where, found=type(record).__name__, expected="one JSON object a line")
    for name in ("programme", "text", "label"):
        if not isinstance(record.get(name), str) or not record[name]:
            raise CorpusError(where, found=f"no {name}", expected="programme, text and label in every item")
    fields = {name: record.get(name, "") for name in _TEXT_FIELDS}
    if any(not isinstance(value, str) for value in fields.values()):
        raise CorpusError(where, found="a field that is no string", expected=f"strings in {', '.join(_TEXT_FIELDS)}")
    if fields["label"] not in LABELS or fields["also"] not in ("", *LABELS) or fields["trait"] not in TRAITS:
        raise CorpusError(
            where, found=f"label {fields['label']!r}, also {fields['also']!r}, trait {fields['trait']!r}",
            expected=f"labels of {', '.join(LABELS)}",
        )  # fmt: skip
    n_clauses = len(find_clauses(fields["text"]))
    letters = tuple(str(record.get("clauses", "")).split())
    _check_letters(letters, where, n_clauses)
    passes = tuple(_parse_pass(value, where, n_clauses) for value in record.get("passes", ()))
    adjudicated, settled = (bool(record.get(name, False)) for name in ("adjudicated", "settled"))
    return Example(**fields, clauses=letters, passes=passes, adjudicated=adjudicated, settled=settled)


def corpus_files(path: Path) -> list[Path]:
    """Return the JSON Lines files of a corpus folder (or the one file), in order."""
    found = sorted(path.glob("*.jsonl")) if path.is_dir() else [path] if path.is_file() else []
    if not found:
        raise CorpusError(path, found="no .jsonl file", expected="a corpus: JSON Lines, or a folder of them")
    return found


def read_corpus(path: str | Path) -> list[Example]:
    """Return all items under `path`, in the order of files and lines."""
    examples = []
    for file in corpus_files(Path(path)):
        for number, line in enumerate(file.read_text("utf-8").splitlines(), 1):
            if line.strip():
                examples.append(parse_example(line, f"{file.name}, line {number}"))
    return examples


def corpus_sha256(examples: Iterable[Example]) -> str:
    """Return the hash of everything that training looks at, whatever the order of files."""
    digest = hashlib.sha256()
    for example in sorted(examples, key=lambda e: (e.programme, e.id, e.text)):
        digest.update(
            "\x1f".join((example.programme, example.dimension, example.text, example.label, *example.clauses)).encode()
        )
    return digest.hexdigest()
