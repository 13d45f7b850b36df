"""One file to one report, and the plain sentences that the command line says about it."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from yichuang_nlp.errors import BadOption
from yichuang_nlp.findings import GapReport, LaggingRule
from yichuang_nlp.gaps import gap_report
from yichuang_nlp.notes import render_note
from yichuang_nlp.readers import read_briefing
from yichuang_nlp.records import Briefing

if TYPE_CHECKING:
    from yichuang_nlp.classifier import Explanation, StatusModel

__all__ = [
    "Config",
    "describe_explanation",
    "describe_reading",
    "make_report",
    "outputs_for",
    "read_config",
]


@dataclass(frozen=True, slots=True)
class Config:
    """What a TOML sets: `[weights]` of dimensions (others count 1) and the `[rule]` of lagging."""

    weights: dict[str, float] | None = None
    rule: LaggingRule = field(default_factory=LaggingRule)


def read_config(path: Path | None) -> Config:
    """Return the configuration in `path`, or the default one for None."""
    if path is None:
        return Config()
    toml: Any = import_module("tomllib" if sys.version_info >= (3, 11) else "tomli")
    try:
        raw = toml.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise BadOption(path, found=str(error), expected="a TOML file with [weights] and [rule]") from error
    known = {one.name for one in fields(LaggingRule)}
    rule, weights = raw.pop("rule", {}), raw.pop("weights", None)
    for name in [*raw, *(name for name in rule if name not in known)]:
        keys = ", ".join(sorted(known))
        raise BadOption(path, found=f"the key {name!r}", expected=f"[weights], and in [rule] {keys}")
    for name, value in [*rule.items(), *(weights or {}).items()]:
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise BadOption(path, found=f"{name} = {value!r}", expected="a number")
    return Config(weights, LaggingRule(**rule))


def make_report(
    file: Path, model: StatusModel, *, previous: Sequence[Path] = (), config: Path | None = None,
    as_of: date | None = None, strict: bool = False,
) -> GapReport:  # fmt: skip
    """Read `file`, score its cells and weigh them; `previous` are earlier issues, oldest first."""
    settings = read_config(config)
    briefing = read_briefing(file, strict=strict)
    if as_of is not None:
        briefing = replace(briefing, as_of=as_of, as_of_assumed=False)
    options: dict[str, Any] = {}
    if previous:
        earlier = [read_briefing(path, strict=strict) for path in previous]
        options["previous"] = [
            gap_report(one, model.predict(one.cells), rule=settings.rule, model=model.info) for one in earlier
        ]
    return gap_report(
        briefing, model.predict(briefing.cells), rule=settings.rule, weights=settings.weights, model=model.info,
        **options,
    )  # fmt: skip


def outputs_for(file: Path, outputs: Sequence[Path], *, single: bool) -> list[Path]:
    """Return where the reports of `file` go: to `outputs`, with the file's name in between if there are several.

    >>> outputs_for(Path("a.docx"), [Path("out/r.html")], single=False)[0].as_posix()
    'out/r-a.html'
    """
    if single:
        return list(outputs)
    return [target.with_name(f"{target.stem}-{file.stem}{target.suffix}") for target in outputs]


_COUNTS = {
    "zh": "表 {0.tables} · 行 {0.rows} · 单元格 {0.cells} · 空白 {0.blank} · 去掉重复表头 {0.dropped_headers}",
    "en": "tables {0.tables} · rows {0.rows} · cells {0.cells} · blank {0.blank} · headers again {0.dropped_headers}",
}


def describe_reading(briefing: Briefing, lang: str = "zh") -> list[str]:
    """Return what was read, reconciled: one line of counts, then the doubts and the notes."""
    reading = briefing.reading
    head = f"{Path(briefing.source).name}: {_COUNTS[lang].format(reading)}"
    return [head, *(f"  {render_note(note, lang)}" for note in (*reading.doubts, *reading.notes))]


_ASPECT = {
    "zh": {"d": "已成", "o": "在办", "f": "待办", "n": "无事"},
    "en": {"d": "done", "o": "under way", "f": "ahead", "n": "no event"},
}
_ROLE = {
    "zh": {"s": "事项本身", "p": "准备步骤", "b": "背景"},
    "en": {"s": "the matter", "p": "a step towards it", "b": "background"},
}
_WHY = {
    "zh": {
        "ambiguous": "两可", "unstated": "未说明进展", "unfamiliar": "用词陌生", "no_words": "没有文字",
    },
    "en": {
        "ambiguous": "could be either", "unstated": "no progress stated", "unfamiliar": "unfamiliar words",
        "no_words": "no words",
    },
}  # fmt: skip


# what moved a clause without standing in it: feature families by the names that evidence gives them
_FAMILY_ZH = {
    "[place]": "〔位置〕", "[dimension]": "〔维度〕", "[scope]": "〔前文时态〕", "[group_x_kind]": "〔动词与维度〕",
}  # fmt: skip


def describe_explanation(explanation: Explanation, lang: str = "zh") -> list[str]:
    """Return an explanation as lines: status, probabilities, then each clause with what moved it."""
    prediction = explanation.prediction
    zh = lang == "zh"
    name = (
        (prediction.status.zh if zh else prediction.status.value)
        if prediction.status
        else ("不知道" if zh else "unknown")
    )
    shares = " · ".join(f"{s.zh if zh else s.value} {p:.0%}" for s, p in prediction.proba.items())
    lines = [f"{name}（{shares}）" if zh else f"{name} ({shares})"]
    if prediction.needs_review:
        reasons = ", ".join(_WHY[lang].get(reason, reason) for reason in prediction.review_reasons)
        lines.append(("请人工复核：" if zh else "needs review: ") + reasons)
    for clause in explanation.evidence:
        lines.append(
            f"[{clause.start}:{clause.end}] {clause.text}  {_ASPECT[lang][clause.aspect]}/{_ROLE[lang][clause.role]}  "
            f"{clause.weight:+.2f}"
        )
        names = [_FAMILY_ZH.get(cue.name, cue.name) if zh else cue.name for cue in clause.cues]
        cues = ", ".join(f"{cue} {found.weight:+.2f}" for cue, found in zip(names, clause.cues))
        if cues:
            lines.append(f"    {cues}")
    return lines
