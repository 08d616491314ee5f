"""What tests of several commands share."""

from __future__ import annotations

import pytest

from dashboard.cli import main


@pytest.fixture
def run(capsys):
    """Return a function that runs one command and gives its exit code and what it printed."""

    def run(*arguments) -> tuple[int, str]:
        with pytest.raises(SystemExit) as left:
            main([str(argument) for argument in arguments])
        printed = capsys.readouterr()
        return int(left.value.code or 0), printed.out + printed.err

    return run
