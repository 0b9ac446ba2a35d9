"""Numbers of the platform with dates: edited on a page, with a reason, never two at once, and named in both languages."""

import re

import pytest
from django.test import Client
from django.utils import translation
from django.utils.functional import Promise
from hypothesis import given
from hypothesis import strategies as st

from procurement.models import QuotaPolicy
from shop.accounts.operations.groups import ensure_groups, give_role
from shop.accounts.roles import BACK_OFFICE, PLATFORM_ADMIN
from shop.core.back_office import DatedAdmin, site
from shop.core.dated import overlaps
from shop.core.models import AuditEntry
from shop.sales.models import LateInterest, PayTime
from tests.factories import AT, make_user
from tests.procurement.offices import declared, make_office

CHINESE = re.compile(r"[\u4e00-\u9fff]")


@pytest.fixture
def administrator(db):
    user = make_user()
    ensure_groups()
    give_role(user=user, role=PLATFORM_ADMIN, actor=None, at=AT)
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.mark.parametrize(
    ("first", "last", "others", "found"),
    [
        (5, None, [(1, None)], False),
        (5, None, [(1, 4)], False),
        (5, None, [(1, 5)], True),
        (5, None, [(5, None)], True),
        (1, 4, [(5, None)], False),
        (1, 5, [(5, None)], True),
        (1, None, [(5, 6)], False),
    ],
)
def test_which_rows_would_be_in_force_together(first, last, others, found):
    assert overlaps(first, last, others) is found


@given(st.lists(st.tuples(st.integers(0, 30), st.one_of(st.none(), st.integers(0, 30))), min_size=2, max_size=2))
def test_overlapping_is_the_same_from_both_sides(rows):
    one, other = [(first, last if last is None else max(first, last)) for first, last in rows]
    assert overlaps(*one, [other]) == overlaps(*other, [one])


POLICY = {
    "region_code": "65", "basis": "canteen_food", "canteen": "", "from_year": 2026, "until_year": "", "ratio_bp": 2000,
    "cap_head_fen": "", "document": "新财购〔2026〕1 号", "declare_by": "03-31", "fulfil_by": "12-31", "term_days": 30,
    "name_zh": "新疆 20%（示例）", "name_en": "Xinjiang 20 % (example)", "reason": "新文件",
}  # fmt: skip


def test_a_rule_of_the_reserved_share_is_written_with_a_reason_and_audited(administrator):
    add = "/admin/procurement/quotapolicy/add/"
    assert administrator.post(add, POLICY | {"reason": ""}).status_code == 200
    assert administrator.post(add, POLICY).status_code == 302
    row = QuotaPolicy.objects.get(region_code="65")
    change = f"/admin/procurement/quotapolicy/{row.pk}/change/"
    assert administrator.post(change, POLICY | {"ratio_bp": 2500, "reason": "更正"}).status_code == 302
    entry = AuditEntry.objects.filter(action="change_rule").latest("pk")
    assert (entry.object_id, entry.data) == (
        str(row.pk), {"reason": "更正", "was": {"ratio_bp": "2000"}, "now": {"ratio_bp": "2500"}},
    )  # fmt: skip
    assert administrator.post(f"/admin/procurement/quotapolicy/{row.pk}/delete/").status_code == 403
    page = administrator.get("/admin/procurement/quotapolicy/").content.decode()
    assert "新疆 20%（示例）" in page


def test_a_rule_in_force_together_with_another_or_impossible_is_refused(administrator):
    add = "/admin/procurement/quotapolicy/add/"
    assert administrator.post(add, POLICY | {"until_year": 2027}).status_code == 302
    for wrong in (
        {"from_year": 2027}, {"from_year": 2026}, {"from_year": 2030, "until_year": 2029}, {"from_year": 2028, "ratio_bp": 10001},
        {"from_year": 2028, "term_days": 61}, {"from_year": 2028, "fulfil_by": "13-45"}, {"from_year": 2028, "region_code": "6"},
    ):  # fmt: skip
        page = administrator.post(add, POLICY | wrong)
        assert (page.status_code, "errorlist" in page.content.decode()) == (200, True), wrong
    assert QuotaPolicy.objects.filter(region_code="65").count() == 1
    assert administrator.post(add, POLICY | {"from_year": 2028}).status_code == 302


def test_figures_that_declarations_stand_on_stay(administrator):
    above = make_office(kind="supervising")
    office = make_office(above.unit)
    policy = declared(office, by=above.approver).policy
    ratio = policy.ratio_bp
    page = administrator.get(f"/admin/procurement/quotapolicy/{policy.pk}/change/").content.decode()
    assert ('name="ratio_bp"' in page, 'name="document"' in page) == (False, True)
    sent = {name: value for name, value in POLICY.items() if name not in ("region_code", "from_year", "basis")}
    answer = administrator.post(f"/admin/procurement/quotapolicy/{policy.pk}/change/", sent | {"document": "更正文号"})
    policy.refresh_from_db()
    assert (answer.status_code, policy.ratio_bp, policy.document) == (302, ratio, "更正文号")


def test_interest_and_times_to_pay_are_edited_on_pages(administrator):
    sent = {"daily_bp": 4, "document": "例", "valid_from": "2027-01-01", "valid_until": "", "reason": "新规定"}
    assert administrator.post("/admin/sales/lateinterest/add/", sent).status_code == 302
    assert LateInterest.objects.count() == 2
    assert administrator.post("/admin/sales/lateinterest/add/", sent).status_code == 200
    time = {"kind": "group", "online_minutes": 20, "valid_from": "2027-01-01", "reason": "试行"}
    assert administrator.post("/admin/sales/paytime/add/", time).status_code == 302
    assert PayTime.objects.filter(kind="group").count() == 1


def test_whoever_administers_opens_every_dated_number(administrator):
    dated = {(model._meta.app_label, model._meta.model_name) for model, admin in site._registry.items()
             if isinstance(admin, DatedAdmin)}  # fmt: skip
    assert dated - {(app, model) for app, model, _actions in BACK_OFFICE[PLATFORM_ADMIN]} == set()
    for app, model in dated:
        assert administrator.get(f"/admin/{app}/{model}/add/").status_code == 200


def test_every_model_of_the_back_office_and_its_package_has_a_name_in_both_languages():
    wrong = []
    for model in site._registry:
        meta = model._meta
        for said in (meta.verbose_name, meta.verbose_name_plural, meta.app_config.verbose_name):
            with translation.override("zh-hans"):
                zh = str(said)
            with translation.override("en"):
                en = str(said)
            if not (isinstance(said, Promise) and CHINESE.search(zh) and not CHINESE.search(en)):
                wrong.append((meta.label, zh, en))
    assert wrong == []


def test_every_field_of_a_dated_number_has_a_name_in_both_languages():
    wrong = []
    for model, admin in site._registry.items():
        if isinstance(admin, DatedAdmin):
            for field in model._meta.fields:
                with translation.override("zh-hans"):
                    zh = str(field.verbose_name) + str(field.help_text)
                with translation.override("en"):
                    en = str(field.verbose_name) + str(field.help_text)
                if not field.primary_key and (not CHINESE.search(zh) or CHINESE.search(en.replace("分", ""))):
                    wrong.append((model.__name__, field.name, zh, en))
    assert wrong == []
