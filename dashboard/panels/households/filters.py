"""What narrows the household list: rule, monitored category, who helps, days without a visit."""

from __future__ import annotations

from dataclasses import replace

import panel as pn
import panel_material_ui as pmui
from param.parameterized import Event

from dashboard.answers.listing import lists_rest
from dashboard.content.rows import COLUMNS, DEFAULT
from dashboard.session.people import CATEGORIES, MONITORED, People
from dashboard.texts import text
from dashboard.view import View
from dashboard.web.component import Viewer
from geodata.escaping import plain_text
from geodata.tables import enumeration

# Stand among the rules for whom the shown figure counts, and where these are the good ones for them and
# the first for the others; no key of a rule has this sign.
_COUNTED, _GOOD = "*", "**"
_OF_RULE = ("rule", "everyone", "counted")
_DAYS = (0, 15, 30, 60, 90, 180, 366)


class FiltersView(Viewer):
    """The filters and the choice of columns, folded away until they are asked for."""

    def __init__(self, people: People) -> None:
        super().__init__()
        self.people, lang = people, people.state.lang
        slim = {"size": "small", "margin": (8, 4, 2, 4)}
        kinds = {self._category(name): name for name in CATEGORIES}
        days = {self._days(days): days for days in _DAYS}
        columns = {text(f"households.{name}", lang): name for name in COLUMNS}
        self.rule = pmui.Select(label=self._text("rule"), options=self._rules(), width=300, **slim)
        self.category = pmui.Select(
            label=self._text("category"), options=kinds, width=190, value=people.category, **slim
        )
        self.helper = pmui.TextInput(label=self._text("helper"), width=150, **slim)
        self.unvisited = pmui.Select(label=self._text("unvisited"), options=days, width=150, **slim)
        self.columns = pmui.MultiChoice(
            label=self._text("columns"),
            options=columns,
            value=list(DEFAULT),
            width=460,
            margin=(8, 4, 2, 4),
        )
        self.rule.value = self._chosen
        self.box = pn.FlexBox(
            self.rule,
            self.category,
            self.helper,
            self.unvisited,
            self.columns,
            margin=0,
            visible=False,
        )
        self._bind()

    def __panel__(self) -> pn.viewable.Viewable:
        return self.box

    @property
    def names(self) -> tuple[str, ...]:
        """Return the chosen columns in the order of the list; the code is always there."""
        chosen = {"code", *(self.columns.value or ())}
        return tuple(name for name in COLUMNS if name in chosen)

    def said(self) -> list[str]:
        """Return the filters that are on, in words."""
        people, state = self.people, self.people.state
        known = [
            ("rule", self._title(state.rule) if state.rule else ""),
            ("category", self._category(people.category) if people.category else ""),
            ("helper", plain_text(people.helper.strip(), 30)),
            ("unvisited", self._days(people.unvisited) if people.unvisited else ""),
            ("search", plain_text(people.search.strip(), 30)),
            ("zone", plain_text(getattr(state, "zone", "") or "", 40)),
            ("selected", self._picked()),
        ]
        colon = {"zh": "：", "en": ": "}[state.lang]
        # Whom the figure counts says what it is itself.
        said = [self._counted(state.shown)] if people.counted else []
        said += [f"{self._text(name)}{colon}{value}" for name, value in known if value]
        kind, key = state.kind_listed, plain_text(state.site, 40)
        return [*said, f"{kind.title[state.lang]}{colon}{key}"] if kind and key else said

    def clear(self) -> None:
        """Take every filter away; the place and the month stay."""
        people, state = self.people, self.people.state
        people.param.update(category="", helper="", unvisited=0, search="")
        gone = {n: "" for n in ("rule", "site", "zone") if n in state.param}
        state.param.update(**gone, everyone=True, selected=[])

    def _picked(self) -> str:
        count = len(self.people.state.selected)
        return self._text("places", count=count) if count else ""

    def _bind(self) -> None:
        people, state = self.people, self.people.state
        for name in ("category", "helper", "unvisited"):
            widget = getattr(self, name)
            widget.param.watch(self._set, "value")
        self.rule.param.watch(self._choose_rule, "value")
        people.param.watch(self._follow, ["category", "helper", "unvisited"])
        state.param.watch(self._follow, [*_OF_RULE, "theme", "site", "zone", "indicator"])

    def _set(self, *events: object) -> None:
        chosen = {"category": self.category.value, "helper": self.helper.value or ""}
        self.people.param.update(**chosen, unvisited=self.unvisited.value or 0)

    def _choose_rule(self, event: Event) -> None:
        if event.new == self._chosen:
            return
        if event.new in (_COUNTED, _GOOD):
            self.people.state.list_counted(counted=event.new == _GOOD)
        else:
            self.people.state.filter_rule(event.new or "")

    @property
    def _chosen(self) -> str:
        """Return the key of the rule, or what stands for whom the figure counts."""
        people = self.people
        if people.state.rule or people.counted is None:
            return str(people.state.rule)
        return _GOOD if people.counted.acts_on_rest and people.state.counted else _COUNTED

    def _follow(self, *events: object) -> None:
        """Show what is set; equal values are not set again, so nothing echoes."""
        people = self.people
        # Both at once: a select whose value is not among its options takes another by itself.
        self.rule.param.update(options=self._rules(), value=self._chosen)
        for name in ("category", "helper", "unvisited"):
            getattr(self, name).value = getattr(people, name)

    def _rules(self) -> dict[str, str]:
        """Return the rules about households of the shown theme, and the one that is chosen."""
        state, known = self.people.state, self.people.county.setup.rules
        theme = state.themes.get(state.theme)
        closed = self.people.closed_rules
        keys = [rule.key for rule in theme.rules if rule.subject == "household"] if theme else []
        if state.rule in known and state.rule not in keys:
            keys.append(state.rule)
        keys = [key for key in keys if key not in closed]
        indicator = self.people.county.setup.indicators.get(state.indicator)
        counted = {}
        if indicator is not None and indicator.lists:
            keys_of = (_COUNTED, _GOOD) if indicator.acts_on_rest else (_COUNTED,)
            shown = (replace(state.shown, counted=key == _GOOD) for key in keys_of)
            counted = dict(zip(map(self._counted, shown), keys_of, strict=True))
        return {self._text("any"): "", **counted, **{self._title(key): key for key in keys}}

    def _counted(self, view: View) -> str:
        """Return that whom the figure of a view counts is listed, or whom it leaves out."""
        indicator = self.people.state.atlas.indicator(view.indicator)
        title = plain_text(indicator.title_in(view.lang), 40)
        return self._text("of_rest" if lists_rest(indicator, view) else "of_figure", title=title)

    def _title(self, key: str) -> str:
        rule = self.people.county.setup.rules.get(key)
        return plain_text(rule.title[self.people.state.lang] if rule else key, 60)

    def _category(self, name: str) -> str:
        if name in ("", MONITORED):
            return self._text("all_monitored" if name else "any")
        return enumeration("monitored_category").label(name, self.people.state.lang)

    def _days(self, days: int) -> str:
        if days in (0, max(_DAYS)):
            return self._text("year" if days else "any")
        return self._text("days", days=days)

    def _text(self, name: str, **values: object) -> str:
        return text(f"filters.{name}", self.people.state.lang, **values)
