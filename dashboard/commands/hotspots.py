"""``guatu hotspots``: the hot spots of a joined folder, each with its reason."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import click

from dashboard.texts import text


@click.command(help=text("hotspots_command.help"))
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--indicator", help=text("hotspots_command.indicator"))
@click.option("--period", help=text("hotspots_command.period"))
@click.option("--json", "as_json", is_flag=True, help=text("hotspots_command.json"))
def command(folder: Path, indicator: str | None, period: str | None, as_json: bool) -> None:
    """Print what is hot, indicator by indicator; raises AtlasError for an unknown one."""
    from dashboard.layers.hotspots import told_hotspots
    from geodata.atlas import open_atlas

    told = told_hotspots(open_atlas(folder), indicator, period)
    if as_json:
        click.echo(json.dumps(told, ensure_ascii=False, indent=1, allow_nan=False))
        return
    for layer in told["indicators"]:
        click.echo(text("hotspots_command.heading", **_only(layer, "indicator period finding")))
        for place in layer["places"]:
            if place["side"] > 0:
                click.echo(text("hotspots_command.line", **_only(place, "place parent why")))


def _only(values: Mapping[str, object], names: str) -> dict[str, object]:
    return {name: values[name] for name in names.split()}
