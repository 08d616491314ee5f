"""Example counties by settings alone, from raw files to the map: on small files of the same form, and on the real ones."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from dashboard.cli import guatu
from dashboard.commands.showcase import NAMES
from geodata.atlas import Atlas, open_atlas
from geodata.errors import ConfigError
from tests.example_data import write_example_data

# Villages on the map, of them with data: of the small files, and of the public ones.
MADE = {"tainan": (9, 9), "arequipa": (6, 6), "kerala": (9, 9), "malawi": (9, 9)}
REAL = {"tainan": (752, 730), "arequipa": (109, 64), "kerala": (1533, 308), "malawi": (33, 33)}
INDICATORS = {
    "tainan": "vi_mean_income",
    "arequipa": "water_not_safe_share",
    "malawi": "water_not_safe_share",
}


@pytest.fixture(scope="module")
def made_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_example_data(tmp_path_factory.mktemp("data"))


def _atlas(name: str, data: Path, folder: Path) -> Atlas:
    arguments = ["showcase", name, str(folder), "--data", str(data), "--no-serve"]
    left = CliRunner().invoke(guatu, arguments)
    assert left.exit_code == 0, (left.output, left.exception)
    assert f"$ guatu {'join' if name == 'kerala' else 'init'}" in left.output
    return open_atlas(folder)


def _counts(atlas: Atlas) -> tuple[int, int]:
    """Return how many villages are on the map, and how many of them have a figure."""
    villages = atlas.places[atlas.places["level"] == atlas.levels[-1]]
    shaped = villages.index[villages["shape"]]
    return len(shaped), int(shaped.isin(atlas.values["place"].unique()).sum())


def test_the_examples_are_those_that_are_tried() -> None:
    assert set(NAMES) == set(MADE) == set(REAL)


@pytest.mark.parametrize("name", MADE)
def test_small_files_of_the_same_form_become_a_map(
    made_data: Path, tmp_path: Path, name: str
) -> None:
    atlas = _atlas(name, made_data, tmp_path / name)
    shaped, matched = MADE[name]
    assert _counts(atlas) == (shaped, matched)
    key = INDICATORS.get(name) or next(iter(atlas.indicators))
    assert atlas.values.loc[atlas.values["indicator"] == key, "numerator"].notna().any()


@pytest.mark.real
@pytest.mark.parametrize("name", REAL)
def test_the_public_files_become_a_map(real_data: Path, tmp_path: Path, name: str) -> None:
    atlas = _atlas(name, real_data, tmp_path / name)
    shaped, matched = REAL[name]
    on_map, with_data = _counts(atlas)
    assert on_map >= shaped
    assert with_data >= matched


def test_what_is_missing_is_said_before_anything_is_made(tmp_path: Path) -> None:
    folder = tmp_path / "county"
    left = CliRunner().invoke(guatu, ["showcase", "tainan", str(folder), "--data", str(tmp_path)])
    assert isinstance(left.exception, ConfigError)
    assert "2013.csv" in left.exception.sentence("zh")
    assert not folder.exists()
    left = CliRunner().invoke(
        guatu, ["showcase", "tainan", str(folder)], env={"GUATU_EXAMPLE_DATA": ""}
    )
    assert isinstance(left.exception, ConfigError)
    assert "GUATU_EXAMPLE_DATA" in left.exception.sentence("en")
    (folder / "x").mkdir(parents=True)
    left = CliRunner().invoke(guatu, ["showcase", "tainan", str(folder), "--data", str(tmp_path)])
    assert isinstance(left.exception, ConfigError)
    assert str(folder) in left.exception.sentence("en")
