"""The rulepacks that travel with the program, handed over as any plugin hands over its own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from marketwright import hookimpl

FOLDER = Path(__file__).resolve().parents[2] / "rulepacks"


@hookimpl
def register_rulepacks(register: Callable[[Path], None]) -> None:
    """Bring the packs of the channels that the program knows."""
    register(FOLDER)
