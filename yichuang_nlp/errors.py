"""Everything that can go wrong, as one tree.

::

    YichuangError
    ├── ReadError(ValueError)            the file cannot be turned into cells
    │   ├── NoSuchInput(FileNotFoundError)
    │   ├── UnknownFormat                 the bytes are of no format that we read
    │   ├── EncryptedFile                 a password stands before the text
    │   ├── BrokenFile                    truncated, or not what it says it is
    │   ├── LimitExceeded                 larger, deeper or slower than `Limits` allows
    │   ├── NoTable                       read well, but holds no cities x dimensions
    │   ├── CountMismatch                 what was read does not add up
    │   └── UnsureReading                 read, but with doubts, and strict was asked for
    ├── BadTable(ValueError)             a table of cells lacks its columns
    ├── ModelError(ValueError)           a model folder is refused
    ├── CorpusError(ValueError)          a corpus does not keep its schema
    ├── BadOption(ValueError)            a rule, weight or suffix makes no sense
    └── MissingExtra(ImportError)        an optional library is not installed

Every message has four parts: where, what was found, what was expected, what to try.
"""

from __future__ import annotations

__all__ = [
    "BadOption",
    "BadTable",
    "BrokenFile",
    "CorpusError",
    "CountMismatch",
    "EncryptedFile",
    "LimitExceeded",
    "MissingExtra",
    "ModelError",
    "NoSuchInput",
    "NoTable",
    "ReadError",
    "UnknownFormat",
    "UnsureReading",
    "YichuangError",
]


class YichuangError(Exception):
    """Base of all errors that this package raises on purpose.

    >>> print(NoTable("a.txt", found="3 lines of prose", expected="a table", hint="try another file"))
    a.txt: found 3 lines of prose; expected a table; try another file
    """

    def __init__(self, where: object, *, found: str, expected: str = "", hint: str = "") -> None:
        self.where = str(where)
        self.found = found
        self.expected = expected
        self.hint = hint
        parts = [f"found {found}"]
        if expected:
            parts.append(f"expected {expected}")
        if hint:
            parts.append(hint)
        super().__init__(f"{self.where}: " + "; ".join(parts))

    def __str__(self) -> str:
        return str(self.args[0])

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild, (type(self), self.where, self.found, self.expected, self.hint)


def _rebuild(
    kind: type[YichuangError], where: str, found: str, expected: str, hint: str
) -> YichuangError:  # keyword arguments do not survive pickling between worker processes by themselves
    return kind(where, found=found, expected=expected, hint=hint)


class ReadError(YichuangError, ValueError):
    """A file cannot be turned into cells."""


class NoSuchInput(ReadError, FileNotFoundError):
    """The input does not exist or is not a file."""


class UnknownFormat(ReadError):
    """The bytes are of no format that the readers know."""


class EncryptedFile(ReadError):
    """The file asks for a password."""


class BrokenFile(ReadError):
    """The file is truncated, damaged, or not what its signature says."""


class LimitExceeded(ReadError):
    """The file is larger, deeper or slower than the limits allow."""


class NoTable(ReadError):
    """The file was read, but it holds no cities x dimensions."""


class CountMismatch(ReadError):
    """The cells that were read do not add up to the table."""


class UnsureReading(ReadError):
    """The file was read with doubts, and strict reading was asked for."""


class BadTable(YichuangError, ValueError):
    """A table of cells lacks a column that it needs."""


class ModelError(YichuangError, ValueError):
    """A model folder is missing, damaged, altered or of another format."""


class CorpusError(YichuangError, ValueError):
    """A corpus file does not keep its schema."""


class BadOption(YichuangError, ValueError):
    """A rule, a weight or an output suffix makes no sense."""


class MissingExtra(YichuangError, ImportError):
    """An optional library is not installed."""

    @classmethod
    def of(cls, extra: str, what: str) -> MissingExtra:
        """Return the one helpful sentence for a feature that needs `extra`."""
        return cls(
            what,
            found="that an optional library is not installed",
            hint=f'install it with: pip install "yichuang_nlp[{extra}]"',
        )
