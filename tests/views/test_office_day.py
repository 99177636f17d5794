"""The fixed day of a demonstration: what is dated by it, and what is not."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
import time_machine
from flask import Flask

from views import clock
from views.settings import settings_from

SUMMER = dt.datetime(2026, 7, 1, 21, 30, tzinfo=dt.UTC)  # past midnight in Riga


def test_without_a_day_the_clock_is_the_real_one(app: Flask) -> None:
    with app.app_context(), time_machine.travel(SUMMER, tick=False):
        assert clock.today() == dt.date(2026, 7, 2)
        assert clock.office_now() == clock.now() == SUMMER


def test_the_day_stands_still_and_the_hours_go_on(app: Flask) -> None:
    app.config["OFFICE_DAY"] = dt.date(2021, 11, 22)
    with app.app_context(), time_machine.travel(SUMMER, tick=False):
        assert clock.today() == dt.date(2021, 11, 22)
        assert clock.office_now() == dt.datetime(2021, 11, 21, 22, 30, tzinfo=dt.UTC)  # half past midnight, in winter
        assert clock.now() == SUMMER


def test_the_day_is_read_from_the_environment(app: Flask) -> None:
    settings = settings_from({"OFFICE_DAY": "2021-11-22"}, {}, Path(app.instance_path))
    assert settings["OFFICE_DAY"] == dt.date(2021, 11, 22)
    assert settings_from({}, {}, Path(app.instance_path))["OFFICE_DAY"] is None


@pytest.mark.parametrize("text", ["22.11.2021", "2021-02-30", "today"])
def test_what_is_no_day_stops_the_start(app: Flask, text: str) -> None:
    with pytest.raises(ValueError, match="OFFICE_DAY"):
        settings_from({"OFFICE_DAY": text}, {}, Path(app.instance_path))
