"""What the tests of steps ask: which guards refuse, at which fields, and that nothing was written."""

from __future__ import annotations

from typing import Any

import pytest

from tests.factory import Office
from workflow.guards import Problem, StepRefused
from workflow.models import Case, User


def refused(office: Office, case: Case, step: str, who: str | User | None = None, **given: Any) -> list[Problem]:
    """The problems with which the step is refused; the state stays as it was."""
    before = case.state
    with pytest.raises(StepRefused) as refusal:
        office.take(case, step, who, **given)
    assert case.state == before
    return list(refusal.value.problems)


def codes(problems: list[Problem]) -> list[str]:
    return [problem.code for problem in problems]


def fields(problems: list[Problem], code: str) -> list[str | None]:
    return [problem.field for problem in problems if problem.code == code]


def the_one(problems: list[Problem]) -> Problem:
    """The only problem; its text can be said in every language."""
    assert len(problems) == 1, codes(problems)
    for language in ("lv", "ru", "en"):
        assert "{" not in problems[0].text(language)
    return problems[0]
