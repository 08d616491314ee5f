"""Every text is there in Chinese and English, with the same places to fill."""

from __future__ import annotations

import ast
import re
import string

import pytest

from dashboard import texts
from geodata import i18n
from geodata.cartography.words import figure_text, parts_text
from geodata.figures import Indicator
from geodata.quantity import Thing, Unit, shipped_words
from geodata.themes import own_themes
from tests.conftest import ROOT

CATALOGUES = {"geodata": i18n.CATALOGUE, "dashboard": texts.CATALOGUE}
# What units and things say to machines beside their texts.
DECLARED = {"one", "is", *Unit.__dataclass_fields__, *Thing.__dataclass_fields__}
KEYS = [(name, key) for name, catalogue in CATALOGUES.items() for key in catalogue]


@pytest.mark.parametrize(("name", "key"), KEYS)
def test_text_is_complete_in_both_languages(name, key):
    entry = CATALOGUES[name].entry(key)
    allowed = {"units": DECLARED, "things": DECLARED}.get(key.partition(".")[0], set())
    assert {"zh", "en"} <= set(entry) <= {"zh", "en"} | allowed
    assert _places(entry["zh"]) == _places(entry["en"])


def _places(template):
    """Return the places of a text, also those in the words that agree with a number."""
    found = [(field, spec) for _, field, spec, _ in string.Formatter().parse(template) if field]
    inner = {place for _, spec in found for place in (_places(spec) if spec else ())}
    return {field for field, _ in found} | inner


def _keys_named(file):
    """Return patterns of the keys that a module names in `text` and `Key`, what is filled in as .+."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if not (isinstance(node, ast.Call) and node.args):
            continue
        called = getattr(node.func, "id", getattr(node.func, "attr", ""))
        if called not in {"text", "Key"}:
            continue
        match node.args[0]:
            case ast.Constant(value=str(key)):
                parts = [key]
            case ast.JoinedStr(values=values):
                parts = [one.value if isinstance(one, ast.Constant) else None for one in values]
            case _:
                continue
        pattern = "".join(".+" if part is None else re.escape(part) for part in parts)
        if re.match(r"[a-z_]+\\\.", pattern):
            yield node.lineno, pattern


def test_every_key_that_a_module_names_is_in_the_catalogue():
    known = set().union(*CATALOGUES.values())
    named = [
        (str(file.relative_to(ROOT)), line, pattern)
        for package in CATALOGUES
        for file in sorted((ROOT / package).rglob("*.py"))
        for line, pattern in _keys_named(file)
    ]
    assert len(named) > 500
    assert [one for one in named if not any(re.fullmatch(one[2], key) for key in known)] == []


def _english():
    """Return every English text in which something is counted, from catalogues and themes."""
    texts = {key: CATALOGUES[name].entry(key)["en"] for name, key in KEYS}
    for theme in own_themes():
        texts |= {rule.key: rule.reason["en"] for rule in theme.rules}
        texts |= {f"{theme.key}.{one.indicator}": one.text["en"] for one in theme.briefing}
    return {key: said for key, said in texts.items() if _places(said)}


ENGLISH = _english()
# Words that agree with a number somewhere, in the form for several.
SEVERAL = {
    word
    for said in ENGLISH.values()
    for words in re.findall(r"\{\w+:[^{}|]*\|([^{}|]*)\}", said)
    for word in words.split()
    if word.endswith("s") and word not in ("is", "has", "was", "lies", "does", "works")
}


@pytest.mark.parametrize("key", ENGLISH)
def test_a_word_after_a_number_agrees_with_it(key):
    said = i18n.fill(ENGLISH[key], dict.fromkeys(_places(ENGLISH[key]), "1"))
    # A word of its own may stand between number and noun: 1 more rules.
    wrong = re.findall(rf"(?<![\d.,-])1 (?:[a-z]+ )?(?:{'|'.join(sorted(SEVERAL))})\b", said)
    assert wrong == []


@pytest.mark.parametrize(("name", "key"), KEYS)
def test_one_thing_is_not_counted_where_it_is_pointed_at(name, key):
    """The village, and not: the 1 village; what several are tied for is never one."""
    entry = CATALOGUES[name].entry(key)
    if "tied" in key:
        return
    counted = {
        field
        for _, field, spec, _ in string.Formatter().parse(entry["en"])
        if field and "|" in (spec or "")
    }
    values = {one: 1 if one in counted else "X" for one in _places(entry["en"])}
    said = {lang: i18n.fill(entry[lang], values) for lang in i18n.LANGUAGES}
    pointed = r"(?i)\b(the|these|those|all|both) 1\b|^\W*1 \w+ (\w+ )?(are|have|were)\b"
    assert re.search(pointed, said["en"]) is None
    assert re.search(r"(有数据的|全部) ?1 ?(个|项|户)", said["zh"]) is None


@pytest.mark.parametrize("lang", i18n.LANGUAGES)
def test_what_is_nearest_is_told_in_words_that_also_say_that_nothing_is(lang):
    near = {known: i18n.nearest("wehn", known) for known in (("when", "value"), ())}
    told = [i18n.text(key, lang, **key.values) for key in near.values()]
    assert "when" in told[0]
    assert told[1] == i18n.text("themes.none_near", lang)
    assert i18n.nearest("monitor", ("zzz",), cutoff=0.5) == "themes.none_near"
    for _, key in KEYS:
        entry = i18n.CATALOGUE.entry(key)[lang] if key in i18n.CATALOGUE else ""
        assert (
            re.search(r"(nearest|最接近)[^,;，；]*\{near\}", entry) is None or "hotspots" in key
        ), key


def test_a_number_is_written_with_the_word_for_one_or_for_several():
    forms = {"1": "1 village", "0": "0 villages", "2": "2 villages", "1.5": "1.5 villages"}
    for number, said in forms.items():
        assert i18n.fill("{count:village|villages}", {"count": number}) == said
    given = {"count": 1, "level": "township"}
    assert i18n.fill("{count:{level}|{level}s}", given) == "1 township"
    pointed = "{count:=the {level}|the {count} {level}s}"
    assert i18n.fill(pointed, given) == "the township"
    assert i18n.fill(pointed, given | {"count": 3}) == "the 3 townships"
    assert i18n.fill("{count:,}", {"count": 1000}) == "1,000"


def test_a_figure_is_written_with_the_unit_for_one_or_for_several():
    words = shipped_words()
    source, household = words.things["source"], words.things["household"]
    title, unit = {"zh": "问题", "en": "Problems"}, words.units["problem"]
    counted = Indicator("a", title, "count", unit, source)
    told = [figure_text(value, counted, decimals=0, lang="en") for value in (1, 2, 0)]
    assert told == ["1 problem", "2 problems", "0 problems"]
    assert figure_text(1, counted, decimals=0, lang="zh") == "1 个"
    made = Indicator("b", title, "share", words.units["percent"], household, household)
    assert parts_text(1, 1, made, "en") == " (1 of 1 household with data)"


def test_every_unit_and_thing_that_counts_has_a_word_for_one():
    words = shipped_words()
    for named in (*words.units.values(), *words.things.values()):
        if getattr(named, "of", "count") == "count" and named.title["en"].endswith("s"):
            assert named.title.get("one") or named.title["en"] == "works", named.key


def test_unknown_key_names_the_nearest():
    with pytest.raises(KeyError, match=r"units\.percent"):
        i18n.text("units.percents")


def test_key_written_twice_is_refused(tmp_path):
    (tmp_path / "a.yaml").write_text(
        "x: {zh: 一, en: one}\nx: {zh: 二, en: two}\n", encoding="utf-8"
    )
    with pytest.raises(ValueError, match="written twice: x"):
        i18n.Catalogue(tmp_path)


def test_no_module_tells_things_apart_by_itself():
    inline = re.compile(r"""\{"zh": "[、；]"|"[、；]" if """)
    files = [*ROOT.glob("geodata/**/*.py"), *ROOT.glob("dashboard/**/*.py")]
    told = [str(file) for file in files if inline.search(file.read_text(encoding="utf-8"))]
    assert told == [], "geodata.i18n.listed and parted do"


def test_things_and_clauses_are_told_apart_as_each_language_does():
    assert i18n.listed(["甲", "乙", "丙"], "zh") == "甲、乙、丙"
    assert i18n.listed((one for one in ["a", "b"]), "en") == "a, b"
    assert i18n.parted(["a, b", "c"], "en") == "a, b; c"
    assert i18n.parted(["甲、乙", "丙"], "zh") == "甲、乙；丙"
    assert i18n.listed([], "en") == ""
