"""The document's formula on a table worked by hand."""

from __future__ import annotations

import pytest

from core.knowledge.confidence import NEVER, Judged, approvals_to_reach, confidence, verdicts_on
from core.model.corrections import Verdict

A, R, M = Verdict.APPROVED, Verdict.REJECTED, Verdict.MODIFIED


@pytest.mark.parametrize(
    ("verdicts", "expected"),
    [
        ([], 0.0),
        ([A], 0.9),  # 0.8 + 0.1
        ([A, A], 1.0),  # 0.8 + 0.2
        ([A, A, A], 1.0),
        ([R], 0.0),  # 0 + 0.1 - 0.1
        ([A, R], 0.5),  # 0.4 + 0.2 - 0.1
        ([A, M], 0.6),  # 0.4 + 0.2: modified is neither approved nor rejected
        ([R, A, A, A, A, A], 0.8 * 5 / 6 + 0.2),  # the rejection is older than the last five
        ([A, A, A, A, A, R], 0.8 * 5 / 6 + 0.1),
        ([R, R, R, R, R], 0.0),  # clamped
        ([M], 0.1),  # neither, but counted
        ([A, A, R], 0.8 * 2 / 3 + 0.2 - 0.1),
        ([A, R, R], 0.8 / 3 + 0.2 - 0.2),
        ([R, A], 0.5),
        ([R, R, A, A, A, A], 0.8 * 4 / 6 + 0.2 - 0.1),  # one of the two is among the last five
        ([A] * 9 + [R], 0.8 * 0.9 + 0.2 - 0.1),
        ([A] * 10, 1.0),  # the boost ends at 0.2
        ([A] * 5 + [M] * 5, 0.6),
    ],
)
def test_confidence_is_the_documents_formula(verdicts: list[Verdict], expected: float) -> None:
    assert confidence(verdicts) == pytest.approx(expected)


def test_a_modified_decision_is_the_first_approval_of_the_program_that_was_chosen() -> None:
    decisions = [
        Judged(verdict=A, suggested="p", chosen="p"),
        Judged(verdict=M, suggested="p", chosen="q"),
        Judged(verdict=R, suggested="q", chosen=None),
    ]

    assert verdicts_on("p", decisions) == [A, M]
    assert verdicts_on("q", decisions) == [A, R]


@pytest.mark.parametrize(
    ("verdicts", "threshold", "more"),
    [
        ([], 0.80, 1),  # one approval is 0.9
        ([A], 0.80, 0),
        ([A, R], 0.80, 5),  # four leave it among the last five: 0.8 * 5/6 + 0.2 - 0.1; then 0.8 * 6/7 + 0.2
        ([M], 0.80, 3),  # 0.8 * 3/4 + 0.2
        ([R], 0.80, 5),  # 0.8 * 5/6 + 0.2, the rejection is older than five
        ([A, R], 1.00, NEVER),
    ],
)
def test_so_many_approvals_in_a_row_reach_the_threshold_and_one_fewer_does_not(
    verdicts: list[Verdict], threshold: float, more: int
) -> None:
    known = {"total": len(verdicts), "approved": verdicts.count(A), "lately": verdicts[-5:]}

    found = approvals_to_reach(threshold, **known)

    assert found == more
    if 0 < found < NEVER:
        assert confidence([*verdicts, *[A] * found]) >= threshold
        assert confidence([*verdicts, *[A] * (found - 1)]) < threshold
