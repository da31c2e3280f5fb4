"""The document's formula on a table worked by hand."""

from __future__ import annotations

import pytest

from core.knowledge.confidence import Judged, confidence, verdicts_on
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
