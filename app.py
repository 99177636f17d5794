"""Gaita's app: settings, extensions, blueprints, error pages, commands. Nothing else."""

from __future__ import annotations

import os
from importlib import import_module
from pathlib import Path
from types import TracebackType
from typing import Any

from flask import Flask, g
from werkzeug.middleware.proxy_fix import ProxyFix

from views import (
    access,
    case_page,
    commands,
    context,
    database,
    demo_command,
    errors,
    formats,
    headers,
    logs,
    office_commands,
    rule_book,
    sign_ins,
    static_files,
)
from views.extensions import babel, csrf, db, migrate
from views.settings import settings_from

# One per noun. A room that is named here and missing stops the start, loudly.
BLUEPRINTS = (
    "views.sessions:bp",
    "views.account:bp",
    "views.health:bp",
    "views.help:bp",
    "views.home:bp",
    "views.case_list:bp",
    "views.calculations:bp",
    "views.cases:bp",
    "views.steps:bp",
    "views.documents:bp",
    "views.providers:bp",
    "views.contracts:bp",
    "views.claims:bp",
    "views.stuck:bp",
    "views.rules:bp",
    "views.rule_proposals:bp",
    "views.rule_changes:bp",
)


class Gaita(Flask):
    """Flask that logs a failure without its message: a refused row would be quoted in it."""

    def log_exception(
        self,
        exc_info: tuple[type, BaseException, TracebackType | None] | tuple[None, None, None],
    ) -> None:
        """One line with the class and the places in the code."""
        logs.log_failure(exc_info[1], exc_info[2], request_id=g.get("request_id"))


def create_app(**config: Any) -> Flask:
    """The app; `config` (upper-case settings, INSTANCE_PATH) wins over the environment."""
    app = Gaita(__name__, instance_path=config.pop("INSTANCE_PATH", None) or os.environ.get("INSTANCE_PATH"))
    app.config.update(settings_from(os.environ, config, Path(app.instance_path)))
    app.url_map.converters["int"] = access.RowId
    if app.config["PROXIES"]:
        trusted = app.config["PROXIES"]
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=trusted, x_proto=trusted)  # type: ignore[method-assign]
    _prepare(app)
    for place in BLUEPRINTS:
        module, _, name = place.partition(":")
        app.register_blueprint(getattr(import_module(module), name))
    if not app.testing and os.environ.get("FLASK_RUN_FROM_CLI") != "true":
        database.log_start(app)  # a command has nothing to tell here
    return app


def _prepare(app: Flask) -> None:
    """Extensions and what stands around every request; the order matters."""
    logs.configure()
    headers.init_app(app)
    # Last seen is written after the session of the request is gone, so it is announced before the session.
    app.teardown_appcontext(sign_ins.write_last_seen)
    db.init_app(app)
    database.prepare_engine(app)
    migrate.init_app(app, db)
    babel.init_app(app, locale_selector=context.language)
    # The door stands before the check of the token: a stranger is led to the sign-in, not told about tokens.
    app.before_request(access.guard)
    csrf.init_app(app)
    static_files.init_app(app)
    context.init_app(app)
    formats.init_app(app)
    case_page.init_app(app)
    rule_book.init_app(app)
    errors.init_app(app)
    commands.init_app(app)
    office_commands.init_app(app)
    demo_command.init_app(app)
