"""A mock inspection over one viewer's places: how it was drawn, its rates, its households, its file."""

from __future__ import annotations

import datetime
import io
from collections.abc import Mapping

import pandas as pd
import param

from dashboard.layers.sample import CLASSES
from dashboard.session.people import People
from dashboard.texts import text
from geodata.access import Request
from geodata.evaluation import Draw, SelfCheck, rate_sentences, suspects
from geodata.evaluation.book import draw_book
from geodata.evaluation.inspection_rates import LIMITS
from geodata.kept import Kept
from geodata.periods import last_day
from geodata.workspace.drawing import NUMBERS, design_numbers, draw_doors, export_draw, rates_of
from geodata.workspace.household_list import HOUSEHOLD_LIST
from geodata.workspace.month_tables import month_source

PAGE = 20


class Sampling(param.Parameterized):
    """The sample that a state asks for, drawn once for each seed, month and set of numbers.

    Rows come through the reader of `people`; what is listed or leaves is recorded with the seed.
    """

    page = param.Integer(default=0, bounds=(0, None))
    against = param.String(doc="rate whose suspects alone are listed; empty for all households")

    def __init__(self, people: People) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # param gives it no types
        self.people, self.state = people, people.state
        self._kept = Kept(1)

    @property
    def county(self) -> str:
        """Return the code of the county, whose places the viewer's scope narrows."""
        return self.people.county.setup.config.county.code

    @property
    def own(self) -> tuple[str, ...]:
        """Return the code prefixes that the sample is drawn from; none when the viewer has none."""
        return self.people.actor.scope.narrowed(self.county, "rows")

    @property
    def given(self) -> dict[str, float | None]:
        """Return the numbers that the viewer gives; None where the parameter in force is used."""
        parts = self.state.numbers.split(",") if self.state.numbers else [""] * len(NUMBERS)
        return {
            name: float(part) if part else None for name, part in zip(NUMBERS, parts, strict=True)
        }

    @property
    def in_force(self) -> Mapping[str, float | None]:
        """Return the numbers that the parameters of the month give, None where none is in force."""
        return design_numbers(self.people.county.setup, self.month, {})

    @property
    def month(self) -> str:
        """Return the month looked at; under an indicator without figures the last one built."""
        return self.state.period or self.people.county.months[-1]

    @property
    def unset(self) -> tuple[str, ...]:
        """Return the parameters that are needed, not in force and not given."""
        numbers = design_numbers(self.people.county.setup, self.month, self.given)
        return tuple(NUMBERS[name][0] for name, value in numbers.items() if value is None)

    @property
    def day(self) -> datetime.date:
        """Return the day whose limits judge the rates: as asked, else the last of the month."""
        asked = self.state.limits
        return datetime.date.fromisoformat(asked) if asked else last_day(self.month)

    @property
    def last_limited(self) -> datetime.date | None:
        """Return the last day on which any limit of a rate was in force; None while one is."""
        policy, ends = self.people.county.setup.policy, []
        for key in LIMITS.values():
            values = [one for one in policy[key].values if one.value is not None]
            ends += [one.until for one in values]
        known = [end for end in ends if end is not None]
        return max(known) if known and len(known) == len(ends) else None

    @property
    def draw(self) -> Draw:
        """Return the sample of the whole county as far as the viewer sees it.

        Raises EvaluationError, StoreError or ScopeError.
        """
        state = self.state
        return self._kept.once((state.period, state.seed, state.numbers), self._draw)

    @property
    def rates(self) -> tuple[SelfCheck, ...]:
        """Return the rates of the sample by the limits of the day."""
        return rates_of(self.people.county.setup, self.draw, self.day)

    @property
    def classes(self) -> dict[str, str]:
        """Return why each village was drawn, as one of the classes of the map."""
        rows = self.draw.villages
        classes = rows["stratum"] + "_" + rows["chosen"]
        return {str(key): name for key, name in classes.items() if name in CLASSES}

    @property
    def villages(self) -> pd.DataFrame:
        """Return the drawn villages of the place looked at, and how many of what was drawn in each.

        Index place_code; name, stratum, index, chosen, order (among the weakest of its kind),
        exited, missed, suspects (households).
        """
        drawn, households = self.draw, self.households
        rows = drawn.villages.copy()
        weak = rows[rows["chosen"] == "weak"]
        rows["order"] = weak.groupby("stratum").cumcount() + 1
        for group in ("exited", "missed"):
            counts = households.loc[households["group"] == group, "place_code"].value_counts()
            rows[group] = counts.reindex(rows.index).fillna(0).astype(int)
        counts = households.loc[households["suspect"] != "", "place_code"].value_counts()
        rows["suspects"] = counts.reindex(rows.index).fillna(0).astype(int)
        return rows[rows.index.astype(str).str.startswith(self.state.place or "")]

    @property
    def households(self) -> pd.DataFrame:
        """Return the drawn households of the place looked at with `suspect`: the rate, or empty."""
        rows = self.draw.households.assign(suspect=suspects(self.draw))
        return rows[rows["place_code"].astype(str).str.startswith(self.state.place or "")]

    @property
    def listed(self) -> pd.DataFrame:
        """Return the households of the list, suspects first, narrowed to those of one rate."""
        rows = self.households
        rows = rows.assign(calm=rows["suspect"] == "")
        rows = rows.sort_values(["calm", "score"], ascending=[True, False], kind="stable")
        if self.against == "satisfaction":
            return rows[rows["satisfied"].eq(False).fillna(False).astype(bool)]
        return rows[rows["suspect"] == self.against] if self.against else rows

    @property
    def pages(self) -> int:
        """Return the number of pages, at least one."""
        return max(-(-len(self.listed) // PAGE), 1)

    def rows(self) -> pd.DataFrame:
        """Return the shown page, masked and recorded; index household_code, in the order drawn.

        Group, how it was chosen and `suspect` stand beside the columns of the household list.
        """
        shown = self.listed.iloc[self.page * PAGE : (self.page + 1) * PAGE]
        among = (("household_code", "in", tuple(str(code) for code in shown.index)),)
        if shown.empty:
            return shown
        request = Request(HOUSEHOLD_LIST, self.county, filters=among)
        rows = self.people.reader.rows(request, reason=self._reason).frame
        rows = rows.drop_duplicates("household_code").set_index("household_code")
        kept = shown.index[shown.index.isin(rows.index)]
        return rows.loc[kept].join(shown[["group", "chosen", "suspect"]])

    def open(self, household: str) -> None:
        """Open the card of a drawn household; the place looked at holds it, so nothing else moves."""
        self.people.household = household

    def workbook(self) -> io.BytesIO:
        """Return the sample as the command writes it; what leaves is recorded with the seed."""
        people, lang = self.people, self.state.lang
        left, mark = export_draw(self.draw, people.reader, self.county, reason=self._reason)
        titles = {one.key: one.title[lang] for one in people.county.indicators}
        return draw_book(
            left,
            titles=titles,
            rates=rate_sentences(self.rates, self.day, lang),
            mark=text("households.watermark", lang, mark=mark),
            lang=lang,
        )

    @property
    def _reason(self) -> str:
        return f"draw {self.state.seed}"

    def _draw(self) -> Draw:
        people, given = self.people, self.given
        county = people.county
        source = month_source(county.setup, county.month(self.state.period).built)
        _, read = draw_doors(source, people.actor, people.guard, reason=self._reason)
        counts = {
            name: None if value is None or name == "weak_share" else int(value)
            for name, value in given.items()
        }
        return people.county.draw_sample(
            seed=self.state.seed,
            month=self.state.period,
            villages=counts["villages"],
            exited=counts["exited"],
            missed=counts["missed"],
            weak_share=given["weak_share"],
            read=read,
        )


def numbers_text(given: Mapping[str, float | None]) -> str:
    """Return numbers as the address holds them; empty when none is given."""
    parts = ["" if given.get(name) is None else f"{given[name]:.10g}" for name in NUMBERS]
    return ",".join(parts) if any(parts) else ""
