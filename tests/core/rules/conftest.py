"""The shipped packs, and a way to write a pack of one rule."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from core.rules import CompiledPack, Library
from core.rules.evaluate import compile_pack
from core.rules.parse import parse

ROOT = Path(__file__).resolve().parents[3]

RULE = """rulepack: demo
version: 2026.11
rules:
  - id: demo.rule
    title: Refused
    kind: {kind}
    category: format_validation
    severity: error
    field: {field}
    check: {check}
    message: {message}
    source: "a test"
    cases: [{{fail: {{}}}}]
"""


@pytest.fixture(scope="session")
def library() -> Library:
    """Open the packs that travel with the program."""
    return Library.open([ROOT / "rulepacks"])


@pytest.fixture
def one_rule() -> Callable[..., CompiledPack]:
    """Return a function that compiles a pack of one rule."""

    def build(field: str, check: str, *, kind: str = "product", message: str = '"no"', more: str = "") -> CompiledPack:
        text = RULE.format(kind=kind, field=field, check=check, message=message)
        return compile_pack(parse(text + more, "demo.yaml"))

    return build
