"""What a map is made of: places at each level, their geometry, and their values by period."""

from geodata.atlas.atlas import Atlas
from geodata.atlas.folder import open_atlas, write_atlas

__all__ = ["Atlas", "open_atlas", "write_atlas"]
