"""``guatu trace``: who took a file out, and when, found again by its content or its number."""

from __future__ import annotations

import hashlib
import json
import re
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from dashboard.texts import text
from geodata.escaping import plain_text

if TYPE_CHECKING:
    from geodata.access import Record

# The number of the audit and the first digits of the content's hash, as a list or card bears them.
_MARK = re.compile(rb"(?<![\w-])([1-9]\d{0,11})-([0-9a-f]{8})(?![\w-])")
_DIGITS = 8
# So much is looked through of a file, or of one part of it; a mark stands in its first lines.
_LONGEST = 64 * 2**20
_MOST = 10_000


@click.command(help=text("trace.help"))
@click.argument("target", metavar="FILE")
@click.option(
    "--workspace",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=".",
    help=text("user.workspace_help"),
)
def command(target: str, workspace: Path) -> None:
    """Print the record of the export that a file or a number is from; exit code 1 for none.

    Asking is recorded.
    """
    from dashboard.content.audit_words import record_cells
    from geodata.access import AuditEntry, command_actor, open_trail

    file = Path(target)
    typed = _MARK.fullmatch(target.strip().encode())
    if not file.is_file() and typed is None:
        raise click.BadParameter(text("trace.no_file", file=plain_text(target, 80)))
    trail = open_trail(workspace, made=True)
    digest = "" if typed else _digest(file)
    marks = {typed.groups()} if typed else set(_marks(file))
    records = [one for one in trail.records(act="export") if _is_of(one, digest, marks)]
    subject = ",".join(str(one.seq) for one in records[:10])
    trail.record(AuditEntry.by(command_actor(), "audit", subject=subject, detail={"trace": digest}))
    for record in records:
        click.echo("  ".join(part for part in record_cells(record, None).values() if part))
        same = "same" if digest and _told(record).get("sha256") == digest else "number"
        click.echo("  " + text(f"trace.by_{same}", seq=record.seq))
    if not records:
        click.echo(text("trace.none", file=plain_text(file.name, 80)))
        sys.exit(1)


def _is_of(record: Record, digest: str, marks: set[tuple[bytes, ...]]) -> bool:
    """Return whether a record is of the file with this digest, or of one that bears one of the marks."""
    sha256 = str(_told(record).get("sha256", ""))
    if not sha256 or record.outcome != "allowed":
        return False
    mark = (str(record.seq).encode(), sha256[:_DIGITS].encode())
    return sha256 == digest or mark in marks


def _told(record: Record) -> dict[str, Any]:
    told = json.loads(record.detail or "{}")
    return told if isinstance(told, dict) else {}


def _digest(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _marks(file: Path) -> Iterator[tuple[bytes, ...]]:
    """Yield what looks like the mark of an export in a file, or in the parts of an office file."""
    for content in _contents(file):
        for count, match in enumerate(_MARK.finditer(content)):
            if count >= _MOST:
                break
            yield match.groups()


def _contents(file: Path) -> Iterator[bytes]:
    if not zipfile.is_zipfile(file):
        with file.open("rb") as whole:
            yield whole.read(_LONGEST)
        return
    try:
        with zipfile.ZipFile(file) as parts:
            left = _LONGEST
            for name in parts.namelist():
                if name.endswith(".xml") and left > 0:
                    with parts.open(name) as part:
                        unpacked = part.read(left)
                    left -= len(unpacked)
                    yield unpacked
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError) as error:
        raise click.BadParameter(text("trace.broken", file=plain_text(file.name, 80))) from error
