"""What the rules found, counted where one viewer may count it and nowhere else."""

from __future__ import annotations

import pytest

from dashboard.layers.finding_counts import FindingCounts
from geodata.access import EVERYWHERE, Scope
from geodata.atlas import open_atlas
from geodata.atlas.scoped import within_scope
from tests.invented_county import COUNTY, MONTHS, TOWNSHIP, VILLAGES

# Figures reach a village officer's own village; an officer of a township sees those of the county.
SCOPES = {
    ("leader", EVERYWHERE): VILLAGES,
    ("analyst", COUNTY): VILLAGES,
    ("township_officer", TOWNSHIP): VILLAGES,
    ("township_officer", "990101101"): VILLAGES,
    ("village_officer", VILLAGES[0]): VILLAGES[:1],
    ("village_officer", VILLAGES[2]): VILLAGES[2:],
    ("administrator", COUNTY): (),
}


@pytest.fixture(scope="module")
def county(counties):
    return counties.shared(sites=True)


@pytest.mark.parametrize("scope", SCOPES, ids=str)
def test_findings_are_counted_only_where_the_viewer_may_count(county, scope):
    seen = SCOPES[scope]
    whole = open_atlas(county.setup.config.folder)
    # The same object answers everybody, as on the server.
    findings = FindingCounts(county)
    for theme in county.setup.themes:
        all_worst = findings.worst(whole, theme.key, MONTHS[-1])
        mine = within_scope(whole, Scope(scope[0], (scope[1],)))
        worst = findings.worst(mine, theme.key, MONTHS[-1])
        assert worst.to_dict() == {k: v for k, v in all_worst.items() if k in seen}, theme.key


def test_the_county_has_findings_in_every_village(county):
    whole, findings = open_atlas(county.setup.config.folder), FindingCounts(county)
    assert set(findings.worst(whole, "monitoring", MONTHS[-1]).index) == set(VILLAGES)
