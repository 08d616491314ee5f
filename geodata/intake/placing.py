"""Which place a row belongs to: codes checked, names found in the list of places, every step kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields

import numpy as np
import pandas as pd

from geodata.codes import WIDTHS
from geodata.config import PlaceSettings
from geodata.intake.membership import is_among
from geodata.joining.crosswalk import Changes, PlaceChange
from geodata.joining.gazetteer import Gazetteer
from geodata.tables import Table

# No division has such a code: places of a county without a code are numbered below it.
WITHOUT_CODE = "999999"
# Columns that carry the area of a row until its code is known.
AREA = ("area_county", "area_township", "area_village")


@dataclass(frozen=True)
class PlaceList:
    """The places of a county, and `origin`: where the list comes from.

    `frame` is indexed by code and has the other columns of the table of places, with `level` and
    `aliases` in every row, and `parent`. `own` gives the place of codes that boundaries and files
    have of their own.
    """

    frame: pd.DataFrame
    origin: str
    own: Mapping[str, str] = field(default_factory=dict)

    def at(self, level: str) -> pd.DataFrame:
        """Return the places of one level."""
        return self.frame[self.frame["level"] == level]

    def names(self, level: str) -> dict[str, str]:
        """Return the name of every place of one level by its code."""
        return {str(code): str(name) for code, name in self.at(level)["name"].items()}


@dataclass
class _Area:
    """One area as files write it, in the columns of the ledger."""

    township: str
    village: str
    code: str
    outcome: str
    step: str
    partner: str
    proposal: str = ""
    score: float = np.nan
    rows: int = 0


class Placer:
    """Finds the code of areas as files write them, and keeps the ledger of what it found.

    `ledger` has one row for each different area: what was written, the code or "", the step, and
    for an area without a code the nearest place as a proposal that nothing uses.
    """

    def __init__(self, places: PlaceList, settings: PlaceSettings) -> None:
        self.places = places
        self._settings = settings
        self._names = places.frame["name"].astype(str).to_dict()
        townships, villages = places.names("township"), places.at("village")
        parents = [townships.get(str(code), "") for code in villages["parent"]]
        paths = list(zip(parents, villages["name"].astype(str), strict=True))
        changes = _old_names(places, settings.aliases)
        self._codes = [str(code) for code in villages.index]
        self._inside = Gazetteer(paths, changes)
        self._anywhere = Gazetteer([path[1:] for path in paths], changes)
        self._townships = Gazetteer([(name, "") for name in townships.values()], changes)
        counties = places.names("county").values()
        self._counties = Gazetteer([(name, "") for name in counties if name], changes)
        self._code_of_township = {
            name: code
            for code, name in townships.items()
            if list(townships.values()).count(name) == 1
        }
        self._areas: dict[tuple[str, str, str], _Area] = {}

    def place(self, areas: pd.DataFrame, *, counted: bool = True) -> pd.Series:
        """Return the place code of each row ("" is none) from `place_code` or the area names.

        The rows are added to the ledger's counts unless `counted` is False.
        """
        keys = pd.MultiIndex.from_frame(area_texts(areas))
        numbers, uniques = pd.factorize(keys)
        codes = np.array([self._code_of(*key) for key in uniques] or [""], dtype=object)
        for key, count in zip(uniques, np.bincount(numbers, minlength=len(uniques)), strict=True):
            self._areas[key].rows += int(count) * counted
        return pd.Series(codes[numbers], index=areas.index, dtype="str")

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
        return is_among(codes, self.places.at(level).index)

    def is_foreign(self, areas: pd.DataFrame) -> np.ndarray:
        """Return which rows name another county than that of the list."""
        if not any(self.places.names("county").values()) or "area_county" not in areas.columns:
            return np.zeros(len(areas), dtype=bool)
        given = areas["area_county"].astype("str").fillna("")
        foreign = {
            name: bool(name) and self._counties.find_parent((name,)) is None
            for name in given.unique()
        }
        return given.map(foreign).to_numpy(bool)

    def townships(self, names: pd.Series) -> pd.Series:
        """Return the codes of townships by name, "" where a name is unknown."""
        return names.map({name: self._township(name) for name in names.unique()})

    @property
    def ledger(self) -> pd.DataFrame:
        """Return one row for each different area, those without a code first."""
        rows = pd.DataFrame(
            [vars(area) for area in self._areas.values()], columns=[f.name for f in fields(_Area)]
        )
        order = rows["outcome"].eq("matched")
        return (
            rows.assign(order=order)
            .sort_values(["order", "township", "village"])
            .drop(columns="order")
            .reset_index(drop=True)
        )

    def _code_of(self, code: str, township: str, village: str) -> str:
        key = (code, township, village)
        if key not in self._areas:
            self._areas[key] = self._looked_up(code, township, village)
        area = self._areas[key]
        return area.code if area.outcome == "matched" else ""

    def _looked_up(self, code: str, township: str, village: str) -> _Area:
        own, step = self._code_and_step(code, township, village)
        outcome = "matched" if own else "unmatched"
        area = _Area(township, village or code, own, outcome, step, self._names.get(own, ""))
        if not own and step != "decision" and village:
            near = self._inside.nearest((township, village))
            if near is not None:
                proposed = self._codes[near[0]]
                area.proposal, area.score = f"{self._names[proposed]} {proposed}", near[1]
        return area

    def _code_and_step(self, code: str, township: str, village: str) -> tuple[str, str]:
        for decision in self._settings.decisions:
            if decision.name in (village, code) and decision.township in ("", township):
                return decision.code, "decision"
        if code:
            code = self.places.own.get(code, code)
            return (code, "code") if code in self._names else ("", "")
        if not village:
            upper = self._township(township)
            return (upper, "name") if upper else ("", "")
        match = self._inside.find((township, village)) if township else None
        if match is None and not township:
            match = self._anywhere.find((village,))
        if match is None:
            return "", ""
        return self._codes[match[0]], match[1] if township else "only"

    def _township(self, name: str) -> str:
        path = self._townships.find_parent((name,)) if name else None
        return self._code_of_township.get(path[0], "") if path else ""


def _old_names(places: PlaceList, aliases: Mapping[str, str]) -> Changes:
    """Return the other names of places, from their list and from the settings, as changes of name."""
    names = places.frame["name"].astype(str)
    entries = [PlaceChange(old_name=old, new_name=new) for old, new in aliases.items()]
    listed = places.frame["aliases"].str.split(";").explode().str.strip()
    listed = listed[listed.notna() & ~listed.isin(["", "nan"])]
    parents = places.frame["parent"].map(places.names("township")).astype("object").fillna("")
    entries += [
        PlaceChange(old_name=old, new_name=names[code], parent=parents[code])
        for code, old in zip(listed.index.astype(str), listed, strict=True)
    ]
    return Changes(tuple(entries))


def area_texts(frame: pd.DataFrame) -> pd.DataFrame:
    """Return code, township and village of each row as text, "" where a row has none."""
    columns = {
        name: frame[name].astype("str").fillna("") if name in frame.columns else ""
        for name in ("place_code", *AREA[1:])
    }
    return pd.DataFrame(columns, index=frame.index).astype("str")


def place_list(
    frame: pd.DataFrame, origin: str, *, own: Mapping[str, str] | None = None
) -> PlaceList:
    """Return the list of places of a place table: levels and parents follow from the codes."""
    levels = {WIDTHS[level]: level for level in ("county", "township", "village")}
    places = frame.drop_duplicates("place_code").set_index("place_code").sort_index()
    codes = places.index.astype(str)
    level = (
        places["level"].astype(object).where(places["level"].notna(), codes.str.len().map(levels))
    )
    parents = np.where(codes.str.len() == 12, codes.str[:9], codes.str[:6])
    aliases = places["aliases"].astype("str").fillna("")
    return PlaceList(places.assign(level=level, parent=parents, aliases=aliases), origin, own or {})


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
    listed = dict(zip(table["place_code"], table["name"], strict=True))
    townships = {name: code for code, name in listed.items() if len(code) == WIDTHS["township"]}
    above = (county or WITHOUT_CODE).ljust(6, "0")[:6]
    _number(townships, sorted(set(named[AREA[1]])), above, rows)
    for township in sorted(set(named[AREA[1]])):
        inside = {
            name: code
            for code, name in listed.items()
            if len(code) == WIDTHS["village"] and code.startswith(townships[township])
        }
        villages = named.loc[named[AREA[1]] == township, AREA[2]]
        _number(inside, sorted(set(villages)), townships[township], rows)
    return pd.concat([table, pd.DataFrame(rows, columns=table.columns)], ignore_index=True)


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
