"""Whether a correction may be applied without a human, and if not, why not."""

from __future__ import annotations

import msgspec

from core.knowledge.certificate import is_certified, lower_bound, missing_approvals
from core.model.corrections import Mode, Phase, Safety
from core.model.tuning import KnowledgeManagement

AUTOMATIC_MODES = (Mode.APPLY_LOCALLY, Mode.APPLY_AND_PUSH)
AUTOMATIC_PHASES = (Phase.AUTOMATIC, Phase.MONITORED)


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of one program for one pattern. `threshold`, `success_rate` and `confidence` are 0 to 1.

    `successes` and `failures` are the trials of the certificate: human verdicts, and applications undone or refused.
    """

    is_active: bool
    safety: Safety
    approvals: int
    successes: int
    failures: int
    confidence: float
    threshold: float
    success_rate: float


class Gate(msgspec.Struct, frozen=True, kw_only=True):
    """The answer. `blocks` are sentences for people; `missing` counts the approvals still to come."""

    is_open: bool
    kind: str
    blocks: tuple[str, ...]
    missing: int
    bound: float


def decide(standing: Standing, mode: Mode, rules: KnowledgeManagement) -> Gate:
    """Answer whether this program may be applied by itself on a connection in `mode`."""
    certified = standing.safety is not Safety.SAFE
    blocks = _blocks(standing, mode, rules)
    missing = max(rules.min_occurrences - standing.approvals, 0)
    bound = lower_bound(standing.successes, standing.failures, rules.certified_level)
    if certified:
        uncertified = missing_approvals(
            standing.successes,
            standing.failures,
            precision=rules.certified_precision,
            level=rules.certified_level,
        )
        missing = max(missing, uncertified)
        if uncertified:
            blocks.append(f"It changes content: {_count(uncertified)} to certify it.")
    return Gate(
        is_open=not blocks,
        kind="certified" if certified else "documented",
        blocks=tuple(blocks),
        missing=missing,
        bound=bound,
    )


def would_open(standing: Standing, rules: KnowledgeManagement) -> bool:
    """Answer as `decide` does on a connection that lets corrections apply themselves, without saying why."""
    if not (rules.enabled and standing.is_active) or standing.safety is Safety.DISPLAY:
        return False
    if standing.approvals < rules.min_occurrences or standing.confidence < standing.threshold:
        return False
    if standing.success_rate < rules.success_floor:
        return False
    return standing.safety is Safety.SAFE or is_certified(
        standing.successes,
        standing.failures,
        precision=rules.certified_precision,
        level=rules.certified_level,
    )


def _blocks(standing: Standing, mode: Mode, rules: KnowledgeManagement) -> list[str]:
    blocks = []
    if not rules.enabled:
        blocks.append("Learning is switched off in the settings.")
    if not standing.is_active:
        blocks.append("This auto rule is switched off.")
    if standing.safety is Safety.DISPLAY:
        blocks.append("This kind of fix is never applied without a person.")
    if standing.approvals < rules.min_occurrences:
        blocks.append(f"{_count(rules.min_occurrences - standing.approvals)} of this very correction needed.")
    if standing.confidence < standing.threshold:
        blocks.append(f"Confidence {standing.confidence:.2f} is below the threshold {standing.threshold:.2f}.")
    if standing.success_rate < rules.success_floor:
        blocks.append(f"Success rate {standing.success_rate:.0%} is below {rules.success_floor:.0%}.")
    if mode not in AUTOMATIC_MODES:
        blocks.append(f"The connection's mode is {mode.replace('_', ' ')}.")
    return blocks


def _count(number: int) -> str:
    return "1 more approval" if number == 1 else f"{number} more approvals"


def phase_of(*, decisions: int, is_automatic: bool, applications: int) -> Phase:
    """Return which of the document's four phases a pattern is in."""
    if is_automatic:
        return Phase.MONITORED if applications else Phase.AUTOMATIC
    return Phase.RECOGNISED if decisions else Phase.DETECTED


def next_success_rate(rate: float, *, worked: bool, learning_rate: float) -> float:
    """Return the exponential average (0 to 1) after one more outcome."""
    return rate + learning_rate * ((1.0 if worked else 0.0) - rate)
