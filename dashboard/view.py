"""What is looked at: one frozen View for page, slide, print, file, notebook and command; its address."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import Any
from urllib.parse import parse_qs, urlencode

from dashboard.panel_specs import panel_specs
from geodata.atlas import Atlas
from geodata.cartography.classes import METHODS
from geodata.i18n import LANGUAGES, default_language
from geodata.periods import last_day
from geodata.themes import Theme
from geodata.themes.base import DECISION, DUE_BANDS, PARAMETER

# Classes cut at the limits of policy where an indicator has them, else natural breaks.
POLICY = "policy"
VIEWS = ("overview", "map")
COMPARED = ("change", "beside")
# What the ranking begins with: what the map shows, the worst figure, or what became most worse.
RANKED = ("", "value", "change")
# What stands beside the map when nothing else is asked for, and what lists households.
RANKING, LISTING, DUE = "ranking", "households", "due"
# What is due of the themes together.
EVERY_KIND = "all"
# The steps of the story that a theme tells in two minutes, in order.
STEPS = ("county", "worst", "why", "action", "list")
# Larger numbers than this are no seed and no count of households.
MOST = 999_999_999
# More picked places than this are not written into an address; proxies refuse longer ones.
MOST_SELECTED = 100
# What is longer is no address of ours, and its end is not read.
LONGEST_ADDRESS = 8000
_LONGEST_CODE = 40
_NUMBERS = re.compile(r"(\d{0,9},){3}(\d{0,9}(\.\d{1,4})?)")
# What leaves the building says more than an address may: free text, and for whom it is.
_NOT_ADDRESSED = ("sentence", "public")
# Of the overview only this stands in the address: it has all themes and the whole place.
_OVERVIEW = ("view", "period", "on", "presenting", "lang", "dark")
_BARE = frozenset({"lang", "dark", "on"})


@dataclass(frozen=True)
class View:
    """One look at one indicator: where, when, which, how it is coloured, and what stands beside it.

    `place` is the key of a place, None for the whole area; `compare` a period, empty for none;
    `ranked` what the ranking begins with; the list holds whom the figure counts (where these are the
    good ones, whom it leaves out unless `counted` is set), or what `rule`, `site` or `zone` name, or
    `everyone`; `page` is which of its pages is shown, from 1; `point` is table:code. `seed`, `numbers`
    and `limits` (ISO day) are of the sample beside the map; `story` is one of STEPS, while presenting.
    `on` is the ISO day as of which what is due is told, empty for the last of the period; `due` is what of
    it is listed, as KIND, KIND:BAND or :BAND (`due_parts`). Nothing of it is about a person. `sentence` replaces the title made from the figures, and `public` leaves out
    findings, names of officials, and counts small enough to point at a household: both are of pages
    that leave the building and stand in no address.
    """

    view: str = VIEWS[1]
    theme: str = ""
    place: str | None = None
    indicator: str = ""
    period: str = ""
    level: str = ""
    classes: str = POLICY
    compare: str = ""
    compared: str = COMPARED[0]
    ranked: str = RANKED[0]
    side: str = RANKING
    rule: str = ""
    point: str = ""
    site: str = ""
    zone: str = ""
    everyone: bool = False
    counted: bool = False
    page: int = 1
    selected: tuple[str, ...] = ()
    seed: int = 1
    numbers: str = ""
    limits: str = ""
    on: str = ""
    due: str = ""
    spotlight: bool = False
    presenting: bool = False
    story: str = ""
    lang: str = "zh"
    dark: bool = False
    sentence: str = ""
    public: bool = False

    @classmethod
    def parse(cls, query: str, choices: Choices) -> View:
        """Return the view of an address; what is absent or unknown there becomes the default."""
        return read_address(query, choices)[0]

    @property
    def as_of(self) -> datetime.date:
        """Return the day as of which it tells what is due: its own, else the last of its month."""
        return datetime.date.fromisoformat(self.on) if self.on else last_day(self.period)

    @property
    def used(self) -> View:
        """Return the view without the parts that nothing of what it shows reads."""
        panels = panel_specs()
        kept = panels[self.side].uses if self.side in panels else ()
        gone = {name for panel in panels.values() for name in panel.uses} - set(kept)
        gone |= set() if self.compare else {"compared"}
        usual: dict[str, Any] = {one.name: one.default for one in fields(View) if one.name in gone}
        return replace(self, **usual)

    @property
    def address(self) -> str:
        """Return the address from "?" on, under which the page shows the same."""
        names = _OVERVIEW if self.view == VIEWS[0] else ADDRESS
        # As text, so that the seed 0 is not taken for none.
        words = {name: getattr(self, name) for name in names}
        if "seed" in words:
            words["seed"] = str(self.seed)
        if len(words.get("selected", ())) > MOST_SELECTED:
            words["selected"] = ()
        given = {
            name: 1 if word is True else word
            for name, word in words.items()
            if word and word != _OPENING.get(name)
        }
        return "?" + urlencode(given, doseq=True)


# What of a view is in the address, and in which order.
ADDRESS = tuple(one.name for one in fields(View) if one.name not in _NOT_ADDRESSED)
# What is left out of an address because it is how a page opens anyway.
_OPENING = {"view": "map", "side": RANKING, "compared": "change", "page": 1, "seed": "1"}


@dataclass(frozen=True, eq=False)
class Choices:
    """What a view may name: the places, periods and indicators of a map, by theme.

    `themes` are those that the map has figures of, by key; see `shown_themes`.
    """

    atlas: Atlas
    themes: Mapping[str, Theme]

    @cached_property
    def root(self) -> str | None:
        """Return the one place at the top, or None when there are several (or none)."""
        top = self.atlas.places_in(None, self.atlas.levels[0])
        return str(top[0]) if len(top) == 1 else None

    def area(self, place: str | None) -> str | None:
        """Return the place that the map shows: a lowest place is shown among its neighbours."""
        if self.atlas.level_of(place) != self.atlas.lowest:
            return place
        path = self.atlas.path(place)
        return path[-2] if len(path) > 1 else None

    @property
    def views(self) -> tuple[str, ...]:
        """Return what the page can show: an overview only where there are themes to compare."""
        return VIEWS if len(self.themes) > 1 else VIEWS[1:]

    @property
    def methods(self) -> tuple[str, ...]:
        """Return the ways of classing that can be drawn."""
        return (POLICY, *METHODS)

    def levels_below(self, place: str | None) -> tuple[str, ...]:
        """Return the levels that can be coloured within a place; at least the lowest."""
        level = self.atlas.level_of(place)
        depth = 0 if level is None else self.atlas.levels.index(level) + 1
        return self.atlas.levels[depth:] or (self.atlas.lowest,)

    @property
    def rules(self) -> frozenset[str]:
        """Return the keys of the rules of all themes."""
        return frozenset(rule.key for theme in self.themes.values() for rule in theme.rules)

    @property
    def clocks(self) -> dict[str, str]:
        """Return by the key of each kind of what may be due the key of its theme."""
        clocks = {clock.key: one.key for one in self.themes.values() for clock in one.clocks}
        return clocks | {PARAMETER: "", DECISION: ""}

    def is_due_text(self, word: str) -> bool:
        """Return whether a text names a kind of what is due (or EVERY_KIND), a band of it, or both."""
        kind, band = due_parts(word)
        known = kind in (*self.clocks, EVERY_KIND) or (not kind and bool(band))
        return known and band in ("", *DUE_BANDS) and word.count(":") <= 1

    def panels_of(self, theme: str, *, presenting: bool = False) -> tuple[str, ...]:
        """Return what may stand beside the map of a theme: the panels that have what they need.

        On a projector none that names people, whichever way it was asked for.
        """
        known = self.themes.get(theme)
        return tuple(
            name
            for name, panel in panel_specs().items()
            if panel.stands(known) and not (presenting and panel.private)
        )

    def opening_of(self, theme: str) -> str:
        """Return the panel with which a theme is entered: the one that opens it, else the ranking."""
        panels = panel_specs()
        return next((one for one in self.panels_of(theme) if panels[one].opens), RANKING)

    def periods_of(self, indicator: str) -> tuple[str, ...]:
        """Return the periods in which an indicator can be looked at: all where it has no figure yet."""
        return self.atlas.periods_of(indicator) or self.atlas.periods

    def indicators_of(self, theme: str, period: str | None = None) -> tuple[str, ...]:
        """Return the indicators of a theme that the map holds, its layers first.

        With a period only those with figures in it; without themes all that the map holds.
        """
        keys = list(self.atlas.indicators)
        if theme in self.themes:
            chosen = self.themes[theme]
            keys = [layer.indicator for layer in chosen.layers]
            keys += [one.key for one in chosen.indicators]
        known = (key for key in dict.fromkeys(keys) if key in self.atlas.indicators)
        return tuple(k for k in known if period is None or period in self.atlas.periods_of(k))


def shown_themes(atlas: Atlas, themes: Iterable[Theme]) -> dict[str, Theme]:
    """Return by key the themes that a map has figures of, in their order."""
    return {
        theme.key: theme
        for theme in themes
        if {one.key for one in theme.indicators} & set(atlas.indicators)
    }


def read_address(query: str, choices: Choices) -> tuple[View, tuple[str, ...]]:
    """Return the view of an address, and its words ("name=value") that were not understood."""
    words = _Words(query)
    view = words.one_of("view", choices.views, choices.views[0 if words.names <= _BARE else -1])
    if view == VIEWS[0]:
        words.keep(_OVERVIEW)
    theme = words.one_of("theme", choices.themes, next(iter(choices.themes), ""))
    known = choices.indicators_of(theme)
    indicator = words.one_of("indicator", known, next(iter(known), ""))
    periods = choices.periods_of(indicator)
    place = words.place(choices.atlas, choices.root)
    return View(
        view=view,
        theme=theme,
        place=place,
        indicator=indicator,
        period=(period := words.one_of("period", periods, ("", *periods)[-1])),
        level=(level := words.one_of("level", choices.levels_below(place), choices.atlas.lowest)),
        classes=words.one_of("classes", choices.methods, POLICY),
        compare=words.one_of("compare", periods, ""),
        compared=words.one_of("compared", COMPARED, COMPARED[0]),
        ranked=words.one_of("ranked", RANKED, RANKED[0]),
        presenting=(presenting := words.flag("presenting")),
        side=words.one_of("side", choices.panels_of(theme, presenting=presenting), RANKING),
        rule=words.one_of("rule", choices.rules, ""),
        point=words.point(choices.themes.get(theme)),
        site=words.matching("site", is_code_text),
        zone=words.matching("zone", is_code_text),
        everyone=words.flag("everyone"),
        counted=words.flag("counted"),
        page=max(words.whole("page", 1), 1),
        selected=words.several("selected", choices.atlas.places_in(None, level)),
        seed=words.whole("seed", 1),
        numbers=words.matching("numbers", _NUMBERS.fullmatch),
        limits=words.day("limits"),
        on=words.day("on", lambda day: is_day_of(day, period, periods)),
        due=words.matching("due", choices.is_due_text),
        spotlight=words.flag("spotlight"),
        story=words.one_of("story", STEPS if presenting else (), ""),
        lang=words.one_of("lang", LANGUAGES, default_language()),
        dark=words.flag("dark"),
    ), words.ignored


def is_day_of(day: datetime.date, period: str, periods: Sequence[str]) -> bool:
    """Return whether a day is told by a month: it lies in it, or after it where it is the last."""
    month = f"{day:%Y-%m}"
    if len(period) != len(month):  # no month
        return False
    return month == period or (bool(periods) and period == periods[-1] < month)


def due_parts(word: str) -> tuple[str, str]:
    """Return kind and band of what is listed of what is due; each empty where it is not named."""
    kind, _, band = word.partition(":")
    return kind, band


def is_code_text(word: str) -> bool:
    """Return whether a text could be the code of a site, zone or works."""
    plain = word.replace("-", "").replace("_", "")
    return plain.isascii() and plain.isalnum() and len(word) <= _LONGEST_CODE


class _Words:
    """The words of one address by name, and which of them said nothing."""

    def __init__(self, query: str) -> None:
        self._words = parse_qs(query[:LONGEST_ADDRESS].lstrip("?"))
        self._used: set[tuple[str, str]] = set()
        self._read = frozenset(self._words)

    @property
    def names(self) -> set[str]:
        return set(self._words)

    @property
    def ignored(self) -> tuple[str, ...]:
        """Return the words that were not taken; of a name given twice the last counts."""
        told = ((name, word) for name, words in self._words.items() for word in words)
        return tuple(f"{name}={word}" for name, word in told if (name, word) not in self._used)

    def keep(self, names: Collection[str]) -> None:
        """Read no other words than these from now on."""
        self._read &= frozenset(names)

    def _last(self, name: str) -> str | None:
        return self._words[name][-1] if name in self._read else None

    def _taken(self, name: str, word: str) -> str:
        self._used.add((name, word))
        return word

    def one_of(self, name: str, known, default):  # type: ignore[no-untyped-def]
        """Return the word when it is known, else the default."""
        word = self._last(name)
        return self._taken(name, word) if word is not None and word in known else default

    def place(self, atlas: Atlas, default: str | None) -> str | None:
        """Return the place of the word, of one that has ended its successor; else the default."""
        word = self._last("place") or ""
        into = atlas.ended[word][2] if word in atlas.ended else word
        if into not in atlas.places.index:
            return default
        self._taken("place", word)
        return into

    def several(self, name: str, known) -> tuple[str, ...]:  # type: ignore[no-untyped-def]
        """Return the known ones of all words of a name, each once, in their order."""
        if self._last(name) is None:
            return ()
        words = dict.fromkeys(word for word in self._words[name] if word in known)
        return tuple(self._taken(name, word) for word in [*words][:MOST_SELECTED])

    def flag(self, name: str) -> bool:
        """Return whether a flag is set."""
        return bool(self.one_of(name, ("0", "1"), "0") == "1")

    def matching(self, name: str, fits) -> str:  # type: ignore[no-untyped-def]
        """Return the word when it fits, else the empty text."""
        word = self._last(name) or ""
        return self._taken(name, word) if word and fits(word) else ""

    def point(self, theme: Theme | None) -> str:
        """Return ``table:code`` of a kind of points that the theme has, else the empty text."""
        tables = {kind.table for kind in theme.points} if theme else set()

        def fits(word: str) -> bool:
            table, _, code = word.partition(":")
            return table in tables and is_code_text(code)

        return self.matching("point", fits)

    def whole(self, name: str, default: int) -> int:
        """Return a whole number of at most nine digits, else the default."""
        word = self.matching(name, lambda one: one.isascii() and one.isdigit() and len(one) < 10)
        return int(word) if word else default

    def day(self, name: str, wanted: Callable[[datetime.date], bool] = bool) -> str:
        """Return a day as ISO text where it is wanted; anything else is left out."""

        def fits(word: str) -> bool:
            try:
                return wanted(datetime.date.fromisoformat(word))
            except ValueError:
                return False

        word = self.matching(name, fits)
        return datetime.date.fromisoformat(word).isoformat() if word else ""
