"""Tests depend on nothing that whoever runs them has set for their own work."""

from __future__ import annotations

import os
import subprocess
import sys

from tests.conftest import ROOT


def test_no_variable_of_the_product_is_left_but_the_key_of_the_tests():
    told = "import os, tests.conftest; print(sorted(n for n in os.environ if 'GUATU' in n))"
    own = dict.fromkeys(("GUATU_LANG", "GUATU_DATABASE", "GUATU_LOG", "GUATU_AUDIT_KEY"), "en")
    inherited = {name: value for name, value in os.environ.items() if "PYTEST" not in name}
    said = subprocess.run(
        [sys.executable, "-c", told + "; print(os.environ['GUATU_AUDIT_KEY'])"],
        env=inherited | own | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    assert said[0] == "['GUATU_AUDIT_KEY']"
    assert said[1] != "en"
