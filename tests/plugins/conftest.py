"""What the tests of every channel may ask for."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from core.model.records import RecordKind
from core.model.requirements import RequirementSet
from core.rules import Library
from core.rules.evaluate import with_rules
from core.rules.published import read, sound
from marketwright import Requirement

ROOT = Path(__file__).resolve().parents[2]
CHECKSUM = "a" * 64

Violated = Callable[..., list[str]]


@pytest.fixture(scope="session")
def violated() -> Callable[[Iterable[Requirement]], Violated]:
    """Return a function that turns requirements into rules; what comes back says which a product violates.

    None of them may be left out: that is for a translator to say.
    """
    common = Library.open([ROOT / "rulepacks"]).pack("common")

    def judge(requirements: Iterable[Requirement]) -> Violated:
        kept = sound(RequirementSet(name="all", requirements=tuple(requirements)))
        assert kept.skipped == ()
        pack = with_rules(common, read([kept], CHECKSUM).rules, "r")

        def found(**record: Any) -> list[str]:
            issues = [one for one in pack.evaluate(RecordKind.PRODUCT, record) if one.rule.startswith("requirements.")]
            return sorted(f"{one.field} {pack.rule(one.rule).check}" for one in issues)

        return found

    return judge
