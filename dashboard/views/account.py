"""Who is signed in, at the top of the page, with the doors that the account opens and the way out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import panel as pn
import panel_material_ui as pmui

from dashboard.texts import text
from dashboard.views.popover import popover
from geodata.access import Actor
from geodata.escaping import plain_text

# The top line is dark in every look; what stands on it has its colour from there.
_ON_BAR = {"color": "var(--on-bar)", "whiteSpace": "nowrap", "minWidth": "0"}


@dataclass(frozen=True)
class SignedIn:
    """Whoever is signed in: `doors` stand in the top line, `links` on the sheet behind the account."""

    doors: Sequence[pmui.Button] = ()
    links: Sequence[pmui.Button] = ()

    def bar(self, lang: str) -> list[pn.viewable.Viewable]:
        """Return what stands in the top line; nothing without a link."""
        if not self.links:
            return []
        label = text("page.account", lang)
        sheet = popover(
            label, lambda: self.links, icon="account_circle", color="light", width=240, sx=_ON_BAR
        )
        return [*self.doors, sheet]


def signed_in(
    actor: Actor,
    lang: str,
    *,
    sign_out: str,
    audit: str,
    sessions: str,
    imports: str,
    parameters: str,
    changeover: str,
    bulletins: str,
) -> SignedIn:
    """Return the door to imports for whoever may, and the links: to pages by right, one's sign-ins, and out.

    All but the first two are addresses on this server.
    """
    shared = {"variant": "text", "color": "light", "size": "large"}
    doors, links = [], []
    if actor.allows("", "audit"):
        links.append(pmui.Button(label=text("audit_page.title", lang), href=audit, **shared))
    if actor.scope.starts("parameters"):
        label = text("parameters_page.title", lang)
        links.append(pmui.Button(label=label, href=parameters, **shared))
    if actor.scope.starts("rows"):
        label = text("changeover_page.title", lang)
        links.append(pmui.Button(label=label, href=changeover, **shared))
    if actor.allows("", "imports"):
        label = text("imports_page.title", lang)
        doors.append(
            pmui.Button(
                label=label, href=imports, icon="upload_file", sx=_ON_BAR, margin=0, **shared
            )
        )
    if actor.scope.narrowed("", "rows"):
        label = text("bulletin.page_title", lang)
        links.append(pmui.Button(label=label, href=bulletins, **shared))
    own = text("sign_in.sessions_title", lang)
    links.append(pmui.Button(label=own, href=sessions, **shared))
    leave = text("page.sign_out", lang, name=plain_text(actor.name, 24))
    links.append(pmui.Button(label=leave, href=sign_out, icon="logout", **shared))
    return SignedIn(doors, links)
