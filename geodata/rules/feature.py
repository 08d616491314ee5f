"""Features: what is known about a household, village, site or works, as rules see it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlglot import exp

from geodata.errors import ThemeError
from geodata.rules.binding import parse

_SHARED = Path(__file__).parent / "features"


@dataclass(frozen=True)
class Feature:
    """The name of one feature in both languages, its unit (yuan, persons, days ... or empty), its class.

    `privacy` is a class of geodata.tables between restricted and identity.
    """

    name: str
    title: Mapping[str, str]
    unit: str = ""
    privacy: str = "restricted"


@dataclass(frozen=True)
class FeatureSet:
    """A portable SELECT with one row for each subject; `name` is the table it becomes."""

    name: str
    sql: str

    @property
    def reads(self) -> frozenset[str]:
        """Return the names of the tables and feature sets that the SELECT reads."""
        tree = parse(self.sql)
        own = {cte.alias for cte in tree.find_all(exp.CTE)}
        return frozenset(t.name for t in tree.find_all(exp.Table)) - own

    def source_of(self, column: str) -> str:
        """Return the name of the column whose values one of the SELECT has; empty for any other."""
        tree = parse(self.sql)
        selected = tree.selects if isinstance(tree, exp.Query) else []
        named = (one.unalias() for one in selected if one.alias_or_name == column)
        source: object = next(named, None)
        while isinstance(source, (exp.Max, exp.Min, exp.Coalesce)):
            source = source.this
        return source.name if isinstance(source, exp.Column) else ""

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the names of the columns of the SELECT in order."""
        query = parse(self.sql)
        return tuple(query.named_selects) if isinstance(query, exp.Selectable) else ()


def shared_sets() -> tuple[FeatureSet, ...]:
    """Return the feature sets that every theme may read, such as the income of twelve months."""
    files = sorted(_SHARED.glob("*.sql"))
    return tuple(FeatureSet(file.stem, file.read_text(encoding="utf-8")) for file in files)


def in_order(sets: Iterable[FeatureSet], wanted: Iterable[str]) -> tuple[FeatureSet, ...]:
    """Return the wanted sets and those they read, each after what it reads.

    Raises ThemeError for two sets of one name and for sets that read each other.
    """
    known: dict[str, FeatureSet] = {}
    for feature_set in sets:
        if feature_set.name in known:
            raise ThemeError("rules.fault_set_twice", name=feature_set.name)
        known[feature_set.name] = feature_set
    ordered: dict[str, FeatureSet] = {}

    def visit(name: str, above: tuple[str, ...]) -> None:
        if name in above:
            raise ThemeError("rules.fault_circle", names=" > ".join((*above, name)))
        if name in ordered or name not in known:
            return
        for read in sorted(known[name].reads):
            visit(read, (*above, name))
        ordered[name] = known[name]

    for name in wanted:
        visit(name, ())
    return tuple(ordered.values())
