"""What every test may ask for."""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def shared() -> Path:
    """Return the folder of recorded and official payloads, which lies beside the checkout."""
    folder = ROOT.parent / "shared"
    if not (folder / "specs").is_dir():
        pytest.skip("the recorded payloads are not beside this checkout")
    return folder
