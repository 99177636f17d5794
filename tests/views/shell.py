"""A small app of its own for the tests of pages and fields: no database, no sign-in, one template."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask import Flask
from flask_babel import Babel
from jinja2 import ChoiceLoader, DictLoader, FileSystemLoader
from markupsafe import Markup

from views import formats, static_files

ROOT = Path(__file__).resolve().parents[2]
PAGE = """{% extends "base.html" %}{% block title %}Sample{% endblock %}
{% block heading %}<h1>Sample</h1>{% endblock %}{% block content %}{% include "_sample.html" %}{% endblock %}"""
FRAGMENT = """{% import "macros/forms.html" as forms %}<div id="step">
{% if form %}{% call forms.form(form, "/sample", target="#step") %}{% endcall %}{% else %}{{ word }}{% endif %}</div>"""


def shell(language: str = "en", **config: Any) -> Flask:
    """An app that shows `sample.html` and its fragment."""
    app = Flask("gaita", template_folder=str(ROOT / "templates"), static_folder=str(ROOT / "static"))
    app.config.update(SECRET_KEY="for tests only", WTF_CSRF_ENABLED=False, DEMO=True, TESTING=True, **config)
    Babel(app, default_locale=language, default_translation_directories=str(ROOT / "translations"))
    samples = DictLoader({"sample.html": PAGE, "_sample.html": FRAGMENT})
    app.jinja_loader = ChoiceLoader([samples, FileSystemLoader(ROOT / "templates")])
    app.jinja_env.globals["csrf_token"] = lambda: Markup("token")
    app.context_processor(lambda: {"language": language, "nav": [("/cases", "Cases", True)]})
    formats.init_app(app)
    static_files.init_app(app)
    return app
