"""What one works decides for all its households is no event of each: read from the SQL itself."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlglot import exp

from geodata.errors import ThemeError
from geodata.figures.indicator import Indicator, read_indicators
from geodata.hotspots.built import MAPS, hotspot_tables
from geodata.hotspots.village_clusters import village_clusters
from geodata.rules.binding import parse
from geodata.themes import own_themes
from tests.invented_figures import figures_atlas, own_indicators

# Joined by these a row is of one household or of its village, which is what hot spots compare.
_OWN_KEYS = {"household_code", "person_code", "place_code", "village_code"}
_RULES = {rule.key: rule for theme in own_themes() for rule in theme.rules}
_SETS = {one.name: one.sql for theme in own_themes() for one in theme.feature_sets}
_HOUSEHOLD = [one for one in own_indicators() if one.subject == "household"]


def _shared_aliases(select: exp.Select) -> set[str]:
    """Return the tables that a SELECT joins by the key of what several households have in common."""
    shared = set()
    for join in select.args.get("joins") or ():
        keys = (
            {column.name for column in join.args["on"].find_all(exp.Column)}
            if join.args.get("on")
            else set()
        )
        if any(key.endswith("_code") for key in keys - _OWN_KEYS):
            shared.add(join.alias_or_name)
    return shared


def shared_columns(sql: str) -> frozenset[str]:
    """Return the columns of a feature set that are made of what several households have in common."""
    tainted: set[str] = set()
    for select in parse(sql).find_all(exp.Select, bfs=False):
        aliases = _shared_aliases(select)
        names = {
            one.name
            for part in select.selects
            for one in part.find_all(exp.Column)
            if one.table in aliases
        }
        tainted |= {
            part.alias_or_name
            for part in select.selects
            if any(one.name in names and one.table in aliases for one in part.find_all(exp.Column))
        }
    while True:
        more = {
            part.alias_or_name
            for select in parse(sql).find_all(exp.Select)
            for part in select.selects
            if any(one.name in tainted for one in part.find_all(exp.Column))
        }
        if more <= tainted:
            return frozenset(tainted)
        tainted |= more


def _read_by(indicator: Indicator) -> set[str]:
    """Return the features by which a household counts or does not."""
    texts = [indicator.numerator or "NULL"]
    texts += [_RULES[rule].when for rule in indicator.rules]
    return {
        column.name for text in texts for column in parse(f"SELECT {text}").find_all(exp.Column)
    }


@pytest.mark.parametrize("indicator", _HOUSEHOLD, ids=lambda one: one.key)
def test_what_is_shared_by_households_is_declared_and_nothing_else(indicator):
    shared = _read_by(indicator) & shared_columns(_SETS[indicator.table])
    assert (indicator.decided_by is not None) == bool(shared), sorted(shared)


def test_a_shared_column_is_seen_through_every_step():
    sql = (
        "WITH j AS (SELECT h.household_code, h.own, w.bad FROM household AS h"
        " LEFT JOIN works AS w ON w.works_code = h.works_code),"
        " g AS (SELECT *, CASE WHEN bad THEN 0 END AS grade FROM j)"
        " SELECT household_code, own, LEAST(grade, own) AS verdict FROM g"
    )
    assert shared_columns(sql) == {"bad", "grade", "verdict"}


def test_only_shares_and_counts_of_independent_things_are_tested_as_events():
    for one in own_indicators():
        counted = (one.quantity == "share" and one.counts_things) or one.counts_judged
        assert (one.tested == "events") == (counted and one.decided_by is None), one.key
        if one.quantity in ("mean", "days", "total", "per_head", "index") or one.is_money:
            assert one.tested != "events", one.key


def test_no_cluster_is_looked_for_where_events_are_shared_and_the_reason_is_told():
    whole = figures_atlas()
    month, keys = whole.periods[-1], ("water_not_safe_share", "convenience_fails_share")
    chosen = whole.values["indicator"].isin(keys) & (whole.values["period"] == month)
    shown = {key: whole.indicators[key] for key in keys}
    atlas = replace(whole, values=whole.values[chosen], indicators=shown)
    assert set(hotspot_tables(atlas)[MAPS]["indicator"]) == {"convenience_fails_share"}
    layer = village_clusters(atlas, "water_not_safe_share", month)
    assert layer.reason == "shared"
    assert (layer.kinds == 255).all()
    assert "不是许多件独立的事" in layer.finding("zh")
    assert "not as many events" in layer.finding("en")


def test_an_unknown_decider_is_refused_with_the_nearest_word(tmp_path):
    file = tmp_path / "indicators.yaml"
    file.write_text(
        "a_share:\n  title: {zh: 甲, en: a}\n  quantity: share\n  counts: household\n"
        "  base: household\n  unit: percent\n  decided_by: zonne\n  numerator: '1'\n",
        encoding="utf-8",
    )
    with pytest.raises(ThemeError, match=r"decided_by.*zone"):
        read_indicators(file, "water")
