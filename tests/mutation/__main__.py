"""``python -m tests.mutation [MODULE ...]``: which faults of core modules no test fails on.

Without a module it takes all of CORE. A fault that changes nothing a caller could see stands in
accepted.yaml with its reason; the exit code is 1 when any other survives.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import yaml

from tests.mutation.mutants import mutants_of
from tests.mutation.running import ROOT, run_all

# Where it is decided what is true, what is shown, and to whom; with tests of other rooms that
# are about the module as well.
CORE: dict[str, tuple[str, ...]] = {
    "dashboard/layers/finding_counts.py": (),
    "dashboard/view.py": (),
    "geodata/access/masking.py": (),
    "geodata/access/scope.py": (),
    "geodata/codes.py": (),
    "geodata/figures/month.py": (),
    "geodata/figures/totals.py": (),
    "geodata/hotspots/multiple.py": ("tests/geodata/hotspots/test_analysis.py",),
    "geodata/periods.py": (),
    "geodata/policy/parameter.py": ("tests/geodata/policy/test_policy.py",),
    "geodata/rules/compile.py": ("tests/geodata/rules/test_rule.py",),
    "geodata/intake/header.py": ("tests/geodata/intake/test_readers.py",),
    "geodata/store/snapshots.py": (),
    "geodata/suppression/tree.py": (),
}


def mirrored(module: Path) -> list[str]:
    """Return the test files that mirror a module, and those that CORE names beside them."""
    folder = ROOT / "tests" / module.parent
    own = [*folder.glob(f"test_{module.stem}.py"), *folder.glob(f"test_{module.stem}_*.py")]
    return [*sorted(str(one.relative_to(ROOT)) for one in own), *CORE.get(str(module), ())]


def main() -> int:
    """Print the survivors of each module; return 1 when any is not accepted."""
    asked = argparse.ArgumentParser(prog="python -m tests.mutation")
    asked.add_argument("modules", nargs="*", type=Path, default=[Path(name) for name in CORE])
    asked.add_argument("--jobs", type=int, default=2)
    given = asked.parse_args()
    file = Path(__file__).with_name("accepted.yaml")
    accepted = yaml.safe_load(file.read_text(encoding="utf-8")) or {}
    alive = 0
    for module in given.modules:
        alive += _told(module, accepted.get(str(module), {}), given.jobs)
    print(f"{alive} survive that should not")
    return 1 if alive else 0


def _told(module: Path, accepted: dict[str, str], jobs: int) -> int:
    """Print what becomes of the mutants of one module; return how many survive unaccepted."""
    mutants = mutants_of((ROOT / module).read_text(encoding="utf-8"))
    outcomes = run_all(module, [one.source for one in mutants], mirrored(module), jobs=jobs)
    alive = killed = 0
    for mutant, outcome in zip(mutants, outcomes, strict=True):
        if outcome.word != "lives":
            killed += 1
        elif mutant.name in accepted:
            print(f"  accepted  {module}:{mutant.line} {mutant.name} ({accepted[mutant.name]})")
        else:
            alive += 1
            print(f"  SURVIVES  {module}:{mutant.line} {mutant.name}", flush=True)
    print(f"{module}: {killed} of {len(mutants)} killed, {alive} survive", flush=True)
    return alive


if __name__ == "__main__":
    sys.exit(main())
