"""What a bulletin tells: the numbers of the page, what changed, and nothing where nothing is new."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import asdict, replace

import pytest

from dashboard.answers import county_source
from dashboard.answers.due_line import due_line, due_list
from dashboard.answers.ledger import ledger_of
from dashboard.answers.matters import matters_of
from dashboard.answers.strip import strip_of
from dashboard.briefing.bulletin.compose import bulletin_of
from dashboard.view import VIEWS, View
from geodata.access import Actor
from geodata.errors import BriefingError, ScopeError
from tests.dashboard.briefing.bulletin.conftest import day_in, issued

NUMBER = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?")
# Numbers of days, and of the number before, are of the paper itself.
DAYS = re.compile(r"\d+月\d+日|\d{4}-\d\d-\d\d|\d{4}年\d+月")


def _numbers(told: object) -> set[str]:
    return set(NUMBER.findall(str(told)))


def _answered(source, address: str) -> set[str]:
    """Return every number of the answers of the page at an address."""
    view = View.parse(address, source)
    told: list[object] = [asdict(one) for one in strip_of(source, view)]
    told.append(matters_of(source, view).unknown)
    for looked in (view, replace(view, view=VIEWS[0])):
        line = due_line(source, looked)
        if line is not None:
            share = f"{line.red / line.total * 100:.1f}" if line.total else ""
            told += [line.red, line.week, line.total, share]
            told += [(one.red, one.week) for one in line.kinds]
    if view.due:
        listed = Counter(one.kind for one in due_list(source, view))
        told += [listed.total(), *listed.values()]
    if view.side == "ledger":
        wall = ledger_of(source, view)
        told.append((wall.open, sum(one.count for one in wall.bands[:2])))
    return _numbers(told)


def test_every_number_is_an_answer_of_the_views_it_cites_or_of_the_number_before(
    source, first, second
):
    compared = 0
    before = _numbers([row[3] for row in first.told["figures"].values()])
    for bulletin, others in ((first, set()), (second, before)):
        for section in bulletin.sections:
            parts = [(line.text, line.addresses) for line in section.lines]
            if section.table is not None and section.table.addresses:
                ranks = {str(at + 1) for at in range(len(section.table.rows))}
                others = others | (ranks if section.key == "ranked" else set())
                parts += [(str(row), section.table.addresses) for row in section.table.rows]
            for said, addresses in parts:
                if not addresses or section.key == "ledger":
                    continue
                known = set().union(*(_answered(source, one) for one in addresses)) | others
                numbers = _numbers(DAYS.sub("", said))
                assert numbers <= known, (said, numbers - known)
                compared += len(numbers)
    assert compared > 50


def test_the_ledger_adds_up_from_one_number_to_the_next(first, second):
    for key, now in second.told["entries"].items():
        before = first.told["entries"][key]
        (line,) = next(one for one in second.sections if one.key == "ledger").lines
        opened, _, closed, new, _ = (int(one) for one in NUMBER.findall(line.text))
        assert opened == len(now) == len(before) - closed + new


def test_the_monitored_add_up_by_every_term_of_the_table(second):
    (table,) = [one.table for one in second.sections if one.key == "changes"]
    assert table is not None
    assert len(table.rows) == 1
    for month, terms in second.told["flows"].items():
        signs = {"removed": -1, "not_delivered": -1, "renamed_out": -1, "corrected_out": -1}
        moved = sum(signs.get(term, 1) * count for term, count in terms.items() if term != "after")
        assert moved == terms["after"], month


def test_nothing_new_is_no_bulletin(source, second):
    assert bulletin_of(source, "month", second.day, last=issued(second), lang="zh") is None


def test_late_data_are_told_in_a_later_number_that_says_so(source, second):
    key, told = next((k, v) for k, v in second.told["figures"].items() if v[0])
    figures = {**second.told["figures"], key: [told[0] + 1, told[1], told[2], "123456"]}
    earlier = replace(issued(second), told={**second.told, "figures": figures})
    made = bulletin_of(source, "month", second.day, last=earlier, lang="zh")
    assert made is not None
    assert made.late
    assert made.number == second.number + 1
    (late,) = (one for one in made.sections if one.key == "late")
    assert [line.text for line in late.lines if "123456" in line.text]


def test_a_day_before_the_last_number_is_refused(source, second):
    with pytest.raises(BriefingError, match=str(second.number)):
        bulletin_of(source, "month", day_in(source, 1), last=issued(second), lang="zh")


def test_each_reader_is_told_of_the_own_places_alone(county, source):
    township, other = map(str, source.atlas.places_in(None, "township")[:2])
    own = county_source(county, Actor("t", "township_officer", (township,)))
    made = bulletin_of(own, "week", day_in(source, 0), place=township, lang="en")
    assert made is not None
    assert made.name
    with pytest.raises(ScopeError):
        bulletin_of(own, "week", day_in(source, 0), place=other, lang="en")
