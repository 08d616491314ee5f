"""Which month a delivered sheet says it is of: in names, in titles, in a column of the month."""

from __future__ import annotations

import datetime
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from xlsxwriter.utility import xl_col_to_name

from geodata.escaping import plain_text
from geodata.i18n import text
from geodata.intake.converting import convert
from geodata.intake.delivery import DeliveredSheet
from geodata.intake.layouts import bindings, month_headers
from geodata.intake.refusal import ImportRefused, Refusal
from geodata.periods import last_day

# A longer text is no title; a cell of the month is short.
_LONGEST = 200
# Places that name another month, listed before the rest is counted.
_MOST = 20
# Days of a spreadsheet that are kept as numbers: 2000-01-01 to 2099-12-31.
_SERIALS = (36526, 73050)
# Rows of events are compared with the month from so many on; so few of them may be of another month.
_FEW, _OTHERS = 20, 0.1
_EPOCH = datetime.date(1899, 12, 30)
_ENGLISH = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DIGITS = {sign: str(number) for number, sign in enumerate("〇一二三四五六七八九")}
_DIGITS |= {"零": "0", "○": "0", "两": "2", "二": "2"}
_MONTHS = {sign: number for number, sign in enumerate("一二三四五六七八九十", 1)}
_MONTHS |= {"十一": 11, "十二": 12, "正": 1}
_CHINESE_YEAR = re.compile("[二两][〇零○]([〇零○一二三四五六七八九]{2})(?=年)")
_CHINESE_MONTH = re.compile("(?<![一二三四五六七八九十])(正|十[一二]?|[一二三四五六七八九])(?=月)")
_Y = r"(?<!\d)(?P<{0}>20\d\d)"
_M = r"(?P<{0}>1[0-2]|0?[1-9])"
_TOKEN = re.compile(
    "|".join(
        (
            _Y.format("y1") + r"(?:年|(?P<sep>[-./_]))" + _M.format("m1")
            + r"(?:月|(?P=sep))(?P<d1>[0-3]?\d)(?!\d)[日号]?",
            _Y.format("y2") + r"(?P<m2>0[1-9]|1[0-2])(?P<d2>[0-3]\d)(?!\d)",
            _Y.format("y3") + r"年?第?(?:q|(?=[1-4一二三四]季))(?P<q3>[1-4一二三四])(?:季度?|(?!\d))",
            _Y.format("y4") + r"年度?" + _M.format("m4") + r"(?:月份?|(?=[-–—~～至到]\d))",
            _Y.format("y5") + r"[-./_]" + _M.format("m5") + r"(?!\d)(?:月份?)?",
            _Y.format("y6") + r"(?P<m6>0[1-9]|1[0-2])(?!\d)(?:月份?)?",
            r"(?<!\d)(?P<y7>\d\d)年" + _M.format("m7") + r"月(?!\d{1,2}[日号])份?",
            rf"(?<![a-z])(?P<e8>{'|'.join(_ENGLISH)})[a-z]*[-.,_/]?(?P<y8>20\d\d)(?!\d)",
            _Y.format("y9") + rf"[-.,_/]?(?P<e9>{'|'.join(_ENGLISH)})[a-z]*",
            r"(?<![\d年])" + _M.format("ma") + r"月(?P<da>[0-3]?\d)[日号]",
            r"(?<![\d年])" + _M.format("mb") + r"月份?",
            _Y.format("yc") + r"(?!\d)(?:年度?)?",
        )
    )
)  # fmt: skip
_JOINER = re.compile(r"(?:年?初?[-–—~～至到]+)")
_OTHER_DAY = (
    "导出|打印|制表|填报|填表|生成|下载|报送|上报|制作|印发|发布|更新|查询|出表|编制|录入|审核|签发"
    "|export|print|creat|download|reported|updated|issued"
)
# What stands before a day that is no month of the data, or behind it.
_NOT_BEFORE = re.compile(rf"(?:{_OTHER_DAY})[^:]{{0,6}}[:]?$")
_NOT_BEHIND = re.compile(rf"[)]?(?:{_OTHER_DAY})")
_UNTIL = re.compile(r"(?:截至|截止|至|到|asof|until|upto)[^\d:]{0,4}[:]?$")
_LABEL = re.compile(
    r"(?:数据|统计|报表|报告|所属|时点|期别|年月|月份|data|period|month)[^:]{0,6}[:]?$"
)


@dataclass(frozen=True)
class Statement:
    """What a sheet says about its month.

    `period` is a month, quarter or year, or the two digits of a month without its year; `cell` is
    where it stands ("B2"), "" in a name; `kind` is file, sheet, title or column; `row` is 0 in a
    name and `header` the column's; `count` is the number of cells that say so.
    """

    kind: str
    period: str
    value: str
    cell: str = ""
    row: int = 0
    header: str = ""
    count: int = 1

    def fits(self, month: str) -> bool:
        """Return whether a month is, or lies in, what is stated."""
        if len(self.period) == 6:
            return quarter_of(month) == self.period
        return self.period in (month, month[:4], month[5:])


def quarter_of(month: str) -> str:
    """Return the quarter of a month."""
    return f"{month[:4]}Q{(int(month[5:]) + 2) // 3}"


def contradictions(sheet: DeliveredSheet, month: str) -> list[Statement]:
    """Return what a sheet says that is not the month; a cell that names it as well is no fault."""
    kept: list[Statement] = []
    cells: dict[tuple[str, str], list[Statement]] = {}
    for statement in statements(sheet):
        cells.setdefault((statement.kind, statement.cell), []).append(statement)
    for said in cells.values():
        if not any(statement.fits(month) for statement in said):
            kept.append(said[-1])
    return kept + list(_in_rows(sheet, month))


def _in_rows(sheet: DeliveredSheet, month: str) -> Iterator[Statement]:
    """Give the month that nearly all rows of a table of events bear, where it is another one.

    Registers with dates of their own are not of one month.
    """
    entry, frame = sheet.layout.tables[0], sheet.table.frame
    if entry.nature != "events" or entry.lasting or len(frame) < _FEW:
        return
    for binding in bindings(sheet.layout, list(frame.columns)):
        column = entry.columns.get(binding.column)
        header = binding.headers[0]
        if column is None or not column.required or column.kind not in ("month", "day"):
            continue
        if len(binding.headers) > 1 or header not in frame.columns:
            continue
        months = convert(frame[header], column).values.astype("str").str[:7]
        counts = months.value_counts()
        if counts.empty or counts.index[0] == month or counts.get(month, 0) > _OTHERS * len(frame):
            continue
        if counts.iloc[0] >= (1 - _OTHERS) * len(frame):
            at = int((months == counts.index[0]).to_numpy().argmax())
            place = xl_col_to_name(list(frame.columns).index(header))
            row = int(sheet.table.rows[at])
            value, count = str(frame[header].iloc[at])[:30], int(counts.iloc[0])
            period = str(counts.index[0])
            yield Statement("column", period, value, f"{place}{row}", row, header, count)


def other_month(
    stated: list[tuple[DeliveredSheet, Statement]],
    month: str,
    folder: Path,
    read: Sequence[DeliveredSheet] = (),
) -> ImportRefused:
    """Return the error that names each place of a delivery that says another month; `read` are its sheets."""
    faults = [
        Refusal(
            "other_month",
            text(
                f"imports.stated_{'cell' if said.cell else said.kind}",
                file=sheet.file,
                sheet=sheet.sheet or PurePosixPath(sheet.file).stem,
                cell=said.cell,
                value=plain_text(said.value, 60),
                count=said.count,
                month=month,
            ),
            sheet.file,
            sheet.sheet,
            said.row or None,
            said.header or said.cell,
            plain_text(said.value, 60),
        )
        for sheet, said in stated
    ]
    lines = [fault.sentence for fault in faults]
    shown = [f"  {number}. {line}" for number, line in enumerate(lines[:_MOST], 1)]
    if len(lines) > _MOST:
        shown.append("  " + text("imports.stated_more", count=len(lines) - _MOST))
    months = sorted({said.period for _, said in stated if len(said.period) == 7})
    error = ImportRefused(
        "imports.other_month",
        faults,
        read=read,
        month=month,
        folder=str(folder / month),
        stated=months[0] if len(months) == 1 else "YYYY-MM",
    )
    error.values["faults"] = "\n".join(shown)
    return error


def statements(sheet: DeliveredSheet) -> Iterator[Statement]:
    """Give all that a sheet says about its month, names first.

    Rows that are events say themselves when they were: of such a table only what is labelled as
    the month of the data counts.
    """
    free = sheet.layout.tables[0].nature != "events"
    if free:
        for part in PurePosixPath(sheet.file).parts:
            for period in periods_in(PurePosixPath(part).stem, name=True):
                yield Statement("file", period, part)
        for period in periods_in(sheet.sheet, name=True):
            yield Statement("sheet", period, sheet.sheet)
    for row, cells in sheet.table.above:
        yield from _in_title(row, cells, free=free)
    yield from _in_columns(sheet)


def periods_in(words: str, *, label: str = "", name: bool = False, free: bool = True) -> list[str]:
    """Return the periods a text states as its own, each as YYYY, YYYYQn, YYYY-MM or MM.

    A range says its end. A year, and a day inside a month, count only behind a label of the data;
    days of export, print and the like never do. `name` reads the name of a file or sheet.
    """
    words, label = words[:_LONGEST], label[:40].rstrip(" :：")
    line = _plain(f"{label}:{words}" if label else words)
    stated: list[str] = []
    before, end, year = "", 0, ""
    tokens = list(_TOKEN.finditer(line))
    alone = len(tokens) == 1 and tokens[0].group() == line
    for number, token in enumerate(tokens):
        between = line[end : token.start()]
        joined = bool(number) and _JOINER.fullmatch(between) is not None
        end = token.end()
        before = before if joined else between
        period, day = _period(token, year if joined else "")
        year = period[:4] if len(period) > 2 else year
        follows = tokens[number + 1].start() if number + 1 < len(tokens) else len(line)
        if follows < len(line) and _JOINER.fullmatch(line[end:follows]):
            continue
        until = _UNTIL.search(before) is not None
        if not until and (_NOT_BEFORE.search(before) or _NOT_BEHIND.match(line[end:])):
            continue
        labelled = until or _LABEL.search(before) is not None
        edge = bool(day) and _is_edge(period, day, last_only=name)
        counts = free and (joined or (edge and (alone or name)) or not (day or len(period) == 4))
        if period and (labelled or counts):
            stated.append(period)
    return stated


def _plain(words: str) -> str:
    """Return a text in half width, without spaces, with years and months of signs as digits."""
    # A letter O stands for the sign of nought in 二OO七.
    words = re.sub("[OＯ]", "○", words) if "二" in words else words
    line = unicodedata.normalize("NFKC", words)
    line = re.sub(r"\s+", "", line)
    line = _CHINESE_YEAR.sub(lambda year: "20" + "".join(_DIGITS[sign] for sign in year[1]), line)
    line = _CHINESE_MONTH.sub(lambda month: str(_MONTHS[month[0]]), line)
    return line.casefold()


def _period(token: re.Match[str], year: str) -> tuple[str, str]:
    """Return the period of a token and its day; `year` is that of the range it ends."""
    parts = {name[0]: value for name, value in token.groupdict().items() if value}
    own = parts.get("y", year)
    own = f"20{own}" if len(own) == 2 else own
    if "q" in parts:
        return f"{own}Q{_DIGITS.get(parts['q'], parts['q'])}", ""
    month = parts.get("m", "")
    if "e" in parts:
        month = str(_ENGLISH.index(parts["e"]) + 1)
    if not month:
        return own, ""
    if not own:
        return ("", "") if "d" in parts else (f"{int(month):02d}", "")
    return f"{own}-{int(month):02d}", parts.get("d", "")


def _is_edge(month: str, day: str, *, last_only: bool) -> bool:
    """Return whether a day is how a month is written as a day: its last, in a cell also its first."""
    return int(day) == last_day(month).day or (int(day) == 1 and not last_only)


def _in_title(row: int, cells: tuple[str, ...], *, free: bool) -> Iterator[Statement]:
    label = ""
    for column, cell in enumerate(cells):
        if not cell or (column and cell == cells[column - 1]):
            continue
        # A label in a cell of its own speaks of the next one.
        for period in periods_in(cell, label=label, free=free):
            yield Statement("title", period, cell[:60], f"{xl_col_to_name(column)}{row}", row)
        label = "" if _TOKEN.search(_plain(cell[:_LONGEST])) else cell


def _in_columns(sheet: DeliveredSheet) -> Iterator[Statement]:
    frame = sheet.table.frame
    for header in month_headers(sheet.layout, list(frame.columns)):
        place = xl_col_to_name(list(frame.columns).index(header))
        for value in frame[header].unique():
            for period in _of_cell(str(value))[-1:]:
                same = (frame[header] == value).to_numpy()
                row = int(sheet.table.rows[same.argmax()])
                yield Statement(
                    "column", period, str(value)[:30], f"{place}{row}", row, header, int(same.sum())
                )


def _of_cell(value: str) -> list[str]:
    """Return the periods of a cell under a header of the month."""
    number = _plain(value[:_LONGEST]).removesuffix(".0")
    if re.fullmatch(r"\d{5}", number) and _SERIALS[0] <= int(number) <= _SERIALS[1]:
        return [(_EPOCH + datetime.timedelta(days=int(number))).isoformat()[:7]]
    return periods_in(number, label="数据")
