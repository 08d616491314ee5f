"""A figure knows what it is: declared, checked when it is read, and asked for by all that use it."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from itertools import zip_longest
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml

from geodata.access import Scope
from geodata.atlas.scoped import within_scope
from geodata.cartography import draw_layer, limits_at, palette_for, policy_limits, rank_places
from geodata.cartography.headline import headline
from geodata.cartography.words import figure_text
from geodata.errors import PolicyError, QuantityError, ThemeError
from geodata.figures import Cube, Indicator, SmallFigures, read_indicators
from geodata.hotspots import hotspot_layer
from geodata.policy import PLACES, load_policy
from geodata.policy.parameter_files import SHIPPED
from geodata.quantity import QUANTITIES, Thing, Unit, agrees, named_unit, shipped_words
from geodata.themes import own_themes
from geodata.themes.checking import Checked, theme_faults
from tests.invented import COUNTY, RATE, grid_atlas
from tests.invented_figures import MONTHS, figures_atlas, own_indicators

GIVEN = {
    "title": {"zh": "甲", "en": "a"},
    "quantity": "share",
    "counts": "household",
    "base": "household",
    "unit": "percent",
    "numerator": "CASE WHEN poor THEN 1 ELSE 0 END",
}
WORDS = shipped_words()


def read(folder: Path, **changes: object) -> Indicator:
    """Return the one indicator of a file, some fields changed or (None) left out."""
    entry = {name: found for name, found in (GIVEN | changes).items() if found is not None}
    file = folder / "indicators.yaml"
    file.write_text(yaml.safe_dump({"poor_share": entry}, allow_unicode=True), encoding="utf-8")
    return read_indicators(file, "monitoring")[0]


@pytest.mark.parametrize(
    ("field", "found", "near"),
    [
        ("quantity", "shares", "share"),
        ("counts", "houshold", "household"),
        ("base", "persns", "person"),
        ("unit", "percnt", "percent"),
    ],
)
def test_an_unknown_word_is_refused_with_file_key_value_and_the_nearest(
    tmp_path, field, found, near
):
    with pytest.raises(ThemeError) as refused:
        read(tmp_path, **{field: found})
    said = str(refused.value)
    for part in (str(tmp_path / "indicators.yaml"), "poor_share", field, f"“{found}”", near):
        assert part in said


@pytest.mark.parametrize(
    "changes",
    [
        {"quantity": "count", "unit": "household"},  # a count with a base
        {"base": None},  # a share without one
        {"unit": "yuan"},
        {"counts": "person"},  # of households
        {"base": "person"},
        {"quantity": "total", "base": None, "unit": "yuan"},  # money that counts households
        {"quantity": "per_head", "counts": "money", "base": "money", "unit": "percent"},
        {"quantity": "switch"},  # of the policy alone
        {"base": "village", "counts": "village"},  # rows are households
        {"quantity": None},
        {"unit": None},
    ],
)
def test_declarations_that_do_not_agree_are_refused(tmp_path, changes):
    assert read(tmp_path).base.key == "household"
    with pytest.raises(ThemeError, match="poor_share"):
        read(tmp_path, **changes)


def test_all_faults_of_a_file_are_told_at_once(tmp_path):
    file = tmp_path / "indicators.yaml"
    content = {"one": GIVEN | {"unit": "yuan"}, "two": GIVEN | {"counts": "nobody"}}
    file.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    with pytest.raises(ThemeError) as refused:
        read_indicators(file, "monitoring")
    assert "one" in str(refused.value)
    assert "nobody" in str(refused.value)


@pytest.mark.parametrize("target", ["monitor.line.per_capita", "visit.interval_days"])
def test_a_target_of_another_quantity_is_refused_for_every_share(target):
    theme, policy = own_themes()[0], load_policy()
    assert list(theme_faults(Checked(theme, policy))) == []
    for share in (one for one in theme.indicators if one.is_share):
        wrong = replace(share, target=target)
        faulty = replace(theme, indicators=(wrong, *(o for o in theme.indicators if o != share)))
        said = [str(fault) for fault in theme_faults(Checked(faulty, policy))]
        assert any(share.key in one and target in one for one in said)


@pytest.mark.parametrize(
    ("indicator", "limit", "fits"),
    [
        ("income_per_person", "monitor.line.per_capita", False),
        ("collective_income", "village.collective_income.min", True),
        ("low_income_share", "monitor.line.per_capita", False),
        ("low_income_share", 8_600, False),
        ("low_income_share", 30, True),
        ("industry_funds_share", "fund.industry_share.min", True),
        ("collective_income", "monitor.line.per_capita", False),
    ],
)
def test_a_break_of_a_layer_is_of_the_quantity_and_unit_of_its_indicator(indicator, limit, fits):
    theme, policy = own_themes()[0], load_policy()
    layer = replace(theme.layers[0], indicator=indicator, breaks=(limit,))
    faults = list(theme_faults(Checked(replace(theme, layers=(layer,)), policy)))
    assert bool(faults) != fits


def test_every_parameter_declares_what_it_is_and_money_is_compared_in_fen():
    for parameter in load_policy():
        quantity = QUANTITIES[parameter.quantity]
        assert parameter.unit.of in quantity.units, parameter.key
        assert parameter.is_money == (parameter.unit.fen == 100), parameter.key
        values = {type(one.value) for one in parameter.values if one.value is not None}
        # One that every county has to set has no value yet.
        if values:
            assert (str in values) == (quantity.key == "words"), parameter.key
            assert (bool in values) == (quantity.key == "switch"), parameter.key


@pytest.mark.parametrize(
    ("field", "found"), [("quantity", "shar"), ("unit", "persent"), ("unit", "yuan")]
)
def test_a_parameter_with_an_unknown_or_unfit_word_is_refused(tmp_path, field, found):
    written = (SHIPPED / "reloc" / "policy_share.warn.yaml").read_text(encoding="utf-8")
    content = yaml.safe_load(written) | {field: found}
    (tmp_path / "new").mkdir()
    file = tmp_path / "new" / "share.yaml"
    file.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    with pytest.raises(PolicyError, match=found):
        load_policy(more=(tmp_path,))


def test_a_unit_or_thing_that_a_catalogue_gets_wrong_is_refused(tmp_path):
    for name, text in (("things", "bed: {zh: 张, en: beds, is: bedd}"), ("units", "bed: {zh: 张}")):
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
        with pytest.raises(QuantityError):
            WORDS.with_files(tmp_path / "units.yaml", tmp_path / "things.yaml")
        (tmp_path / f"{name}.yaml").unlink()
    (tmp_path / "things.yaml").write_text("bed: {zh: 张, en: beds}", encoding="utf-8")
    mine = WORDS.with_files(tmp_path / "units.yaml", tmp_path / "things.yaml")
    agrees(QUANTITIES["share"], WORDS.units["percent"], mine.things["bed"], mine.things["bed"])


# What is shown to people must decide nothing.


def nonsense(indicator: Indicator) -> Indicator:
    """Return an indicator whose texts say something else: money of shares, percent of counts."""

    def other(thing: Thing | None) -> Thing | None:
        return thing and replace(thing, title={"zh": "元", "en": "CNY", "one": "%"})

    odd = hashlib.sha256(indicator.key.encode()).digest()[0] % 2
    text = {"zh": "元/年", "en": "CNY"} if odd else {"zh": "%", "en": "%"}
    return replace(
        indicator,
        title={"zh": "占比（%）", "en": "yuan"},
        unit=replace(indicator.unit, title=text),
        counts=other(indicator.counts),
        base=other(indicator.base),
    )


def computed(atlas, indicators) -> dict[tuple, np.ndarray]:
    """Return every number, class, hidden cell, hot spot and alarm of an atlas."""
    town = atlas.places_in(None, "township")[0]
    mine = within_scope(atlas, Scope("leader", (town,)), smallest=3)
    policy, found, period = load_policy(), {}, MONTHS[-1]
    public = outside_of(atlas)
    breaks = {key: one for theme in own_themes() for key, one in breaks_of(theme).items()}
    for one in indicators:
        for level in atlas.levels:
            limits = limits_at(
                atlas, one.key, level, breaks[one.key], policy, place=COUNTY, period=period
            )
            layer = draw_layer(atlas, one.key, period, level=level, limits=limits)
            ranked = rank_places(atlas, one.key, period, level=level)
            found[one.key, level] = np.concatenate(
                [layer.values, layer.classes, [layer.decimals], ranked["rank"].to_numpy(float)]
            )
            found[one.key, level, "hidden"] = mine.hidden(one.key, period, level).to_numpy()
            outside = public.figures(one.key, period)[layer.keys]
            found[one.key, level, "public"] = outside.to_numpy()
        hot = hotspot_layer(atlas, one.key, period)
        found[one.key, "hot"] = np.append(hot.classes, hot.sides)
        found[one.key, "alarm"] = np.array([]) if hot.result is None else hot.result.alarm
    return found


def outside_of(cube: Cube, *, everything: bool = True) -> SmallFigures:
    """Return what is hidden from who has no place of his own and sees all."""
    keys = cube.places.index
    nobody, everybody = pd.Series(False, index=keys), pd.Series(True, index=keys)
    return SmallFigures(cube, nobody, everybody, 3, everything)


def breaks_of(theme) -> dict[str, tuple]:
    return {one.key: theme.breaks_of(one.key) for one in theme.indicators}


def test_other_titles_and_units_change_no_number_class_hidden_cell_hot_spot_or_alarm():
    atlas = figures_atlas()
    odd = replace(atlas, indicators={key: nonsense(one) for key, one in atlas.indicators.items()})
    expected = computed(atlas, own_indicators())
    told = computed(odd, [nonsense(one) for one in own_indicators()])
    assert any(hidden.any() for key, hidden in expected.items() if "hidden" in key)
    for key, numbers in expected.items():
        np.testing.assert_array_equal(told[key], numbers, err_msg=str(key))


def test_other_texts_of_parameters_change_no_limit():
    policy = load_policy()
    texts = {"zh": "%", "en": "%"}
    odd = replace(
        policy,
        parameters={
            one.key: replace(one, title=texts, unit=replace(one.unit, title=texts))
            for one in policy
        },
    )
    day = pd.Timestamp("2025-12-31").date()
    for one in policy:
        assert odd.at(one.key, COUNTY, day).comparable == policy.at(one.key, COUNTY, day).comparable
        told = [
            policy_limits([one.key], each, place=COUNTY, period="2025-12").cuts
            for each in (policy, odd)
        ]
        assert told[0] == told[1]


# A limit that cannot be reached makes no class; nothing anywhere is no trouble.


@pytest.mark.parametrize(("cut", "classes"), [(0, 1), (30, 2), (100, 2), (8_600, 1)])
def test_a_share_has_no_class_that_nobody_can_be_in(cut, classes):
    layer = draw_layer(grid_atlas(), "poor_share", "2025", level="village", limits=[cut, 20])
    assert len(layer.breaks.cuts) == classes


def test_no_figure_of_places_is_classed_by_what_is_set_for_a_household_or_a_works():
    """Whatever of the same quantity and unit is tried as target, of every indicator."""
    policy, refused = load_policy(), set()
    for theme in own_themes():
        unfit = {
            one.key: [
                parameter
                for parameter in policy
                if parameter.quantity in one.kind.limits
                and parameter.unit == one.unit
                and parameter.each not in PLACES
            ]
            for one in theme.indicators
        }
        # One target of each indicator at a time: a theme is checked as a whole.
        for tried in zip_longest(*unfit.values()):
            targets = dict(zip(unfit, tried, strict=True))
            wrong = replace(
                theme,
                indicators=tuple(
                    replace(one, target=targets[one.key].key) if targets[one.key] else one
                    for one in theme.indicators
                ),
            )
            said = [str(fault) for fault in theme_faults(Checked(wrong, policy))]
            for key, parameter in targets.items():
                if parameter is not None:
                    assert any(key in fault and parameter.key in fault for fault in said)
                    refused.add(parameter.each)
    assert "household" in refused


def test_a_limit_stands_only_where_the_places_it_is_set_for_are_drawn():
    atlas, policy = figures_atlas(), load_policy()
    for theme in own_themes():
        for key, breaks in breaks_of(theme).items():
            named = [one for one in breaks if isinstance(one, str)]
            every = policy.with_values(dict.fromkeys(named, 7))
            for level in atlas.levels:
                told = limits_at(atlas, key, level, breaks, every, place=COUNTY, period=MONTHS[-1])
                own = {policy[one].each for one in named} <= {level, "place"}
                assert own or told.cuts == (), (key, level)


def test_what_is_set_for_a_village_is_no_limit_of_a_township():
    atlas, policy = figures_atlas(), load_policy()
    told = {
        level: limits_at(
            atlas,
            "collective_income",
            level,
            ["village.collective_income.min"],
            policy.with_values({"village.collective_income.min": 50_000}),
            place=COUNTY,
            period=MONTHS[-1],
        ).cuts
        for level in atlas.levels
    }
    assert told == {"county": (), "township": (), "village": (5.0,)}


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_totals_of_money_are_written_in_ten_thousands_in_figure_legend_and_ranking(lang):
    atlas = figures_atlas()
    totals = [one for one in own_indicators() if one.is_money and one.quantity == "total"]
    assert len(totals) >= 5
    for one in totals:
        layer = draw_layer(atlas, one.key, MONTHS[-1], level="village")
        yuan = atlas.frame(one.key, MONTHS[-1], "village")["value"]
        np.testing.assert_allclose(layer.values, yuan[layer.keys] / 10_000)
        ranked = rank_places(atlas, one.key, MONTHS[-1], level="village")
        np.testing.assert_allclose(ranked["value"], yuan[ranked.index] / 10_000)
        told = figure_text(118_800 * one.unit.scale, one, decimals=layer.decimals, lang=lang)
        assert told.startswith("11.9 万元" if lang == "zh" else "11.9 × 10,000"), one.key
        rows = layer.legend(lang)
        assert sum(row.count for row in rows) == len(atlas.places_in(None, "village"))


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_nothing_anywhere_is_painted_mildly_and_names_no_worst_places(lang):
    atlas = grid_atlas()
    rows = atlas.values["indicator"] == "poor_share"
    none = replace(
        atlas, values=atlas.values.assign(numerator=atlas.values["numerator"].mask(rows, 0))
    )
    layer = draw_layer(none, "poor_share", "2025", level="village")
    some = draw_layer(atlas, "poor_share", "2025", level="village")
    assert layer.palette == palette_for("high", 1, apart=0) != some.palette
    said = headline(none, layer, lang)
    assert "0" in said
    assert not any(name in said for name in none.places["name"][none.places["level"] == "village"])


# Few people could be pointed at, whatever the figure of them is.


def test_no_count_of_few_people_is_shown_of_other_peoples_places():
    atlas = figures_atlas()
    town = atlas.places_in(None, "township")[0]
    mine = within_scope(atlas, Scope("leader", (town,)), smallest=3)
    hidden = 0
    for one in own_indicators():
        thing = one.counts if one.counts_things else one.base or one.counts
        of_people = thing is not None and thing.people
        for month in MONTHS[-2:]:
            for level in mine.levels:
                frame = mine.frame(one.key, month, level)
                foreign = frame[~mine.own(frame.index)]
                known = foreign["numerator"].notna()
                counted, whole = foreign["numerator"], foreign["denominator"]
                if one.quantity == "count":
                    shown = [counted]
                elif one.counts_things:
                    shown = [counted, whole - counted, whole]
                else:
                    shown = [foreign["subjects"]] if one.subject == "household" else []
                    of_people = one.adds_up == "ratio"
                few = [(part[known] > 0) & (part[known] < 3) for part in shown]
                if of_people:
                    assert not any(part.any() for part in few), one.key
                    hidden += int((~known).sum())
    assert hidden > 500


def one_of(quantity: str, unit: str, counts: str | None, base: str | None) -> Indicator:
    things = WORDS.things
    made = {
        name: things[key] if key else None for name, key in (("counts", counts), ("base", base))
    }
    return Indicator("a", {"zh": "甲", "en": "a"}, quantity, WORDS.units[unit], **made)


def hidden(
    frame: pd.DataFrame, indicator: Indicator, above: str = "", *, everything: bool = False
) -> list[bool]:
    """Return which figures of villages are hidden, under one township or each alone."""
    level = {**({above: "township"} if above else {}), **dict.fromkeys(frame.index, "village")}
    places = pd.DataFrame({"level": level, "name": "", "parent": None})
    places.loc[frame.index, "parent"] = above or None
    values = frame.rename_axis("place").reset_index().assign(indicator="a", period="2025")
    cube = Cube("", tuple(dict.fromkeys(level.values())), places, values, {"a": indicator})
    return outside_of(cube, everything=everything).figures("a", "2025")[frame.index].tolist()


def frame_of(*rows: tuple[float, float, float]) -> pd.DataFrame:
    columns = ["numerator", "denominator", "subjects"]
    return pd.DataFrame(rows, columns=columns, index=list("abcdef")[: len(rows)]).assign(
        missing=0.0
    )


@pytest.mark.parametrize(
    ("counted", "gone"),
    [(0, False), (1, True), (2, True), (3, False), (17, False), (18, True), (20, False)],
)
def test_counts_below_three_and_their_rest_are_hidden(counted, gone):
    frame = frame_of((counted, 20.0, 20))
    for base in ("household", "monitored_household"):
        share = one_of("share", "percent", "household", base)
        assert hidden(frame, share) == [gone]


def test_a_place_hidden_alone_takes_a_second_one_along():
    frame = frame_of((1, 20, 20), (5, 20, 20), (9, 20, 20))
    share = one_of("share", "percent", "household", "household")
    assert hidden(frame, share, "t") == [True, True, False]


def test_a_mean_of_few_households_is_hidden_however_many_persons_they_have():
    income = one_of("per_head", "yuan_per_person_year", "money", "person")
    frame = frame_of((9000, 12, 2), (9000, 12, 3))
    assert hidden(frame, income) == [True, False]
    money = one_of("share", "percent", "money", "money")
    assert hidden(frame, money) == [True, False]


def test_works_and_money_of_villages_are_shown_inside_and_counts_of_anything_not_outside():
    tasks = Indicator(
        "a", {"zh": "甲", "en": "a"}, "count", WORDS.units["task"], WORDS.things["source"]
    )
    frame = frame_of((1, 1, 1))
    assert hidden(frame, tasks) == [False]
    assert hidden(frame, tasks, everything=True) == [True]
    total = replace(one_of("total", "yuan", "money", None), subject="village")
    assert hidden(frame, total, everything=True) == [False]


# Hot is what is more than chance and more than size.


def test_numbers_and_amounts_have_no_hot_spots_and_say_so():
    atlas = figures_atlas()
    untested = [one for one in own_indicators() if not one.tested]
    assert len(untested) >= 5
    sums = [one for one in untested if one.decided_by is None]
    assert all(one.adds_up == "sum" and not one.counts_judged for one in sums)
    for one in untested:
        layer = hotspot_layer(atlas, one.key)
        assert layer.result is None
        assert (layer.classes == 255).all()
        for lang, word in (("zh", "不检验热点"), ("en", "not looked for")):
            said = (layer.rule(lang), layer.finding(lang=lang), layer.why(layer.keys[0], lang))
            assert all(word in each for each in said)


def test_a_count_of_who_is_judged_is_tested_as_the_share_of_them():
    judged = [one for one in own_indicators() if one.counts_judged and one.decided_by is None]
    assert {"households", "monitored_households"} <= {one.key for one in judged}
    atlas = figures_atlas()
    for one in judged:
        assert one.tested == "events"
        result = hotspot_layer(atlas, one.key).result
        assert result.kind == "proportion"
        frame = atlas.frame(one.key, atlas.periods[-1], atlas.lowest)
        base = frame["subjects"] - frame["missing"]
        known = np.isfinite(result.base[:, -1])
        np.testing.assert_array_equal(result.base[known, -1], base.to_numpy()[known])


def test_a_share_is_tested_as_events_and_money_and_means_as_plain_values():
    kinds = {one.key: one.tested for one in own_indicators()}
    assert kinds["low_income_share"] == "events"
    for key in ("policy_income_share", "sustainable_sources_mean", "income_per_person"):
        assert kinds[key] == "value"
    atlas = figures_atlas()
    for key, kind in (("low_income_share", "proportion"), ("policy_income_share", "value")):
        assert hotspot_layer(atlas, key).result.kind == kind


@pytest.mark.parametrize("late", [1, 2, 4])
def test_a_few_late_households_make_no_hot_spot(late):
    atlas = grid_atlas(12, 12)
    rows = atlas.values[atlas.values["indicator"] == "poor_share"]
    keys = atlas.places_in(None, "village")
    events = dict.fromkeys(keys, 0.0) | {keys[66]: float(late)}
    rare = rows.assign(numerator=rows["place"].map(events), denominator=40.0)
    layer = hotspot_layer(replace(atlas, values=rare), "poor_share")
    assert layer.result.significant.any(), "the plain test takes it for a cluster"
    assert 1 not in [layer.sides[kind] for kind in layer.classes if kind != 255]


@pytest.mark.parametrize("worse", ["high", "low"])
@pytest.mark.parametrize("seed", range(4))
def test_what_is_called_hot_is_an_alarm_with_enough_cases_around(seed, worse):
    atlas, draw = grid_atlas(8, 8), np.random.default_rng(seed)
    rows = atlas.values[atlas.values["indicator"] == "poor_share"]
    clustered = rows["place"].str[-6:].isin([f"00{x}00{y}" for x in (2, 3, 4) for y in (5, 6, 7)])
    risk = np.where(clustered, 0.3, 0.01)
    events = draw.binomial(40, risk).astype(float)
    cases = 40 - events if worse == "low" else events
    rare = rows.assign(numerator=cases, denominator=40.0)
    shown = {"poor_share": replace(RATE, worse=worse)}
    layer = hotspot_layer(replace(atlas, values=rare, indicators=shown), "poor_share")
    sides = np.array([*layer.sides, 0])[np.minimum(layer.classes, len(layer.kinds))]
    result = layer.result
    around = result.around_base - result.around_events if worse == "low" else result.around_events
    assert (sides > 0).sum() > 0
    assert result.alarm[sides > 0, -1].all()
    assert (around[sides > 0, -1] >= 5).all()


def test_a_table_of_a_stranger_is_never_judged_by_its_words():
    share = Indicator("贫困率(%)", {"zh": "贫困率"}, "ratio", named_unit("%"))
    assert share.unit.scale == 1
    assert share.unit.after("12.5") == "12.5%"
    assert not share.is_share
    assert not share.is_money
    assert Indicator("a", {}, "sum", named_unit("元")).tested == ""
    assert Unit().suffix() == ""
