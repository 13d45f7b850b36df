"""`yichuang corpus check`: what a corpus must keep, looked at anew each time; an account, and an error if it fails."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from yichuang_nlp.artifact import write_whole
from yichuang_nlp.errors import CorpusError
from yichuang_nlp.scoring import LABELS
from yichuang_nlp.training.card import markdown_table
from yichuang_nlp.training.corpus import GENRES, TEST_PROGRAMMES, Example, read_corpus
from yichuang_nlp.training.metrics import as_index, macro_f1

__all__ = ["QUOTAS", "check_corpus", "fill_datasheet", "find_near_duplicates", "find_templates"]

# Shares of the genres that the corpus aims for, and how far off they may be (in points)
QUOTAS = {"briefing": 0.40, "ledger": 0.15, "report": 0.15, "reply": 0.20, "news": 0.10}
_QUOTA_SLACK = 0.05
_FRAME = 8  # characters that two texts may not share by habit
_FRAME_SHARE = 0.01
_FRAME_LEAST = 4  # texts: below this a share of 1% would forbid the second use of a ministry's name
_SHINGLE = 4
_SET_PHRASE = 10  # characters: two offices that write 尚未开展 have not copied from each other
_SIMILAR = 0.6  # Jaccard of character 4-grams: above it a reader takes one text for an edit of the other
# Names of offices and laws are long and recur by nature; a template is something else
_NAME = re.compile(r"中心|局|委员会|办公室|平台|公司|政府|条例|交易|领导小组|管理区|开发区|医院|资源|保障|系统")
_CHANCE = 1 / 3  # macro-F1 of guessing three labels by their shares
_LEAK = 0.10  # how far above that a classifier that sees only the dimension may be
# A surname and one or two characters before an office, or 同志: how a person would be named in such a text
_SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎"
    "余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文"
)
_PERSON = re.compile(
    rf"(?<![一-鿿])[{_SURNAMES}][一-鿿]{{1,2}}(?:同志|(?:市长|县长|区长|局长|书记|主任|处长)(?:带队|主持|调研|指出))"
    r"|1[3-9]\d{9}|\d{17}[\dXx]"
)


def _plain(text: str) -> str:
    return re.sub(r"[\d.,，。；;：:！!？?、“”\"'（）()〔〕《》\s%％]+", "", text)


def _shingles(text: str) -> set[str]:
    plain = _plain(text)
    return {plain[i : i + _SHINGLE] for i in range(len(plain) - _SHINGLE + 1)} or {plain}


def find_near_duplicates(examples: Sequence[Example], similar: float = _SIMILAR) -> list[tuple[int, int, float]]:
    """Return (index, index, Jaccard) of items whose texts are nearly the same, marked pairs left out.

    Candidates share a rare shingle, so that not every pair is compared.
    """
    sets = [_shingles(example.text) for example in examples]
    where: dict[str, list[int]] = defaultdict(list)
    for index, shingles in enumerate(sets):
        if len(_plain(examples[index].text)) >= _SET_PHRASE:
            for shingle in shingles:
                where[shingle].append(index)
    shared: Counter[tuple[int, int]] = Counter()
    for indices in where.values():
        if 1 < len(indices) <= 20:  # a shingle of twenty texts is a set phrase and proves nothing
            shared.update((a, b) for n, a in enumerate(indices) for b in indices[n + 1 :])
    found = []
    for (a, b), common in shared.items():
        jaccard = len(sets[a] & sets[b]) / len(sets[a] | sets[b])
        if common >= 2 and jaccard >= similar:
            found.append((a, b, jaccard))
    return sorted(found)


def find_templates(examples: Sequence[Example]) -> list[tuple[str, str, int]]:
    """Return (programme, frame, texts): runs of 8 characters that more than 1% of a programme's texts share."""
    found = []
    by_programme: dict[str, list[Example]] = defaultdict(list)
    for example in examples:
        by_programme[example.programme].append(example)
    for programme, group in by_programme.items():
        frames: Counter[str] = Counter()
        for text in {example.text for example in group}:
            frames.update({text[i : i + _FRAME] for i in range(len(text) - _FRAME + 1)})
        most = max(_FRAME_LEAST, _FRAME_SHARE * len(group))
        found += [
            (programme, frame, count) for frame, count in frames.items() if count > most and not _NAME.search(frame)
        ]
    return found


def leak_by_dimension(examples: Sequence[Example]) -> float:
    """Return macro-F1, on programmes not seen, of a classifier that sees only the dimension.

    Reports are left out: their heading is meant to tell the tense.
    """
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import GroupKFold, cross_val_predict
    from sklearn.pipeline import make_pipeline

    chosen = [example for example in examples if example.genre != "report" and example.label != "unstated"]
    gold = as_index([example.label for example in chosen])
    groups = [example.programme for example in chosen]
    if len(set(groups)) < 2:
        return 0.0
    names = [example.dimension for example in chosen]
    words = TfidfVectorizer(analyzer="char", ngram_range=(1, 2), min_df=2)
    pipeline = make_pipeline(words, LogisticRegression(max_iter=300))
    given = cross_val_predict(pipeline, names, gold, groups=groups, cv=GroupKFold(min(5, len(set(groups)))))
    return macro_f1(gold, given)


def check_corpus(path: Path) -> str:
    """Return the account of a corpus as Markdown; raise `CorpusError` that lists what it breaks."""
    examples = read_corpus(path)
    leak = leak_by_dimension(examples)
    faults = [*_find_faults(examples, leak)]
    account = _describe(examples, leak)
    if faults:
        shown = "\n".join(f"- {fault}" for fault in faults[:40])
        raise CorpusError(path, found=f"{len(faults)} faults:\n{shown}", expected="none", hint="see corpus/README.md")
    return account


_MARKS = "<!-- figures: written by `yichuang corpus {}`; do not edit -->", "<!-- end of {} -->"


def fill_datasheet(path: Path) -> Path:
    """Write the figures of the corpus in `path` into its README.md, between the two marks, and return its path."""
    from yichuang_nlp.training.agreement import describe_agreement

    examples = read_corpus(path)
    account = _describe(examples, leak_by_dimension(examples))
    return write_figures(path, "datasheet", f"{account}\n\nAgreement of the blind passes: {describe_agreement(path)}")


def write_figures(path: Path, command: str, figures: str) -> Path:
    """Put what `yichuang corpus COMMAND` found into the README.md of the corpus, between the command's two marks."""
    sheet = path / "README.md"
    text = sheet.read_text("utf-8")
    begin, end = (mark.format(command) for mark in _MARKS)
    if begin not in text or end not in text:
        raise CorpusError(sheet, found="no place for figures", expected=f"the lines {begin} and {end}")
    head, tail = text.split(begin)[0], text.split(end)[1]
    write_whole(sheet, f"{head}{begin}\n\n{figures}\n\n{end}{tail}".encode())
    return sheet


def _find_faults(examples: Sequence[Example], leak: float) -> Iterable[str]:
    for number, count in Counter(example.id for example in examples).items():
        if count > 1:
            yield f"id {number} stands {count} times"
    for example in examples:
        if match := _PERSON.search(example.text):
            yield f"{example.id}: names a person or number: {match.group()}"
        if not example.clauses:
            yield f"{example.id}: has no clause letters"
        if not example.passes:
            yield f"{example.id}: has no blind pass"
    seen: dict[tuple[str, str], str] = {}
    for example in examples:
        if (first := seen.setdefault(example.pair, example.id)) != example.id:
            yield f"{example.id}: the same dimension and text as {first}"
    for a, b, jaccard in find_near_duplicates(examples):
        one, other = examples[a], examples[b]
        if (one.programme in TEST_PROGRAMMES) != (other.programme in TEST_PROGRAMMES) or (
            one.programme != other.programme and jaccard >= 0.8
        ):
            yield f"{one.id} and {other.id} are near-duplicates ({jaccard:.2f}) across a split"
    for programme, frame, count in find_templates(examples):
        yield f"{programme}: {count} texts share the frame {frame!r}"
    genres = Counter(example.genre for example in examples)
    for genre, share in QUOTAS.items():
        if abs(genres[genre] / len(examples) - share) > _QUOTA_SLACK:
            yield f"{genre}: {genres[genre] / len(examples):.1%} of the items, aim {share:.0%}"
    if unknown := set(genres) - set(GENRES):
        yield f"unknown genre {sorted(unknown)[0]!r}"
    if leak - _CHANCE > _LEAK:
        yield f"the dimension alone gives macro-F1 {leak:.3f} (chance {_CHANCE:.3f}): it leaks the label"


def _describe(examples: Sequence[Example], leak: float) -> str:
    lengths = np.array([len(example.text) for example in examples])
    rows: list[list[object]] = []
    for genre in GENRES:
        group = [example for example in examples if example.genre == genre]
        if group:
            labels = Counter(example.label for example in group)
            shares = [f"{labels[label] / len(group):.0%}" for label in LABELS]
            rows.append([genre, len(group), f"{len(group) / len(examples):.1%}", *shares])
    traits = Counter(example.trait for example in examples)
    parts = [
        f"{len(examples)} items, {sum(len(e.clauses) for e in examples)} clauses, "
        f"{len({e.programme for e in examples})} programmes ({', '.join(TEST_PROGRAMMES)} kept as test), "
        f"{len({e.dimension for e in examples})} dimensions, {len({e.city for e in examples})} places",
        f"length {lengths.min()} to {lengths.max()} characters, median {int(np.median(lengths))}; "
        f"{(lengths > 80).mean():.0%} above 80, {(lengths < 25).mean():.0%} below 25",
        f"traits: misleading cue {traits['cue'] / len(examples):.1%}, same text under two dimensions "
        f"{traits['pair'] / len(examples):.1%}",
        f"a classifier that sees only the dimension: macro-F1 {leak:.3f}; chance {_CHANCE:.3f}",
        f"type-token ratio on 20,000 characters, words: {type_token_ratio([e.text for e in examples]):.3f}",
        markdown_table(("genre", "items", "share", *LABELS), rows),
    ]
    return "\n\n".join(parts)


def type_token_ratio(texts: Sequence[str], characters: int = 20_000, random_state: int = 0) -> float:
    """Return distinct words over words in a random sample of `characters` characters of `texts`."""
    from yichuang_nlp.text import load_segmenter

    order = np.random.default_rng(random_state).permutation(len(texts))
    sample = "".join(_plain(texts[i]) + "\n" for i in order)[:characters]
    words = [word for word in load_segmenter().cut(sample) if word.strip()]
    return len(set(words)) / max(len(words), 1)
