from __future__ import annotations

import socket
from pathlib import Path

import panel
import pytest

from dashboard.cli import main
from dashboard.maps.screen import LIBRARY
from dashboard.server.geometry import GeometryFiles
from dashboard.server.serve import serve_atlas
from geodata.errors import ConfigError
from tests.invented import grid_atlas


def test_map_library_is_where_the_panel_wheel_has_it():
    inside = LIBRARY.removeprefix("static/extensions/panel/")
    file = Path(panel.__file__).parent / "dist" / inside
    assert file.is_file(), f"a panel upgrade moved MapLibre GL; look for it under {file.parents[3]}"
    assert b"maplibre" in file.read_bytes()[:400].lower()


def test_geometry_is_named_by_its_content():
    first, second = GeometryFiles(grid_atlas()), GeometryFiles(grid_atlas())
    assert first.sources == second.sources
    assert first.files == second.files
    assert GeometryFiles(grid_atlas(2)).sources != first.sources


def test_taken_port_is_said_in_words():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(ConfigError, match=str(port)):
            serve_atlas(grid_atlas(), port=port, open_browser=False)


def test_folder_without_a_map_ends_with_code_2(tmp_path, capsys):
    with pytest.raises(SystemExit) as left:
        main(["serve", str(tmp_path), "--no-open"])
    assert left.value.code == 2
    assert "guatu join" in capsys.readouterr().err
