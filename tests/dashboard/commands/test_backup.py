"""``guatu backup`` and ``guatu restore`` as an administrator types them."""

from __future__ import annotations

import shutil

from geodata.access import AuditEntry, open_trail
from geodata.config import make_workspace


def test_a_workspace_is_saved_destroyed_and_brought_back(tmp_path, run):
    folder = make_workspace(tmp_path / "county", code="990101")
    file, keys = tmp_path / "b.zip", tmp_path / "b.keys"
    code, printed = run("backup", file, folder)
    assert (code, "审计到第 1 条" in printed, "没有审计密钥" in printed) == (0, True, True)
    assert "请与备份分开保管" in run("backup", file, folder, "--keys", keys)[1]
    trail = open_trail(folder)
    trail.record(AuditEntry("li.na", "card"))
    trail.database.close()
    shutil.rmtree(folder)
    code, printed = run("restore", file, folder)
    assert (code, "已恢复到" in printed) == (0, True)
    assert "备份之后有 1 条审计记录及其操作没有了（约 0 分钟）" in printed
    code, printed = run("audit", "verify", "--workspace", folder)
    assert (code, "从备份恢复" in printed) == (0, True)


def test_what_cannot_be_saved_or_brought_back_is_one_sentence(tmp_path, run):
    folder = make_workspace(tmp_path / "county", code="990101")
    (tmp_path / "bad.zip").write_text("no backup")
    for arguments, said in (
        (("backup", folder / "b.zip", folder), "工作区里面"),
        (("restore", tmp_path / "bad.zip", tmp_path / "new"), "不是完整的备份"),
        (("restore", tmp_path / "bad.zip", folder), "已有文件"),
    ):
        code, printed = run(*arguments)
        assert (code, said in printed, printed.count("\n")) == (2, True, 1)
