"""The author's reference names what there is."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.corrections.arguments import parameters
from core.corrections.steps import STEPS
from core.rules.checks import ACROSS, CHECKS

TEXT = (Path(__file__).resolve().parents[2] / "docs" / "rulepacks.md").read_text()


@pytest.mark.parametrize("name", sorted({*CHECKS, *ACROSS, *STEPS}))
def test_every_check_and_step_is_named(name):
    assert f"`{name}`" in TEXT


@pytest.mark.parametrize(
    "function", [entry.function for entry in (*CHECKS.values(), *ACROSS.values(), *STEPS.values())]
)
def test_every_argument_is_named(function):
    for parameter in parameters(function):
        assert parameter.is_record or f"`{parameter.name}`" in TEXT
