"""The settings of one call, for commands that start without a database."""

from __future__ import annotations

from pathlib import Path

import click

from config import layers
from config.settings import Settings


def settings_of(ctx: click.Context) -> Settings:
    """Return the settings in force for this call."""
    file: Path | None = ctx.find_root().obj
    return layers.load(file)
