"""A parameter without a value is bound as NULL of its own type, and what asks it is unknown."""

from __future__ import annotations

import pytest

from geodata.policy import load_policy
from geodata.rules import Binding
from geodata.rules.base_tables import add_base_tables
from geodata.rules.dry_run import empty_engine
from geodata.rules.run import make_features, needed_keys, run_rules
from geodata.tables import tables
from geodata.themes import own_themes

POLICY = load_policy()
MONTH = "2015-06"


def _unset(keys) -> Binding:
    return Binding(MONTH, dict.fromkeys(keys), texts=POLICY.texts(keys))


@pytest.mark.parametrize("key", sorted(POLICY.parameters))
def test_unset_value_has_the_type_that_its_parameter_declares(key):
    words = key in POLICY.texts([key])
    asked = f"regexp_matches(:{key}, 'x')" if words else f"round(:{key}) >= 1"
    with empty_engine(tables()) as engine:
        found = engine.frame(
            f"SELECT typeof(p) AS type, {_unset([key]).sql(asked)} AS answer "
            f"FROM (SELECT {_unset([key]).sql(f':{key}')} AS p)"
        )
    assert found["type"].tolist() == ["VARCHAR" if words else "DOUBLE"]
    assert found["answer"].isna().all()


@pytest.mark.parametrize("theme", own_themes(), ids=lambda theme: theme.key)
@pytest.mark.parametrize("unset", ["all", "words", "numbers"])
def test_features_and_rules_of_a_theme_run_without_values(theme, unset):
    keys = needed_keys(theme.feature_sets, theme.rules)
    gone = [k for k in keys if unset == "all" or POLICY[k].is_text == (unset == "words")]
    day = Binding("2025-06").day
    values = {**POLICY.comparable(keys, "99", day), **dict.fromkeys(gone)}
    binding = Binding("2025-06", values, texts=POLICY.texts(keys))
    with empty_engine(tables()) as engine:
        add_base_tables(engine, "2025-06", {})
        make_features(engine, theme.feature_sets, binding)
        assert run_rules(engine, theme.rules, binding).counts.num_rows == 0
