"""What inspectors would find: rates with their certainty, and samples anybody can draw again."""

from geodata.evaluation.bounds import lower_bound, upper_bound
from geodata.evaluation.draw import Design, Draw, Frame, Note, draw_sample
from geodata.evaluation.inspection_rates import (
    Rate,
    Scaled,
    SelfCheck,
    judge_rate,
    largest_passing,
    limit_of,
    rate_sentences,
    scaled_poverty_rate,
    self_check,
    suspects,
)

__all__ = [
    "Design",
    "Draw",
    "Frame",
    "Note",
    "Rate",
    "Scaled",
    "SelfCheck",
    "draw_sample",
    "judge_rate",
    "largest_passing",
    "limit_of",
    "lower_bound",
    "rate_sentences",
    "scaled_poverty_rate",
    "self_check",
    "suspects",
    "upper_bound",
]
