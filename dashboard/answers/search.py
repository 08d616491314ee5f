"""What a search of everything finds: places, indicators, rules, parameters and pages, by name or pinyin."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice, product

from dashboard.answers.source import Source
from dashboard.panel_specs import panel_specs
from dashboard.texts import text
from dashboard.view import LISTING, RANKING, VIEWS, View, is_code_text
from geodata.escaping import capped, plain_text, storable
from geodata.i18n import parted
from geodata.periods import last_day
from geodata.workspace.points import theme_points
from geodata.workspace.why import responsible_for

LONGEST = 40
# So many of a kind, and in all.
_OF_KIND, _MOST = 4, 10
_NOTE = 60
_POINTS = "points"
# Readings of a name with characters that have several.
_READINGS = 6
_TONES = re.compile(r"(?<=[a-z])[1-5]")


@dataclass(frozen=True)
class Hit:
    """One thing that fits: its kind, name and a word on it, and the address that opens it."""

    kind: str
    name: str
    note: str
    address: str


@dataclass(frozen=True)
class _Entry:
    kind: str
    name: str
    note: str
    keys: tuple[str, ...]
    opened: Callable[[View], View]


def search(source: Source, view: View, sought: str) -> tuple[Hit, ...]:
    """Return what fits a text, the best first: what is it, what begins with it, what holds it.

    The text is cut to LONGEST; names are found by characters, pinyin with or without tones, and
    initials; places also by code and by the names they had; sites and works of the viewer's own places, and
    officials where the viewer may read who they are. Nothing of it is about a household.
    """
    wanted = _plain(storable(capped(sought, LONGEST)))
    if not wanted:
        return ()
    toneless = _TONES.sub("", wanted)
    key = ("search", view.lang, view.theme, view.period, view.presenting)
    entries = source.kept.once(key, lambda: tuple(_entries(source, view)))
    ranked = [
        (rank, at, entry)
        for at, entry in enumerate(entries)
        if (rank := _rank(entry, wanted, toneless)) is not None
    ]
    hits: list[Hit] = []
    counts: dict[str, int] = {}
    for _, _, entry in sorted(ranked, key=lambda one: one[:2]):
        counts[entry.kind] = counts.get(entry.kind, 0) + 1
        if counts[entry.kind] <= _OF_KIND and len(hits) < _MOST:
            hits.append(Hit(entry.kind, entry.name, entry.note, _address(source, view, entry)))
    return tuple(hits)


def _rank(entry: _Entry, wanted: str, toneless: str) -> int | None:
    """Return how well an entry fits, 0 the best; None where it does not."""
    ranks = []
    for key in entry.keys:
        for word in {wanted, toneless}:
            at = key.find(word)
            if at >= 0:
                ranks.append(0 if key == word else 1 if at == 0 else 2)
    return min(ranks, default=None)


def _address(source: Source, view: View, entry: _Entry) -> str:
    """Return where an entry is looked at: as now, but for what it changes."""
    bare = replace(
        view,
        view=VIEWS[1],
        rule="",
        site="",
        zone="",
        point="",
        everyone=False,
        page=1,
        selected=(),
        spotlight=False,
        story="",
    )
    shown = entry.opened(bare)
    levels = source.levels_below(shown.place)
    level = shown.level if shown.level in levels else levels[0]
    periods = source.periods_of(shown.indicator)
    period = shown.period if shown.period in periods else (*periods, "")[-1]
    compare = shown.compare if shown.compare in periods else ""
    return replace(shown, level=level, period=period, compare=compare).address


def _entries(source: Source, view: View) -> Iterator[_Entry]:
    yield from _places(source)
    for key, theme in source.themes.items():
        known = source.indicators_of(key)
        if known:
            first = partial(replace, theme=key, indicator=known[0], side=RANKING)
            yield _entry("theme", theme.title, view.lang, "", first, theme.short)
        for indicator in known:
            title = source.atlas.indicator(indicator).title
            shown = partial(replace, theme=key, indicator=indicator, side=RANKING)
            yield _entry("indicator", title, view.lang, theme.short[view.lang], shown)
        yield from _rules(source, view, key, known)
        yield from _points(source, view, key, known)
    yield from _officials(source, view)
    for name in source.panels_of(view.theme):
        title = {lang: text(f"{name}.tab", lang) for lang in ("zh", "en")}
        yield _entry("panel", title, view.lang, "", partial(replace, side=name))


def _places(source: Source) -> Iterator[_Entry]:
    atlas = source.atlas
    former: dict[str, list[str]] = {}
    for code, (name, _, into) in atlas.ended.items():
        former.setdefault(into, []).extend((str(name), str(code)))
    names = atlas.places["name"]
    above = atlas.places["parent"].map(names).fillna("")
    for code, name in zip(names.index.astype(str), names, strict=True):
        had = former.get(code, [])
        keys = (code, *_spellings(str(name)), *(k for old in had for k in _spellings(old)))
        lit = atlas.level_of(code) == atlas.lowest
        shown = partial(replace, place=code, spotlight=lit)
        note = plain_text(str(above[code]), _NOTE)
        yield _Entry("place", plain_text(str(name), _NOTE), note, keys, shown)


def _rules(source: Source, view: View, theme: str, known: tuple[str, ...]) -> Iterator[_Entry]:
    """Give the rules of a theme by title and office, and the parameters that they compare with."""
    listing = panel_specs().get(LISTING)
    if not known or view.presenting or listing is None or LISTING not in source.panels_of(theme):
        return
    lang, told = view.lang, source.themes[theme]
    seen: set[str] = set()
    for rule in told.rules:
        shown = partial(replace, theme=theme, indicator=known[0], rule=rule.key, side=LISTING)
        yield _entry("rule", rule.title, lang, rule.office[lang], shown, rule.office)
        for key in rule.parameters:
            if source.policy is None or key in seen or key not in source.policy.parameters:
                continue
            seen.add(key)
            parameter = source.policy.parameters[key]
            lookup = source.policy.at(key, source.root or "", last_day(view.period))
            # A switch is told by its title.
            value = "" if isinstance(lookup.value, bool) else f"{lookup.value}"
            unit = parameter.unit.text(lang, value) if value else ""
            note = lookup.reason(lang) if lookup.value is None else f"{value} {unit}".strip()
            yield _entry("parameter", parameter.title, lang, note, shown)


def _points(source: Source, view: View, theme: str, known: tuple[str, ...]) -> Iterator[_Entry]:
    """Give the sites, workshops and works of a theme in the viewer's own places."""
    kinds = source.themes[theme].points
    if not known or not kinds or source.workspace is None or source.viewer is None:
        return
    if view.period not in source.county.months or not source.actor.scope.narrowed("", "rows"):
        return
    reader = source.county.places(view.period, actor=source.actor, guard=source.guard)
    rules = source.county.setup.rules
    rows = theme_points(
        source.themes[theme],
        lambda request: reader.rows(request).frame,
        source.atlas,
        rules,
        view.period,
    )
    titles = {one.table: one for one in kinds}
    for row in rows[["kind", "key", "name", "place"]].itertuples(index=False):
        kind = titles[str(row.kind)]
        if not isinstance(row.name, str) or not is_code_text(str(row.key)):
            continue
        site = str(row.key) if kind.households else ""
        shown = partial(
            replace, theme=theme, indicator=known[0], point=f"{kind.table}:{row.key}", site=site
        )
        side = _POINTS if _POINTS in source.panels_of(theme) else RANKING
        names = {lang: str(row.name) for lang in ("zh", "en")}
        yield _entry("point", names, view.lang, kind.title[view.lang], partial(shown, side=side))


def _officials(source: Source, view: View) -> Iterator[_Entry]:
    """Give who answers for a place by name, where the viewer may read that: the place is opened."""
    officials = source.officials(view)
    if officials is None:
        return
    atlas = source.atlas
    for code in atlas.places.index.intersection(list(officials["place_code"].dropna().unique())):
        people = responsible_for(officials, str(code), view.lang).dropna(subset=["name"])
        lit = atlas.level_of(str(code)) == atlas.lowest
        shown = partial(replace, place=str(code), spotlight=lit)
        for name, role in people[["name", "role"]].itertuples(index=False):
            names = {lang: str(name) for lang in ("zh", "en")}
            note = parted([str(role), str(atlas.name(str(code)))], view.lang)
            yield _entry("official", names, view.lang, note, shown)


def _entry(
    kind: str,
    title: Mapping[str, str],
    lang: str,
    note: str,
    opened: Callable[[View], View],
    *more: Mapping[str, str],
) -> _Entry:
    words = [one for names in (title, *more) for one in names.values()]
    keys = tuple(dict.fromkeys(key for word in words for key in _spellings(word)))
    return _Entry(kind, plain_text(title[lang], _NOTE), plain_text(note, _NOTE), keys, opened)


def _plain(word: str) -> str:
    """Return a text as it is compared: no case, width, tones, spaces or apostrophes."""
    apart = unicodedata.normalize("NFKD", word.casefold().replace("ü", "v"))
    return "".join(one for one in apart if one.isalnum() and not unicodedata.combining(one))


def _spellings(name: str) -> Iterator[str]:
    """Give a name as it is compared, and where it has Chinese characters its pinyin and initials."""
    plain = _plain(name)
    if plain:
        yield plain
    if plain and not plain.isascii():
        yield from _pinyin(plain)


def _pinyin(name: str) -> Iterator[str]:
    # The dictionary of readings takes time to load, and a page opens without it.
    from pypinyin import Style, lazy_pinyin, pinyin

    usual = lazy_pinyin(name, v_to_u=False)
    readings = pinyin(name, style=Style.NORMAL, heteronym=True, v_to_u=False)
    others = (list(one) for one in islice(product(*readings), _READINGS))
    for syllables in (usual, *others):
        yield "".join(syllables)
        yield "".join(one[0] for one in syllables if one)
