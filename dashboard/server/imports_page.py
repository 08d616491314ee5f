"""The page on which files of a month are brought: uploaded, tried, stored, and taken back."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from tornado.ioloop import IOLoop
from tornado.web import HTTPError

from dashboard.server.auth import IMPORTS, SIGN_OUT, SignIn
from dashboard.server.imports_shown import (
    UploadShown,
    doubtful,
    is_running,
    open_areas,
    refused_for,
)
from dashboard.server.plain_page import plain_page
from dashboard.server.run_command import run_command
from dashboard.server.sign_in import Page
from dashboard.texts import text
from dashboard.web.page_sentence import page_sentence
from geodata.access import Actor, AuditEntry
from geodata.config import Config, PlaceDecision, add_place_decision, read_config
from geodata.config.settings import FILE_NAME
from geodata.errors import GuatuError, SourceError
from geodata.escaping import plain_text
from geodata.intake.incoming import (
    LARGEST,
    MOST_FILES,
    REASONS,
    REFUSED,
    STORED,
    STORING,
    TRIED,
    TRYING,
    Incoming,
    drop_files,
    is_overtaken,
    keep_files,
    keep_progress,
    take_back,
    trial_of,
    upload_folder,
    upload_of,
    uploads,
    with_decision,
    with_others,
    with_state,
)
from geodata.store import SnapshotStore

_SHOWN = 12
_FILE_NAME = re.compile(r'filename="([^"]+)"')


class ImportsPage(Page):
    """For whoever may import; every step is in the audit before it is done. A value
    stands there where it is wrong, identities masked."""

    # The parts of a form take some room beside the files.
    largest_body = LARGEST + 2**20

    def too_large(self, first: bytes, size: int, lang: str) -> str:
        """Return the page about files of `size` bytes that were not taken; `first` bytes name one.

        That they were refused is on record where somebody has signed in.
        """
        account = self.sign_in.account(self)
        if account is not None:
            entry = AuditEntry.by(
                account.actor, "import_upload", outcome="refused", detail={"bytes": size}
            )
            self.sign_in.guard.trail.record(entry)
        named = _FILE_NAME.findall(first.decode("utf-8", "replace"))
        file = f"“{plain_text(named[0], 80)}”" if named else text("imports_page.these_files", lang)
        return plain_page(
            "note",
            lang,
            title=text("imports_page.title", lang),
            sentence=text(
                "imports_page.too_large",
                lang,
                file=file,
                sent=-(-size // 2**20),
                megabytes=LARGEST // 2**20,
            ),
            action=f".{IMPORTS}?lang={lang}",
            label=text("imports_page.back", lang),
        )

    def get(self) -> None:
        """Show what was brought and what the months show; it looks again while something is running."""
        self._show(self._officer("imports"))

    async def post(self) -> None:
        """Take files in, try them, store them, drop them, or go back to the snapshot before."""
        wanted, fault = self.get_body_argument("do", ""), ""
        act = {"upload": "import_upload", "store": "import_store", "drop": "import_drop"}
        act |= {"undo": "import_undo", "try": "import_upload", "place": "import_place"}
        act |= {"month": "import_upload", "accept": "import_upload"}
        if wanted not in act:
            raise HTTPError(400)
        actor = self._officer(act[wanted], subject=self._subject(wanted))
        try:
            await getattr(self, f"_do_{wanted}")(actor)
        except GuatuError as error:
            self.set_status(400)
            fault = page_sentence(error, self.lang)
            refused = AuditEntry.by(
                actor,
                act[wanted],
                subject=self._subject(wanted),
                outcome="refused",
                detail={"why": error.key},
            )
            self.sign_in.guard.trail.record(refused)
        if fault:
            self._show(actor, fault)
        else:
            self.redirect(f"{self.sign_in.prefix}{IMPORTS}?lang={self.lang}", status=303)

    @property
    def _config(self) -> Config:
        return read_config(self.sign_in.guard.folder)

    def _subject(self, wanted: str) -> str:
        name = {"undo": "month", "upload": "month"}.get(wanted, "key")
        return plain_text(self.get_body_argument(name, ""), 20)

    def _officer(self, act: str, subject: str = "") -> Actor:
        """Return who is asking when he may import, recorded; anybody else is refused, recorded."""
        account = self.sign_in.account(self)
        if account is None:
            raise HTTPError(403)
        actor = account.actor
        allowed = bool(actor.allows("", "imports"))
        outcome = "allowed" if allowed else "refused"
        # Looking shows nobody's row, and the page looks again by itself: only a refusal is recorded.
        if act != "imports" or not allowed:
            entry = AuditEntry.by(actor, act, subject=subject, outcome=outcome)
            self.sign_in.guard.trail.record(entry)
        if not allowed:
            raise HTTPError(403)
        if not (self.sign_in.guard.folder / FILE_NAME).is_file():
            raise HTTPError(404)  # a joined folder has no months
        return actor

    async def _do_upload(self, actor: Actor) -> None:
        sent = [(one.filename, one.body) for one in self.request.files.get("files", ())]
        month, whole = (
            self.get_body_argument("month", ""),
            self.get_body_argument("whole", "") == "1",
        )
        at = _now()
        config = self._config

        def keep() -> Incoming:
            return keep_files(config, month, sent, by=actor.name, at=at, whole=whole)

        self._start_trial(config, await self.in_thread(keep))

    async def _do_try(self, actor: Actor) -> None:
        upload = self._open_upload()
        self._start_trial(self._config, await self.in_thread(with_others, self._config, upload))

    async def _do_month(self, actor: Actor) -> None:
        """Take the files for another month, and try them again."""
        config, upload, month = self._config, self._open_upload(), self.get_body_argument("month")

        def moved() -> Incoming:
            return with_others(config, upload, month=month)

        self._start_trial(config, await self.in_thread(moved))

    async def _do_accept(self, actor: Actor) -> None:
        """Take files in spite of what they were refused for, for a reason that is kept with the snapshot."""
        reason = plain_text(self.get_body_argument("reason", ""), 300).strip()
        if not reason:
            raise SourceError("imports.no_reason")
        upload = self._open_upload()
        why = REASONS.get(refused_for(trial_of(self._config.folder, upload.key) or {}))
        if why is None:
            raise SourceError("imports.nothing_to_accept")
        accepted = with_state(self._config.folder, upload, upload.state, **{why: reason})
        self._start_trial(self._config, await self.in_thread(with_others, self._config, accepted))

    async def _do_drop(self, actor: Actor) -> None:
        await self.in_thread(drop_files, self._config.folder, self._open_upload())

    async def _do_store(self, actor: Actor) -> None:
        upload, config = self._open_upload(), self._config
        if upload.state != TRIED:
            raise SourceError("imports.not_tried")
        if self.sign_in.guard.limits.imports_by_two and actor.name == upload.by:
            raise SourceError("imports.by_two")
        if is_overtaken(config, upload):
            raise SourceError("imports.overtaken", month=upload.month)
        confirmed = self.get_body_argument("confirm", "") == "1"
        if doubtful(trial_of(config.folder, upload.key) or {}) and not confirmed:
            raise SourceError("imports.not_confirmed")
        keep_progress(config.folder, upload.key, {})
        storing = with_state(config.folder, upload, STORING, stored_by=actor.name)
        IOLoop.current().spawn_callback(_store, config, storing, self.lang)

    async def _do_place(self, actor: Actor) -> None:
        """Say what a name of the trial stands for: its proposal, or no place here; then try again."""
        config, upload = self._config, self._open_upload()
        areas = open_areas(trial_of(config.folder, upload.key) or {})
        at, choice = self.get_body_argument("at", ""), self.get_body_argument("choice", "")
        if not at.isdecimal() or int(at[:6]) >= len(areas) or choice not in ("accept", "none"):
            raise SourceError("imports.no_area")
        area = areas[int(at[:6])]
        if choice == "accept" and not area["code"]:
            raise SourceError("imports.no_area")
        code = area["code"] if choice == "accept" else ""
        decision = PlaceDecision(area["name"], code, area["township"])
        if decision not in config.places.decisions:
            await self.in_thread(add_place_decision, config.folder, decision)
            upload = with_decision(config.folder, upload, decision)
        self._start_trial(self._config, await self.in_thread(with_others, config, upload))

    async def _do_undo(self, actor: Actor) -> None:
        """Go back to the snapshot before, with the files and decisions that were before it."""
        config, month = self._config, self.get_body_argument("month", "")
        store = SnapshotStore(config.store)
        before = store.history.before(month)
        if before is None:
            raise SourceError("imports.nothing_before", month=plain_text(month, 20))
        if any(one.state == STORING and is_running(one) for one in uploads(config.folder)):
            raise SourceError("imports.storing")
        shown = store.snapshot_of(month)

        def restore() -> None:
            store.restore(before, who=actor.name, at=_now())
            for upload in uploads(config.folder):
                if upload.state == STORED and upload.snapshot == shown:
                    take_back(config, upload)

        await self.in_thread(restore)
        IOLoop.current().spawn_callback(run_command, ["build", str(config.folder)])

    def _open_upload(self) -> Incoming:
        upload = upload_of(self._config.folder, self.get_body_argument("key", ""))
        if not upload.is_open:
            raise SourceError("imports.closed")
        return upload

    def _start_trial(self, config: Config, upload: Incoming) -> None:
        keep_progress(config.folder, upload.key, {})
        trying = with_state(config.folder, upload, TRYING, told="")
        IOLoop.current().spawn_callback(_try, config, trying, self.lang)

    def _show(self, actor: Actor, fault: str = "") -> None:
        config = self._config
        shown = uploads(config.folder)[:_SHOWN]
        by_two = self.sign_in.guard.limits.imports_by_two
        asked = self.get_query_argument("whole", "")[:20]
        self.show(
            "imports",
            IMPORTS,
            title=text("imports_page.title", self.lang),
            running=any(is_running(one) for one in shown),
            fault=fault,
            limits=text(
                "imports_page.limits", self.lang, files=MOST_FILES, megabytes=LARGEST // 2**20
            ),
            by_two=by_two,
            uploads=[
                UploadShown(
                    config,
                    one,
                    self.lang,
                    mine=by_two and one.by == actor.name,
                    whole=one.key == asked,
                ).values()
                for one in shown
            ],
            whole_address=f"{self.sign_in.prefix}{IMPORTS}?lang={self.lang}&whole=",
            months=_months(config, self.lang),
            sign_out=f"{self.sign_in.prefix}{SIGN_OUT}",
            to_map=f"{self.sign_in.prefix}/" if actor.scope.starts("figure") else "",
        )


def imports_routes(sign_in: SignIn) -> list[tuple[Any, ...]]:
    """Return the route of the page of imports."""
    return [(IMPORTS, ImportsPage, {"sign_in": sign_in})]


def _now() -> str:
    return datetime.now().astimezone().isoformat(timespec="seconds")


async def _try(config: Config, upload: Incoming, lang: str) -> None:
    """Try an upload in a process of its own and keep what it says."""
    folder, home = config.folder, upload_folder(config.folder, upload.key)
    told = ["--dry-run", "--who", upload.by, "--report", str(home / "report")]
    fault = await _import(config, upload, told, lang)
    with_state(folder, upload, REFUSED if fault else TRIED, told=fault)


async def _store(config: Config, upload: Incoming, lang: str) -> None:
    """Import an upload in a process of its own, then build; the files move to those delivered."""
    fault = await _import(config, upload, ["--who", upload.stored_by], lang)
    if fault:
        with_state(config.folder, upload, REFUSED, told=fault)
        return
    snapshot = SnapshotStore(config.store).snapshot_of(upload.month)
    with_state(config.folder, upload, STORED, snapshot=snapshot, told="")
    await run_command(["build", str(config.folder)])


async def _import(config: Config, upload: Incoming, options: Sequence[str], lang: str) -> str:
    """Import an upload and keep what it said; returns the key of what is wrong, "" for nothing."""
    told = ["import", str(config.folder), "--month", upload.month, "--incoming", upload.key]
    told += ["--json", *options]
    if upload.accept_month:
        told += ["--accept-month", upload.accept_month]
    if upload.accept:
        told += ["--accept", upload.accept]
    out = upload_folder(config.folder, upload.key) / "trial.json"
    status = await run_command(told, out, lang)
    if not status:
        return ""
    refused = (trial_of(config.folder, upload.key) or {}).get("refused")
    return "imports_page.refused" if refused else "imports_page.broke_off"


def _months(config: Config, lang: str) -> list[dict[str, str]]:
    store = SnapshotStore(config.store)
    history = store.history
    entries = sorted(history.current.items(), reverse=True)[:_SHOWN]
    made = history.snapshots
    return [
        {
            "month": month,
            "told": text(
                "imports_page.month",
                lang,
                month=month,
                snapshot=one.snapshot,
                who=made.get(one.snapshot, one).who,
                at=made.get(one.snapshot, one).at[:16],
            )
            + (
                text("imports_page.restored", lang, who=one.who, at=one.at[:16])
                if one.action == "restore"
                else ""
            ),
            "before": history.before(month) or "",
        }
        for month, one in entries
    ]
