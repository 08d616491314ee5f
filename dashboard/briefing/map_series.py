"""The map series for print: cover, sheets of each theme, index of villages, what the figures rest on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import pandas as pd

from dashboard.answers.answer import Answer
from dashboard.answers.origin import used_parameters
from dashboard.briefing.briefing import Briefing, Progress
from dashboard.briefing.printing import print_pdf
from dashboard.briefing.sentences import sentences_of
from dashboard.maps.paper_sheet import PaperSheet
from dashboard.texts import text
from geodata.cartography.words import change_text, period_text, rank_text
from geodata.escaping import plain_text
from geodata.i18n import listed
from geodata.themes import Theme

_ROWS = {"a4": 12, "a3": 16}
_MISSING, _OFFICIALS, _NAME = 12, 4, 60
# In a column beside the map; the index has names whole.
_SHORT = 24
# Inches of the map on a sheet of A4, and its points; a sheet of A3 enlarges both.
_MAP = PaperSheet(width=7.1, height=5.35, dpi=200, text=10)
# A series with more sheets than this has its maps drawn coarser, so that the file can be sent.
_FINE, _COARSE = 40, 110


@dataclass
class _Series:
    """A series that is being put together: the sheets of the template and the pictures they name."""

    briefing: Briefing
    sheets: list[dict[str, object]] = field(default_factory=list)
    contents: list[dict[str, object]] = field(default_factory=list)
    pictures: dict[str, bytes] = field(default_factory=dict)

    def text(self, name: str, **values: object) -> str:
        return text(f"prints.{name}", self.briefing.lang, **values)


def print_series(briefing: Briefing, *, step: Progress = lambda name: None) -> bytes:
    """Return the map series of a briefing as PDF: of each theme the whole and every place `pages`.

    `step` is told the place of each sheet when it is ready. Raises BriefingError.
    """
    series = _Series(briefing)
    drawn = _MAP if sheet_count(briefing) <= _FINE else replace(_MAP, dpi=_COARSE)
    for theme, place in _sheets(briefing):
        answer = briefing.answer(theme, place=place)
        is_whole, is_empty = place == briefing.place, answer.worst.empty
        name = theme.title[briefing.lang] if is_whole else _name(answer.atlas.name(place))
        key = "" if is_empty and not is_whole else f"{theme.key}-{place}"
        series.contents.append({"key": key, "name": name, "whole": is_whole})
        # A grey sheet says no more than a line of the contents.
        if key:
            said = " ".join(sentences_of(briefing, theme).values()) if is_whole else ""
            _add_sheet(series, key, answer, drawn, said)
        step(place)
    return print_pdf("series", _data(series), pictures=series.pictures)


def sheet_count(briefing: Briefing) -> int:
    """Return how many sheets with a map a series has."""
    return len(list(_sheets(briefing)))


def _sheets(briefing: Briefing) -> Iterator[tuple[Theme, str]]:
    for theme in briefing.themes:
        for place in (briefing.place, *briefing.pages):
            yield theme, place


def _add_sheet(series: _Series, key: str, answer: Answer, drawn: PaperSheet, said: str) -> None:
    """Add the sheet of an answer; `said` stands before why its place stands out."""
    view, picture = answer.view, f"map-{len(series.sheets)}.png"
    series.pictures[picture] = answer.map(drawn).picture()
    why = series.briefing.source.why(view)
    heads, rows = _table(series, answer)
    more = len(answer.ranked) - len(rows)
    kind = "places" if view.public else "worst"
    series.sheets.append(
        {
            "key": key,
            "title": plain_text(answer.title, 160),
            "picture": picture,
            "table": series.text(kind, count=len(rows)),
            "heads": heads,
            "rows": rows,
            "more": series.text("more", count=more) if more > 0 else "",
            "missing": _missing(series, answer),
            "why": " ".join(filter(None, [said, plain_text(why.whole, 700) if why else ""])),
            "responsible": _officials(why.responsible) if why else [],
            "foot": answer.origin.foot,
        }
    )


def _table(series: _Series, answer: Answer) -> tuple[list[str], list[list[str]]]:
    """Return the worst places with their figures; for the public all in order of code, unranked."""
    names = ["rank", "place", "value", "counts", "change"]
    if answer.view.public:
        names = ["place", "value"]
    elif not answer.indicator.counts_things:
        names.remove("counts")
    places = answer.ranked.sort_index() if answer.view.public else answer.worst
    rows = []
    for row in places.head(_ROWS[series.briefing.paper]).to_dict("records"):
        cells = {
            "rank": rank_text(row["rank"]),
            "place": plain_text(row["name"], _SHORT),
            "value": answer.worded(row["value"]),
            "counts": f"{row['numerator']:,.0f} / {row['denominator']:,.0f}",
            "change": change_text(row["change"], answer.layer.decimals),
        }
        rows.append([cells[name] for name in names])
    return [series.text(f"head_{name}") for name in names], rows


def _missing(series: _Series, answer: Answer) -> str:
    """Return in one line which places have no figure."""
    missing = answer.origin.coverage.missing["name"]
    names = listed((plain_text(name, 20) for name in missing.head(_MISSING)), answer.view.lang)
    more = len(missing) - _MISSING
    return names + (series.text("and_more", count=more) if more > 0 else "")


def _officials(people: pd.DataFrame) -> list[str]:
    rows = people[["role", "name", "unit"]].head(_OFFICIALS).itertuples(index=False)
    return [" ".join(plain_text(one, 40) for one in row if not pd.isna(one)) for row in rows]


def _name(name: object) -> str:
    return plain_text(name, _NAME)


def _index(series: _Series) -> list[dict[str, object]]:
    """Return every place of the lowest level with a figure of each theme and the sheet it is on."""
    briefing = series.briefing
    atlas, first = briefing.source.atlas, briefing.themes[0].key
    sheets = {str(sheet["key"]) for sheet in series.sheets}
    level = atlas.lowest
    by_theme = [briefing.answer(theme, level=level) for theme in briefing.themes]
    figures = [answer.ranked["value"].map(answer.worded) for answer in by_theme]
    lines: list[dict[str, object]] = []
    for key in sorted(by_theme[0].ranked.index):
        path = [f"{first}-{above}" for above in atlas.path(key) if f"{first}-{above}" in sheets]
        above = by_theme[0].ranked.at[key, "parent_name"]
        lines.append(
            {
                "name": _name(atlas.name(key)),
                "parent": plain_text(above, 20) if isinstance(above, str) else "",
                "figures": [str(column.get(key, "—")) for column in figures],
                "key": path[-1] if path else f"{first}-{briefing.place}",
            }
        )
    return lines


def _data(series: _Series) -> dict[str, object]:
    """Return everything that the template writes, each text finished."""
    briefing, lang = series.briefing, series.briefing.lang
    whole = [briefing.answer(theme) for theme in briefing.themes]
    origin = whole[0].origin
    words = ("contents", "no_data", "no_figures", "missing", "responsible", "why", "index", "basis")
    period = period_text(briefing.month, lang)
    basis = (origin.source, origin.rules, origin.joined, origin.made, origin.approval)
    return {
        "title": series.text("series_title", place=_name(briefing.name), period=period),
        "lang": lang,
        "paper": series.briefing.paper,
        "by": plain_text(briefing.source.by, 40),
        "mark": origin.mark,
        "foot": origin.foot,
        "words": {name: series.text(name) for name in words}
        | {"parameter_heads": series.text("parameter_heads").split("|")},
        "cover": {
            "place": _name(briefing.name),
            "kind": series.text("series"),
            "period": period,
            "summaries": [plain_text(answer.summary, 300) for answer in whole],
        },
        "contents": series.contents,
        "sheets": series.sheets,
        "index": _index(series),
        "index_heads": [answer.layer.indicator.title_in(lang) for answer in whole],
        "basis": [said for said in basis if said] + [_classes(series, one) for one in whole],
        "parameters": _parameters(whole),
    }


def _classes(series: _Series, answer: Answer) -> str:
    title = answer.layer.indicator.title_in(answer.view.lang)
    return series.text("classes", indicator=title, rule=answer.rule)


def _parameters(whole: list[Answer]) -> list[list[str]]:
    """Return title, value, status and document of every parameter behind the shown indicators."""
    lines = {}
    for answer in whole:
        theme = answer.source.theme(answer.view.theme)
        for one in used_parameters(
            answer.source, answer.view, theme, indicator=answer.view.indicator
        ):
            lines[one.key] = [one.title, one.value, one.status, one.document]
    return [lines[key] for key in sorted(lines)]
