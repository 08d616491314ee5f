"""One door to people: nobody else reads the store, and all that an analyst calls is on record."""

from __future__ import annotations

import dataclasses
import datetime
import tomllib
from collections.abc import Callable, Mapping
from copy import deepcopy

import grimp
import pandas as pd
import pytest
from importlinter.configuration import configure
from importlinter.contracts.forbidden import ForbiddenContract

import geodata.store
from geodata.access import (
    Actor,
    Request,
    command_actor,
    public_rows,
    table_privacy,
    tally,
)
from geodata.access._rows import month_tables
from geodata.access.process_origin import process_origin
from geodata.config import make_workspace
from geodata.errors import AccessError, ScopeError
from geodata.periods import months_until
from geodata.store import new_snapshot
from geodata.tables import tables
from geodata.workspace import Workspace, open_workspace
from geodata.workspace.composition import Asked
from geodata.workspace.month_tables import WHAT_IF, month_source
from geodata.workspace.saved import SUMS
from geodata.workspace.why import read_officials
from geodata.workspace.workspace import MonthResults
from tests.conftest import ROOT
from tests.geodata.workspace.test_workspace import LINE, accounts, rows

CONTRACT = "rows about people are read by geodata.access alone"
COUNTY, VILLAGE, OTHER_VILLAGE = "990101", "990101100201", "990101100202"
LAST, MONTH = "2024-12", "2025-01"
HOUSEHOLDS = tuple(f"xh{number:05d}" for number in range(6))
OFFICIAL = "王五"
MONITORED = {"household_type": "脱贫户", "members": 1, "monitored_category": "边缘易致贫户"}
# A value of each kind that no other column has.
SECRETS: Mapping[str, Callable[[str], object]] = {
    "text": lambda name: "13912345678" if name == "phone" else f"欧阳{name}",
    "certificate": lambda name: "99010119370307123X",
    "number": lambda name: {"longitude": 101.234567, "latitude": 31.765432}[name],
    "day": lambda name: datetime.date(1937, 3, 7),
}


def identity_columns() -> dict[str, dict[str, object]]:
    """Return a secret for each column of names and numbers of people, by table."""
    found: dict[str, dict[str, object]] = {}
    for name, privacy in table_privacy().items():
        for column, known in privacy.items():
            if known.column_class == "identity":
                kind = tables()[name].columns[column].kind
                found.setdefault(name, {})[column] = SECRETS[kind](column)
    return found


# As texts: a number is looked for in the form in which it would be printed.
SECRET_TEXTS = sorted({str(v) for table in identity_columns().values() for v in table.values()})


@pytest.fixture(scope="module")
def county(tmp_path_factory) -> Workspace:
    """Return a built county in which every column of names and numbers holds a secret."""
    folder = make_workspace(tmp_path_factory.mktemp("door") / "county", code=COUNTY, name="某县")
    (folder / "parameters" / "local.yaml").write_text(LINE, encoding="utf-8")
    at = {"place_code": VILLAGE, "reported_month": MONTH}
    with new_snapshot(folder / "store", LAST) as writer:
        before = {**MONITORED, "place_code": VILLAGE, "reported_month": LAST}
        writer.write_table(
            "household", rows("household", *({**before, "household_code": c} for c in HOUSEHOLDS))
        )
        writer.commit(who="clerk", at="2025-01-01T08:00:00", facts={})
    with new_snapshot(folder / "store", MONTH) as writer:
        for name, secrets in identity_columns().items():
            about = [{"household_code": code} for code in HOUSEHOLDS]
            if "household_code" not in tables()[name].columns:
                about = [{f"{name}_code": "W1"} if f"{name}_code" in tables()[name].columns else {}]
            own = {"person_code": "p1"} if "person_code" in tables()[name].columns else {}
            kind = MONITORED if name == "household" else {}
            writer.write_table(
                name, rows(name, *({**secrets, **at, **own, **kind, **one} for one in about))
            )
        ledger = [
            {**row, "reported_month": MONTH}
            for month in months_until(MONTH, 12)
            for code in HOUSEHOLDS
            for row in accounts(month, VILLAGE, code, {"a1": 20_000})
        ]
        writer.write_table("ledger", rows("ledger", *ledger))
        named = (
            {"place_code": c, "name": c, "reported_month": MONTH}
            for c in (COUNTY, VILLAGE, OTHER_VILLAGE)
        )
        writer.write_table("place", rows("place", *named))
        village = {"exited": True, "persons": 9, "reported_month": MONTH}
        both = ({**village, "place_code": code} for code in (VILLAGE, OTHER_VILLAGE))
        writer.write_table("village", rows("village", *both))
        official = {"role": "包村干部", "name": OFFICIAL, **at}
        writer.write_table("responsibility", rows("responsibility", official))
        writer.commit(who="clerk", at="2025-02-01T08:00:00", facts={})
    opened = open_workspace(folder)
    opened.build([MONTH])
    return opened


def sample(county: Workspace) -> object:
    numbers = {"villages": 2, "exited": 2, "missed": 0, "weak_share": 1.0}
    return county.draw_sample(seed=1, **numbers)


def household_tables(county: Workspace) -> list[str]:
    source = month_source(county.setup, county.month().built)
    built = [name for name in source.privacy if (source.folder / f"{name}.parquet").is_file()]
    return [*tables(), *(name for name in built if name.endswith("_household")), "flags"]


def everything(county: Workspace) -> object:
    reader = county.people()
    wanted = [
        name for name in household_tables(county) if "household_code" in columns(county, name)
    ]
    return [reader.rows(Request(name)).frame for name in wanted]


def columns(county: Workspace, name: str) -> set[str]:
    return set(month_source(county.setup, county.month().built).privacy.get(name, ()))


# All public names of a workspace and a month: those that give rows about people, and the others.
# A new name has no place here and fails the test.
PEOPLE: Mapping[str, Callable[[Workspace], object]] = {
    "card": lambda county: county.card(HOUSEHOLDS[0]),
    "changeover": lambda county: county.changeover(LAST, MONTH).changes,
    "draw_sample": sample,
    "flags": lambda county: county.flags,
    "flow_households": lambda county: county.flow_households("before"),
    "households": lambda county: county.households(COUNTY),
    "impact": lambda county: (
        county.impact({"monitor.line.per_capita": 1000}, whole=True).households
    ),
    "people": everything,
    "places": lambda county: county.places().rows(Request("works")).frame,
    "what_if": lambda county: county.what_if(items=["a1"]),
    "why": lambda county: county.why(VILLAGE),
}
OTHER = {
    "absence",
    "build",
    "change",
    "compositions",
    "cube",
    "flows",
    "guard",
    "hotspots",
    "indicator",
    "indicators",
    "month",
    "months",
    "setup",
    "warm",
    "write_atlas",
    "write_cube",
}
OF_MONTH: Mapping[str, Callable[[Workspace], object]] = {
    "flags": lambda county: county.month().flags,
    "features": lambda county: [
        county.month().features(*name.rsplit("_", 1))
        for name in household_tables(county)
        if name.endswith("_household")
    ],
}
OTHER_OF_MONTH = {"built", "counts", "figures", "guard", "reasons", "setup", "unanswered"}
CALLS = {
    **{f"county.{k}": v for k, v in PEOPLE.items()},
    **{f"month.{k}": v for k, v in OF_MONTH.items()},
}


def public(kind: type, thing: object) -> set[str]:
    return {name for name in (*dir(kind), *vars(thing)) if not name.startswith("_")}


def test_every_public_name_says_whether_it_gives_rows_about_people(county):
    assert public(Workspace, county) == {*PEOPLE, *OTHER}
    assert public(MonthResults, county.month()) == {*OF_MONTH, *OTHER_OF_MONTH}


def texts(value: object) -> str:
    """Return everything that a value holds as one text, frames and fields of records too."""
    if isinstance(value, pd.DataFrame | pd.Series):
        return value.to_csv()
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return " ".join(texts(getattr(value, one.name)) for one in dataclasses.fields(value))
    if isinstance(value, list | tuple | set):
        return " ".join(map(texts, value))
    if isinstance(value, dict):
        return " ".join(map(texts, (*value, *value.values())))
    return str(value)


@pytest.mark.parametrize("name", CALLS)
def test_whatever_gives_rows_about_people_masks_them_and_is_on_record(county, name):
    before = county.guard.trail.count()
    told = texts(CALLS[name](county))
    records = list(county.guard.trail.records())[before:]
    assert records
    assert {one.actor for one in records} == {command_actor().name}
    assert any(code in told for code in (*HOUSEHOLDS, OFFICIAL, "W1", "***"))
    assert [secret for secret in SECRET_TEXTS if secret in told] == []
    shown = county.guard.trail.shown(records)
    assert [secret for secret in SECRET_TEXTS if secret in texts([records, shown])] == []
    assert {(one.session, one.address) for one in records} == {process_origin()}
    seen = {code for code in HOUSEHOLDS if code in told}
    listed = {code for one in shown.values() for code in one.codes}
    assert seen <= listed | {one.subject for one in records}


def test_what_is_no_row_about_a_person_names_none_and_leaves_no_record(county):
    before = county.guard.trail.count()
    asked = Asked("low_income_share", (COUNTY,), "zh")
    calls = (
        county.month().counts,
        county.month().figures,
        county.month().unanswered,
        county.indicator("low_income_share"),
        [county.compositions(theme.key, asked) for theme in county.setup.themes],
        county.change(VILLAGE, "low_income_share", before=MONTH, month=MONTH),
        county.flows(VILLAGE),
        county.absence("low_income_share"),
        county.write_cube(),
        county._repr_html_(),
        county.warm(),
    )
    told = texts(calls)
    assert [one for one in (*SECRET_TEXTS, *HOUSEHOLDS) if one in told] == []
    assert county.guard.trail.count() == before


def test_the_secrets_are_there_to_be_found(county):
    read = month_tables(month_source(county.setup, county.month().built)).read
    # What has no place is read by nobody.
    placed = [name for name in identity_columns() if "place_code" in tables()[name].columns]
    raw = texts([read(Request(name), ("",)) for name in placed])
    assert [secret for secret in SECRET_TEXTS if secret not in raw] == []


def test_a_reason_opens_a_card_in_full_and_is_on_record(county):
    with pytest.raises(AccessError, match="至少"):
        county.card(HOUSEHOLDS[1], reason="x", ground="visit")
    card = county.card(HOUSEHOLDS[1], reason="今天上门核查住房安全", ground="visit")
    assert card.record["head_name"] == "欧阳head_name"
    (opened,) = county.guard.trail.records(act="unmask", outcome="allowed")
    assert (opened.subject, opened.reason) == (HOUSEHOLDS[1], "今天上门核查住房安全")
    assert "*" in county.card(HOUSEHOLDS[2]).record["head_name"]


def test_an_actor_without_the_place_reads_nothing_of_it(county):
    stranger = Actor("li", "township_officer", ("990102001",))
    for call in (
        lambda: county.card(HOUSEHOLDS[0], actor=stranger),
        lambda: county.people(actor=stranger).rows(Request("household", VILLAGE)),
        lambda: read_officials(county.people(actor=stranger), VILLAGE),
        lambda: county.people(actor=stranger).computed(
            pd.DataFrame({"place_code": [VILLAGE], "household_code": ["h0"]}),
            WHAT_IF,
            place=VILLAGE,
        ),
    ):
        with pytest.raises((ScopeError, geodata.errors.StoreError)):
            call()


def test_open_rows_and_tallies_hold_nothing_of_a_person(county):
    built = county.month().built
    source = month_source(county.setup, built)
    for name, table in tables().items():
        for column in table.columns:
            asked = Request(name, columns=(column,))
            privacy = source.place_privacy[name][column].column_class
            if privacy != "open" or "household_code" in table.columns:
                with pytest.raises(ValueError, match="read by a reader"):
                    public_rows(source, asked)
            if privacy == "identity" or column in ("household_code", "person_code"):
                with pytest.raises(ValueError, match="not counted"):
                    tally(source, asked, ("",))
    with pytest.raises(ValueError, match="read by a reader"):
        public_rows(source, Request("place"))
    with pytest.raises(ValueError, match="read by a reader"):
        public_rows(source, Request("flags", columns=("subject",)))
    counted = tally(source, Request("household", columns=("household_type",)), ("",))
    assert counted[["value", "rows"]].to_numpy().tolist() == [["脱贫户", len(HOUSEHOLDS)]]
    for name in (*household_tables(county), "nothing"):
        if name not in SUMS:
            with pytest.raises(ValueError, match="reader"):
                built.frame(name)


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    shown = {"include_external_packages": True, "exclude_type_checking_imports": True}
    return grimp.build_graph("geodata", "dashboard", **shown)


def contract() -> ForbiddenContract:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    known = settings["tool"]["importlinter"]["contracts"]
    (declared,) = (one for one in known if one["name"] == CONTRACT)
    configure()
    session = {"root_packages": ["geodata", "dashboard"], "include_external_packages": "True"}
    options = {k: str(v) if isinstance(v, bool) else v for k, v in declared.items()}
    return ForbiddenContract(CONTRACT, session, options)


@pytest.mark.parametrize(
    ("importer", "imported"),
    [
        ("dashboard.session.people", "geodata.access._rows"),
        ("dashboard.answers.source", "geodata.store.months"),
        ("geodata.workspace.evidence", "geodata.access._rows"),
        ("geodata.workspace.cards", "geodata.store.embedded"),
        ("geodata.workspace.household_list", "duckdb"),
        ("geodata.themes.registry", "geodata.store.months"),
    ],
)
def test_another_reader_of_the_store_breaks_the_import_rule(graph, importer, imported):
    # A check takes the imports that are allowed out of its graph.
    assert contract().check(deepcopy(graph), verbose=False).kept
    broken = deepcopy(graph)
    broken.add_import(importer=importer, imported=imported, line_number=1, line_contents="import")
    assert not contract().check(broken, verbose=False).kept


def test_the_store_hands_out_no_engine_under_its_own_name():
    opening = {"DuckDBEngine", "add_month", "open_engine", "RowEngine"}
    assert opening & {*vars(geodata.store)} == set()
