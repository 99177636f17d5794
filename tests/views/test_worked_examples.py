"""The worked examples W01-W12, entered as a user would: by the forms of the real people, day by day (DOMAIN 9.6)."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from tests.views.worked_book import book_of
from tests.views.worked_office import WorkedOffice
from tests.views.worked_outcome import expected, expected_on_pages, in_database, on_pages, warnings
from tests.workflow.terms import EXAMPLES
from views.clock import today
from workflow.facts import holding

BY_ID = [pytest.param(example, id=example["id"]) for example in EXAMPLES]
AS_SHIPPED = [pytest.param(example, id=example["id"]) for example in EXAMPLES if example["id"] != "W06"]


@pytest.mark.parametrize("example", BY_ID)
def test_the_forms_lead_to_the_money_of_the_example(app: Flask, session: Session, example: dict[str, Any]) -> None:
    with holding(book_of(example)):
        office = WorkedOffice(app, session, example)
        office.enter()
        assert in_database(office) == expected(example)
        assert office.case.state == "compensated"
        assert office.confirmed["confirm-delivery"] == warnings(example)
        with office.on(office.entered_on):
            assert on_pages(office) == expected_on_pages(example, today())


@pytest.mark.parametrize("example", AS_SHIPPED)
def test_the_shipped_rule_sets_agree(app: Flask, session: Session, example: dict[str, Any]) -> None:
    """All but W06, whose ceiling no shipped rule set has."""
    office = WorkedOffice(app, session, example)
    office.enter()
    assert in_database(office) == expected(example)
