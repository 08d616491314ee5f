"""A search of everything: by characters, pinyin and initials, whatever is typed, and nothing of people."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypinyin import Style, lazy_pinyin, pinyin

from dashboard.answers import county_source
from dashboard.answers.search import LONGEST, search
from dashboard.view import LISTING, read_address
from geodata.access import Actor
from geodata.i18n import LANGUAGES
from geodata.workspace.points import theme_points

pytestmark = pytest.mark.xdist_group("sampled")


@pytest.fixture(scope="module")
def view(source):
    return source.view()


def _names(source, view, sought):
    return [one.name for one in search(source, view, sought)]


def test_a_place_is_found_by_name_code_pinyin_with_and_without_tones_and_initials(source, view):
    atlas = source.atlas
    code = atlas.places_in(None, atlas.lowest)[3]
    name = atlas.name(code)
    marked = "".join(one[0] for one in pinyin(name, style=Style.TONE))
    numbered = " ".join(one[0] for one in pinyin(name, style=Style.TONE3))
    ways = (name, name[:2], code, "".join(lazy_pinyin(name)), marked, numbered)
    for sought in (*ways, " ".join(lazy_pinyin(name)).upper()):
        (hit, *_) = [one for one in search(source, view, sought) if one.name == name]
        shown, ignored = read_address(hit.address, source)
        assert (shown.place, shown.spotlight, ignored) == (code, True, ())
    initials = "".join(one[0] for one in lazy_pinyin(name))
    assert all(one.kind == "place" for one in search(source, view, initials)[:1])


def test_every_place_indicator_theme_and_rule_is_the_first_that_its_own_name_finds(source, view):
    listed = {
        ("place", str(name)) for name in source.atlas.places["name"].drop_duplicates(keep=False)
    }
    for theme in source.themes.values():
        listed.add(("theme", theme.title["zh"]))
        listed |= {("rule", rule.title["zh"]) for rule in theme.rules if len(rule.title["zh"]) < 30}
    listed |= {("indicator", one.title["zh"]) for one in source.atlas.indicators.values()}
    missed = []
    for kind, name in sorted(listed):
        if name not in [one.name for one in search(source, view, name)]:
            missed.append((kind, name))
    assert missed == []


@pytest.mark.parametrize("lang", LANGUAGES)
@settings(max_examples=60, deadline=None)
@given(sought=st.text(max_size=3 * LONGEST))
def test_whatever_is_typed_gives_addresses_that_are_understood(source, view, lang, sought):
    for hit in search(source, replace(view, lang=lang), sought):
        assert read_address(hit.address, source)[1] == ()
        assert hit.name


def test_what_is_hostile_or_empty_finds_nothing_and_long_text_is_cut(source, view):
    for sought in ("", "  ", "(", "[", "%", "'", "\x00", "\ud800", "<script>", "￥" * 10_000):
        assert search(source, view, sought) == ()
    name = source.atlas.name(source.atlas.places_in(None, source.atlas.lowest)[0])
    assert _names(source, view, name + " " * LONGEST + "x" * 10**6)[0] == name


def test_a_parameter_tells_its_value_and_opens_a_rule_that_compares_with_it(source, view):
    policy = source.policy
    told = 0
    for theme in source.themes.values():
        for key in dict.fromkeys(key for rule in theme.rules for key in rule.parameters):
            parameter = policy.parameters.get(key)
            if parameter is None:
                continue
            hits = search(source, view, parameter.title["zh"])
            hit = next((one for one in hits if one.kind == "parameter"), None)
            if hit is not None:
                shown, _ = read_address(hit.address, source)
                assert shown.side == LISTING
                assert shown.rule
                assert hit.note not in ("True", "False", "None")
                told += 1
    assert told > 5


def test_on_a_projector_nothing_opens_a_list_of_people(source, view):
    shown = replace(view, presenting=True)
    for sought in ("收入", "shouru", "户", "名单"):
        for hit in search(source, shown, sought):
            assert read_address(hit.address, source)[0].side != LISTING


def test_every_site_works_and_official_is_found_by_name_pinyin_and_initials_by_right(
    sampled, source, view
):
    reader = source.county.places(view.period, actor=source.actor)
    sought: list[tuple[str, str]] = []
    for theme in source.themes.values():
        rows = theme_points(
            theme,
            lambda request: reader.rows(request).frame,
            source.atlas,
            sampled.setup.rules,
            view.period,
        )
        sought += [("point", str(name)) for name in rows["name"].dropna().unique()]
    people = source.officials(view)
    own = people[people["household_code"].isna() & people["name"].notna()]
    sought += [("official", str(name)) for name in own["name"].unique()]
    assert {kind for kind, _ in sought} == {"point", "official"}
    for kind, name in sought[::7]:
        for typed in (name, "".join(lazy_pinyin(name))):
            hits = [one for one in search(source, view, typed) if one.name == name]
            assert kind in {one.kind for one in hits}, typed
            for hit in hits:
                assert read_address(hit.address, source)[1] == ()
                assert name not in hit.address
    initials = "".join(one[0] for one in lazy_pinyin(sought[0][1]))
    assert search(source, view, initials)
    auditor = county_source(sampled, Actor("a", "auditor", (source.root,)))
    projected = replace(view, presenting=True)
    for asked, shown in ((auditor, view), (source, projected)):
        for kind, name in sought:
            if kind == "official":
                hits = search(asked, shown, name)
                assert "official" not in {one.kind for one in hits}
                break
