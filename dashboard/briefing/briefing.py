"""A briefing as it is ordered: month, place, themes, pages, language, and for whom."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from dashboard.answers.answer import Answer, answer_of
from dashboard.answers.source import Source
from dashboard.texts import text
from geodata.errors import BriefingError
from geodata.i18n import default_language
from geodata.kept import Kept
from geodata.themes import Theme

# Told the name of each step when it is done.
Progress = Callable[[str], object]
# The last answers are kept for the page after next, and for the notes.
_ANSWERS = 512


@dataclass(frozen=True)
class Briefing:
    """What every form of a file is made from; `answer` answers a view once for all its pages.

    `each` is the level whose places have a page of their own, empty for none; `paper` the size of
    prints (a4 or a3).
    """

    source: Source
    month: str
    place: str
    themes: tuple[Theme, ...]
    each: str = ""
    lang: str = "zh"
    public: bool = False
    paper: str = "a4"
    _kept: Kept = field(default_factory=lambda: Kept(_ANSWERS), repr=False, compare=False)

    @property
    def pages(self) -> tuple[str, ...]:
        """Return the places that have a page of their own, in code order."""
        if not self.each:
            return ()
        places = self.source.atlas.places_in(self.place, self.each)
        return tuple(key for key in places if key != self.place)

    @property
    def name(self) -> str:
        """Return the name of the place."""
        return self.source.atlas.name(self.place)

    @property
    def title(self) -> str:
        """Return what it is about: the one theme that it has, else all of them."""
        if len(self.themes) != 1:
            return text("slides.cover_title", self.lang, place=self.name)
        theme = self.themes[0].title[self.lang]
        return text("slides.cover_title_theme", self.lang, place=self.name, theme=theme)

    def indicators(self, theme: Theme, count: int | None = None) -> tuple[str, ...]:
        """Return the first indicators of a theme that have figures in the month."""
        return self.source.indicators_of(theme.key, self.month)[:count]

    def answer(
        self,
        theme: Theme,
        *,
        place: str | None = None,
        indicator: str | None = None,
        level: str | None = None,
    ) -> Answer:
        """Return the answer of a view of this briefing; by default the theme's first indicator."""
        view = self.source.view(
            theme=theme.key,
            indicator=indicator,
            place=place or self.place,
            period=self.month,
            level=level,
            lang=self.lang,
            public=self.public,
        )
        return self._kept.once(view, lambda: answer_of(self.source, view))


def briefing_of(
    source: Source,
    *,
    month: str | None = None,
    place: str | None = None,
    themes: Sequence[str] = (),
    each: str = "",
    lang: str | None = None,
    public: bool = False,
    paper: str = "a4",
) -> Briefing:
    """Return a briefing whose parts are there; raises BriefingError naming what is not.

    Without themes it has all that have figures in the month.
    """
    chosen_month, chosen_place = source.month_of(month), source.place_of(place)
    chosen = [source.theme(key) for key in dict.fromkeys(themes)]
    for theme in chosen:
        source.view(theme=theme.key, period=chosen_month, place=chosen_place)
    if not chosen:
        known = source.themes.values()
        chosen = [theme for theme in known if source.indicators_of(theme.key, chosen_month)]
    levels = source.atlas.levels
    if each and each not in levels:
        raise BriefingError("briefing.no_level", level=each, known="、".join(levels))
    lang = lang or default_language()
    return Briefing(source, chosen_month, chosen_place, tuple(chosen), each, lang, public, paper)
