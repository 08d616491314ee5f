"""Which parameters a figure depends on: through whatever queries they come to it."""

from __future__ import annotations

from geodata.rules.binding import keys_in
from geodata.rules.feature import FeatureSet, in_order, shared_sets
from geodata.rules.lineage import column_parameters, expression_parameters
from geodata.themes.registry import own_themes

LOWER = FeatureSet(
    "lower",
    "SELECT code, CASE WHEN income < :a.line THEN TRUE ELSE FALSE END AS poor, income AS earned"
    " FROM household WHERE day <= :day.now",
)
UPPER = FeatureSet(
    "upper",
    "WITH old AS (SELECT code, COUNT(*) AS visits FROM visit WHERE minutes > :b.least GROUP BY code),"
    " joined AS (SELECT l.*, o.visits FROM lower AS l LEFT JOIN old AS o ON o.code = l.code)"
    " SELECT code, poor OR visits > 2 AS watched, earned, visits FROM joined"
    " UNION ALL SELECT code, poor, earned * :c.factor, 0 FROM lower",
)


def test_a_column_depends_on_what_it_and_the_rows_it_comes_from_are_made_by() -> None:
    columns = column_parameters([LOWER, UPPER])
    assert columns["lower"] == {"code": set(), "poor": {"a.line"}, "earned": set()}
    assert columns["upper"]["watched"] == {"a.line", "b.least"}
    assert columns["upper"]["earned"] == {"c.factor"}
    assert columns["upper"]["visits"] == {"b.least"}
    asked = expression_parameters(["watched AND earned > :d.line"], columns["upper"])
    assert asked == {"a.line", "b.least", "c.factor", "d.line"}


def test_every_parameter_that_a_feature_set_names_reaches_a_column() -> None:
    sets = [one for theme in own_themes() for one in theme.feature_sets]
    ordered = in_order((*shared_sets(), *sets), [one.name for one in sets])
    columns = column_parameters(ordered)
    for one in ordered:
        assert set(columns[one.name]) == set(one.columns), one.name
        own = frozenset[str]().union(*columns[one.name].values())
        assert set(keys_in(one.sql)) <= own, one.name
