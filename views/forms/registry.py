"""Which form asks for the data of which step. A test keeps the keys equal to the events of the machine."""

from __future__ import annotations

from collections.abc import Mapping

from views.forms import assessment, compensation, delivery, exits, intake, planning, procurement
from views.forms.steps import StepForm

_ROOMS = (intake, assessment, planning, procurement, delivery, compensation, exits)

FORMS: Mapping[str, type[StepForm]] = {
    form.step: form
    for room in _ROOMS
    for form in vars(room).values()
    if isinstance(form, type) and issubclass(form, StepForm) and hasattr(form, "step")
}
