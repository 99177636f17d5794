"""Malformed and hostile input in every form, query and path (TRUST 8, 9, 10): a clear answer, never a trace."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from urllib.parse import urlencode, urlsplit

import pytest
import sqlalchemy as sa
import sqlalchemy.orm as so
from flask import Flask
from werkzeug.test import TestResponse

from tests.databases import at_server
from tests.hostile.attempts import AT, Attempt, Prepare, who_may
from tests.hostile.browsing import Browser, SentForm, form_to, forms_on, shows_trace
from tests.hostile.crawling import crawl, query_names
from tests.hostile.ledger import Ledger
from tests.hostile.rooms import STEPS
from tests.hostile.town import HERE, PLACES, Town
from workflow.history import verify
from workflow.models import Case, Document, Person, Provider, User

XSS = '"><script>alert(1)</script><img src=x onerror=alert(1)>'
TEXTS = (
    "31.02.2021",
    "9999999999999",
    "9" * 5000,
    "-0.001",
    "NaN",
    "-Infinity",
    "1e999999",
    "0x1F",
    "٣١.٠٣.٢٠٢١",
    "１２",
    XSS,
    "{{ 7*7 }}{% raw %}${7*7}<%= 7*7 %>",
    "=cmd|'/C calc'!A0",
    '\'; DROP TABLE "case"; --',
    "\u202egnirts",
    "\u2028line\u2029",
    "%s%n%(x)s{0}",
    "../../../../etc/passwd",
    "👩‍👩‍👧" * 30,
    "x" * 1_000_000,
    " \t ",
)
# What one field alone is tried with, all others being right.
SHORT_LIST = ("31.02.2021", "1e999999", "9" * 5000, "٣", XSS, "=cmd|'/C calc'!A0")
# Redisplay of one line of text ends here; a text area comes back whole.
LONGEST_KEPT = 4000


def fine(answer: TestResponse, *statuses: int) -> bool:
    """A clear answer: one of the statuses, nothing of the inside, nothing hostile come alive."""
    text = answer.get_data(as_text=True)
    return answer.status_code in statuses and not shows_trace(answer) and "<script>alert" not in text


def lost(form: SentForm, sent: dict[str, str], answer: TestResponse) -> list[str]:
    """The boxes of text in which what was typed does not stand any more."""
    shown = form_to(answer, urlsplit(form.action).path).boxes
    texts = [name for name, box in form.boxes.items() if box.kind in ("text", "textarea") and name in sent]
    return [name for name in texts if not stands(sent[name], shown[name].values if name in shown else [])]


def stands(typed: str, values: list[str]) -> bool:
    """The text is in the box; browsers and servers may tidy blanks and ends of lines, and cut what is endless."""
    plain = re.sub(r"\s+", " ", typed[:LONGEST_KEPT]).strip()
    return any(plain == re.sub(r"\s+", " ", value[:LONGEST_KEPT]).strip() for value in values)


def everywhere(names: list[str], text: str) -> dict[str, str]:
    """The text in every box; an endless one only in the last, or the request would be refused for its size."""
    return dict.fromkeys(names, text if len(text) < 10_000 else "x") | {names[-1]: text}


@pytest.mark.parametrize("step", STEPS)
def test_every_box_of_a_step_filled_with_nonsense(
    step: str, enter: Callable[..., Browser], prepare: Prepare, ledger: Ledger, put_back: Callable[[], None]
) -> None:
    """422 with everything typed, or the step taken where a text may hold what it likes; nothing in between."""
    attempt, browser = prepare(step), enter(who_may(step))
    form = form_to(browser.get(attempt.path), attempt.path)
    names = [name for name in form.boxes if name not in ("csrf_token", "version", "go", "more")]
    ledger.keep()
    for text in TEXTS:
        sent = everywhere(names, text)
        answer = browser.post(attempt.path, {**sent, "version": str(attempt.version)})
        assert fine(answer, 303, 422), (text[:40], answer.status_code)
        if answer.status_code == 303:
            put_back()
            prepare(step)
            ledger.keep()
            continue
        assert ledger.changed() == []
        assert not lost(form, sent, answer), text[:40]


@pytest.mark.parametrize("step", STEPS)
def test_each_box_of_a_step_alone(
    step: str, enter: Callable[..., Browser], prepare: Prepare, ledger: Ledger, put_back: Callable[[], None]
) -> None:
    """All is right but one field: never worse than 422, and a step that is refused writes nothing."""
    attempt, browser = prepare(step), enter(who_may(step), plain=True)
    form = form_to(browser.get(attempt.path), attempt.path)
    ledger.keep()
    for name in dict.fromkeys([*form.boxes, *dict(attempt.fields)]):
        if name in ("csrf_token", "version", "go", "more", "attendance_sheet") or re.search(
            "-[2-9]-|-[0-9]{2,}-", name
        ):
            continue
        for text in SHORT_LIST:
            kept = [pair for pair in attempt.fields if pair[0] != name]
            answer = browser.post(attempt.path, [*kept, (name, text), ("version", str(attempt.version))])
            assert fine(answer, 303, 409, 422), (name, text[:40], answer.status_code)
            if answer.status_code == 303:
                put_back()
                prepare(step)
                ledger.keep()
            assert ledger.changed() == [], (name, text[:40])


# Forms that belong to no step ---------------------------------------------------------------------------------------


def other_forms(enter: Callable[..., Browser], role: str | None) -> Iterator[tuple[SentForm, str]]:
    """Every other form that the role meets on its way, once, and the page it stands on."""
    browser, known = enter(role, plain=True), set()
    for path in crawl(browser, 70) if role else ["/sign-in"]:
        answer = browser.get(path)
        if answer.mimetype != "text/html" or answer.status_code != 200:
            continue
        for form in forms_on(answer):
            kind = (form.method, re.sub("[0-9]+", "#", urlsplit(form.action).path), *sorted(form.boxes))
            if kind not in known and "/steps/" not in form.action and not form.action.startswith("/sign-out"):
                known.add(kind)
                yield form, path


@pytest.mark.parametrize("role", ["social_worker", "procurement_officer", "supervisor", "admin", "reader", None])
def test_other_forms_filled_with_nonsense(
    role: str | None, enter: Callable[..., Browser], put_back: Callable[[], None], app: Flask
) -> None:
    """New cases, providers, filters, the account, the sign-in: 4xx or a page, what was typed is kept."""
    found = list(other_forms(enter, role))
    assert len(found) >= (1 if role is None else 4)
    for form, path in found:
        names = [name for name in form.boxes if name not in ("csrf_token", "version", "go", "more")]
        for number, text in enumerate(TEXTS):
            browser = enter(role)
            if form.method == "get":
                answer = browser.get(f"{urlsplit(form.action).path}?{urlencode(dict.fromkeys(names, text[:3000]))}")
                assert fine(answer, 200), (form.action, text[:40], answer.status_code)
                continue
            origin = {"environ_base": {"REMOTE_ADDR": f"198.51.{number}.7"}}  # not slowed as one guesser
            answer = browser.post(form.action, everywhere(names, text) if names else {}, **origin)
            assert fine(answer, 200, 303, 400, 404, 409, 422, 429), (form.action, path, text[:40], answer.status_code)
            if answer.status_code == 303:
                put_back()


@pytest.mark.parametrize("role", ["social_worker", "procurement_officer", "supervisor", "admin", "reader"])
def test_every_query_of_every_page(role: str, enter: Callable[..., Browser]) -> None:
    """Whatever stands in an address, the page comes, or says that it is malformed."""
    browser = enter(role, plain=True)
    pages = {re.sub("[0-9]+", "#", urlsplit(path).path): urlsplit(path).path for path in crawl(browser, 70)}
    names = query_names()
    marks = ("~", "2021-02-30~1", "x~99999999999999999999", "~-1", "None~1", "2021-01-01~1", "99999999999", "1~1~1")
    for page in pages.values():
        for text in (*(text[:2000] for text in TEXTS), *marks):
            answer = browser.get(f"{page}?{urlencode(dict.fromkeys(names, text))}")
            assert fine(answer, 200, 303, 404), (page, text[:40], answer.status_code)
        assert browser.get(f"{page}?{names[0]}=%ff").status_code == 400
        assert browser.get(f"{page}?{names[0]}=%00").status_code == 400


PATHS = (
    "/cases/abc",
    "/cases/-1",
    "/cases/0",
    "/cases/1.0",
    "/cases/999999999999999999",
    "/cases/" + "9" * 400,
    "/cases/٣",
    "/cases/1%20",
    "/cases/1/steps/nonsense",
    "/cases/1/steps/register-application",
    "/cases/1/steps/__class__",
    "/cases/1/steps/",
    "/cases/1/steps/%3Cscript%3E",
    "/documents/999999999999999999",
    "/claims/999999999999999999",
    "/contracts/999999999999999999",
    "/providers/999999999999999999",
    "/%2e%2e/%2e%2e/etc/passwd",
    "/static/../app.py",
    "/static/%2e%2e/app.py",
    "/" + "x" * 8000,
    "/" + XSS.replace("/", ""),
)


@pytest.mark.parametrize("path", PATHS, ids=range(len(PATHS)))
def test_addresses_that_lead_nowhere(path: str, enter: Callable[..., Browser]) -> None:
    browser = enter("social_worker")
    for method in ("GET", "POST"):
        answer = browser.client.open(
            path, method=method, data={"csrf_token": browser.token} if method == "POST" else None
        )
        assert fine(answer, 404, 405, 308), (path[:60], answer.status_code)


# What no browser sends ------------------------------------------------------------------------------------------------

BODIES = (
    (b'{"state": "compensated"}', "application/json", 400),
    (b"<xml/>", "text/xml", 400),
    (b"anything", "text/plain", 400),
    (b"anything", "", 400),
    (b"no boundary", "multipart/form-data", 400),
    (b"--x\r\nbroken", "multipart/form-data; boundary=x", 400),
    (b"\xff\xfe\x00", "application/x-www-form-urlencoded", 400),
    (b"version=1&" * 3000, "application/x-www-form-urlencoded", 400),
    (b"x" * (12 * 1024 * 1024), "application/x-www-form-urlencoded", 413),
)


@pytest.mark.parametrize(("body", "kind", "status"), BODIES, ids=range(len(BODIES)))
def test_bodies_that_no_form_makes(
    body: bytes, kind: str, status: int, enter: Callable[..., Browser], prepare: Prepare, ledger: Ledger
) -> None:
    attempt, browser = prepare("reassign"), enter("supervisor")
    ledger.keep()
    answer = browser.client.post(attempt.path, data=body, content_type=kind)
    assert fine(answer, status), answer.status_code
    assert ledger.changed() == []


@pytest.mark.parametrize("text", ["%00", "a%00b", "%ED%A0%80", "%FF", "%C0%AF", "%EF%BF%BD"])
def test_bytes_that_are_no_text(text: str, enter: Callable[..., Browser], prepare: Prepare, ledger: Ledger) -> None:
    """NUL, a lone surrogate, broken and overlong UTF-8 are refused before anything reads them; U+FFFD typed is not."""
    attempt, browser = prepare("return_plan"), enter("supervisor")
    ledger.keep()
    body = urlencode({"csrf_token": browser.token, "version": str(attempt.version)}) + f"&remarks={text}"
    answer = browser.client.post(attempt.path, data=body, content_type="application/x-www-form-urlencoded")
    assert fine(answer, 303 if text == "%EF%BF%BD" else 400), answer.status_code
    assert bool(ledger.changed()) == (answer.status_code == 303)


@pytest.mark.parametrize("step", STEPS)
def test_the_same_key_twice(step: str, enter: Callable[..., Browser], prepare: Prepare, ledger: Ledger) -> None:
    """Which of two values would count? Neither: 400 (TRUST, «Numbers»)."""
    attempt, browser = prepare(step), enter(who_may(step))
    form = form_to(browser.get(attempt.path), attempt.path)
    ledger.keep()
    single = [name for name, box in form.boxes.items() if box.kind in ("text", "textarea", "select", "hidden")]
    for name in [name for name in single if name != "csrf_token"][:6]:
        answer = attempt.send(browser, (name, "pirmais"), (name, "otrais"))
        assert fine(answer, 400), (name, answer.status_code)
    assert ledger.changed() == []


def test_sheets_that_are_no_sheets(enter: Callable[..., Browser], prepare: Prepare, ledger: Ledger) -> None:
    """Empty, disguised, oversized and oddly named files: said at the field."""
    attempt, browser = prepare("confirm_delivery"), enter("social_worker")
    ledger.keep()
    kept = [pair for pair in attempt.fields if pair[0] != "attendance_sheet"]
    for name, content in (
        ("lapa.pdf", b""),
        ("lapa.pdf", b"<html><script>alert(1)</script>"),
        ("lapa.pdf", b"MZ\x90\x00"),
        ("lapa.exe", b"%PDF-1.4\n"),
        ("x" * 300 + ".pdf", b"%PDF-1.4\n"),
        ("../../etc/passwd.svg", b"<svg onload=alert(1)>"),
        ("liela.pdf", b"%PDF-1.4\n" + b"x" * (10 * 1024 * 1024)),
    ):
        answer = browser.post(
            attempt.path, [*kept, ("version", str(attempt.version)), ("attendance_sheet", Sheet(name, content))]
        )
        assert fine(answer, 422), (name[:30], answer.status_code)
    assert ledger.changed() == []


class Sheet:
    """A file to send."""

    def __init__(self, name: str, content: bytes) -> None:
        self.name, self.content = name, content


# What was taken in comes back as text only ----------------------------------------------------------------------------


def test_hostile_words_come_back_as_text(
    enter: Callable[..., Browser], prepare: Prepare, session: so.Session, town: Town
) -> None:
    """Names, notes, reasons and numbers full of markup: every page that shows them shows text (TRUST 10)."""
    words = (
        "note",
        "reason",
        "goals",
        "remarks",
        "reasons",
        "summary",
        "assessor_name",
        "reference",
        "dispute_decision",
    )
    for step in STEPS:
        attempt = prepare(step)
        fields = tuple((name, f"{value} {XSS}" if name in words else value) for name, value in attempt.fields)
        case = session.get_one(Case, attempt.case_id)
        answer = Attempt(attempt.case_id, step, fields, case.version).send(enter(who_may(step)))
        assert answer.status_code in (303, 409, 422)
        session.rollback()
        session.expire_all()
    for person in session.scalars(sa.select(Person)):
        person.first_name, person.address = XSS, f"{{{{7*7}}}} {XSS}"
    session.execute(sa.update(Provider).values(name=XSS, contacts=XSS, address=XSS))
    session.execute(sa.update(Document).values(note=XSS, number=XSS))
    session.execute(sa.update(User).values(name=XSS))
    session.commit()
    shown = 0
    for role in ("social_worker", "procurement_officer", "supervisor", "reader"):
        for path, text in crawl(enter(role), 70).items():
            assert "<script>alert" not in text, path
            assert "onerror=alert(1)>" not in text.replace("onerror=alert(1)&gt;", ""), path
            shown += "&lt;script&gt;" in text
    assert shown > 20


# A database that is not as it should be -------------------------------------------------------------------------------


def break_state(engine: sa.Engine, case_id: int) -> None:
    """Somebody wrote a state that nobody knows, past every constraint."""
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA ignore_check_constraints = ON")
            connection.exec_driver_sql("DROP TRIGGER case_state_with_history")
        else:
            connection.exec_driver_sql('DROP TRIGGER case_state_with_history ON "case"')
            connection.exec_driver_sql('ALTER TABLE "case" DROP CONSTRAINT ck_case_state_known')
        connection.exec_driver_sql(f"UPDATE \"case\" SET state = 'aizmirsts' WHERE id = {case_id}")
        connection.commit()
        if engine.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA ignore_check_constraints = OFF")


def test_unknown_state_is_a_clear_page(
    enter: Callable[..., Browser], town: Town, engine: sa.Engine, prepare: Prepare, session: so.Session
) -> None:
    """The case, its steps, the lists: pages that say so; a step is refused, nothing is written."""
    number = town.case("assigned")
    attempts = [prepare(step, "assigned") for step in ("confirm_delivery", "reassign", "suspend", "close")]
    break_state(engine, number)
    for role in ("social_worker", "supervisor"):
        browser = enter(role)
        for path in (f"/cases/{number}", "/", "/cases", f"/cases/{number}/documents"):
            answer = browser.get(path)
            assert fine(answer, 200, 403), (path, answer.status_code)
        for step in STEPS:
            answer = browser.get(f"/cases/{number}/steps/{step.replace('_', '-')}")
            assert fine(answer, 200, 403, 409), (step, answer.status_code)
    assert fine(enter("supervisor").get("/stuck"), 200)
    assert "aizmirsts" in enter("supervisor").get(f"/cases/{number}").text
    before = session.scalar(sa.select(Case.history_seq).where(Case.id == number))
    session.rollback()
    for attempt in attempts:
        answer = attempt.send(enter(who_may(attempt.step)))
        assert fine(answer, 409, 422), (attempt.step, answer.status_code)
    assert session.scalar(sa.select(Case.history_seq).where(Case.id == number)) == before
    assert "the state was written past the history" in [found.what for found in verify(session)]


def test_locked_database_is_503_and_nothing_is_lost(
    make_app: Callable[..., Flask], town: Town, prepare: Prepare, engine: sa.Engine, session: so.Session
) -> None:
    """Another process writes and writes: a step says «not now» with Retry-After, and works as soon as it can."""
    attempt = prepare("approve_plan")
    app = make_app(BUSY_MS=50)
    browser = Browser(app, town.cookie("supervisor"))
    assert browser.token
    lock = "BEGIN IMMEDIATE" if engine.dialect.name == "sqlite" else 'LOCK TABLE "case" IN ACCESS EXCLUSIVE MODE'
    other = engine.raw_connection()
    try:
        other.cursor().execute(lock)
        answer = attempt.send(browser)
        assert fine(answer, 503)
        assert int(answer.headers["Retry-After"]) > 0
        if engine.dialect.name == "sqlite":  # readers are not kept out by a writer
            assert browser.get(f"/cases/{attempt.case_id}").status_code == 200
    finally:
        other.rollback()
        other.close()
    assert attempt.send(browser).status_code == 303


def test_missing_database_is_503_on_every_page(
    make_app: Callable[..., Flask], town: Town, postgres_server: str | None, tmp_path: object
) -> None:
    """The file is gone, or the server does not know the database: a plain page, and nothing is made in its place."""
    missing = f"sqlite:///{tmp_path}/nothing.sqlite"
    url = at_server(postgres_server, "nothing_of_that_name") if postgres_server else missing
    browser = Browser(make_app(DATABASE_URL=url), town.cookie("supervisor"), plain=True)
    for path in ("/", "/cases", f"/cases/{town.case('applied')}", "/stuck", "/claims", "/rules", "/health"):
        answer = browser.get(path)
        assert fine(answer, 503), (path, answer.status_code)
        assert int(answer.headers["Retry-After"]) > 0
    assert fine(browser.client.post("/cases/1/steps/reassign", data={}), 400, 503)


def test_every_place_has_a_page(enter: Callable[..., Browser], town: Town) -> None:
    """The pages that all of this attacks are there, for every place and in the three languages."""
    browser = enter("supervisor")
    for language in ("lv", "en", "ru"):
        browser.post("/preferences", {"language": language})
        for place in PLACES:
            assert browser.get(f"/cases/{town.cases[HERE][place]}").status_code == 200, (language, place)


def test_every_step_is_attacked() -> None:
    assert set(AT) == set(STEPS)
