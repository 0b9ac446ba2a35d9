"""Refunds of bank transfers: a task of finance until it says how the money was paid out.

Where the money goes is asked from the buyer, unless finance knows it from the statement. Until it is paid out the
ledger holds it on `refunds:to_pay`, and the buyer reads that the refund is being worked on.
"""

import re
import secrets
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import IO, Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from catalog.operations.pictures import store_pictures
from shop.core import audit, ledger, outbox
from shop.core.errors import InvalidInput
from shop.core.money import in_yuan
from shop.core.names import is_among, is_name, plain_name
from shop.core.sealed import seal
from shop.core.texts import one_line
from shop.sales import books, hooks, rules
from shop.sales.errors import AccountChanged, WrongState
from shop.sales.models import Purchase, Refund, RefundAccount
from shop.sales.operations.doors import refuse_elsewhere
from shop.sales.operations.locks import lock_purchase
from shop.sales.operations.statement_lines import check_paid_out_key, checked_reference
from shop.sales.queries.payouts import names_of_payers
from shop.sales.queries.sealed import ACCOUNT, account_facts, altered_accounts
from shop.sales.states import RefundState

LONGEST_HOLDER, LONGEST_BANK, LONGEST_WHY = 120, 80, 200


def give_account(
    *,
    purchase: Purchase,
    holder: str,
    bank: str,
    number: str,
    actor: Any,
    at: datetime,
    through: str = "",
    way: str = "",
) -> RefundAccount:
    """Say where the refunds of a purchase are paid to, as its buyer or as finance; the latest word counts.

    What was paid out already stays where it went. `through` is the kind of purchases whose own door this is: of a unit
    its finance says it (DoneElsewhere), and the account is in the name of who paid; so it is where somebody says it who
    only has the phone of a guest's purchase (`way`), and what its buyer said stays. Raises InvalidInput on `holder`,
    `bank` or `number`, WrongState where nothing is to be paid to an account.
    """
    refuse_elsewhere(hooks.Step.PAY, purchase, through=through)
    holder, bank = one_line(holder), one_line(bank)
    digits = rules.clean_account_no(number)
    for field, text, most in (("holder", holder, LONGEST_HOLDER), ("bank", bank, LONGEST_BANK)):
        if len(text) > most:
            raise InvalidInput(_("At most %(n)d characters.") % {"n": most}, code=f"{field}_too_long", field=field)
    if not is_name(holder):
        raise InvalidInput(_("Enter the name of the account, as the bank knows it."), code="holder", field="holder")
    if not bank:
        raise InvalidInput(_("Enter the bank with its branch."), code="bank", field="bank")
    if not re.fullmatch(rules.ACCOUNT_NO, digits):
        raise InvalidInput(_("An account number has 8 to 30 digits."), code="account_wrong", field="number")
    with transaction.atomic():
        locked = lock_purchase(purchase.pk)
        if not _waiting_of(locked).exists():
            raise WrongState(_("No refund of this purchase waits for an account."))
        account = RefundAccount.objects.filter(purchase=locked).first() or RefundAccount(purchase=locked, version=0)
        _check_holder(locked, holder, account, way)
        is_same = account.version and (account.holder, account.bank, account.number) == (holder, bank, digits)
        if is_same and not altered_accounts({locked.number: account}):
            return account
        account.holder, account.bank, account.number = holder, bank, digits
        account.given_by_id, account.given_at, account.way = getattr(actor, "pk", None), at, way
        account.version += 1
        account.salt = secrets.token_hex(16)
        account.save()
        entry = audit.record(
            action="refund_account_given", object_kind="purchase", object_id=locked.number, actor=actor, at=at, way=way
        )
        seal(ACCOUNT, account_facts(account, entry.pk), at=at)
        return account


def _check_holder(purchase: Purchase, holder: str, account: RefundAccount, way: str) -> None:
    """Public money goes back to who paid it, in the name on its account; so does money that somebody asks for who has
    no more than the phone of the recipient. Raises InvalidInput on `holder`, WrongState where the buyer named one.
    """
    if way:
        if account.version and not account.way:
            raise WrongState(
                _("Who bought this has named the account already. Only who bought it changes it: %(who)s.")
                % {"who": who_bought_words()},
                code="account_of_buyer",
            )
        if not is_among(holder, names_of_payers([purchase])[purchase.pk]):
            raise InvalidInput(
                _(
                    "The money goes back to who sent the transfer: the account's holder must be the name on it. Only "
                    "who bought it names another account: %(who)s."
                )
                % {"who": who_bought_words()},
                code="holder_not_payer",
                field="holder",
            )
    if purchase.attribution_kind not in hooks.holder_sources:
        return
    names = names_of_payers([purchase])[purchase.pk]
    if not is_among(holder, names):
        raise InvalidInput(
            _("A unit's money goes back to who paid it. The account's holder must be: %(names)s.")
            % {"names": "、".join(names)},
            code="holder_not_payer",
            field="holder",
        )


def who_bought_words() -> str:
    """Say how one is known as who bought a guest's purchase."""
    return _("in the browser it was bought in, or signed in to the account that bought it")


def pay_out(
    *,
    refund_id: int,
    reference: str,
    account_version: int | None = None,
    proof: IO[bytes] | None = None,
    why: str = "",
    actor: Any,
    at: datetime,
) -> Refund:
    """Note that finance paid one refund out; see `pay_out_together`."""
    (refund,) = pay_out_together(
        refunds={refund_id: account_version}, reference=reference, proof=proof, why=why, actor=actor, at=at
    )
    return refund


def each_once(refunds: Iterable[tuple[int, int | None]]) -> dict[int, int | None]:
    """Return refunds with the version of their account, as `pay_out_together` takes them.

    Raises InvalidInput on `also` where one is named twice: a transfer of twice its amount would be noted as one.
    """
    found: dict[int, int | None] = {}
    for pk, version in refunds:
        if pk in found:
            raise InvalidInput(_("A refund is named twice."), code="refund_twice", field="also")
        found[pk] = version
    return found


def pay_out_together(
    *,
    refunds: Mapping[int, int | None],
    reference: str,
    proof: IO[bytes] | None = None,
    why: str = "",
    actor: Any,
    at: datetime,
) -> list[Refund]:
    """Note that finance paid refunds out by one payment: the bank's reference, a picture of the slip, or both say how.

    `refunds`: for each the version of its account that finance paid to, None where that is not asked. All go to one
    account, and all are noted or none. The same reference again is the same payment, of these refunds and of no others,
    and of no money that came in. `why` is asked, and kept, where the account is of another name than who paid.
    Raises AccountChanged when a buyer named another account since finance looked, InvalidInput on `also` for refunds
    that go to several accounts, on `reference` (one that paid other refunds or came in, too), `proof` or `why`,
    WrongState for a refund that is not paid by hand, was paid already with another reference, or whose account nobody
    gave. Locks: the purchases by id, the bank's number, the ledger.
    """
    why = one_line(why)
    if len(why) > LONGEST_WHY:
        raise InvalidInput(_("At most %(n)d characters.") % {"n": LONGEST_WHY}, code="why_too_long", field="why")
    reference, key = checked_reference(reference)
    if not reference and proof is None:
        raise InvalidInput(_("Enter the bank's reference, or add the slip."), code="proof_missing", field="reference")
    # Re-encoding takes a while: before the locks. What was paid already needs no second picture.
    known = _refunds(refunds)
    picture = None
    if proof is not None and all(each.state == RefundState.REQUESTED for each in known):
        picture = _store(proof, actor, at)
    with transaction.atomic():
        purchases = {pk: lock_purchase(pk) for pk in sorted({each.payment.payable_id for each in known})}
        rows = _refunds(refunds)
        if not all(rules.is_by_hand(each.payment.gateway) for each in rows):
            raise WrongState(_("This refund goes back by itself."))
        if _were_paid(rows, key):
            return rows
        accounts = _checked_accounts(rows, refunds)
        reasons = {pk: _check_payee(purchases[pk], accounts[pk], why) for pk in purchases}
        if key:
            check_paid_out_key(key)
        for number, each in enumerate(rows, 1):
            own = accounts[each.payment.payable_id]
            said = _reference_of(reference, key, number, len(rows))
            _write_paid_out(each, said, own.version, picture, reasons[own.pk], actor, at)
            audit.record(
                action="refund_paid_out", object_kind="refund", object_id=each.pk, actor=actor, at=at,
                amount_fen=each.amount_fen, reference=said[0], has_proof=picture is not None,
                proof=picture.pk if picture else None, account_version=own.version, payee_why=reasons[own.pk],
            )  # fmt: skip
        ledger.post(
            [
                books.paid_out(
                    key=each.key,
                    gateway_name=each.payment.gateway,
                    fen=each.amount_fen,
                    reference=purchases[each.payment.payable_id].number,
                )
                for each in rows
            ],
            at=at,
            actor_id=getattr(actor, "pk", None),
        )
        for pk in purchases:
            _tell_paid_out([each for each in rows if each.payment.payable_id == pk], at)
        return _refunds(refunds)


def _refunds(ids: Iterable[int]) -> list[Refund]:
    """Return the refunds by id. Raises Refund.DoesNotExist where one of them is none."""
    wanted = sorted(set(ids))
    found = list(Refund.objects.select_related("payment").filter(pk__in=wanted).order_by("pk"))
    if [each.pk for each in found] != wanted or not found:
        raise Refund.DoesNotExist(f"refunds {wanted}")
    return found


def _were_paid(refunds: Sequence[Refund], key: str) -> bool:
    """Tell whether all were paid by the payment with this key. Raises WrongState where one was paid by another."""
    done = [each for each in refunds if each.state == RefundState.SUCCEEDED]
    if done and key and all(_is_of(each, key) for each in refunds):
        return True
    if not done:
        return False
    first = next((each for each in done if not (key and _is_of(each, key))), done[0])
    if len(refunds) == 1:
        raise WrongState(
            _("This refund was paid out already, with the reference %(reference)s.")
            % {"reference": first.provider_ref or "–"}
        )
    raise WrongState(
        _("The refund of %(amount)s was paid out already, with the reference %(reference)s. Nothing was noted.")
        % {"amount": in_yuan(first.amount_fen), "reference": first.provider_ref or "–"},
        code="refund_paid_already",
    )


def _is_of(refund: Refund, key: str) -> bool:
    return refund.reference_key.partition("#")[0] == key


def _reference_of(reference: str, key: str, number: int, count: int) -> tuple[str, str]:
    """Return what is kept of a payment's reference with one of `count` refunds: the first has the bank's own key."""
    if count == 1 or not reference:
        return reference, key
    return f"{reference} ({number}/{count})", key if number == 1 else f"{key}#{number}"


def _checked_accounts(refunds: Sequence[Refund], seen: Mapping[int, int | None]) -> dict[int, RefundAccount]:
    """Return the one account that refunds go to, as each purchase has it. Raises as `pay_out_together` says."""
    accounts = RefundAccount.objects.in_bulk({each.payment.payable_id for each in refunds})
    for each in refunds:
        account, version = accounts.get(each.payment.payable_id), seen[each.pk]
        if account is None:
            raise WrongState(_("Nobody has said yet where the money goes. The buyer is asked."))
        if version is not None and version != account.version:
            raise AccountChanged(
                _(
                    "The account was changed since this page was opened. Check where the money went, then note it again."
                ),
                account_version=account.version,
            )
    if len({(plain_name(account.holder), account.number) for account in accounts.values()}) > 1:
        raise InvalidInput(
            _("These go to different accounts: one transfer pays one account. Note them one by one."),
            code="accounts_differ",
            field="also",
        )
    return accounts


def _tell_paid_out(refunds: Sequence[Refund], at: datetime) -> None:
    """Tell who gets refunds of one purchase once what came with one payment."""
    first, *others = refunds
    args = {"refund_id": first.pk} | ({"also": [each.pk for each in others]} if others else {})
    outbox.enqueue(task="sales.tell_paid_out", args=args, key=f"paid_out:{first.pk}", at=at)


def _check_payee(purchase: Purchase, account: RefundAccount, why: str) -> str:
    """Return the reason that is kept: "" where the money goes back to who paid. Raises InvalidInput on `why`."""
    names = names_of_payers([purchase])[purchase.pk]
    if is_among(account.holder, names):
        return ""
    if not why:
        raise InvalidInput(
            _("The money came from %(names)s, and the account is of %(holder)s. Say why it is paid there.")
            % {"names": "、".join(names) or _("an unknown payer"), "holder": account.holder},
            code="payee_differs",
            field="why",
        )
    return why


def _write_paid_out(
    refund: Refund, reference: tuple[str, str], account_version: int, picture: Any, why: str, actor: Any, at: datetime
) -> None:
    """Note how a refund was paid. Raises InvalidInput for a reference of another payment: the database tells."""
    try:
        with transaction.atomic():
            Refund.objects.filter(pk=refund.pk).update(
                state=RefundState.SUCCEEDED, provider_ref=reference[0], reference_key=reference[1], proof=picture,
                finished_at=at, paid_out_by_id=getattr(actor, "pk", None), account_version=account_version,
                payee_why=why,
            )  # fmt: skip
    except IntegrityError as error:
        raise InvalidInput(
            _("This bank reference was entered for another refund already: each is a payment of its own."),
            code="reference_used",
            field="reference",
        ) from error


def _store(proof: IO[bytes], actor: Any, at: datetime) -> Any:
    alt = _("Slip of the payment")
    try:
        return store_pictures(uploads=[proof], alt_zh=alt, actor=actor, at=at, is_private=True)[0]
    except InvalidInput as error:
        error.field = "proof"
        raise


def _waiting_of(purchase: Purchase) -> Any:
    return Refund.objects.filter(
        payment__payable_kind="purchase", payment__payable_id=purchase.pk, payment__gateway__in=rules.BY_HAND,
        state=RefundState.REQUESTED,
    )  # fmt: skip
