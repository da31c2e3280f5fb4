"""A new channel keeps the contract before anybody has touched it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from core.quality import Tier

ROOT = Path(__file__).resolve().parents[3]
Run = Callable[..., Any]


def python(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": f"{folder}{os.pathsep}{ROOT}"}
    return subprocess.run(
        [sys.executable, *arguments], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


@pytest.mark.process
def test_a_new_channel_passes_the_contract_untouched(run: Run, tmp_path: Path) -> None:
    outcome = run("new-channel", "bazaar", "--title", "Grand Bazaar")

    folder = tmp_path / "marketwright-bazaar"
    tested = python(folder, "-m", "pytest", "-q", "-p", "no:cacheprovider")
    assert outcome.code == 0, outcome.err
    assert tested.returncode == 0, tested.stdout + tested.stderr
    assert " passed" in tested.stdout
    assert int(tested.stdout.rsplit(" passed", 1)[0].split()[-1]) > 60


@pytest.mark.process
def test_a_new_channel_is_loaded_like_any_other(run: Run, tmp_path: Path) -> None:
    run("new-channel", "bazaar", "--title", "Grand Bazaar")

    told = python(
        tmp_path / "marketwright-bazaar",
        "-c",
        "from importlib import import_module\n"
        "from core.quality import quality_of\n"
        "from core.registry import Candidate, Registry\n"
        "found = Registry.load([Candidate('bazaar', 'it', lambda: import_module('bazaar_channel'))])\n"
        "print(found.quarantined, [(it.name, it.title, quality_of(it).tier.value) for it in found.channels])",
    )

    assert told.stdout == f"() [('bazaar', 'Grand Bazaar', '{Tier.SILVER}')]\n", told.stderr


def test_a_channel_of_the_program_itself_goes_into_its_folder(run: Run, tmp_path: Path) -> None:
    outcome = run("new-channel", "bazaar", "--package", "plugins.bazaar")

    assert outcome.code == 0, outcome.err
    assert "from plugins.bazaar.settings import Settings" in (tmp_path / "plugins/bazaar/__init__.py").read_text()
    assert "from plugins.bazaar import channel" in (tmp_path / "tests/plugins/bazaar/test_contract.py").read_text()
    assert not (tmp_path / "pyproject.toml").exists()


def test_nothing_that_is_there_is_overwritten(run: Run, tmp_path: Path) -> None:
    run("new-channel", "bazaar")
    readme = tmp_path / "marketwright-bazaar/bazaar_channel/README.md"
    readme.write_text("mine", encoding="utf-8")

    outcome = run("new-channel", "bazaar")

    assert outcome.code == 1
    assert "is there already" in outcome.err
    assert readme.read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize("arguments", [("Bazaar",), ("b",), ("bazaar", "--package", "no-package")])
def test_a_name_that_cannot_be_one_is_refused(run: Run, tmp_path: Path, arguments: tuple[str, ...]) -> None:
    outcome = run("new-channel", *arguments)

    assert outcome.code == 2
    assert list(tmp_path.iterdir()) == []
