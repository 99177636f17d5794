"""Folded text for searching: `rezekne` finds `Rēzekne`, also in Cyrillic (DOMAIN 7.4)."""

from __future__ import annotations

import unicodedata


def fold(text: str) -> str:
    """Lower case without marks, with single spaces; hyphens count as spaces."""
    plain = unicodedata.normalize("NFKD", text.casefold().replace("-", " "))
    return " ".join("".join(mark for mark in plain if not unicodedata.combining(mark)).split())
