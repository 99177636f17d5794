"""Received files, handed out as attachments: never shown by the browser as part of Gaita (TRUST, «Uploads»)."""

from __future__ import annotations

from flask import Blueprint, abort
from werkzeug.wrappers import Response

from views.access import allowed_to, current_actor, get_or_404
from workflow.filing import ENDINGS
from workflow.models import Document
from workflow.queries.cases import sees_health

bp = Blueprint("documents", __name__)

# Papers that tell of a person's health; a procurement officer does not need them (DOMAIN 2.1).
OF_HEALTH = frozenset({"D03", "D04", "D06", "D07", "D08", "D09"})


@bp.get("/documents/<int:document_id>")
@allowed_to("social_worker", "procurement_officer", "supervisor", "reader")
def download(document_id: int) -> Response:
    """The file of a document of a case of the user's municipality; 404 where there is none to see."""
    document = get_or_404(Document, document_id)
    if document.case_id is None or document.file is None:
        abort(404)
    if document.code in OF_HEALTH and not sees_health(current_actor()):
        abort(404)
    return _attachment(document)


def _attachment(document: Document) -> Response:
    stored = document.file
    if stored is None:
        abort(404)
    name = f"{document.code}-{document.id}{ENDINGS.get(stored.media_type, '')}"
    # The type is what the content was found to be when it was filed; the browser must not guess another.
    return Response(
        stored.content,
        mimetype=stored.media_type,
        headers={"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"},
    )
