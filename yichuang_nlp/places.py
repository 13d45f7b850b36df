"""Places of China: canonical names, short names and historic names of cities and counties.

The data file (`data/places.tsv`) holds provinces, prefecture-level and county-level units with the years in
which each name was in force since 2000. It is read on first use.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

__all__ = [
    "Place",
    "expected_cities",
    "find",
    "find_all",
    "find_leading",
    "find_seat",
    "name_province",
    "resolve",
    "split_names",
    "strip_name",
]

# Suffixes that a short name drops; the longest first.
_SUFFIXES = (
    "特别行政区",
    "自治区",
    "自治州",
    "自治县",
    "自治旗",
    "地区",
    "林区",
    "新区",
    "省",
    "市",
    "县",
    "区",
    "盟",
    "州",
    "旗",
)
# Units that report to the province directly though their code lies in a drawer of county codes.
_DIRECT = ("4190", "4290", "4690", "6590")
_MUNICIPALITIES = ("11", "12", "31", "50")


@dataclass(frozen=True, slots=True)
class Place:
    """One unit under one name: code (GB/T 2260), name, and the years it was in force (0 = open).

    `short` holds the short names, split by "/".
    """

    code: str
    name: str
    short: str
    first: int = 0
    last: int = 0

    @property
    def level(self) -> str:
        """`province`, `prefecture` or `county`; units directly under a province count as prefectures.

        >>> find("济源").level, find("义乌").level, find("浙江省").level
        ('prefecture', 'county', 'province')
        """
        if self.code.endswith("0000"):
            return "province"
        if self.code.endswith("00") or self.code[:4] in _DIRECT:
            return "prefecture"
        return "county"

    @property
    def province(self) -> str:
        """The first two digits of the code."""
        return self.code[:2]

    def in_force(self, year: int) -> bool:
        """Return whether the name was in force in `year`."""
        return (not self.first or self.first <= year) and (not self.last or year <= self.last)


@cache
def _load() -> tuple[Place, ...]:
    text = files("yichuang_nlp.data").joinpath("places.tsv").read_text(encoding="utf-8")
    places = []
    for line in text.splitlines():
        if line and not line.startswith("#"):
            code, name, short, first, last = line.split("\t")
            places.append(Place(code, name, short or _shorten(name), int(first or 0), int(last or 0)))
    return tuple(places)


def _shorten(name: str) -> str:
    for suffix in _SUFFIXES:
        if name.endswith(suffix) and len(name) - len(suffix) >= 2:
            return name[: -len(suffix)]
    return name


# Short forms that clerks use and neither source lists.
_CUSTOMARY = {
    "湘西州": "433100",
    "恩施州": "422800",
    "甘孜州": "513300",
    "阿坝州": "513200",
    "凉山州": "513400",
    "延边州": "222400",
    "临夏州": "622900",
    "甘南州": "623000",
    "黔南州": "522700",
    "黔东南州": "522600",
    "黔西南州": "522300",
    "大理州": "532900",
    "红河州": "532500",
    "文山州": "532600",
    "楚雄州": "532300",
    "德宏州": "533100",
    "怒江州": "533300",
    "迪庆州": "533400",
    "西双版纳州": "532800",
    "海北州": "632200",
    "黄南州": "632300",
    "海南州": "632500",
    "果洛州": "632600",
    "玉树州": "632700",
    "海西州": "632800",
    "昌吉州": "652300",
    "博州": "652700",
    "巴州": "652800",
    "克州": "653000",
    "伊犁州": "654000",
    "阿克苏地区": "652900",
}


@cache
def _index() -> dict[str, tuple[Place, ...]]:
    index: dict[str, list[Place]] = {}
    for place in _load():
        index.setdefault(place.name, []).append(place)
    exact = set(index)
    for place in _load():
        for short in place.short.split("/"):
            if short != place.name:
                index.setdefault(short, []).append(place)
    by_code = {place.code: place for place in _load() if not place.last}
    for short, code in _CUSTOMARY.items():
        for name in (short, f"{short[:-1]}自治州") if short.endswith("州") else (short,):
            if name not in exact and code in by_code and by_code[code] not in index.get(name, []):
                index.setdefault(name, []).insert(0, by_code[code])
    return {name: tuple(sorted(found, key=lambda p: _order(name, p))) for name, found in index.items()}


def _order(name: str, place: Place) -> tuple[bool, int, int, str]:
    """Sort key: full names before short ones, today's before historic ones, prefectures before the rest."""
    level = ("prefecture", "province", "county").index(place.level)
    if place.province in _MUNICIPALITIES and place.level == "province":
        level = 0
    return place.name != name, level, place.last > 0, place.code


# What surrounds a name in a table: numbers before it, remarks and footnote marks behind it.
_AROUND = re.compile(
    r"""
    ^ (?: [（(]? (?: \d{1,3} | [一二三四五六七八九十]{1,3} ) [)）.．、:： ]+ )?   # 1. / （一） / 二、
    (?P<name> .*? )
    (?: [（(][^（）()]*[)）] | [*＊※①-⑳] | \[\d+\] | ［\d+］ )*                  # （11个） * ① [1]
    [：:]? $
    """,
    re.VERBOSE,
)
_LIST = re.compile(r"[、，,；;/\n\s]+|(?<=[市县区州盟])[和与及]")
_NUMBER = re.compile(r"\s*(?:[（(]?(?:\d{1,3}|[一二三四五六七八九十]{1,3})[)）.．、:：]+\s*)?")
_SPACE = re.compile(r"[\s\u200b\ufeff]+")


def strip_name(text: str) -> str:
    """Return `text` without white space, a leading number, and trailing remarks.

    >>> strip_name(" 3、 杭 州 市（含萧山）* ")
    '杭州市'
    """
    if len(text) > 60:
        return ""
    match = _AROUND.match(_SPACE.sub("", text))
    return match["name"] if match else ""


def find_all(text: str) -> tuple[Place, ...]:
    """Return every place that `text` as a whole names, the likeliest first.

    >>> [place.code for place in find_all("朝阳区")]
    ['110105', '220104']
    """
    name = strip_name(text)
    if len(name) < 2:
        return ()
    index = _index()
    if name in index:
        return index[name]
    # "浙江省杭州市", "杭州市余杭区", "金华市本级": a unit written with the one above it, or its own offices.
    for tail in ("本级", "市本级", "市直", "直属", "辖区"):
        if name.endswith(tail) and len(name) - len(tail) >= 2:
            return find_all(name[: -len(tail)])
    if name.endswith(("街道", "镇", "乡", "村", "社区")):  # a part of a county stands for it
        for end in range(len(name) - 2, 2, -1):
            if name[:end] in index and index[name[:end]][0].name == name[:end]:
                return index[name[:end]]
    for cut in range(2, len(name) - 1):
        for above in index.get(name[:cut], ()):
            below = [p for p in index.get(name[cut:], ()) if p.code.startswith(_stem(above)) and p != above]
            if below:
                return tuple(below)
    return ()


def _stem(place: Place) -> str:
    return place.code[:2] if place.level == "province" else place.code[:4]


def find(text: str, *, within: str = "") -> Place | None:
    """Return the place that `text` names, preferring codes that start with `within`; None if it names none.

    >>> find("杭州").name, find("湘西州").name, find("鼓楼区", within="3501").code
    ('杭州市', '湘西土家族苗族自治州', '350102')
    >>> find("综合窗口") is None
    True
    """
    found = find_all(text)
    for place in found:
        if place.code.startswith(within):
            return place
    return found[0] if found else None


# 市政府, 人民政府办公室, 政务服务管理局, 发展改革委, 经济开发区管委会
_OFFICE = re.compile(r"[\u4e00-\u9fff（）()、]{0,16}(?:政府|局|委|委员会|办|办公室|中心|管委会|专班|指挥部)")


def find_seat(text: str) -> Place | None:
    """Return the city or county whose office `text` names; None for anything else.

    A whole name must stand first. An office is no place: ask only for what stands where a city is expected.

    >>> find_seat("肥东县政务服务局").name, find_seat("杭州市委、市政府").name, find_seat("省水利厅")
    ('肥东县', '杭州市', None)
    """
    name = strip_name(text)
    index = _index()
    for end in range(min(len(name) - 1, 14), 1, -1):
        if name[:end] in index and index[name[:end]][0].name == name[:end] and _OFFICE.fullmatch(name[end:]):
            return index[name[:end]][0]
    return None


def name_province(code: str) -> str:
    """Return the name of the province whose codes start with the two digits `code`; "" if there is none.

    >>> name_province("33"), name_province("00")
    ('浙江省', '')
    """
    return next((place.name for place in _load() if place.code == f"{code[:2]}0000"), "")


def split_names(text: str) -> tuple[str, ...]:
    """Return the places that a cell names together, or the text itself unless all its parts are places.

    >>> split_names("杭州、宁波市"), split_names("县（市、区）")
    (('杭州', '宁波市'), ('县（市、区）',))
    """
    parts = [part for part in _LIST.split(text.strip()) if part]
    if len(parts) > 1 and not find_all(text) and all(find_all(part) for part in parts):
        return tuple(dict.fromkeys(parts))
    return (text,)


def find_leading(text: str) -> tuple[Place, str] | None:
    """Return the place whose name starts `text` (behind a number) and what follows it; None if there is none.

    >>> place, rest = find_leading("（二）宁波市：正在调整窗口布局。")
    >>> place.name, rest
    ('宁波市', '：正在调整窗口布局。')
    """
    match = _NUMBER.match(text)
    start = match.end() if match else 0
    index = _index()
    for end in range(min(len(text), start + 14), start + 1, -1):
        name = _SPACE.sub("", text[start:end])
        # a short form must not be the start of a longer word: "朝阳工程", "大同小异"
        if name in index and (index[name][0].name == name or not text[end : end + 1].isalpha()):
            return index[name][0], text[end:]
    return None


def resolve(texts: Sequence[str], *, year: int = 0) -> list[Place | None]:
    """Return the place of each text; a name that several places share follows the others.

    >>> [place.code for place in resolve(["朝阳", "沈阳", "大连"])]
    ['211300', '210100', '210200']
    >>> [place.code for place in resolve(["鼓楼区", "玄武区", "建邺区"])]
    ['320106', '320102', '320105']
    """
    options = [find_all(text) for text in texts]
    votes: Counter[str] = Counter()
    for found in options:
        # each text has one vote for every province, prefecture and level that it could belong to
        votes.update({p.province for p in found} | {p.code[:4] for p in found} | {p.level for p in found})

    def fit(place: Place) -> tuple[int, int, int, bool]:
        return (
            votes[place.province],
            votes[place.level],
            votes[place.code[:4]] if place.level == "county" else 0,
            not year or place.in_force(year),
        )

    return [max(found, key=fit) if found else None for found in options]


def expected_cities(places: Iterable[Place], *, year: int = 0) -> tuple[str, ...]:
    """Return the names of all units that a table of `places` should have: its province's or city's.

    Empty where the places point to no single province (or to no single city, for counties). Units directly
    under the province are expected only if the table names one of them.

    >>> names = ["杭州", "宁波", "温州", "金华"]
    >>> len(expected_cities(p for p in resolve(names) if p))
    11
    """
    known = list(places)
    levels = Counter(place.level for place in known)
    if not known:
        return ()
    level = levels.most_common(1)[0][0]
    if levels[level] < 2 or level == "province":
        return ()
    stems = Counter(
        place.code[:2] if level == "prefecture" else place.code[:4] for place in known if place.level == level
    )
    stem, count = stems.most_common(1)[0]
    if count * 2 <= len(known):
        return ()
    direct = any(place.code[:4] in _DIRECT for place in known)
    names = []
    for place in _load():
        if not place.code.startswith(stem) or place.level != level or _is_zone(place):
            continue
        if place.code[:4] in _DIRECT and not direct:
            continue
        if place.in_force(year) if year else not place.last:
            names.append(place.name)
    return tuple(dict.fromkeys(names))


def _is_zone(place: Place) -> bool:
    """Return whether the unit is a development zone (codes from 71 on), which rarely reports."""
    return place.level == "county" and int(place.code[4:]) in range(71, 80)
