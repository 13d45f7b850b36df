"""The pictures of README and docs, drawn by the product itself."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from docs_house import draw_floors

from yichuang_nlp import GapReport, gap_report, load_model, read_briefing
from yichuang_nlp.reports import render_report

__all__ = ["PICTURES"]

ROOT = Path(__file__).parents[1]
SAMPLE = ROOT / "corpus" / "briefings" / "yijianshi-08.docx"


@lru_cache(maxsize=1)
def sample_report() -> GapReport:
    """Return the report of `make demo`."""
    briefing, model = read_briefing(SAMPLE), load_model()
    return gap_report(briefing, model.predict(briefing.cells), model=model.info)


PICTURES: dict[str, Callable[[], bytes]] = {
    "report.svg": lambda: render_report(sample_report(), ".svg", "zh", stem="report"),
    "report.en.svg": lambda: render_report(sample_report(), ".svg", "en", stem="report"),
    "ranking.svg": lambda: render_report(sample_report(), ".svg", "zh", stem="ranking"),
    "ranking.en.svg": lambda: render_report(sample_report(), ".svg", "en", stem="ranking"),
    "floors.svg": lambda: draw_floors("zh"),
    "floors.en.svg": lambda: draw_floors("en"),
}
