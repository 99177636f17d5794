"""Lets the office's rule book hold while a request is answered; each version is read once by each process."""

from __future__ import annotations

from collections import OrderedDict
from contextlib import ExitStack

from flask import Flask, g

from views.extensions import db
from workflow.facts import Facts, holding
from workflow.rulebook import NOTHING_CHANGED, read, token_in_force

KEPT = 4
"""So many versions are kept: a rehearsal in one window must not push out what all others use."""

_BOOKS: OrderedDict[str, Facts] = OrderedDict()


def hold(token: str | None) -> None:
    """From here to the end of the request the rules of the token hold; the shipped ones need nothing."""
    release()
    if token and token != NOTHING_CHANGED:
        g.rule_book = ExitStack()
        g.rule_book.enter_context(holding(_book(token)))


def _book(token: str) -> Facts:
    """The version of the token. A token names one state of the rules for ever: nothing here grows old."""
    if token in _BOOKS:
        return _BOOKS[token]
    book = read(db.session())
    if token_in_force(db.session()) == token:  # else somebody saved meanwhile: right for this request, not for ever
        _BOOKS[token] = book
        while len(_BOOKS) > KEPT:
            _BOOKS.popitem(last=False)
    return book


def release(error: BaseException | None = None) -> None:
    """Let the rules of this request go: the next one in this thread may have others."""
    held: ExitStack | None = g.pop("rule_book", None)
    if held is not None:
        held.close()


def init_app(app: Flask) -> None:
    """Let go at the end of every request."""
    app.teardown_request(release)
