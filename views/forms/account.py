"""Forms of signing in and of one's own account."""

from __future__ import annotations

import unicodedata
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import ValidationError

from views import passwords
from views.forms.base import GaitaForm
from views.forms.choices import ChoiceField
from views.forms.core import OfficeField
from views.forms.fields import TextField

THEMES = (("auto", _l("As the device")), ("light", _l("Light")), ("dark", _l("Dark")))
CONTRASTS = (("auto", _l("As the device")), ("more", _l("High")), ("less", _l("Normal")))
TEXT_SIZES = (("100", "100 %"), ("125", "125 %"), ("150", "150 %"))
LANGUAGES = (("lv", "Latviešu"), ("en", "English"), ("ru", "Русский"))
# What a person may choose for themselves, and the only values that are kept.
PREFERENCES = {"language": LANGUAGES, "theme": THEMES, "contrast": CONTRASTS, "text_size": TEXT_SIZES}


class SecretField(OfficeField):
    """A password: taken as typed, never shown again. `autocomplete` tells the password manager what it is."""

    look = "secret"

    def __init__(self, label: object = "", *, autocomplete: str = "current-password", **options: Any) -> None:
        super().__init__(label, **options)
        self.autocomplete = autocomplete

    def process_formdata(self, valuelist: list[Any]) -> None:
        # The same letter typed on two keyboards may be two code points.
        self.data = unicodedata.normalize("NFKC", self.typed_text)


class CodeField(TextField):
    """The six digits of the second factor; spaces between them are forgiven."""

    look = "code"

    def parse(self, text: str) -> str:
        return "".join(super().parse(text).split())


class SignInForm(GaitaForm):
    """Name and password."""

    login = TextField(_l("User name"), longest=100)
    password = SecretField(_l("Password"))


class CodeForm(GaitaForm):
    """The second factor at sign-in."""

    code_typed = CodeField(_l("Code from the authenticator app"), longest=20)


class PasswordForm(GaitaForm):
    """One's own password."""

    password = SecretField(_l("Present password"))
    new_password = SecretField(
        _l("New password"),
        autocomplete="new-password",
        hint=_l("At least 12 characters. Three or four words that do not belong together are good."),
    )
    new_password_again = SecretField(_l("New password once more"), autocomplete="new-password")

    def validate_new_password(self, field: SecretField) -> None:
        """Length and guessability."""
        if not passwords.SHORTEST <= len(field.data) <= passwords.LONGEST:
            raise ValidationError(_l("The password must have between 12 and 128 characters."))
        if field.data == self.password.data:
            raise ValidationError(_l("The new password is the same as the present one."))

    def validate_new_password_again(self, field: SecretField) -> None:
        """A slip of the finger would lock the person out."""
        if field.data != self.new_password.data:
            raise ValidationError(_l("The two entries differ."))


class EnrolForm(GaitaForm):
    """Switching the second factor on: the password, and a first code from the app."""

    password = SecretField(_l("Present password"))
    code_typed = CodeField(_l("Code from the authenticator app"), longest=20)


class RemoveForm(GaitaForm):
    """Switching the second factor off."""

    password = SecretField(_l("Present password"))


class PreferencesForm(GaitaForm):
    """How Gaita looks for this person."""

    language = ChoiceField(_l("Language"), list(LANGUAGES))
    theme = ChoiceField(_l("Colours"), list(THEMES))
    contrast = ChoiceField(_l("Contrast"), list(CONTRASTS))
    text_size = ChoiceField(_l("Text size"), list(TEXT_SIZES))
