"""Times of things that run in turns, and their ratios."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

Work = Callable[[], object]
Clock = Callable[[], float]


@dataclass(frozen=True)
class Spread:
    """What several rounds gave."""

    values: tuple[float, ...]

    @property
    def median(self) -> float:
        return median(self.values)

    def text(self, unit: str, scale: float = 1, digits: int = 2) -> str:
        """Median, and the least and the most in brackets."""
        middle, least, most = (
            f"{value * scale:,.{digits}f}" for value in (self.median, min(self.values), max(self.values))
        )
        return f"{middle} {unit} ({least} to {most})"


def in_turns(rounds: int, *works: Work, clock: Clock = time.process_time) -> tuple[Spread, ...]:
    """Seconds of each work; every round runs each of them once, after one round that does not count.

    clock : processor time of this process, which other programs on the machine do not lengthen as they do the
            time on the wall; time.perf_counter for works that are processes of their own
    """
    seconds = [[_seconds(work, clock) for work in works] for _ in range(rounds + 1)]
    return tuple(Spread(values) for values in zip(*seconds[1:], strict=True))


def _seconds(work: Work, clock: Clock) -> float:
    start = clock()
    work()
    return clock() - start


def ratio(above: Spread, below: Spread) -> Spread:
    """Ratio of two works, round by round: what slows a whole round slows both."""
    return Spread(tuple(a / b for a, b in zip(above.values, below.values, strict=True)))
