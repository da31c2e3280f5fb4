"""What travels with the program besides its code."""

from __future__ import annotations

from pathlib import Path

import core
from core.rules.packs import Library

RULEPACKS = Path(core.__file__).parents[1] / "rulepacks"
"""The rulepacks: beside the packages, in a checkout and in an installed wheel alike."""


def library() -> Library:
    """Open the packaged rulepacks."""
    return Library.open([RULEPACKS])
