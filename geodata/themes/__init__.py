"""Themes: what one is, how its folder is read, and which themes a workspace has.

Each folder beside these modules is one of the product's own themes. A workspace adds folders
`themes/NAME/`, an installed package an entry point of the group `guatu.themes`.
"""

from geodata.themes.base import (
    CardSection,
    Chain,
    Fit,
    PartsOf,
    Points,
    SampleRows,
    Sentence,
    Step,
    Theme,
    ThemeLayer,
    ThemeMatter,
    Told,
    Topic,
)
from geodata.themes.reading import read_theme
from geodata.themes.registry import (
    Registry,
    ThemeFault,
    check_theme,
    find_themes,
    own_themes,
    themes_around,
)

__all__ = [
    "CardSection",
    "Chain",
    "Fit",
    "PartsOf",
    "Points",
    "Registry",
    "SampleRows",
    "Sentence",
    "Step",
    "Theme",
    "ThemeFault",
    "ThemeLayer",
    "ThemeMatter",
    "Told",
    "Topic",
    "check_theme",
    "find_themes",
    "own_themes",
    "read_theme",
    "themes_around",
]
