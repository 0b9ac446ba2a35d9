"""The API of accounts: tokens, who one is, addresses."""

import time
from typing import Annotated, Any, Literal

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest
from django.utils import timezone
from django.utils.translation import get_language, gettext_noop
from django.utils.translation import gettext as _
from pydantic import Field

from shop.accounts import queries
from shop.accounts.devices import device_text
from shop.accounts.forms.own import AddressForm
from shop.accounts.forms.signing import PasswordSignInForm
from shop.accounts.models import AccessToken, Address
from shop.accounts.operations import addresses, tokens
from shop.core import rates
from shop.core.acting import by
from shop.core.api import Answer, Area, AsItIs, Body, Caller, Moment, Page, Problem
from shop.core.api.forms import clean
from shop.core.api.paging import Asked, cut
from shop.core.api.routing import ApiRequest
from shop.core.codes import national_phone

MINUTE = 60
DAYS = 90


def who_calls(request: HttpRequest) -> Caller:
    """Return the caller of a request by its Authorization header alone: a browser's session counts for nothing here.

    Raises Problem: 401 for a token that is not valid, 429 for one that is used too often.
    """
    header = request.headers.get("Authorization", "")
    caller = Caller()
    if header:
        kind, _space, secret = header.partition(" ")
        token = tokens.use_token(secret=secret.strip(), at=timezone.now()) if kind.lower() == "bearer" else None
        if token is None:
            raise Problem(401, "token_invalid", _("This token is not valid: it is unknown, expired or revoked."))
        _count_use(token.pk)
        caller = Caller(user=token.user, token_id=token.pk, scopes=frozenset(token.scopes))
    request.user = caller.user
    return caller


def _count_use(token_id: int) -> None:
    """Count one request of a token in this minute. Raises Problem beyond API_REQUESTS_A_MINUTE."""
    if not rates.is_within(key=f"api-uses:{token_id}", most=settings.API_REQUESTS_A_MINUTE, at=timezone.now()):
        wait = MINUTE - int(time.time()) % MINUTE
        raise Problem(429, "too_often", _("Too many requests with this token: wait a moment."), retry_after=wait)


area = Area(gettext_noop("Tokens"))


class Credentials(Body):
    login: str = Field(max_length=254, examples=["13800002046"])
    password: AsItIs = Field(max_length=128, examples=["••••••••"])
    label: str = Field("API", max_length=60, examples=["Nightly stock sync"])
    scopes: list[Annotated[str, Field(max_length=40)]] | None = Field(
        None,
        max_length=60,
        examples=[["orders:read", "stock:write"]],
        description=gettext_noop("Without it, all that your roles allow."),
    )
    days: int = Field(DAYS, ge=1, le=tokens.MOST_DAYS)
    device: AsItIs = Field(
        "",
        max_length=400,
        description=gettext_noop("From an earlier answer: wrong passwords of others do not count for it."),
    )


class Token(Answer):
    id: int
    label: str
    hint: str = Field(examples=["hq_a1B2c3"])
    scopes: list[str]
    created_at: Moment
    expires_at: Moment
    last_used_at: Moment | None


class NewToken(Token):
    token: str = Field(
        examples=["hq_…"], description=gettext_noop("Shown this once. Keep it as you would keep a password.")
    )
    device: str = Field(
        description=gettext_noop("Keep it, and send it when you ask for the next token with the password.")
    )
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105 (the name of a scheme, no secret)


def _token(row: AccessToken) -> dict[str, Any]:
    return {name: getattr(row, name) for name in Token.model_fields if name != "id"} | {"id": row.pk}


@area.writes(
    "/tokens",
    NewToken,
    scope=None,
    status=201,
    summary=gettext_noop("Exchange phone or e-mail and password for a token"),
    description=gettext_noop("Failures count against the same limits as those of the sign-in page."),
)
def create_token(request: ApiRequest, body: Credentials) -> dict[str, Any]:
    form = PasswordSignInForm({"login": body.login, "password": body.password})
    clean(form)
    request.device_sent = body.device  # type: ignore[attr-defined]  # read by shop.accounts.devices
    try:
        user = get_adapter(request).authenticate(request, **form.credentials)
    except ValidationError as error:
        raise Problem(429, "too_often", " ".join(error.messages)) from error
    if user is None:
        raise Problem(401, "wrong_credentials", _("Phone or e-mail and password do not match."))
    token, secret = tokens.issue_token(
        actor=user, at=timezone.now(), label=body.label, scopes=body.scopes, days=body.days
    )
    return _token(token) | {"token": secret, "device": device_text(request, user)}


@area.reads("/tokens", Page[Token], scope="account:read", summary=gettext_noop("List your tokens"))
def list_tokens(request: ApiRequest, turn: Asked) -> dict[str, Any]:
    return cut(turn, queries.tokens(request.user), _token)


@area.writes(
    "/tokens/{int:token_id}",
    None,
    method="DELETE",
    scope="account:write",
    summary=gettext_noop("Revoke a token"),
)
def revoke_token(request: ApiRequest, token_id: int) -> None:
    tokens.revoke_token(actor=request.user, pk=token_id, at=timezone.now())


me_area = Area(gettext_noop("Account"))


class Organisation(Answer):
    id: int
    kind: str = Field(examples=["supplier"])
    name: str
    roles: list[str] = Field(examples=[["owner"]])


class Me(Answer):
    id: int
    name: str
    phone: str = Field(examples=["138****2046"])
    email: str = Field(examples=["z***@example.cn"])
    language: str
    roles: list[str]
    scopes: list[str] = Field(description=gettext_noop("The scopes of this token."))
    organisations: list[Organisation]


@me_area.reads("/me", Me, scope="account:read", summary=gettext_noop("Who you are, and for whom you act"))
def get_me(request: ApiRequest) -> dict[str, Any]:
    user = request.user
    english = get_language() == "en"
    return {
        "id": user.pk,
        "name": user.name,
        "phone": user.masked_phone,
        "email": user.masked_email,
        "language": user.language,
        "roles": sorted(user.role_names),
        "scopes": sorted(request.auth.scopes),
        "organisations": [
            {
                "id": each.organisation_id,
                "kind": each.kind,
                "name": (each.name_en if english else "") or each.name_zh,
                "roles": list(each.roles),
            }
            for each in queries.memberships(user)
        ],
    }


class AddressIn(Body):
    name: str = Field(max_length=40, examples=["周敏"])
    phone: str = Field(max_length=30, examples=["13800002046"])
    division: str = Field(
        max_length=12, examples=["440106"], description=gettext_noop("The county's code (GB/T 2260), six digits.")
    )
    street: str = Field(max_length=160, examples=["龙口西路 8 号 1202"])
    postcode: str = Field("", max_length=20)
    tag: str = Field("", max_length=10, examples=["home"])
    is_default: bool = False


class AddressOut(Answer):
    id: int
    name: str
    phone: str
    division: str = Field(examples=["440106"])
    place: str = Field(examples=["广东省广州市天河区"])
    street: str
    postcode: str
    tag: str
    is_default: bool


def _address(row: Address) -> dict[str, Any]:
    return {
        "id": row.pk,
        "name": row.name,
        "phone": national_phone(row.phone),
        "division": row.division_id,
        "place": row.division.full_name_zh,
        "street": row.street,
        "postcode": row.postcode,
        "tag": row.tag,
        "is_default": row.is_default,
    }


@me_area.reads("/addresses", Page[AddressOut], scope="account:read", summary=gettext_noop("List your addresses"))
def list_addresses(request: ApiRequest, turn: Asked) -> dict[str, Any]:
    return cut(turn, queries.addresses(request.user), _address)


def _save(request: ApiRequest, body: AddressIn, pk: int | None) -> dict[str, Any]:
    if pk is not None and queries.address(request.user, pk) is None:
        raise Http404
    form = AddressForm(body.model_dump())
    clean(form)
    saved = addresses.save_address(**by(request), pk=pk, **form.facts)
    row = queries.address(request.user, saved.pk)
    assert row is not None  # it was saved a moment ago
    return _address(row)


@me_area.writes("/addresses", AddressOut, scope="account:write", status=201, summary=gettext_noop("Add an address"))
def add_address(request: ApiRequest, body: AddressIn) -> dict[str, Any]:
    return _save(request, body, None)


@me_area.writes(
    "/addresses/{int:address_id}",
    AddressOut,
    method="PUT",
    scope="account:write",
    summary=gettext_noop("Change an address"),
)
def change_address(request: ApiRequest, address_id: int, body: AddressIn) -> dict[str, Any]:
    return _save(request, body, address_id)


@me_area.writes(
    "/addresses/{int:address_id}",
    None,
    method="DELETE",
    scope="account:write",
    summary=gettext_noop("Delete an address"),
)
def delete_address(request: ApiRequest, address_id: int) -> None:
    addresses.delete_address(actor=request.user, pk=address_id, at=timezone.now())
