"""Notebooks are stored without outputs, in both languages, and run without a network."""

from __future__ import annotations

import ast
import importlib
import json
import os
import re
import shutil

import nbclient
import nbformat
import pytest

from dashboard.joining.demo import make_county
from tests.conftest import ROOT

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
every_notebook = pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
# The notebooks share one sample county, so they run one after the other on one worker.
one_worker = pytest.mark.xdist_group("notebooks")
# On Windows, on a server, of a user: a path of one machine.
PATH = re.compile(r"""["'(](?:[A-Za-z]:\\|/(?:[a-z]+)/|~/)""")


def _cells(notebook):
    return json.loads(notebook.read_text(encoding="utf-8"))["cells"]


def _code(notebook) -> str:
    cells = [cell for cell in _cells(notebook) if cell["cell_type"] == "code"]
    return "\n".join("".join(cell["source"]) for cell in cells)


def _words(notebook) -> str:
    cells = [cell for cell in _cells(notebook) if cell["cell_type"] == "markdown"]
    return "\n".join("".join(cell["source"]) for cell in cells)


def test_there_are_six_notebooks_in_order():
    assert [path.stem[:2] for path in NOTEBOOKS] == ["01", "02", "03", "04", "05", "06"]


@every_notebook
def test_notebook_is_stored_without_outputs(notebook):
    code = [cell for cell in _cells(notebook) if cell["cell_type"] == "code"]
    assert [cell["id"] for cell in code if cell["outputs"] or cell["execution_count"]] == []


@every_notebook
def test_notebook_begins_with_a_title_in_chinese_and_in_english(notebook):
    first = "".join(_cells(notebook)[0]["source"]).splitlines()
    assert re.match(r"# .*[\u4e00-\u9fff]", first[0])
    assert re.match(r"# [A-Z][a-z]+", first[1])


@every_notebook
def test_notebook_says_as_much_in_both_languages(notebook):
    words = _words(notebook)
    chinese = len(re.findall(r"[\u4e00-\u9fff]", words))
    english = len(re.findall(r"[A-Za-z]+", words))
    assert 0.35 < english / chinese < 1.2


@every_notebook
def test_notebook_names_no_path_of_a_machine(notebook):
    assert PATH.findall(_code(notebook)) == []


@every_notebook
def test_every_name_a_notebook_imports_is_there(notebook):
    missing = []
    for node in ast.walk(ast.parse(_code(notebook))):
        if isinstance(node, ast.ImportFrom):
            module = importlib.import_module(str(node.module))
            missing += [one.name for one in node.names if not hasattr(module, one.name)]
    assert missing == []


def test_no_function_is_defined_in_two_notebooks():
    defined = [
        node.name
        for notebook in NOTEBOOKS
        for node in ast.walk(ast.parse(_code(notebook)))
        if isinstance(node, ast.FunctionDef)
    ]
    assert len(defined) == len(set(defined))


@pytest.fixture(scope="session")
def temporary(counties, tmp_path_factory):
    """Return a folder that the notebooks take for the temporary one, with the sample county."""
    folder = tmp_path_factory.mktemp("notebooks")
    county = shutil.copytree(counties.sample(), folder / "guatu-notebooks" / "county")
    make_county(county)
    return folder


@one_worker
@pytest.mark.filterwarnings("default")
@every_notebook
def test_notebook_runs_from_start_to_end(notebook, temporary, tmp_path, monkeypatch):
    place = str(tmp_path)
    asked = nbformat.read(notebook, as_version=4)
    client = nbclient.NotebookClient(
        asked, timeout=300, kernel_name="python3", resources={"metadata": {"path": place}}
    )
    environment = {**os.environ, "TMPDIR": str(temporary), "IPYTHONDIR": place}
    client.execute(env=environment)
    shown = [cell.outputs for cell in asked.cells if cell.cell_type == "code" and cell.outputs]
    kinds = {kind for output in shown[-1] for kind in output.get("data", {})}
    assert kinds & {"text/html", "application/vnd.holoviews_exec.v0+json"}
    assert not list(tmp_path.glob("*.*")), "written outside the temporary folder"
