"""Whatever grid a file holds, its reader gives back; whatever way a table runs, it gives the same cells."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from tests.forms import FORMS, Form
from yichuang_nlp.grids import tidy
from yichuang_nlp.limits import DEFAULT
from yichuang_nlp.places import find_all
from yichuang_nlp.readers.isolation import read_here
from yichuang_nlp.readers.sniff import find_format
from yichuang_nlp.records import Grid, Span
from yichuang_nlp.tables import read_tables

CITIES = ("杭州市", "宁波市", "温州市", "湖州市", "嘉兴市", "绍兴市", "金华市", "衢州市", "舟山市", "台州市", "丽水市")
DIMENSIONS = ("窗口设置", "办事指南制定", "配套制度建立", "信息系统对接", "乡镇延伸", "推进机制")
# What clerks type, and what formats have to escape.
TEXT = st.text(
    "已正拟建成完善方案月底前，。、；：（）“”《》—… 12390%.,;:|\\/<>&\"'#=+-_ABab\u3000\u00a0\n", max_size=24
)
PLAIN = st.text("已正拟建成完善方案月底前，。；（）19", max_size=30)


def rectangles(text: st.SearchStrategy[str], widest: int = 5) -> st.SearchStrategy[list[list[str]]]:
    sizes = st.tuples(st.integers(2, 5), st.integers(3, widest))
    return sizes.flatmap(
        lambda size: st.lists(st.lists(text, min_size=size[1], max_size=size[1]), min_size=size[0], max_size=size[0])
    )


def read_back(form: Form, rows: list[list[str]]) -> list[Grid]:
    with TemporaryDirectory() as folder:
        path = Path(folder) / f"grid{form.suffix}"
        form.write(path, rows, ("第一行",))
        # in this process: the child costs 60 ms an example and has its own tests
        return read_here(path, find_format(path), DEFAULT)


def texts_of(grids: list[Grid]) -> list[list[str]]:
    return [list(row) for grid in grids for row in grid.rows if any(row)]


@pytest.mark.parametrize("form", [f for f in FORMS if f.suffix != ".pdf"], ids=lambda form: form.name)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(rows=rectangles(TEXT))
def test_grids_come_back(form: Form, rows: list[list[str]]) -> None:
    # a header and a full last column: edges that no text holds open are not part of a table
    rows = [[f"列{k}" for k in range(len(rows[0]))], *rows]
    rows = [[*row, "末"] for row in rows]
    flat = form.suffix in {".txt"}
    want = [[tidy(cell.replace("\n", " ")) if flat else tidy(cell) for cell in row] for row in rows]
    got = texts_of(read_back(form, rows))
    assert got[-len(want) :] == want


@pytest.mark.parametrize("form", [f for f in FORMS if f.suffix == ".pdf"], ids=lambda form: form.name)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(rows=rectangles(PLAIN, widest=4))
def test_pages_come_back(form: Form, rows: list[list[str]]) -> None:
    rows = [[f"列{k}" for k in range(len(rows[0]))], *([f"行{k}", *row[1:]] for k, row in enumerate(rows))]
    whole: list[list[str]] = []
    for row in texts_of(read_back(form, rows)):
        if row[0] or not whole:
            whole.append(row)
        else:  # the rest of a row that the page cut
            whole[-1] = [upper + lower for upper, lower in zip(whole[-1], row, strict=True)]
    assert whole == rows


def matrices() -> st.SearchStrategy[tuple[tuple[str, ...], tuple[str, ...], list[list[str]]]]:
    def fill(axes: tuple[list[str], list[str]]) -> st.SearchStrategy[tuple[tuple[str, ...], ...]]:
        cities, dimensions = axes
        row = st.lists(TEXT.map(tidy), min_size=len(dimensions), max_size=len(dimensions))
        cells = st.lists(row, min_size=len(cities), max_size=len(cities))
        return st.tuples(st.just(tuple(cities)), st.just(tuple(dimensions)), cells)

    cities = st.lists(st.sampled_from(CITIES), min_size=2, max_size=11, unique=True)
    dimensions = st.lists(st.sampled_from(DIMENSIONS), min_size=2, max_size=6, unique=True)
    return st.tuples(cities, dimensions).flatmap(fill)  # type: ignore[arg-type]


def triples(grids: list[Grid]) -> list[tuple[str, str, str]]:
    return sorted((cell.city, cell.dimension, cell.text) for cell in read_tables(grids).cells)


@settings(max_examples=60, deadline=None)
@example((CITIES[:3], DIMENSIONS[:2], [["已建成", ""], ["", ""], ["", ""]]), 1)  # a page that begins with blanks:
@example((CITIES[:3], DIMENSIONS[:2], [["已建成", ""], ["", ""], ["", "在建"]]), 1)  # its names are no titles
@given(matrices(), st.integers(0, 10))
def test_every_way_a_table_runs_gives_the_same_cells(
    matrix: tuple[tuple[str, ...], tuple[str, ...], list[list[str]]], cut: int
) -> None:
    cities, dimensions, cells = matrix
    assume(not any(find_all(text) for row in cells for text in row))
    want = sorted((c, d, cells[i][j]) for i, c in enumerate(cities) for j, d in enumerate(dimensions))
    head = ("地区", *dimensions)
    body = [(city, *row) for city, row in zip(cities, cells, strict=True)]
    down = (head, *body)
    assert triples([Grid("a", 1, down)]) == want
    assert triples([Grid("a", 1, tuple(zip(*down, strict=True)))]) == want
    cut = min(cut, len(body) - 1)
    if cut:
        pieces = [Grid("a", 1, (head, *body[:cut])), Grid("a", 2, (head, *body[cut:]))]
        assert triples(pieces) == want
        assert triples([pieces[0], Grid("a", 2, tuple(body[cut:]))]) == want
    long = [("地区", "事项", "进展情况")]
    spans = []
    for city, row in zip(cities, cells, strict=True):
        spans.append(Span(len(long), 0, len(row), 1))
        long += [(city if k == 0 else "", d, text) for k, (d, text) in enumerate(zip(dimensions, row, strict=True))]
    assert triples([Grid("a", 1, tuple(long), (), tuple(spans))]) == want


@settings(max_examples=60, deadline=None)
@given(rectangles(st.one_of(TEXT.map(tidy), st.sampled_from((*CITIES, *DIMENSIONS, "地区", "合计", "备注", "")))))
def test_any_grid_is_read_or_left_out_with_every_text_accounted_for(rows: list[list[str]]) -> None:
    reading = read_tables([Grid("a", 1, tuple(map(tuple, rows)))])  # CountMismatch would fail here
    texts = {cell for row in rows for cell in row}
    assert all(cell.text in texts or "\n" in cell.text for cell in reading.cells)
    assert len({cell.address for cell in reading.cells}) == len(reading.cells)
