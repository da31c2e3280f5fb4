"""The replay of history equals looking at all of it anew at each moment."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from core.knowledge.backtest import (
    Applied,
    End,
    GateKind,
    Known,
    Moment,
    Trial,
    replay,
    tuned,
)
from core.knowledge.confidence import Judged, confidence, verdicts_on
from core.knowledge.gate import Standing, decide
from core.knowledge.tally import seconds_of_a_decision, tally, total_of
from core.model.corrections import Mode, Safety, Verdict
from core.model.tuning import KnowledgeManagement

START = datetime(2026, 11, 1, tzinfo=UTC)
LEARNING = KnowledgeManagement()
SAFE = {"p": Known(safety=Safety.SAFE, threshold=0.8)}


def at(minute: int) -> datetime:
    return START + timedelta(minutes=minute)


def approved(number: int, **changes: object) -> Moment:
    plain = Moment(number=number, at=at(number), record=number, verdict=Verdict.APPROVED, suggested="p", chosen="p")
    return msgspec.structs.replace(plain, **changes)


def rejected(number: int) -> Moment:
    return approved(number, verdict=Verdict.REJECTED, chosen=None)


@st.composite
def moments(draw: st.DrawFn) -> list[Moment]:
    """Return a history of two programs in which people change their minds."""
    found = []
    for number in range(draw(st.integers(0, 40))):
        verdict = draw(st.sampled_from([Verdict.APPROVED] * 5 + [Verdict.REJECTED, Verdict.MODIFIED, None]))
        suggested = draw(st.sampled_from(["p", "p", "p", "q"]))
        other = draw(st.sampled_from(["p", "q"]))
        chosen = {Verdict.REJECTED: None, Verdict.MODIFIED: other}.get(verdict, suggested)
        brings = (
            verdict is Verdict.MODIFIED and chosen == "q" and all("q" not in (m.suggested, m.chosen) for m in found)
        )
        speaks = st.lists(st.tuples(st.integers(0, max(number - 1, 0)), st.sampled_from(list(Verdict))), max_size=4)
        later = st.one_of(st.none(), st.none(), st.none(), st.integers(number, 60))
        revoked = None if verdict is None else draw(later)
        taken_back = None if chosen is None else draw(later)
        found.append(
            Moment(
                number=number,
                at=at(number // draw(st.integers(1, 2))),
                record=draw(st.integers(1, 12)),
                verdict=verdict,
                suggested=None if verdict is None else suggested,
                chosen=chosen,
                revoked_at=None if revoked is None else at(revoked),
                taken_back_at=None if taken_back is None else at(taken_back),
                settled=draw(st.booleans()),
                failed=taken_back is not None and draw(st.booleans()),
                reproduces=_earlier(draw(speaks), found) if brings and suggested != "q" else (),
            )
        )
    return found


def _earlier(drawn: list[tuple[int, Verdict]], found: list[Moment]) -> tuple[tuple[int, Verdict], ...]:
    """Return what earlier decisions say of a program that nobody knew: each one thing, and only what stood then."""
    number = len(found)
    stood = {
        one.number for one in found if one.verdict is not None and (one.at, one.number) < (at(number // 2), number)
    }
    return tuple({known: verdict for known, verdict in drawn if known in stood}.items())


trials = st.builds(
    Trial,
    threshold=st.sampled_from([None, 0.0, 0.5, 0.7, 0.8, 0.9, 1.0]),
    gate=st.sampled_from([None, *GateKind]),
    min_occurrences=st.sampled_from([None, 1, 2, 5]),
)
safeties = st.fixed_dictionaries(
    {
        name: st.builds(Known, safety=st.sampled_from(list(Safety)), threshold=st.sampled_from([0.4, 0.8]))
        for name in ("p", "q")
    }
)


def anew(history: list[Moment], known: dict[str, Known], trial: Trial) -> list[Applied]:
    """Answer the same by reading the whole history again at each moment, with the gate that says why."""
    applied: list[Applied] = []
    for moment in sorted(history, key=lambda one: (one.at, one.number)):
        best: tuple[float, str] | None = None
        for name in (moment.suggested, moment.chosen):
            standing = None if name is None else standing_anew(name, moment, history, known[name], trial, applied)
            if standing is None or not decide(standing, Mode.APPLY_AND_PUSH, tuned(LEARNING, trial)).is_open:
                continue
            if best is None or standing.confidence > best[0]:
                best = (standing.confidence, name)
        if best is not None and (end := what_became(moment, best[1])) is not None:
            applied.append(Applied(number=moment.number, program=best[1], end=end))
    return applied


def what_became(moment: Moment, name: str) -> End | None:
    if name != moment.chosen:
        if moment.revoked_at:
            return None
        return End.REJECTED if moment.verdict is Verdict.REJECTED else End.CHANGED
    if moment.revoked_at or moment.taken_back_at:
        return End.UNDONE
    return End.STOOD if moment.settled else None


def standing_anew(
    name: str, now: Moment, history: list[Moment], known: Known, trial: Trial, applied: list[Applied]
) -> Standing | None:
    """Return what was known of a program before `now`; None where it was refused for that record already."""
    before = [one for one in history if (one.at, one.number) < (now.at, now.number)]

    def came(when: datetime | None, one: Moment) -> bool:
        return when is not None and (when, one.number) < (now.at, now.number)

    stand = sorted(
        (one for one in before if one.verdict is not None and not came(one.revoked_at, one)),
        key=lambda one: (one.at, one.number),
    )
    if any(one.record == now.record and one.suggested == name and one.verdict is Verdict.REJECTED for one in stand):
        return None
    back = [one for one in before if one.chosen == name and came(one.taken_back_at, one)]
    if any(one.record == now.record for one in back):
        return None
    also = {number: verdict for one in stand if one.chosen == name for number, verdict in one.reproduces}
    judged = [
        Judged(
            verdict=one.verdict,
            suggested=one.suggested,
            chosen=one.chosen,
            also={name: also[one.number]} if one.number in also else {},
        )
        for one in stand
    ]
    verdicts = verdicts_on(name, judged)
    approvals = verdicts.count(Verdict.APPROVED)
    own = approvals - sum(
        1
        for one in judged
        if one.also.get(name) is Verdict.APPROVED and not verdicts_on(name, [msgspec.structs.replace(one, also={})])
    )
    rate, is_active = rate_anew(name, now, {one.number: one for one in history}, applied)
    gate = {None: known.safety, GateKind.DOCUMENTED: Safety.SAFE, GateKind.CERTIFIED: Safety.REVIEW}[trial.gate]
    return Standing(
        is_active=is_active,
        safety=Safety.DISPLAY if known.safety is Safety.DISPLAY else gate,
        approvals=approvals,
        successes=own,
        failures=len(verdicts) - approvals + sum(1 for one in back if one.verdict is None or one.failed),
        confidence=confidence(verdicts),
        threshold=known.threshold if trial.threshold is None else trial.threshold,
        success_rate=rate,
    )


def rate_anew(name: str, now: Moment, by_number: dict[int, Moment], applied: list[Applied]) -> tuple[float, bool]:
    """Return the success rate before `now`, and whether the rule never fell below its floor."""
    outcomes = []
    for one in applied:
        moment = by_number[one.number]
        if one.program == name:
            times = [when for when in (moment.revoked_at, moment.taken_back_at) if when is not None]
            when = min(times) if one.end is End.UNDONE else moment.at
            order = 0 if one.end is not End.UNDONE else 1
            outcomes.append((when, moment.number, order, one.end is End.STOOD))
    rate, is_active = 1.0, True
    for when, number, _, worked in sorted(outcomes):
        if (when, number) < (now.at, now.number):
            rate += LEARNING.learning_rate * ((1.0 if worked else 0.0) - rate)
            is_active = is_active and rate >= LEARNING.success_floor
    return rate, is_active


@settings(max_examples=200, deadline=None, derandomize=True)
@given(moments(), safeties, trials)
def test_the_replay_equals_reading_the_whole_history_again_at_each_moment(
    history: list[Moment], known: dict[str, Known], trial: Trial
) -> None:
    assert replay(history, known, trial, LEARNING) == anew(history, known, trial)


def test_the_fourth_is_applied_and_a_higher_count_waits_longer() -> None:
    history = [approved(number) for number in range(6)]

    now = replay(history, SAFE, Trial(), LEARNING)
    later = replay(history, SAFE, Trial(min_occurrences=5), LEARNING)

    assert [one.number for one in now] == [3, 4, 5]
    assert [one.number for one in later] == [5]


def test_a_threshold_of_one_keeps_what_one_rejection_touched() -> None:
    history = [*(approved(number) for number in range(4)), rejected(4), *(approved(number) for number in range(5, 9))]

    lower = tally(history, replay(history, SAFE, Trial(threshold=0.7), LEARNING), Trial(), 60)
    higher = tally(history, replay(history, SAFE, Trial(threshold=1.0), LEARNING), Trial(), 60)

    assert (lower.applied, lower.rejected, lower.wrong, lower.minutes_saved) == (6, 1, 1, 4.0)
    assert (higher.applied, higher.rejected) == (2, 1)


def test_what_a_person_undid_counts_as_undone() -> None:
    history = [*(approved(number) for number in range(3)), approved(3, revoked_at=at(50))]

    assert [one.end for one in replay(history, SAFE, Trial(), LEARNING)] == [End.UNDONE]


def test_a_certificate_waits_longer_than_the_formula() -> None:
    history = [approved(number) for number in range(60)]

    formula = replay(history, SAFE, Trial(gate=GateKind.DOCUMENTED), LEARNING)
    proven = replay(history, SAFE, Trial(gate=GateKind.CERTIFIED), LEARNING)

    assert len(formula) == 57
    assert 0 < len(proven) < len(formula)


def test_only_what_happened_since_is_counted_and_all_of_it_teaches() -> None:
    history = [approved(number) for number in range(6)]
    trial = Trial(since=at(5))

    counted = tally(history, replay(history, SAFE, trial, LEARNING), trial, 60)

    assert (counted.moments, counted.applied) == (1, 1)
    assert total_of([counted, counted]).applied == 2


def test_a_decision_takes_the_time_since_the_last_one_and_pauses_do_not_count() -> None:
    decided = [("ann", at(0)), ("bob", at(1)), ("ann", at(2)), ("ann", at(60))]

    assert seconds_of_a_decision(decided) == 120
    assert seconds_of_a_decision([("ann", at(0))]) == 30
