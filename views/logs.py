"""The log: one JSON line per event, without anything personal (TRUST 15)."""

from __future__ import annotations

import re
import sys
import traceback
from collections.abc import MutableMapping
from pathlib import Path
from types import TracebackType
from typing import Any

import structlog

ROOT = Path(__file__).parent.parent
# What must never be logged, whoever tries.
DENIED = frozenset(
    [
        "name",
        "first_name",
        "last_name",
        "surname",
        "login",
        "password",
        "code",
        "person_code",
        "personal_code",
        "address",
        "phone",
        "e_mail",
        "email",
        "iban",
        "query",
        "query_string",
        "args",
        "form",
        "body",
        "data",
        "given",
        "token",
        "cookie",
        "secret",
        "reason",
        "diagnosis",
        "path",
        "url",
        "referrer",
    ]
)
PERSONAL_CODE = re.compile(r"\b\d{6}-?\d{5}\b")
HIDDEN = "[hidden]"


def hide_personal(logger: Any, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Blank denied keys, and personal codes wherever they stand."""
    for key, value in event.items():
        if key in DENIED:
            event[key] = HIDDEN
        elif isinstance(value, str):
            event[key] = PERSONAL_CODE.sub(HIDDEN, value)
    return event


def _to_stderr(*arguments: Any) -> structlog.WriteLogger:
    return structlog.WriteLogger(sys.stderr)


def configure() -> None:
    """Write to stderr, as services expect."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            hide_personal,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        logger_factory=_to_stderr,
    )


def log_failure(error: BaseException | None, trace: TracebackType | None, **facts: Any) -> None:
    """Log a failure by its class and place; its message may quote a row, so it is left out."""
    frames = traceback.extract_tb(trace) if trace else []
    places = [f"{_short(frame.filename)}:{frame.lineno} {frame.name}" for frame in frames]
    log.error("failure", error=type(error).__name__, places=places[-12:], **facts)


def _short(filename: str) -> str:
    path = Path(filename)
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else path.name


log = structlog.get_logger("gaita")
