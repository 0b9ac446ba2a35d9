"""Numbers of the platform with dates: edited on a page, with a reason, never two at once, and named in both languages."""

import re

import pytest
from django.apps import apps
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


@pytest.fixture
def that_day(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: AT)


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


def test_a_rule_of_the_reserved_share_is_written_with_a_reason_and_audited(administrator, that_day):
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
    time = {"kind": "pool", "online_minutes": 20, "valid_from": "2027-01-01", "reason": "试行"}
    assert administrator.post("/admin/sales/paytime/add/", time).status_code == 302
    assert PayTime.objects.filter(kind="pool", valid_from="2027-01-01").count() == 1


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


def posted(administrator, model, **sent):
    page = administrator.post(f"/admin/sales/{model}/", sent)
    return page.status_code, page.content.decode()


def interest(**sent):
    return {"daily_bp": 5, "document": "例", "valid_until": "", "reason": "新规定"} | sent


@pytest.mark.parametrize("day", ["2025-12-30", "2026-11-22", "2001-01-01"])
def test_a_dated_number_does_not_begin_in_the_past(administrator, that_day, day):
    LateInterest.objects.update(valid_from="2024-01-01", valid_until="2024-12-31")
    status, text = posted(administrator, "lateinterest/add", **interest(valid_from=day))
    assert (status, "不能从过去的日子起" in text) == (200, True)
    assert posted(administrator, "lateinterest/add", **interest(valid_from="2026-11-24"))[0] == 302
    assert LateInterest.objects.count() == 2


def test_the_first_row_of_its_kind_may_begin_earlier(administrator, that_day):
    PayTime.objects.all().delete()
    sent = {"online_minutes": 20, "valid_from": "2026-01-01", "reason": "试行"}
    assert posted(administrator, "paytime/add", kind="pool", **sent)[0] == 302
    assert posted(administrator, "paytime/add", kind="drop", **sent)[0] == 302
    assert posted(administrator, "paytime/add", kind="drop", **sent | {"valid_from": "2026-02-01"})[0] == 200


def test_a_row_in_force_only_gets_its_last_day(administrator, that_day):
    row = LateInterest.objects.get()
    before = (row.daily_bp, row.valid_from, row.document)
    change = f"lateinterest/{row.pk}/change"
    page = administrator.get(f"/admin/sales/{change}/").content.decode()
    assert [name for name in ("daily_bp", "document", "valid_from", "valid_until", "reason") if f'name="{name}"' in page] == [
        "valid_until", "reason",
    ]  # fmt: skip
    status, text = posted(administrator, change, **interest(daily_bp=9, valid_until="2026-11-22"))
    assert (status, "最后一天不能是过去的日子" in text) == (200, True)
    assert posted(administrator, change, **interest(daily_bp=9, valid_until="2026-11-24"))[0] == 302
    row.refresh_from_db()
    assert (row.daily_bp, row.valid_from, row.document) == before
    assert str(row.valid_until) == "2026-11-24"
    assert AuditEntry.objects.get(action="change_rule").data["now"] == {"valid_until": "2026-11-24"}
    # What has ended stays as it is.
    LateInterest.objects.update(valid_until="2026-11-22")
    assert posted(administrator, change, **interest(valid_until="2027-01-01"))[0] == 403


def test_a_row_that_has_not_begun_is_changed_whole(administrator, that_day):
    assert posted(administrator, "lateinterest/add", **interest(valid_from="2026-12-01"))[0] == 302
    change = f"lateinterest/{LateInterest.objects.get(valid_from='2026-12-01').pk}/change"
    assert posted(administrator, change, **interest(valid_from="2026-11-01"))[0] == 200
    assert posted(administrator, change, **interest(valid_from="2026-11-25", daily_bp=6))[0] == 302
    assert LateInterest.objects.get(valid_from="2026-11-25").daily_bp == 6


@pytest.mark.parametrize(
    ("model", "figures"),
    [
        (
            "aftersaleterms",
            {f"{name}_hours": 24 for name in ("answer", "offer", "appeal", "decide", "send_back", "confirm")},
        ),
        (
            "weightterms",
            {
                "least_percent": 30, "most_percent": 150, "packed_least_percent": 40, "packed_likely_percent": 70,
                "packed_most_percent": 120,
            },
        ),
    ],
)  # fmt: skip
def test_terms_are_dated_numbers_too(administrator, that_day, model, figures):
    whole = figures | {"since": "2026-12-01", "source": "平台决定", "reason": "试行"}
    for lacking in ({"since": "2025-01-01"}, {"since": "2026-11-22"}, {"source": ""}, {"reason": ""}):
        status, text = posted(administrator, f"{model}/add", **whole | lacking)
        assert (status, "errorlist" in text) == (200, True), lacking
    assert posted(administrator, f"{model}/add", **whole)[0] == 302
    assert posted(administrator, f"{model}/add", **whole)[0] == 200
    rows = apps.get_model("sales", model).objects
    assert AuditEntry.objects.get(action="add_rule").data["reason"] == "试行"
    later = rows.get(since="2026-12-01")
    assert posted(administrator, f"{model}/{later.pk}/change", **whole | {"since": "2026-12-02"})[0] == 302
    in_force = rows.get(since="2026-01-01")
    assert posted(administrator, f"{model}/{in_force.pk}/change", **whole)[0] == 403


def test_a_refused_row_is_told_so_in_chinese(administrator, that_day):
    sent = {"kind": "drop", "online_minutes": 0, "valid_from": "2027-12-01", "reason": "试行"}
    status, text = posted(administrator, "paytime/add", **sent)
    assert (status, "至少填一分钟" in text, "pay_time_positive" in text) == (200, True, False)
