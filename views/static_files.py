"""Static files with their hash in the address, so that browsers may keep them for a year.

``url_for("static", filename="app.css")`` gives ``/static/app.css?v=<hash>``; a changed file has another
address. A request without the right hash is answered, but must be asked again each time.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Flask, Response, current_app, request, send_from_directory

FOREVER = "public, max-age=31536000, immutable"
MIMETYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}


@lru_cache(maxsize=64)
def _digest(path: Path, changed: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]


def digest(app: Flask, filename: str) -> str | None:
    """The short hash of a static file, or ``None`` if there is no such file."""
    root = Path(app.static_folder or "static").resolve()
    path = (root / filename).resolve()
    if not (path.is_file() and path.is_relative_to(root)):
        return None
    return _digest(path, path.stat().st_mtime_ns)


def serve(filename: str) -> Response:
    """One static file; kept for a year if it was asked for by its present hash."""
    response = send_from_directory(
        str(current_app.static_folder), filename, mimetype=MIMETYPES.get(Path(filename).suffix)
    )
    asked = request.args.get("v")
    known = bool(asked) and asked == digest(current_app, filename)
    response.headers["Cache-Control"] = FOREVER if known else "no-cache"
    return response


def init_app(app: Flask) -> None:
    """Put the hash into every address of a static file and serve the files by it."""
    app.view_functions["static"] = serve

    @app.url_defaults
    def add_hash(endpoint: str, values: dict[str, Any]) -> None:
        if endpoint == "static" and "v" not in values:
            values["v"] = digest(app, str(values.get("filename", "")))
