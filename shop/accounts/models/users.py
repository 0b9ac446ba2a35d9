"""The account: by phone or e-mail."""

from typing import Any

from django.contrib.auth.models import BaseUserManager
from django.db import models
from django.db.models import Q
from django.utils.crypto import salted_hmac
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from oscar.apps.customer.abstract_models import AbstractUser

from shop.core.masking import mask_email, mask_phone
from shop.core.models import SealedQuerySet, SealedRow
from shop.core.prepared import Prepared


class UserManager(BaseUserManager.from_queryset(SealedQuerySet)):  # type: ignore[misc]  # a class made at run time
    """Makes users by e-mail, by phone, or both."""

    use_in_migrations = True

    def get(self, *args: Any, **wanted: Any) -> "User":
        """Return one user. By `pk` alone, as every page of somebody who is signed in asks, the query is prepared."""
        pk = wanted.get("pk")
        if args or len(wanted) > 1 or not isinstance(pk, int) or self.model is not User:
            return super().get(*args, **wanted)
        found: list[User] = _by_pk(pk)
        if not found:
            raise User.DoesNotExist(pk)
        return found[0]

    def create_user(self, email: str | None = None, password: str | None = None, **fields: Any) -> "User":
        """Create a user; e-mail or `phone` must be given (the database refuses neither)."""
        user = self.model(email=self.normalize_email(email) or None if email else None, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str, **fields: Any) -> "User":
        """Create a platform administrator."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


_by_pk = Prepared(lambda pk: User.objects.filter(pk=pk))


class User(SealedRow, AbstractUser):
    """A person. Phone in E.164 (+8613…); roles are groups, organisations are memberships."""

    not_sealed = {
        **dict.fromkeys(("email", "phone", "name", "first_name", "last_name"), "personal data, which can be erased"),
        "phone_verified": "goes with the phone, which is not sealed",
        **dict.fromkeys(("last_login", "date_joined"), "a time that gives nobody access to anything"),
        **dict.fromkeys(("language", "large_text"), "how pages look to this person only"),
        "access_epoch": "counted up it ends sessions, and nothing else comes of it",
    }

    email = models.EmailField(_("E-mail"), unique=True, null=True, blank=True)
    phone = models.CharField(_("Phone"), max_length=20, unique=True, null=True, blank=True)
    phone_verified = models.BooleanField(_("Phone proved"), default=False)
    name = models.CharField(_("Name of the person"), max_length=60, blank=True, help_text=_("Others see it masked."))
    language = models.CharField(_("Language"), max_length=10, default="zh-hans")
    large_text = models.BooleanField(_("Large text"), default=False)
    access_epoch = models.PositiveIntegerField(default=0, help_text="Counted up, it ends every session of before")

    objects = UserManager()

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        constraints = [
            models.CheckConstraint(condition=Q(email__isnull=False) | Q(phone__isnull=False), name="user_reachable"),
        ]

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """Return what each session keeps a copy of: another password, or another epoch, and the session is over."""
        facts = f"{self.password}:{self.access_epoch}"
        digest = salted_hmac("shop.accounts.session", facts, secret=secret, algorithm="sha256")
        return str(digest.hexdigest())

    @cached_property
    def role_names(self) -> frozenset[str]:
        """The names of the user's groups; one query, remembered on this object."""
        return frozenset(self.groups.values_list("name", flat=True))

    @cached_property
    def organisation_ids(self) -> frozenset[int]:
        """The active organisations that the user acts for; one query, remembered on this object."""
        active = self.memberships.filter(organisation__is_active=True)
        return frozenset(active.values_list("organisation_id", flat=True))

    @cached_property
    def organisation_kinds(self) -> frozenset[str]:
        """The kinds of the active organisations that the user acts for; one query, remembered on this object."""
        active = self.memberships.filter(organisation__is_active=True)
        return frozenset(active.values_list("organisation__kind", flat=True))

    @property
    def masked_phone(self) -> str:
        """138****2046."""
        return mask_phone(self.phone)

    @property
    def masked_email(self) -> str:
        """z***@example.cn."""
        return mask_email(self.email)

    @property
    def masked_login(self) -> str:
        """The phone, else the e-mail, masked."""
        return self.masked_phone or self.masked_email

    def __str__(self) -> str:
        return self.name or self.email or self.phone or f"#{self.pk}"
