"""Files that somebody brought for a month and that are not imported yet: kept apart, tried, then stored."""

from __future__ import annotations

import hashlib
import json
import os
import re
import secrets
import shutil
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from geodata.config import Config, PlaceDecision, take_back_place_decision
from geodata.errors import SourceError
from geodata.escaping import plain_text
from geodata.intake.delivery import SUFFIXES, delivered_files
from geodata.periods import parse_month
from geodata.store.snapshots import write_durably

FOLDER = "incoming"
# What may come at once, in bytes and files; a month of a large county is some 40 MB.
LARGEST, MOST_FILES = 64 * 2**20, 40
WAITING, TRYING, TRIED, REFUSED, STORING, STORED, DROPPED, UNDONE = (
    "waiting",
    "trying",
    "tried",
    "refused",
    "storing",
    "stored",
    "dropped",
    "undone",
)
# What is tried or stored for longer was cut off; what nobody stores, and what was never whole, is deleted.
PATIENCE, KEPT, UNFINISHED = timedelta(minutes=30), timedelta(days=30), timedelta(hours=1)
_FACTS = ("stored_by", "snapshot", "told", "accept_month", "accept")
# What of an upload holds the reason in spite of which a month is taken, by the key of its refusal.
REASONS = {"imports.other_month": "accept_month", "imports.doubted": "accept"}
_KEY = re.compile(r"[0-9a-f]{12}")
_FORBIDDEN = re.compile(r'[\x00-\x1f/\\:*?"<>|]')


@dataclass(frozen=True)
class Incoming:
    """One upload: its key, month, who brought it and when, the names of the files, and its state.

    `stored_by` and `snapshot` are filled once it is stored, `told` is why it was refused. With `whole`
    the files are the whole month; else `base` marks the files delivered before that they joined.
    `accept_month` is the reason why files that say another month are of this one, `accept` why tables are
    right that look unlike the month's; `decided` are township, name and code of the places that were decided for it.
    """

    key: str
    month: str
    by: str
    at: str
    files: tuple[str, ...]
    state: str = WAITING
    stored_by: str = ""
    snapshot: str = ""
    told: str = ""
    whole: bool = False
    base: str = ""
    accept_month: str = ""
    accept: str = ""
    decided: tuple[tuple[str, str, str], ...] = ()

    @property
    def is_open(self) -> bool:
        """Return whether something can still be done with it."""
        return self.state in (WAITING, TRYING, TRIED, REFUSED, UNDONE)


def incoming_config(config: Config, key: str) -> Config:
    """Return the settings of a workspace that read the files of an upload in place of those delivered."""
    return replace(config, delivered=f"{FOLDER}/{_checked(key)}/raw")


def upload_folder(folder: Path, key: str) -> Path:
    """Return the folder of an upload; raises SourceError for a key that is none."""
    return folder / FOLDER / _checked(key)


def _checked(key: str) -> str:
    if not _KEY.fullmatch(key):
        raise SourceError("imports.no_incoming", key=plain_text(key, 20))
    return key


def keep_files(
    config: Config,
    month: str,
    files: Sequence[tuple[str, bytes]],
    *,
    by: str,
    at: str,
    whole: bool = False,
) -> Incoming:
    """Keep uploaded files of a month apart, with the files delivered before that they do not replace.

    With `whole` the upload is the whole month. What earlier uploads left is swept first. Raises
    SourceError for a month that is none, for no file, for names that are no tables or came twice, and
    for more than there may be.
    """
    sweep(config, now=datetime.fromisoformat(at))
    try:
        month = parse_month(month)
    except ValueError:
        raise SourceError("imports.no_month_given", month=plain_text(month, 20)) from None
    names = [_file_name(name) for name, _ in files]
    wrong = [name for name in names if Path(name).suffix.lower() not in SUFFIXES]
    if not names:
        raise SourceError("imports.no_upload")
    if wrong:
        listed = "、".join(wrong[:5])
        raise SourceError("imports.no_table_file", files=listed, kinds=", ".join(sorted(SUFFIXES)))
    if len({name.casefold() for name in names}) < len(names):
        raise SourceError("imports.twice_uploaded", files="、".join(sorted(names)[:8]))
    if len(names) > MOST_FILES or sum(len(content) for _, content in files) > LARGEST:
        raise SourceError("imports.too_much", files=MOST_FILES, megabytes=LARGEST // 2**20)
    upload = Incoming(secrets.token_hex(6), month, by, at, tuple(names), whole=whole)
    home = upload_folder(config.folder, upload.key) / "raw" / month
    home.mkdir(parents=True, mode=0o700)
    for name, (_, content) in zip(names, files, strict=True):
        (home / name).write_bytes(content)
    return with_others(config, upload)


def with_others(config: Config, upload: Incoming, *, month: str = "") -> Incoming:
    """Lay the files that its month has now beside those of an upload; returns it with that base.

    `month` is another month that the files are of. Raises SourceError when it is none.
    """
    try:
        month = parse_month(month or upload.month)
    except ValueError:
        raise SourceError("imports.no_month_given", month=plain_text(month, 20)) from None
    raw = upload_folder(config.folder, upload.key) / "raw"
    if month != upload.month:
        (raw / upload.month).rename(raw / month)
    own = {name.casefold() for name in upload.files}
    home, there = raw / month, config.raw / month
    for file in delivered_files(home):
        if file.name.casefold() not in own:
            file.unlink()
    if not upload.whole and there.is_dir():
        for file in delivered_files(there):
            if file.name.casefold() not in own:
                shutil.copyfile(file, home / file.name)
    # A reason speaks of the month it was given for.
    if month != upload.month:
        upload = replace(upload, accept_month="", accept="")
    return _kept(config.folder, replace(upload, month=month, base=_mark(there)))


def is_overtaken(config: Config, upload: Incoming) -> bool:
    """Return whether the files of its month are others now than those that an upload was tried with."""
    return not upload.whole and upload.base != _mark(config.raw / upload.month)


def _mark(folder: Path) -> str:
    """Return what tells the table files of a folder from others: names, sizes and times."""
    facts = [
        f"{file.relative_to(folder)}|{file.stat().st_size}|{file.stat().st_mtime_ns}"
        for file in (delivered_files(folder) if folder.is_dir() else ())
    ]
    return hashlib.sha256("\n".join(facts).encode()).hexdigest()


def _file_name(given: str) -> str:
    """Return the last part of a name that a browser sent, without signs that no file has."""
    last = re.split(r"[/\\]", given)[-1]
    name = _FORBIDDEN.sub("_", last).strip().lstrip(".~$")
    stem, ending = os.path.splitext(name)
    return f"{stem[:80]}{ending[:8]}" or "_"


def _kept(folder: Path, upload: Incoming) -> Incoming:
    content = json.dumps(asdict(upload), ensure_ascii=False, indent=1).encode()
    write_durably(upload_folder(folder, upload.key) / "state.json", content)
    return upload


def with_state(folder: Path, upload: Incoming, state: str, **facts: str) -> Incoming:
    """Keep a new state of an upload, with what is told of it; returns it."""
    known = {name: facts.get(name, getattr(upload, name)) for name in _FACTS}
    stored_by, snapshot, told, accept_month, accept = known.values()
    fresh = replace(upload, stored_by=stored_by, snapshot=snapshot, told=told)
    fresh = replace(fresh, accept_month=accept_month, accept=accept)
    return _kept(folder, replace(fresh, state=state))


def with_decision(folder: Path, upload: Incoming, decision: PlaceDecision) -> Incoming:
    """Keep that a place was decided for an upload, so that it can be taken back with it."""
    decided = (decision.township, decision.name, decision.code)
    return _kept(folder, replace(upload, decided=(*upload.decided, decided)))


def uploads(folder: Path) -> tuple[Incoming, ...]:
    """Return the uploads of a workspace, newest first; what cannot be read is left out."""
    known = []
    for file in (folder / FOLDER).glob("*/state.json"):
        try:
            content = json.loads(file.read_text(encoding="utf-8"))
            upload = Incoming(**{**content, "files": tuple(content["files"])})
            decided = tuple((one[0], one[1], one[2]) for one in upload.decided)
            upload = replace(upload, decided=decided)
        except (OSError, ValueError, LookupError, TypeError):
            continue
        if upload.key == file.parent.name:
            known.append(upload)
    return tuple(sorted(known, key=lambda one: (one.at, one.key), reverse=True))


def upload_of(folder: Path, key: str) -> Incoming:
    """Return one upload; raises SourceError when there is none of the key."""
    _checked(key)
    for upload in uploads(folder):
        if upload.key == key:
            return upload
    raise SourceError("imports.no_incoming", key=key)


def trial_of(folder: Path, key: str) -> dict[str, Any] | None:
    """Return what a trial of an upload said (the JSON of `guatu import --json`), None before there is one."""
    try:
        content = json.loads(
            (upload_folder(folder, key) / "trial.json").read_text(encoding="utf-8")
        )
    except (OSError, ValueError):
        return None
    return content if isinstance(content, dict) else None


def keep_progress(folder: Path, key: str, progress: dict[str, Any]) -> None:
    """Keep how far a trial has come, in place of what was kept before."""
    file = upload_folder(folder, key) / "progress.json"
    fresh = file.with_name(f".{file.name}.new")
    fresh.write_text(json.dumps(progress, ensure_ascii=False), encoding="utf-8")
    fresh.replace(file)


def progress_of(folder: Path, key: str) -> dict[str, Any]:
    """Return how far a trial has come: `done`, `all`, `name` and the first `issues`; {} before it began."""
    try:
        content = json.loads((upload_folder(folder, key) / "progress.json").read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def sweep(config: Config, *, now: datetime) -> tuple[str, ...]:
    """Finish or delete what a stop in between or nobody's decision left; returns the keys concerned.

    A month whose files were only half exchanged gets the new ones. Uploads that nobody stored for a
    month are dropped, with their record; folders that never became an upload are deleted.
    """
    touched = []
    known = {upload.key: upload for upload in uploads(config.folder)}
    for home in sorted((config.folder / FOLDER).glob("*")):
        upload = known.get(home.name)
        if not home.is_dir() or not _KEY.fullmatch(home.name):
            continue
        if upload is None:
            made = datetime.fromtimestamp(home.stat().st_mtime, now.tzinfo)
            if made + UNFINISHED < now:
                shutil.rmtree(home, ignore_errors=True)
                touched.append(home.name)
            continue
        fresh, there = home / "raw" / upload.month, config.raw / upload.month
        if (home / "before").is_dir() and fresh.is_dir() and not there.exists():
            (home / "before" if upload.state == UNDONE else fresh).rename(there)
            touched.append(upload.key)
        elif upload.is_open and datetime.fromisoformat(upload.at) + KEPT < now:
            drop_files(config.folder, upload)
            touched.append(upload.key)
    return tuple(touched)


def take_in(config: Config, upload: Incoming) -> None:
    """Put the files of a stored upload in the place of those delivered before, which are kept beside."""
    home = upload_folder(config.folder, upload.key)
    there = config.raw / upload.month
    if there.is_dir():
        there.rename(home / "before")
    config.raw.mkdir(parents=True, exist_ok=True)
    (home / "raw" / upload.month).rename(there)


def take_back(config: Config, upload: Incoming) -> Incoming:
    """Put the files that a stored upload replaced in their place again, and its own back beside them.

    Decisions on places that were made for it leave the settings. Returns the upload, which can be
    tried again or dropped.
    """
    for township, name, code in reversed(upload.decided):
        take_back_place_decision(config.folder, PlaceDecision(name, code, township))
    undone = _kept(config.folder, replace(upload, state=UNDONE, snapshot="", told="", decided=()))
    home = upload_folder(config.folder, upload.key)
    fresh, there = home / "raw" / upload.month, config.raw / upload.month
    if there.is_dir() and not fresh.exists():
        fresh.parent.mkdir(exist_ok=True)
        there.rename(fresh)
    if (home / "before").is_dir() and not there.exists():
        (home / "before").rename(there)
    return undone


def drop_files(folder: Path, upload: Incoming) -> Incoming:
    """Delete the files of an upload and keep that it was dropped; returns it."""
    for part in ("raw", "report", "trial.json", "progress.json"):
        left = upload_folder(folder, upload.key) / part
        shutil.rmtree(left, ignore_errors=True) if left.is_dir() else left.unlink(missing_ok=True)
    return with_state(folder, upload, DROPPED, told="")
