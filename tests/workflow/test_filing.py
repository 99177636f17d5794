"""Received files: known by content, bounded, renamed, and kept with their hash (TRUST, «Uploads»)."""

from __future__ import annotations

import hashlib

import pytest
from sqlalchemy.orm import Session

from tests.factory import PDF, Office
from workflow import filing
from workflow.models import StoredFile

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 8
JPEG = b"\xff\xd8\xff\xe0" + b"\0" * 8


@pytest.mark.parametrize(("content", "kind"), [(PDF, "application/pdf"), (PNG, "image/png"), (JPEG, "image/jpeg")])
def test_type_is_told_by_content(content: bytes, kind: str) -> None:
    assert filing.media_type_of(content) == kind
    assert filing.fault_of(filing.Upload("sheet.exe", content)) is None


@pytest.mark.parametrize(
    "content", [b"<svg onload=alert(1)>", b"MZ\x90\0", b"PK\x03\x04", b" %PDF-1.4", b"%PDF", b"\x89PNG\n"]
)
def test_name_proves_nothing(content: bytes) -> None:
    assert filing.media_type_of(content) is None
    assert filing.fault_of(filing.Upload("sheet.pdf", content)) == "kind"


def test_missing_and_empty_files_are_told_apart() -> None:
    assert filing.fault_of(None) == "missing"
    assert filing.fault_of(filing.Upload("sheet.pdf", b"")) == "empty"


def test_ten_megabytes_pass_and_one_byte_more_does_not() -> None:
    full = PDF + b"\0" * (filing.MOST_BYTES - len(PDF))
    assert filing.fault_of(filing.Upload("sheet.pdf", full)) is None
    assert filing.fault_of(filing.Upload("sheet.pdf", full + b"\0")) == "too_large"


def test_file_is_kept_under_its_hash(session: Session) -> None:
    user = Office(session).users["social_worker"]
    stored = filing.store(session, filing.Upload("../../etc/Anna Paraudziņa.pdf", PDF), user.id)
    session.flush()
    digest = hashlib.sha256(PDF).hexdigest()
    assert (stored.sha256, stored.name, stored.size) == (digest, f"{digest[:16]}.pdf", len(PDF))
    assert (stored.media_type, stored.created_by) == ("application/pdf", user.id)
    session.expire(stored)
    assert session.get_one(StoredFile, stored.id).content == PDF


def test_summary_tells_which_file_it_was(session: Session) -> None:
    stored = filing.store(session, filing.Upload("sheet.png", PNG), 1)
    assert filing.summary(stored) == {"name": stored.name, "sha256": stored.sha256, "size": len(PNG)}


@pytest.mark.parametrize(("content", "reason"), [(b"", "empty"), (b"text", "kind")])
def test_refused_file_is_not_kept(session: Session, content: bytes, reason: str) -> None:
    with pytest.raises(filing.FileRefused) as refusal:
        filing.store(session, filing.Upload("sheet.pdf", content), 1)
    assert refusal.value.reason == reason
    assert not session.new
