"""What all tests share: where the repo and the real briefing are."""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared"


@pytest.fixture
def real_briefing() -> Path:
    """The real briefing beside a developer's checkout; a fresh clone has none."""
    path = SHARED / "briefings" / "zuiduo-paoyici-21.txt"
    if not path.is_file():
        pytest.skip("../shared is not beside this checkout: the real briefing is not part of the repo")
    return path
