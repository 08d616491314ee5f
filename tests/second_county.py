"""A second invented county: lives told as events, by a writer that knows no rule and no threshold.

What happens to a family is drawn first (a layoff, a hospital bill, a roof that gives way ...), plain
enough that anybody would call it so, or plainly nothing; then it is written down as clerks would.
The truth of each rule is who the event befell.
"""

from __future__ import annotations

import datetime
import random
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from geodata.config import make_workspace
from geodata.periods import months_until
from geodata.store import new_snapshot
from geodata.workspace import Workspace, open_workspace
from tests.geodata.workspace.test_workspace import rows

COUNTY = "990171"
VILLAGES = tuple(f"9901711{town:02d}2{village:02d}" for town in range(3) for village in range(4))
END = datetime.date(2025, 9, 30)
LAST, YEAR_BEFORE = "2025-09", "2024-09"
# What a year of plain living costs a head here, in yuan; the county's line is set from it.
ENOUGH = 9_300
_VALUES = f"""monitor.line.per_capita:
  - {{value: {ENOUGH}, from: 2021-01-01, document: 某县线}}
monitor.drop.pct_threshold:
  - {{value: 30, from: 2021-01-01, document: 某县线}}
monitor.identify.max_days:
  - {{value: 15, from: 2021-01-01, document: 某县线}}
monitor.clear.min_months_since_identified:
  - {{value: 6, from: 2021-01-01, document: 某县线}}
"""


@dataclass
class Story:
    """The rows of all tables so far, and who each rule should name."""

    tables: dict[str, list[dict[str, object]]] = field(default_factory=lambda: defaultdict(list))
    before: list[dict[str, object]] = field(default_factory=list)
    truth: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))


def _month(back: int) -> str:
    number = END.year * 12 + END.month - 1 - back
    return f"{number // 12}-{number % 12 + 1:02d}"


def _day(back: int) -> datetime.date:
    return END - datetime.timedelta(days=back)


def tell(chance: random.Random, households: int) -> Story:
    """Return the lives of as many households."""
    story = Story()
    for number in range(households):
        _family(chance, story, f"f{number:05d}", chance.choice(VILLAGES))
    return story


def _family(chance: random.Random, story: Story, code: str, village: str) -> None:
    people = chance.choice((1, 2, 2, 3, 3, 4, 4, 5, 6))
    poor = chance.random() < 0.12
    income = ENOUGH * people * (chance.uniform(0.4, 0.8) if poor else chance.uniform(1.9, 3.4))
    laid_off = not poor and chance.random() < 0.08
    bill = 0.0 if chance.random() < 0.8 else income * chance.uniform(0.03, 0.2)
    if ruined := not poor and not laid_off and chance.random() < 0.05:
        bill = income * chance.uniform(1.5, 3)
    forgotten = chance.random() < 0.06
    year = _account(chance, story, code, village, income, laid_off=laid_off, forgotten=forgotten)
    home: dict[str, object] = {
        "household_code": code,
        "place_code": village,
        "members": people,
        "household_type": chance.choice(("脱贫户", "一般农户")),
        # Money is kept in fen; the figure a head that the family declares is what it lives on.
        "per_capita_income": round(year / people * 100),
        "claims": 0,
        "out_of_pocket": round(bill * 100),
        "rigid_expense": round(bill * 100),
        "reported_month": LAST,
    }
    # A child is born, or somebody marries away: the family's money is what it was.
    earlier = max(people - chance.choice((0, 0, 0, 0, 1)), 1)
    story.before.append({**home, "members": earlier, "reported_month": YEAR_BEFORE})
    # Who lost nearly all of it has not enough left either.
    _say(story, code, "income_below_line", poor or laid_off)
    _say(story, code, "income_fell", laid_off and not forgotten)
    _say(story, code, "rigid_exceeds_last_income", ruined and not forgotten)
    _say(story, code, "adjusted_below_line", ruined)
    _house(chance, story, code, home)
    _members(chance, story, code, village, people)
    _monitoring(chance, story, code, village, home)
    story.tables["household"].append(home)


def _say(story: Story, code: str, rule: str, so: bool) -> None:
    if so:
        story.truth[rule].add(code)


def _account(
    chance: random.Random,
    story: Story,
    code: str,
    village: str,
    income: float,
    *,
    laid_off: bool,
    forgotten: bool,
) -> float:
    """Write two years of money month by month; return what the last year came to."""
    # The one who is laid off earned most of it, and has found nothing since.
    wages = income * (chance.uniform(0.8, 0.95) if laid_off else chance.uniform(0.3, 0.9))
    since = chance.randint(9, 11) if laid_off else -1
    # A month of the year before that nobody wrote down: what fell or leapt since cannot be said.
    absent = chance.randint(12, 23) if forgotten else -1
    total = 0.0
    for back in range(24):
        pay = wages / 12 * chance.uniform(0.85, 1.15) * (0 if back < since else 1)
        harvest = (income - wages) * chance.uniform(0.9, 1.1) * (back % 12 == 11)
        total += (pay + harvest) * (back < 12)
        if back == absent:
            continue
        for item, amount in (("a1", pay), ("b1", harvest)):
            story.tables["ledger"].append(
                {
                    "household_code": code,
                    "place_code": village,
                    "month": _month(back),
                    "item": item,
                    "amount": round(amount * 100),
                    "reported_month": LAST,
                }
            )
    return total


def _house(chance: random.Random, story: Story, code: str, home: dict[str, object]) -> None:
    fate = chance.choices(("sound", "mended", "falling"), (90, 5, 5))[0]
    home["house_grade"] = chance.choice("AB" if fate == "sound" else "CD")
    home["house_repaired"] = True if fate == "mended" else None
    _say(story, code, "house_unsafe", fate == "falling")


def _members(chance: random.Random, story: Story, code: str, village: str, people: int) -> None:
    truant = uninsured = False
    for number in range(people):
        age = chance.randint(1, 85)
        pupil = 8 <= age <= 14
        away = pupil and chance.random() < 0.1
        bare = age > 1 and chance.random() < 0.02
        truant, uninsured = truant or away, uninsured or bare
        schooling = (
            ("失学辍学" if away else "小学" if age < 12 else "初中") if pupil else "非在校生"
        )
        story.tables["person"].append(
            {
                "household_code": code,
                "person_code": f"{code}{number}",
                "place_code": village,
                "birth_day": datetime.date(END.year - age, 1 + chance.randrange(8), 9),
                "schooling": schooling if age > 6 else "学龄前儿童",
                "education": "初中",
                "resident_insurance": not bare,
                "serious_illness_insurance": not bare,
                "health": "健康",
                "labour": "普通劳动力" if 18 <= age < 60 else "无劳动力",
                "work_months": 10 if 18 <= age < 60 else 0,
                "reported_month": LAST,
            }
        )
    _say(story, code, "child_out_of_school", truant)
    _say(story, code, "insurance_missing", uninsured)


def _visit(story: Story, code: str, village: str, back: int, **told: object) -> None:
    story.tables["visit"].append(
        {
            "household_code": code,
            "place_code": village,
            "day": _day(back),
            "visitor": "走访员",
            "minutes": 70,
            "reported_month": LAST,
            **told,
        }
    )


def _monitoring(
    chance: random.Random, story: Story, code: str, village: str, home: dict[str, object]
) -> None:
    """Watch some of the families: with help or without, seen or forgotten, let go in time or at once."""
    if chance.random() > 0.25:
        _clue(chance, story, code, village)
        return
    since = chance.randint(8, 30)
    home |= {
        "monitored_category": "边缘易致贫户",
        "identified_month": _month(since),
        "risk_1": "因病",
    }
    let_go = chance.random() < 0.3
    hasty = let_go and chance.random() < 0.25
    home["risk_removed"] = let_go
    if let_go:
        home["removed_month"] = _month(since - (chance.randint(1, 3) if hasty else 8))
    _say(story, code, "removed_too_early", hasty)
    helped = chance.random() < 0.9
    if helped:
        story.tables["measure"].append(
            {
                "household_code": code,
                "place_code": village,
                "kind": "health",
                "detail": "医疗费用补助",
                "start_month": _month(since),
                "reported_month": LAST,
            }
        )
    _say(story, code, "no_measure_in_time", not helped and not let_go)
    last = chance.choice((chance.randint(1, 25), chance.randint(50, 200)))
    _visit(story, code, village, last, judgement="监测帮扶中")
    _say(story, code, "not_visited_lately", last >= 50 and not let_go)


def _clue(chance: random.Random, story: Story, code: str, village: str) -> None:
    """See a roof or a purse in danger at some; it is settled soon, is fresh, or lies about."""
    fate = chance.choices(("none", "settled", "fresh", "lies"), (85, 5, 5, 5))[0]
    if fate == "none":
        return
    back = chance.randint(1, 10) if fate == "fresh" else chance.randint(25, 120)
    _visit(story, code, village, back, expense_surge=True, judgement="有风险待核实")
    if fate == "settled":
        _visit(story, code, village, back - chance.randint(2, 9), judgement="无风险")
    _say(story, code, "clue_not_decided", fate == "lies")


def make_second_county(folder: Path, *, households: int, seed: int) -> tuple[Workspace, Story]:
    """Return the county built for its last month, and its story."""
    story = tell(random.Random(seed), households)
    make_workspace(folder, code=COUNTY, name="另县")
    (folder / "parameters" / "local.yaml").write_text(_VALUES, encoding="utf-8")
    with new_snapshot(folder / "store", YEAR_BEFORE) as writer:
        writer.write_table("household", rows("household", *story.before))
        writer.commit(who="clerk", at="2024-10-01T08:00:00", facts={})
    with new_snapshot(folder / "store", LAST) as writer:
        for name, told in story.tables.items():
            writer.write_table(name, rows(name, *told))
        # The visits of a year came in one file.
        writer.note_months("visit", months_until(LAST, 13))
        writer.commit(who="clerk", at="2025-10-01T08:00:00", facts={})
    county = open_workspace(folder)
    county.build([LAST])
    return county, story
