"""What the page of imports shows of an upload: its state, what is wrong in whole sentences, what can be done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dashboard.texts import CATALOGUE, text
from geodata.config import Config
from geodata.escaping import without_folders
from geodata.intake.incoming import (
    DROPPED,
    PATIENCE,
    REFUSED,
    STORING,
    TRIED,
    TRYING,
    UNDONE,
    Incoming,
    is_overtaken,
    progress_of,
    trial_of,
)

# So many kinds of issues, names and row numbers stand on the page before somebody asks for all.
_KINDS, _ROWS = 30, 5
OTHER_MONTH = "imports.other_month"
# What the button says that takes a month in spite of a refusal.
_ACCEPTED = {OTHER_MONTH: "do_accept", "imports.doubted": "do_accept_tables"}

# The kinds of issues that tell what a stated reason let through.
_OVERRIDES = frozenset({"accepted", "other_month"})


@dataclass(frozen=True)
class UploadShown:
    """One upload in one language; with `whole` nothing of its list is left out.

    `mine` says that the county wants another one to store it.
    """

    config: Config
    upload: Incoming
    lang: str
    mine: bool
    whole: bool

    def values(self) -> dict[str, object]:
        """Return what the template of the page fills in."""
        upload, state = self.upload, state_of(self.upload)
        running = progress_of(self.config.folder, upload.key) if is_running(upload) else {}
        # What an earlier trial said is no longer so once another runs, or the files are gone.
        silent = bool(running) or state in (TRYING, DROPPED, UNDONE)
        trial = {} if silent else trial_of(self.config.folder, upload.key) or {}
        groups = _early(running, self.lang) or issue_lines(trial.get("groups", ()), self.lang)
        refused = refused_for(trial)
        areas = open_areas(trial) if state in (TRIED, REFUSED) else []
        overtaken = state == TRIED and is_overtaken(self.config, upload)
        return {
            "key": upload.key,
            "title": self._text("upload", month=upload.month, by=upload.by, at=upload.at[:16]),
            "state": self._text(f"state_{state}"),
            "files": "、".join(upload.files),
            "told": self._told(state, trial, overtaken=overtaken),
            "overrides": [] if "refused" in trial else _overrides(trial, self.lang),
            "other_month": _other_month(trial),
            "accepts": self._text(_ACCEPTED[refused]) if refused in _ACCEPTED else "",
            "running": _progress(running, self.lang),
            "done": running.get("done", 0),
            "all": running.get("all", 1),
            "early": [
                without_folders(str(one["sentence"]), self.config.folder)
                for one in running.get("issues", ())
                if "sentence" in one
            ],
            "totals": "" if "refused" in trial else _totals(trial, self.lang),
            "sheets": _sheets(trial, self.lang),
            "sheets_title": self._text("sheets", count=len(trial.get("files", ()))),
            "issues": groups if self.whole else groups[:_KINDS],
            "left_out": self._left_out(len(groups), _KINDS),
            "areas": self._areas(areas),
            "areas_left_out": self._left_out(len(areas), _KINDS, "areas_left_out"),
            **self._acts(state, trial, len(areas), overtaken=overtaken),
        }

    def _acts(
        self, state: str, trial: Mapping[str, Any], areas: int, *, overtaken: bool
    ) -> dict[str, object]:
        """Return the acts, the foremost first where there is one, and what storing asks to be confirmed."""
        acts, confirm = {REFUSED: ["try", "drop"], UNDONE: ["try", "drop"]}.get(state, []), ""
        if state == TRIED:
            acts = ["try", "drop"] if overtaken else ["drop"] if self.mine else ["store", "drop"]
        if "store" in acts and doubtful(trial):
            errors = trial.get("totals", {}).get("error", 0)
            confirm = self._text("confirm", errors=errors, areas=areas)
        primary = "" if confirm or state in (REFUSED, UNDONE) else acts[0] if acts else ""
        return {
            "acts": [(act, self._text(f"do_{act}")) for act in acts],
            "primary": "" if primary == "drop" else primary,
            "confirm": confirm,
        }

    def _told(self, state: str, trial: Mapping[str, Any], *, overtaken: bool) -> str:
        refused = trial.get("refused")
        if isinstance(refused, dict):
            said = str(refused.get("said", {}).get(self.lang, ""))
            key = refused_for(trial)
            if key in _ACCEPTED:
                named = {name: refused.get(name, "") for name in ("faults", "count")}
                said = self._text(key.partition(".")[2], month=self.upload.month, **named)
            return without_folders(said, self.config.folder)
        if overtaken:
            return self._text("overtaken")
        if self.mine and state == TRIED:
            return self._text("wait_for_other")
        # What was kept is a key of a sentence; what older versions kept is the sentence.
        told = self.upload.told
        known = text(told, self.lang) if told in CATALOGUE else told
        return without_folders(known, self.config.folder)

    def _areas(self, areas: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
        """Return the names that are in no list, with what each may be."""
        return [
            {
                "at": str(at),
                "told": self._text(
                    "area", name=f"{area['township']}{area['name']}", rows=area["rows"]
                ),
                "proposal": str(area["proposal"]),
            }
            for at, area in enumerate(areas)
            if self.whole or at < _KINDS
        ]

    def _left_out(self, count: int, shown: int, key: str = "left_out") -> str:
        """Return how many of how many are shown, "" for all."""
        return "" if self.whole or count <= shown else self._text(key, count=count, shown=shown)

    def _text(self, key: str, **values: object) -> str:
        return text(f"imports_page.{key}", self.lang, **values)


def state_of(upload: Incoming) -> str:
    """Return the state of an upload; what has been running too long was cut off, and can be tried again."""
    running = upload.state in (TRYING, STORING)
    late = datetime.fromisoformat(upload.at) + PATIENCE < datetime.now().astimezone()
    return REFUSED if running and late else upload.state


def is_running(upload: Incoming) -> bool:
    """Return whether an upload is being tried or stored."""
    return state_of(upload) in (TRYING, STORING)


def doubtful(trial: Mapping[str, Any]) -> bool:
    """Return whether a trial found an error or a name in no list, so that storing is to be confirmed."""
    return bool(trial.get("totals", {}).get("error", 0) or open_areas(trial))


def open_areas(trial: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the names of places that a trial could not place, of those that it lists whole."""
    keys = {"township", "name", "rows", "proposal", "code"}
    listed = trial.get("places", ())
    return [one for one in listed if isinstance(one, dict) and keys <= set(one)]


def issue_lines(groups: Sequence[Mapping[str, Any]], lang: str) -> list[dict[str, str]]:
    """Return a line for each kind of issue: how grave and often, where, what is wrong, what to do.

    A value is quoted in its sentence; where one has none of sheet, row or column it names none.
    """
    lines = []
    for one in groups:
        said = one["said"][lang]
        own = f"imports_page.advice_{one['kind']}"
        lines.append(
            {
                "severity": str(one["severity"]),
                "count": text(
                    f"imports_page.count_{one['severity']}", lang, count=int(one["count"])
                ),
                "where": _where(one, lang),
                "sentence": said["sentence"],
                "value": _value(str(one["value"]), said["sentence"], lang),
                "advice": text(own, lang) if own in CATALOGUE else said["advice"],
            }
        )
    return lines


def _where(one: Mapping[str, Any], lang: str) -> str:
    """Return file, sheet, column and rows, of those that there are."""
    rows, count = list(one.get("rows", ())), int(one.get("row_count", 0))
    numbers = "、".join(map(str, rows)) if lang == "zh" else ", ".join(map(str, rows))
    more = count > len(rows)
    parts = [
        str(one.get("file", "")),
        text("imports_page.at_sheet", lang, sheet=one["sheet"]) if one.get("sheet") else "",
        text("imports_page.at_column", lang, column=one["column"]) if one.get("column") else "",
        text(f"imports_page.at_{'more' if more else 'rows'}", lang, rows=numbers, count=count)
        if rows
        else "",
    ]
    return " · ".join(part for part in parts if part)


def _value(value: str, sentence: str, lang: str) -> str:
    """Return a value in quotes, "" where there is none or the sentence has it."""
    return text("imports_page.value", lang, value=value) if value and value not in sentence else ""


def _early(running: Mapping[str, Any], lang: str) -> list[dict[str, str]]:
    """Return the first faults of a trial that is running, of which no value is known yet."""
    lines = []
    for one in running.get("issues", ()):
        kind = one.get("kind")
        if kind is None or f"issues.{kind}_advice" not in CATALOGUE:
            continue
        advice = text(f"issues.{kind}_advice", lang, header=one.get("column", ""))
        known = {"rows": [one["row"]], "row_count": 1} if one.get("row") else {}
        blank = {"value": "……", "detail": "……", "expected": "……", "household": "……"}
        sentence = text(f"issues.{kind}", lang, header=one.get("column", ""), **blank)
        said = {lang: {"sentence": sentence, "advice": advice}}
        lines += issue_lines([{"value": "", "count": 1, **one, **known, "said": said}], lang)
    return lines


def refused_for(trial: Mapping[str, Any]) -> str:
    """Return the key of why a trial was refused, "" where it was not."""
    refused = trial.get("refused")
    return str(refused.get("key", "")) if isinstance(refused, dict) else ""


def _other_month(trial: Mapping[str, Any]) -> dict[str, str]:
    """Return the month that refused files say, "" for several, {} where that is not why."""
    refused = trial.get("refused")
    if not isinstance(refused, dict) or refused_for(trial) != OTHER_MONTH:
        return {}
    stated = str(refused.get("stated", ""))
    return {"stated": stated if stated[:4].isdecimal() else ""}


def _overrides(trial: Mapping[str, Any], lang: str) -> list[str]:
    """Return what a stated reason let through, each in a sentence with that reason."""
    groups = (one for one in trial.get("groups", ()) if one["kind"] in _OVERRIDES)
    return list(dict.fromkeys(str(one["said"][lang]["sentence"]) for one in groups))


def _totals(trial: Mapping[str, Any], lang: str) -> str:
    totals = trial.get("totals")
    if not isinstance(totals, dict):
        return ""
    names = ("rows_read", "rows_stored", "rows_aside", "error", "warning", "notice")
    return text("imports_page.totals", lang, **{name: totals.get(name, 0) for name in names})


def _sheets(trial: Mapping[str, Any], lang: str) -> list[str]:
    lines = []
    for one in trial.get("files", ()):
        sheet = text("imports_page.at_sheet", lang, sheet=one["sheet"]) if one.get("sheet") else ""
        rows = {name: one.get(name, 0) for name in ("rows_read", "rows_stored", "rows_aside")}
        file = " · ".join(part for part in (str(one.get("file", "")), sheet) if part)
        lines.append(text("imports_page.sheet", lang, file=file, **rows))
    return lines


def _progress(running: Mapping[str, Any], lang: str) -> str:
    """Return in words what is being done, and how much is done; "" where nothing is."""
    if not running:
        return ""
    name = str(running.get("name", ""))
    key = f"imports_page.step_{name}"
    known = text(key, lang) if key in CATALOGUE else ""
    if not known:
        known = text("imports_page.step_file", lang, file=name) if "." in name else ""
    known = known or text("imports_page.step_start", lang)
    done, whole = running.get("done", 0), running.get("all", 1)
    return text("imports_page.progress", lang, name=known, done=done, all=whole)
