"""The lists of social assistance: who is on which, with what two registers disagree on."""

from __future__ import annotations

import numpy as np

from geodata.sample.exports import Columns, household_codes
from geodata.sample.other_tables import titled
from geodata.sample.sheets import decimal, months, pick, whole
from geodata.sample.world import Month, World

# The lists as civil affairs write them, in the order of the enumeration.
_LISTS = ("最低生活保障", "特困供养", "低保边缘", "刚性支出困难", "其他低收入")
DIBAO, TEKUN, MARGIN, RIGID, OTHER = range(5)
# Yuan a person and year: below the first a family without the allowance is on its margin.
_MARGIN_LINE, _RIGID_LINE = 9300, 8800


def low_income(world: World, month: Month, households: np.ndarray) -> Columns:
    """Return the lists of a month for the households (rows) given: a row for each and list."""
    rows, kinds = _listed(world, month)
    told = np.isin(rows, households)
    rows, kinds = rows[told], kinds[told]
    people = month.state["people"].to_numpy()[rows]
    income = month.state["per_head"].to_numpy()[rows]
    checked = income * np.where(rows % 9 == 0, 0.5, 0.92 + rows % 13 / 100)
    return titled(
        "low_income",
        {
            "household_code": household_codes(rows),
            "listing": pick(_LISTS, kinds),
            "persons": whole(people + (rows % 97 == 3)),
            "since_month": months(world.plan.first - 1 - rows * 7919 % 18, dash=True),
            "income_per_person": decimal(np.maximum(checked, 0), 2),
        },
    )


def _listed(world: World, month: Month) -> tuple[np.ndarray, np.ndarray]:
    """Return households and lists, one entry each, sorted by household."""
    state = month.state
    number = np.arange(len(state))
    income, people = state["per_head"].to_numpy(), state["people"].to_numpy()
    dibao, tekun = state["dibao"].to_numpy(), state["tekun"].to_numpy()
    assisted = dibao | tekun
    left = (state["net"] - state["rigid"]).to_numpy() / people
    margin = ~assisted & (income < _MARGIN_LINE) & (number % 3 > 0)
    spends = (state["rigid"].to_numpy() > 0) | (number % 7 == 1)
    rigid = ~assisted & ~margin & spends & (left < _RIGID_LINE) & (number % 4 > 0)
    watched = (state["listed"] & ~state["removed"]).to_numpy()
    other = watched & ~assisted & ~margin & ~rigid & (number % 4 == 0)
    by_list = {
        # One in sixty is not on the list of assistance, and a few are on it alone.
        DIBAO: (dibao & (number % 60 != 7)) | (~assisted & (number % 400 == 7)),
        TEKUN: (tekun & (number % 20 != 3)) | (dibao & (number % 12 == 5)),
        MARGIN: margin | (~assisted & (number % 300 == 11)),
        RIGID: rigid | (dibao & (number % 41 == 0)) | (~assisted & (number % 500 == 3)),
        OTHER: other | (margin & (number % 21 == 0)),
    }
    rows = np.concatenate([np.flatnonzero(mask) for mask in by_list.values()])
    kinds = np.repeat(list(by_list), [int(mask.sum()) for mask in by_list.values()])
    order = np.lexsort((kinds, rows))
    return rows[order], kinds[order]
