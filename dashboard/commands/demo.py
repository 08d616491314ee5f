"""``guatu demo``: an invented county on the map, from its shapefile to the browser."""

from __future__ import annotations

import tempfile
from pathlib import Path

import click

from dashboard.texts import text


@click.command(help=text("demo.help"))
@click.option("--port", type=click.IntRange(1, 65535), default=5006, help=text("serve.port"))
@click.option("--folder", type=click.Path(path_type=Path), help=text("demo.folder"))
@click.option("--no-open", is_flag=True, help=text("serve.no_open"))
@click.option("--lang", type=click.Choice(["zh", "en"]), help=text("serve.lang"))
def command(port: int, folder: Path | None, no_open: bool, lang: str | None) -> None:
    """Make the county, join it and serve it until stopped."""
    if folder is not None:
        _serve(folder, port, no_open, lang)
        return
    with tempfile.TemporaryDirectory(prefix="guatu-demo-") as scratch:
        _serve(Path(scratch), port, no_open, lang)


def _serve(folder: Path, port: int, no_open: bool, lang: str | None) -> None:
    from dashboard.joining.demo import make_demo
    from dashboard.server.serve import serve_atlas
    from dashboard.server.serving import refuse_taken

    refuse_taken("127.0.0.1", port)
    click.echo(text("demo.making", lang, folder=str(folder)))
    atlas = make_demo(folder)
    click.echo(text("serve.ready", lang, url=f"http://127.0.0.1:{port}/", title=atlas.title))
    click.echo(text("serve.without_accounts", lang))
    serve_atlas(atlas, port=port, open_browser=not no_open, lang=lang)
