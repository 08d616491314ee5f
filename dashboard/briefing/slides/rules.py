"""The rules behind a theme: how often each was found, its change, what is to be done and by whom."""

from __future__ import annotations

from typing import Any

import pandas as pd
from pptx.presentation import Presentation

from dashboard.answers.titles import short_name
from dashboard.briefing.briefing import Briefing
from dashboard.briefing.slides.canvas import EDGE, LOW, TOP, WIDTH, Box, Canvas
from dashboard.briefing.slides.tables import TableColumn, TableRow, draw_table
from dashboard.texts import text
from geodata.cartography.words import period_text
from geodata.themes import Theme

_NAMES = ("rule", "found", "change", "unknown", "to_do_head", "department")
_SHARES = (3.0, 0.95, 1.1, 1.25, 3.75, 2.2)


def rules_slide(deck: Presentation, briefing: Briefing, theme: Theme) -> None:
    """Add the slide of a theme's rules; where none is broken it says so."""
    answer, canvas = briefing.answer(theme), Canvas(deck, briefing.lang)
    lang, rules = briefing.lang, theme.rules_by_key
    why = answer.source.why(answer.view)
    broken = pd.DataFrame(columns=["rule", "title", "yes", "unknown", "change"])
    if why is not None:
        own = why.rules["rule"].map(lambda key: key in rules and rules[key].kind == "finding")
        broken = why.rules[own.astype(bool)]
    named = {
        "place": short_name(briefing.name),
        "period": period_text(briefing.month, lang),
        "theme": theme.title[lang],
    }
    if broken.empty:
        canvas.title(text("slides.rules_none", lang, **named))
        canvas.text(Box(EDGE, TOP, WIDTH - 2 * EDGE, 1.0), [text("slides.rules_checked", lang)])
    else:
        most = broken.iloc[0]  # the most severe, and of those the most frequent
        counted = rules[most["rule"]].about.counted(int(most["yes"]), lang)
        named |= {"title": most["title"], "count": f"{most['yes']:,}", "kind": counted}
        canvas.title(text("slides.rules_message", lang, rules=len(broken), **named))
        columns = [
            TableColumn(text(f"slides.{name}", lang), share, name in ("found", "change", "unknown"))
            for name, share in zip(_NAMES, _SHARES, strict=True)
        ]
        rows = [_row(row, theme, lang) for row in broken.itertuples()]
        draw_table(canvas, Box(EDGE, TOP, WIDTH - 2 * EDGE, LOW - TOP), columns, rows)
    canvas.foot(answer.origin.foot, answer.origin.mark)
    chosen = [rules[key] for key in broken["rule"]]
    documents = [
        text("slides.note_rule", lang, title=one.title[lang], document=one.document[lang])
        for one in chosen
    ]
    canvas.notes([*documents, answer.origin.foot])


def _row(row: Any, theme: Theme, lang: str) -> TableRow:
    rule = theme.rules_by_key[row.rule]
    change = "—" if pd.isna(row.change) else f"{int(row.change):+,}".replace("+0", "0")
    cells = (
        row.title,
        row.found,
        change,
        row.not_known,
        rule.remedy[lang],
        rule.office[lang],
    )
    worse = not pd.isna(row.change) and row.change > 0
    return TableRow(cells, alarm=frozenset({2}) if worse else frozenset())
