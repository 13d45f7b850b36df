"""Normalisation, clauses and words keep their place in the original text."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yichuang_nlp.text import find_clauses, load_segmenter, normalise, normalise_codes

TEXTS = st.text(
    st.one_of(
        st.sampled_from("已正将拟未在建设窗口，。；！？,;!?\n 1２0.%％“”（）()〔〕〇　abＡ"),
        st.characters(codec="utf-16", exclude_categories=("Cs",)),
    ),
    max_size=80,
)


@given(TEXTS)
def test_normalisation_keeps_every_offset(text: str) -> None:
    assert len(normalise(text)) == len(text)
    assert "".join(map(chr, normalise_codes(text))) == normalise(text)


@given(TEXTS)
def test_clauses_are_ordered_spans_that_lose_no_word(text: str) -> None:
    spans = find_clauses(text)
    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert all(end <= start for (_, end), (start, _) in pairwise(spans))
    covered = {position for start, end in spans for position in range(start, end)}
    lost = [text[i] for i in range(len(text)) if i not in covered and text[i].isalnum()]
    assert not lost
    assert all(text[start:end] == text[start:end].strip() for start, end in spans)


@pytest.mark.parametrize(
    ("text", "clauses", "reason"),
    [
        ("已印发，正在办。", ["已印发，", "正在办。"], "the marks of the codebook"),
        ("办件1,263件,已办结", ["办件1,263件,", "已办结"], "a comma between digits is part of the number"),
        ("“已建成。”后续运维", ["“已建成。”", "后续运维"], "a closing quote goes with its clause"),
        ("已建成。……", ["已建成。……"], "marks without a word join their left neighbour"),
        ("6 月底前完成\n二期在建", ["6 月底前完成", "二期在建"], "a line break cuts"),
        ("", [], "nothing"),
        ("，。；", [], "no word at all"),
    ],
)
def test_clause_cases(text: str, clauses: list[str], reason: str) -> None:
    assert [text[start:end].strip("\n") for start, end in find_clauses(text)] == clauses, reason


@settings(max_examples=200, deadline=None)
@given(st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), max_size=40))
def test_both_segmenters_cut_alike_and_lose_nothing(text: str) -> None:
    pytest.importorskip("rjieba", reason="the fast extra is not installed")
    rust, python = load_segmenter("rust"), load_segmenter("python")
    assert rust.name != python.name
    assert rust.cut(text) == python.cut(text)
    assert "".join(rust.cut(text)) == text
