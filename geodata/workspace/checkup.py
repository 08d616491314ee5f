"""What is missing or odd in a workspace, each thing with the command that mends it."""

from __future__ import annotations

import os
import re
import shlex
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path

from geodata.access import KeyRing, audit_ring, database_of, open_trail
from geodata.atlas import open_atlas
from geodata.config import FOLDERS, Config, read_config
from geodata.errors import GuatuError
from geodata.i18n import listed, text
from geodata.intake.known import latest_places
from geodata.policy import Lookup
from geodata.store import SnapshotStore
from geodata.workspace.building import stale_months
from geodata.workspace.county_atlas import county_tree
from geodata.workspace.inputs import Setup
from geodata.workspace.saved import built_months
from geodata.workspace.verifying import made_faults, raw_faults
from geodata.workspace.workspace import open_workspace

FAULT, NOTICE = "fault", "notice"
_SHOWN = 6
_MONTH = re.compile(r"\d{4}-\d{2}")
# A month of a small county takes this much at least, in bytes; clocks differ by so little.
_LEAST_ROOM = 500 * 2**20
_CLOCKS_DIFFER = timedelta(minutes=2)


@dataclass(frozen=True)
class Advice:
    """One thing that is missing or odd, and the command that mends it.

    `key` names its sentence (`doctor.KEY`). A fault is to be mended; a notice may be as it should.
    """

    key: str
    command: str
    values: dict[str, object] = field(default_factory=dict)
    level: str = FAULT

    def sentence(self, lang: str | None = None) -> str:
        """Return what is wrong in one sentence; names are listed as the language does."""
        values = {
            name: _names_text(value, lang) if isinstance(value, tuple) else value
            for name, value in self.values.items()
        }
        error = self.values.get("error")
        if isinstance(error, GuatuError):
            values["error"] = error.sentence(lang)
        return text(f"doctor.{self.key}", lang, **values)


def _names_text(names: tuple[str, ...], lang: str | None) -> str:
    return listed(names[:_SHOWN], lang) + ("…" if len(names) > _SHOWN else "")


@dataclass(frozen=True)
class _Look:
    """A workspace while it is looked at: its settings, and what can be opened of it."""

    config: Config
    now: datetime

    @cached_property
    def folder(self) -> str:
        """Return the folder as a command line takes it."""
        return shlex.quote(str(self.config.folder))

    @cached_property
    def setup(self) -> Setup | GuatuError:
        """Return the opened workspace, or why it cannot be opened."""
        try:
            return open_workspace(self.config.folder).setup
        except GuatuError as error:
            return error

    @cached_property
    def store(self) -> SnapshotStore:
        """Return the snapshots; raises StoreError when their pointer is damaged."""
        return SnapshotStore(self.config.store)


def check_workspace(folder: str | os.PathLike[str], *, now: datetime) -> tuple[Advice, ...]:
    """Return all that is missing or odd, what cannot work without it first; () when all is well.

    Nothing is changed. `now` is an aware time. Raises ConfigError when the settings cannot be read.
    """
    look = _Look(read_config(folder), now)
    advice: list[Advice] = []
    for check in _CHECKS:
        try:
            advice += check(look)
        except GuatuError as error:
            advice.append(Advice("not_looked", f"guatu doctor {look.folder}", {"error": error}))
        except OSError as error:
            values: dict[str, object] = {"file": error.filename or "—", "why": error.strerror or ""}
            advice.append(Advice("no_access", f"ls -l {look.folder}", values))
    return tuple(advice)


def _folders(look: _Look) -> Iterator[Advice]:
    root = look.config.folder
    missing = tuple(name for name in FOLDERS if not (root / name).is_dir())
    if missing:
        made = " ".join(shlex.quote(str(root / name)) for name in missing)
        yield Advice("folders_missing", f"mkdir -p {made}", {"names": missing})
    closed = [root / name for name in ("", *FOLDERS) if (root / name).is_dir()]
    closed = [one for one in closed if not os.access(one, os.R_OK | os.W_OK | os.X_OK)]
    if closed:
        names = tuple(one.name for one in closed)
        paths = " ".join(shlex.quote(str(one)) for one in closed)
        yield Advice("folders_closed", f"chmod u+rwx {paths}", {"names": names})
    if os.name != "nt" and root.stat().st_mode & 0o077:
        mode = f"{root.stat().st_mode & 0o777:o}"
        yield Advice("folder_open", f"chmod 700 {look.folder}", {"mode": mode})


def _disk(look: _Look) -> Iterator[Advice]:
    free = shutil.disk_usage(look.config.folder).free
    months = [one for one in look.config.raw.glob("????-??") if one.is_dir()]
    largest = max((sum(f.stat().st_size for f in one.iterdir()) for one in months), default=0)
    # An import writes a snapshot beside the old one, a build its results; each at most as much.
    needed = max(_LEAST_ROOM, 4 * largest)
    if free < needed:
        values: dict[str, object] = {"free": free // 2**20, "needed": needed // 2**20}
        yield Advice("disk_full", f"df -h {look.folder}", values)


def _county(look: _Look) -> Iterator[Advice]:
    county = look.config.county
    if not county.code:
        yield Advice("no_county_code", f"guatu init {look.folder} --code CODE", level=NOTICE)
    if not county.name:
        yield Advice("no_county_name", f"guatu init {look.folder} --name NAME", level=NOTICE)


def _themes(look: _Look) -> Iterator[Advice]:
    if isinstance(look.setup, GuatuError):
        values: dict[str, object] = {"error": look.setup}
        yield Advice("not_opened", f"guatu policy check --workspace {look.folder}", values)
        return
    for fault in look.setup.registry.faults:
        place = look.config.folder / "themes" / fault.theme
        where = place if place.is_dir() else look.config.folder / "themes"
        command = f"guatu theme check {shlex.quote(str(where))}"
        yield Advice("theme_fault", command, {"theme": fault.theme, "error": fault.error})


def _boundaries(look: _Look) -> Iterator[Advice]:
    stated = look.config.boundaries.file
    command = f"guatu init {look.folder} --boundaries FILE"
    if not stated:
        yield Advice("no_boundaries", command)
    elif not (look.config.folder / stated).exists():
        yield Advice("boundaries_gone", command, {"file": stated})
    elif not isinstance(look.setup, GuatuError):
        try:
            tree = county_tree(look.setup)
        except GuatuError as error:
            file = shlex.quote(str(look.config.folder / stated))
            yield Advice("boundaries_unread", f"guatu boundaries {file}", {"error": error})
            return
        shapes = tree.shapes
        drawn = shapes.index[~(shapes.isna() | shapes.is_empty)]
        yield from _unshaped(look, frozenset(map(str, drawn)))


def _unshaped(look: _Look, drawn: frozenset[str]) -> Iterator[Advice]:
    """Say which places have no shape, and which shapes are of no place that is listed."""
    places = latest_places(look.store, look.store.months())
    if places is None:
        return
    villages = places[(places["level"] == "village") & places["successor_code"].isna()]
    names = dict(zip(villages["place_code"].astype(str), villages["name"].astype(str), strict=True))
    command = f"guatu init {look.folder} --boundaries FILE"
    lost = sorted(set(names) - drawn)
    if lost:
        values: dict[str, object] = {"count": len(lost), "all": len(names)}
        values["names"] = tuple(f"{names[code]} {code}" for code in lost)
        yield Advice("places_without_shape", command, values)
    strange = tuple(sorted(drawn - set(places["place_code"].astype(str))))
    if strange:
        values = {"count": len(strange), "all": len(drawn), "names": strange}
        yield Advice("shapes_without_place", command, values)


def unset_parameters(setup: Setup, day: datetime) -> tuple[Lookup, ...]:
    """Return the parameters that rules and indicators name and that are not usable on a day."""
    lookups = [setup.policy.at(key, setup.config.county.code, day.date()) for key in setup.keys]
    by_key = {lookup.parameter.key: lookup for lookup in lookups if lookup.state != "in_force"}
    return tuple(by_key.values())


def _parameters(look: _Look) -> Iterator[Advice]:
    if isinstance(look.setup, GuatuError):
        return
    unset = unset_parameters(look.setup, look.now)
    if unset:
        names = tuple(lookup.parameter.key for lookup in unset)
        values: dict[str, object] = {"count": len(unset), "year": look.now.year, "names": names}
        yield Advice("parameters_unset", f"guatu policy ask {look.folder}", values)


def _snapshots(look: _Look) -> Iterator[Advice]:
    store = look.store
    for snapshot, entry in sorted(store.history.snapshots.items()):
        files = tuple(fault.file for fault in store.verify(snapshot))
        if files:
            shown = store.history.current[entry.month].snapshot == snapshot
            values: dict[str, object] = {"snapshot": snapshot, "names": files}
            command = f"guatu import {look.folder} --month {entry.month}"
            yield Advice("snapshot_damaged", command, values, FAULT if shown else NOTICE)
    changed: dict[str, list[str]] = {}
    for month, file in raw_faults(look.config, store):
        changed.setdefault(month, []).append(file)
    for month, names in changed.items():
        command = f"guatu import {look.folder} --month {month}"
        yield Advice("raw_changed", command, {"month": month, "names": tuple(names)}, NOTICE)
    for home in sorted(look.config.raw.glob("????-??")):
        waiting = home.is_dir() and any(not one.name.startswith(".") for one in home.iterdir())
        if waiting and _MONTH.fullmatch(home.name) and home.name not in store.months():
            command = f"guatu import {look.folder} --month {home.name}"
            yield Advice("month_waiting", command, {"month": home.name})
    if not store.months():
        yield Advice("no_month", f"guatu import {look.folder} --month YYYY-MM")


def _built(look: _Look) -> Iterator[Advice]:
    command = f"guatu build {look.folder}"
    damaged = tuple(made_faults(look.config.folder, look.store))
    if damaged:
        yield Advice("made_damaged", command, {"names": damaged})
    if isinstance(look.setup, GuatuError):
        return
    built = built_months(look.config.store)
    stale = stale_months(look.setup)
    for key, months in (
        ("months_unbuilt", tuple(month for month in stale if month not in built)),
        ("months_stale", tuple(month for month in stale if month in built)),
    ):
        if months:
            yield Advice(key, command, {"count": len(months), "names": months})
    if built and not damaged and look.config.boundaries.file:
        yield from _map_of(look, built[-1], command)


def _map_of(look: _Look, last: str, command: str) -> Iterator[Advice]:
    try:
        atlas = open_atlas(look.config.folder)
    except GuatuError as error:
        yield Advice("no_map", command, {"error": error})
        return
    if last not in atlas.periods:
        yield Advice("map_old", command, {"month": last})


def _clocks(look: _Look) -> Iterator[Advice]:
    for snapshot, entry in look.store.history.snapshots.items():
        try:
            at = datetime.fromisoformat(entry.at)
        except ValueError:
            continue
        if at.tzinfo is not None and at > look.now + _CLOCKS_DIFFER:
            values: dict[str, object] = {"snapshot": snapshot, "at": entry.at}
            values["now"] = look.now.isoformat(timespec="seconds")
            yield Advice("clock_behind", "timedatectl", values)
            return
    this = f"{look.now:%Y-%m}"
    later = tuple(month for month in look.store.months() if month > this)
    if later:
        yield Advice("months_ahead", "timedatectl", {"names": later, "month": this}, NOTICE)


def _accounts(look: _Look) -> Iterator[Advice]:
    folder, ring = look.config.folder, audit_ring(look.config.folder)
    database = database_of(folder)
    if isinstance(database, Path) and not database.is_file():
        command = f"guatu user add NAME --role ROLE --workspace {look.folder}"
        yield Advice("no_accounts", command, level=NOTICE)
        return
    yield from _key(look, ring)
    if not ring.keys:
        return
    trail = open_trail(folder, made=True)
    verified = trail.verify()
    if not verified.whole:
        values: dict[str, object] = {"count": len(verified.faults), "seq": verified.faults[0].seq}
        yield Advice("audit_broken", f"guatu audit verify --workspace {look.folder}", values)


def _key(look: _Look, ring: KeyRing) -> Iterator[Advice]:
    values: dict[str, object] = {"file": str(ring.file)}
    file = shlex.quote(str(ring.file))
    if not ring.file.is_file():
        yield Advice("key_gone", f"guatu restore --help && ls -l {file}", values)
        return
    if os.name != "nt" and ring.file.stat().st_mode & 0o077:
        yield Advice("key_open", f"chmod 600 {file}", values)
    if ring.file.resolve().is_relative_to(look.config.folder.resolve()):
        command = f"mv {file} ~/.config/guatu/audit.key"
        yield Advice("key_inside", command, values, NOTICE)


_CHECKS: tuple[Callable[[_Look], Iterator[Advice]], ...] = (
    _folders,
    _disk,
    _county,
    _themes,
    _boundaries,
    _parameters,
    _snapshots,
    _built,
    _clocks,
    _accounts,
)
