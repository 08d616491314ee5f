"""Every parameter is used: by a rule, a feature, an indicator, a theme or a page; or it is gone."""

from __future__ import annotations

import re
from pathlib import Path

from geodata.policy import load_policy
from geodata.themes import find_themes

ROOT = Path(__file__).parents[3]
# A longer key is another parameter: eval.sample is not used where eval.sample.exited is.
_KEY = r"(?<![\w.]){}(?!\.?\w)"


def _unused(keys: list[str], text: str) -> list[str]:
    return [key for key in keys if not re.search(_KEY.format(re.escape(key)), text)]


def test_every_parameter_is_used_or_gone() -> None:
    texts = [
        file.read_text(encoding="utf-8")
        for package in ("geodata", "dashboard")
        for file in (ROOT / package).rglob("*")
        if file.suffix in (".py", ".sql", ".yaml")
        and "parameters" not in file.parts
        and "cases" not in file.parts
        and "sample" not in file.parts
    ]
    keys = [parameter.key for parameter in load_policy(more=find_themes(None).parameters)]
    assert len(keys) > 100
    assert _unused(keys, "\n".join(texts)) == []


def test_a_key_is_not_used_where_a_longer_one_is() -> None:
    assert _unused(["a.b"], "x < :a.b AND y") == []
    assert _unused(["a.b"], "x < :a.b.c AND :z.a.b") == ["a.b"]
