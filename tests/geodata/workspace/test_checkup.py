"""Every kind of thing that is missing or odd is told once, with the command that mends it."""

from __future__ import annotations

import json
import os
import shlex
import shutil
from collections import namedtuple
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest

from geodata.access import Actor, open_guard
from geodata.config import FOLDERS, make_workspace, read_config
from geodata.errors import ConfigError
from geodata.store.snapshots import read_history
from geodata.workspace import open_workspace
from geodata.workspace.checkup import Advice, check_workspace
from tests.counties import Counties

Usage = namedtuple("Usage", "total used free")
NOW = datetime(2031, 5, 1, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def county(counties: Counties, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a small built county with accounts; tests copy it."""
    folder = tmp_path_factory.mktemp("checkup") / "county"
    opened = counties.copy(folder, listed=True)
    pointer = folder / "store" / "pointer.json"
    content = json.loads(pointer.read_text(encoding="utf-8"))
    content["entries"] = [e for e in content["entries"] if e["month"] in opened.months]
    pointer.write_text(json.dumps(content), encoding="utf-8")
    opened = open_workspace(folder)
    opened.build()
    opened.write_cube()
    opened.write_atlas()
    guard = open_guard(folder)
    leader = Actor("leader", "leader", (read_config(folder).county.code,))
    guard.accounts.add(leader, "Long-enough-1!", by="x", now=NOW)
    for name in FOLDERS:
        (folder / name).mkdir(exist_ok=True)
    return folder


def _copy(county: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "county of one's own"
    shutil.copytree(county, folder)
    folder.chmod(0o700)
    return folder


def _keys(folder: Path, now: datetime = NOW) -> list[str]:
    return [advice.key for advice in check_workspace(folder, now=now)]


def _last(folder: Path) -> str:
    return list(read_history(folder / "store").current)[-1]


def _parquet(folder: Path) -> Path:
    snapshot = read_history(folder / "store").current[_last(folder)].snapshot
    return sorted((folder / "store" / "snapshots" / snapshot).rglob("*.parquet"))[0]


def _spoil(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-1] + b"x")


def _rewrite(folder: Path, old: str, new: str) -> None:
    file = folder / "guatu.toml"
    content = file.read_text(encoding="utf-8")
    assert old in content
    file.write_text(content.replace(old, new), encoding="utf-8")


def _boundary(folder: Path) -> str:
    return read_config(folder).boundaries.file


def _wait(folder: Path) -> None:
    home = folder / "raw" / "2031-04"
    home.mkdir()
    (home / "a.csv").write_text("x", encoding="utf-8")


def _note_later(folder: Path) -> None:
    file = folder / "store" / "pointer.json"
    content = json.loads(file.read_text(encoding="utf-8"))
    content["entries"][-1]["at"] = (NOW + timedelta(hours=1)).isoformat()
    file.write_text(json.dumps(content), encoding="utf-8")


def _theme(folder: Path) -> None:
    home = folder / "themes" / "broken"
    home.mkdir(parents=True)
    (home / "theme.yaml").write_text("title: []\n", encoding="utf-8")


def _key_open() -> None:
    Path(os.environ["GUATU_AUDIT_KEY"]).chmod(0o644)


DAMAGES: dict[str, Callable[[Path], object]] = {
    "folders_missing": lambda folder: shutil.rmtree(folder / "briefings"),
    "folder_open": lambda folder: folder.chmod(0o755),
    "no_county_code": lambda folder: _rewrite(folder, 'code = "', 'code = "" # "'),
    "no_county_name": lambda folder: _rewrite(folder, 'name = "', 'name = "" # "'),
    "theme_fault": _theme,
    "not_opened": lambda folder: (folder / "parameters" / "x.yaml").write_text("a: 1\n"),
    "no_boundaries": lambda folder: _rewrite(folder, 'file = "', '# file = "'),
    "boundaries_gone": lambda folder: _rewrite(folder, _boundary(folder), "boundaries/no.shp"),
    "boundaries_unread": lambda folder: _rewrite(folder, _boundary(folder), "guatu.toml"),
    "snapshot_damaged": lambda folder: _spoil(_parquet(folder)),
    "month_waiting": _wait,
    "made_damaged": lambda folder: _spoil(folder / "atlas" / "atlas.json"),
    "months_unbuilt": lambda folder: (
        folder / "store" / "built" / f"{_last(folder)}.json"
    ).unlink(),
    "months_stale": lambda folder: (folder / "exemptions.csv").write_bytes(b""),
    "no_map": lambda folder: shutil.rmtree(folder / "atlas"),
    "clock_behind": _note_later,
    "no_accounts": lambda folder: (folder / "audit" / "access.sqlite").unlink(),
    "key_open": lambda _: _key_open(),
}


@pytest.fixture(autouse=True)
def _own_key(county: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Give each test a key of its own, the same as the records were sealed with."""
    file = tmp_path / "audit.key"
    shutil.copy(os.environ["GUATU_AUDIT_KEY"], file)
    file.chmod(0o600)
    monkeypatch.setenv("GUATU_AUDIT_KEY", str(file))


@pytest.mark.parametrize("key", DAMAGES)
def test_each_damage_is_told_with_its_command(county: Path, tmp_path: Path, key: str) -> None:
    folder = _copy(county, tmp_path)
    before = _keys(folder)
    assert key not in before
    if key == "months_stale":
        _change_a_value(folder)
    else:
        DAMAGES[key](folder)
    advice = {one.key: one for one in check_workspace(folder, now=NOW)}
    assert key in advice
    for lang in ("zh", "en"):
        said = advice[key].sentence(lang)
        assert said
        assert "{" not in said
    words = shlex.split(advice[key].command)
    assert words
    if words[0] == "guatu" and key != "theme_fault":
        assert any(Path(word).exists() or word == str(folder) for word in words)


def _change_a_value(folder: Path) -> None:
    (folder / "parameters" / "new.yaml").write_text(
        "reloc.source.min_months: [{value: 11, document: 县}]\n",
        encoding="utf-8",
    )


def test_nothing_is_changed_by_looking(county: Path, tmp_path: Path) -> None:
    folder = _copy(county, tmp_path)

    def content() -> dict[str, bytes]:
        files = (one for one in folder.rglob("*") if one.is_file() and "access" not in one.name)
        return {str(one): one.read_bytes() for one in files}

    before = content()
    check_workspace(folder, now=NOW)
    assert content() == before


def test_an_empty_workspace_is_told_what_comes_next(tmp_path: Path) -> None:
    folder = make_workspace(tmp_path / "new")
    keys = _keys(folder)
    for key in ("no_county_code", "no_boundaries", "no_month", "parameters_unset", "no_accounts"):
        assert key in keys
    assert len(keys) == len(set(keys))


def test_a_full_disk_and_closed_folders_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = make_workspace(tmp_path / "new")
    usage = Usage(10**9, 10**9, 3)
    monkeypatch.setattr("geodata.workspace.checkup.shutil.disk_usage", lambda _: usage)
    monkeypatch.setattr("geodata.workspace.checkup.os.access", lambda *_: False)
    keys = _keys(folder)
    assert {"disk_full", "folders_closed"} <= set(keys)


def test_a_delivered_file_that_changed_is_told(
    county: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed = [("2025-01", "a.xlsx"), ("2025-01", "b.xlsx")]
    monkeypatch.setattr("geodata.workspace.checkup.raw_faults", lambda *_: changed)
    told = [one for one in check_workspace(county, now=NOW) if one.key == "raw_changed"]
    assert len(told) == 1
    assert "a.xlsx, b.xlsx" in told[0].sentence("en")
    assert told[0].command.endswith("--month 2025-01")


def test_an_outline_without_village_and_a_village_without_outline_are_named(
    county: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import geopandas as gpd

    folder = _copy(county, tmp_path)
    file = folder / _boundary(folder)
    layer = gpd.read_file(file)
    code = next(name for name in layer if layer[name].astype(str).str.fullmatch(r"\d{12}").all())
    lost = str(layer[code].iloc[0])
    listed = pd.DataFrame({"place_code": layer[code], "name": "甲", "level": "village"})
    listed["successor_code"] = None
    monkeypatch.setattr("geodata.workspace.checkup.latest_places", lambda *_: listed)
    assert "places_without_shape" not in _keys(folder)
    layer.loc[0, code] = lost[:9] + "999"
    layer.to_file(file)
    advice = {one.key: one.sentence("en") for one in check_workspace(folder, now=NOW)}
    assert lost in advice["places_without_shape"]
    assert lost[:9] + "999" in advice["shapes_without_place"]


def test_a_broken_chain_and_a_lost_key_are_told(county: Path, tmp_path: Path) -> None:
    import sqlite3

    folder = _copy(county, tmp_path)
    with sqlite3.connect(folder / "audit" / "access.sqlite") as database:
        tables = [row[0] for row in database.execute("SELECT name FROM sqlite_master")]
        table = next(name for name in tables if name.startswith("audit"))
        triggers = database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        for (trigger,) in list(triggers):
            database.execute(f"DROP TRIGGER {trigger}")
        database.execute(f"UPDATE {table} SET actor = 'somebody'")
    assert {"audit_broken", "not_looked"} & set(_keys(folder))
    Path(os.environ["GUATU_AUDIT_KEY"]).unlink()
    assert "key_gone" in _keys(folder)


def test_a_folder_without_settings_cannot_be_looked_at(tmp_path: Path) -> None:
    with pytest.raises(ConfigError):
        check_workspace(tmp_path, now=NOW)


def test_long_lists_of_names_are_cut(tmp_path: Path) -> None:
    names = tuple(f"v{n}" for n in range(9))
    advice = Advice("folders_missing", "x", {"names": names})
    assert "v5…" in advice.sentence("en")
    assert "v6" not in advice.sentence("en")
