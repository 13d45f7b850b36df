"""Remarks on the reporting itself: copies, misplaced texts, vague words, blanks, cities left out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from math import log
from typing import Any

from yichuang_nlp.clauses import find_clauses
from yichuang_nlp.findings import Flag, QualityFlag
from yichuang_nlp.gaps.quotes import count_facts
from yichuang_nlp.records import Briefing, Prediction

__all__ = ["bigrams_of", "check_quality", "fingerprint_of"]

SHORTEST_COPY = 6  # letters; 已完成。 is no copy of anybody
# Motion without a thing: how it goes, not what is done. Nothing in such a clause can be checked.
_VAGUE = re.compile(
    r"""
      (?:有序|稳步|积极|扎实|深入|持续|全面|大力|加快|逐步|统筹|协同|协调|同步|全力|不断|按计划|正常)
      (?:地)?(?:推进|开展|落实|推动|实施|进行|完善|部署|展开)
    | 齐头并进 | 进展(?:顺利|良好) | 取得(?:良好|明显|积极|阶段性)?(?:成效|进展) | 高度重视 | 正在推进(?:中|之中)
    """,
    re.VERBOSE,
)
_BACKGROUND = re.compile(r"^(?:根据|按照|依据|为了?|围绕|结合|在)[^，。；]*")
# a thing named behind the vague words makes them concrete enough: 积极推进市民中心二期工程建设
_OBJECT = re.compile(r"^(?:中|之中|各项|相关|有关|改革|工作|落实|建设|任务|的|等|，|。|；|\s)*$")
# chosen on the sample briefings: a text must be clearly likelier elsewhere, by letter pairs that columns share
MISFIT_PER_PAIR = 0.45
MISFIT_TOTAL = 9.0
NAME_COUNTS_AS = 3


def fingerprint_of(text: str) -> str:
    """Return the letters and digits of a text, so that a stray comma or space hides no copy."""
    return "".join(filter(str.isalnum, text))


def bigrams_of(text: str) -> set[str]:
    """Return the pairs of neighbouring letters of a text."""
    letters = fingerprint_of(text)
    return {letters[i : i + 2] for i in range(len(letters) - 1)}


def check_quality(briefing: Briefing, predictions: Sequence[Prediction]) -> tuple[QualityFlag, ...]:
    """Return the remarks on one briefing, the gravest kinds first."""
    return (
        *_find_copies(predictions),
        *_find_misplaced(predictions, briefing.title),
        *_find_vague(predictions),
        *_find_without_status(predictions),
        *_find_doubts(predictions),
        *(QualityFlag(Flag.MISSING_CITY, (city,), ()) for city in briefing.missing_cities),
    )


def _names(predictions: Iterable[Prediction]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    cells = [prediction.cell for prediction in predictions]
    return tuple(dict.fromkeys(cell.city for cell in cells)), tuple(dict.fromkeys(cell.dimension for cell in cells))


def _find_copies(predictions: Sequence[Prediction]) -> list[QualityFlag]:
    """Return the texts that stand in more than one place: in one row, or in several."""
    places: dict[str, list[int]] = {}
    for index, prediction in enumerate(predictions):
        print_ = fingerprint_of(prediction.cell.text)
        if len(print_) >= SHORTEST_COPY and not prediction.cell.blank:
            places.setdefault(print_, []).append(index)
    in_row, across = [], []
    for found in places.values():
        if len(found) < 2:
            continue
        text = predictions[found[0]].cell.text.strip()
        cities, dimensions = _names(predictions[i] for i in found)
        for city in cities:
            own = [i for i in found if predictions[i].cell.city == city]
            _, under = _names(predictions[i] for i in own)
            if len(under) > 1:
                in_row.append(QualityFlag(Flag.SAME_TEXT_DIMENSIONS, (city,), under, text, "", tuple(own)))
        if len(cities) > 1:
            across.append(QualityFlag(Flag.SAME_TEXT_CITIES, cities, dimensions, text, "", tuple(found)))
    return in_row + sorted(across, key=lambda flag: -len(flag.cities))


def _find_misplaced(predictions: Sequence[Prediction], title: str) -> list[QualityFlag]:
    """Return the texts whose letter pairs are clearly likelier under another dimension than under their own.

    Each column is described by its name and by what the other cities wrote in it; the text's own city is left
    out, so that a copied row proves nothing. Words of the title name the programme and so fit every column.
    """
    columns = _Columns(predictions, title)
    if len(columns.names) < 2 or max(columns.sizes, default=0) < 3:
        return []
    by_city: dict[str, list[int]] = {}
    for index, prediction in enumerate(predictions):
        if columns.length(index) >= SHORTEST_COPY:
            by_city.setdefault(prediction.cell.city, []).append(index)
    flags = []
    for city, indices in by_city.items():
        for index, scores in zip(indices, columns.score(city, indices), strict=True):
            cell = predictions[index].cell
            best = max(range(len(scores)), key=scores.__getitem__)
            ahead = scores[best] - scores[columns.names.index(cell.dimension)]
            if ahead >= MISFIT_TOTAL and ahead / columns.length(index) >= MISFIT_PER_PAIR:
                own, better = (cell.dimension,), columns.names[best]
                flags.append(QualityFlag(Flag.OTHER_COLUMN, (city,), own, cell.text.strip(), better, (index,)))
    return sorted(flags, key=lambda flag: flag.cells)


class _Columns:
    """How many cities use each pair of letters in each column: a matrix, since every text asks about all of it.

    `sizes` are the cities that wrote something in each of the columns `names`.
    """

    def __init__(self, predictions: Sequence[Prediction], title: str) -> None:
        import numpy as np

        texts = [bigrams_of(prediction.cell.text) for prediction in predictions]
        rows = {pair: row for row, pair in enumerate(sorted(set().union(*texts)))}
        common = bigrams_of(title)
        counted = np.array([pair not in common for pair in rows], dtype=bool)
        self.names = list(dict.fromkeys(prediction.cell.dimension for prediction in predictions))
        place = {name: column for column, name in enumerate(self.names)}
        used: dict[str, dict[int, list[Any]]] = {}  # city -> column -> rows, an array for each text
        self._texts = []
        for prediction, pairs in zip(predictions, texts, strict=True):
            found = np.array(sorted(rows[pair] for pair in pairs), dtype=np.intp)
            self._texts.append(found[counted[found]])
            if pairs:
                own = used.setdefault(prediction.cell.city, {})
                own.setdefault(place[prediction.cell.dimension], []).append(found)
        self.sizes = [sum(column in own for own in used.values()) for column in range(len(self.names))]
        self._wrote = {city: set(own) for city, own in used.items()}
        self._used = {  # places in the matrix, each once
            city: np.unique(
                np.concatenate([found * len(self.names) + column for column in own for found in own[column]])
            )
            for city, own in used.items()
        }
        self._counts = np.zeros((len(rows), len(self.names)), dtype=np.int32)
        for city in used:
            self._add(city, 1)
        for name, column in place.items():
            self._counts[[rows[pair] for pair in bigrams_of(name) - common if pair in rows], column] += NAME_COUNTS_AS
        self._logs: dict[int, list[float]] = {}

    def _add(self, city: str, times: int) -> None:
        self._counts.reshape(-1)[self._used[city]] += times

    def length(self, index: int) -> int:
        """Return how many pairs the text at `index` has beside those of the title."""
        return len(self._texts[index])

    def score(self, city: str, indices: Iterable[int]) -> list[list[float]]:
        """Return the log likelihood in each column of each of these texts of `city`, the city itself left out."""
        import numpy as np

        sizes = [size - (column in self._wrote[city]) for column, size in enumerate(self.sizes)]
        for size in {*sizes} - {*self._logs}:
            total = size + NAME_COUNTS_AS + 1
            most = len(self._used) + NAME_COUNTS_AS
            self._logs[size] = [log((count + 0.5) / total) for count in range(most + 1)]
        logs = np.array([self._logs[size] for size in sizes])
        each = np.arange(len(sizes))
        self._add(city, -1)
        scores = [logs[each, self._counts[self._texts[index]]].sum(axis=0).tolist() for index in indices]
        self._add(city, 1)
        return scores


def _find_vague(predictions: Sequence[Prediction]) -> list[QualityFlag]:
    """Return the cells that tell of motion and give nothing that could be checked."""
    flags = []
    for index, prediction in enumerate(predictions):
        text = prediction.cell.text
        if prediction.status is None or prediction.status.value == "completed" or count_facts(text):
            continue
        words = []
        for start, end in find_clauses(text):
            clause = text[start:end]
            hit = _VAGUE.search(clause)
            if hit and _OBJECT.match(clause[hit.end() :].strip('”’"）) ')):
                words.append(hit.group())
            elif not _BACKGROUND.match(clause):
                words = []
                break
        if words:
            cell = prediction.cell
            detail = "、".join(dict.fromkeys(words))
            flags.append(QualityFlag(Flag.VAGUE, (cell.city,), (cell.dimension,), text.strip(), detail, (index,)))
    return flags


def _find_without_status(predictions: Sequence[Prediction]) -> list[QualityFlag]:
    """Return one remark a kind of blank, and one for each text that claims no progress."""
    flags = []
    kinds: dict[str, list[int]] = {}
    for index, prediction in enumerate(predictions):
        if prediction.cell.blank:
            kinds.setdefault(prediction.cell.blank.value, []).append(index)
        elif prediction.status is None:
            cell = prediction.cell
            flags.append(
                QualityFlag(Flag.UNSTATED, (cell.city,), (cell.dimension,), cell.text.strip(), prediction.why, (index,))
            )
    for kind, found in kinds.items():
        cities, dimensions = _names(predictions[i] for i in found)
        flags.append(QualityFlag(Flag.BLANK, cities, dimensions, "", kind, tuple(found)))
    return flags


def _find_doubts(predictions: Sequence[Prediction]) -> list[QualityFlag]:
    return [
        QualityFlag(
            Flag.READING,
            (prediction.cell.city,),
            (prediction.cell.dimension,),
            prediction.cell.text.strip(),
            "；".join(prediction.cell.flags),
            (index,),
        )
        for index, prediction in enumerate(predictions)
        if prediction.cell.flags
    ]
