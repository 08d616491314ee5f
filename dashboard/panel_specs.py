"""What may stand beside the map: the panels by name, found by their folders, with what each needs."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from operator import attrgetter
from pathlib import Path
from typing import get_type_hints

from dashboard.texts import take_texts, text
from geodata.errors import ThemeError
from geodata.i18n import LANGUAGES, places_of
from geodata.themes import Theme, ThemeFault
from geodata.yaml_entries import (
    Faults,
    check_fields,
    check_texts,
    check_value,
    mapping_of,
    shown,
    text_list,
)

# Where panels are looked for; a folder of panels that stands elsewhere may be added.
FOLDERS = [str(Path(__file__).with_name("panels"))]
# A theme is shown only where there is a workspace behind the map.
WORKSPACE = "workspace"
_FIELDS = {
    "order": True,
    "width": True,
    "needs": False,
    "private": False,
    "whole": False,
    "uses": False,
    "opens": False,
}
_WIDTH = re.compile(r"\d+(\.\d+)?(px|vw|rem|em|%)|(calc|clamp|min|max)\(.+\)")


@dataclass(frozen=True)
class PanelSpec:
    """A panel beside the map: its folder, its place in the row, its width (CSS), what it needs.

    `needs` holds WORKSPACE, or fields of a theme that may not be empty, such as points or
    households.weights; `uses` are the parts of an address that it alone reads. A `private` panel names
    people and is never on a projector; a `whole` one stands in the place of the map. A theme that is
    entered shows the one that `opens` it.
    """

    folder: Path
    order: int
    width: str
    needs: tuple[str, ...] = ()
    private: bool = False
    whole: bool = False
    uses: tuple[str, ...] = ()
    opens: bool = False

    @property
    def name(self) -> str:
        """Return the name, which is that of the folder."""
        return self.folder.name

    def stands(self, theme: Theme | None) -> bool:
        """Return whether there is what the panel needs; without a theme nothing is there."""
        held = (need == WORKSPACE or attrgetter(need)(theme) for need in self.needs)
        return not self.needs or (theme is not None and all(held))


@dataclass(frozen=True)
class PanelFault(ThemeFault):
    """Why a panel was left out: the name of its folder as `theme`, and the error."""

    def sentence(self, lang: str | None = None) -> str:
        """Return what is wrong in one sentence, after the name of the panel."""
        return text("left_out.panel", lang, panel=self.theme, fault=self.error.sentence(lang))


def panel_specs() -> Mapping[str, PanelSpec]:
    """Return every panel by name, in order; those that do not hold together are left out."""
    return _specs(tuple(FOLDERS))[0]


def panel_faults() -> tuple[PanelFault, ...]:
    """Return what is wrong with the panels that were left out."""
    return _specs(tuple(FOLDERS))[1]


@cache
def _specs(folders: tuple[str, ...]) -> tuple[Mapping[str, PanelSpec], tuple[PanelFault, ...]]:
    panels: list[PanelSpec] = []
    left_out: list[PanelFault] = []
    for file in (file for folder in folders for file in sorted(Path(folder).glob("*/panel.yaml"))):
        faults = Faults()
        with faults:
            panels.append(_spec(file))
        with faults:
            _take_words(file.parent)
        with faults:
            _check_code(file.parent)
        if faults.kept:
            panels = [panel for panel in panels if panel.name != file.parent.name]
            left_out += [PanelFault(file.parent.name, error) for error in faults.kept]
    ordered = sorted(panels, key=lambda side: (side.order, side.name))
    return {side.name: side for side in ordered}, tuple(left_out)


def _spec(file: Path) -> PanelSpec:
    """Return what a panel.yaml says; raises ThemeError with all that is wrong with it."""
    place, said, faults = str(file), mapping_of(file), Faults()
    with faults:
        check_fields(place, said, _FIELDS)
    needs: tuple[str, ...] = ()
    with faults:
        needs = text_list(place, said.get("needs", []), "needs")
    uses: tuple[str, ...] = ()
    with faults:
        uses = text_list(place, said.get("uses", []), "uses")
    for need in needs:
        if need != WORKSPACE and not _is_of_theme(need):
            with faults:
                check_value(place, "needs", need, (WORKSPACE, *(one.name for one in fields(Theme))))
    order, width = said.get("order"), said.get("width")
    flags = {name: said.get(name, False) for name in ("private", "whole", "opens")}
    if "order" in said and (not isinstance(order, int) or isinstance(order, bool)):
        faults.kept.append(ThemeError("themes.no_number", place=place, field="order", found=order))
    if "width" in said and (not isinstance(width, str) or not _WIDTH.fullmatch(width)):
        faults.kept.append(ThemeError("themes.no_width", place=place, field="width", found=width))
    for name, flag in flags.items():
        with faults:
            check_value(place, name, str(flag).lower(), ("true", "false"))
    faults.tell()
    assert isinstance(order, int)
    return PanelSpec(
        folder=file.parent,
        order=order,
        width=str(width),
        needs=needs,
        private=bool(flags["private"]),
        whole=bool(flags["whole"]),
        uses=uses,
        opens=bool(flags["opens"]),
    )


def _check_code(folder: Path) -> None:
    """Raise ThemeError unless all code of a panel can be read and there is a `panel` to call.

    None of it is run: what a panel imports is not there yet.
    """
    faults = Faults()
    if not (folder / "__init__.py").is_file():
        faults.kept.append(ThemeError("themes.no_file", file=folder / "__init__.py"))
    for file in sorted(folder.glob("*.py")):
        try:
            code = ast.parse(file.read_bytes())
        except (SyntaxError, ValueError) as problem:
            line = getattr(problem, "lineno", None) or 1
            faults.kept.append(ThemeError("themes.no_code", file=file, line=line))
        else:
            if file.name == "__init__.py" and "panel" not in _named(code):
                faults.kept.append(ThemeError("themes.no_panel", file=file))
    faults.tell()


def _named(code: ast.Module) -> set[str]:
    """Return the names at the top of a module that may be called: defined, taken or assigned."""
    names: set[str] = set()
    for each in code.body:
        match each:
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                names.add(name)
            case ast.ImportFrom(names=taken):
                names |= {alias.asname or alias.name for alias in taken}
            case ast.Assign(targets=targets):
                names |= {target.id for target in targets if isinstance(target, ast.Name)}
    return names


def _take_words(folder: Path) -> None:
    """Take in what a panel says; raises ThemeError unless all of it is whole in both languages."""
    faults = Faults()
    for file in sorted(folder.glob("*.yaml")):
        if file.name != "panel.yaml":
            with faults:
                for name, entry in mapping_of(file).items():
                    with faults:
                        _check_words(f"{file} {name}", entry)
    with faults:
        words = mapping_of(folder / "texts.yaml")
        check_fields(
            str(folder / "texts.yaml"), words, {**dict.fromkeys(words, False), "tab": True}
        )
    faults.tell()
    try:
        take_texts(folder)
    except ValueError as problem:
        raise ThemeError("themes.no_yaml", file=folder, problem=problem) from problem


def _check_words(place: str, entry: object) -> None:
    """Raise ThemeError unless a text has both languages, and none names a place for another of it.

    A language may do without a text or a place: a misspelt one is in each that the other has not.
    """
    if not isinstance(entry, Mapping) or not all(isinstance(entry.get(x), str) for x in LANGUAGES):
        check_fields(place, entry, dict.fromkeys(LANGUAGES, True))
        check_texts(place, entry)
        raise ThemeError("themes.no_mapping", place=place, found=entry)
    zh, en = (places_of(entry[lang]) for lang in LANGUAGES)
    if zh - en and en - zh:
        told = {"name": ", ".join(sorted(zh - en)), "known": shown(sorted(en - zh))}
        raise ThemeError("themes.places", place=place, **told)


def _is_of_theme(need: str) -> bool:
    """Return whether a dotted name is a field of a theme, or of what one of its fields holds."""
    holder: object = Theme
    for name in need.split("."):
        known = get_type_hints(holder) if is_dataclass(holder) else {}
        if name not in known:
            return False
        holder = known[name]
    return True
