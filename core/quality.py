"""How good a channel is: rules in three tiers, and what its `quality.yaml` claims of them, checked against its record.

A rule is `done`, exempt with a reason, or still to do with a reason. What the channel's record and files tell is
derived and cannot be claimed otherwise; what only a run can tell is held by the contract's tests (`marketwright.
testing`), which fail where a claim was not shown. A tier is reached when each of its rules, and of those below, is
done or exempt.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any

import msgspec
import yaml

from core.capabilities import has
from core.channel import Channel
from core.connections_form import form

FILE = "quality.yaml"


class Tier(StrEnum):
    """How far a channel has come; `none` is below bronze."""

    NONE = "none"
    BRONZE = "bronze"
    SILVER = "silver"
    GOLD = "gold"


TIERS = (Tier.BRONZE, Tier.SILVER, Tier.GOLD)


class Status(StrEnum):
    """What a quality file says of one rule."""

    DONE = "done"
    EXEMPT = "exempt"
    TO_DO = "todo"


class Claim(msgspec.Struct, frozen=True):
    """What is said of one rule. `reason` says why not, or what shows it."""

    status: Status
    reason: str = ""


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """One rule. `functions` are what the channel's record must bring for it, all of them.

    `exempt` says whether a platform may be unable to do it; `evidence` that a claim names the test that shows it.
    """

    id: str
    tier: Tier
    asks: str
    functions: tuple[str, ...] = ()
    exempt: bool = False
    evidence: bool = False


def _rule(tier: Tier, name: str, asks: str, *functions: str, exempt: bool = False, evidence: bool = False) -> Rule:
    return Rule(id=name, tier=tier, asks=asks, functions=functions, exempt=exempt, evidence=evidence)


_B, _S, _G = TIERS
RULES: tuple[Rule, ...] = (
    _rule(_B, "form", "Each setting has a title and help, each secret says where it is found and is never shown."),
    _rule(_B, "readme", "The README says how to set it up, which limits hold, and what it does not do."),
    _rule(_B, "credentials", "Right credentials name the account, wrong ones ask for a person."),
    _rule(_B, "products", "Products come whole, the same twice, and resume at each page.", "pull_products", "pull_one"),
    _rule(_B, "errors", "What may pass becomes RetryLater, rubbish is not believed, only our errors come."),
    _rule(_B, "secrets", "No error and no form tells a secret."),
    _rule(_B, "hosts", "Only declared hosts are called."),
    _rule(_B, "pace", "The pace is declared, and waits that the platform asks for are kept."),
    _rule(_B, "twin", "A twin behaves like the platform.", "sandbox"),
    _rule(_S, "diagnosis", "Refusals of access are told apart, with what to do, and missing rights are named."),
    _rule(_S, "incremental", "After the first pull only what changed comes.", exempt=True),
    _rule(_S, "shifting-pages", "Products added and deleted while a pull runs cost no other its turn."),
    _rule(_S, "bounded", "A pull holds a page, and its cursor is small."),
    _rule(_S, "progress", "The first page says how many records there are.", exempt=True),
    _rule(_S, "orders", "Orders are pulled.", "pull_orders", exempt=True),
    _rule(_S, "stock", "Stock is pulled and set.", "pull_stock", "push_stock", exempt=True),
    _rule(_S, "push", "A push changes the changed fields only, can be undone and repeated.", "push_product"),
    _rule(_S, "read-back", "A write that was stored otherwise is noticed.", "push_product"),
    _rule(_S, "refusals", "What the platform refuses is named with field and code.", "push_product"),
    _rule(_S, "ship", "Orders are shipped with their tracking number, once.", "ship_order", exempt=True),
    _rule(_S, "webhooks", "Webhooks are verified, told apart and ordered.", "read_webhook", "read_event", exempt=True),
    _rule(_S, "repair", "Subscriptions that were dropped come back.", "register_webhooks", "list_webhooks",
          "repair_webhooks", exempt=True),
    _rule(_S, "echoes", "The webhook of our own write is no news.", exempt=True),
    _rule(_G, "untouched", "All that the platform holds of a product stands, but what was written."),
    _rule(_G, "languages", "A text written in one language leaves the others.", exempt=True),
    _rule(_G, "deletions", "A product that was deleted is told by the pulls."),
    _rule(_G, "cancel", "Orders are cancelled.", "cancel_order", exempt=True),
    _rule(_G, "bulk", "Many products are written in few calls, each with its result.", "push_products", exempt=True),
    _rule(_G, "verdicts", "What the platform itself objects to becomes issues.", exempt=True),
    _rule(_G, "requirements", "What the platform publishes of its rules becomes rules.", "pull_requirements",
          exempt=True),
    _rule(_G, "sign-in", "An account is connected by signing in at the platform.", "sign_in", exempt=True),
    _rule(_G, "troubleshooting", "The README says what to do when something is wrong."),
    _rule(_G, "official-description", "Requests are held against the platform's own description.", exempt=True,
          evidence=True),
    _rule(_G, "recorded-answers", "Recorded answers of the real platform are read.", exempt=True, evidence=True),
    _rule(_G, "resume", "A sync of 10,000 products resumes after a kill at any page.", evidence=True),
)  # fmt: skip
"""Every rule, by tier. An id never changes its meaning."""

BY_ID: Mapping[str, Rule] = {rule.id: rule for rule in RULES}


class Quality(msgspec.Struct, frozen=True, kw_only=True):
    """What a channel has come to. `problems` are claims that do not hold, or files that cannot be read."""

    tier: Tier
    claims: dict[str, Claim] = {}
    problems: tuple[str, ...] = ()

    def open_rules(self, tier: Tier) -> tuple[str, ...]:
        """Return the ids of a tier's rules that are still to do."""
        return tuple(
            rule.id for rule in RULES if rule.tier is tier and self.claims.get(rule.id, _TO_DO).status is Status.TO_DO
        )


_TO_DO = Claim(Status.TO_DO, "not claimed")


def folder_of(channel: Channel) -> Path | None:
    """Return the folder of the plugin that a channel's settings stand in."""
    file = getattr(sys.modules.get(channel.settings.__module__), "__file__", None)
    return None if file is None else Path(file).parent


def quality_of(channel: Channel, folder: Path | None = None) -> Quality:
    """Return a channel's tier, by what its quality file claims and its record and files do not refute."""
    folder = folder or folder_of(channel)
    path = None if folder is None else folder / FILE
    if path is None or folder is None or not path.is_file():
        return Quality(tier=Tier.NONE, problems=(f"{channel.name} has no {FILE}",))
    try:
        claims, problems = _read(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        return Quality(tier=Tier.NONE, problems=(f"{path.name} cannot be read: {error}",))
    for rule in RULES:
        claim = claims.get(rule.id)
        problem = f"{rule.id}: it is not mentioned" if claim is None else _refuted(channel, folder, rule, claim)
        if problem is not None:
            problems.append(problem)
            claims[rule.id] = Claim(Status.TO_DO, problem)
    return Quality(tier=_tier(claims), claims=claims, problems=tuple(problems))


def _read(document: Any) -> tuple[dict[str, Claim], list[str]]:
    listed = document.get("rules") if isinstance(document, dict) else None
    if not isinstance(listed, dict):
        return {}, [f"{FILE} has no mapping `rules`"]
    problems = [f"{name}: there is no such rule" for name in listed if name not in BY_ID]
    claims = {str(name): _claim(said) for name, said in listed.items() if name in BY_ID}
    problems += [f"{name}: {claim.reason}" for name, claim in claims.items() if claim.reason == _UNREADABLE]
    return claims, problems


_UNREADABLE = "write `done`, or one of `done`, `exempt`, `todo` with what shows it or why not"


def _claim(said: Any) -> Claim:
    if said == Status.DONE:
        return Claim(Status.DONE)
    if isinstance(said, dict) and len(said) == 1:
        status, reason = next(iter(said.items()))
        if status in set(Status) and isinstance(reason, str) and reason.strip():
            return Claim(Status(status), " ".join(reason.split()))
    return Claim(Status.TO_DO, _UNREADABLE)


def _refuted(channel: Channel, folder: Path, rule: Rule, claim: Claim) -> str | None:
    """Say why a claim does not hold, as far as the record and the files tell."""
    lacking = [name for name in rule.functions if not has(channel, name)]
    if claim.status is Status.EXEMPT and not rule.exempt:
        return f"{rule.id}: no platform is exempt of it"
    if claim.status is Status.EXEMPT and rule.functions and not lacking:
        return f"{rule.id}: it is called exempt, and the channel does it"
    if claim.status is not Status.DONE:
        return None
    if lacking:
        return f"{rule.id}: it is called done, and the channel has no {lacking[0]}"
    if rule.evidence and not claim.reason:
        return f"{rule.id}: name the test that shows it: {{done: tests/…}}"
    problem = _DERIVED[rule.id](channel, folder) if rule.id in _DERIVED else None
    return None if problem is None else f"{rule.id}: {problem}"


def _form(channel: Channel, folder: Path) -> str | None:
    silent = [field.name for field in form(channel) if not field.description.strip()]
    return f"{silent[0]} has no help" if silent else None


def _sections(*wanted: str) -> Callable[[Channel, Path], str | None]:
    """Return a check that the README has a heading for each of these words."""

    def check(channel: Channel, folder: Path) -> str | None:
        readme = folder / "README.md"
        text = readme.read_text(encoding="utf-8") if readme.is_file() else ""
        headings = "\n".join(re.findall(r"^#+ (.+)$", text, re.MULTILINE)).lower()
        missing = [words for words in wanted if not re.search(words, headings)]
        return f"README.md has no heading on {missing[0].split('|')[0]}" if missing else None

    return check


_DERIVED: dict[str, Callable[[Channel, Path], str | None]] = {
    "form": _form,
    "readme": _sections("set it up|set-up|setup", "limits", "does not do|not supported"),
    "troubleshooting": _sections("when something is wrong|troubleshooting"),
}


def _tier(claims: Mapping[str, Claim]) -> Tier:
    reached = Tier.NONE
    for tier in TIERS:
        if any(claims[rule.id].status is Status.TO_DO for rule in RULES if rule.tier is tier):
            break
        reached = tier
    return reached
