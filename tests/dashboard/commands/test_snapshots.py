"""Verifying a workspace, as typed."""

from __future__ import annotations

import shutil

import pytest

from dashboard.cli import main


def _verify(folder) -> int:
    with pytest.raises(SystemExit) as left:
        main(["snapshots", "verify", "--workspace", str(folder)])
    return left.value.code or 0


def test_damage_of_whatever_was_made_is_named(counties, tmp_path, capsys):
    folder = counties.copy(tmp_path / "county").setup.config.folder
    assert _verify(folder) == 0
    capsys.readouterr()
    built = next((folder / "store" / "built").glob("*/figures.parquet"))
    built.write_bytes(built.read_bytes()[:-9] + b"123456789")
    (folder / "store" / "built" / "cube.nc").write_bytes(b"\x89HDF")
    assert _verify(folder) == 1
    said = capsys.readouterr().out
    assert "figures.parquet" in said
    assert "cube.nc" in said
    shutil.rmtree(folder / "store" / "built")
    assert _verify(folder) == 0


def test_disk_that_is_full_is_one_sentence(tmp_path, monkeypatch, capsys):
    def full(*arguments, **options):
        raise OSError(28, "No space left on device", str(tmp_path / "x"))

    monkeypatch.setattr("geodata.config.read_config", full)
    assert _verify(tmp_path) == 2
    assert "磁盘已满" in capsys.readouterr().err
