"""The bench can start and loads a consistent database. No time is ever asserted."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from bench.__main__ import main
from bench.browser import form_in
from bench.kinds import KINDS, numbers_of
from bench.load import POSITION, load
from bench.office import DAY, OWN
from tests.conftest import SETTINGS
from workflow import history, position
from workflow.models import Case, Delivery, Municipality
from workflow.steps import take_step

CASES = 150


@pytest.fixture
def loaded(engine: sa.Engine, session: Session) -> Session:
    """A session on a database that the bench has filled."""
    load(engine, CASES, SETTINGS["HISTORY_KEY"].encode(), "!")
    return session


def test_every_kind_of_case_is_there_with_a_valid_history(loaded: Session) -> None:
    assert loaded.scalar(sa.select(sa.func.count(Case.id))) == CASES
    states = set(loaded.scalars(sa.select(Case.state)))
    assert states == {kind.stops[-1].state.value for kind in KINDS}
    assert loaded.scalar(sa.select(sa.func.count(Delivery.id))) > CASES
    assert list(history.verify(loaded)) == []


def test_the_stored_positions_are_those_of_the_workflow(loaded: Session) -> None:
    for case in loaded.scalars(sa.select(Case).order_by(Case.id.desc()).limit(40)):
        stored = {name: getattr(case, name) for name in POSITION}
        position.refresh(loaded, case, DAY, moved=False)
        assert {name: getattr(case, name) for name in POSITION} == stored, case.case_no


def test_a_loaded_case_goes_on(loaded: Session) -> None:
    from tests.factory import Office

    case = loaded.get_one(Case, next(numbers_of(("applied",), CASES)) + 1)
    office = Office(loaded, OWN)
    assert case.municipality_id in set(loaded.scalars(sa.select(Municipality.id).where(Municipality.code == OWN)))
    given = office.assessment(assessed_on=DAY)
    take_step(loaded, case, "record_assessment", office.actor("social_worker"), given, DAY)
    loaded.commit()
    assert case.state == "assessed"
    assert list(history.verify(loaded)) == []


def test_a_form_is_read_as_a_browser_sends_it() -> None:
    page = b"""<form method="get" action="/cases"><input name="q" value="no"></form>
    <form method="post" action="/here"><input type="hidden" name="csrf_token" value="t"><select name="a">
    <option value="1">x<option value="2" selected>y</select><input type="checkbox" name="c" value="D03" checked>
    <input type="checkbox" name="c" value="D04"><textarea name="t">\nwords</textarea>
    <button name="go">Go</button></form>"""
    assert form_in(page, "/here") == {"csrf_token": "t", "a": "2", "c": "D03", "t": "words"}


def test_the_command_explains_itself(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["--help"])
    assert stopped.value.code == 0
    assert "--postgres" in capsys.readouterr().out
