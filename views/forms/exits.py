"""The forms of leaving and coming back: refuse, withdraw, suspend, resume, close, reopen, reassign (DOMAIN 8.2)."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms.validators import ValidationError

from views.forms.days import not_before, not_future
from views.forms.fields import ChoiceField, DayField, LongTextField, TextField, YesNoField
from views.forms.steps import Desk, StepForm
from workflow.facts import facts
from workflow.models import User
from workflow.stages.exits import colleagues
from workflow.stages.planning import decision_no_is_taken, next_decision_no

NO_DIAGNOSES = _l("Do not enter diagnoses unless they are needed.")
NUMBER_TAKEN = _l("A decision with this number is already in the case.")


def _labels(group: str, desk: Desk) -> list[tuple[Any, object]]:
    return list(facts().labels(group, desk.language).items())


class Reject(StepForm):
    """The refusal; its ground, reasons and hearing are judged by G80 and G82."""

    step = "reject"

    ground = ChoiceField(_l("Legal ground"), required=False)
    # `reasons` is taken: so the form calls the reasons of confirmations.
    why = LongTextField(
        _l("Reasons"), required=False, rows=6, hint=_l("They stand in the decision, in Latvian."), name="reasons"
    )
    person_heard = YesNoField(_l("The person's view has been heard and recorded"), required=False)
    decision_no = TextField(_l("Decision number"), longest=60)
    decision_on = DayField(_l("Date of the decision"))
    sent_on = DayField(_l("Sent on"))
    channel = ChoiceField(_l("How it is sent"), hint=_l("It decides from which day the decision counts as notified."))

    @classmethod
    def prefill(cls, desk: Desk) -> dict[str, Any]:
        return {
            "decision_no": next_decision_no(desk.case),
            "decision_on": desk.today,
            "sent_on": desk.today,
            "channel": "post_registered",
        }

    def offer(self, desk: Desk) -> None:
        self.desk = desk
        self.ground.choices = _labels("reject_ground", desk)
        self.channel.choices = _labels("sending_channel", desk)

    def values(self, desk: Desk) -> dict[str, Any]:
        given = self.given()
        return {**given, "reasons": given.pop("why")}

    def validate_decision_no(self, field: Any) -> None:
        """A number names one decision of the case."""
        if field.data and decision_no_is_taken(self.desk.case, "refuse", field.data):
            raise ValidationError(NUMBER_TAKEN)

    def validate_decision_on(self, field: Any) -> None:
        """A decision is dated when it was made."""
        not_future(field, self.desk.today)
        not_before(field, self.desk.case.received_on)

    def validate_sent_on(self, field: Any) -> None:
        """A decision is sent after it was made."""
        not_future(field, self.desk.today)
        not_before(field, self.decision_on.data)


class Withdraw(StepForm):
    """The family takes the application back in writing (G83)."""

    step = "withdraw"

    withdrawn_on = DayField(_l("Date of the written withdrawal"), required=False)
    reason = LongTextField(_l("Reason, if the family gave one"), required=False, rows=3, hint=NO_DIAGNOSES)

    @classmethod
    def prefill(cls, desk: Desk) -> dict[str, Any]:
        return {"withdrawn_on": desk.today}


class Suspend(StepForm):
    """The case rests; the guard says for how long at most (G85)."""

    step = "suspend"

    reason = ChoiceField(_l("Reason"), required=False)
    note = LongTextField(_l("Note"), required=False, rows=3, hint=NO_DIAGNOSES)
    from_on = DayField(_l("Suspended from"), required=False)
    expected_resume_on = DayField(_l("Expected to go on from"), required=False)

    @classmethod
    def prefill(cls, desk: Desk) -> dict[str, Any]:
        return {"from_on": desk.today}

    def offer(self, desk: Desk) -> None:
        self.reason.choices = _labels("suspend_reason", desk)


class Resume(StepForm):
    """The day from which the deadlines go on with the time that was left."""

    step = "resume"

    resumed_on = DayField(_l("Goes on from"))

    @classmethod
    def prefill(cls, desk: Desk) -> dict[str, Any]:
        return {"resumed_on": desk.today}

    def offer(self, desk: Desk) -> None:
        self.desk = desk

    def validate_resumed_on(self, field: Any) -> None:
        """Not before the suspension, and not ahead of time."""
        not_future(field, self.desk.today)
        not_before(field, self.desk.case.suspended_on)


class Close(StepForm):
    """Why the case is closed; with «moved away» the certificate of used units is made."""

    step = "close"

    reason = ChoiceField(
        _l("Reason"),
        hint=_l("When the family moves away, the certificate of the used services is made for the new municipality."),
    )
    closed_on = DayField(_l("Closed on"))
    note = LongTextField(_l("Note"), required=False, rows=3, hint=NO_DIAGNOSES)

    @classmethod
    def prefill(cls, desk: Desk) -> dict[str, Any]:
        plan_only = facts().case_types[desk.case.case_type].plan_only
        likely = "plan_only" if plan_only else ("completed" if desk.case.deliveries else None)
        return {"reason": likely, "closed_on": desk.today}

    def offer(self, desk: Desk) -> None:
        self.desk = desk
        self.reason.choices = _labels("close_reason", desk)

    def validate_closed_on(self, field: Any) -> None:
        """Not ahead of time, and not before the application."""
        not_future(field, self.desk.today)
        not_before(field, self.desk.case.received_on)


class Reopen(StepForm):
    """Why the case is opened again; a decision on the dispute is recorded if there was one (8.2, 14)."""

    step = "reopen"

    reason = LongTextField(_l("Reason"), required=False, rows=3)
    dispute_decision = TextField(
        _l("Decision on the dispute"), required=False, hint=_l("Its number and date, if the refusal was disputed.")
    )
    reopened_on = DayField(_l("Reopened on"), required=False)

    @classmethod
    def prefill(cls, desk: Desk) -> dict[str, Any]:
        return {"reopened_on": desk.today}


class Reassign(StepForm):
    """Another social worker of the municipality takes the case and its open tasks."""

    step = "reassign"

    to_user = ChoiceField(_l("New social worker"))
    reason = TextField(_l("Reason"), required=False)

    def offer(self, desk: Desk) -> None:
        others = (user for user in colleagues(desk.session, desk.case) if user.id != desk.case.worker_id)
        self.to_user.choices = [(user.id, user.name) for user in others]

    def values(self, desk: Desk) -> dict[str, Any]:
        chosen = self.to_user.data
        return {**self.given(), "to_user": desk.session.get(User, chosen) if chosen else None}
