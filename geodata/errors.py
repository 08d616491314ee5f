"""Errors that people read: a key of the catalogue and the values of its sentence."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from traceback import extract_tb

from geodata import i18n
from geodata.escaping import plain_text

# So many steps through the code are told of an error that nobody expected.
_STEPS = 6


class GuatuError(Exception):
    """An error with a sentence for people, in Chinese and English.

    `key` names the sentence in the catalogue; `values` fill it. ``str(error)`` is the sentence in
    the default language, `sentence(lang)` the one in a given language.
    """

    def __init__(self, key: str, /, **values: object) -> None:
        super().__init__(key)
        self.key = key
        self.values = {name: _shown(value) for name, value in values.items()}

    def __str__(self) -> str:
        return self.sentence()

    def sentence(self, lang: str | None = None) -> str:
        """Return the sentence in one language; an unknown key is shown as it is."""
        if self.key not in i18n.CATALOGUE:
            return f"{self.key} {self.values or ''}".strip()
        values = {
            name: i18n.text(value, lang, **value.values) if isinstance(value, i18n.Key) else value
            for name, value in self.values.items()
        }
        return i18n.text(self.key, lang, **values)


def _shown(value: object) -> object:
    """Return text cut to a readable length, so that a 10 MB cell does not fill a screen."""
    if isinstance(value, i18n.Key):
        return value
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return value
    return plain_text(value, 300)


def code_places(error: BaseException, folder: Path | None = None) -> str:
    """Return the last places in the code through which an error came, file and line, without values.

    Those within `folder` are told however early they were, and where code is that cannot be read.
    """
    steps = [(step.filename, step.lineno) for step in extract_tb(error.__traceback__)]
    early = [step for step in steps[:-_STEPS] if folder and Path(step[0]).is_relative_to(folder)]
    told = early[-_STEPS:] + steps[-_STEPS:]
    if isinstance(error, SyntaxError) and error.filename:
        told.append((error.filename, error.lineno))
    return " > ".join(f"{'/'.join(Path(file).parts[-2:])}:{line}" for file, line in told)


class SourceError(GuatuError):
    """A table that cannot be read: file, sheet, column or encoding."""


class BoundaryError(GuatuError):
    """Boundaries that cannot be read or placed: parts of a shapefile, CRS, encoding, geometry."""


class GroundError(GuatuError):
    """A file of the ground under a map that cannot be read: relief, rivers, roads, settlements."""


class JoinError(GuatuError):
    """A join that cannot be made: columns, decisions or a table of changes that do not fit."""


class ConfigError(GuatuError):
    """A setting that is not understood: guatu.toml or an option."""


class PolicyError(GuatuError):
    """A policy parameter that is missing, malformed or not in force."""


class QuantityError(GuatuError):
    """A quantity, unit or counted thing that is not known, or those that do not fit together."""


class StoreError(GuatuError):
    """A snapshot that is missing, torn or does not match its manifest."""


class BackupError(GuatuError):
    """A backup that cannot be written or brought back."""


class ScopeError(GuatuError):
    """A place that is outside the actor's scope."""


class AccessError(GuatuError):
    """The records of accounts and audit cannot be written or read; the act does not happen."""


class AccountError(GuatuError):
    """A sign-in, a password or an account that is refused."""


class WriteError(GuatuError):
    """An entry by a person that is incomplete, or changed by someone else meanwhile."""


class ThemeError(GuatuError):
    """A theme folder that does not hold together."""

    @property
    def faults(self) -> tuple[ThemeError, ...]:
        """Return all that is told at once."""
        return (self,)


class ThemeErrors(ThemeError):
    """Several faults of a theme folder, told at once, a line each."""

    def __init__(self, faults: Sequence[ThemeError]) -> None:
        super().__init__(faults[0].key)
        self._faults = tuple(faults)

    @property
    def faults(self) -> tuple[ThemeError, ...]:
        """Return all that is told at once."""
        return self._faults

    def sentence(self, lang: str | None = None) -> str:
        """Return the sentences in one language, a line each."""
        return "\n".join(fault.sentence(lang) for fault in self._faults)


class AtlasError(GuatuError):
    """Map data that cannot be opened, or a place, period or indicator that it does not hold."""


class HotspotError(GuatuError):
    """Values, counts or neighbours from which no hot spot can be computed."""


class BriefingError(GuatuError):
    """A briefing that cannot be made: its month, place, theme, form or file."""


class EvaluationError(GuatuError):
    """A sample or a rate that cannot be made from what is there; says what is missing."""
