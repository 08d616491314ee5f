"""Counts of people reach a page through one door: who reads them past it is named here with a reason."""

from __future__ import annotations

import re

from tests.conftest import ROOT

# What gives counts that nothing has been hidden of.
RAW = re.compile(
    r'open_atlas\(|within_scope\(|month_rows\(|county\.cube\b|atlas\.whole\b|"(figures|counts)"\)|\)\.counts\b'
)
SCOPED = "through an atlas of the reader's scope"
OWN = "of places whose people the reader may list"
BUILD = "makes the figures; nobody reads them here"
SHELL = "the command line of who can read the files"
PLACED = {
    "dashboard/answers/public_figures.py": "decides what is hidden outside",
    "dashboard/answers/source.py": SCOPED,
    "dashboard/briefing/html_map.py": OWN,
    "dashboard/briefing/map_series.py": "a name of its own columns; no counts",
    "dashboard/commands/hotspots.py": SHELL,
    "dashboard/commands/policy.py": SHELL,
    "dashboard/commands/serve.py": SCOPED,
    "dashboard/joining/joined_atlas.py": SHELL,
    "dashboard/layers/finding_counts.py": OWN,
    "dashboard/maps/coarse.py": "names and outlines for all scopes; no counts",
    "dashboard/maps/ground_layers.py": "relief, rivers and roads; no counts",
    "dashboard/notebook.py": SCOPED,
    "dashboard/session/people.py": OWN,
    "dashboard/server/serve.py": SCOPED,
    "geodata/atlas/folder.py": BUILD,
    "geodata/hotspots/village_clusters.py": "tells clusters and rates of places that are all shown",
    "geodata/atlas/scoped.py": "decides what is hidden within a scope",
}
# Its callers look in the reader's own places, or build.
ROOMS = ("geodata/workspace/",)


def _readers() -> set[str]:
    files = [*ROOT.glob("geodata/**/*.py"), *ROOT.glob("dashboard/**/*.py")]
    found = {str(one.relative_to(ROOT)) for one in files if RAW.search(one.read_text("utf-8"))}
    return {one for one in found if not one.startswith(ROOMS)}


def test_every_module_that_reads_raw_counts_has_its_place_and_reason():
    readers = _readers()
    assert readers - PLACED.keys() == set()
    assert PLACED.keys() - readers == set()


def test_a_new_reader_would_be_found():
    assert RAW.search("counts = county.month(period).counts")
    assert RAW.search('rows = built.frame("figures")')
    assert not RAW.search("frame = atlas.frame(indicator, period, level)")
