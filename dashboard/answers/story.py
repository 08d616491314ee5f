"""The story of a theme in two minutes: the county, where it is worst, why, who acts, and where."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import pandas as pd

from dashboard.answers.answer import Answer, answer_of
from dashboard.answers.matters import matters_of
from dashboard.answers.source import Source
from dashboard.answers.strip import StripFigure, strip_of
from dashboard.answers.titles import short_name
from dashboard.texts import text
from dashboard.view import STEPS, View
from geodata.cartography.headline import end_text
from geodata.cartography.words import number_text, short_parts
from geodata.escaping import plain_text
from geodata.i18n import listed, parted
from geodata.workspace.why import responsible_for

# A leader listens so long; the steps share it.
SECONDS = 120
# So many lines can be read from the back row.
MOST = 5
_NAMED = 3
_LONGEST = 60


@dataclass(frozen=True)
class StoryRow:
    """A line of a step: a number with its unit, what it counts, and a word on it."""

    number: str
    unit: str
    title: str
    detail: str = ""


@dataclass(frozen=True)
class StoryStep:
    """One step: what is said under the picture, the lines beside it, what the speaker alone reads.

    `address` opens it; `notes` name who is to be called upon where the viewer may read that.
    """

    step: str
    label: str
    title: str
    line: str
    rows: tuple[StoryRow, ...]
    notes: tuple[str, ...]
    seconds: int
    address: str


def story_of(source: Source, view: View) -> tuple[StoryStep, ...]:
    """Return the steps of the story of a view's indicator and month, of the whole map.

    A step without anything to say is left out. Raises BriefingError where the map has no places.
    """
    key = ("story", view.theme, view.indicator, view.period, view.lang, view.dark)
    return source.kept.once(key, lambda: _Story(source, view).steps())


class _Story:
    """What the steps of one story are told from."""

    def __init__(self, source: Source, view: View) -> None:
        atlas = source.atlas
        self.source, self.atlas, self.lang = source, atlas, view.lang
        self.view = View(
            theme=view.theme,
            place=source.root,
            indicator=view.indicator,
            period=view.period,
            level=atlas.lowest,
            presenting=True,
            lang=view.lang,
            dark=view.dark,
        )
        self.whole = answer_of(source, self.view)
        self.officials = source.officials(replace(self.view, presenting=False))

    def steps(self) -> tuple[StoryStep, ...]:
        worst = self._worst_place()
        told = {
            "county": self._county(),
            "worst": None if worst is None else self._worst(worst),
            "why": self._why(worst or self.view.place),
            "action": self._action(),
            "list": self._list(),
        }
        known = [one for name in STEPS if (one := told[name]) is not None]
        return tuple(replace(one, seconds=SECONDS // len(known)) for one in known)

    def _step(
        self,
        step: str,
        said: tuple[str, str],
        *,
        rows: Iterable[StoryRow] = (),
        notes: Iterable[str] = (),
        place: str | None = None,
    ) -> StoryStep:
        view = replace(self.view, place=place or self.view.place, story=step)
        title, line = said
        return StoryStep(
            step=step,
            label=text(f"story.step_{step}", self.lang),
            title=plain_text(title, 4 * _LONGEST),
            line=plain_text(line, 4 * _LONGEST),
            rows=tuple(rows)[:MOST],
            notes=tuple(plain_text(note, 6 * _LONGEST) for note in notes if note),
            seconds=0,
            address=view.address,
        )

    def _figure(self) -> StripFigure:
        strip = strip_of(self.source, self.view)
        return next(one for one in strip if one.indicator == self.view.indicator)

    def _county(self) -> StoryStep:
        answer, figure = self.whole, self._figure()
        title = text(
            "story.whole",
            self.lang,
            area=short_name(self.atlas.name(self.view.place)),
            title=answer.layer.indicator.title_in(self.lang),
            figure=answer.figure,
        )
        parts = short_parts(*answer.parts, answer.layer.indicator, self.lang)
        notes = (answer.summary, self._few(answer), *self._called(self.view.place))
        return self._step("county", (title, self._line(parts, figure.moved)), notes=notes)

    def _line(self, *said: str) -> str:
        return parted([self.whole.period, *filter(None, said)], self.lang)

    def _few(self, answer: Answer) -> str:
        """Return how the places are spread over the classes, as the legend counts them."""
        rows = [row for row in answer.legend if row.count]
        unit = answer.layer.suffix(self.lang)
        told = [text("story.class", self.lang, label=row.label, count=row.count) for row in rows]
        level = text(f"atlas.{self.atlas.lowest}", self.lang)
        return text(
            "story.classes", self.lang, level=level, unit=unit, rows=listed(told, self.lang)
        )

    def _worst_place(self) -> str | None:
        """Return the place right below the whole that is worst; None where none stands out."""
        level = self.source.levels_below(self.view.place)[0]
        known = answer_of(self.source, replace(self.view, level=level)).compared
        bad = self.whole.indicator.worse
        if bad == "none" or len(known) < 2 or known["shown"].nunique() < 2:
            return None
        first = known.iloc[0]
        nothing = bad == "high" and not first["value"] > 0
        return None if nothing else str(first.name)

    def _worst(self, place: str) -> StoryStep:
        level = self.source.levels_below(self.view.place)[0]
        above = answer_of(self.source, replace(self.view, level=level))
        answer = answer_of(self.source, replace(self.view, place=place))
        known = answer.compared if level != self.atlas.lowest else above.compared
        if self.whole.indicator.worse == "high":
            known = known[known["value"] > 0]
        named = [self._placed(answer, row) for _, row in known.head(_NAMED).iterrows()]
        inside = text("story.inside", self.lang, names=listed(named, self.lang)) if named else ""
        line = self._line(inside) if level != self.atlas.lowest else self._line()
        notes = (answer.summary, inside, *self._called(place))
        return self._step("worst", (above.title, line), notes=notes, place=place)

    def _placed(self, answer: Answer, row: pd.Series) -> str:
        """Return a place with its figure."""
        figure = answer.worded(row["value"])
        return text("story.place", self.lang, name=short_name(row["name"]), figure=figure)

    def _why(self, place: str | None) -> StoryStep | None:
        """Return what else holds for those whom the figure counts in a place, the same as were told before."""
        view = replace(self.view, place=place)
        if self.source.workspace is None or self.source.viewer is None or not place:
            return None
        why = self.source.why(view)
        parts = self._many([] if why is None else list(why.shared))
        subject = self.source.themes[view.theme].subjects.get(self.whole.indicator.lists)
        if not parts or subject is None:
            return None
        answer = answer_of(self.source, view)
        counted = answer.parts[0]
        whole = self._said(f"{counted:,.0f}", subject.counted(counted, self.lang))
        title = answer.layer.indicator.title_in(self.lang)
        said = text("story.counted", self.lang, title=title, amount=whole)
        return self._common(place, parts, (said, subject.counted(parts[0][1], self.lang)))

    def _many(self, parts: list[tuple[str, int]]) -> list[tuple[str, int]]:
        """Return the parts with their counts, most first, without those of few."""
        least = max(self.source.smallest_count(self.view.period), 1)
        known = [(plain_text(label, _LONGEST), count) for label, count in parts if count >= least]
        return sorted(known, key=lambda part: -part[1])

    def _common(self, place: str, parts: list[tuple[str, int]], told: tuple[str, str]) -> StoryStep:
        lang, (of, unit) = self.lang, told
        amounts = [self._said(f"{count:,}", unit) for _, count in parts]
        area = short_name(self.atlas.name(place))
        title = text("story.common", lang, area=area, label=parts[0][0], amount=amounts[0])
        rows = [StoryRow(f"{count:,}", unit, label) for label, count in parts]
        listing = listed(
            (
                text("story.part", lang, label=label, amount=amount)
                for (label, _), amount in zip(parts, amounts, strict=True)
            ),
            lang,
        )
        notes = (text("story.parts", lang, area=area, of=of, parts=listing),)
        return self._step("why", (title, self._line(of)), rows=rows, notes=notes, place=place)

    def _said(self, number: str, unit: str) -> str:
        return text("matters.amount", self.lang, number=number, unit=unit).strip()

    def _action(self) -> StoryStep | None:
        """Return what waits, how much of it, whose it is and what is next; good news where nothing does."""
        month = matters_of(self.source, self.view, theme=self.view.theme)
        told, named = month.matters, month.matters
        if not told:
            return self._step("action", (month.good, self._line())) if month.good else None
        if self.officials is not None:
            named = matters_of(
                self.source, self.view, self.officials, theme=self.view.theme
            ).matters
        rows = [
            StoryRow(
                f"{one.number:,}",
                one.unit,
                one.title,
                parted(filter(None, (one.post, one.action)), self.lang),
            )
            for one in told
        ]
        first = told[0]
        title = text(
            "story.action", self.lang, count=len(told), title=first.title, action=first.action
        )
        left = len(told) - MOST
        more = text("story.more", self.lang, count=left) if left > 0 else ""
        notes = [
            text(
                "story.call_for",
                self.lang,
                title=one.title,
                number=self._said(f"{one.number:,}", one.unit),
                who=one.owners or text("matters.nobody", self.lang),
                action=one.action,
            )
            for one in named
        ]
        return self._step("action", (title, self._line(more)), rows=rows, notes=notes)

    def _list(self) -> StoryStep | None:
        """Return the lowest places that come first: with most of those counted, else the worst."""
        answer, lang = self.whole, self.lang
        indicator = answer.layer.indicator
        known = answer.worst
        if indicator.worse == "high":
            by = "numerator" if indicator.counts_things else "value"
            known = known[known[by].fillna(0) > 0].sort_values(by, ascending=False, kind="stable")
        counted = indicator.counts_things and indicator.worse == "high"
        if known.empty or indicator.worse == "none":
            return None
        rows, called = [], []
        for code, row in known.head(MOST).iterrows():
            number, unit = self._amount(answer, row, counted=counted)
            parts = short_parts(row["numerator"], row["denominator"], indicator, lang)
            above = short_name(row["parent_name"])
            rows.append(
                StoryRow(
                    number,
                    unit,
                    short_name(row["name"]),
                    parted([above, *filter(None, [parts])], lang),
                )
            )
            called += self._called(str(code), most=1)
        level = text(f"atlas.{self.atlas.lowest}", lang)
        said = {"level": level, "places": len(known), "shown": len(rows)}
        total, unit = self._amount(answer, answer.own.T[self.view.period], counted=counted)
        key = "list_counted" if counted else "list_ranked"
        end = end_text(indicator, lang)
        title = text(
            f"story.{key}",
            lang,
            number=self._said(total, unit),
            title=indicator.title_in(lang),
            end=end,
            **said,
        )
        return self._step(
            "list", (title, self._line()), rows=rows, notes=(self._few(answer), *called)
        )

    def _amount(self, answer: Answer, row: pd.Series, *, counted: bool) -> tuple[str, str]:
        """Return how many are counted in a place, or its figure, with the unit."""
        indicator = answer.layer.indicator
        thing = indicator.counts
        if counted and thing is not None:
            number = number_text(row["numerator"] / thing.each, thing.decimals)
            return number, thing.text(self.lang, number)
        number = number_text(row["value"], answer.layer.decimals)
        return number, indicator.unit.text(self.lang, number)

    def _called(self, place: str | None, most: int = 2) -> list[str]:
        """Return who is to be called upon for a place, where the viewer may read that."""
        if self.officials is None or not place:
            return []
        people = responsible_for(self.officials, place, self.lang).dropna(subset=["name"])
        name = short_name(self.atlas.name(place))
        return [
            text(
                "story.call",
                self.lang,
                place=name,
                name=plain_text(one.name, _LONGEST),
                role=plain_text(one.role, _LONGEST),
            )
            for one in people.head(most)[["name", "role"]].rename_axis("at").itertuples(index=False)
        ]
