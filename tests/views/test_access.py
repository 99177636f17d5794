"""The door: deny by default, foreign rows are unknown rows, malformed requests stay outside (TRUST 1, 2, 9)."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable
from decimal import Decimal

import pytest
import sqlalchemy as sa
import sqlalchemy.orm as so
from flask import Flask
from flask.testing import FlaskClient

from tests.views.rooms import with_rooms
from tests.views.signing_in import add_user, municipality, post, signed_in, token_on
from views.access import allowed_to
from views.extensions import db
from workflow.models import PROCEDURES, Case, Document, Municipality, Person, Procurement

HERE, MERGED, ELSEWHERE = "test-novads", "test-merged", "test-elsewhere"
DAY = dt.date(2021, 9, 1)


@pytest.fixture
def house(make_app: Callable[..., Flask]) -> Flask:
    """An app with rooms to enter."""
    return with_rooms(make_app)


@pytest.fixture
def anna(house: Flask) -> FlaskClient:
    """A social worker's browser."""
    add_user(house)
    return signed_in(house)


@pytest.fixture
def rows(house: Flask) -> dict[str, tuple[int, int, int]]:
    """A case, a procurement and a document in each municipality; the merged one's successor is ours."""
    successors = {HERE: [], MERGED: [HERE], ELSEWHERE: ["test-novads-2"]}
    worker = add_user(house, "worker")
    with house.app_context():
        made = {code: row_ids(municipality(code, after).id, worker) for code, after in successors.items()}
        db.session.commit()
    return made


def row_ids(place: int, worker: int) -> tuple[int, int, int]:
    """The ids of new rows of that municipality."""
    person = Person(first_name="Anna", last_name="Paraudziņa", birth_date=DAY, registered_municipality_id=place)
    procurement = Procurement(
        municipality_id=place, procedure=PROCEDURES[0], estimated_value_ex_vat=Decimal(100), decision_on=DAY
    )
    db.session.add_all([person, procurement])
    db.session.flush()
    case = Case.__table__.insert().values(
        case_no=f"T-{place}", case_type="REHAB", person_id=person.id, applicant_id=person.id, version=1,
        applicant_kind="parent", municipality_id=place, state="applied", worker_id=worker, received_on=DAY,
        channel="in_person", wanted="both", state_since_on=DAY, touched_on=DAY, created_at=sa.func.now(),
        opening_used={}, pauses=[], blockers=[], missing=[], offered=[], note="", history_seq=0, history_mac="",
    )  # fmt: skip
    case_id = db.session.execute(case).inserted_primary_key[0]
    document = Document(case_id=case_id, code="D01", dated_on=DAY, direction="in")
    db.session.add(document)
    db.session.flush()
    return case_id, procurement.id, document.id


def test_stranger_is_led_to_the_sign_in(house: Flask) -> None:
    answer = house.test_client().get("/office?q=1")
    assert (answer.status_code, answer.location) == (303, "/sign-in?next=/office?q%3D1")


def test_stranger_with_htmx_is_led_there_by_a_header(house: Flask) -> None:
    answer = house.test_client().get("/office", headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (401, "/sign-in?next=/office")


def test_stranger_who_posts_is_led_back_to_the_page_of_the_form(house: Flask) -> None:
    answer = house.test_client().post("/office", headers={"Referer": "http://localhost/open"})
    assert answer.location == "/sign-in?next=/open"
    answer = house.test_client().post("/office", headers={"Referer": "http://evil.example/open"})
    assert answer.location == "/sign-in?next=/"


def test_room_that_declares_nothing_is_closed(house: Flask, anna: FlaskClient) -> None:
    assert house.test_client().get("/forgotten").status_code == 303
    assert anna.get("/forgotten").status_code == 403
    assert anna.post("/forgotten").status_code == 403


def test_open_room_is_open(house: Flask) -> None:
    assert house.test_client().get("/open").text == "open"


@pytest.mark.parametrize(
    ("role", "status"),
    [("social_worker", 403), ("procurement_officer", 403), ("reader", 403), ("supervisor", 200), ("admin", 200)],
)
def test_only_named_roles_enter(house: Flask, role: str, status: int) -> None:
    add_user(house, "inga", role)
    client = signed_in(house, "inga")
    assert [client.open("/chief", method=method).status_code for method in ("GET", "HEAD")] == [status] * 2
    assert post(client, "/chief").status_code == status


def test_one_of_several_roles_is_enough(house: Flask) -> None:
    add_user(house, "inga", "reader", "supervisor")
    assert signed_in(house, "inga").get("/chief").status_code == 200


def test_role_that_does_not_exist_stops_the_start() -> None:
    with pytest.raises(ValueError, match="king"):
        allowed_to("king")
    with pytest.raises(ValueError, match="name the roles"):
        allowed_to()


def test_successor_sees_the_merged_municipality(
    house: Flask, anna: FlaskClient, rows: object, session: so.Session
) -> None:
    codes = {str(row.id): row.code for row in session.scalars(sa.select(Municipality))}
    assert {codes[number] for number in anna.get("/office").text.split(",")} == {HERE, MERGED}


@pytest.mark.parametrize(("place", "status"), [(HERE, 200), (MERGED, 200), (ELSEWHERE, 404)])
def test_foreign_rows_are_unknown(
    anna: FlaskClient, rows: dict[str, tuple[int, int, int]], place: str, status: int
) -> None:
    case, procurement, document = rows[place]
    for path in (f"/case/{case}", f"/procurement/{procurement}", f"/document/{document}"):
        assert anna.get(path).status_code == status
    assert post(anna, f"/case/{case}").status_code == status


def test_foreign_and_unknown_answer_alike(anna: FlaskClient, rows: dict[str, tuple[int, int, int]]) -> None:
    answers = [anna.get(f"/case/{number}") for number in (rows[ELSEWHERE][0], 999_999)]
    texts = [
        answer.text.replace(answer.headers["X-Request-ID"], "").replace(answer.request.path, "") for answer in answers
    ]
    tokens = [text.split('name="csrf_token" value="')[1].split('"')[0] for text in texts]
    assert texts[0].replace(tokens[0], "") == texts[1].replace(tokens[1], "")


def test_one_query_finds_out_who_asks(house: Flask, anna: FlaskClient) -> None:
    seen: list[str] = []
    with house.app_context():
        own = db.engine
    sa.event.listen(own, "before_cursor_execute", lambda *arguments: seen.append(arguments[2]))
    anna.get("/office")
    assert len([statement for statement in seen if statement.startswith("SELECT")]) == 1


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/numbers/7", 200),
        ("/numbers/999999999", 200),
        ("/numbers/" + "9" * 10, 404),
        ("/numbers/" + "9" * 5000, 404),
        ("/numbers/-1", 404),
        ("/numbers/٣", 404),
        ("/numbers/1_0", 404),
        ("/words/a%00b", 400),
        ("/words/%ff%fe", 400),
        ("/open?q=%00", 400),
        ("/open?q=%ff", 400),
        ("/open?%00=1", 400),
    ],
)
def test_malformed_addresses(house: Flask, path: str, status: int) -> None:
    assert house.test_client().get(path).status_code == status


@pytest.mark.parametrize("body", [b"text=a%00b", b"text=%ff%fe", b"%00=1"])
def test_malformed_bodies(anna: FlaskClient, body: bytes) -> None:
    token = token_on(anna, "/account")
    answer = anna.post(
        "/office",
        data=body + b"&csrf_token=" + token.encode(),
        content_type="application/x-www-form-urlencoded",
    )
    assert answer.status_code == 400


def test_malformed_field_beside_a_file(anna: FlaskClient) -> None:
    token = token_on(anna, "/account").encode()
    parts = {b"csrf_token": token, b"text": b"\xff\xfe"}
    part = b'--x\r\nContent-Disposition: form-data; name="%b"\r\n\r\n%b\r\n'
    body = b"".join(part % pair for pair in parts.items()) + b"--x--\r\n"
    assert anna.post("/office", data=body, content_type="multipart/form-data; boundary=x").status_code == 400


def test_write_from_another_site_is_refused(anna: FlaskClient) -> None:
    assert post(anna, "/office", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert post(anna, "/office", headers={"Sec-Fetch-Site": "same-origin"}).status_code == 200
    assert anna.get("/office", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 200


def test_write_without_token_is_refused(anna: FlaskClient) -> None:
    assert anna.post("/office", data={"note": "x"}).status_code == 400
    assert anna.post("/office", data={"csrf_token": "x"}).status_code == 400


def test_upload_may_be_large_only_where_it_is_declared(anna: FlaskClient) -> None:
    def send(path: str, size: int) -> int:
        file = (io.BytesIO(b"x" * size), "file.pdf")
        return post(anna, path, file=file).status_code

    three, eleven = 3 * 1024 * 1024, 11 * 1024 * 1024
    assert send("/upload", three) == 200
    assert send("/upload", eleven) == 413
    assert send("/office", three) == 413


def test_megabyte_of_text_reaches_the_form(anna: FlaskClient) -> None:
    assert post(anna, "/office", note="x" * 1024 * 1024).status_code == 200


def test_too_many_fields_are_refused(anna: FlaskClient) -> None:
    fields = {f"f{number}": (io.BytesIO(b"x"), "f") for number in range(401)}
    assert post(anna, "/office", **fields).status_code == 413
