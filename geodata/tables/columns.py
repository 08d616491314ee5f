"""What a column of a table is: kind, unit, allowed values, labels, aliases, privacy class."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from geodata.i18n import default_language
from geodata.tables.enumerations import Enumeration

# Kind -> how a value is stored. Money is stored in fen, the hundredth of a yuan.
STORED_AS = {
    "text": "VARCHAR",
    "code": "VARCHAR",
    "certificate": "VARCHAR",
    "place": "VARCHAR",
    "choice": "VARCHAR",
    "choices": "VARCHAR",
    "month": "VARCHAR",
    "day": "DATE",
    "count": "BIGINT",
    "money": "BIGINT",
    "number": "DOUBLE",
    "flag": "BOOLEAN",
}
# Classes of data, from free to strict; geodata/access/classes.yaml says who sees which. A column that
# names none is treated as identity.
PRIVACY = ("open", "restricted", "ethnicity", "health", "disability", "account", "identity")
# What says by itself who a person is: no report, no sentence and no count tells such a value.
_NUMBERS = frozenset({"phone", "account"})
IDENTIFYING = frozenset({"account", "identity"})


@dataclass(frozen=True)
class Column:
    """One column of a table.

    `low` and `high` bound what is possible: a value outside is kept as unknown. `usual` bounds what
    is likely: a value outside is kept and reported. Bounds of money are in yuan. `derived` names
    where the value comes from when a file does not carry it. A `past` month or day cannot lie after
    the month of the import. A number that is `derived` from a column of text is what that text says,
    in the unit of the choice that the column `unit_of` holds. A row whose `kept` required value is empty or wrong is told and stored
    without it: that something was there is known. `choices` are the allowed values that `choice` names.
    """

    name: str
    kind: str
    title: Mapping[str, str]
    unit: str = ""
    choice: str = ""
    aliases: tuple[str, ...] = ()
    privacy: str = "identity"
    required: bool = False
    kept: bool = False
    low: float | None = None
    high: float | None = None
    usual: tuple[float, float] | None = None
    says_yes: tuple[str, ...] = ()
    says_no: tuple[str, ...] = ()
    derived: str = ""
    past: bool = False
    unit_of: str = ""
    choices: Enumeration | None = field(default=None, repr=False)

    @property
    def identifies(self) -> bool:
        """Return whether a value says by itself who a person is: name, number, address, account."""
        return self.privacy in IDENTIFYING

    @property
    def sealed(self) -> bool:
        """Return whether a snapshot may hold the values sealed: numbers by which a person is found."""
        last = self.name.rpartition("_")[2]
        numbers = self.kind == "certificate" or self.privacy == "account" or last in _NUMBERS
        return self.identifies and self.stored_as == "VARCHAR" and numbers

    @property
    def stored_as(self) -> str:
        """Return the SQL type of the stored values."""
        return STORED_AS[self.kind]

    @property
    def source_names(self) -> tuple[str, ...]:
        """Return the headers under which files carry the column: its Chinese title, then aliases."""
        return (self.title["zh"], *self.aliases)

    def label(self, lang: str | None = None) -> str:
        """Return the title in one language, default GUATU_LANG or zh."""
        return self.title[lang or default_language()]


@dataclass(frozen=True)
class Table:
    """One table: its key, its columns in order, and whether a month holds its state or its events.

    A month of a "state" table is the whole list as it stands at the end of that month. A month of
    an "events" table holds what was reported in that month; all months up to a month together are
    what is known, and for one key the latest report counts. Events that are `lasting` are a
    register with its own dates: what was before its first delivery is in it, and it is known however
    long ago it was reported. Of others only the months are known that brought them without a gap
    (the base table coverage), and features look back only so far as they need.
    `lists` is the column whose codes other tables may name: one that is not listed is reported. A
    row of a table that is `in_village` needs a village, or the lowest level that the county has.
    """

    name: str
    title: Mapping[str, str]
    nature: str
    key: tuple[str, ...]
    columns: Mapping[str, Column] = field(repr=False)
    lasting: bool = False
    lists: str = ""
    in_village: bool = False

    def column(self, name: str) -> Column:
        """Return one column; raises KeyError naming the table."""
        if name not in self.columns:
            raise KeyError(f"table {self.name} has no column {name!r}")
        return self.columns[name]

    def label(self, lang: str | None = None) -> str:
        """Return the title in one language, default GUATU_LANG or zh."""
        return self.title[lang or default_language()]

    def names(self, *, privacy: str = "identity") -> tuple[str, ...]:
        """Return the names of the columns up to a privacy class, in order."""
        allowed = PRIVACY[: PRIVACY.index(privacy) + 1]
        return tuple(name for name, column in self.columns.items() if column.privacy in allowed)
