"""What stands on a household card (一户一档), as data for the page and for print."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from dashboard.content.blocks import (
    Block,
    BrokenRule,
    BrokenRules,
    CardContent,
    Facts,
    Grid,
    Life,
    Person,
    Persons,
    cell,
    shown,
    with_unit,
)
from dashboard.texts import text
from geodata.atlas import Atlas
from geodata.cartography.words import period_text
from geodata.escaping import plain_text
from geodata.i18n import listed
from geodata.rules import base_offices
from geodata.tables import Table, enumeration, income_items, table
from geodata.workspace.cards import Card, ShownSection
from geodata.workspace.income_account import RECORDS, differs

INCOME_PARTS = ("wage", "business", "property", "transfer")
_MEASURES = ("kind", "detail", "start_month", "end_month", "amount")
_VISITS = ("day", "visitor", "role", "minutes", "finding")
_VISITS_SHOWN = 6
_PERSON = ("name", "relation", "schooling", "education", "health", "labour")
# Who may be expected to work, by the words of the table.
_LABOUR = ("普通劳动力", "技能劳动力", "弱劳动力或半劳动力")
_FIGURES = {"男": "man", "女": "woman"}


def card_content(
    card: Card,
    atlas: Atlas,
    lang: str,
    *,
    words: Mapping[str, Mapping[str, str]] | None = None,
    officials: pd.DataFrame | None = None,
) -> CardContent:
    """Return the card of a household in one language, masked as `card` is.

    `words` are the words of each theme for values that are keys; `officials` (role and name) are
    those who answer for its village.
    """
    known = words or {}
    place = str(card.record["place_code"])
    keys = atlas.path(place if place in atlas.places.index else None)
    where = " › ".join(plain_text(atlas.name(key), 60) for key in keys)
    code, month = plain_text(card.household, 40), period_text(card.month, lang)
    visits = card.visits.sort_values("day", ascending=False).head(_VISITS_SHOWN)
    blocks: list[Block] = [
        _persons(card, lang),
        _life(card, lang),
        _findings(card, lang),
        _doing(card, officials, lang),
        _account(card, lang),
        _records(card, lang),
        *(_section(one, known.get(one.theme, {}), lang) for one in card.sections),
        _surroundings(card, lang),
        _fits(card, lang),
        _table(table("measure"), card.measures, _MEASURES, lang),
        _table(table("visit"), visits, _VISITS, lang),
    ]
    for one in card.more:
        blocks.append(_table(one.table, one.frame, one.columns, lang, plain_text(one.title, 60)))
    name = shown(card.record.get("head_name"), lang)
    title = f"{text('card.title', lang)} {name}"
    return CardContent(_sentence(card, lang), title, f"{where} · {code} · {month}", tuple(blocks))


def income_parts(card: Card) -> pd.DataFrame:
    """Return the income of a card in yuan: index month, a column for each part, in order."""
    parts = {code: item.part for code, item in income_items().items()}
    by_part = {
        part: [code for code in card.accounts.columns if parts.get(code) == part]
        for part in INCOME_PARTS
    }
    return pd.DataFrame(
        {
            part: card.accounts[codes].sum(axis="columns", min_count=1)
            for part, codes in by_part.items()
            if codes
        },
        index=card.accounts.index,
    )


def part_titles(lang: str) -> dict[str, str]:
    """Return the titles of the parts of income, in the order of their colours."""
    return {part: text(f"card.part_{part}", lang) for part in INCOME_PARTS}


def _findings(card: Card, lang: str) -> BrokenRules:
    items = []
    for row in card.broken.itertuples():
        since = period_text(str(row.since), lang)
        then = plain_text(text("card.then", lang, document=row.document, since=since), 500)
        reason = plain_text(row.reason, 400)
        items.append(BrokenRule(str(row.severity), plain_text(row.title), reason, then))
    unknown = int((card.findings["answer"] == "unknown").sum())
    said = "" if items else text("card.no_findings", lang)
    said += text("card.unknown", lang, count=unknown) if unknown else ""
    return BrokenRules(text("card.findings", lang), tuple(items), said)


def _sentence(card: Card, lang: str) -> str:
    """Return the gravest finding with its number and since when; else that there is none."""
    if card.broken.empty:
        return text("card.no_findings", lang)
    worst = card.broken.iloc[0]
    since = period_text(str(worst["since"]), lang)
    return plain_text(text("card.sentence", lang, reason=str(worst["reason"]), since=since), 400)


def _life(card: Card, lang: str) -> Life:
    amounts = income_parts(card).rename(columns=part_titles(lang))
    note = text("card.no_account", lang) if amounts.empty else ""
    return Life(text("life.title", lang), card.life, amounts, lang, note)


def _persons(card: Card, lang: str) -> Persons:
    known = card.record.get("household_type")
    kind = "" if known is None or pd.isna(known) else _label("household_type", known, lang)
    people = tuple(_person(row, lang) for row in card.members.to_dict("records"))
    # Without a row for anybody it is not known how many they are.
    if not people:
        said = text("card.no_persons", lang)
        return Persons(text("card.persons_unknown", lang), people, said)
    return Persons(text("card.persons", lang, count=len(people)), people, kind)


def _person(row: Mapping[Any, Any], lang: str) -> Person:
    """Return a member with school, work and health; what is not reported is said."""
    columns = table("person").columns
    said = {name: cell(row.get(name), columns[name], lang) for name in _PERSON}
    months = pd.to_numeric(pd.Series([row.get("work_months")]), errors="coerce").iloc[0]
    able = str(row.get("labour")) in _LABOUR
    state = "working" if months > 0 else "idle" if able and months == 0 else "none"
    work = "work_unknown" if pd.isna(months) else "worked" if months > 0 else "no_work"
    works = able or months > 0
    lines = (
        listed((said["education"] if works else said["schooling"], said["health"]), lang),
        listed((said["labour"], text(f"card.{work}", lang, count=f"{months:g}")), lang)
        if works
        else said["labour"],
    )
    figure = _FIGURES.get(str(row.get("sex")), "person")
    return Person(figure, state, f"{said['relation']} {said['name']}", lines)


def _doing(card: Card, officials: pd.DataFrame | None, lang: str) -> Grid:
    """Return what is being done, and what each finding asks of whom, by name where that is known."""
    rows = []
    helpers = _helpers(card, lang)
    village = "" if officials is None else _people(officials, lang)
    of_village = base_offices()["village"][lang]
    for row in card.measures.sort_values("start_month").to_dict("records"):
        ended, began = row.get("end_month"), row.get("start_month")
        if (pd.notna(ended) and str(ended) < card.month) or str(began) > card.month:
            continue
        kind, detail = _label("measure_kind", row["kind"], lang), plain_text(row["detail"], 60)
        said = f"{kind}：{detail}" if lang == "zh" else f"{kind}: {detail}"
        month = period_text(str(began), lang)
        contact = row.get("contact")
        who = plain_text(contact, 60) if isinstance(contact, str) and contact else helpers
        rows.append((text("card.doing_since", lang, month=month), said, who or shown(None, lang)))
    asked = card.broken.drop_duplicates(["remedy", "responsible"])
    for row in asked.to_dict("records"):
        todo = text("card.doing_todo", lang)
        who = plain_text(row["responsible"], 60)
        if who == of_village:
            who = listed(filter(None, (who, helpers)), lang)
        rows.append((todo, plain_text(row["remedy"], 120), who))
    heads = tuple(text(f"card.doing_{name}", lang) for name in ("when", "what", "who"))
    note = "" if rows else text("card.nothing", lang)
    if rows and village:
        note = text("card.doing_village", lang, people=village)
    kinds = ("word", "text", "text")
    return Grid(text("card.doing", lang), heads if rows else (), tuple(rows), kinds, note=note)


def _people(rows: pd.DataFrame, lang: str) -> str:
    """Return who answers for something: each by role and name, masked as the rows are."""
    told = zip(rows["role"], rows["name"], strict=True)
    return listed((f"{plain_text(role, 40)} {shown(name, lang)}" for role, name in told), lang)


def _helpers(card: Card, lang: str) -> str:
    """Return who answers for the household itself."""
    roles = enumeration("responsibility_role")
    said = [roles.label(str(role), lang) for role in card.responsible["role"]]
    return _people(card.responsible.assign(role=said), lang)


def _account(card: Card, lang: str) -> Grid:
    """Return twelve months item by item, then what they add up to beside what is recorded."""
    account = card.account
    rows, marks = [], []
    for item in account.items.to_dict("records"):
        kind, flag = (text(f"card.{name}_{item[name]}", lang) for name in ("part", "policy"))
        part = plain_text(f"{kind} · {item['title']}", 60)
        months = text("card.months_paid", lang, count=item["months"])
        rows.append((part, flag, months, _whole(item["amount"], lang), ""))
        marks.append("")
    for name, row in account.sums.to_dict("index").items():
        amounts = (_whole(row["recomputed"], lang), _whole(row["recorded"], lang))
        rows.append((text(f"card.sum_{name}", lang), "", "", *amounts))
        marks.append("bad" if differs(row["difference"]) else "sum")
    names = ("item", "policy", "months", "recomputed", "recorded")
    heads = tuple(text(f"card.account_{name}", lang) for name in names)
    persons = shown(account.persons, lang)
    note = text("card.account_note", lang, months=account.months, persons=persons)
    kinds = ("text", "word", "word", "number", "number")
    return Grid(text("card.account", lang), heads, tuple(rows), kinds, tuple(marks), note)


def _whole(amount: float, lang: str) -> str:
    """Return an amount in whole yuan, as in the list."""
    return shown(amount if pd.isna(amount) else round(amount), lang)


def _records(card: Card, lang: str) -> Grid:
    """Return 机账卡实 field by field; a record that does not exist is said, not left blank."""
    marks = {"differs": "bad", "unknown": "unknown", "same": ""}
    empty = [name for name in RECORDS if all(value is None for value in card.records[name])]
    heads = (
        text("card.field", lang),
        *(text(f"card.record_{name}", lang) for name in RECORDS),
        text("card.verdict", lang),
    )
    rows = tuple(
        (
            plain_text(row.title, 40),
            *(_said(row[name], name in empty, lang) for name in RECORDS),
            text(f"card.verdict_{row.verdict}", lang),
        )
        for _, row in card.records.iterrows()
    )
    absent = [text(f"card.record_{name}", lang) for name in empty]
    joined = listed(absent, lang)
    bad = int((card.records["verdict"] == "differs").sum())
    note = text("card.records_note", lang, bad=bad)
    note += text("card.records_absent", lang, records=joined) if absent else ""
    kinds = ("text", *["number"] * len(RECORDS), "text")
    verdicts = tuple(marks[one] for one in card.records["verdict"])
    return Grid(text("card.records", lang), heads, rows, kinds, verdicts, note)


def _said(value: object, absent: bool, lang: str) -> str:
    """Return what a record says of a field; of a record that was never delivered, that it was not."""
    if absent:
        return text("card.not_delivered", lang)
    return "—" if value is None else shown(value, lang)


def _section(section: ShownSection, words: Mapping[str, str], lang: str) -> Facts:
    """Return one section of a theme: its features with units."""
    pairs = tuple(
        (plain_text(label, 60), with_unit(value, unit, words, lang))
        for label, value, unit in section.features.itertuples(index=False)
    )
    return Facts(plain_text(section.title, 60), pairs)


def _surroundings(card: Card, lang: str) -> Facts:
    """Return what the household lives by, such as its water, and who answers for it."""
    none = text("card.nothing", lang)
    told = [(plain_text(one.title, 60), _chain(one.parts, lang)) for one in card.surroundings]
    pairs = (*told, (text("card.responsible", lang), _helpers(card, lang) or none))
    return Facts(text("card.surroundings", lang), pairs)


def _chain(parts: tuple[str, ...], lang: str) -> str:
    """Return the steps from the household to where something comes from; one step is its name."""
    if len(parts) < 2:
        return plain_text(parts[0], 60) if parts else text("card.nothing", lang)
    arrow = {"zh": " ← ", "en": " < "}[lang]
    return plain_text(arrow.join((text("card.this_household", lang), *parts)), 160)


def _fits(card: Card, lang: str) -> Grid:
    rows, marks = [], []
    for risk, wanted, given in card.fits.itertuples(index=False):
        held = _kinds(given, lang) or text("card.fits_none", lang)
        rows.append((plain_text(risk, 60), _kinds(wanted, lang), held))
        marks.append("" if given else "bad")
    heads = tuple(text(f"card.fits_{name}", lang) for name in ("risk", "wanted", "given"))
    note = text("card.fits_note" if rows else "card.no_risk", lang)
    return Grid(text("card.fits", lang), heads, tuple(rows), (), tuple(marks), note)


def _kinds(names: str, lang: str) -> str:
    return listed((_label("measure_kind", name, lang) for name in names.split(",") if name), lang)


def _label(choice: str, value: object, lang: str) -> str:
    if value is None or pd.isna(value):  # type: ignore[call-overload]
        return text("card.not_reported", lang)
    return plain_text(enumeration(choice).label(str(value), lang), 60)


def _table(
    known: Table, frame: pd.DataFrame, wanted: tuple[str, ...], lang: str, title: str = ""
) -> Grid:
    """Return a small table of some columns of one of the county's tables."""
    columns = [known.column(one) for one in wanted if one in frame and one in known.columns]
    rows = tuple(
        tuple(cell(row[column.name], column, lang) for column in columns)
        for _, row in frame.iterrows()
    )
    heads = tuple(column.label(lang) for column in columns)
    note = "" if rows else text("card.nothing", lang)
    return Grid(title or known.label(lang), heads if rows else (), rows, note=note)
