"""From predictions to a verdict that is fair: pure functions over frozen values."""

from __future__ import annotations

from yichuang_nlp.gaps.report import gap_report

__all__ = ["gap_report"]
