"""What inspectors would find: rates with their certainty, and samples anybody can draw again."""

from geodata.evaluation.design import Design, Frame, read_weights
from geodata.evaluation.draw import Draw, Note, draw_sample
from geodata.evaluation.rates import (
    Rate,
    Scaled,
    judge_rate,
    largest_passing,
    limit_of,
    lower_bound,
    scaled_poverty_rate,
    upper_bound,
)
from geodata.evaluation.self_check import SelfCheck, rate_sentences, self_check, suspects

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
    "read_weights",
    "scaled_poverty_rate",
    "self_check",
    "suspects",
    "upper_bound",
]
