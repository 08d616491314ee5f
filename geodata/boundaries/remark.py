"""What was noticed while boundaries were read, as a sentence in Chinese and English."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from geodata import i18n
from geodata.escaping import plain_text


@dataclass(frozen=True)
class Remark:
    """One sentence of the catalogue with its values; `feature` and `field` say where it applies.

    `feature` is a row of the layer (0-based), `field` a column name; both None for the whole layer.
    """

    key: str
    values: Mapping[str, object] = field(default_factory=dict)
    feature: int | None = None
    field: str | None = None

    def __str__(self) -> str:
        return self.sentence()

    @property
    def kind(self) -> str:
        """The key without the name of its catalogue file."""
        return self.key.partition(".")[2]

    def sentence(self, lang: str | None = None) -> str:
        """Return the sentence in one language, with long or unprintable values made readable."""
        values = {
            name: value if isinstance(value, (int, float)) else plain_text(value, 300)
            for name, value in self.values.items()
        }
        return i18n.text(self.key, lang, **values)
