"""What is worked out before anybody looks: the same atlases that viewers get, and not too many."""

from __future__ import annotations

from dataclasses import dataclass

from dashboard.layers import finding_counts
from dashboard.layers.finding_counts import FindingCounts
from dashboard.maps import coarse
from dashboard.server import serve, warming
from dashboard.server.auth import KEPT
from dashboard.session.state import State
from dashboard.view import View
from geodata.access import Actor, open_guard
from tests import invented

FIRST = "First-2026-x"


@dataclass
class Request:
    """A request of an account, as the gate leaves it."""

    guatu_account: object


def test_the_first_look_of_an_account_finds_its_small_counts_worked_out(tmp_path):
    guard, atlas = open_guard(tmp_path), invented.grid_atlas()
    villages = [code for code in atlas.places.index if len(code) == 12]
    actors = [
        Actor("li.na", "leader", (invented.COUNTY,)),
        Actor("wang.wu", "village_officer", (villages[0],)),
        Actor("zhao.liu", "village_officer", (villages[0],)),
        Actor("shut.out", "village_officer", (villages[1],)),
        Actor("auditor", "administrator"),
    ]
    for actor in actors:
        guard.accounts.add(actor, FIRST, by="test", now=guard.trail.clock())
    guard.accounts.set_disabled("shut.out", True, by="test")
    assert KEPT in Request.__dataclass_fields__
    told = list(serve._scopes_of(atlas, guard))
    # The widest first; one for those who see the same, none for whoever sees no figure.
    assert [one.scope.prefixes for one in told] == [(invented.COUNTY,), (villages[0],)]
    seen_by = serve._seen_by(atlas, guard)
    wang = seen_by(Request(guard.accounts.get("wang.wu")))
    assert wang is told[1]
    assert not wang.small._alone
    warming.warm_scopes(told)
    period = atlas.periods[-1]
    known = dict(wang.small._alone)
    assert {one for one, _ in known} >= {period}
    for indicator in wang.indicators:
        wang.small.coverage(indicator, period)
    assert {*wang.small._alone} == {*known}


def test_no_more_than_some_are_worked_out_beforehand():
    class Counted:
        periods = ("2025-01",)
        prepared = 0

        def prepare(self, period: str) -> None:
            Counted.prepared += 1

    warming.warm_scopes(Counted() for _ in range(50))
    assert Counted.prepared == warming._WARMED


def test_the_outlines_that_the_first_page_opens_with_are_made_before(monkeypatch):
    atlas = invented.grid_atlas()
    warming.warm_opening(atlas)
    monkeypatch.setattr(coarse, "_coarse", lambda *asked: asked)
    state = State(atlas, "")
    assert isinstance(coarse.coarse_json(atlas, state.level, state.area), str)


def test_what_is_due_on_the_day_of_the_first_page_is_counted_before(counties, monkeypatch):
    findings = FindingCounts(counties.shared())
    warming.warm_due(findings)
    monkeypatch.setattr(finding_counts, "counts_on", None)
    first = View("overview", period=findings.county.months[-1])
    assert findings.due(first.as_of)[0] == first.period
