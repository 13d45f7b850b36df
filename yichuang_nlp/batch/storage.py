"""Where results go: a folder on this machine or a URL that fsspec knows, with files that appear whole or not at all."""

from __future__ import annotations

import contextlib
import hashlib
import io
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from yichuang_nlp.errors import BadOption, MissingExtra

__all__ = ["Storage", "open_url"]

# An object store shows an object only when its upload has ended; everything else needs a rename.
_WHOLE_BY_NATURE = {"s3", "s3a", "gs", "gcs", "abfs", "abfss", "az", "adl", "oss", "obs", "memory"}
_LOCK = ".lock"


def open_url(url: str) -> tuple[Any, str]:
    """Return the file system of `url` and the path inside it; a plain path belongs to this machine."""
    try:
        from fsspec.core import url_to_fs
    except ImportError as error:
        raise MissingExtra.of("batch", "many files at once") from error
    try:
        fs, path = url_to_fs(url)
    except (ImportError, ValueError) as error:  # a protocol nobody knows, or one whose package is missing
        raise BadOption(
            url, found=f"that it cannot be opened ({error})", expected="a path or a URL that fsspec knows",
            hint="s3:// needs the package s3fs, hdfs:// needs pyarrow and a Hadoop client",
        ) from error  # fmt: skip
    return fs, str(path)


def protocol_of(fs: Any) -> str:
    """Return the first name of the protocol of `fs`, such as `file` or `s3`."""
    return fs.protocol if isinstance(fs.protocol, str) else str(fs.protocol[0])


class Storage:
    """A folder of results; names inside it are relative, with forward slashes.

    >>> folder = Storage("memory://doctest")
    >>> folder.write("a/b.txt", "已完成".encode())
    >>> folder.read("a/b.txt").decode(), sorted(folder.names("a"))
    ('已完成', ['a/b.txt'])
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self.fs, self.root = open_url(url)
        self.root = self.root.rstrip("/")
        self.local = protocol_of(self.fs) in ("file", "local")

    def path(self, name: str) -> str:
        """Return the path of `name` inside the file system."""
        return f"{self.root}/{name}"

    def read(self, name: str) -> bytes:
        """Return the bytes of `name`."""
        content: bytes = self.fs.cat_file(self.path(name))
        return content

    def exists(self, name: str) -> bool:
        """Return whether there is a file `name`."""
        return bool(self.fs.isfile(self.path(name)))

    def names(self, folder: str, *, depth: int | None = None) -> set[str]:
        """Return the names of all files below `folder`, down to `depth` folders."""
        return set(self.sizes(folder, depth=depth))

    def sizes(self, folder: str, *, depth: int | None = None) -> dict[str, int]:
        """Return the names of all files below `folder`, down to `depth` folders, with their bytes."""
        self.fs.invalidate_cache()
        start = len(self.root) + 1
        found = self.fs.find(self.path(folder).rstrip("/"), maxdepth=depth, detail=True)
        return {path[start:].replace("\\", "/"): int(info["size"]) for path, info in found.items()}

    def remove(self, name: str) -> None:
        """Remove `name`; it is fine if someone else was faster."""
        with contextlib.suppress(FileNotFoundError):
            self.fs.rm_file(self.path(name))

    def write(self, name: str, content: bytes) -> None:
        """Write a whole file: readers see the old one or the new one, whatever happens in between."""
        with self.writing(name) as stream:
            stream.write(content)

    @contextlib.contextmanager
    def writing(self, name: str) -> Iterator[IO[bytes]]:
        """Give a stream whose content appears under `name` when the block ends without an error."""
        target = self.path(name)
        parent, _, last = target.rpartition("/")
        # a long name must not grow beyond the 255 bytes that a file system allows
        temporary = f"{parent}/.{hashlib.sha256(last.encode()).hexdigest()[:16]}.{uuid.uuid4().hex[:8]}.tmp"
        if self.local:
            Path(parent).mkdir(parents=True, exist_ok=True)
            try:
                with Path(temporary).open("wb") as stream:
                    yield stream
                Path(temporary).replace(target)
            finally:
                Path(temporary).unlink(missing_ok=True)
        elif protocol_of(self.fs) in _WHOLE_BY_NATURE:
            whole = io.BytesIO()
            yield whole
            self.fs.pipe_file(target, whole.getvalue())
        else:
            self.fs.makedirs(parent, exist_ok=True)
            with self.fs.open(temporary, "wb") as stream:
                yield stream
            if self.fs.exists(target):  # hdfs does not rename onto a file
                self.fs.rm_file(target)
            self.fs.mv(temporary, target)

    @contextlib.contextmanager
    def lock(self) -> Iterator[None]:
        """Keep a second run out of a folder of this machine; the lock goes with the process, however it ends."""
        try:
            import fcntl
        except ImportError:  # Windows
            yield
            return
        if not self.local:
            yield
            return
        try:
            Path(self.root).mkdir(parents=True, exist_ok=True)
            stream = Path(self.path(_LOCK)).open("a")  # noqa: SIM115 (held as long as the run)
        except OSError as error:
            raise BadOption(
                self.url, found=f"that it cannot be written ({error.strerror})", expected="a writable folder"
            ) from error
        with stream:
            try:
                fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                raise BadOption(
                    self.url, found="another run at work in this folder", expected="one run at a time",
                    hint="wait for it, or give another folder",
                ) from error  # fmt: skip
            yield
