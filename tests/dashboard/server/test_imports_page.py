"""Files of a month brought in the browser: tried first, stored by who may, taken back, all on record."""

from __future__ import annotations

import http.client
import json
import re
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from click.testing import CliRunner
from shapely.geometry import box

from dashboard.cli import guatu
from dashboard.server.front import MOST_THROWN_AWAY
from dashboard.server.imports_shown import UploadShown
from geodata.access import Actor, load_roles, open_guard
from geodata.config import PlaceDecision, make_workspace, read_config
from geodata.intake.alike import alike
from geodata.intake.incoming import (
    LARGEST,
    MOST_FILES,
    REASONS,
    REFUSED,
    TRYING,
    Incoming,
    keep_progress,
    progress_of,
    upload_folder,
    upload_of,
    uploads,
    with_state,
)
from geodata.intake.issues import Issues
from geodata.store import SnapshotStore
from geodata.tables import tables
from tests.dashboard.server.served import FIRST, PASSWORD, Answer, Browser, Served, serve

SOURCE = """
[[source]]
file = "households*.csv"
table = "household"
[source.columns]
household_code = "id"
township = "town"
village = "village"
members = "members"
"""
TWO = "security.imports_by_two: [{value: true, document: 县}]\n"
OFFICERS = ("data_officer", "helper")


def _rows(count: int = 4, village: str = "") -> bytes:
    names = [f"v{n % 2}" for n in range(count)]
    frame = pd.DataFrame({"id": [f"SECRET{n}" for n in range(count)], "town": "甲镇"})
    frame["village"] = [village or name for name in names]
    return frame.assign(members=3).to_csv(index=False).encode()


def _county(folder: Path, *, two: bool = False) -> Path:
    shapes = [box(500_000 + 1000 * n, 3_600_000, 501_000 + 1000 * n, 3_601_000) for n in range(2)]
    layer = gpd.GeoDataFrame({"V": ["v0", "v1"], "T": "甲镇"}, geometry=shapes, crs="EPSG:4545")
    layer.to_file(folder.parent / f"{folder.name}.gpkg")
    stated = ("--boundary-code", "-", "--boundary-name", "V", "--boundary-township", "T")
    _cli(
        "init",
        folder,
        "--code",
        "990301",
        "--boundaries",
        folder.parent / f"{folder.name}.gpkg",
        *stated,
    )
    with (folder / "guatu.toml").open("a", encoding="utf-8") as lines:
        lines.write(SOURCE)
    if two:
        (folder / "parameters" / "two.yaml").write_text(TWO, encoding="utf-8")
    (folder / "raw" / "2031-01").mkdir()
    for count in (2, 4):
        (folder / "raw" / "2031-01" / "households.csv").write_bytes(_rows(count))
        _cli("import", folder, "--month", "2031-01")
    _cli("build", folder)
    guard = open_guard(folder)
    for name in (*load_roles(), "helper"):
        actor = Actor(name, "data_officer" if name == "helper" else name, ("990301",))
        guard.accounts.add(actor, FIRST, by="test", now=guard.trail.clock())
        guard.accounts.set_password(name, PASSWORD, by=name, now=guard.trail.clock())
    guard.trail.database.close()
    return folder


def _cli(*arguments: object) -> None:
    left = CliRunner().invoke(guatu, [str(one) for one in arguments])
    assert left.exit_code == 0, (left.output, left.exception)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serve(_county(tmp_path_factory.mktemp("imports") / "county", two=True)) as running:
        yield running


def _send(
    browser: Browser, month: str, files: dict[str, bytes], *, xsrf: str | None = None
) -> Answer:
    """Send the form of the page as a browser does, files and all."""
    if xsrf is None:
        page = browser.ask("/imports").body
        (xsrf, *_) = re.findall(r'name="_xsrf" value="([^"]+)"', page)
    line = uuid.uuid4().hex
    parts = [
        f'--{line}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in (("_xsrf", xsrf), ("month", month), ("do", "upload"))
    ]
    for name, content in files.items():
        head = f'Content-Disposition: form-data; name="files"; filename="{name}"\r\n'
        parts.append(
            f"--{line}\r\n{head}Content-Type: text/csv\r\n\r\n".encode() + content + b"\r\n"
        )
    body = b"".join([*parts, f"--{line}--\r\n".encode()])
    cookies = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
    headers = {"Content-Type": f"multipart/form-data; boundary={line}", "Cookie": cookies}
    connection = http.client.HTTPConnection("127.0.0.1", browser.port, timeout=120)
    with closing(connection):
        connection.request("POST", "/imports", body, headers)
        response = connection.getresponse()
        return Answer(response.status, response.headers, response.read().decode("utf-8", "replace"))


def _press(browser: Browser, do: str, **values: str) -> Answer:
    page = browser.ask("/imports").body
    (xsrf, *_) = re.findall(r'name="_xsrf" value="([^"]+)"', page)
    return browser.ask("/imports", {"_xsrf": xsrf, "do": do, **values})


def _until(told: Callable[[], bool]) -> None:
    for _ in range(1000):
        if told():
            return
        time.sleep(0.3)
    raise AssertionError("it did not come")


def _states(folder: Path) -> list[str]:
    return [one.state for one in uploads(folder)]


def test_only_who_may_import_sees_the_page_and_every_try_is_on_record(server: Served) -> None:
    for role in load_roles():
        allowed = "imports" in load_roles()[role].acts
        browser = server.browser(role)
        assert browser.ask("/imports").status == (200 if allowed else 403), role
        if not allowed:
            xsrf = browser.cookies.get("_xsrf", "")
            assert _send(browser, "2031-02", {"a.csv": b"x"}, xsrf=xsrf).status == 403
    assert uploads(server.folder) == ()
    guard = open_guard(server.folder)
    refused = guard.trail.records(act="imports", actor="analyst")
    guard.trail.database.close()
    assert {one.outcome for one in refused} == {"refused"}


def test_what_cannot_be_taken_is_said_and_nothing_is_kept(server: Served) -> None:
    browser = server.browser("data_officer")
    for month, files, sentence in (
        ("2031-13", {"households.csv": _rows()}, "2031-13"),
        ("2031-02", {"program.exe": b"x"}, "program.exe"),
        ("2031-02", {}, "没有选择文件"),
        ("2031-02", {f"{n}.csv": b"x" for n in range(MOST_FILES + 1)}, str(MOST_FILES)),
    ):
        answer = _send(browser, month, files)
        assert (answer.status, sentence in answer.body) == (400, True), sentence
    assert _send(browser, "2031-02", {"a.csv": b"x"}, xsrf="no").status == 403
    assert uploads(server.folder) == ()
    declared = {"Content-Length": str(MOST_THROWN_AWAY + 1), "Content-Type": "multipart/form-data"}
    assert browser.ask("/imports", method="POST", **declared).status == 413


def test_a_month_is_uploaded_tried_stored_by_another_and_taken_back(server: Served) -> None:
    folder, first = server.folder, server.browser("data_officer")
    assert _send(first, "2031-02", {"households.csv": _rows(6)}).status == 303
    _until(lambda: _states(folder)[0] == "tried")
    page = first.ask("/imports").body
    assert "读入 6 行，可入库 6 行" in page
    assert "SECRET" not in page
    key = uploads(folder)[0].key
    assert SnapshotStore(folder / "store").months() == ("2031-01",)
    assert not (folder / "raw" / "2031-02").exists()
    # The county asks for two.
    assert _press(first, "store", key=key).status == 400
    helper = server.browser("helper")
    assert _press(helper, "store", key=key).status == 303
    _until(lambda: _states(folder)[0] == "stored")
    store = SnapshotStore(folder / "store")
    assert store.history.current["2031-02"].who == "helper"
    assert (folder / "raw" / "2031-02" / "households.csv").read_bytes() == _rows(6)
    _until(lambda: (folder / "store" / "built" / "2031-02.json").is_file())
    assert _press(helper, "store", key=key).status == 400
    made = SnapshotStore(folder / "store").history.snapshots["2031-01-001"].who
    assert _press(helper, "undo", month="2031-02").status == 400
    assert _press(helper, "undo", month="2031-01").status == 303
    assert SnapshotStore(folder / "store").snapshot_of("2031-01") == "2031-01-001"
    # Who brought it in is told apart from who went back to it.
    page = helper.ask("/imports").body
    assert f"2031-01：2031-01-001，{made}，" in page
    assert "（helper 于 " in page
    guard = open_guard(folder)
    records = [one for one in guard.trail.records() if one.act.startswith("import_")]
    acts = [(one.act, one.actor) for one in records]
    ended = [(one.act, one.outcome) for one in records]
    guard.trail.database.close()
    # What a page refuses is on record as refused.
    assert {("import_store", "refused"), ("import_undo", "refused")} <= set(ended)
    assert ("import_upload", "data_officer") in acts
    assert ("import_store", "helper") in acts
    assert ("import_undo", "helper") in acts


def test_files_of_nobody_are_refused_and_can_be_dropped(server: Served) -> None:
    folder, browser = server.folder, server.browser("data_officer")
    assert _send(browser, "2031-03", {"nothing.csv": b"a,b\n1,2\n"}).status == 303
    _until(lambda: _states(folder)[0] == "refused")
    upload = uploads(folder)[0]
    assert "nothing.csv" in browser.ask("/imports").body
    # The trial told what is wrong before it ended; while one runs the page says how far it is.
    kept = progress_of(folder, upload.key)
    assert "nothing.csv" in kept["issues"][0]["sentence"]
    with_state(folder, upload, TRYING)
    issue = {"severity": "error", "kind": "formula_error", "file": "a.csv", "column": "members"}
    keep_progress(folder, upload.key, {**kept, "issues": [*kept["issues"], issue]})
    page = browser.ask("/imports").body
    assert ('http-equiv="refresh"' in page, "<progress" in page) == (True, True)
    assert f"（{kept['done']} / {kept['all']}）" in page
    assert "a.csv · “members”列" in page
    for step in ("places", "checks", "store", "", "a.csv"):
        keep_progress(folder, upload.key, {**kept, "name": step})
        said = re.findall(r'<p role="status">([^<]+)</p>', browser.ask("/imports").body)
        assert not re.search("places|checks|store", said[0]), said
    with_state(folder, upload, REFUSED, told=upload.told)
    assert _press(browser, "store", key=upload.key).status == 400
    assert _press(browser, "drop", key=upload.key).status == 303
    assert _states(folder)[0] == "dropped"
    dropped = browser.ask("/imports").body.split(f'id="{upload.key}"')[1].split("</section>")[0]
    assert "认不出" not in dropped
    assert "<table" not in dropped
    assert "2031-03" not in SnapshotStore(folder / "store").months()
    assert _press(browser, "store", key="../../etc").status == 400
    assert _press(browser, "burn", key=upload.key).status == 400


def test_a_name_that_is_in_no_list_is_decided_and_tried_again(server: Served) -> None:
    folder, browser = server.folder, server.browser("data_officer")
    assert _send(browser, "2031-04", {"households.csv": _rows(4, "vO")}).status == 303
    _until(lambda: _states(folder)[0] in ("tried", "refused"))
    key = uploads(folder)[0].key
    page = browser.ask("/imports").body
    assert "甲镇vO" in page
    for at, choice in (("9", "none"), ("x", "none"), ("0", "burn"), ("", "")):
        assert _press(browser, "place", key=key, at=at, choice=choice).status == 400
    assert "vO" not in (folder / "guatu.toml").read_text(encoding="utf-8")
    assert _press(browser, "place", key=key, at="0", choice="none").status == 303
    decided = read_config(folder).places.decisions
    assert decided == (PlaceDecision("vO", "", "甲镇"),)
    _until(lambda: _states(folder)[0] in ("tried", "refused"))
    guard = open_guard(folder)
    assert [one.actor for one in guard.trail.records(act="import_place")][-1] == "data_officer"
    guard.trail.database.close()


def test_going_back_brings_files_decisions_and_state_back(server: Served) -> None:
    folder, browser = server.folder, server.browser("data_officer")
    raw, settings = folder / "raw" / "2031-01" / "households.csv", folder / "guatu.toml"
    before = raw.read_bytes(), settings.read_bytes()
    now = SnapshotStore(folder / "store").snapshot_of("2031-01")
    assert _send(browser, "2031-01", {"households.csv": _rows(4, "vX")}).status == 303
    _until(lambda: _states(folder)[0] in ("tried", "refused"))
    key = uploads(folder)[0].key
    assert _press(browser, "place", key=key, at="0", choice="none").status == 303
    _until(lambda: _states(folder)[0] in ("tried", "refused"))
    helper = server.browser("helper")
    # What has errors is not the foremost thing to do, and is confirmed in words.
    page = helper.ask("/imports").body.split(f'id="{key}"')[1].split("</section>")[0]
    assert 'value="store" class="quiet"' in page
    assert 'name="confirm" value="1" required' in page
    assert _press(helper, "store", key=key).status == 400
    assert _press(helper, "store", key=key, confirm="1").status == 303
    _until(lambda: _states(folder)[0] in ("stored", "refused"))
    assert raw.read_bytes() == _rows(4, "vX")
    assert _press(helper, "undo", month="2031-01").status == 303
    assert (raw.read_bytes(), settings.read_bytes()) == before
    assert SnapshotStore(folder / "store").snapshot_of("2031-01") == now
    assert upload_of(folder, key).state == "undone"
    page = helper.ask("/imports").body.split(f'id="{key}"')[1].split("</section>")[0]
    assert "已退回" in page
    assert "已存入" not in page
    # The next upload is tried with the files from before.
    assert _send(browser, "2031-01", {"more.csv": b"a,b\n1,2\n"}).status == 303
    _until(lambda: _states(folder)[0] in ("tried", "refused"))
    kept = upload_folder(folder, uploads(folder)[0].key) / "raw" / "2031-01" / "households.csv"
    assert kept.read_bytes() == before[0]


def test_a_wrong_month_has_two_ways_out_and_no_folder_of_the_server(server: Served) -> None:
    folder, browser = server.folder, server.browser("data_officer")
    for way, month in (("month", "2031-05"), ("accept", "2031-06")):
        name = "households-2031-05.csv"
        assert _send(browser, "2031-06", {name: _rows(4)}).status == 303
        _until(lambda: _states(folder)[0] in ("tried", "refused"))
        key = uploads(folder)[0].key
        for lang, said in (("zh", "写的不是 2031-06"), ("en", "another month than 2031-06")):
            page = browser.ask(f"/imports?lang={lang}").body
            shown = page.split(f'id="{key}"')[1].split("</section>")[0]
            assert said in shown
            assert 'name="month" type="month" required' in shown
            assert 'value="2031-05"' in shown
            assert 'name="reason"' in shown
            assert str(folder.parent) not in page
            assert "--month" not in shown
        assert _press(browser, "accept", key=key, reason=" ").status == 400
        assert _press(browser, "month", key=key, month="2031-99").status == 400
        assert _press(browser, way, key=key, month="2031-05", reason="补报").status == 303
        _until(lambda: _states(folder)[0] in ("tried", "refused"))
        upload = upload_of(folder, key)
        assert (upload.state, upload.month) == ("tried", month)
        assert _press(browser, "drop", key=key).status == 303


def test_a_file_beyond_the_limit_is_named_with_the_limit_and_the_way_back(server: Served) -> None:
    browser = server.browser("data_officer")
    answer = _send(browser, "2031-02", {"大表.csv": b"x" * (LARGEST + 2**22)})
    assert answer.status == 413
    assert "大表.csv" in answer.body
    assert str(LARGEST // 2**20) in answer.body
    # That it came and was refused is on record.
    guard = open_guard(server.folder)
    last = guard.trail.records(act="import_upload")[-1]
    guard.trail.database.close()
    assert (last.outcome, last.actor) == ("refused", "data_officer")
    assert int(json.loads(last.detail)["bytes"]) > LARGEST
    assert 'href="./imports' in answer.body


@pytest.mark.parametrize("key", REASONS)
def test_every_refusal_that_a_reason_sets_right_has_a_box_for_it(tmp_path: Path, key: str) -> None:
    folder = make_workspace(tmp_path / "county", code="990101", name="示例县")
    upload = Incoming("0123456789ab", "2031-06", "li", "2031-07-01T08:00:00+08:00", (), "refused")
    home = upload_folder(folder, upload.key)
    home.mkdir(parents=True)
    said = dict.fromkeys(("zh", "en"), 'say --accept "REASON"')
    refused = {"key": key, "stated": "", "faults": "  1. 某表", "count": 1, "said": said}
    (home / "trial.json").write_text(json.dumps({"refused": refused}), "utf-8")
    for lang in ("zh", "en"):
        shown = UploadShown(read_config(folder), upload, lang, mine=False, whole=False).values()
        assert shown["accepts"]
        assert "--accept" not in shown["told"]
        assert "某表" in shown["told"]


@pytest.mark.parametrize("kind", ["accepted", "other_month"])
def test_what_a_reason_let_through_stands_at_the_top_with_the_reason(
    tmp_path: Path, kind: str
) -> None:
    folder = make_workspace(tmp_path / "county", code="990101", name="示例县")
    upload = Incoming("0123456789ab", "2031-06", "li", "2031-07-01T08:00:00+08:00", (), "tried")
    home = upload_folder(folder, upload.key)
    home.mkdir(parents=True)
    issues = Issues(tables())
    row = pd.DataFrame({"row": [None], "value": ["与上月逐行相同"], "header": ["数据截至"]})
    issues.add(kind, row, file="户信息.xlsx", sheet="sheet1", detail="核对过")
    trial = {"groups": alike(issues.frame(), tables()), "totals": {"error": 0}}
    (home / "trial.json").write_text(json.dumps(trial), "utf-8")
    for lang in ("zh", "en"):
        shown = UploadShown(read_config(folder), upload, lang, mine=False, whole=False).values()
        (line,) = shown["overrides"]
        assert "核对过" in line
        assert "与上月逐行相同" in line
