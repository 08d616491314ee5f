"""Tests run against a module with a fault in it, each in a process of its own."""

from __future__ import annotations

import importlib
import os
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.machinery import SourceFileLoader
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# Imported before the processes divide, so that none of them has to.
_LIBRARIES = ("duckdb", "geopandas", "numpy", "pandas", "pyarrow.parquet")
_LIBRARIES += ("scipy.stats", "xarray", "yaml")
_PATIENCE, _LEAST = 4, 15


@dataclass(frozen=True)
class Outcome:
    """How the tests ended: "killed", "lives" or "too slow" (killed as well), after how long."""

    word: str
    seconds: float


def run_all(
    module: Path, sources: Sequence[str], tests: Sequence[str], *, jobs: int
) -> Iterator[Outcome]:
    """Return the outcome for each source in place of the module's own, in order.

    Raises RuntimeError when the tests fail, or there are none, with the module as it is.
    """
    for name in _LIBRARIES:
        importlib.import_module(name)
    if module.parts[0] == "dashboard":
        importlib.import_module("panel")
    source = (ROOT / module).read_text(encoding="utf-8")
    with tempfile.TemporaryFile("w+") as told:
        sound = _run(module, source, tests, 3600, told.fileno())
        if sound.word != "lives":
            told.seek(0)
            raise RuntimeError(f"{module}: its tests do not pass as it is\n{told.read()[-3000:]}")
    limit = _PATIENCE * sound.seconds + _LEAST
    with ThreadPoolExecutor(jobs) as pool:
        yield from pool.map(lambda source: _run(module, source, tests, limit), sources)


def _run(
    module: Path, source: str, tests: Sequence[str], limit: float, output: int = -1
) -> Outcome:
    began = time.monotonic()
    process = os.fork()
    if not process:
        os.setsid()
        os._exit(_child(str(ROOT / module), source, tests, output))
    while time.monotonic() - began < limit:
        ended, status = os.waitpid(process, os.WNOHANG)
        if ended:
            seconds = time.monotonic() - began
            return Outcome("killed" if os.waitstatus_to_exitcode(status) else "lives", seconds)
        time.sleep(0.02)
    os.killpg(process, signal.SIGKILL)
    os.waitpid(process, 0)
    return Outcome("too slow", limit)


def _child(file: str, source: str, tests: Sequence[str], output: int) -> int:
    """Run the tests with a source in place of a file's; 0 only when all of them pass."""
    for stream in (1, 2):
        os.dup2(os.open(os.devnull, os.O_WRONLY) if output < 0 else output, stream)
    own = SourceFileLoader.get_code

    def get_code(loader: SourceFileLoader, name: str):  # type: ignore[no-untyped-def]
        if loader.path == file:
            return compile(source, file, "exec")
        return own(loader, name)

    SourceFileLoader.get_code = get_code  # type: ignore[method-assign]
    sys.path.insert(0, str(ROOT))
    os.chdir(ROOT)
    try:
        return int(pytest.main(["-x", "-q", "-p", "no:cacheprovider", "--no-header", *tests]))
    except BaseException:  # a fault may raise anything, also while modules are imported
        traceback.print_exc()
        return 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
