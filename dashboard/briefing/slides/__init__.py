"""Slides: native text, tables and charts that can be edited, and pictures of maps."""
