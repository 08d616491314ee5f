"""``guatu serve``: open a joined folder as a map page."""

from __future__ import annotations

from pathlib import Path

import click

from dashboard.texts import text


@click.command(help=text("serve.help"))
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--port", type=click.IntRange(1, 65535), default=5006, help=text("serve.port"))
@click.option("--address", default="127.0.0.1", help=text("serve.address"))
@click.option("--no-open", is_flag=True, help=text("serve.no_open"))
@click.option("--lang", type=click.Choice(["zh", "en"]), help=text("serve.lang"))
def command(folder: Path, port: int, address: str, no_open: bool, lang: str | None) -> None:
    """Serve the atlas of a folder until stopped."""
    from dashboard.server.serve import serve_atlas
    from geodata.atlas import open_atlas

    atlas = open_atlas(folder)
    click.echo(text("serve.ready", lang, url=f"http://{address}:{port}/", title=atlas.title))
    serve_atlas(atlas, port=port, address=address, open_browser=not no_open, lang=lang)
