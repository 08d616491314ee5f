"""``guatu serve``: open a workspace, or a joined folder as a map page."""

from __future__ import annotations

from pathlib import Path

import click

from dashboard.commands import tell_faults
from dashboard.texts import text


@click.command(help=text("serve.help"))
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--port", type=click.IntRange(1, 65535), default=5006, help=text("serve.port"))
@click.option("--address", default="127.0.0.1", help=text("serve.address"))
@click.option("--workers", type=click.IntRange(1, 64), default=1, help=text("serve.workers"))
@click.option("--prefix", default="", help=text("serve.prefix"))
@click.option("--proxy", is_flag=True, help=text("serve.proxy"))
@click.option("--host", "hosts", multiple=True, metavar="NAME", help=text("serve.host"))
@click.option("--no-open", is_flag=True, help=text("serve.no_open"))
@click.option("--lang", type=click.Choice(["zh", "en"]), help=text("serve.lang"))
def command(folder: Path, no_open: bool, **options) -> None:  # type: ignore[no-untyped-def]
    """Serve a folder until stopped."""
    from dashboard.panel_specs import panel_faults
    from dashboard.server.serve import atlas_server, county_server
    from dashboard.server.serving import Serving, run_server
    from geodata.access import guard_of_accounts
    from geodata.atlas import open_atlas
    from geodata.config.settings import FILE_NAME
    from geodata.workspace import open_workspace

    atlas = open_atlas(folder)
    guard = guard_of_accounts(folder)
    serving = Serving(guard=guard, open_browser=not no_open, **options)
    serving.check()
    lang = serving.lang
    url = f"http://{serving.address}:{serving.port}{serving.prefix.rstrip('/')}/"
    click.echo(text("serve.ready", lang, url=url, title=atlas.title))
    click.echo(text("serve.with_accounts" if guard else "serve.without_accounts", lang))
    if (folder / FILE_NAME).is_file():
        county = open_workspace(folder)
        tell_faults(county.setup.registry, lang)
        for fault in panel_faults():
            click.echo(fault.sentence(lang), err=True)
        run_server(county_server(county, serving))
    else:
        run_server(atlas_server(atlas, serving))
