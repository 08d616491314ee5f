from __future__ import annotations

from dashboard.maps.web import write_web_map
from tests.invented import COUNTY, HOSTILE, grid_atlas


def test_file_opens_from_disk_with_the_network_off(view, tmp_path):
    names = {f"{COUNTY}00{n}00{m}": HOSTILE for n in (1, 2, 3) for m in (1, 2, 3, 4)}
    file = tmp_path / "map.html"
    write_web_map(grid_atlas(names=names), file)
    asked = []
    view.on("request", lambda request: asked.append(request.url))
    view.context.set_offline(True)
    view.goto(file.as_uri())
    view.wait_for_selector("path.leaflet-interactive", timeout=20_000)
    box = view.locator(".folium-map").bounding_box()
    view.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    view.locator(".leaflet-tooltip").wait_for(timeout=5_000)
    assert "<script>" in view.locator(".leaflet-tooltip").inner_text()
    assert view.locator("path.leaflet-interactive").count() == 12
    assert asked == [file.as_uri()]
