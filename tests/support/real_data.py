"""The folder of real recordings beside the checkout, if there is one."""

from __future__ import annotations

from pathlib import Path

import pytest

SHARED_DATA = Path(__file__).resolve().parents[2].parent / "shared" / "data"
WAND = "createai/ml-trainer__wand-data-samples.json"


def shared_data(name: str) -> Path:
    """A file of real recordings beside the checkout; skips the test if it is missing."""
    path = SHARED_DATA / name
    if not path.exists():
        pytest.skip(f"no real recordings beside the checkout ({name})")
    return path
