"""What accounts hold of people; see `shop.core.personal`."""

from shop.accounts.operations.privacy import erase_account, export_account
from shop.core.personal import Held, Holding

GONE = "deleted with the account"
EMPTIED = "emptied; the row stays, so that what was bought and decided keeps its author's number"
LAW = "kept, as the organisation's and not the person's"

HOLDING = Holding(
    "accounts",
    (
        Held(
            "accounts.User",
            ("name", "first_name", "last_name", "email", "phone", "password"),
            exported="account",
            erased=EMPTIED,
        ),
        Held("accounts.User_groups", ("user",), exported="account", erased=GONE),
        Held("accounts.User_user_permissions", ("user",), erased=GONE),
        Held("accounts.Address", ("user", "name", "phone", "street", "postcode"), exported="addresses", erased=GONE),
        Held("accounts.Message", ("user", "params", "url", "key"), exported="messages", erased=GONE),
        Held("accounts.Membership", ("user",), exported="memberships", erased=GONE),
        Held("accounts.AccessToken", ("user", "scopes"), exported="tokens", erased=GONE),
        Held("accounts.OneTimeCode", ("user", "destination", "payload"), erased="deleted, and after a day anyway"),
        Held("accounts.Organisation", ("phone", "name_zh", "name_en"), kept=LAW),
        Held("core.FirstAnswer", ("actor_id", "path", "answer"), erased="deleted, and after a day anyway"),
        Held(
            "core.AuditEntry",
            ("actor_id", "data"),
            kept="who did what, by number: append-only, three years and more; it holds no name, phone or address",
        ),
        Held("core.Transfer", ("actor_id", "key"), kept="the books, by number: append-only, as long as the law asks"),
        Held("core.OutboxEntry", ("task", "args", "key", "last_error"), kept="ids of what is to be done"),
    ),
    export=export_account,
    erase=erase_account,
)
