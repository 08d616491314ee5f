"""The forms of a file that a briefing can take: one module a suffix, found by its name."""
