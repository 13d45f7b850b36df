"""Names of places, as clerks write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yichuang_nlp.places import expected_cities, find, find_all, find_leading, resolve, strip_name


@pytest.mark.parametrize(
    ("text", "name", "reason"),
    [
        ("杭州", "杭州市", "short"),
        ("杭 州 市", "杭州市", "spread out"),
        ("3.杭州市", "杭州市", "numbered"),
        ("（十一）丽水市：", "丽水市", "numbered in brackets, with a colon"),
        ("丽水市（含9县）*", "丽水市", "with a remark and a footnote mark"),
        ("湘西州", "湘西土家族苗族自治州", "customary short form"),
        ("恩施州", "恩施土家族苗族自治州", "customary short form"),
        ("浙江省杭州市", "杭州市", "with its province"),
        ("杭州市余杭区", "余杭区", "with its city"),
        ("金华市本级", "金华市", "its own offices"),
        ("襄樊市", "襄樊市", "renamed in 2010"),
        ("巢湖", "巢湖市", "dissolved as a prefecture, still a county-level city"),
        ("毕节地区", "毕节地区", "a prefecture until 2011"),
        ("济源", "济源市", "directly under the province"),
        ("神农架林区", "神农架林区", "a forest district"),
        ("莫力达瓦达斡尔族自治旗", "莫力达瓦达斡尔族自治旗", "an autonomous banner"),
        ("重庆", "重庆市", "a municipality"),
    ],
)
def test_find(text: str, name: str, reason: str) -> None:
    found = find(text)
    assert found is not None, reason
    assert found.name == name, reason


@pytest.mark.parametrize("text", ["", "市", "窗口", "合计", "全省", "综合受理窗口设置情况", "1", "杭州湾大桥", "——"])
def test_what_is_no_place(text: str) -> None:
    assert find(text) is None


def test_the_same_district_name_follows_its_neighbours() -> None:
    assert [p and p.code for p in resolve(["鼓楼区", "台江区", "仓山区"])] == ["350102", "350103", "350104"]
    assert [p and p.code for p in resolve(["鼓楼区", "泉山区", "云龙区"])] == ["320302", "320311", "320303"]


def test_all_eleven_cities_of_zhejiang_are_expected_in_2017() -> None:
    places = [p for p in resolve(["杭州市", "宁波市", "温州市"]) if p]
    assert len(expected_cities(places, year=2017)) == 11


def test_chaohu_is_expected_in_anhui_until_2010() -> None:
    places = [p for p in resolve(["合肥市", "芜湖市", "安庆市"]) if p]
    assert "巢湖市" in expected_cities(places, year=2009)
    assert "巢湖市" not in expected_cities(places, year=2012)


def test_units_directly_under_the_province_are_expected_only_if_one_is_there() -> None:
    without = [p for p in resolve(["武汉市", "黄石市", "宜昌市"]) if p]
    with_one = [p for p in resolve(["武汉市", "黄石市", "宜昌市", "仙桃市"]) if p]
    assert "潜江市" not in expected_cities(without)
    assert "潜江市" in expected_cities(with_one)


def test_cities_of_several_provinces_expect_none() -> None:
    assert expected_cities(p for p in resolve(["杭州市", "南京市", "合肥市", "武汉市"]) if p) == ()


def test_a_leading_name_is_no_part_of_a_longer_word() -> None:
    assert find_leading("朝阳工程进展顺利") is None
    found = find_leading("杭州市：已建成")
    assert found is not None
    assert (found[0].name, found[1]) == ("杭州市", "：已建成")


@given(st.text(max_size=80))
def test_any_text_is_answered(text: str) -> None:
    strip_name(text)
    assert all(place.name for place in find_all(text))
    find_leading(text)
