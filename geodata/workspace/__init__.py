"""A county's workspace for people in notebooks, the clerk's build and the app."""

from __future__ import annotations

from geodata.workspace.building import build_months
from geodata.workspace.workspace import Workspace, open_workspace

__all__ = ["Workspace", "build_months", "open_workspace"]
