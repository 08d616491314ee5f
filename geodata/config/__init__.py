"""The settings of a workspace: ``guatu.toml`` as frozen data classes."""

from geodata.config.changing import (
    add_place_decision,
    change_settings,
    take_back_place_decision,
)
from geodata.config.settings import (
    FOLDERS,
    IN_PROCESS,
    BoundarySettings,
    Config,
    CountySettings,
    ImportSettings,
    MapSettings,
    PlaceDecision,
    PlaceSettings,
    SourceSettings,
    SparkSettings,
    find_workspace,
    make_workspace,
    read_config,
)

__all__ = [
    "FOLDERS",
    "IN_PROCESS",
    "BoundarySettings",
    "Config",
    "CountySettings",
    "ImportSettings",
    "MapSettings",
    "PlaceDecision",
    "PlaceSettings",
    "SourceSettings",
    "SparkSettings",
    "add_place_decision",
    "change_settings",
    "find_workspace",
    "make_workspace",
    "read_config",
    "take_back_place_decision",
]
