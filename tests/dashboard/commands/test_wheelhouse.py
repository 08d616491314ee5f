"""``guatu wheelhouse``: what is collected, and how it is checked where there is no network."""

from __future__ import annotations

import subprocess

from dashboard.commands.wheelhouse import pinned, write_scripts
from tests.conftest import ROOT


def test_every_requirement_is_pinned_with_all_it_needs():
    pins = pinned()
    names = {pin.split("==")[0] for pin in pins}
    assert {"panel", "geopandas", "tornado", "numpy", "sqlalchemy", "argon2-cffi-bindings"} <= names
    assert len(names) == len(pins)
    assert "pytest" not in names
    locked = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert [name for name in names if f"\n{name}==" not in f"\n{locked}"] == []


def test_what_only_windows_needs_is_collected_for_windows():
    assert {"colorama"} <= {pin.split("==")[0] for pin in pinned(windows=True)}


def test_a_damaged_wheel_stops_the_installation(tmp_path):
    (tmp_path / "requirements.txt").write_text("", encoding="utf-8")
    (tmp_path / "a-1-py3-none-any.whl").write_bytes(b"whole")
    write_scripts(tmp_path)
    check = ["sha256sum", "--quiet", "-c", "SHA256SUMS"]
    assert subprocess.run(check, cwd=tmp_path, check=False).returncode == 0
    (tmp_path / "a-1-py3-none-any.whl").write_bytes(b"other")
    install = [str(tmp_path / "install.sh"), str(tmp_path / "there")]
    assert subprocess.run(install, check=False, capture_output=True).returncode != 0
    assert not (tmp_path / "there").exists()
