"""Who answers whose hooks. The one file to read to know which package takes part where.

Imported once the apps are ready, so it may import what it connects.
"""

from typing import Any

from django.apps import apps
from django.db.models.signals import m2m_changed, post_delete, post_migrate, post_save
from wagtail import signals as wagtail
from wagtail.models import Page, PageViewRestriction

from catalog import account_hooks as catalog_rows
from catalog import hooks
from catalog import personal_data as catalog_data
from livestream import admin as live_admin
from livestream import hooks as live
from livestream import personal_data as live_data
from livestream import tailing
from livestream.operations.drops import check_drop_lines
from livestream.queries.drops import drop_price, session_names, sources_of_session
from procurement import account_hooks as procurement_rows
from procurement import admin as unit_admin
from procurement import doors, product_hooks
from procurement import personal_data as procurement_data
from procurement.cancel_words import waits_for_consent
from procurement.operations import accepting, pledging, quota
from procurement.queries import evidence, units
from procurement.queries.acceptances import receipt_of_gift, told_to_supplier
from procurement.queries.gifts import beneficiary_names, need_names
from procurement.queries.payers import finance_people, is_finance_of, refund_holders, registered_payers
from procurement.queries.recalled import beneficiary_people, unit_people
from procurement.texts import gift_note_words
from shop.accounts import hooks as accounts
from shop.accounts import personal_data as accounts_data
from shop.accounts.operations.groups import ensure_groups
from shop.campaigns import hooks as campaigns
from shop.campaigns.operations import ensure_page_permissions
from shop.campaigns.operations.privacy import follow_groups, follow_rule, forget_rule
from shop.campaigns.queries import campaign_names, progress_of_needs, sources_of_campaign
from shop.config import personal_data as library_data
from shop.core import pagecache, personal, private_files
from shop.sales import account_hooks
from shop.sales import admin as sales_admin
from shop.sales import hooks as sales
from shop.sales import personal_data as sales_data
from shop.sales.case_shown import PICTURES
from shop.sales.operations import baskets, certified, concerned, funding, stopped_goods
from shop.sales.queries import slips
from shop.sales.queries.evidence import case_picture_key
from shop.sales.queries.promises import lots_on_page
from shop.sales.queries.reviews import reviews_of
from shop.sales.queries.under_certificates import waiting_under
from shop.sales.queries.without_goods import waiting_without_lot
from shop.sales.views import orders as order_views
from shop.sales.views import received as received_views
from traceability import admin as lots_admin
from traceability import hooks as lots
from traceability import personal_data as trace_data
from traceability.queries.lots import lot_codes


def connect() -> None:
    """Connect every hook; called once when the apps are ready."""
    hooks.connect_reviews(reviews_of)
    _connect_lots()
    hooks.connect_panel(product_hooks.giving)
    hooks.connect_lots(lots_on_page)
    hooks.connect_lot_names(lot_codes)
    live_admin.register()
    _connect_certificates()
    sales_admin.register()
    private_files.connect(PICTURES, case_picture_key)
    private_files.connect(slips.SLIPS, slips.slip_key)
    private_files.connect(slips.PROOFS, slips.proof_key)
    private_files.connect(evidence.ACCEPTANCE, evidence.acceptance_picture_key)
    private_files.connect(evidence.RECEIPT, evidence.receipt_picture_key)
    unit_admin.register()
    sales.connect(certified.take_part)
    sales.connect(funding.take_part)
    sales.connect(quota.take_part)
    sales.connect(accepting.take_part)
    sales.connect(pledging.take_part)
    sales.connect_door(quota.KIND, doors.unit_door)
    sales.connect_door(pledging.KIND, doors.gift_door)
    sales.connect_consents(quota.KIND, waits_for_consent)
    accounts.connect(accounts.on_login, baskets.merge_on_login)
    accounts.connect(accounts.on_login, account_hooks.adopt)
    accounts.on_proved.update(order_views.ON_PROVED)
    accounts.on_proved[received_views.KEEP_ORDER] = received_views.keep_proved
    accounts.connect(accounts.order_shortcuts, account_hooks.order_shortcuts)
    accounts.connect(accounts.account_rows, account_hooks.account_rows)
    accounts.connect(accounts.account_rows, catalog_rows.account_rows)
    accounts.connect(accounts.account_rows, procurement_rows.account_rows)
    # Asked in this order: who may refuse comes first, the account, which the others find their rows by, comes last.
    for package in (sales_data, procurement_data, live_data, catalog_data, trace_data, library_data, accounts_data):
        personal.connect(package.HOLDING)
    live.connect(tailing.wake)
    sales.connect_price("drop", drop_price, check_drop_lines)
    sales.connect_source("session", sources_of_session)
    sales.connect_overseer(units.units_below)
    sales.connect_payers(quota.KIND, registered_payers)
    sales.connect_holders(quota.KIND, refund_holders)
    sales.connect_paying_side(quota.KIND, is_finance_of)
    sales.connect_paying_people(quota.KIND, finance_people)
    campaigns.connect_progress(progress_of_needs)
    sales.connect_source("campaign", sources_of_campaign)
    # Its turn comes after those of core, accounts and sales, whose permissions are made by then.
    post_migrate.connect(_set_up_roles, sender=apps.get_app_config("campaigns"), dispatch_uid="roles")
    _connect_acceptances()
    _connect_names()
    _watch_pages()


def _connect_acceptances() -> None:
    """Connect who keeps a record of how goods arrived that somebody else than their buyer got."""
    sales.connect_acceptances(quota.KIND, told_to_supplier)
    sales.connect_acceptances(pledging.KIND, receipt_of_gift)


def _connect_names() -> None:
    """Connect who knows what attributions are called, who gets their goods, and reads notes that nobody typed."""
    sales.connect_names("unit", units.unit_names)
    sales.connect_names("need", need_names)
    sales.connect_names(pledging.KIND, beneficiary_names)
    sales.connect_notes(pledging.KIND, gift_note_words)
    sales.connect_receivers(pledging.KIND, beneficiary_people)
    sales.connect_receivers(quota.KIND, unit_people)
    sales.connect_names("session", session_names)
    sales.connect_names("campaign", campaign_names)


def _watch_pages() -> None:
    """Have kept pages forgotten whenever Wagtail says that one appeared, changed, went, or that others may see it."""
    of_pages = (wagtail.page_published, wagtail.page_unpublished, wagtail.page_slug_changed, wagtail.post_page_move)
    for signal in of_pages:
        signal.connect(_forget_pages, dispatch_uid="pagecache")
    # Who may see a page, whatever is done to the rule; and a page that is deleted with those below it.
    for signal, model in ((post_save, PageViewRestriction), (post_delete, PageViewRestriction), (post_delete, Page)):
        signal.connect(_forget_pages, sender=model, dispatch_uid=f"pagecache {model.__name__}")
    # A page's languages and aliases are one page to staff. Groups are set after the rule that names them.
    post_save.connect(_follow_rule, sender=PageViewRestriction, dispatch_uid="follow rule")
    m2m_changed.connect(_follow_groups, sender=PageViewRestriction.groups.through, dispatch_uid="follow groups")
    post_delete.connect(_forget_rule, sender=PageViewRestriction, dispatch_uid="forget rule")


def _set_up_roles(**facts: Any) -> None:
    """Django's own signal: the tables and permissions that roles are given are there."""
    ensure_groups()
    ensure_page_permissions()


def _forget_pages(**facts: Any) -> None:
    """Wagtail's own signals: a page appeared, changed or went."""
    pagecache.bump()


def _follow_rule(instance: PageViewRestriction, raw: bool, **facts: Any) -> None:
    """Django's own signal: who may see a page was set or changed."""
    if not raw:
        follow_rule(rule=instance)


def _follow_groups(instance: Any, action: str, **facts: Any) -> None:
    """Django's own signal: other groups may see a page."""
    if isinstance(instance, PageViewRestriction) and action in ("post_add", "post_remove", "post_clear"):
        follow_groups(rule=instance)


def _forget_rule(instance: PageViewRestriction, origin: Any = None, **facts: Any) -> None:
    """Django's own signal: a page is for everybody again, or gone."""
    forget_rule(rule=instance, origin=origin)


def _connect_certificates() -> None:
    """Connect what the revoking of certificates asks and tells."""
    hooks.connect_orders_under(waiting_under)
    hooks.connect_revoked(concerned.hear_revoked)


def _connect_lots() -> None:
    """Connect what lots ask and tell."""
    lots.connect_waiting(waiting_without_lot)
    lots.connect_stopped(stopped_goods.hear)
    lots.connect_stopped(concerned.hear_stopped)
    lots.connect_expired(stopped_goods.hear_expired)
    lots.connect_kept_over(stopped_goods.hear_kept_over)
    lots.connect_beyond_over(stopped_goods.hear_beyond_over)
    lots_admin.register()
