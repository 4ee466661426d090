"""Timing two things in turn, so that a machine that is busy for a while is busy for both."""

import time
from collections.abc import Callable
from statistics import median


def seconds(function: Callable[[], object], repeat: int = 1) -> float:
    """Processor seconds of one call, averaged over ``repeat`` calls in a row."""
    began = time.process_time()
    for _ in range(repeat):
        function()
    return (time.process_time() - began) / repeat


def paired(
    function: Callable[[], object], floor: Callable[[], object], *, rounds: int = 31, repeat: int = 1
) -> tuple[float, float, float]:
    """Time two functions in turn: (median seconds of the first, of the floor, median of the pairwise ratios)."""
    pairs = [(seconds(function, repeat), seconds(floor, repeat)) for _ in range(rounds)]
    ratio = median(ours / theirs for ours, theirs in pairs)
    return median(ours for ours, _ in pairs), median(theirs for _, theirs in pairs), ratio
