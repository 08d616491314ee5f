"""The faults that are put into a module, and that a test which misses one is told apart."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.conftest import ROOT
from tests.mutation.mutants import mutants_of


@pytest.mark.parametrize(
    ("source", "faults"),
    [
        ("x = a < b", ["a < b -> a <= b"]),
        ("x = a < b <= c", ["a < b <= c -> a <= b <= c", "a < b <= c -> a < b < c"]),
        ("x = a is None", ["a is None -> a is not None"]),
        ("x = a and b", ["a and b -> a or b"]),
        ("x = not a", ["not a -> a"]),
        ("x = a - b", ["a - b -> a + b"]),
        ("x = True", ["True -> False"]),
        ("x = 3", ["3 -> 4"]),
        ("x = a if b else c", ["a if b else c -> c if b else a"]),
        ("x = '(a) AND (b) AND (c)'", ["'(a) AND (b) AND (c)' -> '(a) OR (b) AND (c)'"]),
        ("x = 'a'", []),
    ],
    ids=str,
)
def test_an_expression_is_exchanged_for_its_faults(source, faults):
    assert [mutant.name.removeprefix(": ") for mutant in mutants_of(source)] == faults


def test_a_return_and_a_condition_of_a_function_are_exchanged():
    source = "class A:\n def f(self, a: int = 1) -> list[3]:\n  if a:\n   return a\n  return None\n"
    assert [mutant.name for mutant in mutants_of(source)] == [
        "A.f: 1 -> 2",
        "A.f: if a: -> if not a:",
        "A.f: return a -> return None",
    ]


def test_what_decides_nothing_stays_and_repeated_faults_are_numbered():
    source = '"""1 < 2"""\nif TYPE_CHECKING:\n x = 1\nclass A:\n x: int = field(1, repr=False)\ny = (5, 5)'
    names = [mutant.name for mutant in mutants_of(source)]
    assert names == ["A: 1 -> 2", ": 5 -> 6", ": 5 -> 6 (2)"]


def test_every_mutant_differs_from_the_module_and_compiles():
    source = (ROOT / "geodata" / "access" / "scope.py").read_text(encoding="utf-8")
    made = mutants_of(source)
    assert len({mutant.source for mutant in made}) == len(made) > 50
    for mutant in made:
        compile(mutant.source, "scope.py", "exec")


def test_a_fault_that_no_test_fails_on_survives():
    run = "import sys; from tests.mutation.__main__ import *; import tests.mutation.__main__ as m;"
    run += "m.mirrored = lambda module: ['tests/mutation/example_tests.py'];"
    run += "sys.argv = ['', 'tests/mutation/example.py', '--jobs', '1']; sys.exit(m.main())"
    told = subprocess.run([sys.executable, "-c", run], cwd=ROOT, capture_output=True, text=True)
    assert told.returncode == 1, told.stderr
    survivors = [line.split(".py:")[1] for line in told.stdout.splitlines() if "SURVIVES" in line]
    assert survivors == ["8 is_grown: age >= 18 -> age > 18", "8 is_grown: 18 -> 19"]
    assert "tests/mutation/example.py: 1 of 3 killed, 2 survive" in told.stdout
