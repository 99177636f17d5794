"""The form of a step, filled in and sent as a browser without JavaScript would."""

from __future__ import annotations

import re
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.views.signing_in import token_on
from workflow.models import Case


def address(case: Case, step: str) -> str:
    return f"/cases/{case.id}/steps/{step}"


def page_of(client: FlaskClient, case: Case, step: str) -> str:
    answer = client.get(address(case, step))
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def send(client: FlaskClient, case: Case, step: str, **fields: Any) -> TestResponse:
    """Fill in the form of the step and send it."""
    path = address(case, step)
    version = re.search(r'name="version" value="(\d+)"', page_of(client, case, step))
    assert version
    values = {"csrf_token": token_on(client, path), "version": version[1]}
    return client.post(path, data=values | {name.replace("__", "-"): value for name, value in fields.items()})


def ticked(page: str, name: str) -> int:
    return len(re.findall(rf'name="{name}" value="[^"]+" checked', " ".join(page.split())))
