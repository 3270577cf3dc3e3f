"""Interleaved rounds: every case runs once a round, so that noise hits all alike."""

import gc
import statistics
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from time import process_time

Case = Callable[[], float]
"""Runs a batch and returns the seconds of processor time that one operation took.

Processor time and not wall time: what else the machine does then only disturbs the
caches, and not the clock.
"""


@dataclass(frozen=True, slots=True)
class Figure:
    """One case over all rounds, in microseconds an operation."""

    name: str
    best: float
    median: float

    @property
    def rate(self) -> float:
        """Operations a second, by the median."""
        return 1e6 / self.median


def batch(work: Callable[[], object], operations: int) -> Case:
    """Time `work`, which does so many operations."""

    def case() -> float:
        begun = process_time()
        work()
        return (process_time() - begun) / operations

    return case


def interleave(cases: Mapping[str, Case], *, rounds: int) -> list[Figure]:
    """Run every case once to warm up, then once in each of so many rounds."""
    for case in cases.values():
        case()
    taken: dict[str, list[float]] = {name: [] for name in cases}
    gc.collect()
    gc.disable()
    try:
        for _ in range(rounds):
            for name, case in cases.items():
                taken[name].append(case() * 1e6)
    finally:
        gc.enable()
    return [
        Figure(name, min(each), statistics.median(each)) for name, each in taken.items()
    ]


def table(figures: list[Figure], floors: Mapping[str, str]) -> str:
    """Return a table with each figure's ratio to the floor that belongs to it.

    The ratio of medians is what a run was like, that of the best rounds what it is like
    when nothing disturbs; the machine decides how far apart they are.
    """
    found = {each.name: each for each in figures}
    lines = [
        "| case | us | best us | a second | of its floor | best of best |",
        "|---|---|---|---|---|---|",
    ]
    for each in figures:
        kind = each.name.split(".")[0]
        floor = found.get(floors.get(kind, ""))
        ratio = f"{floor.median / each.median:.2f}" if floor else ""
        least = f"{floor.best / each.best:.2f}" if floor else ""
        lines.append(
            f"| {each.name} | {each.median:.1f} | {each.best:.1f} | "
            f"{each.rate:,.0f} | {ratio} | {least} |"
        )
    return "\n".join(lines)
