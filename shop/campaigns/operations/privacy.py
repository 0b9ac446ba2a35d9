"""Who may see a page: the same for its other languages and its aliases, whichever of them it is set on."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import transaction
from wagtail.models import PageViewRestriction

from shop.campaigns.queries.relatives import relatives

# A rule that follows another one is not followed in turn: it is saved within this.
_following: ContextVar[bool] = ContextVar("following", default=False)


@contextmanager
def _once() -> Iterator[None]:
    before = _following.set(True)
    try:
        with transaction.atomic():
            yield
    finally:
        _following.reset(before)


def follow_rule(*, rule: PageViewRestriction) -> None:
    """Give the relatives of the rule's page the same rule: made private or changed there, it holds for all of them.

    Groups are left alone: they are set after the rule is saved, and a copied rule is saved without any at first.
    Wagtail reads an alias's rule at its source and would add a second one to the alias itself: the last one stands.
    """
    if _following.get():
        return
    with _once():
        PageViewRestriction.objects.filter(page=rule.page).exclude(pk=rule.pk).delete()
        for page in relatives(rule.page):
            found = PageViewRestriction.objects.filter(page=page).first() or PageViewRestriction(page=page)
            found.restriction_type, found.password = rule.restriction_type, rule.password
            found.save()


def follow_groups(*, rule: PageViewRestriction) -> None:
    """Let the groups of a rule in at the relatives of its page, and nobody else."""
    if _following.get():
        return
    groups = list(rule.groups.all())
    with _once():
        for found in PageViewRestriction.objects.filter(page__in=[page.pk for page in relatives(rule.page)]):
            found.groups.set(groups)


def forget_rule(*, rule: PageViewRestriction, origin: Any) -> None:
    """Take the rule from the relatives too when staff took it away; a page that goes leaves its relatives as they are."""
    if origin is not rule or _following.get():
        return
    with _once():
        for found in PageViewRestriction.objects.filter(page__in=[page.pk for page in relatives(rule.page)]):
            found.delete()
