"""One person's word goes as far as the settings let it, and every place that asks gets the same answer."""

from __future__ import annotations

from itertools import product

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.knowledge.confidence import Judged
from core.knowledge.gate import Standing, decide, would_open
from core.knowledge.trust import approvals_by, counted, fewest_more, people_needed
from core.model.corrections import Mode, Safety, Verdict
from core.model.tuning import KnowledgeManagement

PAIR = KnowledgeManagement(min_reviewers=2)
READY = Standing(
    is_active=True,
    safety=Safety.SAFE,
    approvals=3,
    successes=3,
    failures=0,
    confidence=1.0,
    threshold=0.8,
    success_rate=1.0,
    by_reviewer=(3,),
)
CAPS = st.sampled_from([0.3, 0.4, 0.5, 0.6, 2 / 3, 0.75, 0.9, 1.0])
COUNTS = st.lists(st.integers(1, 6), max_size=4)


def approved_by(*counts: int, safety: Safety = Safety.SAFE) -> Standing:
    total = sum(counts)
    return msgspec.structs.replace(READY, by_reviewer=counts, approvals=total, successes=total, safety=safety)


def counted_slowly(counts: list[int], cap: float) -> int:
    """Try every limit for one person, and take the best total that the limit is a small enough share of."""
    totals = [sum(min(one, most) for one in counts) for most in range(max(counts, default=0) + 1)]
    return max(total for most, total in enumerate(totals) if most <= cap * total + 1e-9)


def test_one_reviewer_is_enough_by_default() -> None:
    rules = KnowledgeManagement()

    assert counted((40,), rules) == 40
    assert decide(READY, Mode.APPLY_AND_PUSH, rules).is_open


def test_where_two_are_asked_for_one_person_never_opens_the_gate() -> None:
    gate = decide(approved_by(500), Mode.APPLY_AND_PUSH, PAIR)

    assert not gate.is_open
    assert "Approved by one person; two are needed." in gate.blocks


def test_a_colleague_who_clicked_once_does_not_make_one_persons_word_that_of_two() -> None:
    gate = decide(approved_by(60, 1, safety=Safety.REVIEW), Mode.APPLY_AND_PUSH, PAIR)

    assert not gate.is_open
    assert gate.blocks == ("It changes content: 10 more approvals by other people to certify it.",)
    assert decide(approved_by(60, 11, safety=Safety.REVIEW), Mode.APPLY_AND_PUSH, PAIR).is_open


def test_two_people_open_the_gate_of_a_notation_with_three_approvals() -> None:
    assert decide(approved_by(2, 1), Mode.APPLY_AND_PUSH, PAIR).is_open


def test_nobody_and_more_than_two_are_named_as_people_say_it() -> None:
    none = decide(approved_by(), Mode.APPLY_AND_PUSH, PAIR)
    two = decide(approved_by(2, 2), Mode.APPLY_AND_PUSH, KnowledgeManagement(min_reviewers=3))

    assert none.blocks[0] == "Approved by nobody; two are needed."
    assert two.blocks == ("Approved by two people; three are needed.",)


def test_a_cap_that_two_cannot_fill_asks_for_more_people() -> None:
    assert people_needed(KnowledgeManagement(min_reviewers=2, reviewer_cap=0.4)) == 3
    assert people_needed(KnowledgeManagement(min_reviewers=2, reviewer_cap=0.5)) == 2
    assert people_needed(KnowledgeManagement(min_reviewers=1, reviewer_cap=0.1)) == 1


def test_rejections_are_never_left_out() -> None:
    poisoned = msgspec.structs.replace(approved_by(50, 20, safety=Safety.REVIEW), failures=12)

    assert not decide(poisoned, Mode.APPLY_AND_PUSH, PAIR).is_open


def test_approvals_are_counted_by_account_and_a_modification_approves_what_it_chose() -> None:
    def one(verdict: Verdict, reviewer: int | str, suggested: str = "p", chosen: str | None = "p") -> Judged:
        return Judged(verdict=verdict, suggested=suggested, chosen=chosen, reviewer=reviewer)

    decisions = [
        one(Verdict.APPROVED, 1),
        one(Verdict.APPROVED, 1),
        one(Verdict.MODIFIED, 2, suggested="q"),
        one(Verdict.MODIFIED, 3, chosen="q"),
        one(Verdict.REJECTED, 4, chosen=None),
        one(Verdict.APPROVED, "command line"),
    ]

    assert approvals_by("p", decisions) == (2, 1, 1)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(COUNTS, CAPS)
def test_what_counts_is_the_most_that_the_cap_allows(counts: list[int], cap: float) -> None:
    rules = KnowledgeManagement(min_reviewers=2, reviewer_cap=cap)

    assert counted(counts, rules) == counted_slowly(counts, cap)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(COUNTS, CAPS, st.integers(0, 3))
def test_one_approval_more_never_counts_for_less(counts: list[int], cap: float, whose: int) -> None:
    rules = KnowledgeManagement(min_reviewers=2, reviewer_cap=cap)
    more = [*counts, 1] if whose >= len(counts) else [one + (place == whose) for place, one in enumerate(counts)]

    assert counted(counts, rules) <= counted(more, rules) <= sum(more)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.lists(st.integers(1, 6), max_size=3), CAPS, st.integers(1, 6))
def test_the_approvals_still_to_come_are_the_fewest_that_do(counts: list[int], cap: float, wanted: int) -> None:
    rules = KnowledgeManagement(min_reviewers=2, reviewer_cap=cap)

    def enough(more: int) -> bool:
        """Hand out so many approvals in every way, to those who approved and to as many new people."""
        hands = len(counts) + more
        for given_out in product(range(more + 1), repeat=hands):
            if sum(given_out) == more:
                after = [one + extra for one, extra in zip([*counts, *[0] * more], given_out, strict=True)]
                after = [one for one in after if one]
                if len(after) >= people_needed(rules) and counted_slowly(after, cap) >= wanted:
                    return True
        return False

    fewest = fewest_more(sorted(counts, reverse=True), wanted, rules)

    if fewest <= 4:
        assert enough(fewest)
    assert not any(enough(more) for more in range(min(fewest, 4)))


@settings(max_examples=300, deadline=None, derandomize=True)
@given(
    COUNTS,
    CAPS,
    st.integers(1, 4),
    st.integers(0, 3),
    st.sampled_from(list(Safety)),
    st.sampled_from([0.5, 0.9]),
)
def test_the_quick_answer_is_that_of_the_one_which_says_why(
    counts: list[int], cap: float, people: int, failures: int, safety: Safety, precision: float
) -> None:
    rules = KnowledgeManagement(min_reviewers=people, reviewer_cap=cap, certified_precision=precision)
    standing = msgspec.structs.replace(approved_by(*sorted(counts, reverse=True), safety=safety), failures=failures)

    gate = decide(standing, Mode.APPLY_AND_PUSH, rules)

    assert would_open(standing, rules) is gate.is_open
    assert gate.is_open or gate.missing > 0 or safety is Safety.DISPLAY


@pytest.mark.parametrize("counts", [(3,), (2, 1), (1, 1, 1)])
def test_what_is_missing_opens_the_gate_when_it_comes(counts: tuple[int, ...]) -> None:
    standing = approved_by(*counts, safety=Safety.REVIEW)

    gate = decide(standing, Mode.APPLY_AND_PUSH, PAIR)
    others = [gate.missing // 2, gate.missing - gate.missing // 2]
    later = approved_by(*sorted([*counts, *others], reverse=True), safety=Safety.REVIEW)

    assert decide(later, Mode.APPLY_AND_PUSH, PAIR).is_open
