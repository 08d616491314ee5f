"""What an executed notebook shows, opened as a page: nothing is asked from outside."""

from __future__ import annotations

import nbclient
import nbformat
import pytest

from tests.conftest import ROOT

MAP = """
from dashboard.maps.inline import inline_map, start_notebook
from geodata.cartography import draw_layer
from tests.invented import COUNTY, HOSTILE, grid_atlas

start_notebook()
names = {f"{COUNTY}00{n}00{m}": HOSTILE for n in (1, 2, 3) for m in (1, 2, 3, 4)}
atlas = grid_atlas(names=names)
inline_map(atlas, draw_layer(atlas, "poor_share", atlas.periods[-1], level="village"))
"""
CHART = """
import pandas as pd

pd.DataFrame({"place": [HOSTILE, "b"], "poor": [1, 2]}).hvplot.bar("place", "poor")
"""


def _page(notebook) -> str:
    """Return the outputs of a notebook in one page, as Jupyter puts them into its own."""
    parts = []
    for output in (output for cell in notebook.cells for output in cell.outputs):
        data = output.get("data", {})
        if "text/html" in data:
            parts.append(data["text/html"])
        elif "application/javascript" in data:
            code = data["application/javascript"].replace("</script", "<\\/script")
            parts.append(f"<script>{code}</script>")
    return '<!DOCTYPE html><meta charset="utf-8"><body>' + "\n".join(parts)


@pytest.fixture
def opened(view, tmp_path):
    """Return the page of a notebook with a map and a chart of hostile names, and what it asked."""
    notebook = nbformat.v4.new_notebook()
    notebook.cells = [nbformat.v4.new_code_cell(source) for source in (MAP, CHART)]
    resources = {"metadata": {"path": str(ROOT)}}
    nbclient.NotebookClient(notebook, timeout=300, resources=resources).execute()
    file = tmp_path / "notebook.html"
    file.write_text(_page(notebook), encoding="utf-8")
    asked = []
    view.on("request", lambda request: asked.append(request.url))
    view.goto(file.as_uri())
    return view, [file.as_uri()], asked


@pytest.mark.filterwarnings("default")
def test_map_and_chart_of_a_notebook_are_drawn_with_nothing_from_outside(opened):
    page, own, asked = opened
    page.wait_for_selector("canvas.maplibregl-canvas", timeout=60_000)
    page.wait_for_selector(".bk-Figure", timeout=60_000)
    page.wait_for_load_state("networkidle")
    assert [url for url in asked if not url.startswith(("data:", "blob:"))] == own
