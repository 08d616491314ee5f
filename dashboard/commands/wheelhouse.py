"""``guatu wheelhouse``: everything to install guatu on a computer without a network."""

from __future__ import annotations

import hashlib
import importlib.util
import subprocess
import sys
from pathlib import Path

import click

from dashboard.texts import text

_SOURCE = Path(__file__).resolve().parents[2]
_WINDOWS = {"sys_platform": "win32", "platform_system": "Windows", "os_name": "nt"}
_INSTALL_SH = """#!/bin/sh
# Installs guatu from this folder, without a network. Usage: ./install.sh [FOLDER]
set -eu
here=$(cd "$(dirname "$0")" && pwd)
target=${1:-/opt/guatu}
(cd "$here" && sha256sum --quiet -c SHA256SUMS)
"${PYTHON:-python3}" -m venv "$target"
"$target/bin/python" -m pip install --no-index --find-links "$here" -r "$here/requirements.txt" guatu
"$target/bin/guatu" --version
"""
_INSTALL_BAT = """@echo off\r
rem Installs guatu from this folder, without a network. Usage: install.bat [FOLDER]\r
set TARGET=%1\r
if "%TARGET%"=="" set TARGET=C:\\guatu\r
py -3 -m venv "%TARGET%" || exit /b 1\r
"%TARGET%\\Scripts\\python" -m pip install --no-index --find-links "%~dp0." -r "%~dp0requirements.txt" guatu || exit /b 1\r
"%TARGET%\\Scripts\\guatu" --version\r
"""


@click.command(help=text("wheelhouse.help"))
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--platform", "platforms", multiple=True, help=text("wheelhouse.platform"))
@click.option("--python-version", help=text("wheelhouse.python"))
@click.option(
    "--wheel",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help=text("wheelhouse.wheel"),
)
def command(
    folder: Path, platforms: tuple[str, ...], python_version: str | None, wheel: Path | None
) -> None:
    """Collect the pinned wheels, guatu's own, and the scripts that install them."""
    from geodata.errors import ConfigError

    if importlib.util.find_spec("pip") is None:
        raise ConfigError("wheelhouse.no_pip")
    if wheel is None and not (_SOURCE / "pyproject.toml").is_file():
        raise ConfigError("wheelhouse.no_wheel")
    folder.mkdir(parents=True, exist_ok=True)
    pins = pinned(windows=any(name.startswith("win") for name in platforms))
    (folder / "requirements.txt").write_text("\n".join(pins) + "\n", encoding="utf-8")
    target = [part for name in platforms for part in ("--platform", name)]
    target += ["--python-version", python_version] if python_version else []
    _pip("download", "-r", str(folder / "requirements.txt"), *target, "-d", str(folder))
    if wheel is not None:
        (folder / wheel.name).write_bytes(wheel.read_bytes())
    else:
        _pip("wheel", "--no-deps", str(_SOURCE), "-w", str(folder))
    write_scripts(folder)
    count = len(list(folder.glob("*.whl")))
    click.echo(text("wheelhouse.done", count=count, folder=folder))


def pinned(*, windows: bool = False) -> list[str]:
    """Return guatu's requirements and theirs, at the versions that are installed here.

    What only Windows needs is not installed elsewhere, so it is named without a version.
    """
    from importlib import metadata

    from packaging.requirements import Requirement

    target = dict(_WINDOWS) if windows else {}
    wanted, pins = list(_required()), {}
    while wanted:
        requirement = Requirement(wanted.pop())
        if requirement.marker is not None and not requirement.marker.evaluate(
            {"extra": "", **target}
        ):
            continue
        name = requirement.name.lower().replace("_", "-")
        if name in pins:
            continue
        try:
            distribution = metadata.distribution(requirement.name)
        except metadata.PackageNotFoundError:
            pins[name] = name
            continue
        pins[name] = f"{name}=={distribution.version}"
        wanted += distribution.requires or []
    return sorted(pins.values())


def write_scripts(folder: Path) -> None:
    """Write the scripts that install, and the checksums of every wheel."""
    (folder / "install.sh").write_text(_INSTALL_SH, encoding="utf-8", newline="\n")
    (folder / "install.sh").chmod(0o755)
    (folder / "install.bat").write_text(_INSTALL_BAT, encoding="utf-8", newline="")
    sums = [
        f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.name}\n"
        for file in sorted([*folder.glob("*.whl"), folder / "requirements.txt"])
    ]
    (folder / "SHA256SUMS").write_text("".join(sums), encoding="utf-8", newline="\n")


def _required() -> list[str]:
    """Return guatu's own requirements: of the checkout, else of the installed distribution."""
    import tomllib
    from importlib import metadata

    file = _SOURCE / "pyproject.toml"
    if file.is_file():
        project = tomllib.loads(file.read_text(encoding="utf-8"))["project"]
        dependencies: list[str] = project["dependencies"]
        return dependencies
    return metadata.requires("guatu") or []


def _pip(*arguments: str) -> None:
    from geodata.errors import ConfigError

    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", arguments[0]]
    only = ["--only-binary=:all:"] if arguments[0] == "download" else []
    done = subprocess.run([*command, *only, *arguments[1:]], check=False)
    if done.returncode:
        raise ConfigError("wheelhouse.pip_failed", code=done.returncode)
