"""The income account of one household, item by item, and four records of it side by side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import SupportsFloat

import numpy as np
import pandas as pd

from geodata.periods import months_until
from geodata.tables import income_items, table

PARTS = ("wage", "business", "property", "transfer", "expense")
# What the card declares for each part, and for all.
_DECLARED = {
    "wage": "wage_income",
    "business": "business_income",
    "property": "property_income",
    "transfer": "transfer_income",
    "expense": "business_expense",
}
RECORDS = ("system", "ledger", "card", "visit")
# Amounts that differ by less are the same: each was rounded to yuan at some desk.
_ROUNDING = 1.0


@dataclass(frozen=True)
class IncomeAccount:
    """Twelve months of one household, in yuan: net = wage + business + property + transfer - cost.

    `items` has item, title, part, policy (strict, broad or none), amount and months with an amount.
    `sums` has a row for each part, net and person: recomputed, recorded and difference; unknown is
    NaN. `months` of twelve were reported. Formula: (W + B + P + T - E) / N.
    """

    items: pd.DataFrame = field(repr=False)
    sums: pd.DataFrame = field(repr=False)
    months: int
    persons: float


def income_account(
    record: pd.Series, accounts: pd.DataFrame, month: str, *, persons: float, lang: str
) -> IncomeAccount:
    """Return the account of the twelve months to `month`.

    `accounts` has amounts in yuan: a row for each month, a column for each item; `record` is the
    household as recorded. Without a single month, what is recomputed is unknown.
    """
    year = accounts[accounts.index.isin(months_until(month, 12))]
    known = income_items()
    codes = [code for code in year.columns if code in known and year[code].notna().any()]
    items = pd.DataFrame(
        {
            "item": codes,
            "title": [known[code].title[lang] for code in codes],
            "part": [known[code].part for code in codes],
            "policy": [known[code].policy for code in codes],
            "amount": [float(year[code].sum()) for code in codes],
            "months": [int((year[code] > 0).sum()) for code in codes],
        }
    )
    order = items["part"].map(PARTS.index) if codes else items["part"]
    items = items.assign(order=order).sort_values(["order", "item"]).drop(columns="order")
    reported = len(year)
    return IncomeAccount(items, _sums(record, items, reported, persons), reported, persons)


def _sums(record: pd.Series, items: pd.DataFrame, months: int, persons: float) -> pd.DataFrame:
    nan = float("nan")
    recomputed = {
        part: float(items.loc[items["part"] == part, "amount"].sum()) if months else nan
        for part in PARTS
    }
    recomputed["net"] = sum(recomputed[part] for part in PARTS[:-1]) - recomputed["expense"]
    recomputed["person"] = recomputed["net"] / persons if persons and persons > 0 else nan
    columns = {**_DECLARED, "net": "net_income", "person": "per_capita_income"}
    recorded = {name: _number(record.get(column)) / 100 for name, column in columns.items()}
    sums = pd.DataFrame({"recomputed": recomputed, "recorded": recorded})
    sums["difference"] = sums["recomputed"] - sums["recorded"]
    return sums


def _number(value: object) -> float:
    """Return a stored number, NaN where it is missing."""
    return float(value) if isinstance(value, SupportsFloat) else float("nan")


def differs(difference: float) -> bool:
    """Return whether two amounts in yuan are not the same, but for rounding; unknown is not."""
    return abs(difference) >= _ROUNDING


def four_records(
    record: pd.Series,
    account: IncomeAccount,
    members: pd.DataFrame,
    visits: pd.DataFrame,
    *,
    card: pd.Series | None = None,
    lang: str,
) -> pd.DataFrame:
    """Return 机账卡实 field by field: title, system, ledger, card, visit and verdict.

    Values are numbers, booleans or None where a record does not say. `card` is the household as
    its card (明白卡) has it, when there is one. `verdict` is same, differs, or unknown when fewer
    than two records say something.
    """
    seen = _last_said(visits)
    paid = dict(zip(account.items["item"], account.items["amount"], strict=True))
    known = account.months > 0
    sums = account.sums["recomputed"]
    posts = members["public_post"].notna().any() if len(members) else None
    by_ledger = {
        "wage_income": sums["wage"],
        "business_income": sums["business"],
        "property_income": sums["property"],
        "transfer_income": sums["transfer"],
        "business_expense": sums["expense"],
        "per_capita_income": sums["person"],
        "dibao": paid.get("d2", 0) > 0 if known else None,
        "public_post": any(paid.get(code, 0) > 0 for code in ("a2", "a3", "a4")) if known else None,
    }
    system = {**record.to_dict(), "public_post": posts}
    rows = []
    for name, shown in _FIELDS.items():
        money = shown == "money"
        values = {
            "system": _value(system.get(name), money=money),
            "ledger": _value(by_ledger.get(name), money=False),
            "card": _value(None if card is None else card.get(name), money=money),
            "visit": _value(seen.get(_VISITED.get(name, name)), money=money),
        }
        rows.append(
            {"field": name, "title": _title(name, lang), **values, "verdict": _verdict(values)}
        )
    return pd.DataFrame(rows, columns=["field", "title", *RECORDS, "verdict"]).astype(object)


_FIELDS = {
    "members": "number",
    "per_capita_income": "money",
    "wage_income": "money",
    "business_income": "money",
    "property_income": "money",
    "transfer_income": "money",
    "business_expense": "money",
    "dibao": "flag",
    "public_post": "flag",
    "water_problem": "flag",
    "house_problem": "flag",
}
_VISITED = {"members": "members_seen"}


def _title(name: str, lang: str) -> str:
    return table("person" if name == "public_post" else "household").column(name).label(lang)


def _last_said(visits: pd.DataFrame) -> dict[str, object]:
    """Return of each column what the latest visit that said something said."""
    ordered = visits.sort_values("day") if len(visits) else visits
    return {
        name: ordered[name].dropna().iloc[-1]
        for name in ordered.columns
        if ordered[name].notna().any()
    }


def _value(value: object, *, money: bool) -> float | bool | None:
    if isinstance(value, (bool, np.bool_)):
        return bool(value)
    number = _number(value)
    return None if np.isnan(number) else number / 100 if money else number


def _verdict(values: Mapping[str, float | bool | None]) -> str:
    said = [value for value in values.values() if value is not None]
    if len(said) < 2:
        return "unknown"
    if all(isinstance(value, bool) for value in said):
        return "same" if len(set(said)) == 1 else "differs"
    return "differs" if differs(max(said) - min(said)) else "same"
