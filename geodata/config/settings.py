"""The settings of a workspace, as ``guatu.toml`` may give them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

FILE_NAME = "guatu.toml"
FOLDERS = ("raw", "boundaries", "parameters", "store", "briefings", "audit")


@dataclass(frozen=True)
class CountySettings:
    """Whose data it is: division code (2 to 6 digits), name, languages in order of preference."""

    code: str = ""
    name: str = ""
    languages: tuple[str, ...] = ("zh", "en")


@dataclass(frozen=True)
class ImportSettings:
    """How an import judges: from what change on a total is reported, what a notice weighs.

    `jump_percent` is the change of a township's rows against the month before; `small_rows` the
    number of rows below which a change says nothing; `notice_weight` what a row with only notices
    counts in the quality score, where a row with an error counts 1.
    """

    jump_percent: float = 30.0
    small_rows: int = 50
    notice_weight: float = 0.2


@dataclass(frozen=True)
class PlaceDecision:
    """What a name in a file stands for: the place code, or "" for a name that is no place here."""

    name: str
    code: str
    township: str = ""


@dataclass(frozen=True)
class PlaceSettings:
    """How names of places become codes.

    `aliases` are other spellings of names. `assign` lets an import make the list of places itself,
    from the codes or names of its files, where no official list exists.
    """

    aliases: Mapping[str, str] = field(default_factory=dict)
    assign: bool = False
    decisions: tuple[PlaceDecision, ...] = ()


@dataclass(frozen=True)
class BoundarySettings:
    """The boundary file of the lowest level and its columns, where they cannot be guessed."""

    file: str = ""
    code: str = ""
    name: str = ""
    encoding: str = ""
    crs: str = ""


@dataclass(frozen=True)
class MapSettings:
    """What stands on every map that leaves: its approval number (审图号), empty when there is none."""

    approval: str = ""


@dataclass(frozen=True)
class OpenIdSettings:
    """Signing in with OpenID Connect: the provider, this client there, and this server's address.

    `claim` is the claim whose value is the name of the local account. A client secret, where there
    is one, comes from the environment (GUATU_OPENID_SECRET).
    """

    issuer: str = ""
    client: str = ""
    address: str = ""
    claim: str = "preferred_username"


@dataclass(frozen=True)
class SourceSettings:
    """How one kind of file becomes rows of a table.

    `columns` maps a column of the table to a header of the file, or to several whose texts are
    joined by "-". The headers `county`, `township` and `village` may be mapped to name the place.
    `values` maps texts of the file to allowed values, `constants` gives columns one fixed value,
    `units` the unit of an amount or figure where it is not the table's, `missing` texts that mean
    unknown, `dates` how days are written (as in "%m/%d/%Y").
    """

    file: str
    table: str
    sheet: str = ""
    encoding: str = ""
    columns: Mapping[str, Any] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    constants: Mapping[str, Any] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    dates: str = ""


@dataclass(frozen=True)
class Config:
    """All settings of one workspace; `folder` is where its guatu.toml lies."""

    folder: Path
    county: CountySettings = CountySettings()
    imports: ImportSettings = ImportSettings()
    places: PlaceSettings = PlaceSettings()
    boundaries: BoundarySettings = BoundarySettings()
    maps: MapSettings = MapSettings()
    openid: OpenIdSettings = OpenIdSettings()
    sources: tuple[SourceSettings, ...] = ()

    @property
    def store(self) -> Path:
        """Return the folder of the snapshots."""
        return self.folder / "store"

    @property
    def raw(self) -> Path:
        """Return the folder with one folder of delivered files a month."""
        return self.folder / "raw"


# Section of the file -> field of Config and what its entries are; a tuple for [[sections]].
SECTIONS: Mapping[str, tuple[str, type]] = {
    "county": ("county", CountySettings),
    "import": ("imports", ImportSettings),
    "places": ("places", PlaceSettings),
    "boundaries": ("boundaries", BoundarySettings),
    "map": ("maps", MapSettings),
    "openid": ("openid", OpenIdSettings),
    "source": ("sources", SourceSettings),
}
LISTED: Mapping[str, type] = {"source": SourceSettings, "places.decisions": PlaceDecision}
