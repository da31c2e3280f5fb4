"""A quality file can claim no more than the channel's record and files bear out."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from core.quality import FILE, RULES, Status, Tier, folder_of, quality_of
from marketwright.testing.acme import channel

README = "# Acme\n## Set it up\n## Limits\n## What it does not do\n## When something is wrong\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return the folder of a plugin that claims everything, and what is lacking to gold with what shows it."""
    (tmp_path / "README.md").write_text(README, encoding="utf-8")
    claim(tmp_path)
    return tmp_path


def claim(folder: Path, **changed: Any) -> None:
    """Write a quality file in which all is done, but for what is said otherwise."""
    claims: dict[str, Any] = {rule.id: {"done": "tests/test_it.py"} if rule.evidence else "done" for rule in RULES}
    claims |= {"requirements": {"exempt": "It has none."}, "sign-in": {"exempt": "It has keys only."}}
    claims |= {name.replace("_", "-"): said for name, said in changed.items()}
    kept = {name: said for name, said in claims.items() if said is not None}
    (folder / FILE).write_text(yaml.safe_dump({"rules": kept}), encoding="utf-8")


def test_a_channel_that_does_everything_is_gold(folder: Path) -> None:
    found = quality_of(channel, folder)

    assert (found.tier, found.problems) == (Tier.GOLD, ())


def test_the_tier_is_the_highest_of_which_nothing_is_left(folder: Path) -> None:
    claim(folder, cancel={"todo": "The twin cannot yet."})
    silver = quality_of(channel, folder)
    claim(folder, ship={"todo": "Not yet."}, cancel={"todo": "Not yet."})
    bronze = quality_of(channel, folder)
    claim(folder, errors={"todo": "Not yet."})
    none = quality_of(channel, folder)

    assert [it.tier for it in (silver, bronze, none)] == [Tier.SILVER, Tier.BRONZE, Tier.NONE]
    assert silver.open_rules(Tier.GOLD) == ("cancel",)
    assert silver.problems == bronze.problems == none.problems == ()


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        ({"form": {"exempt": "Too dull."}}, "form: no platform is exempt of it"),
        ({"cancel": {"exempt": "Nobody cancels."}}, "cancel: it is called exempt, and the channel does it"),
        ({"requirements": "done"}, "requirements: it is called done, and the channel has no pull_requirements"),
        ({"resume": "done"}, "resume: name the test that shows it: {done: tests/…}"),
        ({"orders": None}, "orders: it is not mentioned"),
        ({"beauty": "done"}, "beauty: there is no such rule"),
        ({"orders": {"exempt": " "}}, "orders: write `done`"),
        ({"orders": "surely"}, "orders: write `done`"),
    ],
)
def test_a_lie_is_named_and_counts_as_still_to_do(folder: Path, said: dict[str, Any], problem: str) -> None:
    claim(folder, **said)

    found = quality_of(channel, folder)

    assert [it for it in found.problems if it.startswith(problem)], found.problems
    assert "beauty" in said or found.tier is not Tier.GOLD


def test_a_readme_that_leaves_something_out_is_no_readme(folder: Path) -> None:
    (folder / "README.md").write_text(README.replace("## Limits\n", ""), encoding="utf-8")

    found = quality_of(channel, folder)

    assert found.problems == ("readme: README.md has no heading on limits",)
    assert found.tier is Tier.NONE


@pytest.mark.parametrize("text", ["", "rules: [1", "- a", "rules: {1: done}"])
def test_a_file_that_cannot_be_read_says_so(folder: Path, text: str) -> None:
    (folder / FILE).write_text(text, encoding="utf-8")

    found = quality_of(channel, folder)

    assert found.tier is Tier.NONE
    assert found.problems


def test_a_channel_without_a_file_has_no_tier(tmp_path: Path) -> None:
    assert quality_of(channel, tmp_path).tier is Tier.NONE


def test_a_record_that_lost_a_function_loses_its_tier() -> None:
    whole, cut = quality_of(channel), quality_of(replace(channel, cancel_order=None))

    assert whole.claims["cancel"].status is Status.DONE
    assert cut.claims["cancel"].status is Status.TO_DO
    assert folder_of(channel) == folder_of(replace(channel, cancel_order=None))
