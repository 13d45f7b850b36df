"""Reads briefings on reform (cities x dimensions) and reports who is behind, with the quote behind every light.

>>> import yichuang_nlp
>>> model = yichuang_nlp.load_model()
>>> model.explain("已部署各县做好延伸工作。", "向乡镇延伸情况").prediction.status.zh
'计划'
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from yichuang_nlp._version import __version__
from yichuang_nlp.errors import YichuangError

if TYPE_CHECKING:
    from yichuang_nlp.cellfile import score_frame
    from yichuang_nlp.classifier import load_model, predictions_to_frame
    from yichuang_nlp.findings import GapReport, LaggingRule
    from yichuang_nlp.gaps import gap_report
    from yichuang_nlp.readers import read_briefing
    from yichuang_nlp.records import Briefing, Cell, Status
    from yichuang_nlp.reports import write_report

__all__ = [
    "Briefing",
    "Cell",
    "GapReport",
    "LaggingRule",
    "Status",
    "YichuangError",
    "gap_report",
    "load_model",
    "predictions_to_frame",
    "read_briefing",
    "score_frame",
    "write_report",
]

# name -> module, imported when first asked for: `import yichuang_nlp` costs nothing
_LAZY = {
    "Briefing": "records",
    "Cell": "records",
    "GapReport": "findings",
    "LaggingRule": "findings",
    "Status": "records",
    "gap_report": "gaps",
    "load_model": "classifier",
    "predictions_to_frame": "classifier",
    "read_briefing": "readers",
    "score_frame": "cellfile",
    "write_report": "reports",
}


def __getattr__(name: str) -> Any:
    if name == "__version__":
        return __version__
    if name not in _LAZY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_LAZY[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
