"""A county of one's own settled: its code and name, its boundaries, its list of places."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from geodata.boundaries.approximate import FILE, outlines_around
from geodata.boundaries.levels import guess_columns
from geodata.codes import WIDTHS, is_code
from geodata.config import BoundarySettings, Config, change_settings
from geodata.config.changing import Value
from geodata.errors import ConfigError, SourceError
from geodata.intake.known import latest_places
from geodata.intake.placefile import (
    COLUMNS,
    outline_rows,
    read_layer,
    read_places_file,
    settle_places,
    write_places_file,
)
from geodata.intake.placing import WITHOUT_CODE
from geodata.intake.readers import read_table
from geodata.joining.join_columns import coordinates
from geodata.joining.witnesses import point_columns
from geodata.store import SnapshotStore
from geodata.tables import table


@dataclass(frozen=True)
class CountyAnswers:
    """What somebody says of a county; None leaves a setting as it is.

    `code` "" is a county without division code. `places` is a file with a list of places, whose
    columns are `listed` (code, name, township; "" where there is none); `no_list` says that there is
    no such file.
    """

    code: str | None = None
    name: str | None = None
    boundaries: BoundarySettings | None = None
    places: Path | None = None
    listed: tuple[str, str, str] = ("", "", "")
    no_list: bool = False


@dataclass(frozen=True)
class Settled:
    """What was settled: the settings, the list of places (None where codes need none), and counts.

    Outlines are those of the file; `with_code` have a whole village code, `known` the code of a place
    that was listed, `numbered` a code made for them, `unnamed` none at all. `shared` outlines are
    parts of a place that another stands for as well. `months` were imported with other codes.
    """

    config: Config
    places: pd.DataFrame | None = None
    outlines: int = 0
    with_code: int = 0
    known: int = 0
    numbered: int = 0
    unnamed: int = 0
    shared: int = 0
    months: tuple[str, ...] = ()


def guessed_list_columns(file: Path) -> tuple[str, str, str]:
    """Return the columns of a list of places that look like code, name and township."""
    frame = read_table(file).frame
    titles = {
        name: {title.casefold() for title in (*column.title.values(), *column.aliases)}
        for name, column in table("place").columns.items()
    }
    named = {str(column).strip().casefold(): str(column) for column in frame.columns}
    code, name = (
        next((named[title] for title in sorted(titles[key]) if title in named), "")
        for key in ("place_code", "name")
    )
    guess = guess_columns(frame.astype("string"))
    names = [column for _, column in guess.names if column != name]
    lowest = name or (names[-1] if names else "")
    above = [column for column in names if column != lowest]
    return code or guess.code or "", lowest, above[-1] if above and not code else ""


def copy_boundaries(folder: Path, file: Path) -> str:
    """Return a boundary file as the settings name it, after copying it and its parts inside.

    Raises ConfigError when it is not there or cannot be copied.
    """
    if not file.exists():
        raise ConfigError("config.no_such_file", file=str(file))
    home = folder / "boundaries"
    if file.resolve().is_relative_to(folder.resolve()):
        return file.resolve().relative_to(folder.resolve()).as_posix()
    try:
        home.mkdir(parents=True, exist_ok=True)
        if file.is_dir():
            shutil.copytree(file, home / file.name, dirs_exist_ok=True)
        else:
            parts = file.parent.glob(f"{file.stem}.*") if file.suffix.lower() == ".shp" else [file]
            for part in parts:
                shutil.copyfile(part, home / part.name)
    except OSError as error:
        raise ConfigError("config.no_folder", folder=str(home), why=error.strerror) from None
    return f"boundaries/{file.name}"


def draw_around(folder: Path, table: pd.DataFrame, name: str, township: str) -> BoundarySettings:
    """Draw approximate outlines around the points of a table into the workspace; returns its settings.

    Raises SourceError for a column that is not there, and where the table has no points.
    """
    listed = "、".join(map(str, table.columns))
    columns = [column for column in (township, name) if column]
    for column in columns:
        if column not in table.columns:
            raise SourceError(
                "imports.no_list_column", column=column, file="--around", columns=listed
            )
    named = point_columns(table)
    if named is None:
        raise ConfigError("config.no_points", file="--around", columns=listed)
    outlines = outlines_around(coordinates(table, named), table[columns])
    file = folder / "boundaries" / FILE
    file.unlink(missing_ok=True)
    outlines.to_file(file, layer="approximate", driver="GPKG")
    return BoundarySettings(f"boundaries/{file.name}", "", name, township)


def settle_county(config: Config, answers: CountyAnswers) -> Settled:
    """Return what a county is with some answers; nothing is written before `keep_settled`.

    Raises ConfigError, BoundaryError or SourceError for what does not fit.
    """
    if answers.code and not is_code(answers.code):
        raise ConfigError("config.wrong_code", code=answers.code)
    before = config.county.code
    code = before if answers.code is None else answers.code
    name = config.county.name if answers.name is None else answers.name
    county = replace(config.county, code=code, name=name)
    boundaries = answers.boundaries or config.boundaries
    asked = replace(config, county=county, boundaries=boundaries)
    known = _known(asked, before, answers)
    settled = Settled(asked, months=_other_months(config, code))
    if not boundaries.file:
        return replace(settled, places=known)
    if not (boundaries.code or boundaries.name):
        return settled if known is None else replace(settled, places=known)
    return _with_outlines(settled, known)


def _with_outlines(settled: Settled, known: pd.DataFrame | None) -> Settled:
    config = settled.config
    rows = outline_rows(read_layer(config), config.boundaries)
    county = config.county
    places = settle_places(rows, county=county.code, name=county.name, known=known)
    named = rows["key"] != ""
    own = named & (rows["code"] != "")
    codes = dict(zip(places["boundary"], places["place_code"], strict=True))
    earlier = set() if known is None else set(known["place_code"])
    listed = named & ~own & rows["key"].map(codes).isin(earlier)
    return replace(
        settled,
        # Where every outline has its code and nothing else is listed, the codes say it all.
        places=None if known is None and own.all() else places,
        outlines=len(rows),
        with_code=int(own.sum()),
        known=int(listed.sum()),
        numbered=int((named & ~own & ~listed).sum()),
        unnamed=int((~named).sum()),
        shared=int((named & rows["key"].duplicated()).sum()),
    )


def _known(config: Config, before: str, answers: CountyAnswers) -> pd.DataFrame | None:
    """Return the places that are known: of the list, of places.csv, of the months imported."""
    county = config.county.code or WITHOUT_CODE
    lists = []
    if answers.places is not None:
        lists.append(_listed(config, answers.places, answers.listed))
    kept = read_places_file(config.folder)
    if kept is not None:
        old, new = ((code or WITHOUT_CODE).ljust(6, "0")[:6] for code in (before, county))
        moved = kept["place_code"].str.replace(rf"^{old}", new, regex=True)
        lists.append(kept.assign(place_code=moved))
    store = SnapshotStore(config.store)
    imported = latest_places(store, store.months())
    if imported is not None:
        inside = imported["place_code"].astype("str").str.startswith(county)
        lists.append(imported[inside].reindex(columns=list(COLUMNS), fill_value=""))
    if not lists:
        return None
    together = pd.concat(lists, ignore_index=True).astype("str").fillna("")
    # The key of an outline stays with its place where a list without keys comes first.
    keyed = together[together["boundary"] != ""].drop_duplicates("place_code")
    keys = dict(zip(keyed["place_code"], keyed["boundary"], strict=True))
    together = together.drop_duplicates("place_code", ignore_index=True)
    return together.assign(boundary=together["place_code"].map(keys).astype("str").fillna(""))


def _listed(config: Config, file: Path, columns: tuple[str, str, str]) -> pd.DataFrame:
    """Return a list of places from a file, codes made where it has none."""
    frame = read_table(file).frame
    code, name, township = columns
    for column in filter(None, columns):
        if column not in frame.columns:
            listed = "、".join(map(str, frame.columns))
            raise SourceError("imports.no_list_column", column=column, file=file, columns=listed)
    if not name:
        listed = "、".join(map(str, frame.columns))
        raise SourceError("imports.no_list_name", file=file, columns=listed)
    texts = {
        key: frame[column] if column else ""
        for key, column in (("code", code), ("name", name), ("township", township))
    }
    rows = pd.DataFrame(texts, index=frame.index).astype("str").apply(lambda one: one.str.strip())
    wrong = rows["code"][(rows["code"] != "") & ~rows["code"].map(is_code)]
    if len(wrong):
        raise SourceError(
            "imports.list_code", file=file, row=int(wrong.index[0]) + 2, value=wrong.iloc[0]
        )
    upper = rows[rows["code"].str.len().between(1, WIDTHS["village"] - 1)]
    rows = rows[(rows["name"] != "") & ~rows.index.isin(upper.index)]
    county = config.county
    rows = rows.assign(
        key=rows["code"].where(rows["code"] != "", rows["township"] + "/" + rows["name"])
    )
    places = settle_places(
        rows[["key", "code", "township", "name"]],
        county=county.code,
        name=county.name,
        known=upper.rename(columns={"code": "place_code"}),
    )
    return places.assign(boundary="")


def _other_months(config: Config, code: str) -> tuple[str, ...]:
    """Return the imported months when the county has another code now than they were imported with."""
    return SnapshotStore(config.store).months() if code != config.county.code else ()


def keep_settled(settled: Settled, *, assign: bool = False) -> Config:
    """Write what was settled into the settings and places.csv; returns the settings as they are now."""
    config = settled.config
    folder, wanted = config.folder, config.boundaries
    changes: dict[str, Mapping[str, Value]] = {
        "county": {"code": config.county.code, "name": config.county.name},
        "boundaries": {
            "file": wanted.file,
            "code": wanted.code,
            "name": wanted.name,
            "township": wanted.township,
            "encoding": wanted.encoding,
            "crs": wanted.crs,
            "datum": wanted.datum,
            "only": dict(wanted.only) or "",
        },
    }
    if assign:
        changes["places"] = {"assign": True}
    changed = change_settings(folder, changes)
    if settled.places is not None:
        write_places_file(folder, settled.places)
    return changed
