"""What the libraries' tables hold of people: those in use, and those that stay empty here. See `shop.core.personal`."""

from datetime import datetime
from typing import Any

from django.apps import apps
from django.db.models import Q

from shop.core.personal import Held, Holding

EMPTY = "not written by this shop"
CMS = "what staff did in the back offices, by number: an audit trail of three years"

# Rows that are of one person alone, by the column that says whose they are.
OWN = {
    "account.EmailAddress": "user",
    "address.UserAddress": "user",
    "analytics.UserProductView": "user",
    "analytics.UserRecord": "user",
    "analytics.UserSearch": "user",
    "communication.Email": "user",
    "communication.Notification": "recipient",
    "customer.ProductAlert": "user",
    "wagtailadmin.EditingSession": "user",
    "wagtailadmin.FormState": "user",
    "wagtailcore.APIToken": "user",
    "wagtailcore.PageSubscription": "user",
    "wagtailusers.UserProfile": "user",
}
# Tries to sign in, by what was typed.
TRIED = ("axes.AccessAttempt", "axes.AccessFailureLog", "axes.AccessLog")


def erase_libraries(user: Any, at: datetime) -> None:
    """Delete what libraries keep of one person alone, and its name where a log wrote it out."""
    for label, column in OWN.items():
        apps.get_model(label)._default_manager.filter(**{column: user}).delete()
    names = Q(username=f"account:{user.pk}")
    for name in {user.email, user.phone, (user.phone or "").removeprefix("+86")} - {None, ""}:
        names |= Q(username__iexact=name)
    for label in TRIED:
        apps.get_model(label)._default_manager.filter(names).delete()
    logs = apps.get_model("admin.LogEntry")._default_manager
    logs.filter(content_type__app_label="accounts", content_type__model="user", object_id=str(user.pk)).update(
        object_repr=""
    )
    for label in ("wagtailcore.ModelLogEntry",):
        rows = apps.get_model(label)._default_manager.filter(
            content_type__app_label="accounts", content_type__model="user", object_id=str(user.pk)
        )
        rows.update(label="")


def _own(label: str, *columns: str) -> Held:
    return Held(label, (OWN[label], *columns), erased="deleted", kept=EMPTY if label.startswith("analytics") else "")


PEOPLE = ("first_name", "last_name", "line1", "line2", "line3", "line4", "postcode", "search_text")

HOLDING = Holding(
    "libraries",
    (
        _own("account.EmailAddress", "email"),
        _own("address.UserAddress", *PEOPLE, "phone_number", "notes"),
        _own("analytics.UserProductView"),
        _own("analytics.UserRecord"),
        _own("analytics.UserSearch", "query"),
        _own("communication.Email", "email", "subject", "body_text", "body_html"),
        _own("communication.Notification", "sender", "subject", "body"),
        _own("customer.ProductAlert", "email", "key"),
        _own("wagtailadmin.EditingSession"),
        _own("wagtailadmin.FormState", "data"),
        _own("wagtailcore.APIToken", "name"),
        _own("wagtailcore.PageSubscription"),
        _own("wagtailusers.UserProfile", "avatar", "dismissibles"),
        *(
            Held(
                label,
                ("username", "ip_address", "user_agent", "path_info"),
                erased="deleted, by account or by what was typed",
                kept="otherwise six months, as network logs",
            )
            for label in TRIED
        ),
        Held("admin.LogEntry", ("user", "object_repr", "change_message"), erased="the person's name goes", kept=CMS),
        Held("wagtailcore.ModelLogEntry", ("user", "label", "data"), erased="the person's name goes", kept=CMS),
        Held("wagtailcore.PageLogEntry", ("user", "label", "data"), kept=CMS),
        Held("wagtailcore.Revision", ("user", "content"), kept="versions of pages, the editor by number"),
        Held("wagtailcore.Comment", ("user", "resolved_by", "text"), kept=CMS),
        Held("wagtailcore.CommentReply", ("user", "text"), kept=CMS),
        Held("wagtailcore.Page", ("owner", "locked_by"), kept="the editor by number"),
        Held("campaigns.HomePage", ("owner", "locked_by"), kept="the editor by number"),
        Held("campaigns.CampaignPage", ("owner", "locked_by"), kept="the editor by number"),
        Held("wagtailcore.WorkflowState", ("requested_by",), kept=CMS),
        Held("wagtailcore.TaskState", ("finished_by", "comment"), kept=CMS),
        Held("wagtailcore.UploadedFile", ("uploaded_by_user",), kept=CMS),
        Held("wagtaildocs.Document", ("uploaded_by_user",), kept=CMS),
        Held("wagtailimages.Image", ("uploaded_by_user",), kept=CMS),
        Held("sessions.Session", ("session_key", "session_data"), kept="signed out by the erasure, gone in two weeks"),
        Held("reviews.Vote", ("user",), kept=EMPTY),
        Held("offer.RangeProductFileUpload", ("uploaded_by",), kept=EMPTY),
        Held("order.ShippingAddress", (*PEOPLE, "phone_number", "notes"), kept=EMPTY),
        Held("order.BillingAddress", PEOPLE, kept=EMPTY),
        Held("partner.Partner", ("users",), kept=EMPTY),
        Held("partner.Partner_users", ("user",), kept=EMPTY),
        Held("partner.PartnerAddress", PEOPLE, kept=EMPTY),
        Held("payment.Bankcard", ("user", "name"), kept=EMPTY),
    ),
    erase=erase_libraries,
)
