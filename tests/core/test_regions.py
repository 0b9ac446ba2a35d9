"""Divisions: loading, walking, and finding them in a pasted address."""

import json
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import translation
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from shop.core import regions
from shop.core.models import Division
from shop.core.regions.loading import read_divisions
from shop.core.regions.naming import Names, names_of, short_name
from shop.core.regions.recognising import ParsedAddress, recognise

BUILT = Path(settings.BASE_DIR) / "static" / "build" / "divisions.json"
SMALL = {
    "province_list": {"110000": "北京市", "420000": "湖北省", "440000": "广东省", "500000": "重庆市"},
    "city_list": {
        "110100": "北京市",
        "429000": "省直辖县",
        "440100": "广州市",
        "441400": "梅州市",
        "500100": "重庆市",
        "500200": "县",
    },
    "county_list": {
        "110105": "朝阳区",
        "429004": "仙桃市",
        "440106": "天河区",
        "441403": "梅县区",
        "500103": "渝中区",
        "500233": "忠县",
    },
}


@pytest.fixture(scope="session")
def all_names() -> Names:
    """Every published division's names, as the database would give them."""
    rows = read_divisions(json.loads(BUILT.read_text(encoding="utf-8")))
    return names_of((row.code, row.parent_id, row.name_zh, row.name_en) for row in rows)


@pytest.fixture
def small_list(tmp_path: Path) -> Path:
    path = tmp_path / "divisions.json"
    path.write_text(json.dumps(SMALL), encoding="utf-8")
    return path


@pytest.mark.django_db
def test_loading_twice_keeps_what_we_know_besides(small_list: Path) -> None:
    Division.objects.all().delete()
    steps: list[tuple[int, int]] = []
    assert regions.load_divisions(path=small_list, progress=lambda done, total: steps.append((done, total))) == 16
    assert steps == [(16, 16)]
    Division.objects.filter(code="441403").update(is_assisted=True)
    assert regions.load_divisions(path=small_list) == 16
    meixian = regions.division("441403")
    assert meixian is not None
    assert (meixian.is_assisted, meixian.level, meixian.parent_id) == (True, Division.Level.COUNTY, "4414")
    assert [row.code for row in regions.provinces()] == ["11", "42", "44", "50"]
    assert [row.code for row in regions.children("50")] == ["5001", "5002"]
    assert regions.children("99") == []


@pytest.mark.django_db
def test_full_names_say_each_place_once(small_list: Path) -> None:
    regions.load_divisions(path=small_list)
    said = {code: regions.full_name(row) for code, row in regions.counties(SMALL["county_list"]).items()}
    assert said == {
        "110105": "北京市朝阳区",
        "429004": "湖北省仙桃市",
        "440106": "广东省广州市天河区",
        "441403": "广东省梅州市梅县区",
        "500103": "重庆市渝中区",
        "500233": "重庆市忠县",
    }
    with translation.override("en"):
        english = {code: regions.full_name(row) for code, row in regions.counties(SMALL["county_list"]).items()}
    assert english == {
        "110105": "Chaoyang District, Beijing",
        "429004": "Xiantao City, Hubei",
        "440106": "Tianhe District, Guangzhou City, Guangdong",
        "441403": "Meixian District, Meizhou City, Guangdong",
        "500103": "Yuzhong District, Chongqing",
        "500233": "Zhongxian County, Chongqing",
    }


@pytest.mark.parametrize(
    ("name", "code", "english"),
    [
        ("融水苗族自治县", "450225", "Rongshui Miao Autonomous County"),
        ("威宁彝族回族苗族自治县", "520526", "Weining Yi Hui Miao Autonomous County"),
        ("凉山彝族自治州", "5134", "Liangshan Yi Autonomous Prefecture"),
        ("都安瑶族自治县", "451228", "Du'an Yao Autonomous County"),
        ("内蒙古自治区", "15", "Inner Mongolia"),
        ("大埔县", "441422", "Dabu County"),
        ("阳朔县", "450321", "Yangshuo County"),
        ("西安市", "6101", "Xi'an City"),
    ],
)
def test_english_names(name: str, code: str, english: str) -> None:
    from shop.core.regions.romanising import english_name  # reason: only here

    assert english_name(code, name) == english


@pytest.mark.parametrize(
    ("name", "short"),
    [("广东省", "广东"), ("凉山彝族自治州", "凉山"), ("梅县区", "梅县"), ("忠县", "忠县"), ("广西壮族自治区", "广西")],
)
def test_what_people_call_a_division(name: str, short: str) -> None:
    assert short_name(name) == short


HOME = ParsedAddress("周敏", "13800002046", "440106", "龙口西路8号1202")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("周敏13800002046广东省广州市天河区龙口西路8号1202", HOME),
        ("广东省广州市天河区龙口西路8号1202周敏13800002046", HOME),
        ("周敏 138 0000 2046 广东广州天河 龙口西路 8 号 1202", HOME),
        ("天河区龙口西路8号1202，周敏，138-0000-2046", HOME),
        ("广州市天河区龙口西路8号1202 +86 138 0000 2046 周敏", HOME),
        ("收货人：周敏\n手机：(+86)13800002046\n所在地区：广东省 广州市 天河区\n详细地址：龙口西路8号1202", HOME),
        (
            "湖北仙桃沔阳大道1号，何俊，１３６１１１１２２２２，邮编：433000",
            ParsedAddress("何俊", "13611112222", "429004", "沔阳大道1号", "433000"),
        ),
        ("北京市朝阳区建国路1号院 李四先生", ParsedAddress("李四先生", "", "110105", "建国路1号院")),
        ("江苏南通市通州区银河路2号 Zhou Min", ParsedAddress("Zhou Min", "", "320612", "银河路2号")),
        ("四川凉山昭觉县新城镇 阿木", ParsedAddress("阿木", "", "513431", "新城镇")),
        ("梅县松源镇青禾村 陈大文", ParsedAddress("陈大文", "", "441403", "松源镇青禾村")),
        ("广西融水苗族自治县融水镇", ParsedAddress("", "", "450225", "融水镇")),
        ("重庆渝中区解放碑9号", ParsedAddress("", "", "500103", "解放碑9号")),
        ("吉林省吉林市昌邑区1号", ParsedAddress("", "", "220202", "1号")),
        ("东莞虎门镇太沙路3号", ParsedAddress("", "", "441912", "太沙路3号")),
        # What can't be told apart is left out: there are two Chaoyang districts and many 和平路.
        ("朝阳区建国路1号 周敏", ParsedAddress("周敏", "", "", "朝阳区建国路1号")),
        ("和平路8号 周敏", ParsedAddress("周敏", "", "", "和平路8号")),
        ("广州市体育西路103号", ParsedAddress("", "", "4401", "体育西路103号")),
        ("", ParsedAddress()),
    ],
)
def test_pasted_addresses(text: str, expected: ParsedAddress, all_names: Names) -> None:
    assert recognise(text, all_names) == expected


PIECES = st.sampled_from(
    [
        "周敏",
        "13800002046",
        "+86",
        "广东省",
        "广州",
        "天河区",
        "龙口西路8号",
        "，",
        " ",
        "\n",
        "收货人：",
        "邮编510000",
        "县",
        "\0",
    ]
)


@hypothesis_settings(max_examples=150, deadline=None)
@given(text=st.one_of(st.text(max_size=300), st.lists(PIECES, max_size=25).map("".join)))
def test_no_text_breaks_the_recognition(text: str, all_names: Names) -> None:
    parsed = recognise(text, all_names)
    assert parsed.phone == "" or (len(parsed.phone) == 11 and parsed.phone.isdigit())
    assert len(parsed.name) <= 40
    assert len(parsed.street) <= 160
    assert len(parsed.division_code) in (0, 2, 4, 6)


@hypothesis_settings(max_examples=60, deadline=None)
@given(
    order=st.permutations(["周敏", "138 0000 2046", "广东省广州市天河区龙口西路8号1202"]),
    joint=st.sampled_from(["，", " ", "\n", "; "]),
)
def test_order_does_not_matter(order: list[str], joint: str, all_names: Names) -> None:
    assert recognise(joint.join(order), all_names) == HOME
