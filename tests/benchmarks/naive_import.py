"""The same import as a careful pandas user writes it: read_excel with openpyxl, whole columns."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from geodata.tables import enumerations, table

WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]


def naive_import(folder: Path, target: Path, before: Path | None = None) -> int:
    """Read, check and write the households of a month; returns the number of findings.

    `before` is what was written for the month before.
    """
    file = next(folder.glob("*户信息.xlsx"))
    frame = pd.read_excel(file, header=2, dtype=str, engine="openpyxl", keep_default_na=False)
    places = pd.read_csv(folder / "区划.csv", dtype=str)
    issues: list[tuple] = []
    columns = {c.title["zh"]: c for c in table("household").columns.values()}
    for header in frame.columns:
        if header in columns:
            frame[header] = _converted(frame[header], columns[header], issues)
    _check_places(frame, places, issues)
    _check_keys(frame, issues)
    _check_contradictions(frame, issues)
    if before is not None:
        _check_against(pd.read_parquet(before), frame, issues)
    frame.to_parquet(target)
    return len(issues)


def _converted(values: pd.Series, column, issues: list) -> pd.Series:
    text = values.str.strip()
    blank = text == ""
    if column.kind in ("count", "number", "money"):
        result = pd.to_numeric(text.str.replace(",", ""), errors="coerce")
        _note(issues, "not_a_number", column.name, text[result.isna() & ~blank])
        if column.low is not None:
            _note(issues, "out_of_range", column.name, text[result < column.low])
        if column.high is not None:
            _note(issues, "out_of_range", column.name, text[result > column.high])
        if column.usual is not None:
            _note(
                issues,
                "unusual",
                column.name,
                text[~result.between(*column.usual) & result.notna()],
            )
        return result
    if column.kind == "month":
        result = pd.to_datetime(text, format="%Y%m", errors="coerce")
        _note(issues, "not_a_month", column.name, text[result.isna() & ~blank])
        _note(issues, "future_month", column.name, text[result > pd.Timestamp("2025-03-31")])
        return result
    if column.kind == "flag":
        result = text.map({"是": True, "否": False})
        _note(issues, "not_a_flag", column.name, text[result.isna() & ~blank])
        return result
    if column.kind == "choice":
        known = enumerations()[column.choice].spellings()
        result = text.map(known)
        _note(issues, "unknown_choice", column.name, text[result.isna() & ~blank])
        return result
    if column.kind == "certificate":
        wrong = ~blank & ~text.map(_is_right)
        _note(issues, "certificate", column.name, text[wrong])
        return text.mask(wrong)
    return text.mask(blank)


def _is_right(number: str) -> bool:
    if len(number) not in (18, 20, 22) or not number[:17].isdigit():
        return False
    total = sum(int(digit) * weight for digit, weight in zip(number[:17], WEIGHTS, strict=True))
    day = number[6:14]
    return number[17].upper() == "10X98765432"[total % 11] and "18500101" <= day <= "20250331"


def _check_places(frame: pd.DataFrame, places: pd.DataFrame, issues: list) -> None:
    codes = places["区划代码"]
    villages = places[codes.str.len() == 12].assign(upper=codes.str[:9])
    townships = places[codes.str.len() == 9].set_index("区划代码")["名称"]
    villages = villages.assign(乡=villages["upper"].map(townships), 村=villages["名称"])
    found = frame.merge(villages[["乡", "村", "区划代码"]], on=["乡", "村"], how="left")
    frame["place_code"] = found["区划代码"].to_numpy()
    _note(issues, "unknown_place", "村", frame.loc[frame["place_code"].isna(), "村"])


def _check_keys(frame: pd.DataFrame, issues: list) -> None:
    _note(issues, "required_empty", "户编号", frame.loc[frame["户编号"].isna(), "户编号"])
    _note(issues, "repeated", "户编号", frame.loc[frame["户编号"].duplicated(), "户编号"])


def _check_contradictions(frame: pd.DataFrame, issues: list) -> None:
    monitored = frame["监测对象类别"].notna()
    empty = frame[["风险识别时间", "致贫/返贫风险1", "工资性收入"]].isna().any(axis=1)
    _note(issues, "basics", "监测对象类别", frame.loc[monitored & empty, "户编号"])
    unsafe = ~monitored & (frame["是否解决安全饮用水"] == False)  # noqa: E712
    _note(issues, "unsafe", "是否解决安全饮用水", frame.loc[unsafe, "户编号"])
    wage = (frame["工资性收入"] > 0) & (frame["工资性收入"] < 100)
    _note(issues, "wage", "工资性收入", frame.loc[wage, "户编号"])


def _check_against(before: pd.DataFrame, frame: pd.DataFrame, issues: list) -> None:
    """Compare filled columns, sizes of numbers, and households by township with a month before."""
    for column in frame.columns.intersection(before.columns):
        was, now = before[column].notna().mean(), frame[column].notna().mean()
        if was >= 0.2 and now < was / 2:
            issues.append(("thinner", column, was, now))
    both = before.set_index("户编号").join(frame.set_index("户编号"), rsuffix="_now", how="inner")
    for column in frame.select_dtypes("number").columns:
        times = both[f"{column}_now"] / both[column].where(both[column] > 0)
        for place, part in times.groupby(both["place_code"].str[:9]):
            if not 0.4 < part.median() < 2.5:
                issues.append(("size", column, place, part.median()))
    for one, other, check in ((frame, before, "new"), (before, frame, "gone")):
        left = one[~one["户编号"].isin(other["户编号"])]
        shares = (
            left["place_code"].str[:9].value_counts() / one["place_code"].str[:9].value_counts()
        )
        issues.extend(
            (check, "户编号", place, share) for place, share in shares.items() if share > 0.2
        )


def _note(issues: list, check: str, column: str, found: pd.Series) -> None:
    issues.extend((check, column, row + 4, value) for row, value in found.items())
