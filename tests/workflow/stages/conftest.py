"""The office in which every step of the corridor is tested."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from tests.factory import Office


@pytest.fixture
def office(session: Session) -> Office:
    """One municipality with a person in every role."""
    return Office(session)
