"""Names in SQL that are filled for a month: policy parameters and days, written ``:its.key``."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache

import sqlglot
from sqlglot import exp

from geodata.errors import ThemeError
from geodata.periods import last_day, shift_month

_NAME = re.compile(r"(?<!:):([a-z][a-z0-9_]*(?:\.[a-z0-9_]+)+)")
_PREFIX = "bound__"
# By which a terminal underlines or colours.
_CODES = re.compile(r"\x1b\[[0-9;]*m")
_BOUND = re.compile(r"\bbound__([a-z0-9_]+)")
# Names that come from the month itself and not from the policy.
_TIMES = ("month.", "day.")


def names_in(sql: str) -> tuple[str, ...]:
    """Return all names of a text in order of appearance, each once."""
    return tuple(dict.fromkeys(_NAME.findall(sql)))


def keys_in(sql: str) -> tuple[str, ...]:
    """Return the names of a text that are policy parameters."""
    return tuple(name for name in names_in(sql) if not name.startswith(_TIMES))


@cache
def parse(sql: str) -> exp.Expr:
    """Return the parsed text with its names kept as columns; raises ThemeError when it is not SQL.

    The tree is shared between calls: copy before changing it.
    """
    named = _NAME.sub(lambda match: _PREFIX + match[1].replace(".", "__"), sql)
    try:
        return sqlglot.parse_one(named, dialect="duckdb")
    except sqlglot.errors.SqlglotError as problem:
        raise ThemeError("rules.fault_sql", sql=sql, problem=sql_words(problem)) from problem


def sql_words(problem: sqlglot.errors.SqlglotError) -> str:
    """Return what is said of a text that is no SQL, on one line and without codes of a terminal."""
    told = problem.errors if isinstance(problem, sqlglot.errors.ParseError) else []
    said = [f"{one['description']} ({one['line']}:{one['col']})" for one in told]
    return " ".join(_CODES.sub("", said[0] if said else str(problem)).split())


@dataclass(frozen=True)
class Binding:
    """The month and the parameter values that fill the names of a text.

    A parameter without a usable value is bound as NULL of its type, so that whatever is compared
    with it is unknown; `texts` are the parameters whose values are words. Times are ``:month.now``,
    ``:month.minus_12`` (text YYYY-MM), ``:month.number`` (months since year 0), ``:day.now``,
    ``:day.minus_365`` (dates), ``:day.year`` and ``:day.in_year`` (month x 100 + day). The day is the
    last of the month unless `on` is another; the months stay those of `month`. `tables`
    names tables that are read in the place of others; `exempt` the subjects and places that each
    rule does not count.
    """

    month: str
    values: Mapping[str, float | int | str | None] = field(default_factory=dict)
    tables: Mapping[str, str] = field(default_factory=dict)
    exempt: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    texts: frozenset[str] = frozenset()
    on: datetime.date | None = None

    @property
    def day(self) -> datetime.date:
        """Return the day as of which the answers hold."""
        return self.on or last_day(self.month)

    def sql(self, text: str, dialect: str = "duckdb") -> str:
        """Return an expression or SELECT in a dialect, every name replaced by its value."""
        return self.fill(template(text, dialect, tuple(sorted(self.tables.items()))))

    def fill(self, text: str) -> str:
        """Return a template with its names replaced by their values."""
        return _BOUND.sub(lambda match: self._value(match[1].replace("__", ".")), text)

    def _value(self, name: str) -> str:
        if name.startswith(_TIMES):
            return self._time(name)
        if name not in self.values:
            raise ThemeError("rules.fault_unbound", name=name)
        value = self.values[name]
        if value is None:
            return f"CAST(NULL AS {'VARCHAR' if name in self.texts else 'DOUBLE'})"
        return literal(value)

    def _time(self, name: str) -> str:
        kind, what = name.split(".", 1)
        back = int(what.removeprefix("minus_")) if what.startswith("minus_") else 0
        if kind == "month" and what != "number":
            return literal(shift_month(self.month, -back))
        year, month = int(self.month[:4]), int(self.month[5:])
        if what in ("number", "year", "in_year"):
            numbers = {"number": year * 12 + month, "year": self.day.year}
            return literal(numbers.get(what, self.day.month * 100 + self.day.day))
        day = self.day - datetime.timedelta(days=back)
        return f"CAST('{day.isoformat()}' AS DATE)"


@lru_cache(maxsize=4096)
def template(text: str, dialect: str, tables: tuple[tuple[str, str], ...] = ()) -> str:
    """Return an expression or SELECT in a dialect with its names kept, other tables in place."""
    tree = parse(text)
    if tables:
        named = dict(tables)
        tree = tree.copy()
        for node in tree.find_all(exp.Table):
            if node.name in named:
                alias = node.alias or node.name
                node.replace(exp.alias_(exp.to_table(named[node.name]), alias, table=True))
    return tree.sql(dialect=dialect)


def literal(value: float | int | str) -> str:
    """Return a value as every engine reads it."""
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    return repr(value)


def bound_keys(texts: Iterable[str]) -> tuple[str, ...]:
    """Return the policy parameters that any of the texts names, sorted."""
    return tuple(sorted({key for text in texts for key in keys_in(text)}))
