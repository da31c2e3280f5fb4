"""The rulepacks of an installation: those that travel with the program, those of plugins, and its own folders."""

from __future__ import annotations

import importlib
import importlib.metadata
from collections.abc import Mapping
from pathlib import Path

import core
from config.settings import Settings
from core.errors import ConfigurationError
from core.rules.folders import PackFolder
from core.rules.packs import Library

RULEPACKS = Path(core.__file__).parents[1] / "rulepacks"
"""The rulepacks: beside the packages, in a checkout and in an installed wheel alike."""


def library(settings: Settings, *more: Path) -> Library:
    """Open the rulepacks of an installation, and of the folders named besides.

    Plugins are imported only where others than ours are installed: that doubles the start of a command.
    """
    brought: Mapping[Path, str] = {RULEPACKS: "plugins.rulepacks"}
    if importlib.metadata.entry_points(group="marketwright"):
        brought = importlib.import_module("core.registry").Registry.discover().rulepacks
    return Library.open([*folders(brought, settings), *map(PackFolder, more)])


def folders(brought: Mapping[Path, str], settings: Settings) -> list[PackFolder]:
    """Return the folders that plugins bring and, after them, the installation's own."""
    own = [Path(folder).expanduser().resolve() for folder in settings.rulepacks.folders]
    for folder in own:
        if not folder.is_dir():
            raise ConfigurationError(f"rulepacks.folders: there is no folder {folder}")
    return [*(PackFolder(folder, origin) for folder, origin in brought.items()), *map(PackFolder, own)]
