"""Passwords: argon2id, and a check that takes as long for a name that nobody has (TRUST 14)."""

from __future__ import annotations

import secrets
from functools import lru_cache
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask import current_app

SHORTEST = 12
LONGEST = 128
# Letters that are not mistaken for each other when a password is read over the telephone.
LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"


@lru_cache
def _hasher(**parameters: Any) -> PasswordHasher:
    return PasswordHasher(**parameters)


@lru_cache
def _nobodys_hash(**parameters: Any) -> str:
    return _hasher(**parameters).hash(secrets.token_urlsafe())


def hash_password(password: str) -> str:
    """The argon2id hash to store."""
    return _hasher(**current_app.config["ARGON2"]).hash(password)


def matches(password_hash: str | None, password: str) -> bool:
    """True when the password is the one; without a hash it takes the same time and is False."""
    parameters = current_app.config["ARGON2"]
    try:
        right = _hasher(**parameters).verify(password_hash or _nobodys_hash(**parameters), password)
    except (VerificationError, InvalidHashError):
        return False
    return right and password_hash is not None


def is_outdated(password_hash: str) -> bool:
    """True when the hash was made with other parameters than today's."""
    return _hasher(**current_app.config["ARGON2"]).check_needs_rehash(password_hash)


def is_weak(password: str, *own_words: str) -> bool:
    """True for what is guessed first: few different signs, or mostly the person's own name or login."""
    folded = password.casefold()
    for word in own_words:
        if len(word) > 2:
            folded = folded.replace(word.casefold(), "")
    return len(set(folded)) < 5


def new_password() -> str:
    """A password for the first sign-in, in groups that can be read out (about 80 bits)."""
    groups = ("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(4))
    return "-".join(groups)
