"""Villages, suppliers and what sending costs."""

from oscar.apps.partner.models import Partner

from catalog.models import FreightRule, FreightTemplate, Picture, Supplier, Village
from catalog.states import StorageClass
from shop.accounts.models import Organisation
from shop.core.codes import credit_code_check
from shop.demo.world import Row, english, pair, read, rows

Pictures = dict[str, Picture]

FIRST_GRAMS = 3000


def load_villages(pictures: Pictures) -> dict[str, Village]:
    """Create the villages; return them by slug."""
    made = [_village(row, position, pictures) for position, row in enumerate(rows("villages", "village"), start=1)]
    Village.objects.bulk_create(made)
    return {village.slug: village for village in made}


def _village(row: Row, position: int, pictures: Pictures) -> Village:
    texts = {key: pair(row[key]) for key in ("name", "town", "specialty", "headline")}
    story_zh, story_en = english(row, "story")
    return Village(
        slug=row["slug"],
        county_id=row["county"],
        township_zh=texts["town"][0],
        township_en=texts["town"][1],
        name_zh=texts["name"][0],
        name_en=texts["name"][1],
        specialty_zh=texts["specialty"][0],
        specialty_en=texts["specialty"][1],
        headline_zh=texts["headline"][0],
        headline_en=texts["headline"][1],
        story_zh=story_zh,
        story_en=story_en,
        households=row["households"],
        figures=[_figure(text) for text in row["figures"]],
        year=[_month(text) for text in row["year"]],
        picture=pictures[row["picture"]],
        position=position,
    )


def _figure(text: str) -> dict[str, str]:
    value, unit_zh, unit_en, label_zh, label_en = text.split(" | ")
    return {"value": value, "unit_zh": unit_zh, "unit_en": unit_en, "label_zh": label_zh, "label_en": label_en}


def _month(text: str) -> dict[str, str]:
    kind, labels = text.split(" ", 1)
    label_zh, label_en = pair(labels)
    return {"kind": kind, "label_zh": label_zh, "label_en": label_en}


def load_suppliers(villages: dict[str, Village], pictures: Pictures) -> dict[str, Supplier]:
    """Create the suppliers with their organisation, partner and freight; return them by slug."""
    regions = read("freight")
    made = {}
    for number, row in enumerate(rows("suppliers", "supplier"), start=1):
        supplier = _supplier(row, number, villages, pictures)
        supplier.freight_template = make_freight(supplier, row["freight"], row["free_over"], regions)
        supplier.save(update_fields=["freight_template"])
        made[supplier.slug] = supplier
    return made


def credit_code(county: str, number: int) -> str:
    """Return an invented credit code that fits GB 32100: a cooperative of `county`, told apart by `number`."""
    body = f"93{county}{f'MADEM{number:04d}':0<9}"
    return body + credit_code_check(body)


def _supplier(row: Row, number: int, villages: dict[str, Village], pictures: Pictures) -> Supplier:
    village = villages.get(row.get("village", ""))
    county = village.county_id if village else row["county"]
    name_zh, name_en = pair(row["name"])
    story_zh, story_en = english(row, "story")
    organisation = Organisation.objects.create(
        kind=Organisation.Kind.SUPPLIER,
        name_zh=row["legal"],
        name_en=name_en,
        credit_code=credit_code(county, number),
        division_id=county,
        phone=f"+86139{60200000 + number * 137:08d}",
    )
    return Supplier.objects.create(
        organisation=organisation,
        partner=Partner.objects.create(name=name_zh, code=f"demo-{row['slug']}"),
        slug=row["slug"],
        kind=row["kind"],
        name_zh=name_zh,
        name_en=name_en,
        county_id=county,
        village=village,
        head_name=row["head"],
        founded_year=row["founded"],
        households=row["households"],
        story_zh=story_zh,
        story_en=story_en,
        picture=village.picture if village else pictures["still-harvest"],
        portrait=pictures[row["portrait"]],
        county_recommended=row["kind"] != "leading_enterprise",
    )


def make_freight(supplier: Supplier, region: str, free_over: int, freight: Row) -> FreightTemplate:
    """Create a supplier's freight template from the region it sends from; amounts of the file are in 元."""
    template = FreightTemplate.objects.create(supplier=supplier, name=region, free_over_fen=free_over * 100)
    prices = next(each for each in freight["region"] if each["name"] == region)
    made = []
    for storage in StorageClass.values:
        made += [
            FreightRule(
                template=template,
                division_prefix=prefix,
                storage_class=storage,
                first_grams=FIRST_GRAMS,
                first_fen=first * 100,
                step_fen=step * 100,
                days_min=days_min,
                days_max=days_max,
            )
            for prefix, first, step, days_min, days_max in prices[storage]
        ]
        made += [
            FreightRule(template=template, division_prefix=prefix, storage_class=storage, served=False)
            for prefix in freight["unserved"][storage]
        ]
    FreightRule.objects.bulk_create(made)
    return template
