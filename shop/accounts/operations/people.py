"""Making an account, and changing what belongs to it. Phones and e-mails arrive here proved."""

import contextlib
from datetime import datetime

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.mail import send_mail
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import translation
from django.utils.translation import gettext as _

from shop.accounts import mails, sms
from shop.accounts.models import OneTimeCode, User
from shop.accounts.operations.messages import tell
from shop.accounts.operations.tokens import revoke_all
from shop.core import audit
from shop.core.errors import DomainError, InvalidInput
from shop.core.masking import mask_email, mask_phone


class Taken(DomainError):
    """Somebody else has this phone or e-mail."""

    code = "taken"


class ResetUsed(DomainError):
    """The password was changed since the person proved to be it."""

    code = "reset_used"


def enter_by_phone(*, phone: str, language: str, at: datetime) -> tuple[User, bool]:
    """Return the account of the proved `phone` (E.164), made now if there was none, and whether it was made."""
    with transaction.atomic():
        try:
            with transaction.atomic():
                user = User.objects.select_for_update().filter(phone=phone).first()
                if user is None:
                    user = User.objects.create_user(phone=phone, phone_verified=True, language=language)
                    audit.record(action="sign_up", object_kind="user", object_id=user.pk, actor=user, at=at)
                    return user, True
        except IntegrityError:
            # Two tabs proved the same phone at the same moment: the other one made the account.
            user = User.objects.get(phone=phone)
        if not user.phone_verified:
            user.phone_verified = True
            user.save(update_fields=["phone_verified"])
        return user, False


def sign_up_by_email(*, email: str, password_hash: str, name: str, language: str, at: datetime) -> User:
    """Make an account with a proved `email` and an already hashed password. Raises Taken when one exists."""
    try:
        with transaction.atomic():
            if User.objects.filter(email__iexact=email).exists():
                raise Taken(_("There is an account with this e-mail already: sign in."), field="email")
            user = User(email=email, name=name, language=language, password=password_hash)
            user.save()
            audit.record(action="sign_up", object_kind="user", object_id=user.pk, actor=user, at=at)
            return user
    except IntegrityError as error:
        raise Taken(_("There is an account with this e-mail already: sign in."), field="email") from error


def check_password_rules(password: str, user: User | None = None) -> None:
    """Raise InvalidInput with every rule that `password` breaks."""
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise InvalidInput(" ".join(error.messages), field="password", code="weak_password") from error


def set_password(*, user: User, password: str, at: datetime, instead_of: str | None = None) -> None:
    """Set a new password; every other session and every token of the user ends. Raises InvalidInput for a weak one.

    With `instead_of`, the hash that was there when the person proved to be it: raises ResetUsed when it is another by
    now, so that of two answers to one reset the first counts.
    """
    check_password_rules(password, user)
    with transaction.atomic():
        before = User.objects.select_for_update().values_list("password", flat=True).get(pk=user.pk)
        if instead_of is not None and before != instead_of:
            raise ResetUsed(_("This was used before, or is too old. Ask for a new code."))
        user.set_password(password)
        # Saving ends the tokens (shop.accounts.validators), whichever door the password came through.
        user.save(update_fields=["password"])
        audit.record(action="set_password", object_kind="user", object_id=user.pk, actor=user, at=at)
        tell(
            user_id=user.pk,
            kind="accounts.password_changed",
            params={"changed_at": at.isoformat()},
            url="/account/security/",
            key=f"accounts.password_changed:{user.pk}:{at.isoformat()}",
            at=at,
        )


def end_access(*, user: User, actor: User | None, at: datetime) -> None:
    """End every session, token, socket and open code of `user`, for good; the session that asked takes the new epoch.

    In the caller's transaction.
    """
    User.objects.filter(pk=user.pk).update(access_epoch=F("access_epoch") + 1)
    user.refresh_from_db(fields=["access_epoch"])
    OneTimeCode.objects.filter(user_id=user.pk).delete()
    ended = revoke_all(user=user, at=at)
    audit.record(action="end_access", object_kind="user", object_id=user.pk, actor=actor, at=at, tokens=ended)


def sign_out_elsewhere(*, user: User, actor: User, at: datetime) -> None:
    """End every other session, every remembered device and every token of `user`; who asked takes the new epoch."""
    with transaction.atomic():
        end_access(user=user, actor=actor, at=at)


def close_account(*, user: User, actor: User | None, at: datetime) -> None:
    """Let nobody in as `user` any more. Opened again, it needs a new sign-in and new tokens."""
    with transaction.atomic():
        User.objects.filter(pk=user.pk).update(is_active=False)
        user.is_active = False
        end_access(user=user, actor=actor, at=at)


def change_phone(*, user: User, phone: str, at: datetime) -> None:
    """Give the account the proved `phone` (E.164); the old one is told, and every other session and token ends.

    Raises Taken when another account has it.
    """
    before = user.phone
    try:
        with transaction.atomic():
            if User.objects.filter(phone=phone).exclude(pk=user.pk).exists():
                raise Taken(_("Another account uses this phone."), field="phone")
            user.phone, user.phone_verified = phone, True
            user.save(update_fields=["phone", "phone_verified"])
            audit.record(action="change_phone", object_kind="user", object_id=user.pk, actor=user, at=at)
            end_access(user=user, actor=user, at=at)
            _tell_changed(user, "phone", mask_phone(phone), at)
            if before and before != phone:
                transaction.on_commit(lambda: _warn_old_phone(before, user.language))
    except IntegrityError as error:
        raise Taken(_("Another account uses this phone."), field="phone") from error


def change_email(*, user: User, email: str, at: datetime) -> None:
    """Give the account the proved `email`; the old address is told, and every other session and token ends.

    Raises Taken when another account has it.
    """
    before = user.email
    try:
        with transaction.atomic():
            if User.objects.filter(email__iexact=email).exclude(pk=user.pk).exists():
                raise Taken(_("Another account uses this e-mail."), field="email")
            user.email = email
            user.save(update_fields=["email"])
            audit.record(action="change_email", object_kind="user", object_id=user.pk, actor=user, at=at)
            end_access(user=user, actor=user, at=at)
            _tell_changed(user, "email", mask_email(email), at)
            if before and before != email:
                transaction.on_commit(lambda: _warn_old_address(before, user.language))
    except IntegrityError as error:
        raise Taken(_("Another account uses this e-mail."), field="email") from error


def _tell_changed(user: User, what: str, shown: str, at: datetime) -> None:
    tell(
        user_id=user.pk,
        kind=f"accounts.{what}_changed",
        params={"shown": shown},
        url="/account/security/",
        key=f"accounts.{what}_changed:{user.pk}:{at.isoformat()}",
        at=at,
    )


def _warn_old_phone(phone: str, language: str) -> None:
    # In the account's language: who changed it may read another.
    with translation.override(language):
        text = sms.signed(_("The phone of your account was changed. If this was not you, call us at once."))
    with contextlib.suppress(OSError):
        sms.send(phone=phone, text=text)


def _warn_old_address(email: str, language: str) -> None:
    with translation.override(language):
        send_mail(
            _("Your e-mail at Heqiao was changed"),
            _("The e-mail of your account was changed. If this was not you, call us at once."),
            mails.sender(),
            [email],
            fail_silently=True,
        )


def update_profile(*, user: User, name: str, at: datetime) -> None:
    """Set the name that others see masked."""
    with transaction.atomic():
        user.name = name
        user.save(update_fields=["name"])
        audit.record(action="update_profile", object_kind="user", object_id=user.pk, actor=user, at=at)


def set_preferences(*, user: User, language: str | None = None, large_text: bool | None = None) -> None:
    """Remember the language or the size of the text; None leaves it."""
    changed = {"language": language, "large_text": large_text}
    fields = {name: value for name, value in changed.items() if value is not None}
    if fields:
        User.objects.filter(pk=user.pk).update(**fields)
