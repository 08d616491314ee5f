"""Households of the invented county and their members, with numbers that can belong to nobody."""

from __future__ import annotations

import numpy as np
import pandas as pd
import shapely

from geodata.sample import invented_names
from geodata.sample.places import COUNTY_CODE, Places

# GB 11643-1999: the weights of the 17 digits, and the check sign by remainder.
_WEIGHTS = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2])
_SIGNS = np.array(list("10X98765432"))


def identity_numbers(persons: pd.DataFrame) -> np.ndarray:
    """Return 18-character numbers with a valid check sign in a region that does not exist.

    Region, day of birth and sex are right; who was born on one day is told apart by the sequence,
    and by a second invented region when a day has more than 500 of one sex.
    """
    birth, day, male = (persons[name].to_numpy() for name in ("birth", "day", "male"))
    born = (birth // 12) * 10000 + (birth % 12 + 1) * 100 + day
    turn = pd.Series(born * 2 + male).groupby(born * 2 + male).cumcount().to_numpy()
    region = int(COUNTY_CODE) + turn // 500
    whole = region * 10**11 + born.astype(np.int64) * 1000 + turn % 500 * 2 + male
    digits = whole[:, None] // 10 ** np.arange(16, -1, -1) % 10
    return np.strings.add(whole.astype("U17"), _SIGNS[digits @ _WEIGHTS % 11])


def phones(rng: np.random.Generator, count: int) -> np.ndarray:
    """Return 11-digit numbers beginning with 100, which no mobile network uses."""
    return (100 * 10**8 + rng.integers(0, 10**8, count)).astype("U11")


def check_sign(body: str) -> str:
    """Return the check sign of the first 17 digits of an identity number."""
    return str(_SIGNS[(np.array(list(body), dtype=int) @ _WEIGHTS) % 11])


# Months are counted from the year 0: 2025-12 is 2025 * 12 + 11.
_RELATIONS = ("户主", "配偶", "之子", "之女", "之儿媳", "之孙子", "之孙女", "之父", "之母")
HEAD, SPOUSE, SON, DAUGHTER, SON_WIFE, GRANDSON, GRANDDAUGHTER, FATHER, MOTHER = range(9)
CHRONIC, SERIOUS, DISABLED = 1, 2, 4  # bits of `health`


def relation_words() -> tuple[str, ...]:
    """Return the published words of the numbered relations to the head."""
    return _RELATIONS


def make_households(rng: np.random.Generator, places: Places, households: int) -> pd.DataFrame:
    """Return one row per household, sorted by village.

    Columns: village (row of the places), former_poor, family (surname number), group (natural
    village), x, y, farmland, returned_land, orchard_land (mu), house_area (m2), road_km, and
    `wealth`, a factor of earnings around 1.
    """
    villages = places.villages
    height = villages["metres"].rank(pct=True).to_numpy()
    size = rng.lognormal(0, 0.38, len(villages)) * np.where(villages["urban"], 1.8, 1)
    village = np.repeat(np.arange(len(villages)), _shares(size, households))
    poor = np.clip(rng.beta(9, 30, len(villages)) * (0.6 + 0.8 * height), 0.03, 0.6)
    farm = np.clip(rng.gamma(3.2, 1.6, households), 0.3, 28).round(1)
    sloping = rng.random(households) < 0.25 + 0.4 * height[village]
    frame = pd.DataFrame(
        {
            "village": village,
            "former_poor": rng.random(households) < poor[village],
            "family": invented_names.family_numbers(rng, village),
            "group": rng.integers(1, 9, households),
            "farmland": np.where(villages["urban"].to_numpy()[village], 0.0, farm),
            "returned_land": np.where(sloping, rng.gamma(2, 1.5, households), 0).round(1),
            "orchard_land": np.where(
                rng.random(households) < 0.22, rng.gamma(2, 1.2, households), 0
            ),
            "house_area": np.clip(rng.normal(118, 32, households), 40, 260).round(0),
            "road_km": rng.gamma(1.5, 0.5 * (0.4 + height[village])).round(1),
        }
    )
    frame["orchard_land"] = frame["orchard_land"].round(1)
    poorer = np.where(frame["former_poor"], 0.82, 1.0) * (1.12 - 0.24 * height[village])
    frame["wealth"] = poorer * rng.lognormal(0, 0.22, households)
    frame[["x", "y"]] = _homes(rng, places, village, frame["group"].to_numpy())
    return frame


def _shares(weights: np.ndarray, total: int) -> np.ndarray:
    """Return whole numbers in proportion to weights that add up to `total`, each at least 1."""
    if total < len(weights):
        raise ValueError(f"{total} households cannot fill {len(weights)} villages")
    exact = weights / weights.sum() * (total - len(weights)) + 1
    whole = np.floor(exact).astype(int)
    short = total - whole.sum()
    whole[np.argsort(whole - exact, kind="stable")[:short]] += 1
    return np.asarray(whole)


def _homes(
    rng: np.random.Generator, places: Places, village: np.ndarray, group: np.ndarray
) -> np.ndarray:
    """Return home points (n, 2) inside their villages, gathered in eight natural villages each."""
    polygons = places.villages.geometry.to_numpy()
    seats = places.villages[["x", "y"]].to_numpy()
    reach = np.sqrt(shapely.area(polygons))
    hamlets = seats[:, None] + rng.normal(0, 0.3, (len(seats), 9, 2)) * reach[:, None, None]
    outside = ~shapely.contains_xy(polygons[:, None], hamlets[..., 0], hamlets[..., 1])
    hamlets = np.where(outside[..., None], seats[:, None], hamlets)
    homes = hamlets[village, group]
    shapely.prepare(polygons)
    for spread in (0.06, 0.03, 0.01):  # what falls outside the village is tried nearer by
        tried = hamlets[village, group] + rng.normal(0, spread, homes.shape) * reach[village, None]
        inside = shapely.contains_xy(polygons[village], tried[:, 0], tried[:, 1])
        still = (homes == hamlets[village, group]).all(axis=1)
        homes = np.where((inside & still)[:, None], tried, homes)
    return np.asarray(homes.round(1))


def make_persons(rng: np.random.Generator, households: pd.DataFrame, last: int) -> pd.DataFrame:
    """Return one row per person, sorted by household, the head first.

    Columns: household, number (1 = head), relation, male, birth (month), day, health (bits),
    skilled, educated (0 to 1), studies (goes on to school after 15), works and wage (yuan a month, when able), name,
    certificate, phone. Ages are meant in the
    month `last`; who is born later than a month is not there yet in that month.
    """
    slots = _family_slots(rng, len(households), last)
    persons = pd.concat(slots, ignore_index=True)
    persons = persons.sort_values(["household", "slot"], kind="stable", ignore_index=True)
    persons["number"] = persons.groupby("household").cumcount() + 1
    count = len(persons)
    persons["day"] = rng.integers(1, 29, count)
    persons["skilled"] = rng.random(count) < 0.16
    persons["educated"] = rng.random(count)
    persons["studies"] = rng.random(count) < 0.55
    persons["works"] = rng.random(count) < np.where(persons["male"], 0.78, 0.56)
    persons["wage"] = 2750 * rng.lognormal(0, 0.28, count) * np.where(persons["skilled"], 1.3, 1)
    poor = households["former_poor"].to_numpy()[persons["household"]]
    persons["health"] = _health(rng, (last - persons["birth"].to_numpy()) // 12, poor)
    own = households["family"].to_numpy()[persons["household"]]
    married_in = persons["relation"].isin([SPOUSE, SON_WIFE, MOTHER]).to_numpy()
    other = invented_names.family_numbers(rng, np.zeros(count, dtype=int))
    male = persons["male"].to_numpy()
    persons["name"] = invented_names.person_names(rng, np.where(married_in, other, own), male)
    persons["certificate"] = identity_numbers(persons)
    persons["phone"] = phones(rng, count)
    return persons.drop(columns="slot")


def _family_slots(rng: np.random.Generator, count: int, last: int) -> list[pd.DataFrame]:
    """Return the members of all households, one frame per place in the family."""
    age = np.clip(rng.normal(51, 12.5, count), 23, 90)
    slots: list[pd.DataFrame] = []

    def add(
        there: np.ndarray, relation: np.ndarray | int, years: np.ndarray, male: np.ndarray
    ) -> None:
        """Add the people of one place in the family to those households that have one."""
        who = np.flatnonzero(there)
        frame = {
            "household": who,
            "slot": len(slots),
            "relation": np.broadcast_to(relation, count)[who].astype(np.int8),
            "male": np.broadcast_to(male, count)[who],
            "birth": last - np.round(years[who] * 12).astype(int),
        }
        slots.append(pd.DataFrame(frame))

    chance = rng.random((10, count))
    male = chance[0] < 0.86
    add(np.ones(count, dtype=bool), HEAD, age, male)
    paired = chance[1] < np.where(age < 62, 0.88, np.where(age < 76, 0.66, 0.3))
    add(paired, SPOUSE, np.clip(age + rng.normal(-1.5, 2.5, count), 21, 95), ~male)
    children = np.where(age < 68, rng.poisson(1.55, count), rng.poisson(0.5, count))
    oldest = age - rng.uniform(22, 31, count)
    for order in range(3):
        years, boy = oldest - order * rng.uniform(1.5, 5, count), rng.random(count) < 0.53
        stays = (years < 24) | (boy & (years < 45)) | (rng.random(count) < 0.15)
        there = (children > order) & (years > 0.1) & stays
        add(there, np.where(boy, SON, DAUGHTER), years, boy)
        if order == 0:
            wed = there & boy & (years > 24) & (chance[2] < 0.55)
            add(wed, SON_WIFE, years - 1.5, np.zeros(count, dtype=bool))
            for line in (3, 4):
                kid, lad = years - 24 - (line - 3) * 3.4, chance[line + 3] < 0.5
                born = wed & (kid > 0.1) & (chance[line] < 0.7)
                add(born, np.where(lad, GRANDSON, GRANDDAUGHTER), kid, lad)
    young = age < 60
    add(young & (chance[8] < 0.2), FATHER, np.minimum(age + 26, 93), np.ones(count, dtype=bool))
    add(young & (chance[9] < 0.3), MOTHER, np.minimum(age + 24, 95), np.zeros(count, dtype=bool))
    return slots


def _health(rng: np.random.Generator, age: np.ndarray, poor: np.ndarray) -> np.ndarray:
    """Return health as bits; long illness grows with age, and poor families are ill more often."""
    worse = np.where(poor, 1.6, 1.0)
    chronic = rng.random(len(age)) < np.clip((age - 22) / 62, 0, 1) ** 1.7 * 0.36 * worse
    serious = rng.random(len(age)) < (0.003 + 0.012 * (age > 45)) * worse
    disabled = rng.random(len(age)) < (0.014 + 0.0004 * age) * worse
    return np.asarray((chronic * CHRONIC + serious * SERIOUS + disabled * DISABLED).astype(np.int8))


def labour_and_school(persons: pd.DataFrame, month: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the numbers of labour ability (0 ordinary ... 4 none) and schooling in a month.

    Both follow the order of the published lists. Nobody at school or under 16 can work, the ill
    can work a little or not at all, and from 60 on nobody counts as ordinary labour.
    """
    age = (month - persons["birth"].to_numpy()) // 12
    health, skilled = persons["health"].to_numpy(), persons["skilled"].to_numpy()
    school = _school(age, persons["studies"].to_numpy(), persons["number"].to_numpy())
    ill, gravely = health > 0, (health & (SERIOUS | DISABLED)) > 0
    fit = np.where(skilled, 1, 0)
    adult = np.where(~ill, fit, np.where(gravely & ~skilled, 3, 2))
    # Skill lets the gravely ill work a little at any age, so nobody loses all ability at 60.
    old = np.where((~gravely | skilled) & (age < 70), 2, 4)
    labour = np.where(age < 60, adult, old)
    return np.where((age < 16) | (school != 0), 4, labour), school


def _school(age: np.ndarray, studies: np.ndarray, number: np.ndarray) -> np.ndarray:
    """Return the number of the schooling, 0 not in school; nobody of 6 to 15 is out of it."""
    grown = np.where(studies & (age < 18), np.where(number % 2, 7, 8), 0)
    grown = np.where(studies & (age >= 18) & (age < 22) & (number % 3 > 0), 9 + number % 2, grown)
    steps = [age < 3, age < 6, age < 12, age < 16]
    return np.select(steps, [1, 2, 3, 4], grown)
