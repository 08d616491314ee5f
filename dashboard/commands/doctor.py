"""``guatu doctor``: what is missing or odd, each thing with the command that mends it."""

from __future__ import annotations

import datetime
import json
import shlex
import shutil
import sys
from typing import TYPE_CHECKING

import click

from dashboard.texts import text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from geodata.workspace.checkup import Advice

_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "firefox", "microsoft-edge")


@click.command(help=text("doctor_command.help"))
@click.argument("workspace", default=".", type=click.Path(file_okay=False))
@click.option("--json", "as_json", is_flag=True, help=text("doctor_command.json_help"))
def command(workspace: str, as_json: bool) -> None:
    """Print the list; exit code 1 when something is to be done."""
    from geodata.workspace.checkup import FAULT, check_workspace

    now = datetime.datetime.now().astimezone()
    advice = [*check_workspace(workspace, now=now), *_computer(workspace)]
    faults = sum(one.level == FAULT for one in advice)
    if as_json:
        click.echo(json.dumps(_described(advice), ensure_ascii=False, indent=1))
    else:
        for one in advice:
            mark = text(f"doctor_command.{one.level}")
            click.echo(text("doctor_command.line", mark=mark, sentence=one.sentence()))
            click.echo(text("doctor_command.command", command=one.command))
        counts = {"faults": faults, "notices": len(advice) - faults}
        click.echo(text("doctor_command.count" if advice else "doctor_command.fine", **counts))
    sys.exit(1 if faults else 0)


def _described(advice: list[Advice]) -> list[dict[str, str]]:
    return [
        {
            "kind": one.key,
            "level": one.level,
            "sentence": one.sentence(),
            "command": one.command,
        }
        for one in advice
    ]


def _computer(workspace: str) -> Iterator[Advice]:
    """Say what this computer lacks for drawing and for looking."""
    import webbrowser

    from dashboard.maps.fonts import typeface
    from geodata.workspace.checkup import NOTICE, Advice

    face = typeface()
    if not face.has_chinese:
        names: dict[str, object] = {"names": face.missing[:3]}
        yield Advice("no_font", "sudo apt-get install fonts-noto-cjk", names)
    try:
        webbrowser.get()
    except webbrowser.Error:
        # Without a screen none is opened from here, but there may be one all the same.
        if any(map(shutil.which, _BROWSERS)):
            return
        command = f"guatu serve {shlex.quote(workspace)} --no-open"
        yield Advice("no_browser", command, level=NOTICE)
