"""Rules that say little are told, and those that tell apart are not."""

from __future__ import annotations

import re

import pandas as pd
import pytest

from geodata.rules.rule import Rule
from geodata.rules.weak import FEW, weak_rules
from geodata.themes import find_themes

RULES = {rule.key: rule for theme in find_themes(None).themes for rule in theme.rules}
# How the sources that a rule may cite are called; whatever else stands there is product practice.
_SOURCE = re.compile(
    r"〔\d{4}〕\d+号|^GB|^T/CHES|数据核查规则|一号文件|规划文本|政策|条例|程序|流程|规定|标准|条件|要求|补贴|养老保险"
)
_SPOKEN = re.compile(r"讲话|报道|会议|推进会|发言|speech|report|meeting", re.I)


def _weak(*parts: tuple[int, int, int, int]) -> list[tuple[int, int, int]]:
    rows = [
        {"place": f"9901{at:02d}", "rule": "income_below_line"}
        | dict(zip(("yes", "no", "unknown", "exempt"), part, strict=True))
        for at, part in enumerate(parts)
    ]
    found = weak_rules(pd.DataFrame(rows), RULES)
    return [(each.yes, each.judged, each.unknown) for each in found]


def test_true_of_more_than_a_third_over_all_places_is_weak() -> None:
    assert _weak((4, 8, 0, 0)) == []  # a third exactly
    assert _weak((5, 8, 0, 0)) == [(5, 13, 0)]
    assert _weak((5, 0, 0, 0), (0, 10, 3, 0)) == []
    assert _weak((3, 8, 0, 2)) == [(5, 13, 0)]  # exempt, and broken all the same


def test_of_few_nothing_is_said() -> None:
    assert _weak((FEW - 1, 0, 0, 0)) == []
    assert _weak((FEW, 0, 0, 0)) == [(FEW, FEW, 0)]


def test_a_rule_that_nobody_can_answer_is_weak_however_few_there_are() -> None:
    assert _weak((0, 0, 1, 0)) == [(0, 0, 1)]
    assert _weak((0, 0, 0, 0)) == []


@pytest.mark.parametrize("rule", RULES.values(), ids=list(RULES))
def test_a_rule_cites_policy_or_says_product_practice(rule: Rule) -> None:
    told = rule.document
    assert not _SPOKEN.search(told["zh"] + told["en"])
    practice = told["zh"] == "产品做法", told["en"] == "product practice"
    assert all(practice) or (not any(practice) and _SOURCE.search(told["zh"])), told
