"""A command of guatu run beside the server, in a process of its own."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from collections.abc import Sequence
from pathlib import Path

LOGGER = logging.getLogger("guatu.server")


async def run_command(arguments: Sequence[str], out: Path | None = None, lang: str = "") -> int:
    """Run a command, what it says in a language and kept in `out`; returns its exit code."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "dashboard",
        *arguments,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env={**os.environ, **({"GUATU_LANG": lang} if lang else {})},
    )
    said, _ = await process.communicate()
    if out is not None:
        fresh = out.with_name(f".{out.name}.new")
        fresh.write_bytes(said)
        fresh.replace(out)
    status = process.returncode or 0
    # Which command and how it ended; what it says may name people.
    LOGGER.info("", extra={"what": f"guatu {arguments[0]} ended with {status}"})
    return status
