"""The wall of sites says what lists, rules and figures say, and every household is somewhere."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dashboard.answers import Source, county_source
from dashboard.answers.as_json import answer_json
from dashboard.answers.listing import page_list
from dashboard.answers.site_wall import sites_of
from dashboard.view import View
from geodata.access import Actor, Request
from geodata.i18n import LANGUAGES

pytestmark = pytest.mark.xdist_group("sampled")
THEME = "relocation"


def _wall(source: Source, **told):
    wall = sites_of(source, source.view(theme=THEME, **{"lang": "zh", **told}))
    assert wall is not None
    return wall


def test_every_household_of_a_site_came_from_somewhere_or_nobody_knows(source, sampled):
    for period in sampled.months:
        wall = _wall(source, period=period)
        assert wall.sites
        for site in wall.sites:
            view = source.view(
                theme=THEME,
                period=period,
                side="households",
                point=f"site:{site.key}",
                site=site.key,
            )
            count = page_list(source, view).count
            assert site.households == count == sum(one.households for one in site.origins)
        unknown = sum(o.households for site in wall.sites for o in site.origins if not o.place)
        assert wall.unplaced == unknown


def test_the_parts_of_income_add_up_to_all_of_it(source):
    compared = 0
    for site in _wall(source).sites:
        shares = [part.share for part in site.parts]
        if None not in shares:
            assert sum(shares) == pytest.approx(100)
            assert min(shares) >= 0
            compared += 1
    assert compared


def test_a_site_is_over_from_the_lower_limit_on_and_its_state_is_that_of_its_findings(source):
    wall = _wall(source)
    reader = source.county.places(wall.period, actor=source.actor)
    rows = reader.rows(
        Request("flags", filters=(("subject_kind", "is", "site"), ("answer", "is", "yes")))
    ).frame
    for site in wall.sites:
        assert site.over == ((site.parts[0].share or 0) >= wall.limits[0][1])
        own = set(rows["rule"][rows["subject"] == site.key])
        grave = [
            rule
            for rule in source.themes[THEME].rules
            if rule.key in own and rule.severity == site.state
        ]
        assert sorted(site.findings) == sorted(rule.title["zh"] for rule in grave)
        assert (site.state == "fine") == (not site.findings)
    assert [limit for _, limit in wall.limits] == sorted(limit for _, limit in wall.limits)


def test_no_count_is_larger_than_what_it_is_of(source):
    for site in _wall(source).sites:
        for part, whole in ((site.without, site.labour), (site.working, site.labour)):
            assert part is None or part <= whole
        assert all(one.done is None or one.of is None or one.done >= 0 for one in site.meters)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_sentence_names_the_site_that_lives_most_on_what_is_judged(source, lang):
    wall = _wall(source, lang=lang)
    over = [site for site in wall.sites if site.over]
    if over:
        worst = max(over, key=lambda one: one.parts[0].share)
        assert worst.name in wall.sentence
    assert wall.sentence


def test_nobody_is_named_on_a_projector_or_for_the_public(source):
    view = source.view(theme=THEME, lang="zh")
    assert any(site.officials for site in sites_of(source, view).sites)
    for kept in (replace(view, presenting=True), replace(view, public=True)):
        assert not any(site.officials for site in sites_of(source, kept).sites)


def test_a_township_without_a_site_sees_none(sampled, source):
    theirs = {site.place[:9] for site in _wall(source).sites}
    other = next(key for key in source.atlas.places_in(None, "township") if key not in theirs)
    own = county_source(sampled, Actor("t", "township_officer", (other,)))
    wall = _wall(own)
    assert (wall.sites, wall.unplaced) == ((), 0)


def test_show_tells_the_sites_where_they_are_looked_at(source):
    view = source.view(theme=THEME, side="sites", lang="zh")
    told = answer_json(source, view)["sites"]
    assert [site["key"] for site in told["sites"]] == [site.key for site in _wall(source).sites]


def test_another_theme_draws_no_sites(source):
    assert sites_of(source, View.parse("?theme=water", source)) is None
