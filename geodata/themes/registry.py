"""Which themes a workspace has: our own, those of installed packages, and those of its folder."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from importlib.metadata import EntryPoint, entry_points
from importlib.util import find_spec
from pathlib import Path

from geodata.config import find_workspace
from geodata.errors import ConfigError, GuatuError, PolicyError, QuantityError, ThemeError
from geodata.i18n import Key, text
from geodata.intake.layouts import Layout, read_layout, same_sheets
from geodata.intake.schema import Schema
from geodata.policy import Policy, load_policy
from geodata.policy.parameter_files import folder_faults
from geodata.rules.case import read_cases
from geodata.rules.example import read_examples
from geodata.tables import Table, enumerations, tables
from geodata.tables.enumerations import read_enumerations
from geodata.themes.base import GROUPS, Theme, Told
from geodata.themes.checking import Checked, theme_faults
from geodata.themes.reading import read_folder
from geodata.themes.running import engine_faults
from geodata.yaml_entries import Faults, shown

FOLDER = Path(__file__).parent
GROUP = "guatu.themes"
# More names than these that are there already are told in one sentence.
_TWICE = 3
# Names under which other things of a month are kept.
_RESERVED = (
    *(
        "change",
        "counts",
        "coverage",
        "figures",
        "figures_before",
        "flags",
        "household_list",
        "income_by_place",
    ),
    *(
        "household_before",
        "household_earlier",
        "found_since",
        "due",
        "income_item",
        "issue",
        "place_ledger",
        "quality",
        "recent_day",
        "set_aside",
    ),
)


@dataclass(frozen=True)
class ThemeFault:
    """Why a theme, or a layout of the workspace, was left out: its name and the error."""

    theme: str
    error: GuatuError = field(compare=False)
    text: str = "themes.left_out"

    def sentence(self, lang: str | None = None) -> str:
        """Return what is wrong in one sentence, after the name of the theme."""
        return text(self.text, lang, theme=self.theme, fault=self.error.sentence(lang))


@dataclass(frozen=True)
class Registry:
    """The themes that a workspace has, in their order, and what is wrong with those it lacks."""

    themes: tuple[Theme, ...]
    faults: tuple[ThemeFault, ...] = ()
    sheets: tuple[Layout, ...] = ()

    @cached_property
    def tables(self) -> Mapping[str, Table]:
        """Return the tables of the product and of the themes by name, sorted."""
        brought = {name: table for theme in self.themes for name, table in theme.tables.items()}
        return dict(sorted({**tables(), **brought}.items()))

    def told(self, what: str) -> Told | None:
        """Return the feature by which a theme tells something of HOUSEHOLD, the first that does."""
        names = (
            Told(one.key, one.households.told[what])
            for one in self.themes
            if what in one.households.told
        )
        return next(names, None)

    def limit(self, what: str) -> str:
        """Return the key of the parameter set beside one of LIMITED; empty where no theme says it."""
        keys = (one.households.limits[what] for one in self.themes if what in one.households.limits)
        return next(keys, "")

    @property
    def weights(self) -> Mapping[str, float]:
        """Return the indicators that make a village weak, with their weights."""
        return {
            key: weight for theme in self.themes for key, weight in theme.households.weights.items()
        }

    @property
    def suspected(self) -> Mapping[str, tuple[str, ...]]:
        """Return for each group the rules whose findings make a drawn household suspect."""
        return {
            group: tuple(
                key for theme in self.themes for key in theme.households.suspected.get(group, ())
            )
            for group in GROUPS
        }

    @property
    def schema(self) -> Schema:
        """Return what the files of an import may hold."""
        brought = (layout for theme in self.themes for layout in theme.sheets)
        return Schema(self.tables, (*brought, *self.sheets))

    @property
    def parameters(self) -> tuple[Path, ...]:
        """Return the folders of policy parameters that themes from outside bring."""
        brought = (theme.folder / "parameters" for theme in self.themes if not is_own(theme))
        return tuple(folder for folder in brought if folder.is_dir())


@dataclass(frozen=True)
class _Place:
    """Where a theme lies, or what was wrong with finding it."""

    name: str
    folder: Path | None = None
    error: ThemeError | None = None


def find_themes(workspace: Path | None = None) -> Registry:
    """Return the themes of a workspace folder, or without one those that every workspace has.

    A theme that cannot be read, does not hold together, or defines again what an earlier one
    defines is left out and told in `faults`; the others are there.
    """
    own, own_faults = _own(FOLDER)
    themes, faults = list(own), list(own_faults)
    written = _written()
    for place in (*_installed(), *_in_workspace(workspace)):
        loaded = _load(place, written)
        if isinstance(loaded, Theme):
            themes.append(loaded)
            written |= loaded.written
            written |= {f"table {one.name}": loaded.folder for one in loaded.feature_sets}
        else:
            faults += [ThemeFault(place.name, error) for error in loaded]
    ordered = sorted(themes, key=lambda theme: (theme.order, theme.key))
    registry = Registry(tuple(ordered))
    sheets, unread = _layouts(workspace, registry.schema)
    return Registry(registry.themes, (*faults, *unread), sheets)


def _layouts(workspace: Path | None, known: Schema) -> tuple[tuple[Layout, ...], list[ThemeFault]]:
    """Return the layouts in the folder `layouts` of a workspace, and faults of those not read."""
    layouts: list[Layout] = []
    faults: list[ThemeFault] = []
    files = sorted((workspace / "layouts").glob("*.yaml")) if workspace is not None else []
    for file in files:
        try:
            read = read_layout(file, known.tables)
            if read.name in {layout.name for layout in known.layouts}:
                raise ThemeError("themes.layout_twice", file=file, name=read.name)
            twin = next((one for one in (*known.layouts, *layouts) if same_sheets(one, read)), None)
            if twin is not None:
                raise ThemeError("themes.layout_same", file=file, other=twin.name)
            layouts.append(read)
        except ThemeError as error:
            faults.append(ThemeFault(file.name, error, "themes.layout_left_out"))
    return tuple(layouts), faults


def themes_around(start: str | os.PathLike[str] = ".") -> Registry:
    """Return the themes of the workspace around a folder; where there is none, of no workspace."""
    try:
        return find_themes(find_workspace(start))
    except ConfigError:
        return find_themes()


def own_themes() -> tuple[Theme, ...]:
    """Return the themes of the product that hold together, in their order."""
    return _own(FOLDER)[0]


@cache
def _own(home: Path) -> tuple[tuple[Theme, ...], tuple[ThemeFault, ...]]:
    """Return the themes in the product's folder, and what is wrong with those left out.

    They enter as those from outside do, but that an engine can run their SQL is tested where they
    are changed, and not again whenever a workspace is opened.
    """
    themes: list[Theme] = []
    faults: list[ThemeFault] = []
    written: dict[str, Path] = {}
    for file in sorted(home.glob("*/theme.yaml")):
        loaded = _load(_Place(file.parent.name, file.parent), written, run=False)
        if isinstance(loaded, Theme):
            themes.append(loaded)
            written |= loaded.written
        else:
            faults += [ThemeFault(file.parent.name, error) for error in loaded]
    return tuple(sorted(themes, key=lambda theme: (theme.order, theme.key))), tuple(faults)


def is_own(theme: Theme) -> bool:
    """Return whether a theme is one of the product's own."""
    return theme.folder.parent == FOLDER


def check_theme(
    folder: Path, charts: Collection[str] | None = None
) -> tuple[Theme | None, tuple[GuatuError, ...]]:
    """Return the theme of a folder, None when it does not hold together, and all that is wrong.

    `charts` are the kinds of charts that it may name; None: whatever it names is taken.
    """
    place = _Place(folder.resolve().name, folder.resolve())
    others = {name: file for name, file in _written().items() if place.folder not in file.parents}
    loaded = _load(place, others, charts)
    faults = Faults()
    rules = loaded.rules_by_key if isinstance(loaded, Theme) else None
    with faults:
        read_cases(folder / "cases", rules)
    if (folder / "examples.yaml").exists():
        with faults:
            read_examples(folder / "examples.yaml")
    if isinstance(loaded, Theme) and not faults.kept:
        return loaded, ()
    return None, (*(() if isinstance(loaded, Theme) else loaded), *faults.kept)


def _load(
    place: _Place,
    written: Mapping[str, Path],
    charts: Collection[str] | None = None,
    *,
    run: bool = True,
) -> Theme | tuple[GuatuError, ...]:
    """Return the theme of a place, or everything that is wrong with it and all its files.

    With `run` its SQL is run over a month without rows as well.
    """
    if place.folder is None:
        return (place.error,) if place.error else ()
    outside = tuple(_links_out(place.folder))
    if outside:
        return outside
    read = read_folder(place.folder, place.name)
    policy, unread = _policy_of(read.theme)
    checked = Checked(read.theme, policy, read.names, charts, read.unread)
    faults = (*read.faults, *unread, *_doubled(read.theme, written), *theme_faults(checked))
    return faults or (tuple(engine_faults(read.theme, policy)) if run else ()) or read.theme


def _policy_of(theme: Theme) -> tuple[Policy, tuple[GuatuError, ...]]:
    """Return the parameters that a theme may name, and what is wrong with its own."""
    brought = Registry((theme,)).parameters
    try:
        return load_policy(more=brought), ()
    except PolicyError:
        said = [fault for folder in brought for fault in folder_faults(folder)]
        told = tuple(ThemeError("themes.parameter_fault", fault=one) for one in said)
        return load_policy(), told
    except QuantityError:
        # The units are those of indicators too, and told there.
        return load_policy(), ()


def _links_out(folder: Path) -> Iterator[ThemeError]:
    """Give the links of a folder that lead out of it: a theme is what its folder holds."""
    home = folder.resolve()
    for file in sorted(folder.rglob("*")):
        if file.is_symlink() and not file.resolve().is_relative_to(home):
            yield ThemeError("themes.outside", file=file)


def _written() -> dict[str, Path]:
    """Return the file of each thing that the product defines, under "table NAME" and the like."""
    core = Path(__file__).parents[1] / "tables"
    written = {f"table {name}": core / "definitions" / f"{name}.yaml" for name in tables()}
    written |= {f"enumeration {name}": core / "enumerations" for name in enumerations()}
    written |= {f"table {name}": core for name in _RESERVED}
    # Those of our own themes are known also where the theme does not hold together.
    written |= {f"table {file.stem}": file for file in FOLDER.glob("*/tables/*.yaml")}
    for file in FOLDER.glob("*/enumerations/*.yaml"):
        written |= {f"enumeration {name}": file for name in read_enumerations(file)}
    return written | {name: file for theme in own_themes() for name, file in theme.written.items()}


def _doubled(theme: Theme, written: Mapping[str, Path]) -> tuple[ThemeError, ...]:
    """Return what a theme defines though another file has defined it already."""
    sets = {f"table {one.name}": theme.folder / "features" for one in theme.feature_sets}
    twice = {name: file for name, file in {**sets, **theme.written}.items() if name in written}
    if len(twice) > _TWICE:
        # A copy of a theme: the names are told together, not each in a sentence of its own.
        names = shown([name.split(" ", 1)[1] for name in twice])
        others = shown(sorted({str(written[name]) for name in twice}))
        return (ThemeError("themes.copied", folder=theme.folder, names=names, others=others),)
    faults = []
    for name, file in twice.items():
        what, key = name.split(" ", 1)
        given = {"what": Key(f"themes.what_{what}"), "name": key, "other": written[name]}
        faults.append(ThemeError("themes.doubled", file=file, **given))
    return tuple(faults)


def _in_workspace(workspace: Path | None) -> Iterator[_Place]:
    home = workspace / "themes" if workspace is not None else None
    if home is None or not home.is_dir():
        return
    for folder in sorted(home.iterdir()):
        if folder.is_dir() and not folder.name.startswith((".", "_")):
            if not folder.resolve().is_relative_to(home.resolve()):
                yield _Place(folder.name, error=ThemeError("themes.outside", file=folder))
            elif (folder / "theme.yaml").exists():
                yield _Place(folder.name, folder)
            else:
                yield _Place(folder.name, error=ThemeError("themes.no_theme_file", folder=folder))


def _installed() -> Iterator[_Place]:
    for entry in sorted(entry_points(group=GROUP), key=lambda entry: (entry.name, entry.value)):
        yield _package(entry)


def _package(entry: EntryPoint) -> _Place:
    """Return where the theme of an installed package lies; a theme is data, no code of it is run."""
    named = {"package": entry.dist.name if entry.dist else entry.value, "name": entry.name}
    first, *inner = entry.module.split(".")
    try:
        spec = find_spec(first)
    except (ImportError, ValueError) as problem:
        told = f"{type(problem).__name__}: {problem}"
        return _Place(entry.name, error=ThemeError("themes.no_import", problem=told, **named))
    homes = [] if spec is None else list(spec.submodule_search_locations or ())
    folders = (Path(home).joinpath(*inner) for home in homes)
    folder = next((one for one in folders if (one / "theme.yaml").exists()), None)
    if folder is None:
        return _Place(entry.name, error=ThemeError("themes.no_package", **named))
    return _Place(entry.name, folder)
