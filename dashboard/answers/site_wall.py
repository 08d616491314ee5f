"""The wall of sites: what those who live there live on, from where they came, and who answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from dashboard.answers.source import Source
from dashboard.answers.titles import short_name
from dashboard.answers.wall_rows import FINDINGS, LONGEST, whole_number
from dashboard.texts import text
from dashboard.view import View
from geodata.access import Reader, Request
from geodata.cartography.words import number_text, period_text
from geodata.escaping import plain_text
from geodata.themes import Points, Theme
from geodata.themes.base import SITE, Sites
from geodata.workspace.points import FROM, STATES, theme_points
from geodata.workspace.why import responsible_for

_PEOPLE = 3


@dataclass(frozen=True)
class SitePart:
    """One part of all income at a site in percent, also in words; None where it is not known."""

    key: str
    title: str
    share: float | None
    said: str


@dataclass(frozen=True)
class SiteMeter:
    """How much of something is done: a number of all, each None where it is not known."""

    key: str
    title: str
    done: int | None
    of: int | None


@dataclass(frozen=True)
class SiteWorkshop:
    """One workshop at a site: its workers, or the month since which it is closed."""

    name: str
    workers: int | None
    closed: str


@dataclass(frozen=True)
class SiteOrigin:
    """From where households of a site came; `place` is empty where that is not known."""

    place: str
    name: str
    households: int


@dataclass(frozen=True)
class Site:
    """One site as its card tells it.

    `state` is that of its gravest `findings` (STATES). `parts` add up to all income, the first is the
    one that is judged: `over` says whether it reaches the lower limit. `without` of `labour` households have no source; None where nobody knows.
    `services` are there, are not, or nobody says. `officials` are roles with names.
    """

    key: str
    name: str
    state: str
    verdict: str
    findings: tuple[str, ...]
    place: str
    where: str
    longitude: float | None
    latitude: float | None
    households: int | None
    parts: tuple[SitePart, ...]
    over: bool
    income: str
    labour: int | None
    working: int | None
    without: int | None
    workshops: tuple[SiteWorkshop, ...]
    meters: tuple[SiteMeter, ...]
    posts: int | None
    services: tuple[tuple[str, bool | None], ...]
    officials: tuple[tuple[str, str], ...]
    origins: tuple[SiteOrigin, ...]


@dataclass(frozen=True)
class SitesWall:
    """The sites of a month in the viewer's own places, worst first, and the limits of what is judged.

    `limits` are title and percent, the lower first. `unplaced` households came from no place that the map knows.
    """

    period: str
    sentence: str
    limits: tuple[tuple[str, float], ...]
    sites: tuple[Site, ...]
    unplaced: int


@dataclass(frozen=True)
class _Wall:
    """What is read of the sites of a theme."""

    source: Source
    view: View
    theme: Theme
    wall: Sites
    kind: Points
    features: pd.DataFrame
    workshops: pd.DataFrame
    origins: pd.DataFrame
    flags: pd.DataFrame
    limits: tuple[tuple[str, float], ...]
    officials: pd.DataFrame | None

    def said(self, name: str, **told: object) -> str:
        return text(f"sites.{name}", self.view.lang, **told)


def sites_of(source: Source, view: View) -> SitesWall | None:
    """Return the sites of the view's theme in the viewer's own places; None where it draws none.

    Raises ScopeError where the viewer may read no rows.
    """
    theme = source.themes.get(view.theme)
    if theme is None or theme.sites is None or view.period not in source.county.months:
        return None
    kind = next(one for one in theme.points if one.table == theme.sites.points)
    reader = source.county.places(view.period, actor=source.actor, guard=source.guard)
    rules = source.county.setup.rules

    def read(request: Request) -> pd.DataFrame:
        return reader.rows(request).frame

    points = theme_points(theme, read, source.atlas, rules, view.period)
    wall = _Wall(
        source,
        view,
        theme,
        theme.sites,
        kind,
        _features(reader, theme, kind, theme.sites),
        _workshops(reader, kind, theme.sites),
        read(Request(f"{FROM}{kind.table}")),
        read(FINDINGS),
        _limits(source, view, theme.sites),
        source.officials(view),
    )
    own = points[points["kind"] == kind.table]
    sites = [_site(wall, row) for row in own.to_dict("records")]
    sites.sort(key=lambda one: (STATES.index(one.state), -(one.parts[0].share or 0), one.key))
    known = sum(one.households for site in sites for one in site.origins if one.place)
    return SitesWall(
        period=view.period,
        sentence=_sentence(wall, sites),
        limits=wall.limits,
        sites=tuple(sites),
        unplaced=int(wall.origins["households"].sum()) - known,
    )


def _features(reader: Reader, theme: Theme, kind: Points, wall: Sites) -> pd.DataFrame:
    """Return what the theme tells of each site, by its key."""
    key = theme.subjects[kind.subject].key
    columns = (key, "place_code", *wall.parts, *wall.told.values(), *wall.services)
    rows = reader.rows(
        Request(f"{theme.key}_{kind.subject}", columns=tuple(dict.fromkeys(columns)))
    )
    return rows.frame.drop_duplicates(key).set_index(key)


def _workshops(reader: Reader, kind: Points, wall: Sites) -> pd.DataFrame:
    """Return the workshops with the key of their site; none where the theme names none."""
    columns = (kind.key, "name", "place_code", "workers", "closed_month")
    if not wall.workshops:
        return pd.DataFrame(columns=list(columns))
    return reader.rows(Request(wall.workshops, columns=columns)).frame


def _site(wall: _Wall, row: Mapping[Any, Any]) -> Site:
    """Return one site; what nobody told of it is None."""
    key, lang = str(row["key"]), wall.view.lang
    told: Mapping[Any, Any] = wall.features.loc[key].to_dict() if key in wall.features.index else {}

    def whole(name: str) -> int | None:
        return whole_number(told.get(wall.wall.told.get(name, "")))

    counts = {name: whole(name) for name in SITE if name != "income"}
    place = "" if pd.isna(row["place"]) else str(row["place"])
    income = told.get(wall.wall.told.get("income", ""))
    return Site(
        key=key,
        name=plain_text(row["name"], LONGEST),
        state=str(row["state"]),
        verdict=wall.said(f"state_{row['state']}"),
        findings=_findings(wall, key),
        place=place,
        where=_where(wall, place, counts),
        longitude=_number(row["longitude"]),
        latitude=_number(row["latitude"]),
        households=counts["households"],
        parts=(parts := _parts(wall, told)),
        over=bool(wall.limits) and (parts[0].share or 0) >= wall.limits[0][1],
        income="" if pd.isna(income) else wall.said("income", yuan=f"{income / 100:,.0f}"),
        labour=counts["labour"],
        working=counts["working"],
        without=counts["without"],
        workshops=_of_site(wall, key),
        meters=tuple(
            SiteMeter(name, wall.said(name), counts[name], counts[of])
            for name, of in (("moved_in", "to_move_in"), ("demolished", "to_demolish"))
        ),
        posts=counts["posts"],
        services=tuple(
            (plain_text(wall.theme.features[name].title[lang], 24), _flag(told.get(name)))
            for name in wall.wall.services
        ),
        officials=_officials(wall, place),
        origins=_origins(wall, key),
    )


def _findings(wall: _Wall, key: str) -> tuple[str, ...]:
    """Return what the rules found of a site, as far as it is as grave as the gravest."""
    own = wall.flags[
        (wall.flags["subject_kind"] == wall.kind.subject) & (wall.flags["subject"] == key)
    ]
    rules = [one for one in wall.theme.rules if one.key in set(own["rule"])]
    rules.sort(key=lambda one: STATES.index(one.severity))
    gravest = (one for one in rules if one.severity == rules[0].severity)
    return tuple(plain_text(one.title[wall.view.lang], LONGEST) for one in gravest)


def _where(wall: _Wall, place: str, counts: Mapping[str, int | None]) -> str:
    """Return where a site lies and how many live there, in one line."""
    atlas, lang = wall.source.atlas, wall.view.lang
    path = atlas.path(place) if place in atlas.places.index else ()
    names = "".join(short_name(atlas.name(one)) for one in path[-2:])
    said = [names] if names else []
    said += [
        wall.said(name, count=counts[name])
        for name in ("households", "persons")
        if counts[name] is not None
    ]
    return text("sites.and", lang).join(said)


def _parts(wall: _Wall, told: Mapping[Any, Any]) -> tuple[SitePart, ...]:
    shares = {name: _number(told.get(name)) for name in wall.wall.parts}
    return tuple(
        SitePart(
            name,
            wall.wall.parts[name][wall.view.lang],
            share,
            "—" if share is None else number_text(share, 0 if share >= 10 else 1),
        )
        for name, share in shares.items()
    )


def _of_site(wall: _Wall, key: str) -> tuple[SiteWorkshop, ...]:
    """Return the workshops of a site, closed ones first."""
    own = wall.workshops[wall.workshops[wall.kind.key] == key]
    shops = []
    for name, workers, closed in own[["name", "workers", "closed_month"]].itertuples(index=False):
        over = not pd.isna(closed) and str(closed) <= wall.view.period
        since = period_text(str(closed), wall.view.lang) if over else ""
        said = wall.said("workshop") if pd.isna(name) else plain_text(str(name), LONGEST)
        shops.append(SiteWorkshop(said, whole_number(workers), since))
    return tuple(sorted(shops, key=lambda one: (not one.closed, one.name)))


def _officials(wall: _Wall, place: str) -> tuple[tuple[str, str], ...]:
    """Return who answers for the village of a site, where the viewer may read it."""
    if wall.officials is None or not place:
        return ()
    people = responsible_for(wall.officials, place, wall.view.lang).dropna(subset=["name"])
    rows = people[["role", "name"]].fillna("").head(_PEOPLE).itertuples(index=False)
    return tuple(
        (plain_text(str(role), LONGEST), plain_text(str(name), LONGEST)) for role, name in rows
    )


def _origins(wall: _Wall, key: str) -> tuple[SiteOrigin, ...]:
    """Return from where the households of a site came, most first; those from nowhere known last."""
    own, atlas = wall.origins[wall.origins["point"] == key], wall.source.atlas
    counts: dict[str, int] = {}
    for origin, number in own[["origin", "households"]].itertuples(index=False):
        # A place that has ended is part of another now.
        code = "" if pd.isna(origin) else str(origin)
        code = atlas.ended[code][2] if code in atlas.ended else code
        known = code in atlas.places.index and atlas.level_of(code) == atlas.lowest
        counts[code if known else ""] = counts.get(code if known else "", 0) + int(number)
    rows = [
        SiteOrigin(code, short_name(atlas.name(code)) if code else "", number)
        for code, number in counts.items()
    ]
    return tuple(sorted(rows, key=lambda one: (not one.place, -one.households, one.place)))


def _limits(source: Source, view: View, wall: Sites) -> tuple[tuple[str, float], ...]:
    """Return the limits that are set for the part that is judged."""
    told = []
    for at, name in enumerate(wall.limits):
        value = source.number_set(name, view.period)
        if value is not None:
            key = "sites.limit_high" if at else "sites.limit_low"
            told.append((text(key, view.lang, value=number_text(value, 0)), value))
    return tuple(told)


def _sentence(wall: _Wall, sites: list[Site]) -> str:
    """Return the gravest fact of the sites: who lives on what is judged, else who has no source."""
    judged = [site for site in sites if site.over]
    if judged:
        worst = max(judged, key=lambda one: one.parts[0].share or 0)
        part = worst.parts[0]
        return wall.said("title_share", site=worst.name, share=part.said, part=part.title)
    lacking = [site for site in sites if site.without]
    if lacking:
        worst = max(lacking, key=lambda one: one.without or 0)
        return wall.said("title_without", site=worst.name, count=worst.without)
    known = [site for site in sites if site.parts[0].share is not None]
    if sites and len(known) == len(sites) and wall.limits:
        value = number_text(wall.limits[0][1], 0)
        return wall.said("title_good", part=sites[0].parts[0].title, value=value)
    return wall.said("title_sites" if sites else "title_none", count=len(sites))


def _flag(value: Any) -> bool | None:
    return None if pd.isna(value) else bool(value)


def _number(value: Any) -> float | None:
    return None if pd.isna(value) else float(value)
