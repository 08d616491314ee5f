"""``guatu theme``: both ways of asking tell the same of a theme."""

from __future__ import annotations

import pytest

from dashboard.cli import main
from geodata.themes import own_themes
from tests.geodata.themes.test_registry import change, write_theme

OWN = [theme.key for theme in own_themes()]
MISSPELT = "order: 9\ncomposition: [{zh: 逐月, en: By month, series: [yard_share], chart: stakced}]"


@pytest.mark.parametrize(("asked", "code"), [("list", 0), ("check", 1)])
def test_a_kind_of_chart_that_is_none_is_told(tmp_path, capsys, asked, code):
    (tmp_path / "guatu.toml").touch()
    folder = write_theme(tmp_path / "themes" / "yard")
    change(folder / "theme.yaml", "order: 9", MISSPELT)
    with pytest.raises(SystemExit) as left:
        main(["theme", asked, str(folder if asked == "check" else tmp_path)])
    printed = capsys.readouterr()
    said = printed.out + printed.err
    assert left.value.code == code
    assert all(word in said for word in ("composition 1", "chart", "stakced", "stacked"))


@pytest.mark.parametrize("key", OWN)
def test_all_that_a_theme_offers_is_named(tmp_path, capsys, key):
    (tmp_path / "guatu.toml").touch()
    (theme,) = (one for one in own_themes() if one.key == key)
    with pytest.raises(SystemExit) as left:
        main(["theme", "show", key, str(tmp_path)])
    lines = {line.split()[0] for line in capsys.readouterr().out.splitlines()}
    assert left.value.code == 0
    used = {name for one in theme.feature_sets for name in one.columns} & set(theme.features)
    known = [one.key for one in (*theme.rules, *theme.indicators)]
    assert {*used, *known} <= lines


def test_a_theme_that_is_none_is_told_with_those_there_are(tmp_path, capsys):
    (tmp_path / "guatu.toml").touch()
    with pytest.raises(SystemExit) as left:
        main(["theme", "show", "forestry", str(tmp_path)])
    assert left.value.code == 2
    said = capsys.readouterr().err
    assert all(word in said for word in ("forestry", *OWN))
