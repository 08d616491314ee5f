"""The limits of a map from policy: parameters of one place and month, or plain numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from geodata import i18n
from geodata.atlas import Atlas
from geodata.periods import last_day
from geodata.policy import PLACE, Policy


@dataclass(frozen=True)
class PolicyCuts:
    """Cuts in shown units, and by language the titles of the parameters that are not set."""

    cuts: tuple[float, ...] = ()
    unset: tuple[dict[str, str], ...] = ()

    def note(self, lang: str | None = None) -> str:
        """Return which parameters are not set, so that classes are natural ones; else empty."""
        if not self.unset:
            return ""
        lang = lang or i18n.default_language()
        names = i18n.listed((title[lang] for title in self.unset), lang)
        return i18n.text("cartography.limits_unset", lang, names=names)


def limits_at(
    atlas: Atlas,
    indicator: str,
    level: str,
    breaks: Sequence[str | float],
    policy: Policy | None,
    *,
    place: str | None,
    period: str,
) -> PolicyCuts:
    """Return the limits of policy for an indicator at a level; none where none can hold.

    A parameter is a limit of the places it is set for: of one village none of a township. A figure
    that adds up has limits at the lowest level only.
    """
    summed = atlas.indicator(indicator).adds_up == "sum" and level != atlas.lowest
    if policy is None or not breaks or not period or summed:
        return PolicyCuts()
    keys = [entry for entry in breaks if isinstance(entry, str)]
    if any(policy[key].each not in (PLACE, level) for key in keys):
        return PolicyCuts()
    scale = atlas.indicator(indicator).unit.scale
    return policy_limits(breaks, policy, place=place or "", period=period, money_scale=scale)


def policy_limits(
    breaks: Sequence[str | float],
    policy: Policy,
    *,
    place: str,
    period: str,
    money_scale: float = 1.0,
) -> PolicyCuts:
    """Return the limits that `breaks` (parameter keys or numbers) mean at a place and month.

    `money_scale` multiplies an amount of yuan to be shown, as figures are: 0.0001 where they are in 万元.
    One parameter without a usable value leaves no cuts at all: half a set of limits would mislead.
    """
    day, cuts, unset = last_day(period), [], []
    for entry in breaks:
        if not isinstance(entry, str):
            cuts.append(float(entry))
            continue
        looked = policy.at(entry, place, day)
        value = looked.comparable
        if isinstance(value, (int, float)):
            money = looked.parameter.is_money
            cuts.append(float(value) / 100 * money_scale if money else float(value))
        else:
            unset.append(dict(looked.parameter.title))
    return PolicyCuts((), tuple(unset)) if unset else PolicyCuts(tuple(sorted(set(cuts))))
