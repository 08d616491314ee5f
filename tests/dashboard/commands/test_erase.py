"""``guatu erase`` as an administrator types it."""

from __future__ import annotations

from geodata.workspace import open_workspace
from tests.invented_county import MONTHS


def test_what_is_held_is_listed_and_taken_away_only_when_told(tmp_path, run, counties):
    folder = tmp_path / "county"
    counties.copy(folder)
    (folder / "raw" / MONTHS[0]).mkdir()
    (folder / "raw" / MONTHS[0] / "户.csv").write_text("x")
    code, printed = run("erase", "h000", "--workspace", folder)
    assert (code, f"快照 {MONTHS[0]}-001 · 农户：1 行" in printed, "尚未删除" in printed) == (
        0,
        True,
        True,
    )
    assert f"可能含有他们：{MONTHS[0]}。" in printed
    assert open_workspace(folder).card("h000").household == "h000"
    code, printed = run("erase", "h000", "--workspace", folder, "--remove")
    assert (code, "已完成" in printed) == (0, True)
    code, printed = run("erase", "h000", "--workspace", folder)
    assert (code, "没有户编号“h000”" in printed, printed.count("\n")) == (2, True, 1)
    code, printed = run("erase", "h001", "--person", "nobody", "--workspace", folder)
    assert (code, "人编号“nobody”" in printed) == (2, True)
