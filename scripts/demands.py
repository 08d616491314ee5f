"""Write docs/demands.md from docs/demands.yaml and the themes: one row a demand of the speeches."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from geodata.themes import own_themes

ROOT = Path(__file__).parents[1]
SOURCE, PAGE = ROOT / "docs" / "demands.yaml", ROOT / "docs" / "demands.md"
_HEAD = """# 讲话的要求和对应的页面 · What the speeches ask and what serves it

由 `scripts/demands` 从 `docs/demands.yaml` 和各专题生成，不要手改。地址接在服务地址后面打开，或用 `guatu show 地址 县目录`。
Made by `scripts/demands` from `docs/demands.yaml` and the themes; not edited by hand. An address stands behind that of
the server, or is answered by `guatu show ADDRESS COUNTY`. The demands are told in our own words.

| # | 要求 | demand | 由什么回答 · served by | 在哪里 · where |
|---|---|---|---|---|
"""


def demands() -> list[dict[str, Any]]:
    """Return the rows of docs/demands.yaml in order."""
    rows: list[dict[str, Any]] = yaml.safe_load(SOURCE.read_text(encoding="utf-8"))
    return rows


def addresses(row: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Give the address and the title of each thing that serves a demand.

    Raises KeyError for a theme or indicator that is not there.
    """
    titles = {
        f"{theme.key}/{one.key}": one.title["zh"]
        for theme in own_themes()
        for one in theme.indicators
    }
    for name in row.get("see", ()):
        if name.startswith("?"):
            yield (
                name,
                "、".join(title for key, title in titles.items() if _is_of(key, name)) or "总览",
            )
        else:
            theme, _, indicator = name.partition("/")
            yield f"?theme={theme}&indicator={indicator}", titles[name]


def _is_of(key: str, address: str) -> bool:
    theme, _, indicator = key.partition("/")
    asked = address.lstrip("?").split("&")
    return f"theme={theme}" in asked and f"indicator={indicator}" in asked


def page() -> str:
    """Return the page as it should stand in docs/demands.md."""
    lines = []
    for number, row in enumerate(demands(), 1):
        served = list(addresses(row))
        if served:
            what = "；".join(title for _, title in served)
            where = "<br>".join(f"`{address}`" for address, _ in served)
        elif "run" in row:
            what, where = f"命令 `{row['run']}`", f"`{row['run']}`"
        else:
            what, where = f"仍是话 · words: {row['words']['zh']} · {row['words']['en']}", "—"
        lines.append(f"| {number} | {row['zh']} | {row['en']} | {what} | {where} |")
    return _HEAD + "\n".join(lines) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8", newline="\n")
    print(PAGE.relative_to(ROOT))
