"""What the mutation run knows of modules is true of the tree."""

from __future__ import annotations

from pathlib import Path

import yaml

from tests.conftest import ROOT
from tests.mutation.__main__ import CORE, mirrored
from tests.mutation.mutants import mutants_of


def test_every_core_module_has_tests_and_accepted_faults_are_faults_of_it():
    accepted = yaml.safe_load((ROOT / "tests" / "mutation" / "accepted.yaml").read_text("utf-8"))
    for name in CORE:
        assert mirrored(Path(name)), name
        for test in mirrored(Path(name)):
            assert (ROOT / test).is_file(), test
    for name, faults in accepted.items():
        known = {one.name for one in mutants_of((ROOT / name).read_text(encoding="utf-8"))}
        assert set(faults) <= known, name
