"""Uploaded files are kept apart until they are stored; what is no upload is refused in a sentence."""

from __future__ import annotations

import json
import os
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geodata.config import Config, make_workspace, read_config
from geodata.errors import SourceError
from geodata.intake.incoming import (
    DROPPED,
    KEPT,
    LARGEST,
    MOST_FILES,
    STORED,
    TRIED,
    drop_files,
    incoming_config,
    is_overtaken,
    keep_files,
    keep_progress,
    progress_of,
    sweep,
    take_back,
    take_in,
    trial_of,
    upload_folder,
    upload_of,
    uploads,
    with_others,
    with_state,
)

FEW = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
AT = "2031-03-05T09:00:00+08:00"
TABLE = ("a.csv", b"x\n1\n")


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return read_config(make_workspace(tmp_path / "county", code="990301"))


def test_an_upload_joins_the_files_of_its_month_and_replaces_those_of_its_names(
    config: Config,
) -> None:
    there = config.raw / "2031-03"
    there.mkdir()
    (there / "A.csv").write_bytes(b"old")
    (there / "b.csv").write_bytes(b"kept")
    upload = keep_files(config, "2031-03", [TABLE], by="li", at=AT)
    home = incoming_config(config, upload.key).raw / "2031-03"
    assert {file.name: file.read_bytes() for file in home.iterdir()} == {
        "a.csv": TABLE[1],
        "b.csv": b"kept",
    }
    whole = keep_files(config, "2031-03", [TABLE], by="li", at=AT, whole=True)
    home = incoming_config(config, whole.key).raw / "2031-03"
    assert [file.name for file in home.iterdir()] == ["a.csv"]
    assert sorted(file.name for file in there.iterdir()) == ["A.csv", "b.csv"]


def test_files_that_are_stored_take_the_place_of_those_before_which_are_kept(
    config: Config,
) -> None:
    (config.raw / "2031-03").mkdir()
    (config.raw / "2031-03" / "old.csv").write_bytes(b"old")
    upload = keep_files(config, "2031-03", [TABLE], by="li", at=AT, whole=True)
    take_in(config, upload)
    assert [file.name for file in (config.raw / "2031-03").iterdir()] == ["a.csv"]
    kept = upload_folder(config.folder, upload.key) / "before" / "old.csv"
    assert kept.read_bytes() == b"old"


def test_states_are_kept_and_dropped_files_are_gone(config: Config) -> None:
    upload = keep_files(config, "2031-03", [TABLE], by="li", at=AT)
    with_state(config.folder, upload, TRIED)
    assert upload_of(config.folder, upload.key).state == TRIED
    dropped = drop_files(config.folder, upload_of(config.folder, upload.key))
    assert (dropped.state, dropped.is_open) == (DROPPED, False)
    assert not (upload_folder(config.folder, upload.key) / "raw").exists()
    assert trial_of(config.folder, upload.key) is None


@pytest.mark.parametrize(
    ("month", "files", "sentence"),
    [
        ("2031-13", [TABLE], "2031-13"),
        ("", [TABLE], "2025-03"),
        ("2031-03", [], "没有选择文件"),
        ("2031-03", [("a.exe", b"x")], "a.exe"),
        ("2031-03", [("a", b"x")], "不是表"),
        ("2031-03", [TABLE, ("x/A.csv", b"y")], "重名"),
        ("2031-03", [(f"{n}.csv", b"x") for n in range(MOST_FILES + 1)], str(MOST_FILES)),
        ("2031-03", [("a.csv", b"x" * (LARGEST + 1))], "64 MB"),
    ],
)
def test_what_is_no_upload_is_refused_and_nothing_is_kept(
    config: Config, month: str, files: list[tuple[str, bytes]], sentence: str
) -> None:
    with pytest.raises(SourceError) as refused:
        keep_files(config, month, files, by="li", at=AT)
    assert sentence in refused.value.sentence("zh")
    assert uploads(config.folder) == ()
    assert list((config.folder).glob("incoming/*")) == []


def test_what_a_stop_in_between_left_is_finished_or_deleted(config: Config) -> None:
    there = config.raw / "2031-03"
    there.mkdir()
    (there / "old.csv").write_bytes(b"old")
    half = keep_files(config, "2031-03", [TABLE], by="li", at=AT, whole=True)
    # Stopped between the two steps of an exchange.
    there.rename(upload_folder(config.folder, half.key) / "before")
    stray = config.folder / "incoming" / "0123456789ab"
    stray.mkdir()
    (config.folder / "incoming" / "notes").mkdir()
    now = datetime.fromisoformat(AT)
    os.utime(stray, (now.timestamp() - 60, now.timestamp() - 60))
    assert sweep(config, now=now) == (half.key,)
    assert [file.name for file in there.iterdir()] == ["a.csv"]
    assert sweep(config, now=now) == ()
    os.utime(stray, (now.timestamp() - 7200, now.timestamp() - 7200))
    assert sweep(config, now=now) == (stray.name,)
    assert sorted(one.name for one in (config.folder / "incoming").iterdir()) == sorted(
        [half.key, "notes"]
    )


def test_uploads_that_nobody_stores_are_dropped_with_their_record(config: Config) -> None:
    upload = keep_files(config, "2031-03", [TABLE], by="li", at=AT)
    done = with_state(config.folder, keep_files(config, "2031-04", [TABLE], by="li", at=AT), STORED)
    assert sweep(config, now=datetime.fromisoformat(AT) + KEPT) == ()
    late = (datetime.fromisoformat(AT) + KEPT + timedelta(seconds=1)).isoformat()
    keep_files(config, "2031-05", [TABLE], by="li", at=late)
    assert upload_of(config.folder, upload.key).state == DROPPED
    assert upload_of(config.folder, done.key).state == STORED
    assert not (upload_folder(config.folder, upload.key) / "raw").exists()


def test_progress_is_kept_and_what_is_none_is_passed_over(config: Config) -> None:
    upload = keep_files(config, "2031-03", [TABLE], by="li", at=AT)
    assert progress_of(config.folder, upload.key) == {}
    keep_progress(config.folder, upload.key, {"done": 1, "all": 5})
    assert progress_of(config.folder, upload.key) == {"done": 1, "all": 5}
    (upload_folder(config.folder, upload.key) / "progress.json").write_text("[", "utf-8")
    assert progress_of(config.folder, upload.key) == {}


@FEW
@given(name=st.text(max_size=120))
def test_no_name_leads_out_of_the_folder_of_the_upload(
    tmp_path_factory: pytest.TempPathFactory, name: str
) -> None:
    config = read_config(make_workspace(tmp_path_factory.mktemp("c") / "county"))
    try:
        upload = keep_files(config, "2031-03", [(f"{name}.csv", b"x")], by="li", at=AT)
    except SourceError:
        # Nothing of the name is left but its ending.
        assert list(config.folder.rglob("*.csv")) == []
        return
    files = [file for file in config.folder.rglob("*.csv") if file.is_file()]
    assert [file.parent for file in files] == [incoming_config(config, upload.key).raw / "2031-03"]
    assert upload_of(config.folder, upload.key) == upload


@pytest.mark.parametrize("key", ["", "../raw", "0123456789ab", "x" * 12, "0123456789AB"])
def test_a_key_that_is_none_is_refused(config: Config, key: str) -> None:
    with pytest.raises(SourceError):
        upload_of(config.folder, key)


def test_a_spoilt_state_is_passed_over(config: Config) -> None:
    upload = keep_files(config, "2031-03", [TABLE], by="li", at=AT)
    file = upload_folder(config.folder, upload.key) / "state.json"
    for content in ("", "[]", json.dumps({"key": upload.key})):
        file.write_text(content, encoding="utf-8")
        assert uploads(config.folder) == ()


def test_taking_back_puts_the_files_before_in_their_place(config: Config) -> None:
    there = config.raw / "2031-03"
    there.mkdir()
    (there / "b.csv").write_bytes(b"kept")
    upload = keep_files(config, "2031-03", [TABLE], by="li", at=AT)
    other = keep_files(config, "2031-03", [("c.csv", b"c")], by="wang", at=AT)
    assert not is_overtaken(config, other)
    take_in(config, upload)
    # What was tried with other files is tried again, or it would undo what was stored meanwhile.
    assert is_overtaken(config, other)
    renewed = with_others(config, other)
    home = upload_folder(config.folder, other.key) / "raw" / "2031-03"
    assert sorted(file.name for file in home.iterdir()) == ["a.csv", "b.csv", "c.csv"]
    assert not is_overtaken(config, renewed)
    undone = take_back(config, with_state(config.folder, upload, STORED, snapshot="2031-03-002"))
    assert [file.name for file in there.iterdir()] == ["b.csv"]
    assert (undone.state, undone.snapshot, undone.is_open) == ("undone", "", True)
    # A stop between the two moves is finished by the sweep, the way it was going.
    there.rename(upload_folder(config.folder, upload.key) / "before")
    sweep(config, now=datetime.fromisoformat(AT))
    assert [file.name for file in there.iterdir()] == ["b.csv"]
