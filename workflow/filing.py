"""Received files: known by their content, bounded in size, kept under a name of ours (TRUST, «Uploads»).

The bytes go into the database, in the transaction of the step that brought them (invariant 3).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy.orm import Session

from workflow.models import StoredFile

MOST_BYTES = 10 * 1024 * 1024

# What a file says about itself by its first bytes; its name and its stated type prove nothing.
SIGNATURES: Mapping[bytes, str] = {
    b"%PDF-": "application/pdf",
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
}
ENDINGS: Mapping[str, str] = {"application/pdf": ".pdf", "image/png": ".png", "image/jpeg": ".jpg"}


class Received(Protocol):
    """A received file as a step is given it: its name as sent and its content."""

    @property
    def name(self) -> str: ...

    @property
    def content(self) -> bytes: ...


@dataclass(frozen=True)
class Upload:
    """A file read from a form, or made by a command."""

    name: str
    content: bytes


class FileRefused(Exception):
    """The file is not kept; `reason` is empty, too_large or kind."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def media_type_of(content: bytes) -> str | None:
    """The type of the content, or None when it is none that the office keeps."""
    return next((kind for start, kind in SIGNATURES.items() if content.startswith(start)), None)


def fault_of(received: Received | None) -> str | None:
    """Why the file cannot be kept: missing, empty, too_large or kind; None when it can."""
    if received is None:
        return "missing"
    if not received.content:
        return "empty"
    if len(received.content) > MOST_BYTES:
        return "too_large"
    return None if media_type_of(received.content) else "kind"


def store(session: Session, received: Received, user_id: int) -> StoredFile:
    """Keep the file under its hash; raises FileRefused. The caller commits."""
    fault = fault_of(received)
    kind = media_type_of(received.content)
    if fault is not None or kind is None:
        raise FileRefused(fault or "kind")
    digest = hashlib.sha256(received.content).hexdigest()
    stored = StoredFile(
        sha256=digest,
        name=f"{digest[:16]}{ENDINGS[kind]}",
        media_type=kind,
        size=len(received.content),
        content=received.content,
        created_by=user_id,
    )
    session.add(stored)
    return stored


def summary(stored: StoredFile) -> dict[str, object]:
    """What the history keeps of a file: enough to prove which one it was."""
    return {"name": stored.name, "sha256": stored.sha256, "size": stored.size}
