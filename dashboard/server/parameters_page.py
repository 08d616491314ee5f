"""The page on which values of parameters are proposed, seen in their effect, and published by another."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tornado.ioloop import IOLoop
from tornado.web import HTTPError

from dashboard.server.auth import PARAMETERS, SIGN_OUT, SignIn
from dashboard.server.run_command import run_command
from dashboard.server.sign_in import Page, local_time
from dashboard.texts import text
from dashboard.web.page_sentence import page_sentence
from geodata import open_workspace
from geodata.access.writes import PROPOSED, is_same_person
from geodata.config import read_config
from geodata.config.settings import FILE_NAME
from geodata.errors import GuatuError
from geodata.escaping import plain_text
from geodata.policy import Parameter
from geodata.policy.setting import CountyValue
from geodata.workspace import Workspace
from geodata.workspace.impact import CHANGES, Impact, impact_seen_by
from geodata.workspace.place_register import read_place_register
from geodata.workspace.value_proposals import (
    RIGHT,
    ValueProposal,
    ValueProposals,
    months_touched,
    turned_back,
)

_FIELDS = ("key", "value", "document", "since")
_PUBLISHED = 30
_ACTS = ("try", "propose", "publish", "withdraw")


class ParametersPage(Page):
    """For whoever may set values of the county; each act is in the audit, and so is whom an effect shows."""

    async def get(self) -> None:
        """Show what waits and what was published, and the effect of what was asked for."""
        changes = self._changes()
        await self._show(changes, number=self.get_query_argument("show", ""))

    async def post(self) -> None:
        """Show the effect of a value, propose it, publish what another person proposed, or take it back."""
        wanted = self.get_body_argument("do", "")
        if wanted not in _ACTS:
            raise HTTPError(400)
        stated = {name: self.get_body_argument(name, "")[:400] for name in _FIELDS}
        changes = self._changes(plain_text(stated["key"], 100))
        try:
            if wanted == "try":
                await self._show(changes, stated=stated)
                return
            if wanted == "propose":
                await self.in_thread(changes.propose, *stated.values())
            else:
                number, version = self._number("number"), self._number("version")
                act = changes.publish if wanted == "publish" else changes.withdraw
                await self.in_thread(act, number, version)
                if wanted == "publish":
                    folder = str(changes.config.folder)
                    IOLoop.current().spawn_callback(run_command, ["build", folder])
        except GuatuError as error:
            self.set_status(400)
            await self._show(changes, stated=stated, fault=page_sentence(error, self.lang))
            return
        self.redirect(f"{self.sign_in.prefix}{PARAMETERS}?lang={self.lang}", status=303)

    def _changes(self, subject: str = "") -> ValueProposals:
        """Return the changes as the one who asks may see them; anybody else is refused, recorded."""
        folder = self.sign_in.guard.folder
        if not (folder / FILE_NAME).is_file():
            self.permitted(RIGHT, act=RIGHT, subject=subject)
            raise HTTPError(404)  # a joined folder has no parameters
        config = read_config(folder)
        actor = self.permitted(RIGHT, act=RIGHT, subject=subject, place=config.county.code)
        return ValueProposals(config, self.sign_in.guard, actor)

    def _number(self, name: str) -> int:
        written = self.get_body_argument(name, "")
        if not (written.isascii() and written.isdigit() and len(written) < 10):
            raise HTTPError(400)
        return int(written)

    async def _show(
        self,
        changes: ValueProposals,
        *,
        stated: dict[str, str] | None = None,
        number: str = "",
        fault: str = "",
    ) -> None:
        """Show the page: with the effect of what is stated, or of the change of a number."""

        def made() -> dict[str, object]:
            return _Shown(changes, self.lang).values(stated, number, fault)

        values = await self.in_thread(made)
        to_map = f"{self.sign_in.prefix}/" if changes.actor.scope.starts("figure") else ""
        self.show(
            "parameters",
            PARAMETERS,
            title=text("parameters_page.title", self.lang),
            show_address=f"{self.sign_in.prefix}{PARAMETERS}?lang={self.lang}&show=",
            sign_out=f"{self.sign_in.prefix}{SIGN_OUT}",
            to_map=to_map,
            **values,
        )


class _Shown:
    """What the page says, made beside the pages of everybody else."""

    def __init__(self, changes: ValueProposals, lang: str) -> None:
        self.changes, self.lang = changes, lang
        self.policy = changes.policy()

    def values(self, stated: dict[str, str] | None, number: str, fault: str) -> dict[str, object]:
        """Return the values of the template."""
        all_changes = self.changes.all(self.policy)
        waiting = [one for one in all_changes if one.is_open]
        chosen = next((one for one in waiting if str(one.entry.id) == number), None)
        effect: dict[str, object] = {}
        if chosen is not None:
            effect = self._effect(chosen.parameter, chosen.setting)
        elif stated is not None and stated["key"] and not fault:
            try:
                setting = self.changes.setting(self.policy, *stated.values())
                effect = self._effect(self.policy[stated["key"].strip()], setting)
            except GuatuError as error:
                fault = page_sentence(error, self.lang)
        return {
            "fault": fault,
            "stated": stated or dict.fromkeys(_FIELDS, ""),
            "effect": effect,
            "chosen": number if chosen is not None else "",
            "waiting": [self._waiting(one) for one in waiting],
            "published": [self._told(one) for one in all_changes if not one.is_open][:_PUBLISHED],
            "known": list(self._known()),
        }

    def _known(self) -> Iterator[tuple[str, str]]:
        """Give key and title of each parameter, with its value in force for the county."""
        day = self.changes.guard.today()
        for parameter in self.policy:
            value = _worded(parameter, parameter.at(self.changes.place, day).value, self.lang)
            yield parameter.key, f"{parameter.title[self.lang]} · {value}"

    def _waiting(self, change: ValueProposal) -> dict[str, object]:
        mine = is_same_person(change.proposer, self.changes.actor.name)
        proposed = change.entry.state == PROPOSED
        acts = ["withdraw"] if mine or not proposed else ["publish", "withdraw"]
        if not proposed:
            acts = ["publish"]  # approved and cut off: anybody with the right writes it
        return {
            "number": str(change.entry.id),
            "version": str(change.entry.version),
            "told": self._told(change),
            "mine": mine and proposed,
            "acts": [(act, text(f"parameters_page.do_{act}", self.lang)) for act in acts],
        }

    def _told(self, change: ValueProposal) -> str:
        setting = change.setting
        key = "waiting" if not change.publisher else "published"
        return text(
            f"parameters_page.{key}",
            self.lang,
            key=change.parameter.key,
            title=change.parameter.title[self.lang],
            value=_worded(change.parameter, setting.value, self.lang),
            since=setting.since,
            document=setting.document,
            by=change.proposer,
            publisher=change.publisher,
            at=local_time(change.entry.at),
        )

    def _effect(self, parameter: Parameter, setting: CountyValue) -> dict[str, object]:
        """Return what a value changes: notes about its days, and households by rule and by village."""
        county, lang = open_workspace(self.changes.config.folder), self.lang
        day = setting.since
        before = parameter.at(setting.place, day)
        head = text(
            "parameters_page.effect",
            lang,
            title=parameter.title[lang],
            before=_worded(parameter, before.value, lang),
            after=_worded(parameter, setting.value, lang),
            since=day,
        )
        notes = list(_notes(parameter, setting, county.months, lang))
        effect: dict[str, object] = {"head": head, "rules": [], "villages": []}
        impact = _impact(county, self.changes, parameter, setting, lang)
        if impact is None:
            key = "no_month" if not county.months else "no_rows"
            return effect | {"notes": [*notes, text(f"parameters_page.{key}", lang)]}
        notes.append(text("parameters_page.of_month", lang, month=impact.month))
        notes += [text("parameters_page.left", lang, title=title) for title in impact.left]
        if impact.households.empty:
            notes.append(text("policy.impact_nothing", lang))
        return effect | {
            "notes": notes,
            "columns": [text(f"parameters_page.{name}", lang) for name in CHANGES],
            "rules": _by_rule(impact),
            "villages": _by_village(county, impact),
        }


def _impact(
    county: Workspace,
    changes: ValueProposals,
    parameter: Parameter,
    setting: CountyValue,
    lang: str,
) -> Impact | None:
    """Return the effect on the last built month; None where there is none, or the actor sees no row."""
    if not county.months or not changes.actor.scope.narrowed(changes.place, "rows"):
        return None
    built = county.month().built
    reader = county.people(actor=changes.actor, guard=changes.guard)
    tried = {parameter.key: setting.value}
    return impact_seen_by(reader, county.setup, built, tried, place=changes.place, lang=lang)


def _by_rule(impact: Impact) -> list[tuple[str, ...]]:
    table = impact.by_rule
    changed = table[table.sum(axis=1) > 0]
    return [
        (impact.titles[str(rule)], *(str(row[name]) for name in CHANGES))
        for rule, row in changed.iterrows()
    ]


def _by_village(county: Workspace, impact: Impact) -> list[tuple[str, ...]]:
    """Return name, rule and counts by village, those with most changes first."""
    names = read_place_register(county.setup.store).places["name"]
    table = impact.by_village.reset_index()
    table["all"] = table[list(CHANGES)].sum(axis=1)
    table = table.sort_values(["all", "place_code"], ascending=[False, True], kind="stable")
    return [
        (
            str(names.get(str(row["place_code"]), row["place_code"])),
            impact.titles.get(str(row["rule"]), "—"),
            *(str(row[name]) for name in CHANGES),
        )
        for _, row in table.iterrows()
    ]


def _notes(
    parameter: Parameter, setting: CountyValue, months: tuple[str, ...], lang: str
) -> Iterator[str]:
    """Give what the days of a value mean: a month begun, months built by now, a value set back."""
    day = setting.since
    if day.day > 1:
        yield text("parameters_page.mid_month", lang, since=day, month=f"{day:%Y-%m}")
    touched = months_touched(months, day)
    if touched:
        yield text(
            "parameters_page.rebuilt", lang, first=touched[0], last=touched[-1], count=len(touched)
        )
    back = turned_back(parameter, setting)
    if back is not None:
        value = _worded(parameter, setting.value, lang)
        yield text("parameters_page.turned_back", lang, value=value, since=back)


def _worded(parameter: Parameter, value: object, lang: str) -> str:
    if value is None:
        return text("policy.empty", lang)
    unit = parameter.unit.text(lang)
    return f"{value} {unit}".strip()


def parameters_routes(sign_in: SignIn) -> list[tuple[Any, ...]]:
    """Return the route of the page of parameters."""
    return [(PARAMETERS, ParametersPage, {"sign_in": sign_in})]
