"""What a view shows, answered once: page, slide, print, file, notebook and command read the same."""

from dashboard.answers.facts import Facts, facts_of
from dashboard.answers.findings import Findings
from dashboard.answers.layers import layer_of
from dashboard.answers.source import Source, county_source

__all__ = ["Facts", "Findings", "Source", "county_source", "facts_of", "layer_of"]
