"""The list of places of a workspace, with the outline of each: made from boundaries, kept in places.csv.

Where boundaries have no division codes their villages get codes once, by name, and keep them.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from geodata.boundaries.levels import code_texts, guess_columns, name_texts
from geodata.boundaries.read import Boundaries, read_boundaries
from geodata.codes import WIDTHS
from geodata.config import BoundarySettings, Config
from geodata.errors import BoundaryError, ConfigError, SourceError
from geodata.intake.placing import WITHOUT_CODE
from geodata.joining.gazetteer import Gazetteer

FILE = "places.csv"
COLUMNS = ("place_code", "level", "name", "aliases", "boundary")
_MOST = 999


def read_layer(config: Config) -> Boundaries:
    """Return the boundaries of the settings, those outlines alone that `only` keeps.

    Raises ConfigError when no file is set, or a column of `only` is not there or keeps nothing.
    """
    wanted = config.boundaries
    if not wanted.file:
        raise ConfigError("workspace.no_boundaries", folder=str(config.folder))
    layer = read_boundaries(
        config.folder / wanted.file,
        encoding=wanted.encoding or None,
        crs=wanted.crs or None,
        datum=wanted.datum or None,
    )
    return kept_only(layer, wanted.only)


def kept_only(layer: Boundaries, only: Mapping[str, str]) -> Boundaries:
    """Return a layer with the features alone whose columns hold the given texts, numbered anew."""
    frame = layer.frame
    for column, value in only.items():
        _refuse_absent(layer, column)
        frame = frame[frame[column].astype("str").str.strip() == value]
    if frame.empty:
        raise ConfigError(
            "boundaries.only_none", only=", ".join(f"{k}={v}" for k, v in only.items())
        )
    return layer if not only else replace(layer, frame=frame.reset_index(drop=True))


def _refuse_absent(layer: Boundaries, column: str) -> None:
    names = [str(name) for name in layer.frame.columns if name != layer.frame.geometry.name]
    if column not in names:
        raise BoundaryError("boundaries.no_such_column", columns=column, names=", ".join(names))


def guessed_columns(layer: Boundaries) -> tuple[str, str, str]:
    """Return the columns that look like code, village name and township name; "" where none does."""
    guess = guess_columns(layer.frame)
    names = [column for _, column in guess.names]
    name = names[-1] if names else ""
    return guess.code or "", name, names[-2] if len(names) > 1 else ""


def outline_rows(layer: Boundaries, settings: BoundarySettings) -> pd.DataFrame:
    """Return key, code, township and name of each outline, "" where it has none.

    The key is the text of the code column, else the names; `code` is a whole village code.
    """
    frame = layer.frame
    blank = pd.Series("", index=frame.index, dtype="str")
    for column in filter(None, (settings.code, settings.name, settings.township)):
        _refuse_absent(layer, column)
    texts = {
        "code": code_texts(frame[settings.code]) if settings.code else blank,
        "name": name_texts(frame[settings.name]) if settings.name else blank,
        "township": name_texts(frame[settings.township]) if settings.township else blank,
    }
    rows = pd.DataFrame({name: column.astype("str").fillna("") for name, column in texts.items()})
    path = (rows["township"] + "/" + rows["name"]).where(rows["name"] != "", "")
    rows["key"] = rows["code"] if settings.code else path
    whole = rows["code"].str.fullmatch(rf"\d{{{WIDTHS['village']}}}").fillna(False).astype(bool)
    rows["code"] = rows["code"].where(whole, "")
    rows["name"] = rows["name"].where(rows["name"] != "", rows["key"])
    return rows[["key", "code", "township", "name"]]


@dataclass
class _Numbers:
    """The codes that are given out: by name below a place, the next free number where there is none."""

    places: dict[str, str]

    def next_below(self, parent: str) -> str:
        """Return the next free code below a place; raises ConfigError when all are taken."""
        width = len(parent) + 3
        taken = [
            int(code[-3:]) for code in self.places if len(code) == width and code[:-3] == parent
        ]
        number = max(taken, default=0) + 1
        if number > _MOST:
            raise ConfigError("imports.too_many_places", place=parent, most=_MOST)
        return f"{parent}{number:03d}"


def settle_places(
    rows: pd.DataFrame, *, county: str, name: str, known: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Return the list of places (columns of COLUMNS) that outlines and a known list make together.

    An outline takes the code it has, that of the known place with its key, or that of the known
    place of its name; else a number below its township, in alphabetical order. Known places stay.
    """
    above = (county or WITHOUT_CODE).ljust(6, "0")[:6]
    listed = pd.DataFrame(columns=list(COLUMNS)) if known is None else known
    listed = listed.reindex(columns=list(COLUMNS), fill_value="").astype("str").fillna("")
    names = dict(zip(listed["place_code"], listed["name"], strict=True))
    names = {code: said for code, said in names.items() if code}
    names[above] = name or names.get(above, "")
    numbers = _Numbers(names)
    keys = {
        key: code for key, code in zip(listed["boundary"], listed["place_code"], strict=True) if key
    }
    rows = rows[rows["key"] != ""].drop_duplicates("key").sort_values(["township", "name", "key"])
    townships = _townships(rows, numbers, above)
    finder = _Finder(numbers.places)
    own: dict[str, str] = {}
    # A place whose own outline is in the file is not given to another of the same name.
    taken = {keys[key] for key in rows["key"] if key in keys}
    for line in rows.itertuples(index=False):
        township = townships.get(str(line.township), "")
        code = str(line.code) or keys.get(str(line.key), "")
        if not code:
            code = finder.find(township, str(line.name))
            code = numbers.next_below(township) if not code or code in taken else code
        numbers.places.setdefault(code, str(line.name))
        if line.code:
            numbers.places.setdefault(code[:9], str(line.township) or code[:9])
        own[str(line.key)] = code
        taken.add(code)
    return _listed(numbers.places, own, listed)


def _townships(rows: pd.DataFrame, numbers: _Numbers, above: str) -> dict[str, str]:
    """Return the code of each township of the outlines that have no whole code."""
    known = {code: said for code, said in numbers.places.items() if len(code) == WIDTHS["township"]}
    finder = Gazetteer([(said, "") for said in known.values()])
    codes = {said: code for code, said in known.items()}
    named: dict[str, str] = {}
    for township in sorted(set(rows.loc[rows["code"] == "", "township"])):
        path = finder.find_parent((township,)) if township else None
        code = codes[path[0]] if path else ""
        if not code:
            code = numbers.next_below(above)
            numbers.places[code] = township or numbers.places[above] or above
        named[township] = code
    return named


class _Finder:
    """The known villages by township and name, found as an import finds them."""

    def __init__(self, places: Mapping[str, str]) -> None:
        self._codes = [code for code in places if len(code) == WIDTHS["village"]]
        self._names = dict(places)
        paths = [(code[:9], places[code]) for code in self._codes]
        self._inside = Gazetteer(paths)

    def find(self, township: str, name: str) -> str:
        """Return the code of a village of a township (its code) by name, "" when none or several."""
        match = self._inside.find((township, name)) if township and name else None
        return self._codes[match[0]] if match else ""


def _listed(names: Mapping[str, str], own: Mapping[str, str], known: pd.DataFrame) -> pd.DataFrame:
    levels = {width: level for level, width in WIDTHS.items()}
    keys: dict[str, str] = {}
    for key, code in own.items():
        keys.setdefault(code, key)
    aliases = dict(zip(known["place_code"], known["aliases"], strict=True))
    rows = [
        (code, levels.get(len(code), ""), names[code], aliases.get(code, ""), keys.get(code, ""))
        for code in sorted(names)
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS), dtype="str")


def read_places_file(folder: Path) -> pd.DataFrame | None:
    """Return the list of places of a workspace, None where it has none.

    Raises SourceError when the file is not as it was written.
    """
    file = folder / FILE
    if not file.is_file():
        return None
    try:
        frame = pd.read_csv(file, dtype="str", keep_default_na=False, encoding="utf-8-sig")
    except (ValueError, OSError):
        raise SourceError(
            "imports.places_file", file=str(file), columns="、".join(COLUMNS)
        ) from None
    codes = frame.get("place_code", pd.Series(dtype="str"))
    if list(frame.columns) != list(COLUMNS) or not codes.is_unique or not codes.str.len().all():
        raise SourceError("imports.places_file", file=str(file), columns="、".join(COLUMNS))
    return frame


def write_places_file(folder: Path, places: pd.DataFrame) -> Path:
    """Replace the list of places of a workspace in one step; returns the file."""
    file = folder / FILE
    fresh = file.with_name(f".{FILE}.{os.getpid()}")
    places[list(COLUMNS)].to_csv(fresh, index=False, encoding="utf-8-sig", lineterminator="\n")
    fresh.replace(file)
    return file


def outline_codes(rows: pd.DataFrame, places: pd.DataFrame | None) -> pd.Series:
    """Return the place code of each outline: of the list by its key, else its own whole code, else ""."""
    codes = rows["code"]
    if places is None:
        return codes
    by_key = dict(zip(places["boundary"], places["place_code"], strict=True))
    by_key.pop("", None)
    mapped = rows["key"].map(by_key)
    return mapped.where(mapped.notna(), codes).astype("str")
