"""Signing in, signing up, passwords."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from shop.accounts.models import User
from shop.accounts.operations.people import check_password_rules
from shop.core import codes
from shop.core.errors import DomainError
from shop.core.fields import LineField, PhoneField

PASSWORD_MAX = 128


def _password(autocomplete: str) -> forms.PasswordInput:
    return forms.PasswordInput(attrs={"autocomplete": autocomplete, "maxlength": PASSWORD_MAX})


class PhoneForm(forms.Form):
    """A phone to send a code to."""

    phone = PhoneField(
        label=_("Mobile number"),
        error_messages={"required": _("Enter a mobile number of 11 digits.")},
    )

    @property
    def destination(self) -> str:
        """The phone in E.164."""
        return codes.international_phone(self.cleaned_data["phone"])


class EmailForm(forms.Form):
    """An e-mail to send a code to."""

    email = forms.EmailField(
        label=_("E-mail"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={
            "required": _("Enter your e-mail."),
            "invalid": _("An e-mail looks like name@example.cn: check it."),
        },
    )

    def clean_email(self) -> str:
        """Return it in small letters."""
        return self.cleaned_data["email"].lower()

    @property
    def destination(self) -> str:
        """The e-mail."""
        return self.cleaned_data["email"]


def read_name(text: str) -> dict[str, str]:
    """Return {"email": …} or {"phone": E.164} for what was typed as a name. Raises ValidationError with the fix."""
    text = text.strip()
    if "@" in text or "＠" in text:
        text = text.replace("＠", "@").lower()
        try:
            validate_email(text)
        except ValidationError as error:
            raise ValidationError(_("An e-mail looks like name@example.cn: check it.")) from error
        return {"email": text}
    try:
        return {"phone": codes.international_phone(text)}
    except DomainError as error:
        if any(character.isalpha() for character in text):
            raise ValidationError(_("Enter a phone of 11 digits, or an e-mail with @.")) from error
        raise ValidationError(str(error.message)) from error


class NameField(LineField):
    """A phone or an e-mail; cleans to the text, checked."""

    widget = forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"})

    def clean(self, value: Any) -> str:
        """Return the text; raises ValidationError with the fix."""
        text = super().clean(value)
        if text:
            read_name(text)
        return text


class PasswordSignInForm(forms.Form):
    """A phone or an e-mail, and the password."""

    login = NameField(
        label=_("Phone or e-mail"),
        max_length=254,
        error_messages={"required": _("Enter your phone or e-mail.")},
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        max_length=PASSWORD_MAX,
        widget=_password("current-password"),
        error_messages={"required": _("Enter your password.")},
    )

    @property
    def credentials(self) -> dict[str, str]:
        """What the authentication backends take."""
        return {**read_name(self.cleaned_data["login"]), "password": self.cleaned_data["password"]}


class NewPasswordForm(forms.Form):
    """A new password, checked against the rules."""

    password = forms.CharField(
        label=_("New password"),
        strip=False,
        max_length=PASSWORD_MAX,
        widget=_password("new-password"),
        help_text=_("At least 8 characters; not only digits, and not one that many people use."),
        error_messages={"required": _("Choose a password.")},
    )

    def __init__(self, *args: Any, user: User | None = None, **kwargs: Any) -> None:
        self.user = user
        super().__init__(*args, **kwargs)

    def clean_password(self) -> str:
        """Return the password if it keeps the rules."""
        password = self.cleaned_data["password"]
        try:
            check_password_rules(password, self.user)
        except DomainError as error:
            raise ValidationError(str(error.message), code=error.code) from error
        return password


class SignUpForm(EmailForm, NewPasswordForm):
    """An account by e-mail; by phone, the first code makes one."""

    field_order = ("name", "email", "password", "agree")

    name = LineField(
        label=_("Your name"),
        max_length=60,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    agree = forms.BooleanField(
        label=_("I agree to the terms and the privacy notice"),
        error_messages={"required": _("Please agree to the terms and the privacy notice first.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].label = _("Password")


class CodeForm(forms.Form):
    """The six digits that were sent."""

    code = LineField(
        label=_("Verification code"),
        max_length=20,
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "maxlength": "12", "data-focus-first": ""}
        ),
        error_messages={"required": _("Enter the six digits.")},
    )


class ResetForm(forms.Form):
    """Whose password was forgotten."""

    login = NameField(
        label=_("Phone or e-mail"),
        max_length=254,
        error_messages={"required": _("Enter your phone or e-mail.")},
    )


class ConfirmPasswordForm(forms.Form):
    """The current password, asked before what matters."""

    password = forms.CharField(
        label=_("Current password"),
        strip=False,
        max_length=PASSWORD_MAX,
        widget=_password("current-password"),
        error_messages={"required": _("Enter your password.")},
    )
