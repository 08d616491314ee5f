"""Masks by privacy class: what stays readable, for ordinary and for awkward values."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.access import (
    Privacy,
    load_roles,
    mask_column,
    mask_frame,
    mask_names,
    table_privacy,
)
from geodata.access.masking import MASKS, Pattern
from tests.geodata.access.county import limits

PATTERNS = limits().patterns
CASES = {
    "name": {
        "张三": "张*",
        "欧阳修文": "欧*",
        "阿卜杜拉·买买提": "阿*",
        "李": "*",
        " 王 五": "王*",
        "\U00020000\U00020001": "\U00020000*",
        "\u200b赵六": "赵*",
        "\u202e张三": "张*",
        "<b>张三</b>": "b*",
    },
    "identity_number": {
        "350123199001011234": "35*************234",
        "35012319900101123X": "35*************23X",
        " 350123 19900101 1234": "35*************234",
        "３５０１２３１９９００１０１１２３４": "35*************234",
        "35012319900101123443": "35*************234",
        "3501231990010112344321": "35*************234",
        "350123900101123": "***",
        "3.50123E+17": "***",
        "350123199001011": "***",
        "350123199001011234567": "***",
        "3501231990010112345": "***",
        "ABCDEFGHIJKLMNOPQR": "***",
        "35012319900101123?": "***",
        "张三的证件在村委会办公室的柜子里收着": "***",
    },
    "phone": {
        "13812345678": "138****5678",
        "+86 138-1234-5678": "138****5678",
        "0310-1234567": "***",
        "1381234567": "***",
        "138123456789": "***",
    },
    "bank_account": {
        "6222020200012345678": "************5678",
        "12345": "***",
        "账号不记得了要去问信用社": "***",
    },
    "address": {
        "河北省衡水市阜城县漫河镇刘老人村12号": "河北省衡水市阜城县漫河镇",
        "河南省镇平县贾宋镇老庄村3组": "河南省镇平县贾宋镇",
        "某县李村镇张村": "某县李村镇",
        "某街道办事处幸福路1号": "某街道办事处",
        "某旗某苏木某嘎查": "某旗某苏木",
        "阜城县崔庙村": "***",
        "刘老人村12号": "***",
    },
}
SINGLE = [(mask, value, shown) for mask, cases in CASES.items() for value, shown in cases.items()]


@pytest.mark.parametrize(("mask", "value", "shown"), SINGLE)
def test_mask_leaves_only_what_it_may(mask, value, shown):
    assert mask_column(pd.Series([value]), mask, PATTERNS).tolist() == [shown]


@pytest.mark.parametrize("mask", sorted(MASKS))
def test_missing_stays_missing_and_the_index_stays(mask):
    values = pd.Series([None, "13812345678", None], index=[7, 7, 9], dtype="str", name="x")
    masked = mask_column(values, mask, PATTERNS)
    assert masked.isna().tolist() == [True, False, True]
    assert (masked.index.tolist(), masked.name) == ([7, 7, 9], "x")


def test_hidden_columns_do_not_even_show_what_is_missing():
    assert mask_column(pd.Series([1.5, np.nan]), "hidden", PATTERNS).tolist() == ["***", "***"]


def test_numbers_read_as_numbers_are_masked_too():
    numbers = pd.Series([13812345678, None], dtype="Int64")
    assert mask_column(numbers, "phone", PATTERNS).iloc[0] == "138****5678"
    assert mask_column(pd.Series([13812345678.0]), "phone", PATTERNS).tolist() == ["***"]


@given(st.sampled_from(sorted(MASKS)), st.lists(st.text(min_size=4), max_size=5))
def test_no_text_of_four_signs_or_more_survives_whole(mask, texts):
    masked = mask_column(pd.Series(texts, dtype="str"), mask, PATTERNS)
    pairs = zip(texts, masked, strict=True)
    assert [
        pair for pair in pairs if pair[0] == pair[1] and not set(pair[0]) <= set("*")
    ] == [] or (mask == "address")


def test_a_column_that_nobody_described_is_hidden():
    frame = pd.DataFrame({"known": [1], "unknown": ["secret"]})
    shown, masks = mask_frame(
        frame, {"known": Privacy("open", "")}, PATTERNS, sees=frozenset({"open"})
    )
    assert shown.to_dict("list") == {"known": [1], "unknown": ["***"]}
    assert masks == {"unknown": "hidden"}
    assert frame["unknown"].tolist() == ["secret"]


def test_no_role_ever_sees_identity_columns_unmasked():
    assert [role for role in load_roles().values() if "identity" in role.sees | role.exports] == []


def test_every_identity_column_of_the_tables_has_a_mask_or_is_hidden():
    identity = {
        (table, name): privacy.mask
        for table, columns in table_privacy().items()
        for name, privacy in columns.items()
        if privacy.column_class == "identity"
    }
    assert identity["person", "name"] == "name"
    assert identity["household", "head_certificate"] == "identity_number"
    assert identity["household", "longitude"] == "hidden"
    assert set(identity.values()) <= {*MASKS, "hidden"}


@pytest.mark.parametrize("text", ["", "2+13+3", "first x + 1 x * + last 2"])
def test_a_mask_parameter_that_cannot_be_read_is_refused(text):
    with pytest.raises(ValueError, match="not like"):
        Pattern.parse(text)


DIGITS = st.text("0123456789Xx", min_size=1, max_size=24)
NUMBERS = {"identity_number": PATTERNS.identity_number, "phone": PATTERNS.phone}
NUMBERS |= {"bank_account": PATTERNS.bank_account}


@given(st.sampled_from(sorted(NUMBERS)), DIGITS | st.text(min_size=14, max_size=24))
def test_of_a_number_only_its_pattern_stays_and_of_anything_else_nothing(mask, text):
    shown = mask_column(pd.Series([text], dtype="str"), mask, PATTERNS).iloc[0]
    pattern = NUMBERS[mask]
    if shown != "***":
        first, last = shown[: pattern.first], shown[len(shown) - pattern.last :]
        assert shown == first + "*" * pattern.stars + last
        assert (first + last).rstrip("Xx").isdigit()


def test_names_without_a_parameter_are_masked_as_any_column_of_names():
    names = pd.Series(["张三", None, "李", "欧阳修文"], dtype="str", index=[3, 1, 1, 0])
    masked = mask_names(names)
    assert masked.index.tolist() == [3, 1, 1, 0]
    assert masked.fillna("none").tolist() == ["张*", "none", "*", "欧*"]
