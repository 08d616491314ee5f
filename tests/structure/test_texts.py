"""Every text is there in Chinese and English, with the same places to fill."""

from __future__ import annotations

import string

import pytest

from dashboard import texts
from geodata import i18n

CATALOGUES = {"geodata": i18n.CATALOGUE, "dashboard": texts.CATALOGUE}
KEYS = [(name, key) for name, catalogue in CATALOGUES.items() for key in catalogue]


@pytest.mark.parametrize(("name", "key"), KEYS)
def test_text_is_complete_in_both_languages(name, key):
    entry = CATALOGUES[name].entry(key)
    assert set(entry) == {"zh", "en"}
    places = {
        lang: {field for _, field, _, _ in string.Formatter().parse(entry[lang]) if field}
        for lang in entry
    }
    assert places["zh"] == places["en"]


def test_unknown_key_names_the_nearest():
    with pytest.raises(KeyError, match=r"units\.percent"):
        i18n.text("units.percents")


def test_key_written_twice_is_refused(tmp_path):
    (tmp_path / "a.yaml").write_text(
        "x: {zh: 一, en: one}\nx: {zh: 二, en: two}\n", encoding="utf-8"
    )
    with pytest.raises(ValueError, match="written twice: x"):
        i18n.Catalogue(tmp_path)
