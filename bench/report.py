"""The tables of a run. Times drift with the machine; the ratios of one run hold.

Where others use the machine too, the fastest tenth of the rounds says more than the median: it was disturbed least.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Mapping, Sequence

from bench.databases import Filled
from bench.rounds import BARE, CASE, FLOOR, FLOOR_STEP, PAGES, STEPS, Place, Samples
from bench.statements import Weight

# The case page is held against the bare page, everything else against the floor of its own kind.
AGAINST = dict.fromkeys(PAGES, FLOOR) | dict.fromkeys(STEPS, FLOOR_STEP) | {CASE: BARE}


def tell(
    databases: Sequence[Filled],
    samples: Samples,
    weights: Mapping[str, Mapping[str, Weight]],
    memory: Mapping[str, tuple[float, float] | None],
) -> Iterator[str]:
    """Line by line: the times, how they grow, what a page weighs, what the servers hold."""
    middle = {place: 1000 * statistics.median(values) for place, values in samples.items()}
    quick = {place: _at(0.1, values) for place, values in samples.items()}
    rounds = len(samples["", BARE])
    yield f"Medians of {rounds} interleaved rounds, one client, two workers per server, milliseconds"
    yield f"  {BARE}: {middle['', BARE]:.2f}, fastest tenth {quick['', BARE]:.2f}"
    for filled in databases:
        yield from _times(filled, samples, middle, quick)
    yield from _growth(databases, middle)
    for filled in databases:
        yield from _weights(filled, weights[filled.name])
    yield from _memory(memory)


def _times(
    filled: Filled, samples: Samples, middle: Mapping[Place, float], quick: Mapping[Place, float]
) -> Iterator[str]:
    yield ""
    yield (
        f"{filled.kind}, {filled.cases:,} cases".ljust(28)
        + "median  fastest tenth    p95   ratio  (of the fastest tenths)"
    )
    for what in (FLOOR, FLOOR_STEP, *PAGES, *STEPS):
        place = (filled.name, what)
        numbers = f"{middle[place]:7.2f} {quick[place]:14.2f} {_at(0.95, samples[place]):6.1f}"
        yield f"  {what:<25}{numbers}{_ratio(filled.name, what, middle, quick)}"


def _ratio(name: str, what: str, middle: Mapping[Place, float], quick: Mapping[Place, float]) -> str:
    base = AGAINST.get(what)
    if base is None:
        return ""
    place, under = (name, what), ("" if base == BARE else name, base)
    return f" {middle[place] / middle[under]:7.2f} {quick[place] / quick[under]:7.2f}  ÷ {base}"


def _at(part: float, values: Sequence[float]) -> float:
    """The value, in milliseconds, below which this part of the values lies."""
    return 1000 * sorted(values)[min(int(part * len(values)), len(values) - 1)]


def _growth(databases: Sequence[Filled], middle: Mapping[Place, float]) -> Iterator[str]:
    for kind in dict.fromkeys(filled.kind for filled in databases):
        sizes = [filled for filled in databases if filled.kind == kind]
        for larger in sizes[1:]:
            yield ""
            yield f"Growth on {kind}, {sizes[0].cases:,} to {larger.cases:,} cases"
            for what in (FLOOR, FLOOR_STEP, *PAGES, *STEPS):
                yield f"  {what:<25}{middle[larger.name, what] / middle[sizes[0].name, what]:7.2f}"


def _weights(filled: Filled, weights: Mapping[str, Weight]) -> Iterator[str]:
    yield ""
    yield f"{filled.kind}, {filled.cases:,} cases".ljust(27) + "statements  KB page  KB compressed"
    for what, weight in weights.items():
        yield f"  {what:<25}{weight.statements:10} {weight.plain / 1000:8.1f} {weight.packed / 1000:14.1f}"


def _memory(memory: Mapping[str, tuple[float, float] | None]) -> Iterator[str]:
    yield ""
    yield "Memory of the two workers, MiB".ljust(34) + "resident  shared parts divided"
    for name, sizes in memory.items():
        yield f"  {name:<32}" + (f"{sizes[0]:8.0f} {sizes[1]:10.0f}" if sizes else "  not told by this system")
