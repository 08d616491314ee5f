"""The settings of a workspace: what guatu.toml may say, read with every fault named, and made anew."""

from __future__ import annotations

import dataclasses
import difflib
import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from geodata import codes
from geodata.errors import ConfigError
from geodata.i18n import default_language, text

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
    number of rows below which a sheet is not judged as a whole; `notice_weight` what a row with only notices
    counts in the quality score, where a row with an error counts 1. A month is refused of which a sheet
    loses more than `aside_percent` of its rows (single rows that are wrong stay under a few percent;
    more is the wrong file or a column that slipped), or a table keeps no more than `stored_percent`
    of last month's rows.
    """

    jump_percent: float = 30.0
    aside_percent: float = 30.0
    stored_percent: float = 50.0
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
    """The boundary file of the lowest level and its columns, where they cannot be guessed.

    `township` is the column of the names above `name`. `only` keeps the outlines whose columns hold
    these texts; `datum` "gcj02" takes out the shift of Chinese map sites.
    """

    file: str = ""
    code: str = ""
    name: str = ""
    township: str = ""
    encoding: str = ""
    crs: str = ""
    datum: str = ""
    only: Mapping[str, str] = field(default_factory=dict)


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
class AuditSettings:
    """Where the key of the audit lies, and where else its end is noted each day.

    `key` is a file, by default the user's own (~/.config/guatu/audit.key); GUATU_AUDIT_KEY goes
    before it. `second` is a file, best on another disk, or "syslog"; empty for none.
    """

    key: str = ""
    second: str = ""


@dataclass(frozen=True)
class StoreSettings:
    """Whether numbers of people are sealed in snapshots, and where the key lies.

    `key` is a file outside the workspace, by default the user's own (~/.config/guatu/store.key);
    GUATU_STORE_KEY goes before it. What is sealed is read as such, whatever `encrypted` says.
    """

    encrypted: bool = False
    key: str = ""


@dataclass(frozen=True)
class DuckDBSettings:
    """How much memory a month may take when DuckDB builds it, as in "8GB"; what is more goes to the disk.

    Empty is most of what the machine has. Months that are built side by side share it.
    """

    memory: str = ""


@dataclass(frozen=True)
class SparkSettings:
    """Where Apache Spark runs (`guatu build --engine spark`), and with what.

    `master` is local[*], which is this process, or that of a cluster (spark://HOST:PORT). `address` is
    this machine's as the workers reach it, by default the one that faces the master; `store` is where
    they find the store when it is not the same path there (a path or an address that Spark reads).
    `memory` is of each executor, `driver_memory` of this process, as in "4g"; `cores` are of all
    executors together, 0 for all there are. A worker is waited for `wait` seconds. `rest` is HOST:PORT
    where the master tells its version, by default its own host and 6066. `settings` are more of Spark's
    own. A secret comes from the environment (GUATU_SPARK_SECRET).
    """

    master: str = "local[*]"
    address: str = ""
    store: str = ""
    memory: str = ""
    driver_memory: str = ""
    cores: int = 0
    wait: int = 60
    rest: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict)


IN_PROCESS = SparkSettings()


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
    """All settings of one workspace; `folder` is where its guatu.toml lies.

    `delivered` is the folder below it that holds a folder of delivered files for each month.
    """

    folder: Path
    county: CountySettings = CountySettings()
    imports: ImportSettings = ImportSettings()
    places: PlaceSettings = PlaceSettings()
    boundaries: BoundarySettings = BoundarySettings()
    maps: MapSettings = MapSettings()
    openid: OpenIdSettings = OpenIdSettings()
    audit: AuditSettings = AuditSettings()
    storing: StoreSettings = StoreSettings()
    duckdb: DuckDBSettings = DuckDBSettings()
    spark: SparkSettings = SparkSettings()
    sources: tuple[SourceSettings, ...] = ()
    delivered: str = "raw"

    @property
    def store(self) -> Path:
        """Return the folder of the snapshots."""
        return self.folder / "store"

    @property
    def raw(self) -> Path:
        """Return the folder with one folder of delivered files a month."""
        return self.folder / self.delivered


# Section of the file -> field of Config and what its entries are; a tuple for [[sections]].
SECTIONS: Mapping[str, tuple[str, type]] = {
    "county": ("county", CountySettings),
    "import": ("imports", ImportSettings),
    "places": ("places", PlaceSettings),
    "boundaries": ("boundaries", BoundarySettings),
    "map": ("maps", MapSettings),
    "openid": ("openid", OpenIdSettings),
    "audit": ("audit", AuditSettings),
    "store": ("storing", StoreSettings),
    "duckdb": ("duckdb", DuckDBSettings),
    "spark": ("spark", SparkSettings),
    "source": ("sources", SourceSettings),
}
LISTED: Mapping[str, type] = {"source": SourceSettings, "places.decisions": PlaceDecision}


_KINDS: Mapping[str, tuple[type, ...]] = {
    "str": (str,),
    "bool": (bool,),
    "int": (int,),
    "float": (int, float),
    "tuple": (list,),
    "Mapping": (dict,),
}


def find_workspace(start: str | os.PathLike[str] = ".") -> Path:
    """Return the nearest folder, from `start` upwards, that holds guatu.toml; else ConfigError."""
    first = Path(start).resolve()
    for folder in (first, *first.parents):
        if (folder / FILE_NAME).is_file():
            return folder
    raise ConfigError("config.no_workspace", folder=str(first))


def _line_of(error: tomllib.TOMLDecodeError | UnicodeDecodeError, file: Path) -> int:
    """Return the line of a file of settings at which reading it ended."""
    if isinstance(error, UnicodeDecodeError):
        return error.object[: error.start].count(b"\n") + 1
    stated = re.search(r"at line (\d+)", str(error))
    return int(stated[1]) if stated else len(file.read_bytes().splitlines())


def read_config(start: str | os.PathLike[str] = ".") -> Config:
    """Return the settings of the workspace around a folder; raises ConfigError with all faults."""
    folder = find_workspace(start)
    file = folder / FILE_NAME
    try:
        content = tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        told = {"file": str(file), "line": _line_of(error, file), "folder": str(folder)}
        raise ConfigError("config.not_toml", why=str(error), **told) from None
    faults: list[str] = []
    given: dict[str, Any] = {}
    for section, value in content.items():
        if section not in SECTIONS:
            faults.append(_unknown(section, SECTIONS, where=""))
            continue
        name, kind = SECTIONS[section]
        built = _section(kind, section, value, faults)
        if built is not None:
            given[name] = built
    if faults:
        raise ConfigError("config.faults", file=str(file), faults=" ".join(faults))
    return Config(folder=folder, **given)


def _section(kind: type, where: str, value: object, faults: list[str]) -> Any:
    if where in LISTED:
        if not isinstance(value, list) or not all(isinstance(entry, dict) for entry in value):
            faults.append(text("config.not_listed", key=where))
            return None
        return tuple(
            _built(kind, f"{where}[{n}]", entry, faults) for n, entry in enumerate(value, 1)
        )
    if not isinstance(value, dict):
        faults.append(text("config.wrong_kind", key=where, value=value, expected="[…]"))
        return None
    return _built(kind, where, value, faults)


def _built(kind: type, where: str, entries: Mapping[str, Any], faults: list[str]) -> Any:
    fields = {entry.name: entry for entry in dataclasses.fields(kind)}
    given: dict[str, Any] = {}
    for key, value in entries.items():
        if key not in fields:
            faults.append(_unknown(key, fields, where=where))
        elif f"{where}.{key}" in LISTED:
            given[key] = _section(LISTED[f"{where}.{key}"], f"{where}.{key}", value, faults)
        else:
            given[key] = _checked(f"{where}.{key}", str(fields[key].type), value, faults)
    for name, entry in fields.items():
        no_default = entry.default is dataclasses.MISSING is entry.default_factory
        if no_default and name not in entries:
            faults.append(text("config.missing_key", key=name, where=where))
            given[name] = None
    return kind(**given)


def _checked(key: str, annotation: str, value: object, faults: list[str]) -> object:
    kind = annotation.split("[")[0]
    fits = isinstance(value, _KINDS[kind]) and (kind == "bool" or not isinstance(value, bool))
    if not fits:
        faults.append(
            text("config.wrong_kind", key=key, value=value, expected=text(f"config.kind_{kind}"))
        )
    return tuple(value) if isinstance(value, list) else value


def _unknown(key: str, known: Mapping[str, object], *, where: str) -> str:
    near = difflib.get_close_matches(key, list(known), n=1, cutoff=0.0)
    return text("config.unknown_key", key=key, where=where or FILE_NAME, nearest=near[0])


_HERE = Path(__file__).parent


def make_workspace(
    folder: str | os.PathLike[str], *, code: str = "", name: str = "", lang: str | None = None
) -> Path:
    """Make the folders and guatu.toml of a workspace; returns its folder.

    What is already there stays as it is, but an existing guatu.toml raises ConfigError, as do a
    code that is no division code and a folder that cannot be made.
    """
    place = Path(folder)
    file = place / FILE_NAME
    if file.exists():
        raise ConfigError("config.already_there", file=str(file))
    if code and not codes.is_code(code):
        raise ConfigError("config.wrong_code", code=code)
    try:
        for part in FOLDERS:
            (place / part).mkdir(parents=True, exist_ok=True)
        place.chmod(0o700)
    except OSError as error:
        raise ConfigError("config.no_folder", folder=str(place), why=error.strerror) from None
    template = _HERE / f"template.{lang or default_language()}.toml"
    content = template.read_text(encoding="utf-8")
    content = content.replace("{code}", code).replace("{name}", _toml_text(name))
    file.write_text(content, encoding="utf-8", newline="\n")
    return place


def _toml_text(value: str) -> str:
    """Return a text as the inside of a TOML string."""
    signs = {'"': '\\"', "\\": "\\\\"}
    return "".join(signs.get(sign, sign if sign.isprintable() else " ") for sign in value)
