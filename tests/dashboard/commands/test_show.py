"""``guatu show``: the page's answer on the command line."""

from __future__ import annotations

import json
import shutil

import pytest

from dashboard.cli import main
from geodata.access import Actor, open_guard, system_user, utc_now
from tests.invented_county import COUNTY, TOWNSHIP, VILLAGES

ADDRESS = "?theme=monitoring&indicator=low_income_share&level=village&lang=zh"
KEYS = {
    "theme", "place", "period", "level", "title", "sentence", "indicator", "figure", "classes",
    "no_data", "not_applicable", "hidden", "outside", "ranking", "hot_spots", "list", "counted",
    "ignored",
}  # fmt: skip


@pytest.fixture(scope="module")
def folder(county, tmp_path_factory):
    """Return a copy of the invented county with accounts, one of them disabled."""
    copied = tmp_path_factory.mktemp("shown") / "county"
    shutil.copytree(county.setup.config.folder, copied)
    accounts = open_guard(copied).accounts
    for name, role, place in (
        ("village", "village_officer", VILLAGES[0]),
        ("township", "township_officer", TOWNSHIP),
        ("county", "leader", COUNTY),
        ("gone", "leader", COUNTY),
        ("admin", "administrator", COUNTY),
    ):
        actor = Actor(name, role, (place,))
        accounts.add(actor, "Lang-genug-2025!", by="cli:test", now=utc_now())
    accounts.set_disabled("gone", True, by="cli:test")
    return copied


def _show(capsys, *arguments: object) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as left:
        main(["show", *map(str, arguments)])
    printed = capsys.readouterr()
    return left.value.code, printed.out, printed.err


def _told(capsys, *arguments: object) -> dict:
    code, out, err = _show(capsys, *arguments, "--json")
    assert code == 0, err
    return json.loads(out)


def test_the_answer_has_all_keys_and_the_figures(capsys, county):
    told = _told(capsys, ADDRESS, county.setup.config.folder)
    assert set(told) >= KEYS
    assert told["place"] == {"code": COUNTY, "name": "某县", "level": "county"}
    figure = told["figure"]
    assert (figure["numerator"], figure["denominator"]) == (27, 81)
    assert figure["value"] == pytest.approx(100 / 3)
    assert told["indicator"]["key"] == "low_income_share"
    assert (told["indicator"]["quantity"], told["indicator"]["unit"]) == ("share", "percent")
    words = "计入“收入低于监测线户占比”的户"
    own = {"kind": "household", "count": 27, "words": words}
    assert told["list"] == {**own, "rule": None, "of": "figure"}
    assert told["counted"] == own
    assert told["ignored"] == []


def test_text_begins_with_the_finding(capsys, county):
    code, out, _ = _show(capsys, ADDRESS, county.setup.config.folder)
    told = _told(capsys, ADDRESS, county.setup.config.folder)
    assert code == 0
    assert out.splitlines()[0] == told["title"]
    assert "名单（计入“收入低于监测线户占比”的户）：27 户" in out


def test_a_figure_that_counts_nobody_says_that_it_has_no_list(capsys, county):
    address = "?theme=monitoring&indicator=income_per_person&lang=zh"
    folder = county.setup.config.folder
    told, (_, out, _) = _told(capsys, address, folder), _show(capsys, address, folder)
    assert (told["list"]["kind"], told["list"]["count"]) == (None, None)
    assert "没有自己的名单" in told["list"]["words"]
    assert told["list"]["words"] in out


def test_what_an_address_lists_is_told_beside_whom_the_figure_counts(capsys, county):
    folder = county.setup.config.folder
    told = _told(capsys, f"{ADDRESS}&side=households", folder)
    assert (told["list"]["of"], told["list"]["count"]) == ("figure", 27)
    told = _told(capsys, f"{ADDRESS}&side=households&everyone=1", folder)
    every = {"kind": "household", "count": 81, "rule": None, "of": "everyone"}
    assert told["list"] == {**every, "words": "全部农户"}
    assert told["counted"]["count"] == 27
    ruled = f"{ADDRESS}&side=households&rule=income_below_line"
    told, (_, out, _) = _told(capsys, ruled, folder), _show(capsys, ruled, folder)
    assert told["list"]["rule"] == "income_below_line"
    title = county.setup.rules["income_below_line"].title["zh"]
    assert f"名单（“{title}”查出的户）：{told['list']['count']} 户" in out


def test_words_that_are_not_understood_are_said(capsys, county):
    code, out, err = _show(capsys, "?side=left&colour=red", county.setup.config.folder, "--json")
    assert code == 0
    assert set(json.loads(out)["ignored"]) == {"side=left", "colour=red"}
    assert "side=left" in err


@pytest.mark.parametrize(
    ("word", "known"),
    [
        ("theme=watr", "monitoring"),
        ("place=990199", "某县"),
        ("period=2031-01", "2025-01"),
        ("compare=2031-01", "2025-01"),
        ("indicator=incme", "low_income_share"),
        ("level=hamlet", "village"),
    ],
)
def test_what_is_not_there_is_refused_with_what_is(capsys, county, word, known):
    code, out, err = _show(capsys, f"{ADDRESS}&{word}", county.setup.config.folder, "--json")
    assert (code, out) == (2, "")
    assert word.partition("=")[2] in err
    assert known in err


def test_an_account_sees_what_its_page_shows(capsys, folder):
    own = _told(capsys, ADDRESS, folder, "--as", "village")
    states = {row["code"]: row["state"] for row in own["ranking"]}
    assert states[VILLAGES[0]] == "shown"
    assert states[VILLAGES[2]] == "outside"
    assert own["list"]["count"] == 9
    whole = _told(capsys, ADDRESS, folder, "--as", "county")
    assert {row["state"] for row in whole["ranking"]} == {"shown"}
    nothing = _told(capsys, ADDRESS, folder, "--as", "admin")
    assert nothing["outside"] == 3
    assert nothing["figure"]["value"] is nothing["list"]["count"] is None


def test_every_answer_is_on_record_under_who_asked(capsys, folder):
    trail = open_guard(folder).trail
    _told(capsys, ADDRESS, folder, "--as", "township")
    last = trail.records()[-1]
    assert (last.actor, last.act, last.place, last.outcome) == (
        "township", "figure", COUNTY, "allowed",
    )  # fmt: skip
    _told(capsys, ADDRESS, folder)
    assert trail.records()[-1].actor == f"cli:{system_user()}"
    _told(capsys, ADDRESS, folder, "--as", "admin")
    assert trail.records()[-1].outcome == "refused"


@pytest.mark.parametrize(
    ("account", "said"), [("nobody", "nobody"), ("gone", "已停用"), ("x" * 5000, "xxx")]
)
def test_an_account_that_is_not_there_is_one_sentence(capsys, folder, account, said):
    code, out, err = _show(capsys, ADDRESS, folder, "--as", account)
    assert (code, out) == (2, "")
    assert said in err
    assert len(err.strip().splitlines()) == 1
    assert len(err) < 400


def test_without_accounts_nobody_can_be_named(capsys, county):
    code, _, err = _show(capsys, ADDRESS, county.setup.config.folder, "--as", "county")
    assert code == 2
    assert "还没有账号" in err


def test_what_is_no_workspace_is_one_sentence(capsys, tmp_path):
    code, out, err = _show(capsys, ADDRESS, tmp_path)
    assert (code, out) == (2, "")
    assert len(err.strip().splitlines()) == 1
