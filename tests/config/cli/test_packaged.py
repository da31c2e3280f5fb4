"""Where rulepacks come from: the program, plugins that are installed, the installation's own folders."""

from __future__ import annotations

import importlib.metadata
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from config.checkup import Health, rulepacks
from config.packaged import RULEPACKS, library
from config.settings import Rulepacks, Settings
from config.wiring import open_library
from core.errors import ConfigurationError, RulepackError
from core.registry import Registry

PACK = """rulepack: {channel}
version: {version}
extends: common@2026.11
rules:
  - id: title.short
    title: Title too short
    kind: product
    category: marketplace_rule
    severity: error
    field: title
    check: {{min_length: 12}}
    message: "The title has {{actual}} characters."
    source: test
    cases: [{{pass: {{title: "Enamel kettle"}}}}, {{fail: {{title: "Kettle"}}}}]
"""
PLUGIN = """from pathlib import Path
from marketwright import hookimpl


@hookimpl
def register_rulepacks(register):
    register(Path(__file__).parent / "packs")
"""
Install = Callable[[str], Path]


def write(folder: Path, channel: str, version: str, text: str = PACK) -> Path:
    """Write a pack where it belongs."""
    file = folder / channel / f"{version}.yaml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text.format(channel=channel, version=version))
    return file


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Install]:
    """Return a function that installs a plugin with a pack, found by its entry point, and returns its packs' folder."""
    monkeypatch.syspath_prepend(tmp_path)
    points: list[Any] = []
    real = importlib.metadata.entry_points
    monkeypatch.setattr(
        "importlib.metadata.entry_points",
        lambda **given: points if given.get("group") == "marketwright" else real(**given),
    )

    def installed(name: str) -> Path:
        package = tmp_path / name
        package.mkdir()
        (package / "__init__.py").write_text(PLUGIN)
        dist = SimpleNamespace(name=name.replace("_", "-"), version="1.0")
        points.append(SimpleNamespace(name=name, value=name, dist=dist, load=lambda: importlib.import_module(name)))
        return package / "packs"

    yield installed
    for point in points:
        sys.modules.pop(point.name, None)


def test_without_foreign_plugins_a_command_opens_what_the_server_opens() -> None:
    settings = Settings()

    light, full = library(settings), open_library(Registry.discover(), settings)

    assert [pack.stamp for pack in light] == [pack.stamp for pack in full]
    assert [one.path for one in light.folders] == [one.path for one in full.folders] == [RULEPACKS]


def test_a_plugins_packs_are_seen_by_server_and_commands(install: Install, run: Any) -> None:
    write(install("acme_packs"), "acme", "2026.11")

    listed = run("rules", "list", "acme", "--json").lines
    checked = run("validate", "--channel", "acme", "-", "--json", text=json.dumps({"title": "Kettle"}))

    assert open_library(Registry.discover(), Settings()).versions("acme") == ("2026.11",)
    assert "title.short" in {row["rule"] for row in listed}
    assert "title.short" in {row["rule"] for row in checked.lines}


async def test_a_plugins_broken_pack_is_quarantined_and_told_everywhere(
    install: Install, run: Any, caplog: pytest.LogCaptureFixture
) -> None:
    file = write(install("acme_packs"), "acme", "2026.11", PACK.replace("min_length", "shortest"))

    opened = open_library(Registry.discover(), Settings())
    finding = await rulepacks(Settings())
    channels = run("channels")

    assert opened.channels() == library(Settings()).channels()
    assert "common" in opened.channels()
    assert f"acme_packs of acme-packs 1.0 ({file.parents[1]}) are quarantined: {file}:" in caplog.text
    assert finding.health is Health.PROBLEM
    assert "acme_packs of acme-packs 1.0" in finding.message
    assert channels.code == 1
    assert "quarantined: rulepacks of acme_packs of acme-packs 1.0" in channels.err


def test_two_plugins_with_the_same_pack_are_named_both(install: Install) -> None:
    first = write(install("acme_one"), "acme", "2026.11")
    write(install("acme_two"), "acme", "2026.11")

    opened = open_library(Registry.discover(), Settings())

    (left_out,) = opened.left_out
    assert left_out.brought_by == "acme_two of acme-two 1.0"
    assert f"already read from {first} of acme_one of acme-one 1.0" in left_out.reason


def test_ones_own_folder_needs_no_plugin_and_must_be_right(tmp_path: Path, run: Any) -> None:
    write(tmp_path / "ours", "acme", "2026.11")
    (tmp_path / "marketwright.yaml").write_text("rulepacks: {folders: [./ours]}\n")

    listed = run("rules", "list", "--json").lines

    assert "acme@2026.11" in {row["pack"] for row in listed}
    write(tmp_path / "ours", "acme", "2026.12", PACK.replace("min_length", "shortest"))
    with pytest.raises(RulepackError, match=r"2026\.12\.yaml:11: rule title\.short"):
        library(Settings(rulepacks=Rulepacks(folders=(str(tmp_path / "ours"),))))
    with pytest.raises(ConfigurationError, match=r"rulepacks\.folders: there is no folder"):
        library(Settings(rulepacks=Rulepacks(folders=(str(tmp_path / "gone"),))))


def test_a_command_on_packs_starts_without_the_plugins_of_ours() -> None:
    code = (
        "import sys; from config.packaged import library; from config.settings import Settings; library(Settings());"
        "print(sorted({'aiohttp', 'plugins'} & set(sys.modules)))"
    )

    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert result.stdout.strip() == "[]"


def test_issues_are_told_in_the_language_asked_for(tmp_path: Path, run: Any) -> None:
    french = '\ntranslations:\n  fr: {{title.short: {{title: Titre trop court, message: "{{actual}} caractères."}}}}\n'
    write(tmp_path / "ours", "acme", "2026.11", PACK + french)
    (tmp_path / "marketwright.yaml").write_text("rulepacks: {folders: [./ours]}\nlanguage: fr\n")
    told = []

    for words in ((), ("--language", "en"), ("--language", "de")):
        lines = run("validate", "--channel", "acme", "-", "--json", *words, text=json.dumps({"title": "Kettle"})).lines
        told += [row["message"] for row in lines if row["rule"] == "title.short"]
    wrong = run("validate", "--channel", "acme", "-", "--language", "xx", text="{}")

    assert told == ["6 caractères.", "The title has 6 characters.", "The title has 6 characters."]
    assert wrong.code == 2
