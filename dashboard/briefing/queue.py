"""The queue of a server: briefings are ordered here, made in a process of their own, and collected.

Everything is kept in files of the workspace, so that any worker answers for any other.
"""

from __future__ import annotations

import json
import re
import secrets
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from geodata.access import Actor, utc_now

FOLDER = Path("briefings") / ".desk"
KEPT_SECONDS = 3600
_STUCK_SECONDS = 300
_TOKEN = re.compile(r"[A-Za-z0-9_-]{32,64}")
_RUNNING = {"state": "running", "done": 0, "total": 0, "sentence": ""}


@dataclass(frozen=True)
class Job:
    """How far an order is: state running, ready or failed; `sentence` says why it failed."""

    account: str
    name: str
    at: str
    state: str
    done: int
    total: int
    sentence: str


class BriefingQueue:
    """Orders of one workspace; what is older than an hour is thrown away."""

    def __init__(self, workspace: Path, *, clock: Callable[[], datetime] = utc_now) -> None:
        self.workspace, self.clock = workspace, clock
        self.folder = workspace / FOLDER

    def order(self, actor: Actor, options: Mapping[str, object], *, name: str) -> str:
        """Begin to make a briefing and return its token; `options` are options of briefing_of.

        `name` is the file's name for who collects it; its ending says the form.
        """
        self.sweep()
        self.folder.mkdir(parents=True, exist_ok=True)
        token = secrets.token_urlsafe(32)
        now = self.clock().astimezone(UTC)
        write_job(
            self.folder / f"{token}.json",
            Job(account=actor.name, name=name, at=now.isoformat(), **_RUNNING),  # type: ignore[arg-type]
        )
        order = {
            "workspace": str(self.workspace),
            "token": token,
            "actor": asdict(actor),
            "asked": dict(options),
            "at": f"{self.clock().astimezone():%Y-%m-%d %H:%M}",
        }
        # A process of its own: drawing takes most of a core, and the pages must stay quick.
        made = subprocess.Popen(
            [sys.executable, "-m", "dashboard.briefing.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
        )
        assert made.stdin is not None
        with made.stdin:
            json.dump(order, made.stdin)
        _CHILDREN.append(made)
        return token

    def job(self, token: str, account: str) -> Job | None:
        """Return an order of this account that is not too old; any other is as if it were not there."""
        if not _TOKEN.fullmatch(token):
            return None
        try:
            job = Job(**json.loads((self.folder / f"{token}.json").read_text("utf-8")))
        except (OSError, ValueError, TypeError):
            return None
        if job.account != account or self._is_old(job):
            return None
        if job.state == "running" and self._is_stuck(token):
            return replace(job, state="failed")
        return job

    def _is_stuck(self, token: str) -> bool:
        """Return whether nothing was told for so long that the process must have ended."""
        told = (self.folder / f"{token}.json").stat().st_mtime
        return self.clock().timestamp() - told > _STUCK_SECONDS

    def is_busy(self, account: str, *, most: int) -> bool:
        """Return whether an order of this account is still being made, or `most` of all accounts."""
        running = [job.account for job in self._jobs() if job.state == "running"]
        return account in running or len(running) >= most

    def _jobs(self) -> Iterator[Job]:
        for note in self.folder.glob("*.json"):
            try:
                told = Job(**json.loads(note.read_text("utf-8")))
            except (OSError, ValueError, TypeError):
                continue
            job = self.job(note.stem, told.account)
            if job is not None:
                yield job

    def file(self, token: str, account: str) -> Path | None:
        """Return the finished file of an order of this account."""
        job = self.job(token, account)
        if job is None or job.state != "ready":
            return None
        file = file_of(self.folder, token, job.name)
        return file if file.is_file() else None

    def sweep(self) -> int:
        """Throw away everything older than an hour; returns how many orders."""
        _CHILDREN[:] = [child for child in _CHILDREN if child.poll() is None]
        gone = 0
        for note in self.folder.glob("*.json"):
            try:
                old = self._is_old(Job(**json.loads(note.read_text("utf-8"))))
            except (OSError, ValueError, TypeError):
                old = True
            if old:
                gone += 1
                for file in self.folder.glob(f"*{note.stem}*"):
                    file.unlink(missing_ok=True)
        return gone

    def _is_old(self, job: Job) -> bool:
        age = self.clock() - datetime.fromisoformat(job.at)
        return age.total_seconds() > KEPT_SECONDS


# Kept until they end, so that none is left as a zombie.
_CHILDREN: list[subprocess.Popen[str]] = []


def end_orders() -> None:
    """End what this process has ordered and is still being made."""
    for child in _CHILDREN:
        child.terminate()


def file_of(folder: Path, token: str, name: str) -> Path:
    """Return where the file of an order lies."""
    return folder / f"{token}{Path(name).suffix}"


def write_job(note: Path, job: Job) -> None:
    """Write how far an order is, in one step."""
    part = note.with_suffix(".part")
    part.write_text(json.dumps(asdict(job), ensure_ascii=False), encoding="utf-8")
    part.replace(note)
