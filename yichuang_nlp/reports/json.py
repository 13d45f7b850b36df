"""The report as JSON: the contract that other programs lean on (keys may be added, none renamed)."""

from __future__ import annotations

import json
from dataclasses import fields
from typing import Any

from yichuang_nlp.findings import (
    Change,
    CityProgress,
    Commitment,
    DimensionSummary,
    Gap,
    GapReport,
    Leader,
    QualityFlag,
    Quantity,
)
from yichuang_nlp.notes import render_note
from yichuang_nlp.records import Prediction, Status
from yichuang_nlp.reports.prose import describe_flag, describe_reason, headline
from yichuang_nlp.reports.wording import Lang

__all__ = ["FORMAT", "build_document", "render_json"]

FORMAT = 1


def render_json(report: GapReport, lang: Lang = "zh") -> str:
    """Return the report as a JSON text; `lang` touches the sentences in it only, never a key or a status."""
    return json.dumps(build_document(report, lang), ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def build_document(report: GapReport, lang: Lang = "zh") -> dict[str, Any]:
    """Return the report as plain dicts and lists."""
    briefing, reading = report.briefing, report.briefing.reading
    return {
        "format": FORMAT,
        "lang": lang,
        "briefing": {
            "title": briefing.title,
            "issue": briefing.issue,
            "as_of": _day(briefing.as_of),
            "as_of_assumed": briefing.as_of_assumed,
            "published": _day(briefing.published),
            "publisher": briefing.publisher,
            "source": briefing.source,
            "missing_cities": list(briefing.missing_cities),
        },
        "reading": {
            "tables": reading.tables,
            "rows": reading.rows,
            "cells": reading.cells,
            "blank": reading.blank,
            "dropped_headers": reading.dropped_headers,
            "joined": reading.joined,
            "skipped_rows": reading.skipped_rows,
            "blanks": dict(reading.blanks),
            "doubts": [render_note(note, lang) for note in reading.doubts],
            "notes": [render_note(note, lang) for note in reading.notes],
        },
        "headline": headline(report, lang),
        "cells": [_cell(prediction) for prediction in report.predictions],
        "cities": [_city(city, lang) for city in report.cities],
        "median_steps": _round(report.median),
        "dimensions": [_dimension(summary) for summary in report.dimensions],
        "commitments": [_commitment(commitment) for commitment in report.commitments],
        "quantities": [_quantity(quantity) for quantity in report.quantities],
        "quality": [_flag(flag, lang) for flag in report.quality],
        "change": _change(report.change) if report.change else None,
        "history": [
            {
                "title": issue.title,
                "issue": issue.issue,
                "as_of": _day(issue.as_of),
                "progress": {city: _round(value) for city, value in issue.progress.items()},
            }
            for issue in report.history
        ],
        "rule": {item.name: getattr(report.rule, item.name) for item in fields(report.rule)},
        "weights": dict(report.weights),
        "random_state": report.random_state,
        "model": (
            {"name": report.model.name, "version": report.model.version, "sha256": report.model.sha256}
            if report.model
            else None
        ),
    }


def _round(value: float | None) -> float | None:
    return None if value is None else round(value, 6)


def _day(value: Any) -> str | None:
    return value.isoformat() if value else None


def _counts(counts: Any) -> dict[str, int]:
    return {status.value: counts.get(status, 0) for status in Status}


def _cell(prediction: Prediction) -> dict[str, Any]:
    cell = prediction.cell
    shown: dict[str, Any] = {
        "city": cell.city,
        "dimension": cell.dimension,
        "text": cell.text,
        "status": prediction.status.value if prediction.status else None,
        "proba": (
            {status.value: _round(prediction.proba.get(status, 0.0)) for status in Status} if prediction.proba else None
        ),
        "needs_review": prediction.needs_review,
        "evidence": [
            {
                "start": piece.start,
                "end": piece.end,
                "text": piece.text,
                "status": piece.status.value if piece.status else None,
                "aspect": piece.aspect,
                "role": piece.role,
                "weight": _round(piece.weight),
            }
            for piece in prediction.evidence
        ],
        "address": str(cell.address),
        "place": {item.name: getattr(cell.address, item.name) for item in fields(cell.address)},
        "p_unstated": _round(prediction.p_unstated),
        "options": [status.value for status in prediction.options],
        "review_reasons": list(prediction.review_reasons),
        "flags": list(cell.flags),
    }
    if prediction.status is None:
        shown["why"] = prediction.why or (cell.blank.value if cell.blank else "unstated")
        shown["blank"] = cell.blank.value if cell.blank else None
    return shown


def _gap(gap: Gap) -> dict[str, Any]:
    return {
        "city": gap.city,
        "dimension": gap.dimension,
        "status": gap.status.value,
        "reference": gap.reference.value,
        "steps": gap.steps,
        "chance": _round(gap.chance),
        "quote": gap.quote,
        "cell": gap.cell,
        "needs_review": gap.needs_review,
    }


def _city(city: CityProgress, lang: Lang) -> dict[str, Any]:
    return {
        "city": city.city,
        "progress": _round(city.progress),
        "progress_interval": None if city.low is None else [_round(city.low), _round(city.high)],
        "rank": city.rank,
        "rank_interval": None if city.rank_low is None else [city.rank_low, city.rank_high],
        "lagging": city.lagging,
        "verdict": city.verdict.value,
        "steps": _round(city.steps),
        "steps_behind": _round(city.behind),
        "chance": _round(city.chance),
        "cells": city.cells,
        "unusable": city.unusable,
        "coverage": _round(city.coverage),
        "counts": _counts(city.counts),
        "reasons": [describe_reason(gap, lang) for gap in city.reasons],
        "gaps": [_gap(gap) for gap in city.reasons],
    }


def _leader(leader: Leader) -> dict[str, Any]:
    return {
        "city": leader.city,
        "status": leader.status.value,
        "facts": leader.concrete,
        "quote": leader.quote,
        "cell": leader.cell,
    }


def _dimension(summary: DimensionSummary) -> dict[str, Any]:
    return {
        "dimension": summary.dimension,
        "leaders": [leader.city for leader in summary.leaders],
        "behind": [gap.city for gap in summary.behind],
        "weight": summary.weight,
        "counts": _counts(summary.counts),
        "without": summary.without,
        "median": summary.median.value if summary.median else None,
        "progress": _round(summary.progress),
        "leader_details": [_leader(leader) for leader in summary.leaders],
        "gaps": [_gap(gap) for gap in summary.behind],
    }


def _commitment(commitment: Commitment) -> dict[str, Any]:
    return {
        "city": commitment.city,
        "dimension": commitment.dimension,
        "promise": commitment.promise,
        "deadline": commitment.deadline.text,
        "date": _day(commitment.deadline.date),
        "precision": commitment.deadline.precision.value,
        "due": commitment.due.value,
        "days": commitment.days,
        "start": commitment.start,
        "end": commitment.end,
        "cell": commitment.cell,
    }


def _quantity(quantity: Quantity) -> dict[str, Any]:
    return {
        "city": quantity.city,
        "dimension": quantity.dimension,
        "text": quantity.text,
        "value": quantity.value,
        "unit": quantity.unit,
        "what": quantity.what,
        "whole": quantity.whole,
        "share": _round(quantity.share),
        "start": quantity.start,
        "end": quantity.end,
        "cell": quantity.cell,
    }


def _flag(flag: QualityFlag, lang: Lang) -> dict[str, Any]:
    return {
        "kind": flag.kind.value,
        "cities": list(flag.cities),
        "dimensions": list(flag.dimensions),
        "text": flag.text,
        "detail": flag.detail,
        "says": describe_flag(flag, lang),
        "cells": list(flag.cells),
    }


def _change(change: Change) -> dict[str, Any]:
    return {
        "title": change.title,
        "issue": change.issue,
        "as_of": _day(change.as_of),
        "compared": change.compared,
        "new_cities": list(change.new_cities),
        "lost_cities": list(change.lost_cities),
        "new_dimensions": list(change.new_dimensions),
        "lost_dimensions": list(change.lost_dimensions),
        "cells": [
            {
                "city": cell.city,
                "dimension": cell.dimension,
                "move": cell.move.value,
                "before": cell.before.value,
                "after": cell.after.value,
                "before_text": cell.before_text,
                "after_text": cell.after_text,
                "cell": cell.cell,
            }
            for cell in change.cells
        ],
        "commitments": [
            {
                "outcome": item.outcome.value,
                "before": _commitment(item.before),
                "after": _commitment(item.after) if item.after else None,
                "text": item.text,
                "cell": item.cell,
            }
            for item in change.commitments
        ],
        "ranks": [
            {
                "city": rank.city,
                "before": rank.before,
                "after": rank.after,
                "progress_before": _round(rank.progress_before),
                "progress_after": _round(rank.progress_after),
            }
            for rank in change.ranks
        ],
    }
