"""What the demo world has to show, read from the database: accounts, addresses, codes."""

from dataclasses import asdict, dataclass
from typing import Any

from django.urls import resolve
from django.utils.translation import override
from oscar.apps.voucher.models import Voucher

from catalog.models import Listing, ListingProposal, Supplier, Village
from livestream.models import LiveSession
from procurement.models import BudgetUnit, Need, PledgeReceipt, PurchaseRequest, UnitOrder
from shop.accounts import roles
from shop.accounts.models import Organisation, User
from shop.campaigns.models import CampaignPage
from shop.core.codes import national_phone
from shop.demo.loading.orders import guest_token
from shop.demo.loading.people import DOMAIN, PASSWORD
from shop.sales.models import AfterSale, OrderFacts, Purchase
from shop.sales.states import OrderState, PurchaseState
from traceability.models import ProduceLot, TracedParcel
from traceability.rules.codes import grouped

CONSUMERS = {"consumer": ("消费者", "Consumer"), "consumer-en": ("消费者（英文）", "Consumer, in English")}

# Who confirms what was given: one of several, whose gifts are at every stage.
BENEFICIARY = "beneficiary-school"


@dataclass(frozen=True)
class Account:
    """A login and what it is for."""

    role: str
    role_zh: str
    login: str
    phone: str
    password: str


@dataclass(frozen=True)
class Place:
    """An address worth opening. `login` says as whom; empty for everybody."""

    kind: str
    kind_zh: str
    path: str
    login: str = ""


@dataclass(frozen=True)
class Code:
    """Something to type in."""

    kind: str
    kind_zh: str
    value: str


@dataclass(frozen=True)
class Info:
    """All of it."""

    accounts: list[Account]
    pages: list[Place]
    codes: list[Code]
    password: str = PASSWORD

    def as_dict(self) -> dict[str, Any]:
        """Return plain data for JSON."""
        return asdict(self)


def demo_info() -> Info:
    """Return what there is to show; empty lists where the world is not loaded."""
    return Info(accounts=_accounts(), pages=[page for page in _pages() if is_served(page.path)], codes=_codes())


def is_served(path: str) -> bool:
    """Tell whether an address is some package's own, not left to Wagtail's catch-all, which only knows its pages."""
    found = resolve(path.partition("?")[0])
    slugs = {
        f"{start}{slug}/"
        for slug in CampaignPage.objects.live().values_list("slug", flat=True)
        for start in ("/", "/en/")
    }
    return found.url_name != "wagtail_serve" or path in {"/", "/en/"} | slugs


def _accounts() -> list[Account]:
    found = []
    users = User.objects.filter(email__endswith=f"@{DOMAIN}").order_by("pk")
    for user in users:
        login = (user.email or "").partition("@")[0]
        named = _role_names(login)
        if named is not None:
            found.append(Account(named[1], named[0], user.email or "", national_phone(user.phone), PASSWORD))
    return found


def _role_names(login: str) -> tuple[str, str] | None:
    if login in CONSUMERS:
        return CONSUMERS[login]
    if login in roles.NAMES:
        with override("zh-hans"):
            name_zh = str(roles.NAMES[login])
        with override("en"):
            return name_zh, str(roles.NAMES[login])
    if login == BENEFICIARY:
        helped = Organisation.objects.get(memberships__user__email=f"{login}@{DOMAIN}")
        return f"受助方 {helped.name_zh}", f"Beneficiary, {helped.name_en}"
    if login in {"coop-songyuan", "coop-dongbei", "coop-leibo-jinjiang"}:
        supplier = Supplier.objects.get(slug=login.removeprefix("coop-"))
        return f"供应商 {supplier.name_zh}", f"Supplier, {supplier.name_en}"
    return None


def _pages() -> list[Place]:
    listing = Listing.objects.filter(slug="meixian-golden-pomelo").select_related("supplier", "village").first()
    if listing is None:
        return []
    preorder = Listing.objects.filter(is_preorder=True).order_by("pk").first()
    weighed = Listing.objects.filter(sale_unit="catch_weight").order_by("pk").first()
    village = listing.village or Village.objects.order_by("position").first()
    pages = [
        Place("Home", "首页", "/"),
        Place("Home, in English", "英文首页", "/en/"),
        Place("All goods", "全部商品", "/shop/"),
        Place("Category", "分类", "/shop/c/fruit/"),
        Place("Search", "搜索", "/shop/search/?q=柚子"),
        Place("Product", "商品", f"/shop/p/{listing.slug}/"),
        Place("Certificate", "认证", "/shop/certificates/AGI-2019-01-2588/"),
        Place("A certificate that was revoked", "已撤销的认证", "/shop/certificates/OP-450-2025-0762/"),
        Place("Halls", "地方馆", "/halls/"),
        Place("Hall of a county", "县馆", f"/halls/{listing.county_id}/"),
        Place("Villages", "一村一品", "/villages/"),
        Place("Supplier", "店铺", f"/suppliers/{listing.supplier.slug}/"),
        Place("Basket", "购物车", "/shop/basket/"),
        Place("Sign in", "登录", "/account/login/"),
        Place("Help: damage", "坏果包赔", "/help/damage/"),
    ]
    if village:
        pages.insert(9, Place("Village", "村子", f"/villages/{village.slug}/"))
    if preorder:
        pages.append(Place("Pre-order", "预订商品", f"/shop/p/{preorder.slug}/"))
    if weighed:
        pages.append(Place("Catch weight", "称重商品", f"/shop/p/{weighed.slug}/"))
    return pages + _trace_pages() + _live_pages() + _own_pages() + _report_pages()


def _report_pages() -> list[Place]:
    """Return reports as campaign staff, a finance office and a supplier see them."""
    staff, office, seller = (f"{name}@{DOMAIN}" for name in ("campaign_staff", "finance_office", "coop-songyuan"))
    return [
        Place("Report: sales by county", "报表：按县", "/reports/", staff),
        Place("Report: watched counties", "报表：挂牌督战", "/reports/watched/", staff),
        Place("Report: orders behind a figure", "报表：数字背后的订单", "/reports/county/orders/?key=441403", staff),
        Place("Report: units below", "报表：下属单位", "/reports/unit/", office),
        Place("Report: a supplier's own", "报表：本社销售", "/reports/village/", seller),
    ]


def _trace_pages() -> list[Place]:
    """Return a parcel's page, its certificate, and where its supplier records lots."""
    parcel = TracedParcel.objects.filter(lots__lot__listing__slug="meixian-golden-pomelo").order_by("-pk").first()
    if parcel is None:
        return []
    seller = f"coop-songyuan@{DOMAIN}"
    lot = ProduceLot.objects.filter(supplier_id=parcel.supplier_id).order_by("-pk").first()
    return [
        Place("Trace a code", "溯源入口", "/t/"),
        Place("A parcel's trace page", "溯源页", f"/t/{parcel.code}"),
        Place("Conformity certificate", "合格证", f"/t/{parcel.code}/certificate/"),
        Place("Supplier: lots", "批次", "/seller/lots/", seller),
        Place("Supplier: a lot", "批次详情", f"/seller/lots/{lot.pk if lot else 0}/", seller),
    ]


def _live_pages() -> list[Place]:
    """Return rooms, replay, the host's console, and a campaign in both languages."""
    pages = [Place("Live rooms", "直播", "/live/")]
    for session in LiveSession.objects.exclude(state="planned").select_related("room__supplier").order_by("state"):
        query = f"?session={session.pk}" if session.state == "ended" else ""
        kinds = ("A replay", "直播回放") if query else ("A live room, with a flash sale", "直播间（正在抢购）")
        pages.append(Place(*kinds, f"/live/{session.room.slug}/{query}"))
        slug = session.room.supplier.slug if session.room.supplier else ""
        login = f"coop-{slug}@{DOMAIN}" if slug else f"campaign_staff@{DOMAIN}"
        if not query:
            pages.append(Place("Live console", "直播中控台", f"/live/console/{session.pk}/", login))
    campaign = CampaignPage.objects.live().filter(slug="winter-citrus", locale__language_code="zh-hans").first()
    if campaign is not None:
        pages.append(Place("A campaign", "活动页", f"/{campaign.slug}/"))
        pages.append(Place("A campaign, in English", "英文活动页", f"/en/{campaign.slug}/"))
        edit = f"/cms/pages/{campaign.pk}/edit/"
        pages.append(Place("Editing a campaign", "编辑活动页", edit, f"campaign_staff@{DOMAIN}"))
    return pages


def _own_pages() -> list[Place]:
    buyer, seller, reviewer = (f"{name}@{DOMAIN}" for name in ("consumer", "coop-songyuan", "platform_reviewer"))
    pages = [
        Place("My account", "我的", "/account/", buyer),
        Place("My orders", "我的订单", "/account/orders/", buyer),
        Place("Favourites", "收藏", "/account/favourites/", buyer),
        Place("Messages", "消息", "/account/messages/", buyer),
    ]
    order = OrderFacts.objects.filter(purchase__user__email=buyer, state=OrderState.COMPLETED).order_by("pk").last()
    if order is not None:
        pages.append(Place("An order", "订单", f"/account/orders/{order.order.number}/", buyer))
    pages += _unit_pages()
    pages.append(Place("Supplier: today", "卖家今日", "/seller/", seller))
    pages.append(Place("Supplier: orders", "卖家订单", "/seller/orders/", seller))
    pages += _goods_pages(seller, reviewer)
    case = AfterSale.objects.filter(state="open").select_related("line__order__supplier").order_by("pk").first()
    if case is not None:
        member = f"coop-{case.line.order.supplier.slug}@{DOMAIN}"
        pages.append(Place("After-sales case", "售后", f"/seller/after-sales/{case.pk}/", member))
    pages.append(Place("Supplier: settlement", "结算", "/seller/settlement/", seller))
    pages.append(Place("Reviews to moderate", "评价审核", "/review/", reviewer))
    unpaid = Purchase.objects.filter(state=PurchaseState.UNPAID, terms="transfer").select_related("user").first()
    if unpaid is not None and unpaid.user is not None:
        pages.append(Place("Cashier", "收银台", f"/pay/{unpaid.number}/", unpaid.user.email or ""))
    return pages


def _goods_pages(seller: str, reviewer: str) -> list[Place]:
    """Return 上货: the form, a draft, its preview, and the reviewers' queue."""
    pages = [
        Place("Supplier: goods", "卖家商品", "/seller/goods/", seller),
        Place("Supplier: list by photo", "拍照上货", "/seller/goods/new/", seller),
        Place("Goods to review", "商品审核", "/review/listings/", reviewer),
    ]
    own = ListingProposal.objects.filter(supplier__slug="songyuan")
    for state, kind in (("draft", ("A draft", "上货草稿")), ("returned", ("A returned product", "被退回的商品"))):
        found = own.filter(state=state).order_by("pk").last()
        if found is not None:
            pages.append(Place(*kind, f"/seller/goods/drafts/{found.pk}/", seller))
    waiting = ListingProposal.objects.filter(state="submitted")
    for own_kind, words in (
        ("new", ("A product to review", "审核新品")),
        ("change", ("A change to review", "审核改动")),
    ):
        found = waiting.filter(kind=own_kind).order_by("-supplier__slug", "pk").first()
        if found is not None:
            pages.append(Place(*words, f"/review/listings/{found.pk}/", reviewer))
            if own_kind == "new":
                path = f"/seller/goods/drafts/{found.pk}/preview/"
                pages.append(Place("As shoppers will see it", "上货预览", path, f"coop-{found.supplier.slug}@{DOMAIN}"))
    return pages


def _unit_pages() -> list[Place]:
    asker, approver, payer, above, office, donor = (
        f"{name}@{DOMAIN}"
        for name in ("budget_buyer", "budget_approver", "budget_finance", "supervising", "finance_office", "donor")
    )
    unit = BudgetUnit.objects.filter(organisation__memberships__user__email=approver).first()
    if unit is None:
        return []
    pages = [
        Place("Unit: quota", "单位份额", "/units/", asker),
        Place("Unit: requests", "采购申请", "/units/requests/?state=all", asker),
        Place("Unit: orders", "单位订单", "/units/orders/", asker),
        Place("Unit: declaration", "份额填报", "/units/declaration/", asker),
        Place("Unit: how a rate came about", "完成率的依据", "/units/rate/", asker),
        Place("Unit: budgets, address, payers", "预算、地址与付款账户", "/units/settings/", payer),
        Place("Unit: payments", "单位付款", "/units/payments/", payer),
        Place("Supervising unit: board", "主管单位总表", "/units/board/", above),
        Place("Finance office: board", "财政总表", "/units/board/", office),
        Place("Finance office: a rate opened", "财政：完成率的依据", "/units/rate/", office),
        Place("Needs", "以购代捐", "/pledges/"),
        Place("My gifts", "我的代捐", "/pledges/mine/", donor),
        Place("Gifts to a beneficiary", "受助方收到的", "/pledges/mine/", f"{BENEFICIARY}@{DOMAIN}"),
    ]
    draft = PurchaseRequest.objects.filter(unit=unit, state="draft").order_by("pk").last()
    if draft is not None:
        pages.append(Place("Unit: a request", "采购申请单", f"/units/requests/{draft.number}/", asker))
    request = PurchaseRequest.objects.filter(unit=unit, state="submitted").order_by("pk").first()
    if request is not None:
        pages.append(Place("Unit: approval", "审批", f"/units/requests/{request.number}/", approver))
        pages.append(
            Place("Unit: request on paper", "申请单打印", f"/units/requests/{request.number}/paper/", approver)
        )
    sent = UnitOrder.objects.filter(unit=unit, order__state=OrderState.SHIPPED).select_related("order__order").first()
    if sent is not None:
        pages.append(Place("Unit: acceptance", "验收", f"/units/orders/{sent.order.order.number}/accept/", asker))
    need = Need.objects.order_by("pk").first()
    if need is not None:
        pages.append(Place("Need", "需求", f"/pledges/needs/{need.slug}/"))
    receipt = PledgeReceipt.objects.select_related("pledge").order_by("pk").first()
    if receipt is not None:
        pages.append(Place("Gift certificate", "代捐证书", f"/pledges/certificates/{receipt.pledge.certificate_code}/"))
    return pages


def _codes() -> list[Code]:
    codes = [
        Code(f"Coupon, {voucher.name}", f"优惠券 {voucher.name}", voucher.code)
        for voucher in Voucher.objects.order_by("pk")
    ]
    guests = Purchase.objects.filter(user=None, key__startswith="demo-").order_by("-placed_at")
    for purchase in guests[:3]:
        order = OrderFacts.objects.filter(purchase=purchase).select_related("order").order_by("pk")[0]
        token = guest_token(int(purchase.key.removeprefix("demo-")))
        codes.append(
            Code(
                f"Guest's order ({purchase.contact_phone})",
                f"游客订单（{purchase.contact_phone}）",
                f"/account/orders/{order.order.number}/?t={token}",
            )
        )
    parcels = TracedParcel.objects.filter(lots__lot__listing__slug="meixian-golden-pomelo").order_by("-pk")
    codes += [Code("Trace code", "追溯码", grouped(parcel.code)) for parcel in parcels[:1]]
    return codes
