"""The extensions, made once and bound to each app by `create_app`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask import current_app
from flask_babel import Babel
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session
from flask_wtf.csrf import CSRFProtect

from workflow.history import KEY
from workflow.models import Base

MIGRATIONS = Path(__file__).parent.parent / "workflow" / "migrations"


class GaitaSession(Session):
    """A session that carries the key of the history: it lies outside the database (TRUST 11)."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.info[KEY] = current_app.config["HISTORY_KEY"].encode()


db = SQLAlchemy(model_class=Base, session_options={"class_": GaitaSession})
csrf = CSRFProtect()
babel = Babel()
# Batches, because SQLite cannot alter a column; compare_type, so that `flask db check` sees a changed one.
migrate = Migrate(directory=str(MIGRATIONS), render_as_batch=True, compare_type=True)
