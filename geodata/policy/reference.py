"""Where a value comes from: the document, how well it is attested, and how it is cited."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from geodata.i18n import default_language, text

# A government site; B government text on another site; C press; D template or question-and-answer
# site; G public code; S speech; W the workspace of the county itself.
GRADES = ("A", "B", "C", "D", "G", "S", "W")
STATUSES = ("sourced", "unverified", "default", "unset", "county")


@dataclass(frozen=True)
class Reference:
    """The document behind a value: its title in both languages, grade and note.

    `status` is one of STATUSES; `grade` one of GRADES or None when no document was read.
    """

    status: str
    grade: str | None = None
    document: Mapping[str, str] | None = None
    note: Mapping[str, str] | None = None

    @property
    def needs_check(self) -> bool:
        """Return whether a person should compare the value with the document before citing it."""
        return self.status == "unverified" or (self.status == "sourced" and self.grade != "A")

    def label(self, lang: str | None = None) -> str:
        """Return the status in words, such as 有出处(待核对原文)."""
        key = "check" if self.status == "sourced" and self.needs_check else self.status
        return text(f"policy.status_{key}", lang)

    def citation(self, lang: str | None = None) -> str:
        """Return the document as it is cited on a card or slide, or the status when there is none."""
        if self.document is None:
            return self.label(lang)
        return self.document[lang or default_language()]
