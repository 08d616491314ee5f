"""The page on which files of a month are brought: uploaded, tried, stored, and taken back."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from tornado.ioloop import IOLoop
from tornado.web import HTTPError

from dashboard.server.auth import IMPORTS, SIGN_OUT, SignIn
from dashboard.server.sign_in import Page
from dashboard.texts import text
from geodata.access import Actor, AuditEntry
from geodata.config import Config, PlaceDecision, add_place_decision, read_config
from geodata.config.settings import FILE_NAME
from geodata.errors import GuatuError, SourceError
from geodata.escaping import plain_text
from geodata.i18n import CATALOGUE
from geodata.intake.incoming import (
    LARGEST,
    MOST_FILES,
    PATIENCE,
    REFUSED,
    STORED,
    STORING,
    TRIED,
    TRYING,
    Incoming,
    drop_files,
    keep_files,
    keep_progress,
    progress_of,
    trial_of,
    upload_folder,
    upload_of,
    uploads,
    with_state,
)
from geodata.store import SnapshotStore

LOGGER = logging.getLogger("guatu.server")
_SHOWN, _KINDS = 12, 30
_ROWS = 5


class ImportsPage(Page):
    """For whoever may import; every step is in the audit before it is done. No value of a row is shown."""

    # The parts of a form take some room beside the files.
    largest_body = LARGEST + 2**20

    def get(self) -> None:
        """Show what was brought and what the months show; it looks again while something is running."""
        self._show(self._officer("imports"))

    async def post(self) -> None:
        """Take files in, try them, store them, drop them, or go back to the snapshot before."""
        wanted, fault = self.get_body_argument("do", ""), ""
        act = {"upload": "import_upload", "store": "import_store", "drop": "import_drop"}
        act |= {"undo": "import_undo", "try": "import_upload", "place": "import_place"}
        if wanted not in act:
            raise HTTPError(400)
        actor = self._officer(act[wanted], subject=self._subject(wanted))
        try:
            await getattr(self, f"_do_{wanted}")(actor)
        except GuatuError as error:
            self.set_status(400)
            fault = error.sentence(self.lang)
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
        self._start_trial(self._config, upload)

    async def _do_drop(self, actor: Actor) -> None:
        await self.in_thread(drop_files, self._config.folder, self._open_upload())

    async def _do_store(self, actor: Actor) -> None:
        upload, config = self._open_upload(), self._config
        if upload.state != TRIED:
            raise SourceError("imports.not_tried")
        if self.sign_in.guard.limits.imports_by_two and actor.name == upload.by:
            raise SourceError("imports.by_two")
        storing = with_state(config.folder, upload, STORING, stored_by=actor.name)
        IOLoop.current().spawn_callback(_store, config, storing)

    async def _do_place(self, actor: Actor) -> None:
        """Say what a name of the trial stands for: its proposal, or no place here; then try again."""
        config, upload = self._config, self._open_upload()
        areas = _open_areas(trial_of(config.folder, upload.key) or {})
        at, choice = self.get_body_argument("at", ""), self.get_body_argument("choice", "")
        if not at.isdecimal() or int(at[:6]) >= len(areas) or choice not in ("accept", "none"):
            raise SourceError("imports.no_area")
        area = areas[int(at[:6])]
        if choice == "accept" and not area["code"]:
            raise SourceError("imports.no_area")
        code = area["code"] if choice == "accept" else ""
        decision = PlaceDecision(area["name"], code, area["township"])
        await self.in_thread(add_place_decision, config.folder, decision)
        self._start_trial(self._config, upload)

    async def _do_undo(self, actor: Actor) -> None:
        config, month = self._config, self.get_body_argument("month", "")
        before = _snapshot_before(SnapshotStore(config.store), month)
        if before is None:
            raise SourceError("imports.nothing_before", month=plain_text(month, 20))

        def restore() -> None:
            SnapshotStore(config.store).restore(before, who=actor.name, at=_now())

        await self.in_thread(restore)
        IOLoop.current().spawn_callback(_run, ["build", str(config.folder)])

    def _open_upload(self) -> Incoming:
        upload = upload_of(self._config.folder, self.get_body_argument("key", ""))
        if not upload.is_open:
            raise SourceError("imports.closed")
        return upload

    def _start_trial(self, config: Config, upload: Incoming) -> None:
        keep_progress(config.folder, upload.key, {})
        trying = with_state(config.folder, upload, TRYING)
        IOLoop.current().spawn_callback(_try, config, trying)

    def _show(self, actor: Actor, fault: str = "") -> None:
        config = self._config
        shown = uploads(config.folder)[:_SHOWN]
        running = any(one.state in (TRYING, STORING) for one in shown)
        by_two = self.sign_in.guard.limits.imports_by_two
        self.show(
            "imports",
            IMPORTS,
            title=text("imports_page.title", self.lang),
            running=running,
            fault=fault,
            limits=text(
                "imports_page.limits", self.lang, files=MOST_FILES, megabytes=LARGEST // 2**20
            ),
            by_two=by_two,
            uploads=[self._upload(config, one, actor) for one in shown],
            months=_months(config, self.lang),
            sign_out=f"{self.sign_in.prefix}{SIGN_OUT}",
            to_map=f"{self.sign_in.prefix}/" if actor.scope.starts("figure") else "",
        )

    def _upload(self, config: Config, upload: Incoming, actor: Actor) -> dict[str, object]:
        trial = trial_of(config.folder, upload.key) or {}
        state = _state(upload)
        mine = self.sign_in.guard.limits.imports_by_two and upload.by == actor.name
        acts = {TRIED: ["drop"] if mine else ["store", "drop"], REFUSED: ["try", "drop"]}
        told = text("imports_page.wait_for_other", self.lang) if mine and state == TRIED else ""
        running = progress_of(config.folder, upload.key) if state in (TRYING, STORING) else {}
        return {
            "key": upload.key,
            "title": text(
                "imports_page.upload",
                self.lang,
                month=upload.month,
                by=upload.by,
                at=upload.at[:16],
            ),
            "state": text(f"imports_page.state_{state}", self.lang),
            "files": "、".join(upload.files),
            "told": told or upload.told,
            "running": _progress(running, self.lang),
            "done": running.get("done", 0),
            "all": running.get("all", 1),
            "early": [
                str(one["sentence"]) for one in running.get("issues", ()) if "sentence" in one
            ],
            # What an earlier trial said is no longer so while the next one runs.
            "totals": "" if running else _totals(trial, self.lang),
            "sheets": [] if running else _sheets(trial, self.lang),
            "issues": _issues(_early(running) if running else trial, self.lang),
            "areas": self._areas(trial) if state in (TRIED, REFUSED) else [],
            "acts": [
                (act, text(f"imports_page.do_{act}", self.lang)) for act in acts.get(state, ())
            ],
        }

    def _areas(self, trial: dict[str, Any]) -> list[dict[str, str]]:
        """Return the names that are in no list, with what each may be."""
        return [
            {
                "at": str(at),
                "told": text(
                    "imports_page.area",
                    self.lang,
                    name=f"{area['township']}{area['name']}",
                    rows=area["rows"],
                ),
                "proposal": area["proposal"],
            }
            for at, area in enumerate(_open_areas(trial)[:_KINDS])
        ]


def imports_routes(sign_in: SignIn) -> list[tuple[Any, ...]]:
    """Return the route of the page of imports."""
    return [(IMPORTS, ImportsPage, {"sign_in": sign_in})]


def _now() -> str:
    return datetime.now().astimezone().isoformat(timespec="seconds")


def _state(upload: Incoming) -> str:
    """Return the state of an upload; what has been running too long was cut off, and can be tried again."""
    running = upload.state in (TRYING, STORING)
    late = datetime.fromisoformat(upload.at) + PATIENCE < datetime.now().astimezone()
    return REFUSED if running and late else upload.state


async def _try(config: Config, upload: Incoming) -> None:
    """Try an upload in a process of its own and keep what it says."""
    folder, home = config.folder, upload_folder(config.folder, upload.key)
    told = ["import", str(folder), "--month", upload.month, "--incoming", upload.key]
    told += ["--dry-run", "--json", "--who", upload.by, "--report", str(home / "report")]
    status, said = await _run(told, home / "trial.json")
    if status == 0:
        with_state(folder, upload, TRIED)
        return
    trial = trial_of(folder, upload.key) or {}
    sentences = [str(one.get("sentence", "")) for one in trial.get("issues", ())]
    with_state(folder, upload, REFUSED, told=plain_text(" ".join(sentences) or said, 2000))


async def _store(config: Config, upload: Incoming) -> None:
    """Import an upload in a process of its own, then build; the files move to those delivered."""
    folder = config.folder
    told = ["import", str(folder), "--month", upload.month, "--incoming", upload.key]
    status, said = await _run([*told, "--who", upload.stored_by])
    if status:
        with_state(folder, upload, REFUSED, told=plain_text(said, 2000))
        return
    snapshot = SnapshotStore(config.store).snapshot_of(upload.month)
    with_state(folder, upload, STORED, snapshot=snapshot)
    await _run(["build", str(folder)])


async def _run(arguments: Sequence[str], out: Path | None = None) -> tuple[int, str]:
    """Run a command of guatu beside the server; returns its exit code and what it said is wrong."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "dashboard",
        *arguments,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=dict(os.environ),
    )
    said, wrong = await process.communicate()
    if out is not None:
        fresh = out.with_name(f".{out.name}.new")
        fresh.write_bytes(said)
        fresh.replace(out)
    status = process.returncode or 0
    # Which command and how it ended; what it says may name people.
    LOGGER.info("", extra={"what": f"guatu {arguments[0]} ended with {status}"})
    return status, wrong.decode("utf-8", "replace").strip()


def _snapshot_before(store: SnapshotStore, month: str) -> str | None:
    """Return the snapshot that a month showed before the one it shows now, None without one."""
    now = store.history.current.get(month)
    own = [entry.snapshot for entry in store.history.entries if entry.month == month]
    earlier = [one for one in own if now is not None and one != now.snapshot]
    return earlier[-1] if earlier else None


def _months(config: Config, lang: str) -> list[dict[str, str]]:
    store = SnapshotStore(config.store)
    entries = sorted(store.history.current.items(), reverse=True)[:_SHOWN]
    return [
        {
            "month": month,
            "told": text(
                "imports_page.month",
                lang,
                month=month,
                snapshot=one.snapshot,
                who=one.who,
                at=one.at[:16],
            ),
            "before": _snapshot_before(store, month) or "",
        }
        for month, one in entries
    ]


def _open_areas(trial: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the names of places that a trial could not place, of those that it lists whole."""
    keys = {"township", "name", "rows", "proposal", "code"}
    listed = trial.get("places", ())
    return [one for one in listed if isinstance(one, dict) and keys <= set(one)]


def _totals(trial: dict[str, Any], lang: str) -> str:
    totals = trial.get("totals")
    if not isinstance(totals, dict):
        return ""
    names = ("rows_read", "rows_stored", "rows_aside", "error", "warning", "notice")
    return text("imports_page.totals", lang, **{name: totals.get(name, 0) for name in names})


def _sheets(trial: dict[str, Any], lang: str) -> list[str]:
    lines = []
    for one in trial.get("files", ())[:_KINDS]:
        names = {"file": one.get("file", ""), "sheet": one.get("sheet") or "—"}
        rows = {name: one.get(name, 0) for name in ("rows_read", "rows_stored", "rows_aside")}
        lines.append(text("imports_page.sheet", lang, **names, **rows))
    return lines


def _progress(running: dict[str, Any], lang: str) -> str:
    """Return what is being done, and how much is done; "" where nothing is."""
    if not running:
        return ""
    name = str(running.get("name", ""))
    key = f"imports_page.step_{name}"
    name = text(key, lang) if key in CATALOGUE else name
    return text(
        "imports_page.progress", lang, name=name, done=running.get("done"), all=running.get("all")
    )


def _early(running: dict[str, Any]) -> dict[str, Any]:
    return {"issues": [one for one in running.get("issues", ()) if "kind" in one]}


def _issues(trial: dict[str, Any], lang: str) -> list[str]:
    """Return a line for each kind of issue: where and how often, without the values, which may be people's."""
    counted: Counter[tuple[str, ...]] = Counter()
    rows: dict[tuple[str, ...], list[str]] = {}
    for one in trial.get("issues", ()):
        where = tuple(
            str(one.get(n) or "—") for n in ("severity", "kind", "file", "sheet", "column")
        )
        counted[where] += 1
        if one.get("row") is not None:
            rows.setdefault(where, []).append(str(one["row"]))
    order = {"error": 0, "warning": 1, "notice": 2}
    ranked = sorted(counted.items(), key=lambda pair: (order.get(pair[0][0], 3), -pair[1], pair[0]))
    lines = []
    for where, count in ranked[:_KINDS]:
        severity, kind, file, sheet, column = where
        numbers = "、".join(rows.get(where, ())[:_ROWS]) or "—"
        what = _advice(kind, lang)
        values = {"file": file, "sheet": sheet, "column": column, "rows": numbers, "count": count}
        title = text(f"imports_page.severity_{severity}", lang) if severity in order else severity
        lines.append(text("imports_page.issue", lang, severity=title, what=what, **values))
    return lines


def _advice(kind: str, lang: str) -> str:
    """Return what to do about a kind of issue, which holds no value of a row; else its name."""
    key = f"issues.{kind}_advice"
    said = CATALOGUE.entry(key)[lang] if key in CATALOGUE else kind
    return kind if "{" in said else said
