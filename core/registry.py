"""Discovers plugins, loads them, and answers for the channels and the folders of rulepacks they bring.

Built-in plugins are the folders of the package `plugins`; others come by the entry point group `marketwright`.
A plugin is taken whole or not at all: one that cannot be imported, breaks the contract or wants a channel name
that is taken is quarantined with the reason, and the server starts without it. Built-in plugins come first and
the others in the order of their names, so it is the same one each time, and none displaces a built-in channel.
"""

from __future__ import annotations

import importlib
import importlib.metadata
import logging
import pkgutil
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import msgspec
import pluggy

from core import hookspecs
from core.channel import Channel, SignIn
from core.errors import NotFound, PluginError

log = logging.getLogger("marketwright.registry")

_NAME = re.compile(r"[a-z][a-z0-9_]{1,39}")
_NEEDED = ("hosts", "pace", "test_credentials", "pull_products", "pull_one")
_TOGETHER = (
    ("read_webhook", "read_event"),
    ("register_webhooks", "read_webhook"),
    ("repair_webhooks", "register_webhooks"),
    ("push_products", "push_product"),
)
"""Who has the first function needs the second."""
_DATA = ("name", "title", "settings", "sign_in", "docs_url")


class Quarantined(msgspec.Struct, frozen=True):
    """A plugin that is not used. `origin` is its module or entry point, `reason` what is to be mended."""

    name: str
    origin: str
    reason: str


@dataclass(frozen=True)
class Candidate:
    """A plugin before it is loaded."""

    name: str
    origin: str
    load: Callable[[], object]


@dataclass(frozen=True)
class Registry:
    """What is installed: channels by name with the origin of each, and what was quarantined.

    `rulepacks` are the folders that plugins hand over, with the origin of each.
    """

    by_name: Mapping[str, Channel] = field(default_factory=dict)
    origins: Mapping[str, str] = field(default_factory=dict)
    quarantined: tuple[Quarantined, ...] = ()
    rulepacks: Mapping[Path, str] = field(default_factory=dict)

    @classmethod
    def discover(cls, builtin_package: str = "plugins", entry_point_group: str = "marketwright") -> Registry:
        """Load every plugin of this installation."""
        return cls.load([*builtin(builtin_package), *installed(entry_point_group)])

    @classmethod
    def load(cls, candidates: Iterable[Candidate]) -> Registry:
        """Load `candidates` in their order; quarantine the ones that fail and say so in the log."""
        manager = pluggy.PluginManager("marketwright")
        manager.add_hookspecs(hookspecs)
        channels: dict[str, Channel] = {}
        origins: dict[str, str] = {}
        quarantined: list[Quarantined] = []
        rulepacks: dict[Path, str] = {}
        for candidate in candidates:
            try:
                brought, folders = _bring(manager, candidate)
                _refuse_taken(brought, origins)
            # A plugin is foreign code: it may fail, or exit, in any way, and the server must start all the same.
            except (Exception, SystemExit) as error:  # noqa: BLE001
                reason = error.message if isinstance(error, PluginError) else f"{type(error).__name__}: {error}"
                log.error("plugin %s (%s) is quarantined: %s", candidate.name, candidate.origin, reason)
                quarantined.append(Quarantined(candidate.name, candidate.origin, reason))
                continue
            channels |= {channel.name: channel for channel in brought}
            origins |= {channel.name: candidate.origin for channel in brought}
            rulepacks |= {folder: candidate.origin for folder in folders if folder not in rulepacks}
        return cls(channels, origins, tuple(quarantined), rulepacks)

    @property
    def channels(self) -> tuple[Channel, ...]:
        """Every channel, by name."""
        return tuple(self.by_name[name] for name in sorted(self.by_name))

    def channel(self, name: str) -> Channel:
        """Return the channel `name`, or raise NotFound saying which there are."""
        if name not in self.by_name:
            known = ", ".join(sorted(self.by_name)) or "none"
            raise NotFound(f"there is no channel {name!r}; installed are: {known}")
        return self.by_name[name]


def builtin(package: str) -> Iterator[Candidate]:
    """Yield the folders of `package`, by name."""
    path = importlib.import_module(package).__path__
    for name in sorted(module.name for module in pkgutil.iter_modules(path) if module.ispkg):
        module = f"{package}.{name}"
        yield Candidate(name, module, lambda module=module: importlib.import_module(module))  # type: ignore[misc]


def installed(group: str) -> Iterator[Candidate]:
    """Yield the entry points of `group`, by name."""
    for point in sorted(importlib.metadata.entry_points(group=group), key=lambda point: (point.name, point.value)):
        package = f"{point.dist.name} {point.dist.version}" if point.dist else "an unknown package"
        yield Candidate(point.name, f"{point.value} of {package}", point.load)


def _bring(manager: pluggy.PluginManager, candidate: Candidate) -> tuple[list[Channel], list[Path]]:
    """Load one plugin and return the channels and the folders of rulepacks that it registers, each one checked."""
    plugin = candidate.load()
    others = manager.get_plugins()
    manager.register(plugin, name=candidate.origin)
    brought: list[Channel] = []
    manager.subset_hook_caller("register_channels", remove_plugins=others)(register=brought.append)
    for channel in brought:
        check(channel)
    folders: list[Path] = []
    manager.subset_hook_caller("register_rulepacks", remove_plugins=others)(register=folders.append)
    for folder in folders:
        if not isinstance(folder, Path) or not folder.is_absolute():
            raise PluginError(f"register_rulepacks takes the absolute path of a folder, not {folder!r}")
    return brought, folders


def _refuse_taken(brought: list[Channel], origins: Mapping[str, str]) -> None:
    names = [channel.name for channel in brought]
    for name in names:
        if name in origins:
            raise PluginError(f"the channel name {name!r} is taken by {origins[name]}; one of the two must go")
        if names.count(name) > 1:
            raise PluginError(f"it registers the channel name {name!r} twice")


def check(channel: Any) -> None:
    """Raise PluginError where `channel` breaks the contract of `core.channel`."""
    if not isinstance(channel, Channel):
        raise PluginError(f"register() takes a Channel, not {type(channel).__name__}")
    if not isinstance(channel.name, str) or not _NAME.fullmatch(channel.name):
        raise PluginError(f"the channel name {channel.name!r} is not 2 to 40 of a-z, 0-9 and _, a letter first")
    if not (isinstance(channel.settings, type) and issubclass(channel.settings, msgspec.Struct)):
        raise PluginError(f"channel {channel.name}: settings is not a msgspec.Struct class")
    for one in fields(channel):
        value = getattr(channel, one.name)
        if one.name in _NEEDED and not callable(value):
            raise PluginError(f"channel {channel.name} lacks the function {one.name}")
        if one.name not in _DATA and value is not None and not callable(value):
            raise PluginError(f"channel {channel.name}: {one.name} is not a function")
    _check_sign_in(channel)
    for first, second in _TOGETHER:
        if getattr(channel, first) is not None and getattr(channel, second) is None:
            raise PluginError(f"channel {channel.name} has {first}, which needs {second}")


def _check_sign_in(channel: Channel) -> None:
    if channel.sign_in is None:
        return
    if not isinstance(channel.sign_in, SignIn):
        raise PluginError(f"channel {channel.name}: sign_in is not a SignIn")
    unknown = sorted(set(channel.sign_in.needs) - set(channel.settings.__struct_fields__))
    if unknown:
        raise PluginError(f"channel {channel.name}: sign_in needs {unknown[0]}, which is no setting")
