"""Draw the layers of both packages, as declared, and what imports what, as it is, into docs/house.svg.

A line stands for an import that no chain of other lines stands for already.
"""

from __future__ import annotations

import ast
import re
import tomllib
from html import escape
from pathlib import Path

import grimp

ROOT = Path(__file__).resolve().parents[1]
PICTURE = ROOT / "docs" / "house.svg"
PACKAGES = ("dashboard", "geodata")
_COLOURS = {"dashboard": ("#e8f1fa", "#2b6cb0"), "geodata": ("#eef6ea", "#3a7d34")}
_WIDTH, _ROW, _BOX, _GAP, _HIGH = 1000, 58, 112, 84, 32


def layers() -> list[tuple[str, list[str]]]:
    """Return each layer from the top: its package, and its modules by full name."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    found = []
    for package in PACKAGES:
        for contract in contracts["tool"]["importlinter"]["contracts"]:
            if contract.get("containers") == [package]:
                for layer in contract["layers"]:
                    names = [name for name in re.findall(r"\w+", layer) if name[0] != "_"]
                    found.append((package, [f"{package}.{name}" for name in names]))
    return [(package, names) for package, names in found if names]


def imports(modules: list[str]) -> dict[str, set[str]]:
    """Return what each module and its parts import of the others, for types left out."""
    graph = grimp.build_graph(*PACKAGES, exclude_type_checking_imports=True, cache_dir=None)
    needs: dict[str, set[str]] = {name: set() for name in modules}
    for module in graph.modules:
        owner = ".".join(module.split(".")[:2])
        for imported in graph.find_modules_directly_imported_by(module):
            other = ".".join(imported.split(".")[:2])
            if other != owner and owner in needs and other in needs:
                needs[owner].add(other)
    return needs


def lines(needs: dict[str, set[str]], order: list[str]) -> list[tuple[str, str]]:
    """Return the imports that follow from no others; `order` is from the top."""
    below: dict[str, set[str]] = {}
    for name in reversed(order):
        below[name] = needs[name].union(*(below[other] for other in needs[name]))
    return [
        (name, other)
        for name in order
        for other in sorted(needs[name])
        if not any(other in below[between] for between in needs[name] - {other})
    ]


def said(module: str) -> str:
    """Return the first sentence of a module's docstring."""
    folder = ROOT.joinpath(*module.split("."))
    file = folder / "__init__.py" if folder.is_dir() else folder.with_suffix(".py")
    return (ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or "").split("\n")[0]


def drawn() -> str:
    """Return the picture as SVG."""
    rows = layers()
    order = [name for _, names in rows for name in names]
    needs = imports(order)
    place: dict[str, tuple[float, float]] = {}
    top = 16.0
    for at, (package, names) in enumerate(rows):
        top += 22 if at and rows[at - 1][0] != package else 0
        wide = len(names) * (_BOX + _GAP) - _GAP
        # Rows lean to one side and the other, so that lines past a row are seen.
        left = (_WIDTH - wide) / 2 + (
            0 if len(names) > 3 else (-1) ** at * (60 if len(names) > 1 else 180)
        )
        for number, name in enumerate(names):
            place[name] = (left + number * (_BOX + _GAP), top)
        top += _ROW
    body = [_line(place[one], place[other]) for one, other in lines(needs, order)]
    body += [_box(name, place[name]) for name in order]
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {top:.0f}" '
            'font-family="sans-serif" font-size="14">',
            "<title>Layers and imports, by scripts/house</title>",
            f'<rect width="{_WIDTH}" height="{top:.0f}" fill="#ffffff"/>',
            *body,
            "</svg>\n",
        ]
    )


def _line(one: tuple[float, float], other: tuple[float, float]) -> str:
    x1, y1, x2, y2 = one[0] + _BOX / 2, one[1] + _HIGH, other[0] + _BOX / 2, other[1]
    bend = (y2 - y1) / 2
    path = (
        f"M{x1:.0f},{y1:.0f} C{x1:.0f},{y1 + bend:.0f} {x2:.0f},{y2 - bend:.0f} {x2:.0f},{y2:.0f}"
    )
    return f'<path d="{path}" fill="none" stroke="#8a94a0" stroke-width="1.1"/>'


def _box(name: str, place: tuple[float, float]) -> str:
    package, _, short = name.partition(".")
    fill, ink = _COLOURS[package]
    x, y = place
    told = escape(f"{name}: {said(name)}")
    return (
        f'<g><title>{told}</title><rect x="{x:.0f}" y="{y:.0f}" width="{_BOX}" height="{_HIGH}" '
        f'rx="5" fill="{fill}" stroke="{ink}"/><text x="{x + _BOX / 2:.0f}" y="{y + 21:.0f}" '
        f'text-anchor="middle" fill="#1a202c">{short}</text></g>'
    )


if __name__ == "__main__":
    PICTURE.write_text(drawn(), encoding="utf-8")
    print(PICTURE.relative_to(ROOT))
