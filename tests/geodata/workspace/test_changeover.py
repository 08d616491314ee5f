"""No household is in another class than the month before without a stated cause."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from dashboard.briefing.changeover_files import changeover_lines, write_page, write_table
from geodata.config import make_workspace
from geodata.periods import last_day
from geodata.store import new_snapshot
from geodata.workspace import Workspace, open_workspace
from geodata.workspace.changeover import CAUSES, explain_changeover
from tests.geodata.workspace.test_workspace import rows

BEFORE, AFTER = "2025-12", "2026-01"
PLACES = ("990101100201", "990101100202", "990101101201")
KINDS = ("脱贫不稳定户", "边缘易致贫户", "突发严重困难户")
LISTINGS = ("dibao", "tekun", "margin", "rigid", "other")
LINE = """monitor.line.per_capita:
  - {value: 9000, from: 2025-01-01, to: 2025-12-31, document: 某县〔2025〕1号}
  - {value: 9500, from: 2026-01-01, document: 某县〔2026〕1号}
monitor.identify.max_days:
  - {value: 15, from: 2025-01-01, document: 某县〔2025〕1号}
  - {value: 10, from: 2026-01-05, document: 某县〔2026〕2号}
  - {value: 15, from: 2026-01-20, document: 某县〔2026〕3号}
aid.dibao_line:
  - {value: 6000, from: 2025-01-01, document: 某县〔2025〕1号}
"""


def _household(rng: np.random.Generator, number: int) -> dict[str, object]:
    """Return a household whose income lies about the lines, monitored or not."""
    monitored = rng.random() < 0.3
    return {
        "household_code": f"h{number:03d}",
        "place_code": PLACES[number % len(PLACES)],
        "members": 1,
        "household_type": ("脱贫户", "一般农户")[number % 2],
        "monitored_category": KINDS[number % 3] if monitored else None,
        "risk_removed": bool(rng.random() < 0.3) if monitored else None,
        "risk_1": "因病" if rng.random() < 0.6 else None,
        "dibao": bool(rng.random() < 0.2),
        "per_capita_income": int(rng.choice([500_000, 890_000, 920_000, 1_200_000])),
        "serious_difficulty": bool(rng.random() < 0.1),
    }


def _lived_on(rng: np.random.Generator, home: dict[str, object]) -> dict[str, object]:
    """Return the household a month later: most as they were, some changed in one thing or two."""
    now = dict(home)
    if rng.random() < 0.2:
        now["per_capita_income"] = int(rng.choice([500_000, 890_000, 920_000, 1_200_000]))
    if now["monitored_category"] is not None:
        now["monitored_category"] = "防止返贫致贫对象"
    if rng.random() < 0.1:
        now["household_type"] = "脱贫户"
    return now


def make_county(folder: Path, seed: int) -> Workspace:
    """Return a county built for the months before and after the transition ended."""
    rng = np.random.default_rng(seed)
    make_workspace(folder, code="990101", name="某县")
    (folder / "parameters" / "local.yaml").write_text(LINE, encoding="utf-8")
    homes = [_household(rng, number) for number in range(60)]
    later = [_lived_on(rng, home) for home in homes[:-3]]
    later += [_household(rng, number) for number in (90, 91)]
    for month, each in ((BEFORE, homes), (AFTER, later)):
        listed = [
            {
                "household_code": home["household_code"],
                "place_code": home["place_code"],
                "listing": LISTINGS[int(rng.integers(5))],
            }
            for home in each
            if rng.random() < 0.3
        ]
        with new_snapshot(folder / "store", month) as writer:
            told = [{**home, "reported_month": month} for home in each]
            writer.write_table("household", rows("household", *told))
            if month == AFTER or seed % 2:
                known = open_workspace(folder).setup.tables["low_income"]
                writer.write_table("low_income", _rows(known, listed, month))
            writer.commit(who="clerk", at=f"{last_day(month)}T08:00:00", facts={})
    county = open_workspace(folder)
    county.build()
    return county


def _rows(known, listed, month):  # type: ignore[no-untyped-def]
    import pyarrow as pa

    from geodata.store import stored_columns
    from tests.geodata.workspace.test_workspace import KINDS as STORED

    schema = pa.schema([(name, STORED[kind]) for name, kind in stored_columns(known).items()])
    return pa.Table.from_pylist([{**row, "reported_month": month} for row in listed], schema)


def _classes(county: Workspace, month: str) -> dict[tuple[str, str], str]:
    """Return by household and class what the built month says, from flags, counts and features."""
    said: dict[tuple[str, str], str] = {}
    built = county.month(month)
    flags = built.flags
    for theme in county.setup.themes:
        if not theme.classes:
            continue
        frame = built.features(theme.key)
        codes = frame.get("household_code", frame.index)
        for name in theme.classes:
            rule = theme.rules_by_key.get(name)
            if rule is None:
                words = {True: "yes", False: ""}
                for code, value in zip(codes, frame[name], strict=True):
                    none = "unknown" if name.startswith("on_") else ""
                    said[str(code), name] = none if pd.isna(value) else words.get(value, str(value))
            else:
                broken = set(flags.loc[flags["rule"] == name, "subject"])
                for code in codes:
                    said[str(code), name] = "yes" if str(code) in broken else ""
    return said


@pytest.fixture(scope="module", params=[0, 1])
def county(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Return a county whose lists came first in the later month, and one that always had them."""
    return make_county(tmp_path_factory.mktemp("changeover") / "county", request.param)


def test_every_change_of_a_class_has_a_cause(county: Workspace) -> None:
    change = explain_changeover(county.setup, BEFORE, AFTER)
    before, after = _classes(county, BEFORE), _classes(county, AFTER)
    moved = {key for key in before | after if before.get(key, "") != after.get(key, "")}
    told = set(change.changes[["household_code", "class"]].itertuples(index=False, name=None))
    assert moved - told == set()
    assert len(moved) > 20
    assert set(change.changes["cause"]) <= set(CAUSES)
    assert set(change.changes["cause"]) >= {"rule", "data", "threshold", "list", "register"}
    assert set(change.changes["cause"]) >= {"renamed"}
    assert (change.changes["told"] != "").all()


def test_a_list_that_did_not_come_is_no_absence(tmp_path: Path) -> None:
    """Of a village that delivered nothing nobody is said to be gone, nor in a class or out of it."""
    county = make_county(tmp_path / "county", 1)
    store = county.setup.store
    for month, homes in ((BEFORE, PLACES), (AFTER, PLACES[:-1])):
        listed = [
            {
                "household_code": f"{place}-{number}",
                "place_code": place,
                "members": 1,
                "monitored_category": KINDS[1],
                "risk_removed": False,
                "reported_month": month,
            }
            for place in homes
            for number in range(4)
            if (month, place, number) != (AFTER, PLACES[0], 0)
        ]
        with new_snapshot(store.folder, month) as writer:
            writer.write_table("household", rows("household", *listed))
            writer.commit(who="clerk", at=f"{last_day(month)}T09:00:00", facts={})
    county = open_workspace(tmp_path / "county")
    there, back = (
        explain_changeover(county.setup, *pair, lang="zh").changes
        for pair in ((BEFORE, AFTER), (AFTER, BEFORE))
    )
    for changes, silent, word in ((there, "after", "没有报来"), (back, "before", "补报")):
        rows_of = changes[changes["cause"] == "register"]
        undelivered = rows_of["place_code"] == PLACES[2]
        assert undelivered.any()
        assert (rows_of.loc[undelivered, silent] == "unknown").all()
        assert rows_of.loc[undelivered, "told"].str.contains(word).all()
        assert not rows_of.loc[~undelivered, "told"].str.contains(word).any()
        assert (~undelivered).any()


def test_causes_are_said_in_the_words_of_the_matter(county: Workspace) -> None:
    change = county.changeover(BEFORE, AFTER)
    rows = change.changes.set_index(["class", "cause"])["told"]
    assert "2026-01-01" in rows["candidate_household", "rule"].iloc[0]
    assert "2025-12-31" in rows["candidate_borderline", "rule"].iloc[0]
    line = rows["income_below_line", "threshold"].iloc[0]
    assert "9000 → 9500" in line
    assert "人均纯收入" in rows["income_below_line", "data"].iloc[0]
    assert sorted(change.counts["households"])[-1] < 60
    kept = change.settings.set_index("key")
    assert bool(kept.loc["monitor.identify.max_days", "back"])
    assert kept.loc["monitor.identify.max_days", "days"] == "2026-01-05, 2026-01-20"
    assert not bool(kept.loc["monitor.line.per_capita", "back"])
    lines = "\n".join(changeover_lines(change))
    assert "没有说明原因的 0 处" in lines
    assert "改过又改回" in lines


def test_page_holds_no_household_and_the_table_one_row_for_each(
    county: Workspace, tmp_path: Path
) -> None:
    change = county.changeover(BEFORE, AFTER)
    write_page(tmp_path / "page.html", change, "变化")
    write_table(tmp_path / "rows.csv", change)
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert not any(f">{code}<" in page for code in change.changes["household_code"])
    assert change.titles["income_below_line"] in page
    written = pd.read_csv(tmp_path / "rows.csv", dtype=str, keep_default_na=False)
    assert len(written) == len(change.changes)
    assert (written["原因"] != "").all()


def test_nothing_changed_is_nothing_to_explain(county: Workspace) -> None:
    change = explain_changeover(county.setup, AFTER, AFTER)
    assert len(change.changes) == 0
    assert len(change.settings) == 0
