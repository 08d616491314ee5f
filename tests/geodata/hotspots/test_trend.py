"""Trends and the seventeen categories, with golden cases of our own."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from geodata import hotspots, i18n
from geodata.errors import HotspotError
from geodata.hotspots.result import category_key


def test_mann_kendall_by_hand():
    found = hotspots.mann_kendall(np.array([1.0, 2, 2, 5, 4]))
    # pairs: 9 of 10 differ, 8 up and 1 down; one tie of two
    assert found.S == 7
    assert found.variance == pytest.approx((5 * 4 * 15 - 2 * 1 * 9) / 18)
    assert found.z == pytest.approx(6 / np.sqrt(found.variance))
    assert found.tau == pytest.approx(7 / np.sqrt(10 * 9))
    assert found.sen_slope == found.slope == pytest.approx(0.875)
    assert found.n == 5


def test_missing_months_are_left_out_but_keep_their_place_in_time():
    x = np.array([0.0, np.nan, 2, 3, np.nan, 5, 6, 7])
    found = hotspots.mann_kendall(x)
    assert (found.S, found.n, found.slope) == (15, 6, 1.0)
    assert found.variance == hotspots.mann_kendall(x[~np.isnan(x)]).variance


@pytest.mark.parametrize("series", [[np.nan] * 12, [3.0], [1.0, 2.0]])
def test_too_few_values_have_no_p(series):
    found = hotspots.mann_kendall(np.array(series))
    assert np.isnan(found.z)
    assert np.isnan(found.p)


def test_rounding_noise_of_a_constant_series_is_no_trend():
    noise = np.cumsum(np.full((500, 36), 1e-16), axis=1) + 0.3
    found = hotspots.mann_kendall(noise)
    assert (found.S == 0).all()
    assert (found.p == 1).all()


def test_many_series_equal_one_by_one_and_keep_their_labels():
    x = np.random.default_rng(2).normal(size=(30, 24)).round(1)
    x[::3, 4:9] = np.nan
    frame = pd.DataFrame(x, index=[f"v{row}" for row in range(30)])
    together = hotspots.mann_kendall(frame)
    for row in range(30):
        alone = hotspots.mann_kendall(x[row])
        for name in ("S", "variance", "variance_ar1", "z", "p_ar1", "tau", "slope"):
            assert getattr(together, name).iloc[row] == pytest.approx(getattr(alone, name))
    assert list(together.S.index) == list(frame.index)


def _ar1(rho, runs=3000, months=36, seed=0):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(runs, months))
    for month in range(1, months):
        x[:, month] = rho * x[:, month - 1] + np.sqrt(1 - rho**2) * x[:, month]
    return x


@pytest.mark.parametrize(("rho", "plain", "aware"), [(0, 0.07, 0.06), (0.6, 0.2, 0.10)])
def test_months_that_follow_each_other_need_the_wider_variance(rho, plain, aware):
    found = hotspots.mann_kendall(_ar1(rho))
    rejected, rejected_aware = (found.p <= 0.05).mean(), (found.p_ar1 <= 0.05).mean()
    assert rejected_aware <= aware
    assert rejected <= plain if rho == 0 else rejected >= plain
    assert (found.variance_ar1 >= found.variance - 1e-9).all()


def test_seasonal_test_does_not_see_the_season():
    months = np.arange(48)
    season = 10 * np.sin(2 * np.pi * months / 12)
    flat = hotspots.seasonal_mann_kendall(season)
    assert (flat.S, flat.p) == (0, 1.0)
    rising = hotspots.seasonal_mann_kendall(season + 0.01 * months)
    assert rising.S == 12 * 6
    assert rising.p < 0.001
    assert rising.slope == pytest.approx(0.12)


def test_trend_must_be_significant_material_and_the_villages_own():
    rise = np.linspace(0, 1, 24)
    z = np.vstack([rise, 0.4 * rise, -rise, np.zeros(24)])
    assert list(hotspots.trend_direction(z)) == [1, 0, -1, 0]
    assert list(hotspots.trend_direction(z, rate=np.vstack([rise, rise, rise, rise]))) == [
        1,
        0,
        0,
        0,
    ]
    with pytest.raises(HotspotError, match="ar1, mk, seasonal"):
        hotspots.trend_direction(z, test="linear")


@pytest.mark.parametrize(("change", "direction"), [(0.49, 0), (0.5, 1), (0.51, 1)])
def test_half_a_unit_of_z_is_the_least_material_change(change, direction):
    assert hotspots.trend_direction(np.linspace(0, change, 36)[None], test="mk")[0] == direction


# H hot, C cold, . neither, ? not observed; trend of z; code
CASES = [
    ("............", 0, 0, "冷热都没有"),
    (".......H....", 0, 0, "热过一次,已过去"),
    ("...........H", 0, 1, "最后一月首次出现"),
    ("??.........H", 0, 1, "缺报不算月份"),
    ("..........HH", 0, 2, "最后两月连续"),
    ("......HHHHHH", 0, 2, "最后六月连续,不到九成"),
    (".......HHH?H", 0, 2, "缺报一月不打断"),
    ("HHHHHHHHHHHH", 1, 3, "一直是,且上升"),
    ("HHHHHHHHHHHH", 0, 4, "一直是,无变化"),
    ("HHHHHHHHHHHH", -1, 5, "一直是,在下降"),
    (".HHHHHHHHH", 0, 4, "十个月中九个月,正好九成"),
    ("..HHHHHHHHH", 0, 2, "十一个月中九个月,不足九成"),
    ("H.....H....H", 0, 6, "时有时无"),
    ("..HH......HH", 0, 6, "断过再来"),
    ("C..........H", 0, 7, "曾冷,现热"),
    ("C.....HHHHHH", 0, 7, "曾冷,近来连续热"),
    ("CHHHHHHHHHHH", 0, 4, "九成以上是热点,早年一次冷不算"),
    ("HHHHHHHHHHH.", 0, 8, "九成以上,最后一月退出"),
    ("HHHHHHHHHHH.", 1, 8, "退出后不看趋势"),
    ("HHHHHHHHHHHC", 0, -7, "最后一月显著冷,以最后一月为准"),
    ("HHHHHHHHHHH?", 0, 99, "最后一月未评估"),
    ("?????HHHHHHH?HH", 0, 99, "观测不足十个月"),
    ("HHHHHHHHHH", 0, 4, "正好十个月"),
]
MIRROR = str.maketrans("HC", "CH")
BOTH_SIDES = CASES + [
    (series.translate(MIRROR), -trend, code if code in (0, 99) else -code, f"{why}(冷)")
    for series, trend, code, why in CASES
]


def _signs(series):
    return np.array([{"H": 1, "C": -1, ".": 0, "?": np.nan}[mark] for mark in series])[None]


@pytest.mark.parametrize(("series", "trend", "code", "why"), BOTH_SIDES)
def test_category_of_a_series(series, trend, code, why):
    signs = _signs(series)
    z = np.where(signs == 0, 0.1, 3.0 * signs)
    assert hotspots.emerging(z, np.nan_to_num(signs), trend=[trend])[0] == code, why
    marked = np.abs(np.nan_to_num(signs)) > 0
    assert hotspots.emerging(z, marked, trend=[trend])[0] == code, why


def test_one_series_has_one_code():
    z = np.full(12, 3.0)
    assert hotspots.emerging(z, z > 2) == 4
    assert hotspots.emerging(z, z > 2, trend=1) == 3
    assert hotspots.trend_direction(np.linspace(0, 5, 24)) == 1


def test_older_wording_of_sporadic_needs_no_final_month():
    signs = _signs("..H...H.....")
    z = 3.0 * signs
    assert hotspots.emerging(z, signs, trend=[0])[0] == 0
    assert hotspots.emerging(z, signs, trend=[0], sporadic_needs_final=False)[0] == 6


def test_sporadic_does_not_swallow_pure_noise_as_in_sfdep():
    z = np.random.default_rng(0).normal(size=(500, 36))
    codes = hotspots.emerging(z, np.abs(z) > 1.96)
    old = hotspots.emerging(z, np.abs(z) > 1.96, sporadic_needs_final=False)
    assert np.mean(codes == 0) > 0.9
    assert np.mean(old != 0) > 0.4


def test_falling_cold_spot_is_not_called_an_intensifying_hot_spot_as_in_sfdep():
    z = np.linspace(-3, -6, 36)[None]
    assert hotspots.emerging(z, z < -2)[0] == -3
    assert hotspots.emerging(z[:, ::-1], z < -2)[0] == -5


def test_categories_stay_when_the_caller_labels_the_villages():
    z = pd.DataFrame(np.full((2, 12), 3.0), index=["990101000001", "990101000002"])
    codes = hotspots.emerging(z, z > 2)
    assert codes.to_dict() == {"990101000001": 4, "990101000002": 4}


def test_significance_of_another_shape_is_refused():
    with pytest.raises(HotspotError):
        hotspots.emerging(np.zeros((3, 12)), np.zeros((3, 11)))


def test_every_category_bin_and_reason_has_a_name_and_a_sentence():
    for code in (*range(-8, 9), 99):
        for lang in ("zh", "en"):
            assert hotspots.category_name(code, lang)
            assert hotspots.category_meaning(code, lang)[-1] in "。."
    assert len({category_key(code) for code in (*range(-8, 9), 99)}) == 18
    assert len({hotspots.bin_name(code, "zh") for code in range(-3, 4)}) == 7
    for code in range(len(hotspots.REASONS)):
        assert hotspots.reason_sentence(code, "zh")
    for quadrant in hotspots.QUADRANTS:
        assert i18n.text(f"hotspots.{quadrant}", "en")


@pytest.mark.parametrize(
    ("arguments", "zh", "en"),
    [
        (
            (2, 4, 1, 0, "2025-06"),
            "该村连续4个月为热点,且趋势上升",
            "a hot spot for 4 months in a row, and rising",
        ),
        ((2, 3, 0, 0, "2025Q2"), "该村连续3个季度为热点", "a hot spot for 3 quarters in a row"),
        ((1, 1, 0, 0, "2025-06"), "该村本期为热点", "a hot spot this period"),
        (
            (-4, 12, -1, 0, "2025"),
            "该村连续12年为冷点,且趋势下降",
            "a cold spot for 12 years in a row, and falling",
        ),
        (
            (8, 0, 0, 0, ""),
            "该村过去长期为热点,本期已退出",
            "long a hot spot, but none this period",
        ),
        (
            (4, 5, None, 0, ""),
            "该村连续5期为热点,趋势无法判断",
            "a hot spot for 5 periods in a row, trend not assessable",
        ),
        ((0, 0, 0, 0, ""), "该村本期不是热点", "no hot spot this period"),
        (
            (99, 0, 0, 1, ""),
            "该村未评估:该村本期未报数",
            "not assessed: the village did not report",
        ),
    ],
)
def test_finding_in_a_sentence(arguments, zh, en):
    code, run, trend, reason, period = arguments
    said = hotspots.category_sentence(
        code, run, trend=trend, reason=reason, period=period, lang="zh"
    )
    assert said.replace("，", ",").replace("：", ":") == zh
    assert (
        hotspots.category_sentence(code, run, trend=trend, reason=reason, period=period, lang="en")
        == en
    )
