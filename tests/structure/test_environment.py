"""Tests depend on nothing that whoever runs them has set for their own work."""

from __future__ import annotations

import ast
import os
import subprocess
import sys

import pytest

from tests.conftest import ROOT


def test_no_variable_of_the_product_is_left_but_the_keys_of_the_tests():
    told = "import os, tests.conftest; print({n: v for n, v in os.environ.items() if 'GUATU' in n})"
    own = dict.fromkeys(("GUATU_LANG", "GUATU_DATABASE", "GUATU_LOG", "GUATU_AUDIT_KEY"), "own")
    inherited = {name: value for name, value in os.environ.items() if "PYTEST" not in name}
    said = subprocess.run(
        [sys.executable, "-c", told],
        env=inherited | own | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    left = ast.literal_eval(said)
    assert {name.rpartition("_")[2] for name in left} == {"KEY"}
    assert "own" not in left.values()


@pytest.mark.xdist_group("alone")
def test_a_group_of_tests_keeps_to_one_worker(request):
    """Without its group a county, a Java and a browser are started in every worker anew."""
    grouped = request.config.getoption("loadgroup", default=False)
    assert request.node.nodeid.endswith("@alone") == grouped


@pytest.fixture(scope="module")
def made() -> object:
    return object()


def test_what_a_module_makes_is_made_in_one_worker(request, made):
    mark = request.node.get_closest_marker("xdist_group")
    assert mark.args == ("test_environment",)
