"""Role x act x place: everything that is not granted is refused."""

from __future__ import annotations

import itertools

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata import i18n
from geodata.access import EVERYWHERE, Actor, Scope, load_roles
from geodata.errors import ScopeError
from tests.geodata.access.county import COUNTIES, PARENT, TOWNSHIPS, VILLAGES

ROLES = load_roles()
ACTS = sorted({act for role in ROLES.values() for act in role.acts} | {"no_such_act"})
SCOPES = [
    (),
    (VILLAGES[0],),
    (VILLAGES[0], VILLAGES[-1]),
    (TOWNSHIPS[0],),
    (TOWNSHIPS[2], VILLAGES[0]),
    (COUNTIES[0],),
    ("9901",),
]
PLACES = [*PARENT, "", "990103", "990101003200", "110101001001", "9901010", "村名"]
MATRIX = list(itertools.product(ROLES, ACTS, SCOPES, PLACES))


def up(place: str) -> list[str]:
    """Return a place and all places above it by walking the tree, not by looking at digits."""
    return [] if place not in PARENT else [place, *up(PARENT[place] or "none")]


def expected(role: str, act: str, own: tuple[str, ...], place: str) -> bool:
    """Return what the sentences of roles.yaml say, worked out on the tree of places."""
    reach = ROLES[role].acts.get(act)
    inside = any(mine in up(place) for mine in own)
    above = any(place in up(mine) for mine in own)
    county = {here for mine in own for here in up(mine) if here in COUNTIES}
    same = bool(county & set(up(place)))
    return {
        None: False,
        "own": inside,
        "above": inside or above,
        "county": inside or above or same,
        "any": True,
    }[reach]


def test_matrix_of_roles_acts_scopes_and_places_has_no_leak():
    assert len(MATRIX) >= 1000
    known = [case for case in MATRIX if case[3] in PARENT or case[3] in ("", "村名")]
    wrong = [
        case
        for case in known
        if bool(Scope(case[0], case[2]).allows(case[3], case[1])) != expected(*case)
    ]
    assert wrong == []


def test_places_that_no_tree_holds_are_never_more_than_what_their_digits_say():
    strange = [case for case in MATRIX if case[3] not in PARENT and case[3]]
    allowed = [
        (role, act, own, place)
        for role, act, own, place in strange
        if Scope(role, own).allows(place, act)
    ]
    assert allowed
    for role, act, own, place in allowed:
        reach = ROLES[role].acts[act]
        assert reach == "any" or place.startswith(
            own if reach != "county" else tuple(mine[:6] for mine in own)
        )


def test_the_filter_of_a_column_says_the_same_as_one_question_at_a_time():
    places = pd.Series(PLACES, dtype="str")
    for role, act, own in itertools.product(ROLES, ACTS, [*SCOPES, (EVERYWHERE,)]):
        scope = Scope(role, own)
        each = [bool(scope.allows(place, act)) for place in PLACES]
        assert scope.filter(places, act).tolist() == each, (role, act, own)


def test_a_missing_place_is_nobodys():
    places = pd.Series([None, VILLAGES[0]], dtype="str")
    assert Scope("analyst", ("990101",)).filter(places, "rows").tolist() == [False, True]
    assert Scope("analyst", (EVERYWHERE,)).filter(places, "rows").tolist() == [False, True]


@pytest.mark.parametrize(
    "prefix",
    [
        "",
        "9",
        "990",
        "99010",
        "9901010",
        "990101000000",
        "990101001000",
        "990100",
        "９９",
        "99 ",
        "%",
    ],
)
def test_a_scope_that_is_no_whole_code_is_refused(prefix):
    with pytest.raises(ScopeError, match="不是完整的区划代码"):
        Scope("analyst", (prefix,))


def test_an_unknown_role_is_refused_with_those_there_are():
    with pytest.raises(ScopeError, match="village_officer"):
        Actor("a", "root", ("99",))


def test_a_refusal_says_place_role_and_act_in_both_languages():
    verdict = Actor("a", "village_officer", (VILLAGES[0],)).allows(VILLAGES[1], "rows")
    assert verdict.reason("zh").startswith(
        f"“{VILLAGES[1]}”不在您的数据范围内（村干部，查看农户名单）"
    )
    assert "village officer, see household lists" in verdict.reason("en")


def test_every_act_and_role_has_a_title():
    keys = [f"access.role_{role}" for role in ROLES]
    keys += [f"access.act_{act}" for act in ACTS if act != "no_such_act"]
    assert [key for key in keys if key not in i18n.CATALOGUE] == []


codes = st.sampled_from([*PARENT, "990103001200"])


@given(st.sampled_from(sorted(ROLES)), st.lists(codes, max_size=3), st.sampled_from(["", *PARENT]))
def test_narrowing_to_a_place_never_reaches_further_than_the_scope(role, own, place):
    scope = Scope(role, tuple(own))
    starts = scope.narrowed(place, "rows")
    assert all(scope.allows(start, "rows") and start.startswith(place) for start in starts)


@pytest.mark.parametrize(
    ("role", "act", "own", "starts"),
    [
        ("leader", "rows", ("990101", "990102001"), ("990101", "990102001")),
        ("leader", "figure", ("990101001001", "990101002"), ("990101",)),
        ("village_officer", "figure", (VILLAGES[0],), (VILLAGES[0],)),
        ("auditor", "audit", ("990101",), ("",)),
        ("auditor", "rows", ("990101",), ()),
        ("leader", "rows", (EVERYWHERE,), ("",)),
        ("leader", "rows", (), ()),
    ],
)
def test_a_store_is_told_the_prefixes_that_the_act_reaches(role, act, own, starts):
    assert Scope(role, own).starts(act) == starts
    assert Scope(role, own).narrowed("", act) == starts


@pytest.mark.parametrize(
    ("own", "place", "narrowed"),
    [
        (("990101",), TOWNSHIPS[0], (TOWNSHIPS[0],)),
        ((TOWNSHIPS[0],), TOWNSHIPS[0], (TOWNSHIPS[0],)),
        ((TOWNSHIPS[0],), "990101", (TOWNSHIPS[0],)),
        ((TOWNSHIPS[0], TOWNSHIPS[1]), "99", (TOWNSHIPS[0], TOWNSHIPS[1])),
        ((TOWNSHIPS[0],), TOWNSHIPS[1], ()),
        ((EVERYWHERE,), VILLAGES[0], (VILLAGES[0],)),
    ],
)
def test_rows_are_narrowed_to_a_place_or_to_the_own_places_within_it(own, place, narrowed):
    assert Scope("leader", own).narrowed(place, "rows") == narrowed
    assert Scope("auditor", own).narrowed(place, "rows") == ()


def test_every_answer_is_a_verdict_with_its_reason():
    for role, act, own, place in MATRIX:
        verdict = Scope(role, own).allows(place, act)
        assert verdict.allow is bool(verdict)
        assert (verdict.place, verdict.act, verdict.role) == (place, act, role)
        known = act in ROLES[role].acts
        assert (verdict.key == "access.act_not_granted") is not known


def test_scopes_of_another_role_or_place_are_kept_apart():
    keys = [Scope(role, own).key for role in ROLES for own in SCOPES]
    assert len(set(keys)) == len(keys)
    assert Scope("leader", ("99", "9901")).key == Scope("leader", ("9901", "99", "99")).key
