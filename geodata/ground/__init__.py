"""The ground under a map: relief, rivers, roads and settlements out of a county's own files."""

from geodata.ground.context import LINES, RELIEF, read_ground

__all__ = ["LINES", "RELIEF", "read_ground"]
