"""``guatu demo``: an invented county from its files to the browser, down to one household."""

from __future__ import annotations

from pathlib import Path

import click

from dashboard.texts import text

FOLDER = "guatu-demo"


@click.command(help=text("demo.help"))
@click.option("--join", "join_only", is_flag=True, help=text("demo.join"))
@click.option("--port", type=click.IntRange(1, 65535), default=5006, help=text("serve.port"))
@click.option("--folder", type=click.Path(path_type=Path), help=text("demo.folder"))
@click.option("--no-open", is_flag=True, help=text("serve.no_open"))
@click.option("--lang", type=click.Choice(["zh", "en"]), help=text("serve.lang"))
def command(
    join_only: bool, port: int, folder: Path | None, no_open: bool, lang: str | None
) -> None:
    """Make the county where it is not ready yet, and serve it until stopped."""
    from dashboard.server.serving import Serving

    serving = Serving(port=port, open_browser=not no_open, lang=lang)
    serving.check()
    if join_only:
        _serve_join(folder or Path(f"{FOLDER}-join"), serving)
    else:
        _serve_county(folder or Path(FOLDER), serving)


def _serve_county(folder: Path, serving) -> None:  # type: ignore[no-untyped-def]
    from tqdm import tqdm

    from dashboard.joining.demo import DEMO, make_county, steps_of
    from dashboard.server.serve import county_server
    from dashboard.server.serving import run_server

    lang = serving.lang
    click.echo(text("demo.county", lang, folder=str(folder), **DEMO))
    with tqdm(total=steps_of(), unit="", disable=None) as bar:

        def step(name: str) -> None:
            bar.set_description(text(f"demo.step_{name.partition(' ')[0]}", lang))
            bar.update()

        county = make_county(folder, step=step)
    server = county_server(county, serving)
    _ready(serving, str(county.setup.config.county.name))
    run_server(server)


def _serve_join(folder: Path, serving) -> None:  # type: ignore[no-untyped-def]
    from dashboard.joining.demo import make_demo
    from dashboard.server.serve import serve_atlas

    click.echo(text("demo.making", serving.lang, folder=str(folder)))
    atlas = make_demo(folder)
    _ready(serving, atlas.title)
    serve_atlas(atlas, serving)


def _ready(serving, title: str) -> None:  # type: ignore[no-untyped-def]
    url = f"http://{serving.address}:{serving.port}/"
    click.echo(text("serve.ready", serving.lang, url=url, title=title))
    click.echo(text("serve.without_accounts", serving.lang))
