"""Which way a table runs, where its header ends, and what its columns are for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from yichuang_nlp.marks import column_role, is_city_header, is_generic, squeeze, strip_number
from yichuang_nlp.places import find, find_all, find_leading
from yichuang_nlp.slots import Matrix, Segment, Slot

__all__ = [
    "Layout",
    "build_layout",
    "city_line",
    "column_name",
    "count_header_rows",
    "find_heading",
    "row_texts",
    "text_columns",
]

# Lines over a table that name neither a dimension nor a city.
_NO_HEADINGS = (
    "截至",
    "（截至",
    "(截至",
    "单位：",
    "单位:",
    "（单位",
    "填报",
    "附件",
    "数据截至",
    "制表",
    "报送单位",
)


@dataclass(frozen=True, slots=True)
class Layout:
    """How the columns of a table are used, once the cities run down."""

    header: tuple[tuple[str, ...], ...]
    key: int  # column of the cities; -1 where the heading names the city
    item: int  # column of the dimensions in a long table or ledger; -1 in the usual one
    texts: tuple[tuple[int, str], ...]  # column and its dimension
    left_out: tuple[tuple[int, str], ...]  # column and why it is no dimension
    city: str = ""
    flipped: bool = False


def row_texts(row: Sequence[Slot]) -> tuple[str, ...]:
    """Return the texts of a row as they are compared: without spread-out blanks."""
    return tuple(squeeze(slot.text) for slot in row)


def city_line(rows: Matrix) -> tuple[str, int]:
    """Return whether cities run "down" or "across", and in which column or row; ("", 0) without any."""
    down = [len({s.text for s in column if find_all(s.text)}) for column in zip(*rows, strict=True)]
    across = [len({s.text for s in row if find_all(s.text)}) for row in rows]
    best_down, best_across = max(down), max(across)
    titled = [j for j, slot in enumerate(rows[0]) if is_city_header(slot.text)]
    if not best_down:
        # no name is known, but a header says that names stand below it
        return ("down", titled[0]) if titled and len(rows) > 1 else ("", 0)
    column, row = down.index(best_down), across.index(best_across)
    if best_down == best_across == 1 and row == 0 and column > 0 and not titled:
        return "across", row
    if best_across > best_down and column not in titled:
        return "across", row
    return "down", column


def count_header_rows(rows: Matrix, key: int) -> int:
    """Return how many rows stand over the first city, which may have a name that is not known."""
    first = next((i for i, row in enumerate(rows) if find_all(row[key].text)), len(rows))
    for i in range(min(first, len(rows)) - 1, -1, -1):
        if is_city_header(rows[i][key].text):
            return i + 1
    return first if first < len(rows) else 1


def column_name(header: Sequence[Sequence[str]], column: int) -> str:
    """Return the name of a column: its header rows from top to bottom, each text once."""
    return "/".join(dict.fromkeys(text for row in header if (text := squeeze(row[column]))))


def text_columns(
    roles: Sequence[str], header: Sequence[Sequence[str]], taken: set[int]
) -> tuple[tuple[tuple[int, str], ...], tuple[tuple[int, str], ...]]:
    """Return the columns that hold progress, with their names, and the others with the reason."""
    free = [j for j in range(len(roles)) if j not in taken]
    progress = [j for j in free if roles[j] == "progress"]
    chosen = progress or [j for j in free if roles[j] in {"", "item"}]
    texts = tuple((j, column_name(header, j)) for j in chosen)
    left = tuple((j, f"column {column_name(header, j) or j + 1}") for j in free if j not in chosen)
    return texts, left


def build_layout(rows: Matrix, head: int, header: tuple[tuple[str, ...], ...], key: int, heading: str) -> Layout:
    """Return the use of the columns of a table whose cities run down column `key`."""
    body = rows[head:]
    names = [column_name(header, j) for j in range(len(rows[0]))]
    roles = [column_role(name.rsplit("/", 1)[-1]) for name in names]
    for j, name in enumerate(names):
        values = [row[j].text for row in body if row[j].text]
        if j != key and not name and values and all(value.strip("、.").isdecimal() for value in values):
            roles[j] = "serial"
        elif j < key and roles[j] == "" and any(row[j].merged for row in body):
            roles[j] = "group"  # 浙北 over three cities, or the city over its counties
    cities = [row[key].text for row in body if find_all(row[key].text)]
    repeated = len(cities) > len(set(cities))
    items = [j for j, role in enumerate(roles) if role == "item" and j != key]
    item = -1
    if items and (repeated or "progress" in roles):
        item = items[0]
    elif repeated and not items and "progress" in roles:
        free = [j for j, role in enumerate(roles) if role == "" and j != key]
        item = free[0] if free else -1
    taken = {key, item} - {-1}
    if item >= 0:
        texts, left = text_columns(roles, header, taken)
    else:
        chosen = [j for j in range(len(roles)) if j not in taken and roles[j] in {"", "item", "progress"}]
        texts = tuple((j, names[j]) for j in chosen)
        left = tuple((j, f"column {names[j] or j + 1}") for j in range(len(roles)) if j not in {*chosen, *taken})
        if len(texts) == 1 and is_generic(texts[0][1]) and heading:
            texts = ((texts[0][0], heading),)
    return Layout(header, key, item, texts, left)


def find_heading(segment: Segment, *, city: bool) -> str:
    """Return the nearest line over the table that names a city, or one that names a dimension; "" if none."""
    for line in reversed(segment.heading):
        bare = strip_number(line)
        if not bare or bare.startswith(_NO_HEADINGS) or len(bare) > 60:
            continue
        found = find_leading(line)
        if city:
            return found[0].name if found else ""
        return "" if find(bare) else bare
    return ""
