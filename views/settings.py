"""Settings: from the environment, overridden by what `create_app` is given. No secret has a default (TRUST)."""

from __future__ import annotations

import datetime as dt
import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
MEGABYTE = 1024 * 1024
UPLOAD_LIMIT = 10 * MEGABYTE
OWN_HOSTS = "localhost,127.0.0.1,[::1]"
SWITCHES = ("DEMO", "HTTPS", "REQUIRE_SECOND_FACTOR")
TEXTS = ("DATABASE_URL", "SECRET_KEY", "HISTORY_KEY")
LISTS = ("SECRET_KEY_FALLBACKS", "TRUSTED_HOSTS")
DAYS = ("OFFICE_DAY",)


def settings_from(environment: Mapping[str, str], given: Mapping[str, Any], instance: Path) -> dict[str, Any]:
    """All of Flask's and Gaita's settings for one app; `given` wins over the environment."""
    stated = {**_read(environment), **given}
    settings = {**FIXED, **stated}
    for key in ("SECRET_KEY", "HISTORY_KEY"):
        settings[key] = settings.get(key) or _kept_secret(instance / key.lower())
    # The __Host- prefix demands Secure, so plain http (development only) needs the plain name.
    settings.setdefault("SESSION_COOKIE_NAME", "__Host-session" if settings["HTTPS"] else "session")
    settings.setdefault("SESSION_COOKIE_SECURE", settings["HTTPS"])
    settings.setdefault("PREFERRED_URL_SCHEME", "https" if settings["HTTPS"] else "http")
    url = database_url(settings["DATABASE_URL"])
    settings.setdefault("SQLALCHEMY_DATABASE_URI", url)
    settings.setdefault("SQLALCHEMY_ENGINE_OPTIONS", _engine_options(url, settings["BUSY_MS"]))
    return settings


FIXED: dict[str, Any] = {
    "DATABASE_URL": "sqlite:///gaita.sqlite",
    "DEMO": False,
    "HTTPS": False,
    "OFFICE_DAY": None,
    "PROXIES": 0,
    "REQUIRE_SECOND_FACTOR": False,
    "SECRET_KEY_FALLBACKS": [],
    "TRUSTED_HOSTS": OWN_HOSTS.split(","),
    "ARGON2": {},
    # How long to wait for another writer, in milliseconds; then a plain 503.
    "BUSY_MS": 5000,
    "MAX_CONTENT_LENGTH": 2 * MEGABYTE,
    # As much text as the whole request may hold: a form says at the field that a text is too long.
    "MAX_FORM_MEMORY_SIZE": 2 * MEGABYTE,
    "MAX_FORM_PARTS": 400,
    "SESSION_COOKIE_HTTPONLY": True,
    "SESSION_COOKIE_SAMESITE": "Lax",
    "SESSION_COOKIE_PATH": "/",
    # A form that was open over lunch is not lost; the token still dies with the session.
    "WTF_CSRF_TIME_LIMIT": None,
    "BABEL_DEFAULT_LOCALE": "lv",
    "BABEL_DEFAULT_TIMEZONE": "Europe/Riga",
    "BABEL_TRANSLATION_DIRECTORIES": str(ROOT / "translations"),
    "SEND_FILE_MAX_AGE_DEFAULT": None,
    "TEMPLATES_AUTO_RELOAD": False,
}


def _read(environment: Mapping[str, str]) -> dict[str, Any]:
    stated: dict[str, Any] = {key: environment[key] for key in TEXTS if environment.get(key)}
    stated |= {key: _switch(key, environment[key]) for key in SWITCHES if environment.get(key)}
    stated |= {key: _listed(environment[key]) for key in LISTS if environment.get(key)}
    stated |= {key: _day(key, environment[key]) for key in DAYS if environment.get(key)}
    if environment.get("PROXIES"):
        stated["PROXIES"] = int(environment["PROXIES"])
    return stated


def _listed(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _switch(key: str, text: str) -> bool:
    if text.lower() in ("1", "true", "yes", "on"):
        return True
    if text.lower() in ("0", "false", "no", "off"):
        return False
    raise ValueError(f"{key} is neither on nor off: {text!r}")


def _day(key: str, text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{key} is no day like 2021-11-22: {text!r}") from None


def database_url(stated: str) -> str:
    """The address with the driver that Gaita is tested with (psycopg 3)."""
    scheme, _, rest = stated.partition("://")
    return f"postgresql+psycopg://{rest}" if scheme in ("postgres", "postgresql") else stated


def _engine_options(url: str, busy_ms: int) -> dict[str, Any]:
    # Parameters stay out of messages: a refused row would put a personal code into the log.
    options: dict[str, Any] = {"hide_parameters": True}
    if url.startswith("postgresql"):
        waits = f"-c lock_timeout={busy_ms} -c idle_in_transaction_session_timeout=60s"
        options |= {"pool_pre_ping": True, "connect_args": {"options": waits, "connect_timeout": 5}}
    return options


def _kept_secret(path: Path) -> str:
    """The secret of this installation: made once, readable by its owner only."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        _write_once(path, secrets.token_hex(32))
    return path.read_text().strip()


def _write_once(path: Path, text: str) -> None:
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    try:
        # A link appears whole or not at all: of two workers that start together, both read one secret.
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
