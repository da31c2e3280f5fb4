"""Plugins: found, checked, quarantined."""

from __future__ import annotations

import dataclasses
import importlib
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import msgspec
import pytest

from core.channel import Channel, SignIn
from core.errors import NotFound
from core.hookspecs import hookimpl
from core.registry import Candidate, Registry, installed


class Settings(msgspec.Struct):
    """No settings."""


async def _none(*_: object) -> Any:
    return None


SIGN_IN = SignIn(needs=("shop",), authorise=lambda *_: "", state_of=lambda _: "", accept=_none)


def make_channel(name: str, **changes: Any) -> Channel:
    channel = Channel(
        name=name,
        title=name.title(),
        settings=Settings,
        hosts=lambda _: (),
        pace=lambda _: None,
        test_credentials=_none,
        pull_products=_none,
        pull_one=_none,
    )
    return dataclasses.replace(channel, **changes)


def plugin(*channels: Any) -> ModuleType:
    module = ModuleType("a_plugin")

    @hookimpl
    def register_channels(register: Callable[[Channel], None]) -> None:
        for channel in channels:
            register(channel)

    module.register_channels = register_channels
    return module


def candidate(name: str, *channels: Any) -> Candidate:
    return Candidate(name, f"plugins.{name}", lambda: plugin(*channels))


def failing(name: str, error: BaseException) -> Candidate:
    def load() -> object:
        raise error

    return Candidate(name, f"plugins.{name}", load)


def test_channels_are_found_by_name() -> None:
    registry = Registry.load([candidate("b", make_channel("bol")), candidate("a", make_channel("acme"))])

    assert [channel.name for channel in registry.channels] == ["acme", "bol"]
    assert registry.channel("bol").title == "Bol"


def test_an_unknown_channel_is_not_found_and_the_message_says_which_there_are() -> None:
    registry = Registry.load([candidate("a", make_channel("acme"))])

    with pytest.raises(NotFound, match=r"no channel 'ebay'; installed are: acme"):
        registry.channel("ebay")


@pytest.mark.parametrize("error", [ImportError("no module named x"), SystemExit(3), RuntimeError("boom")])
def test_a_plugin_that_fails_is_quarantined_while_the_others_load(error: BaseException) -> None:
    registry = Registry.load([failing("bad", error), candidate("good", make_channel("acme"))])

    assert [channel.name for channel in registry.channels] == ["acme"]
    (quarantined,) = registry.quarantined
    assert (quarantined.name, quarantined.origin) == ("bad", "plugins.bad")
    assert quarantined.reason == f"{type(error).__name__}: {error}"


def test_a_taken_name_is_refused_loudly_naming_both(caplog: pytest.LogCaptureFixture) -> None:
    registry = Registry.load(
        [candidate("first", make_channel("acme", title="First")), candidate("second", make_channel("acme"))]
    )

    assert registry.channel("acme").title == "First"
    assert registry.quarantined[0].origin == "plugins.second"
    assert "taken by plugins.first" in registry.quarantined[0].reason
    assert "plugins.second" in caplog.text
    assert caplog.records[0].levelname == "ERROR"


def test_a_plugin_is_taken_whole_or_not_at_all() -> None:
    registry = Registry.load(
        [candidate("first", make_channel("acme")), candidate("second", make_channel("bol"), make_channel("acme"))]
    )

    assert [channel.name for channel in registry.channels] == ["acme"]


@pytest.mark.parametrize(
    ("channel", "reason"),
    [
        ("acme", "takes a Channel, not str"),
        (make_channel("Acme"), "channel name 'Acme' is not"),
        (make_channel("acme", settings=dict), "settings is not a msgspec.Struct"),
        (make_channel("acme", pull_products=None), "lacks the function pull_products"),
        (make_channel("acme", push_product="later"), "push_product is not a function"),
        (make_channel("acme", sign_in=_none), "sign_in is not a SignIn"),
        (make_channel("acme", sign_in=SIGN_IN), "sign_in needs shop, which is no setting"),
        (make_channel("acme", read_webhook=_none), "has read_webhook, which needs read_event"),
    ],
)
def test_a_channel_that_breaks_the_contract_is_refused(channel: Any, reason: str) -> None:
    registry = Registry.load([candidate("bad", channel)])

    assert registry.channels == ()
    assert reason in registry.quarantined[0].reason


def test_a_hook_with_wrong_parameters_is_refused() -> None:
    module = ModuleType("odd")
    module.register_channels = hookimpl(lambda registrar: None)  # type: ignore[attr-defined]

    registry = Registry.load([Candidate("odd", "plugins.odd", lambda: module)])

    assert "registrar" in registry.quarantined[0].reason


def test_folders_of_a_package_are_plugins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "shelf"
    for folder, text in (("", ""), ("one", ""), ("two", "raise OSError('disk')")):
        (package / folder).mkdir(parents=True, exist_ok=True)
        (package / folder / "__init__.py").write_text(text)
    (package / "notes.py").write_text("raise AssertionError('a file is no plugin')")
    monkeypatch.syspath_prepend(tmp_path)
    importlib.invalidate_caches()

    registry = Registry.discover("shelf", "no.such.group")

    assert [(one.name, one.reason) for one in registry.quarantined] == [("two", "OSError: disk")]
    assert "shelf.one" in sys.modules


def test_entry_points_are_plugins_named_with_their_distribution(monkeypatch: pytest.MonkeyPatch) -> None:
    point = SimpleNamespace(
        name="acme",
        value="acme_plugin",
        dist=SimpleNamespace(name="marketwright-acme", version="1.2"),
        load=lambda: plugin(make_channel("acme")),
    )
    monkeypatch.setattr("importlib.metadata.entry_points", lambda group: [point] if group == "marketwright" else [])

    registry = Registry.load(installed("marketwright"))

    assert registry.origins == {"acme": "acme_plugin of marketwright-acme 1.2"}


def bringing(*folders: Any) -> Candidate:
    module = plugin(make_channel("acme"))

    @hookimpl
    def register_rulepacks(register: Callable[[Path], None]) -> None:
        for folder in folders:
            register(folder)

    module.register_rulepacks = register_rulepacks  # type: ignore[attr-defined]
    return Candidate("acme", "acme_plugin of acme 1.0", lambda: module)


def test_a_plugin_hands_over_its_folders_of_rulepacks(tmp_path: Path) -> None:
    registry = Registry.load([bringing(tmp_path / "a", tmp_path / "b")])

    assert registry.rulepacks == {
        tmp_path / "a": "acme_plugin of acme 1.0",
        tmp_path / "b": "acme_plugin of acme 1.0",
    }


@pytest.mark.parametrize("folder", ["/rulepacks", Path("rulepacks"), None])
def test_what_is_no_absolute_path_of_a_folder_is_refused(folder: Any) -> None:
    registry = Registry.load([bringing(folder)])

    assert (registry.channels, dict(registry.rulepacks)) == ((), {})
    assert "takes the absolute path of a folder" in registry.quarantined[0].reason


def test_our_own_packs_come_by_the_same_hook() -> None:
    registry = Registry.discover("plugins", "no.such.group")

    assert dict(registry.rulepacks) == {Path(__file__).resolve().parents[2] / "rulepacks": "plugins.rulepacks"}


def test_a_folder_that_brings_no_channel_yet_is_no_fault() -> None:
    translators = Candidate("later", "plugins.later", lambda: ModuleType("later"))

    registry = Registry.load([translators, candidate("a", make_channel("acme"))])

    assert list(registry.by_name) == ["acme"]
    assert registry.quarantined == ()


def test_no_folder_of_ours_is_quarantined() -> None:
    assert Registry.discover().quarantined == ()
