"""A view opened for a person: the same figures as a page of the app, a picture or a slide."""

from __future__ import annotations

from dataclasses import dataclass, field

from matplotlib.figure import Figure
from pptx.presentation import Presentation

from dashboard.answers.answer import Answer, answer_of
from dashboard.answers.source import county_source
from dashboard.briefing.fragment import html_fragment
from dashboard.briefing.slides.canvas import new_deck
from dashboard.briefing.slides.worst_places import view_slide
from dashboard.maps.paper_sheet import PaperSheet
from dashboard.pages.app import county_page
from dashboard.view import View
from geodata.access import Actor, command_actor, open_guard, system_user
from geodata.atlas import open_atlas
from geodata.atlas.scoped import within_scope
from geodata.workspace import Workspace


@dataclass(frozen=True)
class OpenView:
    """A view with its answer; every form is made from the same `answer`."""

    view: View
    answer: Answer = field(repr=False)

    def app(self):  # type: ignore[no-untyped-def]
        """Return the page of the app at this view, as Panel shows it in a notebook."""
        source = self.answer.source
        return app_of_county(source.county, actor=source.actor, query=self.view.address)

    def figure(self, sheet: PaperSheet | None = None) -> Figure:
        """Return the map as a matplotlib figure."""
        return self.answer.map(sheet).figure

    def slide(self) -> Presentation:
        """Return a deck of this one slide, ready to be saved or shown."""
        deck = new_deck(title=self.answer.title, author=self.answer.source.by)
        view_slide(deck, self.answer)
        return deck

    def html(self) -> str:
        """Return title, picture, ranking and origin as HTML that fetches nothing."""
        return html_fragment(self.answer)

    def _repr_html_(self) -> str:
        return self.html()


def app_of_county(county: Workspace, *, actor: Actor | None = None, query: str = ""):  # type: ignore[no-untyped-def]
    """Return the page that the server shows, at an address (`query`), as Panel shows it in a notebook.

    Without an actor it is what a command on this computer sees: all places. What is read of
    households is masked and recorded in the audit of the workspace.
    """
    actor = actor or command_actor()
    folder = county.setup.config.folder
    guard = open_guard(folder)
    smallest = guard.limits.small_count
    atlas = within_scope(open_atlas(folder), actor.scope, smallest=smallest)
    return county_page(county, atlas, actor, guard, query)


def open_view(
    county: Workspace, *, actor: Actor | None = None, at: str = "", by: str = "", **asked: object
) -> OpenView:
    """Return a view of a workspace; `asked` are fields of View, each with its default.

    Without an actor it is what a command on this computer sees: all places. `at` and `by`
    stand on the pages as when and by whom they were made. Raises BriefingError for a period
    without data, a place outside the workspace, or an unknown theme or indicator.
    """
    by = by or (actor.name if actor else system_user())
    source = county_source(county, actor or command_actor(), at=at or "—", by=by)
    view = source.view(**asked)  # type: ignore[arg-type]
    return OpenView(view, answer_of(source, view))
