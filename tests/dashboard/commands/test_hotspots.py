"""``guatu hotspots``: hot spots of a joined folder in words and as JSON."""

from __future__ import annotations

import json

import pytest

from dashboard.cli import main
from geodata.atlas.folder import save_atlas
from tests.invented_clusters import CENTRE, SILENT, clustered_atlas


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    home = tmp_path_factory.mktemp("joined")
    save_atlas(clustered_atlas(), home)
    return str(home)


def _run(capsys, *arguments):
    with pytest.raises(SystemExit) as left:
        main(["hotspots", *arguments])
    return left.value.code, capsys.readouterr()


def test_every_hot_spot_is_named_with_its_reason(folder, capsys, monkeypatch):
    monkeypatch.setenv("GUATU_LANG", "en")
    code, said = _run(capsys, folder, "--indicator", "poor_share")
    assert code == 0
    lines = said.out.splitlines()
    assert lines[0].startswith("Share of poor (2025-12): ")
    assert any("3-3村" in line and "in a row" in line for line in lines)


def test_indicator_is_found_by_its_title(folder, capsys):
    code, said = _run(capsys, folder, "--indicator", "人均纯收入")
    assert code == 0
    assert said.out.startswith("人均纯收入")


def test_json_holds_every_village_once(folder, capsys):
    _, said = _run(capsys, folder, "--indicator", "poor_share", "--json")
    found = json.loads(said.out)["indicators"][0]["places"]
    by_key = {place["key"]: place for place in found}
    assert len(by_key) == len(found) == 64
    assert by_key[CENTRE]["side"] == 1
    assert by_key[SILENT]["kind"] == "not_assessed"
    assert by_key[SILENT]["z"] is None


@pytest.mark.parametrize(
    "arguments", [("--indicator", "无此指标"), ("--period", "2031-01"), ("--period", "x")]
)
def test_unknown_indicator_or_period_is_one_sentence(folder, capsys, arguments):
    code, said = _run(capsys, folder, *arguments)
    assert code == 2
    assert arguments[1] in said.err
    assert "Traceback" not in said.err
