"""Serving an atlas or a workspace: its page, its outlines, and all the browser needs from here."""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable, Iterator
from typing import Any

import panel as pn

from dashboard.briefing.queue import BriefingQueue
from dashboard.layers.finding_counts import FindingCounts
from dashboard.pages.app import app_of
from dashboard.panels import Parts
from dashboard.server.auth import (
    AUDIT,
    BULLETINS,
    CHANGEOVER,
    IMPORTS,
    PARAMETERS,
    SESSIONS,
    SIGN_OUT,
    account_of,
)
from dashboard.server.briefings import briefing_routes
from dashboard.server.editions import Edition, Editions
from dashboard.server.geometry import GeometryFiles
from dashboard.server.new_accounts import NEW_ACCOUNTS, NewAccounts
from dashboard.server.serving import GUARD, Serving, make_server, run_server
from dashboard.server.warming import warm_county, warm_due, warm_opening, warm_scopes
from dashboard.session.parts import county_parts
from dashboard.session.state import State
from dashboard.views.account import SignedIn, signed_in
from geodata.access import Actor, Guard, Scope, open_guard, user_of_computer
from geodata.atlas import Atlas, open_atlas
from geodata.atlas.scoped import ScopedAtlas, within_scope
from geodata.errors import ScopeError
from geodata.kept import Kept
from geodata.workspace import Workspace, open_workspace

# The maps of so many scopes are kept; each is made from the one map of all.
_SCOPES = 256


def atlas_server(atlas: Atlas, serving: Serving) -> Any:
    """Return the server of an atlas, not started; raises ConfigError when it must not start."""
    seen_by = _seen_by(atlas, serving.guard) if serving.guard is not None else None
    files = GeometryFiles(atlas, seen_by)
    who = _signed_in(serving)
    app = app_of(atlas, files.sources, lang=serving.lang, seen_by=seen_by, account=who)
    # What it shows was read when it was opened.
    shows = bool(len(atlas.places))
    server = make_server(
        {"/": app}, serving, title=atlas.title, routes=files.routes(), has_data=lambda: shows
    )
    _beside(warm_opening, atlas)
    return server


def serve_atlas(atlas: Atlas, serving: Serving | None = None, **options: Any) -> None:
    """Serve the map page of an atlas until stopped; `options` are fields of Serving."""
    run_server(atlas_server(atlas, serving or Serving(**options)))


def county_server(county: Workspace, serving: Serving) -> Any:
    """Return the server of a workspace: the map, the reasons, the households and their cards.

    What a later build writes is shown to new pages; open ones are told.
    """
    folder = county.setup.config.folder
    guard = serving.guard or open_guard(folder)
    # The first edition is the workspace as it was opened; later ones are opened anew.
    opened = iter([county])

    def make() -> Edition:
        first = next(opened, None)
        edition = _edition(first or open_workspace(folder), serving, guard)
        if first is None:
            _warm(edition.atlas, guard, serving)
            _beside(warm_due, edition.findings)
        return edition

    editions = Editions(folder, make)
    title = editions.now.atlas.title
    handed = briefing_routes(BriefingQueue(folder), signs_in=serving.guard is not None)
    routes = [*editions.files.routes(), *handed]
    server = make_server(
        editions.apps(), serving, title=title, routes=routes, has_data=editions.has_data
    )
    server._tornado.settings[GUARD] = guard
    if serving.guard is None:
        server._tornado.settings[NEW_ACCOUNTS] = NewAccounts(guard)
    editions.watch(server._tornado)
    # In each process of its own, after they have parted.
    _beside(warm_county, county)
    _warm(editions.now.atlas, guard, serving)
    _beside(warm_due, editions.now.findings)
    return server


def _warm(atlas: Atlas, guard: Guard, serving: Serving) -> None:
    """Make beside the pages what the first of them would wait for."""
    _beside(warm_opening, atlas)
    if serving.guard is not None:
        _beside(warm_scopes, _scopes_of(atlas, guard))


def _beside(work: Callable[..., None], *given: object) -> None:
    threading.Thread(target=work, args=given, daemon=True).start()


def _edition(county: Workspace, serving: Serving, guard: Guard) -> Edition:
    """Return the pages of a workspace as its data are now."""
    atlas = open_atlas(county.setup.config.folder)
    seen_by = _seen_by(atlas, serving.guard) if serving.guard is not None else None
    files = GeometryFiles(atlas, seen_by)
    findings = FindingCounts(county)
    pages = county_apps(findings, atlas, files.sources, guard, serving)
    return Edition(atlas, findings, files, pages)


def county_apps(
    findings: FindingCounts,
    atlas: Atlas,
    sources: list[dict[str, str]],
    guard: Guard,
    serving: Serving,
) -> dict[str, Callable[[], Any]]:
    """Return the apps of a county by address: all themes together at /, and each by its key."""

    county = findings.county

    def parts_of(state: State) -> Parts:
        return county_parts(state, county, _actor(serving.guard), guard)

    app = functools.partial(
        app_of,
        atlas,
        sources,
        lang=serving.lang,
        seen_by=_seen_by(atlas, serving.guard) if serving.guard is not None else None,
        policy=county.setup.policy,
        findings=findings,
        parts_of=parts_of,
        account=_signed_in(serving),
    )
    chosen = {"/": county.setup.themes} | {f"/{one.key}": (one,) for one in county.setup.themes}
    return {at: app(themes=themes) for at, themes in chosen.items()}


def _signed_in(serving: Serving) -> Callable[[object, str], SignedIn | None] | None:
    """Return what makes the doors and links of whoever sent a request; none where nobody signs in."""
    if serving.guard is None:
        return None
    prefix = f"/{serving.prefix.strip('/')}".rstrip("/")

    def shown(request: object, lang: str) -> SignedIn | None:
        account = account_of(request)
        if account is None:
            return None
        at = {
            "sign_out": f"{prefix}{SIGN_OUT}?lang={lang}",
            "audit": f"{prefix}{AUDIT}?lang={lang}",
            "sessions": f"{prefix}{SESSIONS}?lang={lang}",
            "imports": f"{prefix}{IMPORTS}?lang={lang}",
            "parameters": f"{prefix}{PARAMETERS}?lang={lang}",
            "changeover": f"{prefix}{CHANGEOVER}?lang={lang}",
            "bulletins": f"{prefix}{BULLETINS}?lang={lang}",
        }
        return signed_in(account.actor, lang, **at)

    return shown


def _actor(guard: Guard | None) -> Actor:
    """Return who is looking: the account, or without accounts the user of this computer."""
    if guard is None:
        return user_of_computer()
    context: Any = pn.state.curdoc.session_context if pn.state.curdoc else None
    account = account_of(context.request) if context else None
    if account is None:
        raise ScopeError("access.sign_in_first")
    return account.actor


def _seen_by(atlas: Atlas, guard: Guard) -> Callable[[object], Atlas]:
    """Return what gives each request the atlas of its account; without one, nothing is seen."""

    def seen_by(request: object) -> Atlas:
        account = account_of(request)
        return _scoped(atlas, guard, Scope("auditor") if account is None else account.actor.scope)

    return seen_by


def _scoped(atlas: Atlas, guard: Guard, scope: Scope) -> ScopedAtlas:
    """Return the atlas of a scope, the same for all who have that scope."""
    kept: Kept = atlas.once(("scopes",), lambda: Kept(_SCOPES))
    smallest = guard.limits.small_count
    scoped: ScopedAtlas = kept.once(
        scope.key, lambda: within_scope(atlas, scope, smallest=smallest)
    )
    return scoped


def _scopes_of(atlas: Atlas, guard: Guard) -> Iterator[ScopedAtlas]:
    """Yield the atlases of the accounts there are, of those with the widest places first."""
    scopes = {
        one.actor.scope.key: one.actor.scope for one in guard.accounts.all() if not one.disabled
    }
    sees = [scope for scope in scopes.values() if scope.starts("figure")]
    for scope in sorted(sees, key=lambda one: (max(map(len, one.prefixes)), one.key)):
        yield _scoped(atlas, guard, scope)
