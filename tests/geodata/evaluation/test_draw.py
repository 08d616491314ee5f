"""Samples: half weakest, half by lot; the same seed, the same list; what is short is said."""

from __future__ import annotations

import dataclasses
import hashlib

import openpyxl
import pandas as pd
import pytest

from geodata.errors import EvaluationError
from geodata.evaluation import Design, Frame, draw_sample, self_check
from geodata.evaluation.book import write_draw
from geodata.evaluation.draw import weakness
from tests.invented import HOSTILE

DESIGN = Design("2025-06", 7, villages=8, exited=20, missed=10, weak_share=50, weights={"low": 1})


def frame(exited: int = 10, other: int = 20, households: int = 6) -> Frame:
    """Return villages with rising weakness and as many households of each group in every one."""
    count = exited + other
    codes = [f"990101{number:06d}" for number in range(count)]
    villages = pd.DataFrame(
        {
            "name": [HOSTILE, *(f"村{number}" for number in range(1, count))],
            "stratum": ["exited"] * exited + ["other"] * other,
            "low": [number / count for number in range(count)],
        },
        index=pd.Index(codes, name="place_code"),
    )
    rows = [
        (f"{code}{group}{number:03d}", code, group, number if number > 2 else 0)
        for code in codes
        for group in ("exited", "missed")
        for number in range(households)
    ]
    columns = ["household_code", "place_code", "group", "score"]
    listed = pd.DataFrame(rows, columns=columns).set_index("household_code")
    listed = listed.assign(head_name=HOSTILE, persons=3, rules="")
    return Frame(villages, listed)


def test_the_same_seed_gives_the_same_list_and_another_seed_another():
    one, two = draw_sample(frame(), DESIGN), draw_sample(frame(), DESIGN)
    pd.testing.assert_frame_equal(one.households, two.households)
    other = draw_sample(frame(), dataclasses.replace(DESIGN, seed=8))
    assert set(other.households.index) != set(one.households.index)
    weak = one.villages.query("chosen == 'weak'").index
    assert list(other.villages.query("chosen == 'weak'").index) == list(weak)


def test_the_order_of_the_frame_does_not_matter():
    whole = frame()
    shuffled = Frame(whole.villages[::-1], whole.households.sample(frac=1, random_state=3))
    found, again = draw_sample(whole, DESIGN), draw_sample(shuffled, DESIGN)
    assert list(found.households.index) == list(again.households.index)
    assert found.frame_digest == again.frame_digest


def test_half_of_each_stratum_are_its_weakest_and_the_rest_are_others():
    villages = draw_sample(frame(), DESIGN).villages
    assert villages["stratum"].value_counts().to_dict() == {"exited": 4, "other": 4}
    weak = villages.query("chosen == 'weak'")
    assert list(weak.query("stratum == 'exited'").index) == ["990101000009", "990101000008"]
    assert list(weak.query("stratum == 'other'").index) == ["990101000029", "990101000028"]
    assert villages.index.is_unique


def test_anybody_can_check_one_lot_by_hand():
    villages = draw_sample(frame(), DESIGN).villages
    lots = {
        f"990101{number:06d}": hashlib.sha256(f"7:990101{number:06d}".encode()).hexdigest()
        for number in range(8)
    }
    drawn = villages.query("chosen == 'lot' and stratum == 'exited'").index
    assert list(drawn) == sorted(lots, key=lots.__getitem__)[:2]


def test_an_odd_number_rounds_up_to_exited_villages_and_to_the_weak():
    villages = draw_sample(frame(), dataclasses.replace(DESIGN, villages=5)).villages
    assert villages["stratum"].value_counts().to_dict() == {"exited": 3, "other": 2}
    assert villages.query("stratum == 'exited'")["chosen"].tolist() == ["weak", "weak", "lot"]


def test_households_come_from_drawn_villages_by_quota():
    drawn = draw_sample(frame(), DESIGN)
    assert set(drawn.households["place_code"]) <= set(drawn.villages.index)
    assert drawn.households["group"].value_counts().to_dict() == {"exited": 20, "missed": 10}
    weak = drawn.households.query("chosen == 'weak' and group == 'exited'")
    assert len(weak) == 10
    assert weak["score"].min() >= 4
    assert drawn.notes == ()


def test_a_short_stratum_is_made_up_for_by_the_other_and_said():
    drawn = draw_sample(frame(exited=2), DESIGN)
    assert drawn.villages["stratum"].value_counts().to_dict() == {"exited": 2, "other": 6}
    said = drawn.notes[0].sentence("zh")
    assert said == "脱贫村应抽 4 个，只有 2 个，已全部抽取；由另一类村补抽 2 个。"


def test_a_quota_larger_than_the_frame_takes_all_and_says_so():
    drawn = draw_sample(frame(), dataclasses.replace(DESIGN, exited=500))
    assert (drawn.households["group"] == "exited").sum() == 8 * 6
    assert "应抽 500 户，抽中村内只有 48 户" in drawn.notes[0].sentence("zh")
    # Three of six households of a village have findings, so half of the quota is there exactly.
    assert len(drawn.notes) == 1


def test_too_few_households_with_findings_are_filled_by_lot_and_said():
    whole = frame()
    calm = Frame(whole.villages, whole.households.assign(score=0))
    drawn = draw_sample(calm, DESIGN)
    assert set(drawn.households["chosen"]) == {"lot"}
    assert [note.key for note in drawn.notes] == ["note_few_weak", "note_few_weak"]


def test_villages_of_unknown_kind_are_left_out_and_counted():
    whole = frame()
    stratum = whole.villages["stratum"].mask(whole.villages.index < "990101000003", "unknown")
    drawn = draw_sample(Frame(whole.villages.assign(stratum=stratum), whole.households), DESIGN)
    assert drawn.notes[0].sentence("en").startswith("3 villages do not say")
    assert drawn.villages.index.min() >= "990101000003"


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"villages": 0}, "evaluation.not_positive"),
        ({"exited": -1}, "evaluation.not_positive"),
        ({"weak_share": 100.5}, "evaluation.no_share"),
    ],
)
def test_numbers_that_cannot_be_are_refused(change, key):
    with pytest.raises(EvaluationError) as refused:
        draw_sample(frame(), dataclasses.replace(DESIGN, **change))
    assert refused.value.key == key


def test_a_frame_of_one_village_is_refused_with_what_to_do():
    with pytest.raises(EvaluationError, match="只有 1 个村可抽，至少要有 2 个"):
        draw_sample(frame(exited=1, other=0), DESIGN)


def test_the_index_is_the_weighted_mean_of_places_over_what_is_known():
    worse = pd.DataFrame(
        {"a": [1.0, 2.0, 3.0, 4.0], "b": [4.0, None, 2.0, 1.0]}, index=list("wxyz")
    )
    index = weakness(worse, {"a": 3, "b": 1, "absent": 5})
    assert index["x"] == 50
    assert index["w"] == pytest.approx((3 * 25 + 100) / 4)
    assert weakness(worse[["b"]], {"b": 1}).isna()["x"]


def test_suspects_are_counted_in_persons():
    whole = frame()
    first = whole.households.index[0]
    rules = pd.Series("", whole.households.index).where(
        whole.households.index != first, "house_unsafe"
    )
    persons = pd.Series(3.0, whole.households.index).where(whole.households.index != first, 5.0)
    design = dataclasses.replace(
        DESIGN, villages=30, exited=999, missed=999, suspected={"exited": ("house_unsafe",)}
    )
    drawn = draw_sample(
        Frame(whole.villages, whole.households.assign(rules=rules, persons=persons)), design
    )
    wrong, missed = self_check(drawn, {"wrong_exit_rate": 2.0})
    assert (wrong.rate.positives, wrong.rate.counted) == (5, 180 * 3 + 2)
    assert wrong.rate.verdict == "pass"
    assert (missed.rate.positives, missed.rate.verdict) == (0, "unknown")


def test_the_workbook_says_how_to_draw_again_and_no_cell_runs(tmp_path):
    file = tmp_path / "list.xlsx"
    write_draw(file, draw_sample(frame(), DESIGN), titles={"low": "=低收入"}, mark="=x", lang="zh")
    book = openpyxl.load_workbook(file)
    cells = [
        str(cell) for sheet in book for row in sheet.values for cell in row if cell is not None
    ]
    assert "7" in cells
    assert not [cell for cell in cells if cell.startswith(("=", "+", "@"))]
    assert book.worksheets[2].max_row == 31
    assert [entry.name for entry in tmp_path.iterdir()] == ["list.xlsx"]
