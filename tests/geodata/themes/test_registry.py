"""Themes from outside: which enter, and what is said of those that do not."""

from __future__ import annotations

import shutil
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from geodata.themes import check_theme, find_themes, own_themes
from geodata.themes import registry as registry_module

OWN = [theme.key for theme in own_themes()]
FILES = {
    "theme.yaml": """
        title: {zh: 庭院经济, en: Yard economy}
        order: 9
        layers: [{indicator: yard_share}]
        card:
          yard: {zh: 庭院, en: Yard, features: [land], rules: [no_yard]}
        briefing: [{indicator: yard_share, zh: "{place}{value}{worst}", en: "{place} {value} {worst}"}]
        """,
    "features.yaml": "land: {zh: 耕地, en: farmland, unit: mu}",
    "features/household.sql": "SELECT household_code, place_code, farmland AS land FROM household",
    "rules/land.yaml": """
        no_yard:
          title: {zh: 没有耕地, en: No farmland}
          severity: low
          subject: household
          when: land <= :yard.least
          value: land
          threshold: ":yard.least"
          unit: number
          reason: {zh: "耕地 {value}", en: "{value} of land"}
          remedy: {zh: 核实, en: Check}
          responsible: township
          document: {zh: 产品做法, en: product practice}
        """,
    "indicators.yaml": """
        yard_share:
          title: {zh: 没有耕地户占比, en: Households without land}
          quantity: share
          counts: household
          base: household
          unit: percent
          worse: high
          rules: [no_yard]
        """,
    "units.yaml": "mu: {zh: 亩, en: mu, of: level}",
    "parameters/yard/least.yaml": """
        title: {zh: 最少耕地, en: Least farmland}
        quantity: level
        unit: mu
        values:
          - value: 0
            places: all
            scope: {zh: 产品缺省, en: product default}
            status: default
        """,
}


def write_theme(folder: Path) -> Path:
    """Write a whole theme into a folder."""
    for name, content in FILES.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        lines = content.strip("\n").splitlines()
        indent = len(lines[0]) - len(lines[0].lstrip())
        file.write_text("\n".join(line[indent:] for line in lines) + "\n", encoding="utf-8")
    return folder


def change(file: Path, before: str, after: str) -> None:
    content = file.read_text(encoding="utf-8")
    assert before in content
    file.write_text(content.replace(before, after), encoding="utf-8")


def only_fault(workspace: Path, *words: str) -> str:
    """Return the one fault, whose sentence has the words; ours and `good` are there all the same."""
    found = find_themes(workspace)
    assert [theme.key for theme in found.themes] == [*OWN, "good"]
    assert len(found.faults) == 1, [fault.sentence() for fault in found.faults]
    for lang in ("zh", "en"):
        for word in words:
            assert word in found.faults[0].sentence(lang)
    return found.faults[0].sentence("en")


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """Give a workspace with a theme that holds together and one, `yard`, to be spoilt."""
    good = write_theme(tmp_path / "themes" / "good")
    for file in good.rglob("*"):
        if file.is_file():
            content = file.read_text(encoding="utf-8")
            for name in ("no_yard", "yard_share", "yard.least"):
                content = content.replace(name, name.replace("yard", "good"))
            file.write_text(content, encoding="utf-8")
    (good / "parameters" / "yard").rename(good / "parameters" / "good")
    write_theme(tmp_path / "themes" / "yard")
    return tmp_path


def test_a_theme_in_the_workspace_enters_beside_ours(workspace):
    found = find_themes(workspace)
    assert [fault.sentence() for fault in found.faults] == []
    assert [theme.key for theme in found.themes] == [*OWN, "good", "yard"]
    assert [theme.key for theme in find_themes().themes] == OWN
    assert len(found.parameters) == 2


# File, what is replaced, by what -> words of the sentence: file, key or field, value, nearest.
SPOILT = {
    "unknown field of the theme": ("theme.yaml", "order: 9", "ordre: 9", "ordre", "order"),
    "unknown field of a rule": ("rules/land.yaml", "remedy:", "remedie:", "no_yard", "remedie"),
    "missing text": ("theme.yaml", "{zh: 庭院经济, en: Yard economy}", "{zh: 庭院经济}", "title", "en"),
    "missing text of a feature": ("features.yaml", ", en: farmland", "", "land", "en"),
    "empty text": ("features.yaml", "en: farmland", 'en: ""', "land", "en"),
    "unknown subject": ("rules/land.yaml", "subject: household", "subject: houshold", "houshold", "household"),
    "unknown office": ("rules/land.yaml", "responsible: township", "responsible: town", "town", "township"),
    "unknown feature": ("rules/land.yaml", "when: land", "when: lnad", "when", "lnad", "land"),
    "unknown parameter": ("rules/land.yaml", "when: land <= :yard.least", "when: land <= :yard.lest", "yard.lest", "yard.least"),
    "unknown table": ("features/household.sql", "FROM household", "FROM houshold", "houshold", "household"),
    "feature without a text": ("features/household.sql", "AS land", "AS land, members", "members", "features.yaml"),
    "no village": ("features/household.sql", "place_code, ", "", "place_code", "household"),
    "unknown indicator": ("theme.yaml", "layers: [{indicator: yard_share}]", "layers: [{indicator: yard_shre}]", "yard_shre", "yard_share"),
    "unknown figure over the map": ("theme.yaml", "order: 9", "strip: [yard_shre]", "strip", "yard_shre", "yard_share"),
    "half a short name": ("theme.yaml", "order: 9", "short: {zh: 庭院}", "short", "en"),
    "unknown target": ("indicators.yaml", "worse: high", "worse: high\ntarget: yard.most", "yard.most"),
    "unknown quantity": ("indicators.yaml", "quantity: share", "quantity: shar", "yard_share", "shar", "share"),
    "target of another quantity": ("indicators.yaml", "worse: high", "worse: high\ntarget: monitor.line.per_capita", "yard_share target", "monitor.line.per_capita"),
    "unknown thing": ("indicators.yaml", "counts: household", "counts: houshold", "yard_share", "houshold", "household"),
    "unknown unit": ("indicators.yaml", "unit: percent", "unit: percnt", "yard_share", "percnt", "percent"),
    "unknown role": ("theme.yaml", "order: 9", "household: {perons: land}", "perons", "persons"),
    "unknown feature on the card": ("theme.yaml", "features: [land]", "features: [lnad]", "lnad", "land"),
    "not a list": ("theme.yaml", "layers: [{indicator: yard_share}]", "layers: yard_share", "layers", "yard_share"),
    "no yaml": ("theme.yaml", "title: {", "title: {{", "theme.yaml"),
    "no expression": ("rules/land.yaml", "when: land <= :yard.least", "when: land <= (SELECT 1)", "when", "SELECT"),
    "unknown column": ("features/household.sql", "farmland AS", "farmlnd AS", "farmlnd"),
    "columns in a circle": ("features/household.sql", "farmland AS land", "x AS land, land AS x", "household.sql"),
    "types that do not fit": ("features/household.sql", "farmland AS", "farmland + TRUE AS", "household.sql"),
    "a rule of the wrong type": ("rules/land.yaml", "value: land", "value: land + TRUE", "no_yard"),
    "an indicator that sums by itself": ("indicators.yaml", "rules: [no_yard]", "numerator: COUNT(land)", "yard_share", "COUNT"),
    "unknown entry of a ledger": ("theme.yaml", "order: 9", "ledger: {entry: houshold, tasks: household, indicator: yard_share, of_entry: {closed: land}, of_task: {open: land}}", "ledger", "houshold", "household"),
    "unknown word of a ledger": ("theme.yaml", "order: 9", "ledger: {entry: household, tasks: household, indicator: yard_share, of_entry: {closed: land, quite_days: land}, of_task: {open: land}}", "ledger", "quite_days", "quiet_days"),
    "a ledger without what is closed": ("theme.yaml", "order: 9", "ledger: {entry: household, tasks: household, indicator: yard_share, of_entry: {title: land}, of_task: {open: land}}", "ledger", "closed"),
    "unknown feature of a ledger": ("theme.yaml", "order: 9", "ledger: {entry: household, tasks: household, indicator: yard_share, of_entry: {closed: lnad}, of_task: {open: land}}", "ledger", "lnad", "land"),
    "unknown points of sites": ("theme.yaml", "order: 9", "sites: {points: stie, origin: land, parts: {land: {zh: 地, en: land}}}", "sites", "stie"),
    "unknown word of sites": ("theme.yaml", "order: 9", "sites: {points: site, origin: land, parts: {land: {zh: 地, en: land}}, told: {housholds: land}}", "sites", "housholds", "households"),
    "half a title of a part": ("theme.yaml", "order: 9", "sites: {points: site, origin: land, parts: {land: {zh: 地}}}", "sites", "en"),
    "unknown points of a service": ("theme.yaml", "order: 9", "service: {points: stie, people: land, steps: [{zh: 一, en: One, says: {zh: 好, en: good}}]}", "service", "stie"),
    "a sentence with a place nothing fills": ("rules/land.yaml", "耕地 {value}", "耕地 {land}", "no_yard", "land"),
}  # fmt: skip


@pytest.mark.parametrize("spoilt", SPOILT)
def test_a_theme_that_does_not_hold_together_is_told_and_the_others_load(workspace, spoilt):
    name, before, after, *words = SPOILT[spoilt]
    file = workspace / "themes" / "yard" / name
    after = after.replace("\n", "\n  ")
    change(file, before, after)
    only_fault(workspace, "yard", name.rpartition("/")[2].partition(".")[0], *words)


# Field of an indicator of a product theme -> what is replaced in its file, by what, the misspelt name, the nearest.
MISSPELT = {
    "rules": ("rules: [income_below_line]", "rules: [income_below_lin]", "income_below_lin", "income_below_line"),
    "rules beside explained_by": ("rules: [income_below_line]", "rules: [income_below_line]\n  explained_by: [income_fel]", "income_fel", "income_fell"),
    "explained_by": ("explained_by: [income_below_line, income_fell]", "explained_by: [income_fel]", "income_fel", "income_fell"),
    "target": ("target: satisfaction.min", "target: satisfaction.mn", "satisfaction.mn", "satisfaction.min"),
    "a feature of a numerator": ("WHEN monitored_now THEN", "WHEN monitored_nwo THEN", "monitored_nwo", "monitored_now"),
    "a feature of whom it lists": ("numerator: 1", "numerator: 1\n  listed: {subject: household, where: monitored_nwo}", "monitored_nwo", "monitored_now"),
    "a feature of whom it leaves out": ("numerator: 1", "numerator: 1\n  listed: {subject: household, where: monitored_now, rest: monitored_nwo}", "monitored_nwo", "monitored_now"),
    "a parameter of a numerator": ("numerator: 1", "numerator: members + :satisfaction.mn", "satisfaction.mn", "satisfaction.min"),
    "sum_of": ("sum_of: [unstable_households,", "sum_of: [unstable_houshold,", "unstable_houshold", "unstable_households"),
    "flow": ("into: [identified_households]", "into: [identified_houshold]", "identified_houshold", "identified_households"),
}  # fmt: skip


@pytest.mark.parametrize("what", MISSPELT)
def test_a_name_that_an_indicator_of_ours_misspells_leaves_out_its_theme_alone(
    tmp_path, monkeypatch, what
):
    before, after, *words = MISSPELT[what]
    home = tmp_path / "themes"
    shutil.copytree(registry_module.FOLDER, home)
    file = home / "monitoring" / "indicators.yaml"
    change(file, before, after)
    monkeypatch.setattr(registry_module, "FOLDER", home)
    found = find_themes()
    assert [theme.key for theme in found.themes] == [key for key in OWN if key != "monitoring"]
    assert {fault.theme for fault in found.faults} == {"monitoring"}
    for lang in ("zh", "en"):
        said = " ".join(fault.sentence(lang) for fault in found.faults)
        for word in (str(file), *words):
            assert word in said


@pytest.mark.parametrize("name", ["features.yaml", "rules/land.yaml", "indicators.yaml"])
def test_a_slip_of_yaml_is_told_once_and_nothing_that_follows_from_it(workspace, name):
    file = workspace / "themes" / "yard" / name
    file.write_text("yard: {zh: [\n" + file.read_text("utf-8"), encoding="utf-8")
    (fault,) = check_theme(workspace / "themes" / "yard")[1]
    assert str(file) in fault.sentence()


@pytest.mark.parametrize(
    ("name", "before", "after", "key"),
    [
        ("features/household.sql", "FROM household", "FROM household WHERE (", "household.sql"),
        ("rules/land.yaml", "when: land <=", "when: land <= (", "no_yard when"),
        ("indicators.yaml", "rules: [no_yard]", "numerator: CASE WHEN", "yard_share numerator"),
    ],
)
def test_sql_that_cannot_be_read_is_told_with_its_place_and_without_codes(
    workspace, name, before, after, key
):
    file = workspace / "themes" / "yard" / name
    change(file, before, after)
    faults = check_theme(workspace / "themes" / "yard")[1]
    for lang in ("zh", "en"):
        told = " ".join(fault.sentence(lang) for fault in faults)
        assert str(file) in told
        assert key in told
        assert "[4m" not in told
        assert "\x1b" not in told


def test_all_that_is_wrong_with_a_table_is_told_at_once(workspace):
    file = workspace / "themes" / "yard" / "tables" / "plot.yaml"
    file.parent.mkdir()
    file.write_text(
        """
title: {zh: 地块, en: plot}
natur: state
key: [plot_cod]
columns:
  plot_code: {kind: code, zh: 编号, en: code, privacy: opn}
  area: {kind: numbr, zh: 面积, en: area}
  size: {kind: number, zh: 编号号, en: size}
  more: {kind: number, zh: 编号号, en: more}
""",
        encoding="utf-8",
    )
    told = " ".join(one.sentence("en") for one in check_theme(file.parents[1])[1])
    for word in ("natur", "plot_cod'", "opn", "numbr", "编号号"):
        assert word in told


def test_our_themes_hold_together():
    assert find_themes().faults == ()


# SQL that would read or change more than the county's tables, or give another answer each time.
HOSTILE = {
    "a file": "SELECT household_code, place_code, land FROM read_csv('/etc/passwd')",
    "a file by its name": "SELECT household_code, place_code, 1 AS land FROM '/etc/passwd'",
    "parquet": "SELECT household_code, place_code, 1 AS land FROM parquet_scan('a.parquet')",
    "the system": "SELECT household_code, place_code, getenv('HOME') AS land FROM household",
    "a setting": "SELECT household_code, place_code, current_setting('x') AS land FROM household",
    "a catalogue": "SELECT household_code, place_code, 1 AS land FROM information_schema.tables",
    "inside a WITH": "WITH a AS (SELECT * FROM glob('*')) SELECT household_code, place_code, 1 AS land FROM a",
    "two statements": "SELECT household_code, place_code, 1 AS land FROM household; DROP TABLE household",
    "a change": "DELETE FROM household",
    "a copy": "COPY household TO 'a.csv'",
    "another database": "ATTACH 'a.db'",
    "chance": "SELECT household_code, place_code, RANDOM() AS land FROM household",
    "the clock": "SELECT household_code, place_code, NOW() AS land FROM household",
    "features of another theme": "SELECT household_code, place_code, 1 AS land FROM monitoring_household",
    "who a person is": "SELECT household_code, place_code, head_name AS land FROM household",
    "everything about a person": "WITH a AS (SELECT * FROM household) SELECT household_code, place_code, MAX(head_name) AS land FROM a GROUP BY household_code, place_code",
}  # fmt: skip


@pytest.mark.parametrize("what", HOSTILE)
def test_sql_of_a_theme_reads_the_countys_tables_and_nothing_else(workspace, what):
    file = workspace / "themes" / "yard" / "features" / "household.sql"
    file.write_text(HOSTILE[what], encoding="utf-8")
    only_fault(workspace, "yard", "household.sql")


@pytest.mark.parametrize("field", ["scope", "when", "value", "threshold", "detail"])
def test_an_expression_of_a_rule_calls_no_function_that_reads_elsewhere(workspace, field):
    file = workspace / "themes" / "yard" / "rules" / "land.yaml"
    lines = [one for one in file.read_text("utf-8").splitlines() if f"  {field}:" not in one]
    lines.append(f"  {field}: read_text('/etc/passwd')")
    file.write_text("\n".join(lines), encoding="utf-8")
    only_fault(workspace, "land.yaml", field, "read_text")


def test_feature_sets_that_read_each_other_in_a_circle_are_told(workspace):
    home = workspace / "themes" / "yard" / "features"
    (home / "a.sql").write_text("SELECT household_code FROM yard_b", encoding="utf-8")
    (home / "b.sql").write_text("SELECT household_code FROM yard_a", encoding="utf-8")
    only_fault(workspace, "yard_a > yard_b > yard_a")


def test_of_two_themes_that_define_one_name_the_later_is_left_out(workspace):
    rules = workspace / "themes" / "yard" / "rules" / "land.yaml"
    change(rules, "no_yard:", "income_below_line:")
    change(workspace / "themes" / "yard" / "theme.yaml", "no_yard", "income_below_line")
    change(workspace / "themes" / "yard" / "indicators.yaml", "no_yard", "income_below_line")
    only_fault(workspace, "income_below_line", str(rules), "income.yaml")


def test_a_copy_of_a_theme_is_told_in_one_sentence(workspace):
    shutil.rmtree(workspace / "themes" / "yard")
    shutil.copytree(own_themes()[0].folder, workspace / "themes" / "yard")
    told_of = [fault.error.key for fault in find_themes(workspace).faults]
    assert told_of.count("themes.copied") == 1
    assert "themes.doubled" not in told_of


def test_a_folder_with_the_name_of_one_of_ours_is_left_out(workspace):
    shutil.move(workspace / "themes" / "yard", workspace / "themes" / "water")
    sentence = only_fault(workspace, str(workspace / "themes" / "water" / "theme.yaml"))
    assert str(next(t.folder for t in own_themes() if t.key == "water") / "theme.yaml") in sentence


def test_a_folder_without_a_theme_is_told(workspace):
    shutil.rmtree(workspace / "themes" / "yard")
    (workspace / "themes" / "yard").mkdir()
    only_fault(workspace, "theme.yaml", str(workspace / "themes" / "yard"))


def installed(workspace, monkeypatch, name: str, *, module: str = "") -> None:
    """Let an entry point of the name `yard` lead to a package that lies in the workspace."""
    monkeypatch.syspath_prepend(str(workspace))
    entry = EntryPoint("yard", module or name, registry_module.GROUP)
    monkeypatch.setattr(registry_module, "entry_points", lambda group: (entry,))


@pytest.mark.parametrize("module", ["guatu_empty", "guatu_nowhere", "guatu_empty.inner"])
def test_a_package_without_a_theme_is_named(workspace, monkeypatch, module):
    shutil.rmtree(workspace / "themes" / "yard")
    (workspace / "guatu_empty").mkdir()
    (workspace / "guatu_empty" / "__init__.py").touch()
    installed(workspace, monkeypatch, module)
    only_fault(workspace, "yard", module, "theme.yaml")


@pytest.mark.parametrize(
    "body",
    [
        "raise RuntimeError('broken inside')",
        "raise SystemExit(3)",
        "print('noise')",
        "import time; time.sleep(600)",
        "this is no Python",
        "import os; os._exit(3)",
    ],
)
@pytest.mark.parametrize("inner", ["", ".themes.yard"])
def test_of_a_package_only_the_files_of_the_theme_are_read(
    workspace, monkeypatch, capsys, body, inner
):
    name = f"guatu_{abs(hash((body, inner)))}"
    (workspace / name).mkdir()
    home = (workspace / name).joinpath(*filter(None, inner.split(".")))
    shutil.copytree(workspace / "themes" / "yard", home, dirs_exist_ok=True)
    shutil.rmtree(workspace / "themes" / "yard")
    (workspace / name / "__init__.py").write_text(body, encoding="utf-8")
    installed(workspace, monkeypatch, name, module=name + inner)
    found = find_themes(workspace)
    assert [fault.sentence() for fault in found.faults] == []
    assert [theme.key for theme in found.themes] == [*OWN, "good", "yard"]
    assert capsys.readouterr().out == ""


BOMB = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 12)
)
FILES_OF_NO_USE = {
    "anchors that blow up": BOMB.encode(),
    "anchors in a circle": b"title: &a [*a]",
    "fifty megabytes": b"title: " + b"x" * 50_000_000,
    "nested deeply": b"title: " + b"[" * 100_000,
    "nested deeply in lists": b"- " * 100_000 + b"x",
    "nested deeply by indents": b"".join(b" " * n + b"a:\n" for n in range(2_000)),
    "not UTF-8": "title: {zh: 庭院, en: yard}".encode("gb18030"),
    "bytes": bytes(range(256)),
    "a key written twice": "title: {zh: 庭院, en: yard}\norder: 1\norder: 2".encode(),
    "a list": b"- title",
    "nothing": b"",
    "a tag": b"title: !!python/object/apply:os.system [id]",
}


@pytest.mark.parametrize(
    "name", ["theme.yaml", "features.yaml", "tables/a.yaml", "rules/land.yaml"]
)
@pytest.mark.parametrize("what", FILES_OF_NO_USE)
def test_a_file_of_no_use_is_told_in_sentences_and_the_others_load(workspace, name, what):
    file = workspace / "themes" / "yard" / name
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(FILES_OF_NO_USE[what])
    told(workspace, str(file))


@pytest.mark.parametrize("name", ["theme.yaml", "indicators.yaml", "features.yaml"])
def test_a_folder_in_the_place_of_a_file_is_told(workspace, name):
    file = workspace / "themes" / "yard" / name
    file.unlink()
    file.mkdir()
    told(workspace, str(file))


def test_sql_that_is_no_text_is_told(workspace):
    file = workspace / "themes" / "yard" / "features" / "household.sql"
    file.write_bytes("SELECT '耕地'".encode("gb18030"))
    told(workspace, str(file), "UTF-8")


@pytest.mark.parametrize("name", ["", "theme.yaml", "features", "features/household.sql"])
def test_a_link_out_of_the_folder_is_told_and_not_followed(workspace, tmp_path_factory, name):
    here = workspace / "themes" / "yard" / name
    away = tmp_path_factory.mktemp("away") / "it"
    shutil.move(here, away)
    here.symlink_to(away)
    told(workspace, str(here))


def told(workspace: Path, *words: str) -> None:
    """Look that `yard` is left out with sentences that have the words, in both languages."""
    found = find_themes(workspace)
    assert [theme.key for theme in found.themes] == [*OWN, "good"]
    assert {fault.theme for fault in found.faults} == {"yard"}
    for lang in ("zh", "en"):
        said = " ".join(fault.sentence(lang) for fault in found.faults)
        assert len(said) < 5_000
        assert "Traceback" not in said
        for word in words:
            assert word in said


def test_all_that_is_wrong_with_all_files_is_told_at_once_and_nothing_else(workspace):
    home, words = workspace / "themes" / "yard", []
    for what in (
        "unknown field of the theme",
        "missing text of a feature",
        "unknown subject",
        "unknown office",
        "unknown quantity",
        "unknown thing",
        "unknown table",
    ):
        name, before, after, *of_it = SPOILT[what]
        change(home / name, before, after)
        words += [name.rpartition("/")[2], *of_it]
    change(home / "parameters" / "yard" / "least.yaml", "status: default", "status: defalt")
    (home / "cases").mkdir()
    (home / "cases" / "land.yaml").write_text(
        "no_yard: [{name: a, given: {land: 1}, answer: maybe}]", "utf-8"
    )
    faults = [fault.sentence("en") for fault in check_theme(home)[1]]
    for word in (*words, "defalt", "maybe"):
        assert any(word in fault for fault in faults), word
    # One sentence for each of the seven, the parameter and the case: nothing that only follows.
    assert len(faults) == 9, "\n".join(faults)


def test_an_indicator_needs_no_topic_and_stands_under_the_title_of_the_theme(workspace):
    home = workspace / "themes" / "yard"
    with (home / "theme.yaml").open("a", encoding="utf-8") as file:
        file.write("topics: [{zh: 土地, en: Land, indicators: [yard_share]}]\n")
    content = (home / "indicators.yaml").read_text(encoding="utf-8")
    (home / "indicators.yaml").write_text(
        content + content.replace("yard_share", "yard_more"), encoding="utf-8"
    )
    theme = find_themes(workspace).themes[-1]
    assert [(t.title["en"], t.indicators) for t in theme.topics] == [
        ("Land", ("yard_share",)),
        ("Yard economy", ("yard_more",)),
    ]


@pytest.mark.parametrize("key", OWN)
def test_a_theme_of_ours_that_does_not_hold_together_does_not_clash_with_itself(key, monkeypatch):
    """With a fault in it, the product goes without it, and its tables and choices stay where they are."""
    (theme,) = (one for one in own_themes() if one.key == key)
    others = tuple(one for one in own_themes() if one.key != key)
    monkeypatch.setattr(registry_module, "own_themes", lambda: others)
    assert check_theme(theme.folder) == (theme, ())
