"""What kind of table a sheet is, and which header is which column."""

from __future__ import annotations

import datetime
import difflib
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from geodata.config import SourceSettings
from geodata.errors import ThemeError
from geodata.intake.amounts import is_unit, split_unit
from geodata.tables import Column, Table, tables
from geodata.yaml_entries import (
    Faults,
    check_fields,
    check_pair,
    check_value,
    list_of,
    mapping_of,
    text_list,
)

_FOLDER = Path(__file__).parent / "layouts"
# Headers under which files name the area of a row; the level is told by the words themselves.
AREAS: Mapping[str, tuple[str, ...]] = {
    "county": ("县", "县(市、区、旗)", "县(市、区)", "区县", "县区", "县名称"),
    "township": ("乡", "乡(镇)", "乡镇", "镇", "乡镇(街道)", "乡(镇、街道)", "乡镇名称"),
    "village": ("村", "行政村", "村(社区)", "行政村(社区)", "村名称", "行政村名称", "所在村"),
}
# A layout that says nothing of its rank leads what comes from a template.
_RANK = 5
_FIELDS = {
    **dict.fromkeys(("title", "tables", "marks"), True),
    **dict.fromkeys(
        ("absent", "words", "constants", "measures", "ignored", "months", "columns", "rank"), False
    ),
}
# Headers under which files say of which month they are, unless a column of the table is read there.
MONTHS = (
    "数据日期", "数据月份", "数据年月", "数据时间", "数据期", "数据期别", "数据年度", "数据截至日期",
    "数据截止日期", "统计月份", "统计年月", "统计期", "统计时间", "统计日期", "报表月份", "报表期",
    "所属月份", "所属期", "月度", "data month", "data date",
)  # fmt: skip
# The fields of a layout that are lists of texts.
_LISTS = ("tables", "absent", "words", "ignored", "months")
# The column that measures are about.
HOUSEHOLD = "household_code"
# From how alike two headers are one is probably the other under another name, 0 to 1.
_ALIKE = 0.6
# Kinds of columns that hold numbers.
NUMBERS = frozenset({"count", "money", "number"})
_UPPER_AREAS = ("省", "市", "省(区、市)", "市(州)", "市(地、州、盟)")


@dataclass(frozen=True)
class Layout:
    """One kind of sheet.

    `tables` are filled from it, the first one row by row. `marks` are groups of headers of which
    each must be there once, `absent` headers that must not. `measures` are headers whose cells name
    help measures of a kind; headers in `months`, beside the usual ones, say of which month the sheet
    is; `columns` gives headers of a column that only this sheet calls so. `settings` is the mapping of guatu.toml a layout was made from.
    """

    name: str
    title: Mapping[str, str]
    tables: tuple[Table, ...]
    marks: tuple[tuple[str, ...], ...] = ()
    absent: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    constants: Mapping[str, Any] = field(default_factory=dict)
    measures: Mapping[str, str] = field(default_factory=dict)
    ignored: tuple[str, ...] = ()
    months: tuple[str, ...] = ()
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    settings: SourceSettings | None = None
    rank: int = 0


@dataclass(frozen=True)
class HeaderBinding:
    """One column of a table and the headers of the sheet that fill it (several are joined).

    `unit` is the unit that the header names beside the column's own name, "" when it names none.
    """

    table: str
    column: str
    headers: tuple[str, ...]
    unit: str = ""


@lru_cache(maxsize=20_000)
def header_key(header: str) -> str:
    """Return a header in one form: half width, no spaces, lower case."""
    line = unicodedata.normalize("NFKC", header)
    return re.sub(r"[\s*＊]+", "", line).casefold()


@cache
def upstream_layouts() -> tuple[Layout, ...]:
    """Return the layouts of the national system's five monthly exports."""
    return tuple(read_layout(file, tables()) for file in sorted(_FOLDER.glob("*.yaml")))


def template_layouts(known: Mapping[str, Table]) -> tuple[Layout, ...]:
    """Return one layout for the template of each table; its required columns mark it."""
    return tuple(
        Layout(
            name=f"template_{name}",
            title={lang: entry.label(lang) for lang in ("zh", "en")},
            tables=(entry,),
            marks=_required(entry),
            words=(entry.label("zh"),),
            rank=10,
        )
        for name, entry in known.items()
    )


def mapped_layout(settings: SourceSettings, number: int, filled: Table) -> Layout:
    """Return the layout of one [[source]] of guatu.toml, which fills one table."""
    title = f"[[source]] {number}"
    return Layout(
        name=f"source_{number}",
        title={"zh": title, "en": title},
        tables=(filled,),
        constants=settings.constants,
        settings=settings,
        rank=5,
    )


def recognise(headers: Sequence[str], *, name: str, layouts: Iterable[Layout]) -> Layout | None:
    """Return the layout that explains most headers of a sheet, or None when no layout fits.

    `name` is the name of file and sheet: its words decide between layouts that fit alike.
    """
    keys = _mark_keys(headers)
    fitting = []
    for layout in layouts:
        if not _fits(layout, keys):
            continue
        known = len({binding.headers for binding in bindings(layout, headers)})
        named = _named(layout, name)
        fitting.append((named > 0, named, known, -layout.rank, layout))
    return max(fitting, key=lambda candidate: candidate[:4])[-1] if fitting else None


@dataclass(frozen=True)
class Likeness:
    """A layout that a sheet would fit but for some key headers.

    `known` is how many of its columns the sheet has; `missing` gives for each header it lacks the
    header of the sheet that is probably it, "" when none is alike.
    """

    layout: Layout
    known: int
    missing: tuple[tuple[str, str], ...]

    @property
    def renamed(self) -> bool:
        """Return whether every missing header probably stands there under another name."""
        return all(near for _, near in self.missing)


def _named(layout: Layout, name: str) -> int:
    """Return how long the word of a layout is that a name holds, 0 for none."""
    return max((len(word) for word in layout.words if word in name), default=0)


def likeness(
    headers: Sequence[str], layouts: Iterable[Layout], *, name: str = ""
) -> Likeness | None:
    """Return the layout without all its key headers that explains most of a sheet's headers.

    What the sheet calls itself counts before that.
    """
    measured = [_likeness(headers, layout) for layout in layouts]
    unlike = [one for one in measured if one.missing and one.known]
    return max(
        unlike,
        key=lambda one: (
            _named(one.layout, name),
            one.renamed,
            one.known,
            -len(one.missing),
            -one.layout.rank,
        ),
        default=None,
    )


def better_likeness(
    headers: Sequence[str], layout: Layout, layouts: Iterable[Layout], *, name: str = ""
) -> Likeness | None:
    """Return what a sheet more probably is than the layout whose key headers it has, if anything.

    That is a layout that explains more of its headers, the key headers of which stand there under
    another name or which explains at least twice as many.
    """
    if _named(layout, name):
        layouts = [other for other in layouts if _named(other, name)]
    own = len({binding.headers for binding in bindings(layout, headers)})
    others = (other for other in layouts if other.name != layout.name)
    better = [
        one
        for one in (_likeness(headers, other) for other in others)
        if one.missing and one.known > own and (one.renamed or one.known >= 2 * own)
    ]
    return max(
        better,
        key=lambda one: (_named(one.layout, name), one.known, -one.layout.rank),
        default=None,
    )


def _likeness(headers: Sequence[str], layout: Layout) -> Likeness:
    keys = _mark_keys(headers)
    bound = {header for binding in bindings(layout, headers) for header in binding.headers}
    areas = set(area_headers(layout, headers).values())
    left = {header_key(h): h for h in headers if h not in bound and h not in areas}
    missing = []
    for group in layout.marks:
        names = list(map(header_key, group))
        if not keys & set(names):
            near = ((n, difflib.get_close_matches(n, left, n=1, cutoff=_ALIKE)) for n in names)
            missing.append((group[0], next((left[like[0]] for _, like in near if like), "")))
    return Likeness(layout, len(bound), tuple(missing))


def _mark_keys(headers: Sequence[str]) -> set[str]:
    """Return headers as marks name them: as they stand, and without a unit behind them."""
    parts = (split_unit(header) for header in headers)
    without = {header_key(base) for base, unit in parts if unit and is_unit(unit)}
    return without | {header_key(header) for header in headers}


def marks_of(layout: Layout, headers: Sequence[str]) -> list[str]:
    """Return the headers of a sheet that mark it as of a layout, one of each group."""
    by_key = {header_key(split_unit(header)[0]): header for header in reversed(headers)}
    by_key |= {header_key(header): header for header in reversed(headers)}
    groups = (map(header_key, group) for group in layout.marks)
    marks = (next((by_key[key] for key in group if key in by_key), "") for group in groups)
    return [header for header in dict.fromkeys(marks) if header]


def bindings(layout: Layout, headers: Sequence[str]) -> tuple[HeaderBinding, ...]:
    """Return which headers fill which columns of the layout's tables."""
    if layout.settings is not None:
        return _mapped_bindings(layout.settings)
    by_key: dict[str, str] = {}
    for header in headers:
        by_key.setdefault(header_key(header), header)
    measures = set(map(header_key, layout.measures))
    by_base = _by_base(headers)
    bound = []
    for filled in layout.tables:
        # Texts whose numbers are read may have a unit in their header, as numbers do.
        results = {one.derived for one in filled.columns.values() if one.unit_of}
        for column in filled.columns.values():
            if column.derived and column.kind != "place":
                continue
            names = (*layout.columns.get(column.name, ()), *column.source_names, column.name)
            keys = [header_key(text) for text in names]
            header = next(
                (by_key[key] for key in keys if key in by_key and key not in measures), ""
            )
            if header:
                bound.append(HeaderBinding(filled.name, column.name, (header,)))
            elif (column.kind in NUMBERS or column.name in results) and by_base:
                bases = (header_key(split_unit(text)[0]) for text in names)
                base = next((key for key in (*keys, *bases) if key in by_base), "")
                if base:
                    header, unit = by_base[base]
                    bound.append(HeaderBinding(filled.name, column.name, (header,), unit))
    return tuple(bound)


def _by_base(headers: Sequence[str]) -> dict[str, tuple[str, str]]:
    """Return the headers that name a unit, and the unit, by the key of what stands before it."""
    by_base: dict[str, tuple[str, str]] = {}
    for header in headers:
        base, unit = split_unit(header)
        if unit:
            by_base.setdefault(header_key(base), (header, unit))
    return by_base


def area_headers(layout: Layout, headers: Sequence[str]) -> dict[str, str]:
    """Return which headers name county, township and village of a row."""
    if layout.settings is not None:
        named = layout.settings.columns
        return {level: str(named[level]) for level in AREAS if level in named}
    keys = {header_key(header): header for header in reversed(headers)}
    by_level = {}
    for level, words in AREAS.items():
        header = next((keys[header_key(word)] for word in words if header_key(word) in keys), None)
        if header is not None:
            by_level[level] = header
    return by_level


def month_headers(layout: Layout, headers: Sequence[str]) -> list[str]:
    """Return the headers under which a sheet says of which month it is."""
    used = {header for binding in bindings(layout, headers) for header in binding.headers}
    known = {header_key(header) for header in (*MONTHS, *layout.months)}
    return [header for header in headers if header_key(header) in known and header not in used]


def unknown_headers(layout: Layout, headers: Sequence[str]) -> list[tuple[str, str]]:
    """Return the headers that nothing reads, each with the nearest header that would be read."""
    if layout.settings is not None:
        return []
    used = {header for binding in bindings(layout, headers) for header in binding.headers}
    used |= set(area_headers(layout, headers).values())
    quiet = {header_key(text) for text in (*layout.ignored, *layout.measures, *_UPPER_AREAS)}
    used |= set(month_headers(layout, headers))
    known = [
        text for filled in layout.tables for c in filled.columns.values() for text in c.source_names
    ]
    left = [header for header in headers if header not in used and header_key(header) not in quiet]
    return [
        (header, next(iter(difflib.get_close_matches(header, known, n=1)), "")) for header in left
    ]


def _mapped_bindings(settings: SourceSettings) -> tuple[HeaderBinding, ...]:
    bound = []
    for column, headers in settings.columns.items():
        if column not in AREAS:
            texts = headers if isinstance(headers, (list, tuple)) else [headers]
            bound.append(HeaderBinding(settings.table, column, tuple(map(str, texts))))
    return tuple(bound)


def _fits(layout: Layout, keys: set[str]) -> bool:
    if keys & set(map(header_key, layout.absent)):
        return False
    return all(keys & set(map(header_key, group)) for group in layout.marks)


def same_sheets(layout: Layout, other: Layout) -> bool:
    """Return whether two layouts ask the same of a sheet, so that nothing tells which it is."""

    def asked(of: Layout) -> tuple[object, ...]:
        marks = frozenset(frozenset(map(header_key, group)) for group in of.marks)
        return marks, frozenset(map(header_key, of.absent)), frozenset(of.words)

    return asked(layout) == asked(other)


def _required(entry: Table) -> tuple[tuple[str, ...], ...]:
    groups = []
    for column in entry.columns.values():
        if column.required:
            names = (*column.source_names, column.name)
            groups.append((*names, *AREAS["village"]) if column.kind == "place" else names)
    return tuple(groups)


def read_layout(file: Path, known: Mapping[str, Table]) -> Layout:
    """Return the layout of a YAML file over the known tables; raises ThemeError with all its faults.

    Where one of its tables is not known, no column is told besides.
    """
    place, content, faults = str(file), mapping_of(file), Faults()
    with faults:
        check_fields(place, content, _FIELDS)
    if "title" in content:
        with faults:
            check_pair(place, content, "title")
    lists: dict[str, tuple[str, ...]] = dict.fromkeys(_LISTS, ())
    for name in _LISTS:
        with faults:
            lists[name] = text_list(place, content.get(name, []), name)
    for name in lists["tables"]:
        with faults:
            check_value(place, "tables", name, known)
    filled = tuple(known[name] for name in lists["tables"] if name in known)
    with faults:
        marks = _marks(place, content)
    with faults:
        rank = _rank(place, content)
    if filled and len(filled) == len(lists["tables"]):
        with faults:
            constants = _constants(place, content.get("constants", {}), filled)
        with faults:
            measures = _measures(place, content.get("measures", {}), known, filled)
        with faults:
            columns = _headers(place, content.get("columns", {}), filled)
    faults.tell()
    return Layout(
        name=file.stem,
        title=content["title"],
        tables=filled,
        marks=marks,
        absent=lists["absent"],
        words=lists["words"],
        constants=constants,
        measures=measures,
        ignored=lists["ignored"],
        months=lists["months"],
        columns=columns,
        rank=rank,
    )


def _marks(place: str, content: Mapping[str, Any]) -> tuple[tuple[str, ...], ...]:
    """Return the groups of headers by which a layout is known; neither they nor its tables are empty."""
    for name in ("tables", "marks"):
        if name in content and not content[name]:
            raise ThemeError("themes.no_list", place=place, field=name, found=content[name])
    groups = list_of(place, content.get("marks", []), "marks")
    return tuple(text_list(place, group, "marks") for group in groups)


def _rank(place: str, content: Mapping[str, Any]) -> int:
    rank = content.get("rank", _RANK)
    if not isinstance(rank, int) or isinstance(rank, bool):
        raise ThemeError("themes.no_number", place=place, field="rank", found=rank)
    return rank


def _headers(place: str, entry: object, filled: Iterable[Table]) -> Mapping[str, tuple[str, ...]]:
    """Return the headers that a layout gives columns of the tables it fills."""
    columns = {name: False for each in filled for name in each.columns}
    check_fields(f"{place} columns", entry, columns)
    assert isinstance(entry, Mapping)
    return {name: text_list(f"{place} columns", headers, name) for name, headers in entry.items()}


def _constants(place: str, entry: object, filled: Iterable[Table]) -> Mapping[str, Any]:
    """Return the constants of a layout, each a value of a column of a table that it fills."""
    columns = {name: column for each in filled for name, column in each.columns.items()}
    faults = Faults()
    with faults:
        check_fields(f"{place} constants", entry, dict.fromkeys(columns, False))
    for name, value in entry.items() if isinstance(entry, Mapping) else ():
        if name in columns:
            with faults:
                check_constant(f"{place} constants", columns[name], value)
    faults.tell()
    assert isinstance(entry, Mapping)
    return entry


def check_constant(place: str, column: Column, value: object) -> None:
    """Raise ThemeError for a value that the column of a table cannot hold as it is stored."""
    if column.choices is not None:
        several = column.kind == "choices" and isinstance(value, str)
        for one in str(value).split(",") if several else [value]:
            check_value(place, column.name, one, column.choices.values)
    elif column.kind in NUMBERS:
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise ThemeError("themes.no_amount", place=place, field=column.name, found=value)
    elif column.kind == "flag":
        check_value(place, column.name, str(value).lower(), ("true", "false"))
    elif not isinstance(value, (str, int, datetime.date)) or isinstance(value, bool):
        raise ThemeError("themes.no_word", place=place, field=column.name, found=value)


def _measures(
    place: str, entry: object, known: Mapping[str, Table], filled: Iterable[Table]
) -> Mapping[str, str]:
    """Return the headers that name kinds of measures, which are those of households."""
    if not isinstance(entry, Mapping):
        raise ThemeError("themes.no_mapping", place=f"{place} measures", found=entry)
    columns = {name for each in filled for name in each.columns}
    if entry:
        check_value(f"{place} measures", "household_code", HOUSEHOLD, columns)
    choices = known["measure"].column("kind").choices
    for header, kind in entry.items():
        check_value(f"{place} measures", str(header), kind, choices.values if choices else ())
    return {str(header): str(kind) for header, kind in entry.items()}
