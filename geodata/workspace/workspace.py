"""A county opened: months, findings, the cube, lists, cards, reasons and what-ifs."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

import pandas as pd

from geodata.access import (
    Actor,
    Guard,
    Reader,
    Request,
    command_actor,
    open_guard,
    open_place_reader,
    open_reader,
    prepare_rows,
)
from geodata.atlas import Atlas, open_atlas
from geodata.cartography.words import number_text
from geodata.config import read_config
from geodata.errors import AtlasError, StoreError
from geodata.evaluation import Draw
from geodata.figures import Cube, Indicator
from geodata.hotspots.atlas_layer import HotspotLayer
from geodata.i18n import default_language, text
from geodata.policy import load_policy
from geodata.rules import read_exemptions, reasons
from geodata.rules.run import FLAG_COLUMNS
from geodata.store import SnapshotStore
from geodata.themes import ThemeFault, find_themes
from geodata.workspace import display
from geodata.workspace.absent import absence_text
from geodata.workspace.answerable import answerable, unanswered_in
from geodata.workspace.building import Progress, build_months
from geodata.workspace.cards import Card, household_card, village_of
from geodata.workspace.change_parts import change_between
from geodata.workspace.changeover import Changeover, changeover_seen_by
from geodata.workspace.composition import Asked, Composition, compositions
from geodata.workspace.county_atlas import write_workspace_atlas
from geodata.workspace.county_hotspots import clusters_of, clusters_sentence
from geodata.workspace.drawing import ReadFrame, draw_county, draw_doors
from geodata.workspace.evidence import Months
from geodata.workspace.exempted import written_exemptions
from geodata.workspace.figures import county_cube, village_sums, write_county_cube
from geodata.workspace.household_list import HOUSEHOLD_LIST, household_page
from geodata.workspace.impact import Impact, Values, impact_seen_by
from geodata.workspace.inputs import Setup
from geodata.workspace.month_tables import WHAT_IF, month_source
from geodata.workspace.movements import MOVEMENTS, movement_counts, movements_table
from geodata.workspace.saved import Built, built_months, read_built
from geodata.workspace.whatif import WhatIf, run_what_if
from geodata.workspace.why import Why, explain_place, read_officials


def open_workspace(path: str | os.PathLike[str] = ".") -> Workspace:
    """Return the workspace around a folder; raises ConfigError, PolicyError or ThemeError.

    Nothing is computed before it is asked for. The object shows the snapshots there were when it
    was opened. A theme that does not hold together is left out and told in `setup.registry.faults`.
    """
    config = read_config(path)
    registry = find_themes(config.folder)
    policy = load_policy(config.folder / "parameters", more=registry.parameters)
    rules = {rule.key for theme in registry.themes for rule in theme.rules}
    exemptions = read_exemptions(config.folder / "exemptions.csv", rules)
    exemptions += written_exemptions(config.folder, rules)
    return Workspace(Setup(config, SnapshotStore(config.store), policy, registry, exemptions))


@dataclass(frozen=True)
class MonthResults:
    """One built month: `flags`, `counts`, `figures` and the features of a theme.

    Rows about households are read by the user of this computer, on record.
    """

    built: Built
    setup: Setup
    guard: Callable[[], Guard] = field(repr=False)

    @property
    def flags(self) -> pd.DataFrame:
        """Return every broken rule: subject, place, rule, value, threshold (money in fen), answer."""
        return self._reader().rows(Request("flags")).frame[list(FLAG_COLUMNS)]

    @property
    def counts(self) -> pd.DataFrame:
        """Return yes, no, unknown and exempt for each village and rule."""
        return village_sums(self.setup, self.built, "counts")

    @property
    def figures(self) -> pd.DataFrame:
        """Return numerator, denominator, missing and subjects for each village and indicator."""
        return village_sums(self.setup, self.built, "figures")

    @property
    def unanswered(self) -> tuple[ThemeFault, ...]:
        """Return what of themes could not be answered over the rows of the month."""
        return tuple(one.fault(self.built.month) for one in unanswered_in(self.built))

    def features(self, theme: str, subject: str = "household") -> pd.DataFrame:
        """Return the features of one theme's subjects, money in fen."""
        return self._reader(subject == "household").rows(Request(f"{theme}_{subject}")).frame

    def _reader(self, households: bool = True) -> Reader:
        opened = open_reader if households else open_place_reader
        return opened(month_source(self.setup, self.built), command_actor(), self.guard())

    def reasons(self, flags: pd.DataFrame, lang: str | None = None) -> pd.Series:
        """Return the sentence of each of some flags."""
        words: dict[str, str] = {}
        for theme in self.setup.themes:
            words |= theme.words(lang or "zh")
        return reasons(flags, self.setup.rules, self.built.month, words=words, lang=lang)


class Workspace:
    """One county's data for analysts, the clerk and the app; made by `open_workspace`."""

    def __init__(self, setup: Setup) -> None:
        self.setup = setup

    def __repr__(self) -> str:
        county = self.setup.config.county
        built = self.months
        span = f"{built[0]}..{built[-1]}" if built else "-"
        return f"<Workspace {county.name or county.code} {span}>"

    def _repr_html_(self) -> str:
        return _html(self)

    @property
    def months(self) -> tuple[str, ...]:
        """Return the months that have been built, sorted."""
        return built_months(self.setup.config.store)

    def build(
        self,
        months: Sequence[str] | None = None,
        *,
        progress: Progress | None = None,
        engine: str = "duckdb",
        processes: int = 1,
    ) -> tuple[str, ...]:
        """Build the given months, or all that have a snapshot; only what changed is computed.

        `engine` is one of `geodata.store.ENGINES`; all give the same. With more `processes` months
        are built side by side; a script that asks for them needs the usual `if __name__` guard.
        """
        chosen = self.setup.store.months() if months is None else months
        built = build_months(
            self.setup, chosen, progress=progress, engine=engine, processes=processes
        )
        for made in ("cube", "_evidence"):
            self.__dict__.pop(made, None)
        return tuple(one.month for one in built)

    def write_atlas(self, *, processes: int = 1) -> Mapping[str, int]:
        """Write the map of all built months under the workspace; returns the counts of its join.

        The hot spots of months that changed are computed, by so many `processes`.
        """
        built = [self._built(month) for month in self.months]
        self.__dict__.pop("_atlas", None)
        return write_workspace_atlas(self.setup, built, processes=processes)

    def month(self, month: str | None = None) -> MonthResults:
        """Return one month, the last by default; raises StoreError when it has not been built."""
        return MonthResults(self._built(month), self.setup, lambda: self.guard)

    @property
    def flags(self) -> pd.DataFrame:
        """Return the flags of the last month."""
        return self.month().flags

    @cached_property
    def cube(self) -> Cube:
        """Return all indicators of all places and built months; `.to_dataset()` is for xarray."""
        built = [self._built(month) for month in self.months]
        return county_cube(self.setup, built)

    def write_cube(self) -> Path:
        """Write the cube as NetCDF beside the built months, unless it is there; returns the file."""
        built = [self._built(month) for month in self.months]
        return write_county_cube(self.setup, built, self.cube)

    @property
    def indicators(self) -> tuple[Indicator, ...]:
        """Return the indicators of all themes."""
        return tuple(one for theme in self.setup.themes for one in theme.indicators)

    def indicator(self, key: str) -> pd.DataFrame:
        """Return one indicator as shown: a row for each place, a column for each month."""
        return self.cube.table(key)

    def households(
        self,
        place: str,
        *,
        rule: str | None = None,
        sort: str = "-score",
        month: str | None = None,
        page: tuple[int, int | None] = (0, 50),
    ) -> pd.DataFrame:
        """Return a page of the households of a place, masked and on record; see `household_page`."""
        return household_page(self.people(month), place, rule=rule, sort=sort, page=page)

    def card(
        self,
        household: str,
        *,
        month: str | None = None,
        lang: str | None = None,
        place: str = "",
        reason: str = "",
        ground: str = "",
        actor: Actor | None = None,
        guard: Guard | None = None,
        leaving: bool = False,
    ) -> Card:
        """Return the card of one household within a place, masked and on record.

        `leaving` in a file it is masked as any export.

        With a `reason` and its `ground` (one of `geodata.access.GROUNDS`) the household is opened in full to the actor for some hours, as on the page.
        Raises StoreError when it is not there, ScopeError out of reach, AccessError for a reason
        that is none. Actor and guard are the user of this computer and the workspace's own.
        """
        actor, guard, built = actor or command_actor(), guard or self.guard, self._built(month)
        reader = open_reader(month_source(self.setup, built), actor, guard)
        village = village_of(reader, household, place=place, month=built.month)
        if reason:
            now = guard.trail.clock()
            guard.unmasking.open(
                actor, household, place=village, ground=ground, reason=reason, now=now
            )
        return household_card(
            self.setup,
            built,
            household,
            reader=reader,
            guard=guard,
            place=village,
            lang=lang,
            leaving=leaving,
        )

    def why(
        self,
        place: str,
        *,
        indicator: str | None = None,
        month: str | None = None,
        lang: str | None = None,
        named: bool = True,
        atlas: Atlas | None = None,
        officials: pd.DataFrame | None = None,
    ) -> Why:
        """Return why a place stands out: in a few lines, the rules behind it, who is responsible.

        When the county has a map, the details end with what the hot spots say of a village. `atlas`
        is that of who asks, within a scope; by default the whole map. Who is responsible is among
        `officials` (`read_officials`), which else the user of this computer reads, on record.
        """
        built = self._built(month)
        evidence = self._evidence.of(built)
        if officials is None and place in evidence.levels:
            officials = read_officials(self.people(built.month), place)
        why = explain_place(
            evidence, place, indicator=indicator, lang=lang, officials=officials, named=named
        )
        return self._with_clusters(why, built, lang, atlas)

    def _with_clusters(
        self, why: Why, built: Built, lang: str | None, atlas: Atlas | None = None
    ) -> Why:
        try:
            seen = atlas or self._atlas
            said = clusters_sentence(seen, why, built.month, lang or default_language())
        except AtlasError:  # a county without boundaries has reasons, but no map
            return why
        return replace(why, details=(*why.details, said)) if said else why

    def absence(self, indicator: str, month: str | None = None, lang: str | None = None) -> str:
        """Return why an indicator has no figure in a month; see `absence_text`."""
        known = self.setup.indicators[indicator]
        return absence_text(self.setup, self._built(month), known, lang or default_language())

    def change(self, place: str, indicator: str, *, before: str, month: str) -> dict[str, float]:
        """Return the change of a figure between two months; see `change_between`."""
        return change_between(self._evidence, place, indicator, (before, month))

    def compositions(
        self, theme: str, request: Asked, *, month: str | None = None
    ) -> tuple[Composition, ...]:
        """Return what an indicator of a theme is made of within places: counts and sums only.

        Where nothing is said of it, what the theme says of all its figures.
        """
        chosen = next(one for one in self.setup.themes if one.key == theme)
        return compositions(self.setup, self._built(month), chosen, request, cube=self.cube)

    def hotspots(self, indicator: str, month: str | None = None) -> HotspotLayer:
        """Return the hot spots of an indicator as of a month, the last by default.

        `.result.to_dataset()` has z, p, significance and category by place and period; the result
        is None for a number or an amount. Raises AtlasError when the workspace has no map yet.
        """
        return clusters_of(self._atlas, indicator, self._built(month).month)

    @cached_property
    def _atlas(self) -> Atlas:
        return open_atlas(self.setup.config.folder)

    @cached_property
    def _evidence(self) -> Months:
        return Months(self.setup, self.cube)

    def what_if(
        self,
        *,
        items: Sequence[str] = (),
        workshop: str = "",
        place: str = "",
        month: str | None = None,
    ) -> WhatIf:
        """Return what the rules say when sources of income end; see `run_what_if`."""
        built = self._built(month)
        setup = answerable(self.setup, unanswered_in(built))
        result = run_what_if(setup, built.month, items=items, workshop=workshop, place=place)
        chosen = built.month
        rows = result.households.rename_axis("household_code").reset_index()
        seen = self.people(chosen).computed(rows, WHAT_IF, place=place).frame
        return replace(result, households=seen.set_index("household_code").rename_axis(None))

    def changeover(self, before: str, after: str, *, place: str = "") -> Changeover:
        """Return why households changed class between two months; see `explain_changeover`.

        Its rows about households are masked and on record. Raises StoreError for a month without a snapshot.
        """
        setup = answerable(self.setup, unanswered_in(self._built(after)))
        return changeover_seen_by(self.people(after), setup, before, after, place=place)

    def impact(
        self,
        values: Values,
        *,
        place: str = "",
        month: str | None = None,
        whole: bool = False,
    ) -> Impact:
        """Return who is gained and lost by other values of parameters; see `impact_of`.

        Its rows about households are masked and on record.
        """
        built = self._built(month)
        reader = self.people(built.month)
        return impact_seen_by(reader, self.setup, built, values, place=place, whole=whole)

    def draw_sample(
        self,
        *,
        seed: int,
        month: str | None = None,
        villages: int | None = None,
        exited: int | None = None,
        missed: int | None = None,
        weak_share: float | None = None,
        read: ReadFrame | None = None,
    ) -> Draw:
        """Return villages and households as inspectors might draw them; see `draw_county`.

        Numbers that are not given are those of the parameters eval.sample.*. `read` is that of
        `draw_doors`, by default for the user of this computer.
        """
        numbers: dict[str, float | None] = {
            "villages": villages,
            "exited": exited,
            "missed": missed,
            "weak_share": weak_share,
        }
        built = self._built(month)
        if read is None:
            source = month_source(self.setup, built)
            _, read = draw_doors(source, command_actor(), self.guard, reason=f"draw {seed}")
        return draw_county(self.setup, self.cube, built, seed=seed, numbers=numbers, read=read)

    @cached_property
    def guard(self) -> Guard:
        """Return the records of the workspace: audit, accounts, what was opened and written."""
        return open_guard(self.setup.config.folder)

    def people(
        self, month: str | None = None, *, actor: Actor | None = None, guard: Guard | None = None
    ) -> Reader:
        """Return the one door to rows about people of a month: scoped, masked and on record.

        Actor and guard are the user of this computer and the workspace's own.
        """
        source = month_source(self.setup, self._built(month))
        return open_reader(source, actor or command_actor(), guard or self.guard)

    def flows(self, place: str = "", *, month: str | None = None) -> pd.DataFrame | None:
        """Return how the monitored of a place changed in a month; see `movement_counts`.

        The first row, "", is all categories together. None without a snapshot of the month before.
        """
        register, built = self.setup.place_register, self._built(month)
        flows = movement_counts(
            self.setup.store, built.month, place, successors=register.successors
        )
        if flows is None:
            return None
        return pd.concat([flows.sum().to_frame("").T, flows])

    def flow_households(
        self, term: str, place: str = "", *, category: str = "", month: str | None = None
    ) -> pd.DataFrame | None:
        """Return the households of one term of `flows`, masked and on record: MOVEMENT_COLUMNS."""
        built, successors = self._built(month), self.setup.place_register.successors
        if movements_table(self.setup.store, built.month, successors) is None:
            return None
        wanted: tuple[tuple[str, str, object], ...] = (("term", "is", term),)
        if category:
            wanted += (("category", "is", category),)
        request = Request(MOVEMENTS, place, filters=wanted, order=("place_code", "household_code"))
        return self.people(month).rows(request, reason="flows").frame

    def places(
        self, month: str | None = None, *, actor: Actor | None = None, guard: Guard | None = None
    ) -> Reader:
        """Return the reader of rows about villages, sites, works and what lies in them."""
        source = month_source(self.setup, self._built(month))
        return open_place_reader(source, actor or command_actor(), guard or self.guard)

    def warm(self) -> None:
        """Do once what every viewer of the last month needs: open its tables, add up the cube."""
        county, built = self.setup.config.county.code, self._built(None)
        prepare_rows(month_source(self.setup, built), HOUSEHOLD_LIST)
        if county in self.cube.places.index:
            self._with_clusters(explain_place(self._evidence.of(built), county), built, None)

    def _built(self, month: str | None) -> Built:
        months = self.months
        wanted = month or (months[-1] if months else "")
        built = read_built(self.setup.config.store, wanted) if wanted else None
        if built is None:
            known = "、".join(months[-6:]) or "—"
            folder: Path = self.setup.config.folder
            raise StoreError("workspace.not_built", month=wanted or "-", known=known, folder=folder)
        return built


def _html(county: Workspace) -> str:
    """Return name and months, and of each theme what its map shows first, with its change."""
    place, months = county.setup.config.county, county.months
    title = text("display.workspace", name=place.name or place.code, code=place.code)
    faults = "".join(display.paragraph(fault.sentence()) for fault in county.setup.registry.faults)
    if not months:
        return display.heading(title) + display.paragraph(text("display.nothing_built")) + faults
    span = text("display.months", first=months[0], last=months[-1], count=len(months))
    rows = []
    for theme in county.setup.themes:
        indicator = _indicator(county, theme.layers[0].indicator)
        rows.append((theme.title[default_language()], *_figures(county, indicator)))
    heads = ("theme", "indicator", "value", "before", "villages")
    return display.heading(title) + display.paragraph(span) + display.table(heads, rows) + faults


def _indicator(county: Workspace, key: str) -> Indicator:
    return next(indicator for indicator in county.indicators if indicator.key == key)


def _figures(county: Workspace, indicator: Indicator) -> tuple[str, str, str, str]:
    """Return title, value of the last month, value of the month before, villages with data."""
    cube = county.cube
    whole = cube.series(indicator.key, None)["value"]
    villages = cube.frame(indicator.key, cube.periods[-1], cube.lowest)["denominator"]
    known = int((villages > 0).sum())
    shown = [
        "—" if pd.isna(one) else indicator.unit.after(_value_text(one, indicator)) for one in whole
    ]
    before = shown[-2] if len(shown) > 1 else "—"
    return indicator.title[default_language()], shown[-1], before, f"{known} / {villages.size}"


def _value_text(value: float, indicator: Indicator) -> str:
    """Return a value of the cube as it is written, without its unit."""
    return number_text(value * indicator.unit.scale, indicator.decimals or 0)
