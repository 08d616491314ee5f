"""A briefing becomes a file: whole or not at all, within the actor's scope, and on record."""

from __future__ import annotations

import hashlib
import importlib
import os
import pkgutil
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

from dashboard.briefing import formats
from dashboard.briefing.briefing import Briefing, Progress
from geodata.access import AuditTrail
from geodata.access.chain import AuditEntry
from geodata.errors import BriefingError


def known_forms() -> tuple[str, ...]:
    """Return the endings of files that can be written: the modules of dashboard.briefing.formats."""
    return tuple(sorted(module.name for module in pkgutil.iter_modules(formats.__path__)))


def form_of(file: Path) -> ModuleType:
    """Return the module that writes a file by its ending; raises BriefingError naming those there are.

    Such a module has `steps(briefing)`, how many steps are told, and `write(briefing, file, step)`.
    """
    ending = file.suffix.lower().removeprefix(".")
    if ending not in known_forms():
        known = "、".join(f".{name}" for name in known_forms())
        raise BriefingError("briefing.no_form", suffix=file.suffix or file.name, known=known)
    return importlib.import_module(f"{formats.__name__}.{ending}")


def check_target(file: Path) -> None:
    """Raise BriefingError when a file cannot be written, before any work is done."""
    if file.is_dir():
        raise BriefingError("briefing.is_folder", file=file)
    folder = file.parent
    if not folder.is_dir():
        raise BriefingError("briefing.no_folder", folder=folder, why="ENOENT")
    probe = _part(file)
    try:
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise BriefingError("briefing.no_folder", folder=folder, why=error.strerror) from error
    # Office suites keep such a file beside one that is open; there the old file would come back.
    for lock in (f".~lock.{file.name}#", f"~${file.name}", f"~${file.name[2:]}"):
        if (folder / lock).exists():
            raise BriefingError("briefing.is_open", file=file, why=lock)
    if file.exists():
        try:
            file.open("r+b").close()
        except OSError as error:
            raise BriefingError("briefing.is_open", file=file, why=error.strerror) from error


def steps_of(briefing: Briefing, file: Path) -> int:
    """Return how many steps `write_briefing` tells."""
    return int(form_of(file).steps(briefing))


def write_briefing(
    briefing: Briefing, file: Path, trail: AuditTrail, *, step: Progress = lambda name: None
) -> Path:
    """Write a briefing and return its file; an older one is replaced in one step at the end.

    The actor must be allowed to export at the place; a refusal is recorded and raises ScopeError.
    What leaves is recorded by its hash before it stands under its name. Raises BriefingError.
    """
    form = form_of(file)
    check_target(file)
    _allow(briefing, trail)

    def fill(part: Path) -> None:
        form.write(briefing, part, step)
        digest = hashlib.sha256(part.read_bytes()).hexdigest()
        _record(briefing, trail, sha256=digest, form=file.suffix)

    return replace_file(file, fill)


def replace_file(file: Path, fill: Callable[[Path], object]) -> Path:
    """Let `fill` write a file beside `file`, then put it in its place in one step.

    Nothing is left of it when `fill` fails. Raises BriefingError when it cannot be written.
    """
    check_target(file)
    part = _part(file)
    try:
        fill(part)
        try:
            os.replace(part, file)
        except OSError as error:
            raise BriefingError("briefing.is_open", file=file, why=error.strerror) from error
    finally:
        part.unlink(missing_ok=True)
    return file


def _part(file: Path) -> Path:
    return file.with_name(f".{file.stem}.{os.getpid()}.part{file.suffix}")


def _allow(briefing: Briefing, trail: AuditTrail) -> None:
    verdict = briefing.source.actor.allows(briefing.place, "export")
    if not verdict:
        _record(briefing, trail, outcome="refused")
        raise verdict.error()


def _record(
    briefing: Briefing, trail: AuditTrail, *, outcome: str = "allowed", **detail: object
) -> None:
    actor = briefing.source.actor
    about = {
        "month": briefing.month,
        "themes": ",".join(theme.key for theme in briefing.themes),
        "each": briefing.each,
        "public": briefing.public,
    }
    trail.record(
        AuditEntry.by(
            actor,
            "export",
            place=briefing.place,
            reason="briefing",
            outcome=outcome,
            detail=about | detail,
        )
    )
