"""Who is gained and lost by another value of a parameter, before it is saved."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import pandas as pd
from sqlglot import exp

from geodata.access import Reader
from geodata.i18n import default_language
from geodata.periods import last_day
from geodata.policy import DatedValue, Policy, Reference
from geodata.policy.policy import split_years
from geodata.rules import Binding, FeatureSet, Rule
from geodata.rules.binding import keys_in, parse
from geodata.rules.compile import UNKNOWN, YES, answer, features_table
from geodata.rules.feature import in_order, shared_sets
from geodata.rules.run import make_features
from geodata.store import Engine
from geodata.themes import Theme
from geodata.workspace.engines import built_engine, month_engine, policy_areas, shared_values
from geodata.workspace.inputs import Setup
from geodata.workspace.saved import Built

IMPACT = "impact"
IMPACT_COLUMNS = ("household_code", "place_code", "rule", "change")
_KEYS = ["household_code", "place_code"]
CHANGES = ("gained", "lost", "unknown", "known")
Values = Mapping[str, float | int | bool | str | None]


@dataclass(frozen=True)
class Impact:
    """What other values would change in a month.

    `households` has IMPACT_COLUMNS, a row for each household and rule that answers otherwise: gained
    (the rule holds now), lost, unknown (no longer judged) or known (judged and not broken). `titles`
    names the rules looked at, `left` those that rest on features which would have to be made anew.
    """

    month: str
    titles: Mapping[str, str]
    left: tuple[str, ...]
    households: pd.DataFrame = field(repr=False)

    @property
    def by_rule(self) -> pd.DataFrame:
        """Return the households by rule, one column for each of CHANGES."""
        return _counted(self.households, ["rule"]).reindex(list(self.titles), fill_value=0)

    @property
    def by_village(self) -> pd.DataFrame:
        """Return the households by village and rule, one column for each of CHANGES."""
        return _counted(self.households, ["place_code", "rule"])


def _counted(rows: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    sizes = rows.groupby([*by, "change"]).size().unstack(fill_value=0)
    return sizes.reindex(columns=list(CHANGES), fill_value=0).astype(int)


def impact_of(
    setup: Setup, built: Built, values: Values, *, whole: bool = False, lang: str | None = None
) -> Impact:
    """Return what the rules about households would say of a built month with other values.

    Rules are asked again over the features that were built; with `whole` the features that rest on a
    value are made anew, which takes as long as building. Raises PolicyError for an unknown parameter.
    """
    lang = lang or default_language()
    changed = tried_policy(setup.policy, values, setup.config.county.code, built.month)
    titles: dict[str, str] = {}
    left: list[str] = []
    parts: list[pd.DataFrame] = []
    for theme in setup.themes:
        rules = _touched(theme, setup, values)
        later = [rule for rule in rules if _remade(theme, setup, rule, values)]
        if whole and later:
            parts.append(_over_new_features(setup, built.month, theme, rules, changed))
            later = []
        else:
            rules = [rule for rule in rules if rule not in later]
            parts += _over_built(setup, built, theme, rules, changed) if rules else []
        titles |= {rule.key: rule.title[lang] for rule in rules}
        left += [rule.title[lang] for rule in later]
    frame = pd.concat([pd.DataFrame(columns=list(IMPACT_COLUMNS)), *parts], ignore_index=True)
    return Impact(built.month, titles, tuple(left), frame)


def impact_seen_by(
    reader: Reader,
    setup: Setup,
    built: Built,
    values: Values,
    *,
    place: str = "",
    whole: bool = False,
    lang: str | None = None,
) -> Impact:
    """Return what `impact_of` does for the households that a reader may see in a place, on record."""
    result = impact_of(setup, built, values, whole=whole, lang=lang)
    seen = reader.computed(result.households, IMPACT, place=place).frame
    return replace(result, households=seen)


def tried_policy(policy: Policy, values: Values, place: str, month: str) -> Policy:
    """Return a policy in which a place has other values from the first day of a month's year on.

    Places inside it that have values of their own keep them. Raises PolicyError for an unknown key.
    """
    since = last_day(month).replace(month=1, day=1)
    changed = {}
    for key, value in values.items():
        reference = Reference("unset" if value is None else "county", "W")
        tried = DatedValue(value, (place,), {"zh": "", "en": ""}, reference, since)
        changed[key] = replace(policy[key], values=(tried, *policy[key].values))
    return Policy({**policy.parameters, **changed})


def _touched(theme: Theme, setup: Setup, values: Values) -> list[Rule]:
    """Return the rules about households that read one of the parameters, by themselves or by features."""
    sets = _behind(theme, setup)
    by_features = any(_reads(one.sql, values) for one in sets)
    return [
        rule
        for rule in theme.rules
        if rule.subject == "household"
        and rule.kind == "finding"
        and (
            any(split_years(key)[0] in values for key in rule.parameters)
            or (by_features and _remade(theme, setup, rule, values))
        )
    ]


def _behind(theme: Theme, setup: Setup) -> tuple[FeatureSet, ...]:
    return in_order((*shared_sets(), *setup.sets), [f"{theme.key}_household"])


def _reads(sql: str, values: Values) -> bool:
    return any(split_years(key)[0] in values for key in keys_in(sql))


def _remade(theme: Theme, setup: Setup, rule: Rule, values: Values) -> bool:
    """Return whether a feature that the rule names rests on one of the parameters."""
    *below, own = _behind(theme, setup)
    if any(_reads(one.sql, values) for one in below):
        return True
    bound = {f"bound__{key.replace('.', '__')}" for key in keys_in(own.sql)}
    bound = {one for one in bound if any(_is_of(one, key) for key in values)}
    tree = parse(own.sql)
    assert isinstance(tree, exp.Query)
    selects = {one.alias_or_name: _bound_in(one, bound) for one in tree.selects}
    if _bound_in(tree, bound) > sum(selects.values()):
        return True
    names = {c.name for sql in (rule.scope, rule.when) for c in parse(sql).find_all(exp.Column)}
    return any(selects.get(name, 0) for name in names)


def _is_of(bound: str, key: str) -> bool:
    name = f"bound__{key.replace('.', '__')}"
    return bound == name or bound.startswith(f"{name}__years_ago_")


def _bound_in(tree: exp.Expr, bound: Iterable[str]) -> int:
    return sum(column.name in bound for column in tree.find_all(exp.Column))


def _over_built(
    setup: Setup, built: Built, theme: Theme, rules: Sequence[Rule], changed: Policy
) -> list[pd.DataFrame]:
    """Return what changes when the rules are asked over the features as they were built."""
    name, county = features_table(rules[0]), setup.config.county.code
    with built_engine(built.files(name), name, setup.set_columns[name]) as engine:
        keys = sorted({key for rule in rules for key in rule.parameters})
        pairs = shared_values(engine, setup.policy, keys, last_day(built.month), table=name)
        texts = setup.policy.texts(keys)
        width, areas = pairs
        parts = []
        for prefixes, values in areas:
            tried = {
                **values,
                **changed.comparable(keys, (prefixes or (county,))[0], last_day(built.month)),
            }
            both = [Binding(built.month, each, texts=texts) for each in (values, tried)]
            parts.append(changes_between(engine, rules, *both, width=width, prefixes=prefixes))
    return parts


def changes_between(
    engine: Engine,
    rules: Sequence[Rule],
    before: Binding,
    after: Binding,
    *,
    width: int = 0,
    prefixes: Sequence[str] = (),
) -> pd.DataFrame:
    """Return IMPACT_COLUMNS of the households whose answer to a rule differs between two bindings.

    All rules read one feature set, which the engine has; only rules that hold on the day are asked.
    """
    asked = [rule for rule in rules if rule.holds_on(before.day)]
    if not asked:
        return pd.DataFrame(columns=list(IMPACT_COLUMNS))
    inside = ""
    if prefixes:
        listed = ", ".join(f"'{prefix}'" for prefix in prefixes)
        inside = f" WHERE SUBSTRING(place_code, 1, {width}) IN ({listed})"
    columns = ", ".join(
        f"{answer(rule, binding, engine.name)} AS {mark}{number}"
        for number, rule in enumerate(asked)
        for mark, binding in (("b", before), ("a", after))
    )
    differ = " OR ".join(f"b{n} IS DISTINCT FROM a{n}" for n in range(len(asked)))
    rows = engine.frame(
        f"SELECT * FROM (SELECT household_code, place_code, {columns}"
        f" FROM {features_table(asked[0])}{inside}) AS answered WHERE {differ}"
    )
    parts = [
        _changed(rows, rows[f"b{number}"], rows[f"a{number}"], rule.key)
        for number, rule in enumerate(asked)
    ]
    return pd.concat(parts)


def _changed(rows: pd.DataFrame, old: pd.Series, new: pd.Series, rule: str) -> pd.DataFrame:
    """Return IMPACT_COLUMNS of the rows whose answer came, went, or became unknown or known."""
    is_yes, was_yes = (one.eq(YES).fillna(False) for one in (new, old))
    is_open, was_open = (one.eq(UNKNOWN).fillna(False) for one in (new, old))
    kinds = {
        "gained": is_yes & ~was_yes,
        "lost": was_yes & ~is_yes & ~is_open,
        "unknown": is_open & ~was_open,
        "known": was_open & ~is_open & ~is_yes,
    }
    parts = [rows.loc[mask, _KEYS].assign(rule=rule, change=kind) for kind, mask in kinds.items()]
    return pd.concat(parts)[list(IMPACT_COLUMNS)]


def _over_new_features(
    setup: Setup, month: str, theme: Theme, rules: Sequence[Rule], changed: Policy
) -> pd.DataFrame:
    """Return what changes when the features of a theme are made by the old and the new values."""
    with month_engine(setup.store, month, setup.tables, entered=setup.entered) as (engine, _):
        said = [
            _said(engine, setup, policy, month, theme, rules) for policy in (setup.policy, changed)
        ]
    old, new = (each.reindex(said[0].index) for each in said)
    places = said[0].reset_index()[_KEYS]
    parts = [
        _changed(
            places,
            old[rule.key].reset_index(drop=True),
            new[rule.key].reset_index(drop=True),
            rule.key,
        )
        for rule in rules
        if rule.key in old
    ]
    return pd.concat(parts) if parts else pd.DataFrame(columns=list(IMPACT_COLUMNS))


def _said(
    engine: Engine, setup: Setup, policy: Policy, month: str, theme: Theme, rules: Sequence[Rule]
) -> pd.DataFrame:
    """Return the answer of each rule by household, with its village."""
    parts = []
    for area in policy_areas(engine, policy, setup.keys, month, setup.tables):
        make_features(engine, setup.sets, area.binding, wanted=[f"{theme.key}_household"])
        asked = [rule for rule in rules if rule.holds_on(area.binding.day)]
        columns = "".join(f", {answer(r, area.binding, engine.name)} AS {r.key}" for r in asked)
        parts.append(
            engine.frame(f"SELECT household_code, place_code{columns} FROM {theme.key}_household")
        )
    return pd.concat(parts).set_index("household_code")
