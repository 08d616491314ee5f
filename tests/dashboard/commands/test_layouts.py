"""``guatu layouts`` names each layout of a workspace, and what is wrong with those left out."""

from __future__ import annotations

from click.testing import CliRunner

from dashboard.commands.layouts import command
from geodata.intake.layouts import upstream_layouts


def test_the_layouts_of_a_workspace_are_named_and_those_left_out_told(tmp_path):
    (tmp_path / "guatu.toml").write_text('[county]\ncode = "990101"\nname = "县"\n', "utf-8")
    (tmp_path / "layouts").mkdir()
    whole = "title: {zh: 走访, en: visits}\ntables: [visit]\nmarks: [[家庭号], [上门日]]\n"
    (tmp_path / "layouts" / "good.yaml").write_text(whole, encoding="utf-8")
    (tmp_path / "layouts" / "bad.yaml").write_text(whole.replace("visit]", "vist]"), "utf-8")
    said = CliRunner().invoke(command, [str(tmp_path)])
    assert said.exit_code == 0
    for layout in upstream_layouts():
        assert layout.name in said.output
    assert "good  走访  表：visit  表头：家庭号；上门日" in said.output
    assert "bad.yaml" in said.output
    assert "vist" in said.output
