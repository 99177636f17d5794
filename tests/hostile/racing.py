"""Many people at the same instant: threads with real connections that start together."""

from __future__ import annotations

import os
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

# Two and sixteen in every run; as many as wanted with GAITA_TEST_WORKERS=64.
CROWDS = sorted({2, 16, int(os.environ.get("GAITA_TEST_WORKERS", "16"))})
LONGEST_S = 120


def race(runners: Sequence[Callable[[], Any]]) -> list[Any]:
    """Run all at once; what each returned, or the exception it raised."""
    barrier = threading.Barrier(len(runners))

    def run(runner: Callable[[], Any]) -> Any:
        barrier.wait(LONGEST_S)
        try:
            return runner()
        except Exception as failure:
            return failure

    with ThreadPoolExecutor(len(runners)) as pool:
        return list(pool.map(run, runners, timeout=LONGEST_S))


def statuses(answers: Sequence[Any]) -> Counter[Any]:
    """How often each status came back; an exception counts as itself."""
    return Counter(getattr(answer, "status_code", None) or repr(answer)[:200] for answer in answers)
