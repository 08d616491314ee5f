"""What if: sources of income switched off, and the same rules run again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import pandas as pd

from geodata.errors import StoreError
from geodata.i18n import default_language, text
from geodata.periods import last_day
from geodata.rules import run_rules
from geodata.rules.exemption import held_on
from geodata.rules.run import make_features
from geodata.store import Engine
from geodata.tables import income_items
from geodata.workspace import display
from geodata.workspace.engines import PolicyArea, month_engine, policy_areas
from geodata.workspace.inputs import Setup
from geodata.workspace.place_register import PlaceRegister


@dataclass(frozen=True)
class WhatIf:
    """What changes when sources end.

    `households` has one row for each household whose income or findings change: place_code,
    before and after (net income per person, yuan), new and gone (keys of rules about
    people's lives; rules about records stay out). `places` counts
    the households that newly break each rule: place, rule, households. `titles` names the rules.
    """

    month: str
    items: tuple[str, ...]
    workshop: str
    households: pd.DataFrame = field(repr=False)
    places: pd.DataFrame = field(repr=False)
    titles: Mapping[str, Mapping[str, str]] = field(repr=False, default_factory=dict)

    def _repr_html_(self) -> str:
        return _html(self)


def run_what_if(
    setup: Setup, month: str, *, items: Sequence[str] = (), workshop: str = "", place: str = ""
) -> WhatIf:
    """Return what the rules say when income items, and the wages of one workshop, are taken away.

    `items` are codes of the household account; the cost of a production ends with it. A workshop
    takes from each household the part of its wages (a1) that its members there are of its workers.
    Twelve months and the twelve before lose the same months of the last year only. Raises
    StoreError for an unknown item or workshop.
    """
    unknown = [code for code in items if code not in income_items()]
    if unknown:
        known = ", ".join(income_items())
        raise StoreError("workspace.no_item", item=unknown[0], known=known)
    with month_engine(setup.store, month, setup.tables, entered=setup.entered) as (engine, _):
        if workshop and not _has_workshop(engine, workshop):
            raise StoreError("workspace.no_workshop", workshop=workshop, month=month)
        areas = policy_areas(engine, setup.policy, setup.keys, month, setup.tables)
        before = _answers(engine, setup, areas)
        _switch_off(engine, month, items, workshop)
        after = _answers(engine, setup, tuple(_over_changed(area) for area in areas))
    households = _compare(before, after, place, setup.place_register)
    added = households[["place_code", "new"]].explode("new").dropna()
    places = added.groupby(["place_code", "new"]).size().rename("households").reset_index()
    places.columns = ["place", "rule", "households"]
    titles = {key: rule.title for key, rule in setup.rules.items()}
    return WhatIf(month, tuple(items), workshop, households, places, titles)


def _has_workshop(engine: Engine, workshop: str) -> bool:
    return workshop in set(engine.frame("SELECT workshop_code FROM workshop")["workshop_code"])


def _switch_off(engine: Engine, month: str, items: Sequence[str], workshop: str) -> None:
    """Name a ledger in which what ends is nothing; the rows stay, so that months stay reported."""
    ended = {*items, *(income_items()[code].cost for code in items)} - {""}
    listed = ", ".join(f"'{code}'" for code in sorted(ended)) or "''"
    quoted = workshop.replace("'", "''")
    engine.add_view(
        "workshop_share",
        "SELECT household_code, CAST(COUNT(CASE WHEN workshop_code = '"
        + quoted
        + "' THEN 1 END) AS DOUBLE) / COUNT(*) AS share FROM person WHERE work_months > 0 "
        "GROUP BY household_code",
    )
    begin = f"'{int(month[:4]) - 1}{month[4:]}'"
    engine.add_view(
        "ledger_changed",
        f"SELECT l.household_code, l.place_code, l.month, l.item, CASE WHEN l.month <= {begin} "
        f"THEN l.amount WHEN l.item IN ({listed}) THEN 0 WHEN l.item = 'a1' AND s.share > 0 "
        "THEN CAST(ROUND(l.amount * (1 - s.share)) AS BIGINT) ELSE l.amount END AS amount "
        "FROM ledger AS l LEFT JOIN workshop_share AS s ON s.household_code = l.household_code",
    )


def _over_changed(area: PolicyArea) -> PolicyArea:
    tables = {**area.binding.tables, "ledger": "ledger_changed"}
    return replace(area, binding=replace(area.binding, tables=tables))


def _answers(engine: Engine, setup: Setup, areas: Sequence[PolicyArea]) -> pd.DataFrame:
    """Return household, place, income per person and the set of broken rules."""
    parts = []
    rules = [r for r in setup.rules.values() if (r.subject, r.kind) == ("household", "finding")]
    for area in areas:
        held = held_on(setup.exemptions, last_day(area.binding.month))
        binding = replace(area.binding, exempt=held)
        make_features(engine, setup.sets, binding)
        flags = run_rules(engine, rules, binding).flags.to_pandas()
        income = engine.frame(_income(setup)).set_index("household_code")
        broken = flags.groupby("subject")["rule"].agg(frozenset)
        income["rules"] = broken.reindex(income.index)
        parts.append(income)
    return pd.concat(parts)


def _income(setup: Setup) -> str:
    """Return the query of the income per person of each household; unknown where no theme tells it."""
    told = setup.registry.told("income_per_person")
    feature = "CAST(NULL AS DOUBLE)" if told is None else told.feature
    table = "household" if told is None else told.table
    return f"SELECT household_code, place_code, {feature} AS income_per_person FROM {table}"


def _compare(
    before: pd.DataFrame, after: pd.DataFrame, place: str, register: PlaceRegister
) -> pd.DataFrame:
    """Return the households that change; sets are compared household by household."""
    none: frozenset[str] = frozenset()
    pairs = list(zip(before["rules"], after["rules"].reindex(before.index), strict=True))
    sets = [tuple(s if isinstance(s, frozenset) else none for s in pair) for pair in pairs]
    frame = pd.DataFrame(
        {
            "place_code": register.now(before["place_code"]),
            "before": before["income_per_person"] / 100,
            "after": after["income_per_person"].reindex(before.index) / 100,
            "new": [sorted(new - old) for old, new in sets],
            "gone": [sorted(old - new) for old, new in sets],
        },
        index=before.index,
    )
    moved = (frame["before"] - frame["after"]).abs() > 0
    changed = moved | (frame["new"].str.len() > 0) | (frame["gone"].str.len() > 0)
    inside = frame["place_code"].str.startswith(place)
    return frame[changed & inside].sort_values(["place_code"], kind="stable")


def _html(result: WhatIf) -> str:
    """Return how many households change, and how many newly break each rule."""
    lang = default_language()
    ended = "、".join([*result.items, *([result.workshop] if result.workshop else [])])
    title = text("display.what_if", month=result.month, ended=ended or "—")
    newly = result.places.groupby("rule")["households"].sum().sort_values(ascending=False)
    named = [result.titles.get(key, {}).get(lang, key) for key in newly.index]
    rows = list(zip(named, map(display.number, newly), strict=True))
    counts = text("display.changed", households=f"{len(result.households):,}")
    return (
        display.heading(title)
        + display.paragraph(counts)
        + display.table(("rule", "newly"), rows[: display.MOST_RULES])
    )
