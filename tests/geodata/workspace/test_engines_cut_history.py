"""What lies before the first delivery, or in a month that did not come, is unknown and not absent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from geodata.figures import month_figures
from geodata.periods import shift_month
from geodata.rules.compile import UNKNOWN, YES, answers_query, features_table
from geodata.rules.run import make_features
from geodata.store import Manifest, SnapshotStore
from geodata.store.known_months import LASTING_SINCE, known_since
from geodata.workspace import open_workspace
from geodata.workspace.engines import MONTHS_BACK, month_engine, policy_areas
from geodata.workspace.inputs import Setup

OUT = 9
# What stands in where accounts are incomplete is a figure of another source, and the page says which.
INCOME = {"income_per_person", "income_known_share", "low_income_share"}
# That there is no proof is said of what is there: less of it proves less.
UNPROVEN = "water_not_proven"
# Rules over each table of events that someone is unknown to where only the last month is known.
WINDOWS = {
    "visit_too_short",
    "clue_not_decided",
    "not_satisfied",
    "pension_not_paid",
    "long_outage",
    "water_quality_fails",
    "too_few_samples",
    "test_stale",
    "no_sustainable_source",
    "policy_share_warn",
}


class Lacking(SnapshotStore):
    """A store in which some tables of some months were never delivered."""

    def __init__(self, store: SnapshotStore, lacks: Callable[[str, str], bool]) -> None:
        super().__init__(store.folder, store.history)
        self._lacks = lacks

    def manifest(self, snapshot: str) -> Manifest:
        whole, month = super().manifest(snapshot), snapshot[:7]
        return replace(
            whole,
            files=tuple(one for one in whole.files if not self._lacks(month, one.table)),
            months={n: m for n, m in whole.months.items() if not self._lacks(month, n)},
        )


class Told:
    """The answer of every rule for every subject, and every figure, of one month."""

    def __init__(self, setup: Setup, month: str, store: SnapshotStore) -> None:
        known = replace(setup, store=store)
        rules = list(setup.rules.values())
        with month_engine(store, month, setup.tables) as (engine, _):
            (area,) = policy_areas(engine, setup.policy, known.keys, month, setup.tables)
            make_features(engine, setup.sets, area.binding)
            frames = []
            for table in sorted({features_table(rule) for rule in rules}):
                chosen = [rule for rule in rules if features_table(rule) == table]
                query = answers_query(chosen, area.binding, engine.name)
                frames.append(engine.frame(f"SELECT subject, rule, answer FROM ({query}) AS told"))
            indicators = list(setup.indicators.values())
            figures = month_figures(engine, indicators, setup.rules, area.binding)
            basis = engine.frame("SELECT household_code AS subject, income_basis FROM income")
        answers = pd.concat(frames, ignore_index=True)
        self.answers = answers.assign(answer=answers["answer"].fillna(OUT).astype(int))
        self.figures = figures.to_pandas()
        self.basis = basis.set_index("subject")["income_basis"]


@pytest.fixture(scope="module")
def setup(sample: Path) -> Setup:
    return open_workspace(sample).setup


@pytest.fixture(scope="module")
def whole(setup: Setup) -> Told:
    return Told(setup, setup.store.months()[-1], setup.store)


def _short(setup: Setup, months: int) -> Callable[[str, str], bool]:
    """Return what a county lacks that began with the last months; registers bring what was before."""
    first = shift_month(setup.store.months()[-1], 1 - months)
    return lambda month, table: (
        month < first and table in setup.tables and not setup.tables[table].lasting
    )


def _gap(setup: Setup, back: int) -> Callable[[str, str], bool]:
    """Return what a county lacks that delivered no events in one month."""
    missed = shift_month(setup.store.months()[-1], -back)
    return lambda month, table: (
        month == missed
        and table in setup.tables
        and setup.tables[table].nature == "events"
        and not setup.tables[table].lasting
    )


@pytest.mark.parametrize(
    ("lacks", "length"),
    [(_short, 1), (_short, 4), (_short, 9), (_gap, 0), (_gap, 3)],
    ids=["1 month", "4 months", "9 months", "without the last", "with a gap"],
)
def test_no_answer_turns_to_no_where_its_window_is_not_known(
    setup: Setup, whole: Told, lacks: Callable[..., Callable[[str, str], bool]], length: int
) -> None:
    month = setup.store.months()[-1]
    cut = Told(setup, month, Lacking(setup.store, lacks(setup, length)))
    both = whole.answers.merge(cut.answers, on=["subject", "rule"], suffixes=("", "_cut"))
    assert len(both) == len(whole.answers)
    unknown = set(both.loc[(both["answer_cut"] == UNKNOWN) & (both["answer"] != UNKNOWN), "rule"])
    basis = both["subject"].map(whole.basis).eq(both["subject"].map(cut.basis))
    both = both[basis | ~both["subject"].isin(whole.basis.index)]
    turned = both[(both["answer"] != both["answer_cut"]) & (both["answer_cut"] != UNKNOWN)]
    turned = turned[(turned["rule"] != UNPROVEN) | (turned["answer_cut"] != YES)]
    assert turned.groupby(["rule", "answer", "answer_cut"]).size().to_dict() == {}

    figures = whole.figures.merge(cut.figures, on=["place", "indicator"], suffixes=("", "_cut"))
    figures = figures[~figures["indicator"].isin(INCOME)].fillna(-1)
    assert figures.loc[figures["missing_cut"] < figures["missing"], "indicator"].tolist() == []
    same = figures["missing_cut"] == figures["missing"]
    changed = figures[same & (figures["numerator"] != figures["numerator_cut"])]
    # A mean is of the latest test there is, and several rules are one share where any can be told.
    indicators = setup.indicators.items()
    several = {key for key, one in indicators if len(one.rules) > 1 and not one.known}
    assert set(changed["indicator"]) - several - {"fluoride_mean"} == set()
    # Who is known must not hang on the answer: neither a share nor a count of subjects is told of
    # those alone that fail, or pass. Which works was tested lately does not hang on the answer.
    kept = figures.groupby("indicator")[["denominator", "denominator_cut"]].sum()
    judged = [key for key, one in indicators if one.quantity == "share" or one.lists]
    fewer = kept[(kept["denominator_cut"] > 0) & (kept["denominator_cut"] < kept["denominator"])]
    assert set(fewer.index) & set(judged) - several <= {"fluoride_over_share"}
    if lacks is _short and length == 1:
        assert unknown >= WINDOWS
        rose = figures.loc[figures["missing_cut"] > figures["missing"], "indicator"]
        assert len(set(rose)) > 15


def test_months_are_known_back_to_the_first_that_is_missing(setup: Setup) -> None:
    store, month = setup.store, setup.store.months()[-1]
    whole = known_since(store, month, setup.tables, back=MONTHS_BACK)
    assert whole["visit"] == store.months()[0]
    assert {whole[name] for name in ("problem", "task", "progress")} == {LASTING_SINCE}
    gap = known_since(Lacking(store, _gap(setup, 3)), month, setup.tables, back=MONTHS_BACK)
    assert gap["visit"] == shift_month(month, -2)
    late = known_since(Lacking(store, _gap(setup, 0)), month, setup.tables, back=MONTHS_BACK)
    assert "visit" not in late
    assert late["task"] == LASTING_SINCE
