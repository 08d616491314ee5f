"""What a view shows, answered once: page, slide, print, file, notebook and command read the same."""

from dashboard.answers.answer import Answer, answer_of
from dashboard.answers.layers import layer_of
from dashboard.answers.source import Source, county_source
from dashboard.layers.finding_counts import FindingCounts

__all__ = ["Answer", "FindingCounts", "Source", "answer_of", "county_source", "layer_of"]
