"""Everything a built month depends on, so that it is built again only when some of it changed."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from sqlglot import exp

from geodata.access import Privacy, table_privacy
from geodata.config import Config
from geodata.figures import Indicator
from geodata.periods import last_day, shift_month
from geodata.policy import Policy
from geodata.policy.policy import day_meant
from geodata.rules import Exemption, FeatureSet, Rule
from geodata.rules.base_tables import HOUSEHOLD_BEFORE, HOUSEHOLD_EARLIER
from geodata.rules.binding import parse
from geodata.rules.feature import in_order, shared_sets
from geodata.rules.run import needed_keys
from geodata.store import SnapshotStore
from geodata.store.entered import EnteredRows
from geodata.tables import PRIVACY, Column, Table
from geodata.themes import Registry, Theme
from geodata.version import __version__
from geodata.workspace.deeds import digest_until, entered_rows
from geodata.workspace.engines import MONTHS_BACK, snapshots_before, snapshots_of_lists
from geodata.workspace.place_register import PlaceRegister, read_place_register


@dataclass(frozen=True)
class Setup:
    """A workspace as a build sees it: settings, snapshots, policy, themes and exemptions."""

    config: Config
    store: SnapshotStore
    policy: Policy
    registry: Registry
    exemptions: tuple[Exemption, ...] = field(default=())

    @property
    def entered(self) -> Mapping[str, EnteredRows]:
        """Return by table what people entered on the page, as it is now; see `entered_rows`."""
        return entered_rows(self.config.folder, self.tables)

    @property
    def themes(self) -> tuple[Theme, ...]:
        """Return the themes of the workspace, in their order."""
        return self.registry.themes

    def columns_of(self, name: str) -> Mapping[str, Column]:
        """Return the columns of a table by name, {} when there is no such table."""
        return self.tables[name].columns if name in self.tables else {}

    @property
    def tables(self) -> Mapping[str, Table]:
        """Return the tables of the workspace: those of the product and of its themes."""
        return self.registry.tables

    def tables_behind(self, names: Collection[str]) -> Mapping[str, Table]:
        """Return the tables behind tables and feature sets of these names, households always among them.

        Opening all tables takes longer than what is asked of a few.
        """
        sets = in_order((*shared_sets(), *self.sets), sorted(names))
        read = {*names}.union(*(one.reads for one in sets))
        if "coverage" in read:
            return self.tables
        return {
            name: one for name, one in self.tables.items() if name in read or name == "household"
        }

    @cached_property
    def place_register(self) -> PlaceRegister:
        """Return the newest list of places: what stands for a place that has ended."""
        return read_place_register(self.store)

    @cached_property
    def privacy(self) -> Mapping[str, Mapping[str, Privacy]]:
        """Return the privacy of every column of every table, as the tables define it."""
        return table_privacy(self.tables)

    @cached_property
    def set_columns(self) -> Mapping[str, tuple[str, ...]]:
        """Return the columns of each feature set by its name; its SQL is parsed once for them."""
        return {feature_set.name: tuple(feature_set.columns) for feature_set in self.sets}

    @cached_property
    def feature_classes(self) -> Mapping[str, str]:
        """Return the classes of the features that tell more than a household lives by."""
        told = (one for theme in self.themes for one in theme.features.values())
        return {one.name: one.privacy for one in told if one.privacy != "restricted"}

    @cached_property
    def rule_classes(self) -> Mapping[str, str]:
        """Return the strictest class of what each rule reads, of rules that read more than restricted."""
        told = {
            key: sorted(
                {self.feature_classes.get(n, "restricted") for n in rule.features},
                key=PRIVACY.index,
            )
            for key, rule in self.rules.items()
        }
        return {
            key: known[-1] for key, known in told.items() if known and known[-1] != "restricted"
        }

    @cached_property
    def indicator_classes(self) -> Mapping[str, str]:
        """Return the strictest class of what each indicator counts by, where it is more than restricted."""
        told = {}
        for key, one in self.indicators.items():
            texts = (
                one.numerator,
                one.denominator,
                one.scope,
                one.known,
                *one.listed_where.values(),
            )
            features = {
                name.name for sql in texts if sql for name in parse(sql).find_all(exp.Column)
            }
            known = {self.feature_classes[name] for name in features & {*self.feature_classes}}
            known |= {self.rule_classes[name] for name in {*one.rules} & {*self.rule_classes}}
            if known:
                told[key] = max(known, key=PRIVACY.index)
        return told

    @cached_property
    def rules(self) -> Mapping[str, Rule]:
        """Return the rules of all themes by key."""
        return {rule.key: rule for theme in self.themes for rule in theme.rules}

    @cached_property
    def indicators(self) -> Mapping[str, Indicator]:
        """Return the indicators of all themes by key."""
        return {one.key: one for theme in self.themes for one in theme.indicators}

    @cached_property
    def sets(self) -> tuple[FeatureSet, ...]:
        """Return the feature sets of all themes."""
        return tuple(feature_set for theme in self.themes for feature_set in theme.feature_sets)

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """Return the parameters that features and rules name."""
        expressions = [
            FeatureSet(
                m.key,
                " ".join((m.numerator, m.denominator, m.scope, m.known, *m.listed_where.values())),
            )
            for theme in self.themes
            for m in theme.indicators
        ]
        return needed_keys((*self.sets, *expressions), self.rules.values())

    @cached_property
    def definitions(self) -> str:
        """Return the digest of rules, features and indicators as they are written."""
        texts = [repr(rule) for rule in self.rules.values()]
        texts += [f"{one.name} {one.sql}" for one in (*shared_sets(), *self.sets)]
        texts += [repr(indicator) for theme in self.themes for indicator in theme.indicators]
        return hashlib.sha256("\n".join(texts).encode()).hexdigest()

    @cached_property
    def _retired(self) -> Mapping[str, frozenset[str]]:
        """Return the tables that are no longer kept, by snapshot."""
        return {one: self.store.retired(one) for one in self.store.history.retired}

    def is_closed(self, month: str) -> bool:
        """Return whether rows that a month is made from are no longer kept: its figures stand as built."""
        if not self._retired:
            return False
        used = self.snapshots(month)
        for name in (HOUSEHOLD_BEFORE, HOUSEHOLD_EARLIER):
            used["household"] = [*used["household"], *used.pop(name)]
        return any(
            name in self._retired.get(one, ()) for name, each in used.items() for one in each
        )

    def snapshots(self, month: str) -> dict[str, list[str]]:
        """Return by table the snapshots whose rows a month reads."""
        return _snapshots(self.store, month, self.tables)

    def inputs(self, month: str) -> dict[str, Any]:
        """Return what a month is made from: snapshots, definitions, parameters, exemptions, deeds."""
        before = shift_month(month, -1)
        deeds = digest_until(self.entered, month)
        return {
            **({"deeds": deeds} if deeds else {}),
            "guatu": __version__,
            "month": month,
            "snapshots": self.snapshots(month),
            "definitions": self.definitions,
            "parameters": _values(self.policy, self.keys, month),
            "parameters_before": _values(self.policy, self.keys, before),
            "exemptions": [repr(exemption) for exemption in self.exemptions],
        }


def _snapshots(
    store: SnapshotStore, month: str, known: Mapping[str, Table]
) -> dict[str, list[str]]:
    """Return the snapshots whose rows a month reads: its own, and of events the months before."""
    since = shift_month(month, -MONTHS_BACK)
    current = store.history.current
    own = [store.snapshot_of(month)]
    earlier = [current[each].snapshot for each in current if since <= each <= month]
    every = [current[each].snapshot for each in current if each <= month]
    events = {name: every if table.lasting else earlier for name, table in known.items()}
    used = {n: own if table.nature == "state" else events[n] for n, table in known.items()}
    return {
        **used,
        HOUSEHOLD_BEFORE: list(snapshots_before(store, month)),
        HOUSEHOLD_EARLIER: list(snapshots_of_lists(store, month)),
    }


def _values(policy: Policy, keys: Sequence[str], month: str) -> dict[str, list[object]]:
    """Return every dated value of each key that could be in force at the end of a month."""
    day = last_day(month)
    return {
        key: [
            (list(v.places), v.state, v.value)
            for v in policy[key].values
            if v.covers(day_meant(key, day))
        ]
        for key in keys
    }
