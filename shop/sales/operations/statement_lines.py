"""Lines of the bank's statement: what is booked of one, over all purchases, is never more than came with it."""

import re
import unicodedata

from django.db.models import Q, QuerySet, Sum
from django.utils.translation import gettext as _

from shop.core.errors import InvalidInput
from shop.core.money import in_yuan
from shop.core.named_locks import lock_name
from shop.core.texts import one_line
from shop.sales.models import Refund, Remittance, StatementLine
from shop.sales.queries.sealed import NOBODY
from shop.sales.rules import LONGEST_REFERENCE, reference_key, same_name

# How refunds that one transfer paid are numbered behind its reference: typed again it would make another number of it.
_PART = re.compile(r"\(\s*[0-9]{1,3}\s*/\s*[0-9]{1,3}\s*\)\s*$")


def checked_reference(text: str) -> tuple[str, str]:
    """Return a bank's number as it was typed and the key it is compared by; both "" for nothing.

    Raises InvalidInput on `reference` for one without any letter or digit, that is too long to be one, or that ends in the
    numbering of refunds which were paid together.
    """
    typed = one_line(text)
    key = reference_key(typed)
    if max(len(typed), len(key)) > LONGEST_REFERENCE:
        raise InvalidInput(
            _("At most %(n)d characters.") % {"n": LONGEST_REFERENCE}, code="reference_too_long", field="reference"
        )
    if typed and not key:
        raise InvalidInput(
            _("The bank's number has letters or digits: enter it as on the statement."),
            code="reference_wrong",
            field="reference",
        )
    if _PART.search(unicodedata.normalize("NFKC", typed)):
        raise InvalidInput(
            _("Enter the bank's number without “(1/2)”. What one transfer paid together is noted together."),
            code="reference_numbered",
            field="reference",
        )
    return typed, key


def lock_reference(key: str) -> None:
    """Lock a bank's number until the transaction ends: no money comes and goes under one number at one time.

    Taken where a statement line is locked, after the purchases.
    """
    lock_name("bank_reference", key)


def check_came_in_key(key: str) -> None:
    """Raise InvalidInput on `reference` where money that came in is told with the number of a payment out."""
    lock_reference(key)
    if Refund.objects.filter(reference_key=key).exists():
        raise InvalidInput(
            _("A refund was paid out under this number: it is not money that came in. Check the statement."),
            code="reference_used",
            field="reference",
        )


def check_paid_out_key(key: str) -> None:
    """Raise InvalidInput on `reference` where a payment out is told with the number of money that came in."""
    lock_reference(key)
    if StatementLine.objects.filter(key=key).exists() or _came_with(key).exists():
        raise InvalidInput(
            _("Money came in under this number. A payment out has a number of its own: look it up on the statement."),
            code="reference_used",
            field="reference",
        )


def _came_with(key: str) -> QuerySet[Remittance]:
    return Remittance.objects.filter(Q(reference_key=key) | Q(reference_key__startswith=f"{key}#"))


def book_line(*, reference: str, key: str, fen: int, payer: str, line_fen: int | None = None) -> None:
    """Book `fen` from `payer` of the line with `key`, typed as `reference`, in the transaction that books the money.

    Without `line_fen` the line is all booked by that; with it, the line's own amount is known and it may be split.
    Raises InvalidInput on `reference` when the line was booked already or is a payment out, on `line` for an amount that
    can't be its, on `payer` when the line came from somebody else: a line has one payer. Locks: the number and the line, after the purchases.
    """
    check_came_in_key(key)
    if line_fen is not None and line_fen < fen:
        raise InvalidInput(
            _("The line can't be less than what is booked of it."), code="line_amount_wrong", field="line"
        )
    line, is_new = StatementLine.objects.get_or_create(
        key=key,
        defaults={"reference": reference, "amount_fen": line_fen or fen, "is_stated": line_fen is not None},
    )
    line = StatementLine.objects.select_for_update().get(pk=line.pk)
    _check_payer(payer, _came_with(key))
    if is_new:
        # Booked before lines were counted.
        before = _came_with(key).aggregate(fen=Sum("amount_fen"))["fen"] or 0
        line.booked_fen = before
        line.amount_fen = max(line.amount_fen, before)
    if line_fen is not None and line_fen != line.amount_fen:
        if line.is_stated and not is_new:
            raise InvalidInput(
                _("This line was entered with %(amount)s before: check the statement.")
                % {"amount": in_yuan(line.amount_fen)},
                code="line_amount_differs", field="line", line_fen=line.amount_fen,
            )  # fmt: skip
        line.amount_fen = max(line_fen, line.booked_fen)
    if line.booked_fen + fen > line.amount_fen:
        raise InvalidInput(
            _(
                "Of this line %(booked)s was booked on other transfers: %(left)s is left. If more came with it, enter "
                "the amount of the whole line."
            )
            % {"booked": in_yuan(line.booked_fen), "left": in_yuan(line.amount_fen - line.booked_fen)},
            code="reference_used",
            field="reference",
            booked_fen=line.booked_fen,
        )
    StatementLine.objects.filter(pk=line.pk).update(
        amount_fen=line.amount_fen, is_stated=line.is_stated or line_fen is not None, booked_fen=line.booked_fen + fen
    )


def _check_payer(payer: str, earlier: QuerySet[Remittance]) -> None:
    """Raise InvalidInput on `payer` when what was booked of the line came from another; erased names tell nothing."""
    names = [name for name in earlier.order_by("pk").values_list("payer", flat=True) if name not in ("", NOBODY)]
    if payer and names and not any(same_name(payer, name) for name in names):
        raise InvalidInput(
            _("This line was booked as from %(payer)s: a line of the statement has one payer. Check the statement.")
            % {"payer": names[0]},
            code="payer_differs_on_line",
            field="payer",
        )
