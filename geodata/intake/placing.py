"""Which place a row belongs to: codes checked, names found in the list of places, every step kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from rapidfuzz import fuzz, process

from geodata.config import PlaceSettings
from geodata.joining.names import clean_name, split_ending
from geodata.tables import Table

# Columns that carry the area of a row until its code is known.
AREA = ("area_county", "area_township", "area_village")
MATCHED = ("code", "decision", "name", "alias", "normalised", "ending", "only")
LEDGER_COLUMNS = (
    "township",
    "village",
    "code",
    "outcome",
    "step",
    "partner",
    "proposal",
    "score",
    "rows",
)


@dataclass(frozen=True)
class PlaceList:
    """The places of a county, and `origin`: where the list comes from.

    `frame` is indexed by code and has the other columns of the table of places, with `level` and
    `aliases` in every row, and `parent`.
    """

    frame: pd.DataFrame
    origin: str

    def at(self, level: str) -> pd.DataFrame:
        """Return the places of one level."""
        return self.frame[self.frame["level"] == level]

    def names(self, level: str) -> dict[str, str]:
        """Return the name of every place of one level by its code."""
        return {str(code): str(name) for code, name in self.at(level)["name"].items()}


@dataclass(frozen=True)
class _Index:
    """Names of one level within one parent: exact, cleaned, and stem without its ending."""

    exact: dict[str, list[str]] = field(default_factory=dict)
    clean: dict[str, list[str]] = field(default_factory=dict)
    stem: dict[str, list[str]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)

    def add(self, code: str, name: str, *, lowest: bool) -> None:
        clean = clean_name(name)
        self.exact.setdefault(name, []).append(code)
        self.clean.setdefault(clean, []).append(code)
        self.stem.setdefault(split_ending(clean, lowest=lowest)[0], []).append(code)
        self.names.setdefault(code, name)

    def find(self, name: str, *, lowest: bool) -> tuple[str, str]:
        """Return the one code of a name and the step that found it, or two empty texts."""
        clean = clean_name(name)
        stem = split_ending(clean, lowest=lowest)[0]
        steps = (
            (self.exact, name, "name"),
            (self.clean, clean, "normalised"),
            (self.stem, stem, "ending"),
        )
        for names, key, step in steps:
            codes = sorted(set(names.get(key, ())))
            if len(codes) == 1:
                return codes[0], step
            if codes:
                return "", ""
        return "", ""

    def nearest(self, name: str) -> tuple[str, float]:
        """Return the most similar name with its code, and its score from 0 to 100."""
        known = {code: clean_name(name) for code, name in self.names.items()}
        found = process.extractOne(clean_name(name), known, scorer=fuzz.ratio)
        return (found[2], float(found[1])) if found and found[1] >= 50 else ("", 0.0)


class Placer:
    """Finds the code of areas as files write them, and keeps the ledger of what it found.

    `ledger` has one row for each different area: what was written, the code or "", the step, and
    for an area without a code the nearest place as a proposal that nothing uses.
    """

    def __init__(self, places: PlaceList, settings: PlaceSettings) -> None:
        self.places = places
        self._settings = settings
        self._aliases = {clean_name(name): to for name, to in settings.aliases.items()}
        self._townships = _Index()
        self._villages: dict[str, _Index] = {}
        self._all = _Index()
        self._known = set(places.frame.index)
        for code, row in places.at("township").iterrows():
            self._add(self._townships, str(code), row, lowest=False)
        for code, row in places.at("village").iterrows():
            for index in (self._villages.setdefault(str(row["parent"]), _Index()), self._all):
                self._add(index, str(code), row, lowest=True)
        self._found: dict[tuple[str, str, str], dict[str, object]] = {}

    def place(self, areas: pd.DataFrame, *, counted: bool = True) -> pd.Series:
        """Return the place code of each row ("" is none) from `place_code` or the area names.

        The rows are added to the ledger's counts unless `counted` is False.
        """
        given = area_texts(areas)
        keys = pd.MultiIndex.from_frame(given)
        codes, uniques = pd.factorize(keys)
        found = np.array([self._code_of(*key) for key in uniques] or [""], dtype=object)
        for key, count in zip(uniques, np.bincount(codes, minlength=len(uniques)), strict=True):
            entry = self._found[key]
            entry["rows"] = int(entry["rows"]) + int(count) * counted
        return pd.Series(found[codes], index=areas.index, dtype="str")

    def wanted_level(self, table: Table) -> str:
        """Return the level at which rows of a table must be placed, "" when any level will do."""
        levels = set(self.places.frame["level"])
        if not table.in_village:
            return ""
        return next((one for one in ("village", "township", "county") if one in levels), "")

    def is_level(self, codes: pd.Series, level: str) -> np.ndarray:
        """Return which codes are places of a level; every code is of the level ""."""
        if not level:
            return np.ones(len(codes), dtype=bool)
        return codes.isin(self.places.at(level).index).to_numpy()

    def is_foreign(self, areas: pd.DataFrame) -> np.ndarray:
        """Return which rows name another county than that of the list."""
        own = {
            split_ending(clean_name(name), lowest=False)[0]
            for name in self.places.at("county")["name"]
        }
        own.discard("")
        if not own or "area_county" not in areas.columns:
            return np.zeros(len(areas), dtype=bool)
        given = areas["area_county"].astype("str").fillna("")
        known = {name: self._aliases.get(clean_name(name), name) for name in given.unique()}
        foreign = {
            name: bool(name) and split_ending(clean_name(to), lowest=False)[0] not in own
            for name, to in known.items()
        }
        return given.map(foreign).to_numpy(bool)

    def townships(self, names: pd.Series) -> pd.Series:
        """Return the codes of townships by name, "" where a name is unknown."""
        return names.map({name: self._township(name) for name in names.unique()})

    @property
    def ledger(self) -> pd.DataFrame:
        """Return one row for each different area, those without a code first."""
        rows = pd.DataFrame(list(self._found.values()), columns=list(LEDGER_COLUMNS))
        order = rows["outcome"].eq("matched")
        return (
            rows.assign(order=order)
            .sort_values(["order", "township", "village"])
            .drop(columns="order")
            .reset_index(drop=True)
        )

    def _code_of(self, code: str, township: str, village: str) -> str:
        key = (code, township, village)
        if key not in self._found:
            self._found[key] = self._looked_up(code, township, village)
        entry = self._found[key]
        return str(entry["code"]) if entry["outcome"] == "matched" else ""

    def _looked_up(self, code: str, township: str, village: str) -> dict[str, object]:
        found, step = self._found_by(code, township, village)
        entry: dict[str, object] = {
            "township": township,
            "village": village or code,
            "code": found,
            "outcome": "matched" if found else "unmatched",
            "step": step,
            "partner": self._name(found),
            "proposal": "",
            "score": np.nan,
            "rows": 0,
        }
        if not found and step != "decision" and village:
            upper = self._township(township)
            near, score = self._villages.get(upper, self._all).nearest(village)
            if near:
                entry |= {"proposal": f"{self._name(near)} {near}", "score": score}
        return entry

    def _found_by(self, code: str, township: str, village: str) -> tuple[str, str]:
        for decision in self._settings.decisions:
            same = decision.name in (village, code) and decision.township in ("", township)
            if same:
                return (decision.code, "decision")
        if code:
            return (code, "code") if code in self._known else ("", "")
        if not village:
            upper = self._township(township)
            return (upper, "name") if upper else ("", "")
        upper = self._township(township)
        inside = self._villages.get(upper)
        if inside is not None:
            return self._in(inside, village)
        found, _ = self._in(self._all, village)
        return (found, "only") if found and not township else ("", "")

    def _in(self, index: _Index, village: str) -> tuple[str, str]:
        alias = self._aliases.get(clean_name(village))
        if alias:
            found, _ = index.find(alias, lowest=True)
            return (found, "alias") if found else ("", "")
        return index.find(village, lowest=True)

    def _township(self, township: str) -> str:
        name = self._aliases.get(clean_name(township), township)
        return self._townships.find(name, lowest=False)[0] if township else ""

    def _name(self, code: str) -> str:
        return str(self.places.frame["name"].get(code, "")) if code else ""

    @staticmethod
    def _add(index: _Index, code: str, row: Mapping[str, object], *, lowest: bool) -> None:
        index.add(code, str(row["name"]), lowest=lowest)
        for other in str(row.get("aliases") or "").split(";"):
            if other.strip() and other != "nan":
                index.add(code, other.strip(), lowest=lowest)


def area_texts(frame: pd.DataFrame) -> pd.DataFrame:
    """Return code, township and village of each row as text, "" where a row has none."""
    columns = {
        name: frame[name].astype("str").fillna("") if name in frame.columns else ""
        for name in ("place_code", *AREA[1:])
    }
    return pd.DataFrame(columns, index=frame.index).astype("str")


def place_list(frame: pd.DataFrame, origin: str) -> PlaceList:
    """Return the list of places of a place table: levels and parents follow from the codes."""
    levels = {6: "county", 9: "township", 12: "village"}
    places = frame.drop_duplicates("place_code").set_index("place_code").sort_index()
    codes = places.index.astype(str)
    level = (
        places["level"].astype(object).where(places["level"].notna(), codes.str.len().map(levels))
    )
    parents = np.where(codes.str.len() == 12, codes.str[:9], codes.str[:6])
    aliases = places["aliases"].astype("str").fillna("")
    return PlaceList(places.assign(level=level, parent=parents, aliases=aliases), origin)


def assigned_places(areas: pd.DataFrame, known: pd.DataFrame, county: str) -> pd.DataFrame:
    """Return a place table that also holds every area of the files, with codes made for new ones.

    Codes that the files give are taken as they are; names get the next free number within the
    county or township, in alphabetical order, so that an area keeps its code in later months.
    """
    table = known.copy()
    taken = set(table["place_code"])
    given = area_texts(areas).drop_duplicates()
    rows: list[dict[str, str]] = []
    for code in sorted(set(given["place_code"]) - taken - {""}):
        rows.append({"place_code": code, "name": code})
    named = given[(given["place_code"] == "") & (given[AREA[2]] != "")]
    prefix = county.ljust(6, "0")[:6]
    townships = {name: code for code, name, level in _named(table) if level == "township"}
    _number(townships, sorted(set(named[AREA[1]])), prefix, rows)
    for township, group in named.groupby(AREA[1]):
        upper = townships[township]
        inside = {
            name: code for code, name, _ in _named(table) if code[:9] == upper and len(code) == 12
        }
        _number(inside, sorted(set(group[AREA[2]])), upper, rows)
    return pd.concat([table, pd.DataFrame(rows, columns=table.columns)], ignore_index=True)


def _named(table: pd.DataFrame) -> list[tuple[str, str, str]]:
    levels = {6: "county", 9: "township", 12: "village"}
    return [
        (code, name, levels.get(len(code), ""))
        for code, name in zip(table["place_code"], table["name"], strict=True)
    ]


def _number(
    named: dict[str, str], names: list[str], prefix: str, rows: list[dict[str, str]]
) -> None:
    """Give names without a code the next free three digits after a prefix."""
    number = max((int(code[-3:]) for code in named.values()), default=0)
    for name in names:
        if name not in named:
            number += 1
            named[name] = f"{prefix}{number:03d}"
            rows.append({"place_code": named[name], "name": name})
