"""Makes docs/case.png, the picture of the README: a case in the middle of its course, as its social worker sees it.

`make screenshot` runs it on a small demonstration of its own; with DATABASE_URL set, on the demonstration there.
"""

from __future__ import annotations

import os
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Flask
from flask_migrate import upgrade
from playwright.sync_api import Page, sync_playwright
from werkzeug.serving import make_server

from app import create_app
from docs.png import shrink
from tests.browser.chromium import find_chromium, launch_options
from views.demo_command import PASSWORD
from views.extensions import db
from workflow.demo import DAY
from workflow.models import Case, User

ROOT = Path(__file__).resolve().parent.parent
PICTURE = ROOT / "docs" / "case.png"
LOGIN = "darbinieks"
SIZE = {"width": 1366, "height": 900}
MOST_BYTES = 150_000


def main() -> None:
    """Serve the demonstration, sign in, open the case, take the picture."""
    with tempfile.TemporaryDirectory() as folder:
        app = open_office(Path(folder))
        case_id = telling_case(app)
        with served(app) as address, sync_playwright() as playwright:
            program = find_chromium(playwright) or sys.exit("No Chromium was found: `make test` says how to get one.")
            browser = playwright.chromium.launch(**launch_options(program))
            page = browser.new_page(base_url=address, viewport=SIZE, locale="lv-LV", timezone_id="Europe/Riga")
            sign_in(page)
            page.goto(f"/cases/{case_id}")
            PICTURE.write_bytes(shrink(page.screenshot()))
            browser.close()
    size = PICTURE.stat().st_size
    if size > MOST_BYTES:
        sys.exit(f"{PICTURE.name} has {size} bytes, at most {MOST_BYTES} are wanted.")
    print(f"{PICTURE.relative_to(ROOT)}: {size} bytes")


def open_office(folder: Path) -> Flask:
    """The app on the database of DATABASE_URL, or on a new one with a small demonstration."""
    settings: dict[str, Any] = {"DEMO": True, "OFFICE_DAY": DAY}
    if os.environ.get("DATABASE_URL"):
        return create_app(**settings)
    app = create_app(**settings, DATABASE_URL=f"sqlite:///{folder / 'gaita.sqlite'}", INSTANCE_PATH=str(folder))
    with app.app_context():
        upgrade()
    made = app.test_cli_runner().invoke(args=["demo", "--size", "small"])
    if made.exit_code:
        sys.exit(made.output)
    return app


def telling_case(app: Flask) -> int:
    """A case on whose worker it depends how it goes on: served under a contract, a month to be accepted next."""
    wanted = (
        sa.select(Case.id)
        .join(User, User.id == Case.worker_id)
        .where(User.login == LOGIN, Case.next_step == "confirm_delivery", Case.case_type == "REHAB")
        .order_by(Case.due_on.desc(), Case.id)
    )
    with app.app_context():
        found = db.session.scalars(wanted).first()
    return found if found is not None else sys.exit(f"{LOGIN} has no case here whose next step is a delivery.")


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """The address of the app on a free port."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()


def sign_in(page: Page) -> None:
    """As the people of the demonstration do, in Latvian."""
    page.goto("/sign-in")
    page.fill("#login", LOGIN)
    page.fill("#password", PASSWORD)
    page.press("#password", "Enter")
    page.wait_for_url("**/")


if __name__ == "__main__":
    main()
