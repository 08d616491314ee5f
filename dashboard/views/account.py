"""Who is signed in, at the top of the page, with the way out and for an auditor that to the audit."""

from __future__ import annotations

import panel_material_ui as pmui

from dashboard.texts import text
from geodata.access import Actor
from geodata.escaping import plain_text


def account_links(
    actor: Actor, lang: str, *, sign_out: str, audit: str, sessions: str, imports: str
) -> list[pmui.Button]:
    """Return the links: to audit and imports for whoever may, to one's sign-ins, and out by one's name.

    `sign_out`, `audit`, `sessions` and `imports` are addresses on this server.
    """
    shared = {"variant": "text", "color": "light", "size": "large"}
    links = []
    if actor.allows("", "audit"):
        links.append(pmui.Button(label=text("audit_page.title", lang), href=audit, **shared))
    if actor.allows("", "imports"):
        links.append(pmui.Button(label=text("imports_page.title", lang), href=imports, **shared))
    own = text("sign_in.sessions_title", lang)
    links.append(pmui.Button(label=own, href=sessions, **shared))
    leave = text("page.sign_out", lang, name=plain_text(actor.name, 24))
    return [*links, pmui.Button(label=leave, href=sign_out, icon="logout", **shared)]
