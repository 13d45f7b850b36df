"""A process that has the parsers loaded and forks one child a file: as safe as a new process each, and far cheaper.

No file is read in the loaded process itself, so no file finds what another one left. It takes requests over a socket,
each with the writing end of a pipe for the answer, and goes when the other end of the socket goes. Forking is for
Linux: Windows has none, and on macOS system libraries forbid it.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import select
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence

__all__ = ["ForkHost", "HostLostError", "current_host", "keep_host", "serve"]

_BLOCK = 1 << 16
_PATIENCE = 20.0  # seconds for the loaded process, which no file can make slow
_NUMBER = struct.Struct("=q")
_HAVE_FORK = sys.platform == "linux"
_kept = threading.local()


class HostLostError(Exception):
    """The loaded process is gone; whoever asked does the work another way."""


@contextlib.contextmanager
def keep_host() -> Iterator[None]:
    """Let all files that this thread reads inside the block share one loaded process, where forking is safe."""
    if not _HAVE_FORK or hasattr(_kept, "start"):
        yield
        return
    _kept.start, _kept.host = True, None
    try:
        yield
    finally:
        if _kept.host is not None:
            _kept.host.close()
        del _kept.start, _kept.host


def current_host(command: Callable[[int], Sequence[str]]) -> ForkHost | None:
    """Return the loaded process of this thread, None outside `keep_host`; `command` starts one on a socket."""
    if not hasattr(_kept, "start"):
        return None
    if _kept.host is None or _kept.host.lost:
        _kept.host = ForkHost(command)
    host: ForkHost = _kept.host
    return host


class ForkHost:
    """The near end: starts the loaded process, sends it requests, and keeps each child to its time."""

    def __init__(self, command: Callable[[int], Sequence[str]]) -> None:
        self.lost = False
        self._socket, far = socket.socketpair()
        with far:
            self._process = subprocess.Popen(
                command(far.fileno()),
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                pass_fds=(far.fileno(),), start_new_session=True,
            )  # fmt: skip

    def run(self, request: Sequence[str], seconds: float) -> tuple[int, bytes]:
        """Return the exit code and the answer of a child that does `request`; raises `TimeoutError` after `seconds`.

        Raises `HostLostError` when the loaded process is gone, by whatever hand.
        """
        reading, writing = os.pipe()
        try:
            child = self._start_child(request, writing)
            end = time.monotonic() + seconds
            try:
                answer = _read_until(reading, end)
            except TimeoutError:
                os.killpg(child, signal.SIGKILL)  # with whatever it started (LibreOffice)
                self._end_child(child, end)
                raise
            return self._end_child(child, end), answer
        except TimeoutError:
            raise
        except (OSError, EOFError) as error:
            self.close()
            raise HostLostError(str(error)) from error
        except BaseException:  # an interrupt: the loaded process kills its child when the socket closes
            self.close()
            raise
        finally:
            os.close(reading)

    def _start_child(self, request: Sequence[str], writing: int) -> int:
        line = json.dumps(request).encode()
        self._socket.settimeout(_PATIENCE)
        try:
            socket.send_fds(self._socket, [_NUMBER.pack(len(line))], [writing])
            self._socket.sendall(line)
            return _receive_number(self._socket)
        except TimeoutError as error:  # no file is to blame
            raise EOFError("the loaded process does not answer") from error
        finally:
            os.close(writing)

    def _end_child(self, child: int, end: float) -> int:
        """Let the child be buried, whose number is not given to another one until then; return its exit code."""
        self._socket.settimeout(max(_PATIENCE / 10, end - time.monotonic()))
        try:
            self._socket.sendall(b"w")
            return os.waitstatus_to_exitcode(_receive_number(self._socket))
        except TimeoutError:  # it has closed its pipe and lives on
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child, signal.SIGKILL)
            self.close()
            raise

    def close(self) -> None:
        """End the loaded process and the child that it may have."""
        self.lost = True
        self._socket.close()
        try:
            self._process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def _read_until(reading: int, end: float) -> bytes:
    parts: list[bytes] = []
    poll = select.poll()
    poll.register(reading, select.POLLIN)
    while True:
        left = end - time.monotonic()
        if left <= 0 or not poll.poll(left * 1000):
            raise TimeoutError
        part = os.read(reading, _BLOCK)
        if not part:
            return b"".join(parts)
        parts.append(part)


def _receive_number(connection: socket.socket) -> int:
    number: int = _NUMBER.unpack(_receive(connection, _NUMBER.size))[0]
    return number


def _receive(connection: socket.socket, size: int) -> bytes:
    content = b""
    while len(content) < size:
        part = connection.recv(size - len(content))
        if not part:
            raise EOFError("the other end is gone")
        content += part
    return content


def serve(number: str, load: Callable[..., None], answer: Callable[..., bytes]) -> None:
    """Run the loaded process: for each request on socket `number`, a child that writes `answer(*request)`.

    `load` is called first, in this process, and leaves what the child will need; it must start no thread, since the
    fork of a process with threads can hang.
    """
    connection = socket.socket(fileno=int(number))
    connection.set_inheritable(False)
    while True:
        head, handles, _, _ = socket.recv_fds(connection, _NUMBER.size, 1)
        if not handles:
            return
        head += _receive(connection, _NUMBER.size - len(head))
        request = json.loads(_receive(connection, _NUMBER.unpack(head)[0]))
        load(*request)
        gc.freeze()  # a collection in the child would write to, and so copy, every page that it shares
        child = os.fork()
        if not child:
            _answer_and_exit(connection, handles[0], request, answer)
        with contextlib.suppress(OSError):  # done already by the child, whichever is first
            os.setpgid(child, child)
        os.close(handles[0])
        try:
            connection.sendall(_NUMBER.pack(child))
            _receive(connection, 1)
        except (OSError, EOFError):  # nobody waits any more
            os.killpg(child, signal.SIGKILL)
            return
        connection.sendall(_NUMBER.pack(os.waitpid(child, 0)[1]))


def _answer_and_exit(
    connection: socket.socket, handle: int, request: Sequence[str], answer: Callable[..., bytes]
) -> None:
    code = 1
    try:
        connection.close()
        with contextlib.suppress(OSError):
            os.setpgid(0, 0)
        with open(handle, "wb") as stream:
            stream.write(answer(*request))
        code = 0
    finally:
        os._exit(code)  # no destructors: they can hang or crash after the answer is out
