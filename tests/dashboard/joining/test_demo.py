from __future__ import annotations

from dashboard.joining.demo import make_demo
from dashboard.state import State


def test_demo_walks_the_way_of_the_join_and_opens(tmp_path):
    atlas = make_demo(tmp_path, villages=40, townships=4, months=4)
    assert [file.name for file in sorted((tmp_path / "raw" / "boundaries").glob("*.shp"))]
    assert atlas.join["boundary_features"] == 40
    assert 30 < atlas.join["matched"] <= 40
    assert atlas.levels == ("county", "township", "village")
    assert all("/" not in found.title_in("zh") for found in atlas.indicators.values())
    state = State(atlas)
    assert state.period == "2025-12"
    assert 1 < state.layer.breaks.count <= 5
    assert "<title>" in (tmp_path / "map.html").read_text(encoding="utf-8")
