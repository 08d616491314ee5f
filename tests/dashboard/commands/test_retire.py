"""``guatu retire`` as an administrator types it."""

from __future__ import annotations

from geodata.workspace import open_workspace
from tests.invented_county import MONTHS

PERIOD = """retention.rows:
  - {value: 1, from: 2020-01-01, document: 某县〔2025〕2号}
"""


def test_what_is_due_is_listed_and_goes_only_when_told(tmp_path, run, counties):
    folder = tmp_path / "county"
    county = counties.copy(folder)
    code, printed = run("retire", folder)
    assert (code, "没有超过保存期限" in printed) == (0, True)
    assert "户、人明细：60 个月（retention.rows）" in printed
    county.build(MONTHS)
    (folder / "parameters" / "kept.yaml").write_text(PERIOD, encoding="utf-8")
    code, printed = run("retire", folder)
    assert (code, "以上数据尚未清除" in printed, f"{MONTHS[0]}-001" in printed) == (0, True, True)
    assert county.setup.store.files(f"{MONTHS[0]}-001", "household")[0].is_file()
    code, printed = run("retire", folder, "--remove")
    assert (code, "已清除 13 项" in printed) == (0, True)
    assert open_workspace(folder).setup.store.files(f"{MONTHS[0]}-001", "household") == ()
    code, printed = run("audit", "show", "--workspace", folder, "--last", "40")
    assert f"{MONTHS[0]}-001" in printed
