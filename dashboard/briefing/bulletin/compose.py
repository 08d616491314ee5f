"""What a bulletin tells of a county on a day, against the issue before it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any

from dashboard.answers.due_line import DueLine, due_line
from dashboard.answers.ledger import LedgerWall, ledger_of
from dashboard.answers.matters import matters_of
from dashboard.answers.month_window import not_reported
from dashboard.answers.source import Source
from dashboard.answers.strip import StripFigure, strip_of
from dashboard.answers.titles import short_name
from dashboard.briefing.bulletin.content import (
    Bulletin,
    BulletinTable,
    Line,
    Section,
    span_of,
)
from dashboard.texts import text
from dashboard.view import RANKING, VIEWS, View
from geodata.access.bulletins import IssuedBulletin
from geodata.cartography.words import period_text
from geodata.errors import BriefingError
from geodata.escaping import plain_text
from geodata.i18n import listed, parted
from geodata.periods import last_day, shift_month
from geodata.workspace.clocks import month_on
from geodata.workspace.deeds import written_decisions

_RED = ("past", "red")
_LONGEST = 60


def bulletin_of(
    source: Source,
    kind: str,
    day: date,
    *,
    place: str = "",
    last: IssuedBulletin | None = None,
    lang: str,
) -> Bulletin | None:
    """Return the bulletin of a place as of a day after its `last` issue; None where nothing is new.

    Raises BriefingError for a place that is none and a day before the last issue, ScopeError where
    the viewer may read no rows of the place, StoreError before all months.
    """
    chosen = source.place_of(place or None)
    verdict = source.actor.allows(chosen, "rows")
    if not verdict:
        raise verdict.error()
    if last is not None and day < last.day:
        raise BriefingError("briefing.before_last", day=day, last=last.day, number=last.number)
    return _Composer(source, kind, day, chosen, last, lang).bulletin()


@dataclass(frozen=True)
class _Composer:
    """One bulletin in the making: each part asks the answers of the page, and keeps what it was told."""

    source: Source
    kind: str
    day: date
    place: str
    last: IssuedBulletin | None
    lang: str

    def said(self, key: str, **told: object) -> str:
        return text(f"bulletin.{key}", self.lang, **told)

    @cached_property
    def month(self) -> str:
        return month_on(self.source.county.months, self.day)

    @cached_property
    def before(self) -> Mapping[str, Any]:
        """Return what the issue before told; empty for the first."""
        return self.last.told if self.last is not None else {}

    def view(
        self,
        theme: str,
        *,
        indicator: str = "",
        period: str = "",
        place: str = "",
        side: str = RANKING,
    ) -> View:
        """Return a view on the day, by default of the place, a theme's first indicator and the month."""
        source = self.source
        chosen = indicator or source.indicators_of(theme)[0]
        periods = source.periods_of(chosen)
        month = period or self.month
        shown = month if month in periods else periods[-1]
        own = shown == self.month and self.day != last_day(shown)
        return View(
            theme=theme,
            indicator=chosen,
            level=source.atlas.lowest,
            place=place or self.place,
            period=shown,
            side=side,
            on=self.day.isoformat() if own else "",
            lang=self.lang,
        )

    @cached_property
    def figures(self) -> dict[str, tuple[StripFigure, View]]:
        """Return the figures that stand over the map of every theme, by theme and indicator."""
        told = {}
        for key, theme in self.source.themes.items():
            if self.month not in {p for i in theme.strip for p in self.source.periods_of(i)}:
                continue
            for one in strip_of(self.source, self.view(key)):
                told[f"{key}:{one.indicator}"] = (one, self.view(key, indicator=one.indicator))
        return told

    @cached_property
    def due(self) -> DueLine | None:
        view = replace(self.view(next(iter(self.source.themes))), view=VIEWS[0])
        return due_line(self.source, view)

    @cached_property
    def walls(self) -> dict[str, tuple[LedgerWall, View]]:
        """Return the ledger of each theme that keeps one, with its open entries in the place."""
        told = {}
        for key, theme in self.source.themes.items():
            view = self.view(key, side="ledger")
            wall = ledger_of(self.source, view) if theme.ledger and view.period else None
            if wall is not None:
                told[key] = (wall, view)
        return told

    @cached_property
    def told(self) -> dict[str, Any]:
        """Return what this issue says, to be compared with by the next one."""
        due = self.due
        return {
            "month": self.month,
            "figures": {
                key: [one.value, one.numerator, one.denominator, _written(one)]
                for key, (one, _) in self.figures.items()
            },
            "due": {one.kind: [one.red, one.week] for one in due.kinds} if due else {},
            "entries": {key: self._entries(wall) for key, (wall, _) in self.walls.items()},
            "flows": {m: told for m, told in self.flows.items() if m == self.month},
            "decisions": [line.text for line in self._decided(every=True)],
        }

    def _entries(self, wall: LedgerWall) -> dict[str, str]:
        return {one.code: one.band for one in wall.entries if one.place.startswith(self.place)}

    @cached_property
    def flows(self) -> dict[str, dict[str, int]]:
        """Return by month since the last issue how the monitored changed: every term that is not zero.

        Of the month of the last issue, too: late data change it.
        """
        months = [one for one in self.source.county.months if one <= self.month]
        first = self.last.month if self.last is not None else self.month
        told = {}
        for month in (one for one in months if one >= first):
            root = self.place == self.source.root
            frame = self.source.county.flows("" if root else self.place, month=month)
            if frame is not None:
                told[month] = {str(term): int(count) for term, count in frame.iloc[0].items()}
        return told

    @property
    def is_late(self) -> bool:
        """Return whether figures of the month that the last issue told are others now."""
        last = self.last
        if last is None:
            return False
        of_month = self.before.get("flows", {}).get(last.month)
        flows = of_month is not None and of_month != self.flows.get(last.month)
        return flows or bool([*self._late_figures()])

    def _late_figures(self) -> Iterator[tuple[StripFigure, View, str]]:
        """Give the figures of the last issue's month that are others now, with what it had said."""
        last = self.last
        if last is None:
            return
        themes = {key.split(":")[0] for key in self.before.get("figures", {})}
        for theme in sorted(themes & set(self.source.themes)):
            view = self.view(theme, period=last.month)
            if view.period != last.month:
                continue
            for one in strip_of(self.source, view):
                told = self.before["figures"].get(f"{theme}:{one.indicator}")
                if told and told[:3] != [one.value, one.numerator, one.denominator]:
                    yield one, replace(view, indicator=one.indicator), str(told[3])

    def bulletin(self) -> Bulletin | None:
        late = self.is_late
        last = self.last
        if last is not None and self.told == dict(self.before) and not late:
            return None
        sections = (self._late(), self._changes(), self._ledger(), self._due(), self._decisions())
        kept = [one for one in (*sections, self._ranked(), self._missing()) if one is not None]
        name = short_name(self.source.atlas.name(self.place))
        number = 1 if last is None else last.number + 1
        return Bulletin(
            kind=self.kind,
            place=self.place,
            name=name,
            number=number,
            day=self.day,
            since=None if last is None else last.day,
            month=self.month,
            lang=self.lang,
            title=self.said(f"title_{self.kind}", place=name),
            notes=tuple(self._notes(late=late)),
            sections=tuple(kept),
            late=late,
            by=self.source.by,
            told=self.told,
        )

    def _notes(self, *, late: bool) -> Iterator[str]:
        """Give since when it tells, until when data are known, and whether it adds to an issue."""
        last = self.last
        if last is None:
            yield self.said("first", day=self.day)
        else:
            yield self.said("since", day=self.day, last=last.day, number=last.number)
            if span_of(self.kind, last.day) == span_of(self.kind, self.day):
                yield self.said("again", number=last.number)
        if self.day > last_day(self.month):
            yield self.said("known_until", month=period_text(self.month, self.lang))
        if late:
            yield self.said("late")

    def _section(
        self,
        key: str,
        lines: Iterable[Line],
        table: BulletinTable | None = None,
        method: str = "",
    ) -> Section | None:
        told = tuple(lines)
        if not told and table is None:
            return None
        return Section(key, self.said(f"section_{key}"), told, table, method)

    def _late(self) -> Section | None:
        """Return what the last issue had said of its month and what is known of it now."""
        last = self.last
        lines = [
            Line(
                self.said("late_figure", title=_title(one), before=before, now=_written(one)),
                (view.address,),
            )
            for one, view, before in self._late_figures()
        ]
        if last is not None:
            before = self.before.get("flows", {}).get(last.month)
            if before is not None and before != self.flows.get(last.month):
                month = period_text(last.month, self.lang)
                lines.append(Line(self.said("late_flows", month=month)))
        return self._section("late", lines)

    def _changes(self) -> Section | None:
        """Return by theme the figures that are others than in the last issue, and how the monitored changed."""
        lines, same = [], 0
        for key, theme in self.source.themes.items():
            told = []
            for name, (one, view) in self.figures.items():
                said = self._change(name, one) if name.split(":")[0] == key else None
                told += [(said, view.address)] if said else []
                same += said == ""
            if told:
                parts = parted((said for said, _ in told), self.lang)
                words = {"theme": theme.short[self.lang], "figures": parts}
                lines.append(Line(self.said("of_theme", **words), tuple(at for _, at in told)))
        if same:
            lines.append(Line(self.said("figures_same", count=same)))
        return self._section("changes", lines, self._flow_table())

    def _change(self, name: str, one: StripFigure) -> str:
        """Return a figure with what it was in the last issue, or how it moved; empty where it is the same."""
        told = self.before.get("figures", {}).get(name)
        title, now = _title(one), _written(one)
        if told is None:
            key = "figure_moved" if one.moved else "figure"
            return self.said(key, title=title, now=now, moved=one.moved)
        if told[:3] == [one.value, one.numerator, one.denominator]:
            return ""
        return self.said("figure_changed", title=title, now=now, before=told[3])

    def _flow_table(self) -> BulletinTable | None:
        """Return the terms by which the monitored changed, by month: each month's add up."""
        last = self.last
        months = [one for one in self.flows if last is None or one > last.month]
        terms = [term for term in _terms(self.flows, months) if term not in ("before", "after")]
        if not months:
            return None
        shown = ("before", *terms, "after")
        return BulletinTable(
            self.said("flows"),
            (self.said("month"), *(self.said(f"term_{term}") for term in shown)),
            tuple(
                (
                    period_text(month, self.lang),
                    *(f"{self.flows[month].get(term, 0):,}" for term in shown),
                )
                for month in months
            ),
        )

    def _ledger(self) -> Section | None:
        """Return of each ledger what stands open, what was closed and what turned red since."""
        lines = []
        for key, (wall, view) in self.walls.items():
            now, before = self._entries(wall), self.before.get("entries", {}).get(key)
            red = [code for code, band in now.items() if band in _RED]
            title = self.source.themes[key].short[self.lang]
            since = ""
            if before is not None:
                closed = [code for code in before if code not in now]
                new = [code for code in now if code not in before]
                turned = [code for code in red if before.get(code) not in _RED]
                counts = {"closed": len(closed), "new": len(new), "turned": len(turned)}
                since = self.said("ledger_since", **counts)
            said = self.said("ledger", title=title, open=len(now), red=len(red), since=since)
            lines.append(Line(said, (view.address,)))
        return self._section("ledger", lines)

    def _due(self) -> Section | None:
        due = self.due
        if due is None:
            return None
        lines = [Line(due.sentence, tuple(due.addresses.values()))]
        heads = tuple(self.said(name) for name in ("kind", "red", "week"))
        rows = tuple((one.title, f"{one.red:,}", f"{one.week:,}") for one in due.kinds)
        table = BulletinTable(self.said("due_table"), heads, rows, tuple(due.addresses.values()))
        return self._section("due", lines, table if rows else None)

    def _decisions(self) -> Section | None:
        """Return the decisions of meetings that were taken since the last number, and those not done."""
        return self._section("decisions", self._decided())

    def _decided(self, *, every: bool = False) -> Iterator[Line]:
        """Give a line for each decision about the place up to the day; by default of what is news or open."""
        for one in written_decisions(self.source.county.setup.config.folder):
            if one.at[:10] > self.day.isoformat() or not one.place.startswith(self.place):
                continue
            done = one.fields.get("done_day", "")
            news = self.last is None or one.at[:10] > self.last.day.isoformat()
            if every or news or not done:
                words = {"day": one.at[:10], "due": one.fields["due_day"], "done": done}
                words |= {
                    name: plain_text(one.fields[name], 4 * _LONGEST) for name in ("text", "owner")
                }
                yield Line(self.said("decision_done" if done else "decision", **words))

    def _ranked(self) -> Section | None:
        """Return the places right below by the share of red among all that runs, the lowest first."""
        source, atlas = self.source, self.source.atlas
        below = source.levels_below(self.place)
        if self.due is None or atlas.level_of(self.place) == atlas.lowest:
            return None
        rows = []
        for code in atlas.places_in(self.place, below[0], self.month):
            view = replace(self.view(next(iter(source.themes)), place=str(code)), view=VIEWS[0])
            line = due_line(source, view)
            if line is not None and line.total:
                name = short_name(atlas.name(str(code)))
                rows.append((line.red / line.total, name, line, replace(view, view=VIEWS[1])))
        if len(rows) < 2:
            return None
        rows.sort(key=lambda row: (row[0], row[1]))
        shares = [row[0] for row in rows]
        table = BulletinTable(
            self.said("ranked_table"),
            tuple(
                self.said(name) for name in ("rank", "place_head", "red", "running", "red_share")
            ),
            tuple(
                (
                    str(shares.index(share) + 1),
                    name,
                    f"{line.red:,}",
                    f"{line.total:,}",
                    f"{share * 100:.1f}%",
                )
                for share, name, line, _ in rows
            ),
            tuple(view.address for *_, view in rows),
        )
        first = listed((name for share, name, *_ in rows if share == shares[0]), self.lang)
        end = listed((name for share, name, *_ in rows if share == shares[-1]), self.lang)
        alike = shares[0] == shares[-1]
        said = self.said("alike") if alike else self.said("leads", first=first, last=end)
        return self._section("ranked", [Line(said)], table, self.said("method"))

    def _missing(self) -> Section | None:
        """Return which places sent nothing for the month, and what nobody can judge."""
        source, lines = self.source, []
        groups: dict[tuple[str, ...], list[str]] = {}
        for key, theme in source.themes.items():
            view = self.view(key)
            if view.period != self.month:
                lines.append(
                    Line(
                        self.said(
                            "no_month",
                            theme=theme.short[self.lang],
                            month=period_text(view.period, self.lang),
                        )
                    )
                )
                continue
            known = source.periods_of(view.indicator)
            months = [one for one in (shift_month(self.month, -1), self.month) if one in known]
            absent = not_reported(source, view, months)
            groups.setdefault(absent[self.month], []).append(theme.short[self.lang])
        for places, themes in groups.items():
            if places:
                names = listed((short_name(source.atlas.name(one)) for one in places), self.lang)
                lines.append(
                    Line(self.said("absent", themes=listed(themes, self.lang), places=names))
                )
        view = replace(self.view(next(iter(source.themes))), view=VIEWS[0])
        unknown = matters_of(source, view).unknown
        lines += [Line(unknown, (view.address,))] if unknown else []
        return self._section("missing", lines or [Line(self.said("nothing_missing"))])


def _written(one: StripFigure) -> str:
    """Return a figure as it stands over the map: number, unit and whom it counts."""
    space = "" if one.unit in ("", "%") or not one.unit.isascii() else " "
    value = f"{one.number}{space}{one.unit}"
    return (
        f"{value}（{one.note}）"
        if one.note and not one.note.isascii()
        else (f"{value} ({one.note})" if one.note else value)
    )


def _title(one: StripFigure) -> str:
    return plain_text(one.title, _LONGEST)


def _terms(flows: Mapping[str, Mapping[str, int]], months: Iterable[str]) -> tuple[str, ...]:
    """Return the terms that are not zero in some month, in the order in which they are told."""
    told = [flows[month] for month in months]
    return tuple(term for term in (told[0] if told else ()) if any(one[term] for one in told))
