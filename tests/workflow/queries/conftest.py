"""A shelf of cases for the tests of the lists."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from tests.workflow.queries.shelf import TODAY, Shelf
from workflow.queries.colours import Lines, surroundings


@pytest.fixture
def shelf(session: Session) -> Shelf:
    """The shelf of one municipality."""
    return Shelf(session)


@pytest.fixture
def lines(session: Session) -> Lines:
    """The days that part the colours on the day of the tests."""
    return surroundings(session, TODAY).lines
