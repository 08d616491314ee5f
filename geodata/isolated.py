"""Work in processes of their own: on one file with ceilings of memory and time, or shared by many.

A library that reads damaged files may ask for any memory, stop its process or never end. One server
process is started and forks for each file, so that a library is imported once; where a system
cannot fork, each file has a process of its own.
"""

from __future__ import annotations

import atexit
import importlib
import io
import json
import os
import pickle
import select
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context, parent_process
from typing import IO, Any

# What the system needs for a process beside what a file takes, in bytes.
MEMORY = 2_000_000_000
DONE, FAILED, TIME, ENDED = b"d", b"f", b"t", b"e"
_ALLOWED = {
    ("_codecs", "encode"),
    ("datetime", "date"),
    ("datetime", "datetime"),
    ("datetime", "time"),
    ("datetime", "timedelta"),
    ("numpy", "dtype"),
    ("numpy", "ndarray"),
    ("numpy._core.multiarray", "_reconstruct"),
    ("numpy._core.multiarray", "scalar"),
    ("numpy._core.numeric", "_frombuffer"),
}


class StoppedError(Exception):
    """The process ended without an answer: `reason` is memory, time or ended."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def run_isolated(work: str, *arguments: Any, seconds: int, memory: int = MEMORY) -> Any:
    """Return what a function (`module:name`) gives for arguments, in a process of its own.

    Arguments are what JSON holds, results plain values and numpy arrays. `seconds` of the processor
    and twice as many by the clock, and `memory` in bytes beside the program itself, are all it may
    take. Raises StoppedError when it takes more or ends by itself.
    """
    asked = {"work": work, "arguments": arguments, "seconds": seconds, "memory": memory}
    status, content = _SERVERS.ask(json.dumps(asked).encode())
    if status != DONE:
        reasons = {FAILED: "memory", TIME: "time"}
        raise StoppedError(reasons.get(status, "ended"))
    return _Plain(io.BytesIO(content)).load()


def process_pool(count: int) -> ProcessPoolExecutor:
    """Return processes that share work, and end when this one does, however that is."""
    return ProcessPoolExecutor(count, get_context("spawn"), _end_with_parent)


def _end_with_parent() -> None:
    """Let this process end with the one that started it, which waits for work forever otherwise."""

    def wait() -> None:
        parent = parent_process()
        if parent is not None:
            parent.join()
            os._exit(1)

    threading.Thread(target=wait, daemon=True).start()


class _Plain(pickle.Unpickler):
    """Reads nothing but plain values and arrays: what comes may come from a process gone wrong."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in _ALLOWED:
            raise StoppedError("ended")
        return super().find_class(module, name)


class _Servers:
    """The server process of this process; asked by one thread at a time."""

    def __init__(self) -> None:
        self._alone = threading.Lock()
        self._server: subprocess.Popen[bytes] | None = None
        self._owner = 0

    def ask(self, request: bytes) -> tuple[bytes, bytes]:
        """Return status and content of the answer to a request."""
        with self._alone:
            server = self._running()
            assert server.stdin is not None
            assert server.stdout is not None
            try:
                _send(server.stdin, b"", request)
                return _received(server.stdout)
            except (OSError, EOFError):
                self._stop()
                return ENDED, b""
            except BaseException:
                # What was asked may still be answered, which nobody would read.
                self._stop()
                raise
            finally:
                if not hasattr(os, "fork"):
                    self._stop()

    def _running(self) -> subprocess.Popen[bytes]:
        if self._server is None or self._owner != os.getpid() or self._server.poll() is not None:
            self._owner = os.getpid()
            self._server = subprocess.Popen(
                [sys.executable, "-m", __name__],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                # A library that shares its work among threads would ask for memory for each.
                env={
                    **os.environ,
                    "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
                    "OPENBLAS_NUM_THREADS": "1",
                    "OMP_NUM_THREADS": "1",
                },
                start_new_session=True,
            )
        return self._server

    def _stop(self) -> None:
        server, self._server = self._server, None
        if server is None or self._owner != os.getpid():
            return
        server.kill()
        server.wait()
        for stream in (server.stdin, server.stdout):
            if stream is not None:
                stream.close()

    def close(self) -> None:
        """End the server, when this process ends."""
        with self._alone:
            self._stop()


_SERVERS = _Servers()
atexit.register(_SERVERS.close)


def _send(stream: IO[bytes], status: bytes, content: bytes) -> None:
    stream.write(status + len(content).to_bytes(8, "big") + content)
    stream.flush()


def _received(stream: IO[bytes], *, status: bool = True) -> tuple[bytes, bytes]:
    head = stream.read(9 if status else 8)
    if len(head) < (9 if status else 8):
        raise EOFError
    size = int.from_bytes(head[-8:], "big")
    content = stream.read(size)
    if len(content) < size:
        raise EOFError
    return head[:-8], content


def serve() -> None:
    """Answer requests from the standard input until it ends."""
    requests, answers = sys.stdin.buffer, sys.stdout.buffer
    while True:
        try:
            _, request = _received(requests, status=False)
        except EOFError:
            return
        asked = json.loads(request)
        module, name = asked["work"].split(":")
        work = getattr(importlib.import_module(module), name)
        if hasattr(os, "fork"):
            _send(answers, *_in_a_fork(work, asked))
        else:
            _send(answers, *_answer(work, asked))


def _in_a_fork(work: Any, asked: dict[str, Any]) -> tuple[bytes, bytes]:
    """Return the answer of a forked process, which is ended when it takes too long."""
    reads, writes = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reads)
        _limit(asked["seconds"], asked["memory"])
        status, content = _answer(work, asked)
        with os.fdopen(writes, "wb") as pipe:
            pipe.write(status + content)
        os._exit(0)
    os.close(writes)
    parts, late = _read_all(reads, time.monotonic() + 2 * asked["seconds"])
    if late:
        os.kill(child, signal.SIGKILL)
    _, ended = os.waitpid(child, 0)
    if late or (os.WIFSIGNALED(ended) and os.WTERMSIG(ended) == signal.SIGXCPU):
        return TIME, b""
    content = b"".join(parts)
    return (content[:1], content[1:]) if ended == 0 and content else (ENDED, b"")


def _read_all(pipe: int, until: float) -> tuple[list[bytes], bool]:
    parts: list[bytes] = []
    with os.fdopen(pipe, "rb", buffering=0) as stream:
        while True:
            ready, _, _ = select.select([stream], [], [], max(0.0, until - time.monotonic()))
            if not ready:
                return parts, True
            part = stream.read(1 << 20)
            if not part:
                return parts, False
            parts.append(part)


def _answer(work: Any, asked: dict[str, Any]) -> tuple[bytes, bytes]:
    try:
        return DONE, pickle.dumps(work(*asked["arguments"]), protocol=5)
    except MemoryError:
        return FAILED, b""
    # A library of another language ends in kinds of its own, some of which are no Exception.
    except BaseException as error:
        return (FAILED if "memory" in str(error).lower() else ENDED), b""


def _limit(seconds: int, memory: int) -> None:
    """Let the system end this process when it takes more memory or time than it may."""
    import resource

    try:
        with open("/proc/self/statm", "rb") as pages:
            own = int(pages.read().split()[0]) * resource.getpagesize()
    except OSError:  # Only Linux tells how much a program itself takes.
        own = 0
    resource.setrlimit(resource.RLIMIT_AS, (own + memory, own + memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    serve()
