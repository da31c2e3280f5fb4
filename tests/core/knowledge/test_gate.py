"""The gate opens only when every condition holds, and says which does not."""

from __future__ import annotations

import msgspec
import pytest

from core.knowledge.confidence import NEVER, confidence
from core.knowledge.gate import Standing, decide, next_success_rate, phase_of
from core.model.corrections import Mode, Phase, Safety, Verdict
from core.model.tuning import KnowledgeManagement

RULES = KnowledgeManagement()
READY = Standing(
    is_active=True,
    safety=Safety.SAFE,
    approvals=3,
    successes=3,
    failures=0,
    confidence=1.0,
    threshold=0.8,
    success_rate=1.0,
)


def test_three_approvals_open_the_gate_for_a_safe_fix() -> None:
    gate = decide(READY, Mode.APPLY_AND_PUSH, RULES)

    assert gate.is_open
    assert gate.kind == "documented"


@pytest.mark.parametrize(
    ("change", "mode"),
    [
        ({"is_active": False}, Mode.APPLY_AND_PUSH),
        ({"safety": Safety.DISPLAY}, Mode.APPLY_AND_PUSH),
        ({"approvals": 2}, Mode.APPLY_AND_PUSH),
        ({"confidence": 0.79}, Mode.APPLY_AND_PUSH),
        ({"success_rate": 0.79}, Mode.APPLY_AND_PUSH),
        ({}, Mode.SUGGEST),
        ({}, Mode.OBSERVE),
    ],
)
def test_one_condition_that_fails_keeps_it_shut_and_is_named(change: dict[str, object], mode: Mode) -> None:
    gate = decide(msgspec.structs.replace(READY, **change), mode, RULES)

    assert not gate.is_open
    assert gate.blocks


def test_a_review_fix_needs_a_certificate_besides() -> None:
    review = msgspec.structs.replace(READY, safety=Safety.REVIEW)

    gate = decide(review, Mode.APPLY_AND_PUSH, RULES)

    assert not gate.is_open
    assert gate.missing > 20
    enough = msgspec.structs.replace(review, approvals=3 + gate.missing, successes=3 + gate.missing)
    assert decide(enough, Mode.APPLY_AND_PUSH, RULES).is_open


A, R, M = Verdict.APPROVED, Verdict.REJECTED, Verdict.MODIFIED


def after(verdicts: list[Verdict], safety: Safety, threshold: float = 0.8, taken_back: int = 0) -> Standing:
    """Return what is known of a program after these verdicts, and so many applications that were taken back."""
    approved = verdicts.count(A)
    return Standing(
        is_active=True,
        safety=safety,
        approvals=approved,
        successes=approved,
        failures=len(verdicts) - approved + taken_back,
        confidence=confidence(verdicts),
        threshold=threshold,
        success_rate=1.0,
        decided=len(verdicts),
        lately=tuple(verdicts[-5:]),
    )


@pytest.mark.parametrize("safety", [Safety.SAFE, Safety.REVIEW])
@pytest.mark.parametrize("threshold", [0.5, 0.8, 0.95])
@pytest.mark.parametrize("taken_back", [0, 2])
@pytest.mark.parametrize("verdicts", [[], [A], [A, A], [R], [A, R], [M, A], [R, R, A, A, A], [A] * 12 + [R]])
def test_after_so_many_approvals_as_are_missing_the_gate_opens_and_not_before(
    verdicts: list[Verdict], safety: Safety, threshold: float, taken_back: int
) -> None:
    missing = decide(after(verdicts, safety, threshold, taken_back), Mode.APPLY_AND_PUSH, RULES).missing

    gates = [
        decide(after([*verdicts, *[A] * more], safety, threshold, taken_back), Mode.APPLY_AND_PUSH, RULES)
        for more in (max(missing - 1, 0), missing)
    ]

    assert gates[1].is_open
    assert gates[1].missing == 0
    assert gates[0].is_open is (missing == 0)


def test_a_threshold_that_is_out_of_reach_is_told_so() -> None:
    gate = decide(after([A, R], Safety.SAFE, threshold=1.0), Mode.APPLY_AND_PUSH, RULES)

    assert gate.missing == NEVER
    assert "no number of approvals reaches it" in gate.blocks[-1]


def test_the_phases_are_the_documents_four() -> None:
    assert phase_of(decisions=0, is_automatic=False, applications=0) is Phase.DETECTED
    assert phase_of(decisions=1, is_automatic=False, applications=0) is Phase.RECOGNISED
    assert phase_of(decisions=3, is_automatic=True, applications=0) is Phase.AUTOMATIC
    assert phase_of(decisions=3, is_automatic=True, applications=1) is Phase.MONITORED


def test_one_failure_moves_the_success_rate_by_the_learning_rate() -> None:
    assert next_success_rate(1.0, worked=False, learning_rate=0.1) == pytest.approx(0.9)
    assert next_success_rate(0.9, worked=True, learning_rate=0.1) == pytest.approx(0.91)
