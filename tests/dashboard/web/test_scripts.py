"""Scripts are modules that import each other, and reach the browser as one text."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from dashboard.web.scripts import plain_script, script_of
from tests.conftest import ROOT

DOM = "export function make(tag) { return tag }\nexport const size = 1\nconst own = 2\n"


def _written(folder, **files):
    for name, text in files.items():
        (folder / f"{name}.js").write_text(text, encoding="utf-8")
    return folder / "entry.js"


def test_a_script_holds_what_it_imports_once_and_exports_its_own_alone(tmp_path):
    entry = _written(
        tmp_path,
        dom=DOM,
        list='import {make} from "./dom.js"\nexport function list() { return make() }\n',
        entry='import {list} from "./list.js"\nimport {make, size} from "./dom.js"\n\n'
        "export function render() { return list() + make() + size }\n",
    )
    script = script_of(entry)
    assert "import" not in script
    assert re.findall(r"^export .*", script, re.MULTILINE) == [
        "export function render() { return list() + make() + size }"
    ]
    assert script.count("function make") == 1
    assert script.index("function make") < script.index("function list") < script.index("render")
    assert "export" not in plain_script(entry)


@pytest.mark.parametrize(
    ("files", "fault"),
    [
        ({"entry": 'import {own} from "./dom.js"\n'}, "does not export own"),
        ({"entry": 'import {make} from "./dom.js"\nconst own = 1\n'}, "own is at the top of"),
    ],
)
def test_a_script_that_would_fail_in_the_browser_fails_here(tmp_path, files, fault):
    with pytest.raises(ValueError, match=fault):
        script_of(_written(tmp_path, dom=DOM, **files))


def _lint(*paths):
    program = shutil.which("oxlint", path=Path(sys.executable).parent) or shutil.which("oxlint")
    assert program, "the extra `test` is not installed"
    command = [program, "--config", str(ROOT / ".oxlintrc.json"), *map(str, paths)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("export function render() { return nowhere }\n", "no-undef"),
        ("export function render() { const unused = 1 }\n", "no-unused-vars"),
        ('import {lost} from "./dom.js"\nlost()\n', "named"),
        ("export function render() { eval('1') }\n", "no-eval"),
    ],
)
def test_the_linter_of_scripts_finds_what_it_is_there_for(tmp_path, text, rule):
    told = _lint(_written(tmp_path, dom=DOM.replace("const own = 2\n", ""), entry=text).parent)
    assert told.returncode != 0
    assert rule in told.stdout


def test_our_scripts_pass_the_linter():
    told = _lint(ROOT / "dashboard")
    assert told.returncode == 0, told.stdout


def test_what_the_page_needs_of_the_dom_is_written_once():
    scripts = {
        file: file.read_text(encoding="utf-8") for file in (ROOT / "dashboard").rglob("*.js")
    }
    homes = [file.name for file, text in scripts.items() if "document.createElement(" in text]
    assert homes == ["dom.js"]


# What browsers learnt after Chromium 88, the oldest that counties have; of what the page adds for it
# (opening/browser.js) nothing is here.
_NEWER = {
    "scripts": re.compile(
        r"\bstructuredClone\(|\.(?:findLast|findLastIndex|toSorted|toReversed|toSpliced|with)\("
        r"|\b(?:Object|Map)\.groupBy\(|\bArray\.fromAsync\(|\bPromise\.(?:withResolvers|try)\("
        r"|\brandomUUID\(|\bAbortSignal\.(?:timeout|any)\(|\bstatic \{"
        r"|\.(?:showPopover|togglePopover|checkVisibility|roundRect|isWellFormed)\("
        r"|\bSegmenter\b|(?m:^await )|[\"'`][^\"'`\n]*:has\(|\binert\b|\bscrollend\b"
    ),
    "styles": re.compile(
        r":has\(|@layer\b|@scope\b|color-mix\(|oklch\(|light-dark\(|\d[dsl]v[hwib]\b|(?<!text-)overflow:\s*clip"
        r"|(?<![\w-])(?:translate|rotate|scale):|@starting-style|&\s*[.:{>]"
    ),
}


def _newer(kind, text):
    return [one.group() for one in _NEWER[kind].finditer(text)]


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("scripts", "const copy = structuredClone(rows)\n"),
        ("scripts", "const last = rows.findLast((row) => row)\n"),
        ("scripts", "class A { static { this.a = 1 } }\n"),
        ("scripts", "root.querySelector('.row:has(.on)')\n"),
        ("scripts", "await start()\n"),
        ("styles", ".a:has(.b) { color: red }"),
        ("styles", ".a { height: 100dvh }"),
        ("styles", ".a { rotate: 4deg }"),
    ],
)
def test_what_is_newer_than_the_oldest_browser_is_found(kind, text):
    assert len(_newer(kind, text)) == 1


def test_our_scripts_and_styles_use_nothing_newer_than_chromium_88():
    endings = {".js": "scripts", ".css": "styles"}
    faults = {
        str(file.relative_to(ROOT)): _newer(endings[file.suffix], file.read_text(encoding="utf-8"))
        for file in (ROOT / "dashboard").rglob("*.*")
        if file.suffix in endings
    }
    assert len(faults) > 60
    assert {file: found for file, found in faults.items() if found} == {}
