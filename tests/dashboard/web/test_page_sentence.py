"""A page tells an error in a sentence, and no page where files lie."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pandas as pd
import pytest

import dashboard
from dashboard.web.page_sentence import page_sentence
from geodata import i18n
from geodata.atlas.folder import open_atlas, write_atlas
from geodata.errors import AtlasError, GuatuError, PolicyError, StoreError
from tests.invented import INCOME, RATE, grid_tree, grid_values

PAGES = ("pages", "panels", "views", "server", "session")
PLACES = (
    "/srv/guatu/某县/store/snapshots/2026-06-001/household/county=990121/part-0.parquet",
    "/srv/guatu/my county/atlas/values-134f.parquet",
    "C:\\guatu\\某县\\atlas\\atlas.json",
    "household/county=990121/part-0.parquet",
    "[Errno 2] No such file or directory: '/srv/guatu/atlas/values-134f.parquet'",
)
WORDS = ("srv", "guatu/", "guatu\\", "snapshots/", "county=990121", "某县/", "my county")


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_no_sentence_of_the_store_or_the_map_tells_a_place_on_the_disk(
    place: str, lang: str
) -> None:
    keys = [key for key in i18n.CATALOGUE if key.startswith(("store.", "atlas.", "workspace."))]
    told = 0
    for key in keys:
        names = set(re.findall(r"{(\w+)", i18n.CATALOGUE.entry(key)[lang]))
        values = dict.fromkeys(names, place)
        said = page_sentence(StoreError(key, **values), lang)
        assert not any(word in said for word in WORDS), said
        told += bool(names)
    assert told > 10


@pytest.mark.parametrize("words", ["200 m3/day", "户/月", "1/2", "/", "某县/某镇", "A/B.", "3 / 4"])
def test_what_is_no_place_stays_as_it_is(words: str) -> None:
    error = GuatuError("no such key", said=words)
    assert page_sentence(error, "zh") == error.sentence("zh")


def test_every_page_tells_errors_by_the_one_function() -> None:
    """Nothing a page catches is asked for its sentence in another way."""
    home = Path(dashboard.__file__).parent
    asked = []
    for file in sorted(one for name in PAGES for one in (home / name).rglob("*.py")):
        for handler in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not isinstance(handler, ast.ExceptHandler) or handler.name is None:
                continue
            for node in ast.walk(handler):
                if (
                    isinstance(node, ast.Attribute)
                    and node.attr == "sentence"
                    and isinstance(node.value, ast.Name)
                    and node.value.id == handler.name
                ):
                    asked.append(f"{file.relative_to(home)}:{node.lineno}")
    assert asked == []


def test_a_table_that_changed_under_an_open_map_is_one_sentence(tmp_path: Path) -> None:
    tree, table = grid_tree(), pd.DataFrame({"place": ["a"]})
    write_atlas(
        tmp_path,
        title="某县",
        tree=tree,
        values=grid_values(tree),
        indicators=[RATE, INCOME],
        join={},
        source={},
        compute=lambda atlas, before: {"found": table},
    )
    atlas = open_atlas(tmp_path)
    file = atlas.tables["found"]
    assert isinstance(file, Path)
    for change in (lambda: file.write_text("no table"), file.unlink):
        change()
        with pytest.raises(AtlasError) as caught:
            atlas.computed("found")
        said = page_sentence(caught.value, "zh")
        assert "刷新" in said
        assert str(tmp_path) not in said


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_text_of_ours_within_a_sentence_is_said_and_not_its_key(lang: str) -> None:
    error = PolicyError(
        "policy.unknown_key", name="x", near=i18n.Key("themes.near", names="monitor.line")
    )
    assert page_sentence(error, lang) == error.sentence(lang)
    assert "themes.near" not in page_sentence(error, lang)
