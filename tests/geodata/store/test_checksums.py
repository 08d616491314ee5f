"""Digests of what was made: damage of any byte is seen, and looked for once."""

from __future__ import annotations

from geodata.store.checksums import digests, faulty


def test_changed_missing_and_whole_files_are_told_apart(tmp_path):
    for name in ("a", "b", "c"):
        (tmp_path / name).write_bytes(name.encode() * 40)
    known = digests(tmp_path, ["c", "a", "b"])
    assert faulty(tmp_path, known) == ()
    (tmp_path / "b").write_bytes(b"b" * 39 + b"x")
    (tmp_path / "c").unlink()
    assert faulty(tmp_path, known) == ("b", "c")
