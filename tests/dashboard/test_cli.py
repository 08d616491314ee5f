"""How the command line words what goes wrong."""

from __future__ import annotations

import re

import click
import pytest

from dashboard import cli

PERSON = "王某某"


@pytest.mark.parametrize("fault", [KeyError(PERSON), OSError(PERSON), RecursionError(PERSON)])
def test_a_fault_of_the_program_is_one_line_without_data_or_folders(monkeypatch, capsys, fault):
    @click.command()
    def failing() -> None:
        raise fault

    monkeypatch.setattr(cli, "guatu", failing)
    with pytest.raises(SystemExit) as left:
        cli.main([])
    told = capsys.readouterr().err
    assert left.value.code == 2
    assert told.count("\n") == 1
    assert type(fault).__name__ in told
    assert "test_cli.py:" in told
    assert not re.search(r"(?<!\w)/|\w+/\w+/", told), "a place is a file and the folder it lies in"
    for hidden in ("Traceback", PERSON):
        assert hidden not in told
