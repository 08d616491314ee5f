"""A briefing as slides (.pptx)."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from pptx.presentation import Presentation

from dashboard.briefing.briefing import Briefing, Progress
from dashboard.briefing.slides.basis import basis_slide
from dashboard.briefing.slides.canvas import new_deck
from dashboard.briefing.slides.cover import cover_slide
from dashboard.briefing.slides.overview import overview_slide
from dashboard.briefing.slides.place import place_slide
from dashboard.briefing.slides.rules import rules_slide
from dashboard.briefing.slides.time_series import time_series_slide
from dashboard.briefing.slides.worst_places import worst_slide

AddSlide = Callable[[Presentation], object]


def steps(briefing: Briefing) -> int:
    """Return how many slides there are."""
    return len(_slides(briefing))


def write(briefing: Briefing, file: Path, step: Progress) -> None:
    """Write the slides; `step` is told the name of each when it is drawn."""
    deck = new_deck(title=briefing.title, author=briefing.source.by)
    for name, draw in _slides(briefing):
        draw(deck)
        step(name)
    deck.save(str(file))


def _slides(briefing: Briefing) -> list[tuple[str, AddSlide]]:
    """Return name and drawing of every slide in order; the public has no findings."""
    slides: list[tuple[str, AddSlide]] = [
        ("cover", partial(cover_slide, briefing=briefing)),
        ("overview", partial(overview_slide, briefing=briefing)),
    ]
    for theme in briefing.themes:
        parts = [worst_slide, time_series_slide] + ([] if briefing.public else [rules_slide])
        slides += [(theme.key, partial(part, briefing=briefing, theme=theme)) for part in parts]
    for place in briefing.pages:
        slides.append((place, partial(place_slide, briefing=briefing, place=place)))
    slides.append(("origin", partial(basis_slide, briefing=briefing)))
    return slides
