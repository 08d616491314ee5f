"""Rules against a county whose events were told by somebody who knows no rule: precision and recall."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from tests.benchmarks.confusion import against_truth
from tests.second_county import make_second_county


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    folder: Path = tmp_path_factory.mktemp("second") / "county"
    county, story = make_second_county(folder, households=1500, seed=11)
    return against_truth(county, story.truth)


def test_every_kind_of_event_befalls_somebody(table: pd.DataFrame) -> None:
    assert len(table) == 11
    assert (table["true"] >= 10).all(), table["true"].to_dict()


def test_rules_name_whom_the_event_befell_and_hardly_anybody_else(table: pd.DataFrame) -> None:
    told = table[["precision", "recall"]].to_dict("index")
    assert (table["precision"] >= 0.95).all(), told
    assert (table["recall"] >= 0.95).all(), told
