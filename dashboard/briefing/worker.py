"""One order of the queue made in a process of its own: ``python -m dashboard.briefing.worker``."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from dashboard.answers.source import county_source
from dashboard.briefing.briefing import briefing_of
from dashboard.briefing.briefing_file import steps_of, write_briefing
from dashboard.briefing.queue import FOLDER, Job, file_of, write_job
from dashboard.texts import text
from dashboard.web.page_sentence import page_sentence
from geodata.access import Actor, open_guard
from geodata.errors import GuatuError
from geodata.workspace import open_workspace


def run(order: dict[str, Any]) -> Job:
    """Make the briefing of an order and return how it ended; progress is told in its note."""
    workspace, token, asked = Path(order["workspace"]), order["token"], order["asked"]
    note = workspace / FOLDER / f"{token}.json"
    job = Job(**json.loads(note.read_text("utf-8")))
    file = file_of(note.parent, token, job.name)
    told = job

    def step(name: str) -> None:
        nonlocal told
        told = replace(told, done=told.done + 1)
        write_job(note, told)

    try:
        given = order["actor"]
        actor = Actor(**(given | {"prefixes": tuple(given["prefixes"])}))
        county = open_workspace(workspace)
        source = county_source(county, actor, at=order["at"], by=actor.name)
        briefing = briefing_of(source, **asked)
        told = replace(told, total=steps_of(briefing, file))
        write_briefing(briefing, file, open_guard(workspace).trail, step=step)
        ended = replace(told, state="ready")
    except GuatuError as error:
        ended = replace(told, state="failed", sentence=page_sentence(error, asked.get("lang")))
    except Exception:
        said = text("briefing_button.failed", asked.get("lang"))
        write_job(note, replace(told, state="failed", sentence=said))
        raise
    write_job(note, ended)
    return ended


if __name__ == "__main__":
    run(json.load(sys.stdin))
