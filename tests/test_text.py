"""Normalisation, clauses and words keep their place in the original text."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yichuang_nlp.clauses import find_clauses, join, split
from yichuang_nlp.text import load_segmenter, normalise, normalise_codes

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
    assert "".join(map(chr, normalise_codes(join([text]).codes))) == normalise(text + "\n")


@given(TEXTS)
def test_clauses_are_ordered_spans_that_lose_no_word(text: str) -> None:
    spans = find_clauses(text)
    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert all(end <= start for (_, end), (start, _) in pairwise(spans))
    covered = {position for start, end in spans for position in range(start, end)}
    lost = [text[i] for i in range(len(text)) if i not in covered and text[i].isalnum()]
    assert not lost
    assert all(text[start:end] == text[start:end].strip() for start, end in spans)


@given(st.lists(TEXTS, max_size=5))
def test_clauses_of_many_texts_are_those_of_each(texts: list[str]) -> None:
    joined = join(texts)
    clauses = split(joined)
    base = joined.base[clauses.item]
    found = list(zip(clauses.item.tolist(), (clauses.start - base).tolist(), (clauses.stop - base).tolist()))
    assert found == [(item, *span) for item, text in enumerate(texts) for span in find_clauses(text)]


@pytest.mark.parametrize(
    ("text", "clauses", "reason"),
    [
        ("已印发，正在办。", ["已印发，", "正在办。"], "the marks of the codebook"),
        ("办件1,263件,已办结", ["办件1,263件,", "已办结"], "a comma between digits is part of the number"),
        ("“已建成。”后续运维", ["“已建成。”", "后续运维"], "a closing quote goes with its clause"),
        ("已建成。……", ["已建成。……"], "marks without a word join their left neighbour"),
        ("6 月底前完成\n二期在建", ["6 月底前完成", "二期在建"], "a line break cuts"),
        ("已印发。”，正在办", ["已印发。”，", "正在办"], "marks behind a closing quote are no clause of their own"),
        ("金额1,2万元, 待批,", ["金额1,2万元,", "待批,"], "an ASCII comma cuts unless both neighbours are digits"),
        ("”已建成", ["”已建成"], "a closing quote that closes nothing stays"),
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
