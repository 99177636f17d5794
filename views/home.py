"""My work: what waits for the person who looks, in each of their roles (UX, «My work»)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from views.access import ANYONE, allowed_to, current_actor
from views.case_list import steps_of
from views.clock import today
from views.extensions import db
from views.pages import show
from workflow.facts import facts
from workflow.queries.colours import HOLD, IDLE, ON_TIME, OPEN, OVERDUE, SOON, Surroundings, surroundings
from workflow.queries.stuck import blockage
from workflow.queries.worklist import (
    MINE,
    NOT_MINE,
    OTHERS,
    OWN_GROUPS,
    PLANS,
    WAITING,
    Pile,
    office,
    officer_queue,
    open_tasks,
    own_cases,
    supervisor_queue,
)
from workflow.roles import Actor, Role

bp = Blueprint("home", __name__)

CALM = (IDLE, ON_TIME)
EMPTY = Pile((), 0)


@dataclass(frozen=True)
class Section:
    """A group of cases on the page: its name, all of it as a list, and its first rows."""

    key: str
    title: str
    url: str
    pile: Pile


@bp.get("/")
@allowed_to(*ANYONE)
def home() -> Response:
    """The work of every role that the person has, one under the other."""
    actor = current_actor()
    around = surroundings(db.session(), today())
    tasks, task_total = open_tasks(db.session(), actor, around.lines)
    sees_all = actor.may_act_as(Role.SUPERVISOR, Role.READER)
    return show(
        "home/page.html",
        tasks=tasks,
        task_total=task_total,
        sections=[*_sections(actor, around)],
        blockage=blockage(db.session(), actor, around.lines) if sees_all else None,
        office=office(db.session(), actor) if Role.ADMIN in actor.roles else None,
        my_steps=steps_of(actor),
        may_register=Role.SOCIAL_WORKER in actor.roles,
        works_on_cases=actor.may_act_as(Role.SOCIAL_WORKER, Role.PROCUREMENT_OFFICER, Role.SUPERVISOR),
    )


def _sections(actor: Actor, around: Surroundings) -> Iterator[Section]:
    if Role.SOCIAL_WORKER in actor.roles:
        yield from _own(actor, around)
    if Role.PROCUREMENT_OFFICER in actor.roles:
        yield _procurement(actor, around)
    if Role.SUPERVISOR in actor.roles:
        yield from _supervision(actor, around)


def _own(actor: Actor, around: Surroundings) -> Iterator[Section]:
    """A worker's own cases; each number is a link to exactly these cases."""
    piles = own_cases(db.session(), actor, around.lines)
    titles = {
        OVERDUE: _("Overdue"),
        SOON: ngettext("Due within %(num)d working day", "Due within %(num)d working days", around.soon_days),
        OTHERS: _("Waiting for others"),
        HOLD: _("On hold"),
        MINE: _("Recently mine"),
    }
    asked: dict[str, dict[str, Any]] = {
        OVERDUE: {"colour": OVERDUE},
        SOON: {"colour": SOON},
        HOLD: {"colour": HOLD},
        OTHERS: {"colour": CALM, "waits_for": NOT_MINE, "state": OPEN},
        MINE: {"colour": CALM, "waits_for": Role.SOCIAL_WORKER.value, "state": OPEN},
    }
    for key in OWN_GROUPS:
        url = url_for("case_list.page", worker=actor.user_id, **asked[key])
        yield Section(key, titles[key], url, piles.get(key, EMPTY))


def _procurement(actor: Actor, around: Surroundings) -> Section:
    pile = officer_queue(db.session(), actor, around.lines)
    url = url_for("case_list.page", waits_for=Role.PROCUREMENT_OFFICER.value, state=OPEN, sort="since")
    return Section("procurement", _("Waiting for procurement"), url, pile)


def _supervision(actor: Actor, around: Surroundings) -> Iterator[Section]:
    piles = supervisor_queue(db.session(), actor, around.lines)
    waits = Role.SUPERVISOR.value
    other_steps = [step for step in facts().steps if step != "approve_plan"]
    plans = url_for("case_list.page", waits_for=waits, step="approve_plan", state=OPEN)
    others = url_for("case_list.page", waits_for=waits, step=other_steps, state=OPEN)
    yield Section(PLANS, _("Plans to approve"), plans, piles.get(PLANS, EMPTY))
    yield Section(WAITING, _("Waiting for the supervisor"), others, piles.get(WAITING, EMPTY))
