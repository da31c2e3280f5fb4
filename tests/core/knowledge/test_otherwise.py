"""Another program's replay equals asking, record by record, what it would have given and what people said of that."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.corrections import apply
from core.knowledge.backtest import Applied, End, Known, Moment, Trial, replay
from core.knowledge.confidence import confidence
from core.knowledge.gate import Standing, decide
from core.knowledge.otherwise import Made, Seen, reads_other_fields, retell
from core.knowledge.tally import Produced, produced, produced_in_all
from core.model.corrections import Mode, Program, Safety, Verdict
from core.model.tuning import KnowledgeManagement

START = datetime(2026, 11, 1, tzinfo=UTC)
LEARNING = KnowledgeManagement()
Plain = Callable[[dict[str, Any]], Any]
TRIALS: dict[str, tuple[Program, Plain]] = {
    "trim": (({"trim": {}},), lambda record: record["title"].strip()),
    "upper": (({"trim": {}}, {"change_case": {"to": "upper"}}), lambda record: record["title"].strip().upper()),
    "brand": (({"copy_field": {"field": "brand"}},), lambda record: record.get("brand", record["title"])),
}


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """One moment with its record."""

    moment: Moment
    seen: Seen | None


def at(minute: int) -> datetime:
    return START + timedelta(minutes=minute)


@st.composite
def histories(draw: st.DrawFn) -> list[Told]:
    """Return decisions on titles, some of whose records are not known any more."""
    found = []
    for number in range(draw(st.integers(0, 30))):
        verdict = draw(st.sampled_from([Verdict.APPROVED] * 6 + [Verdict.REJECTED, Verdict.MODIFIED, None]))
        title = draw(st.sampled_from([" a", "a ", " A", "b", " b "]))
        wanted = draw(st.sampled_from([title.strip()] * 4 + [title.strip().upper(), "Alder"]))
        revoked = None if verdict is None else draw(st.sampled_from([None] * 5 + [number + 2, 40]))
        back = draw(st.sampled_from([None] * 5 + [number + 1, 40])) if verdict is not Verdict.REJECTED else None
        moment = Moment(
            number=number,
            at=at(number // 2),
            record=draw(st.integers(1, 10)),
            verdict=verdict,
            suggested=None if verdict is None else "s",
            chosen=None if verdict is Verdict.REJECTED else "c",
            revoked_at=None if revoked is None else at(revoked),
            taken_back_at=None if back is None else at(back),
            settled=draw(st.booleans()) or verdict is not None,
            failed=back is not None and draw(st.booleans()),
            reviewer=draw(st.integers(1, 3)),
        )
        whole = draw(st.booleans())
        seen = Seen(
            field="title",
            record={"title": title} | ({"brand": "Alder"} if whole else {}),
            is_whole=whole,
            wanted=msgspec.UNSET if verdict is Verdict.REJECTED else wanted,
            refused=wanted if verdict is Verdict.REJECTED else msgspec.UNSET,
        )
        found.append(Told(moment=moment, seen=draw(st.sampled_from([seen, seen, seen, None]))))
    return found


def opinion(told: Told, plain: Plain, narrow: bool) -> str:
    """Say what history thinks of what `plain` gives for one record."""
    if told.seen is None or not (narrow or told.seen.is_whole):
        return "not known"
    value = plain(told.seen.record)
    if value == told.seen.record["title"]:
        return "nothing"
    if told.moment.verdict is Verdict.REJECTED:
        return "rejected" if value == told.seen.refused else "not known"
    if value == told.seen.wanted:
        return "right"
    return "not known" if told.moment.verdict is None else "changed"


def slowly(history: list[Told], plain: Plain, narrow: bool, known: Known, rules: KnowledgeManagement) -> list[Applied]:
    """Walk through all of history again at each of its moments."""
    applied: list[tuple[Applied, Moment]] = []
    for told in sorted(history, key=lambda one: (one.moment.at, one.moment.number)):
        now, view = told.moment, opinion(told, plain, narrow)
        if view in ("nothing", "not known"):
            continue

        def came(when: datetime | None, one: Moment, now: Moment = now) -> bool:
            return when is not None and (when, one.number) < (now.at, now.number)

        before = [
            (one.moment, opinion(one, plain, narrow))
            for one in sorted(history, key=lambda one: (one.moment.at, one.moment.number))
            if (one.moment.at, one.moment.number) < (now.at, now.number)
        ]
        heard = [
            (one, said)
            for one, said in before
            if one.verdict is not None and not came(one.revoked_at, one) and said in ("right", "changed", "rejected")
        ]
        back = [one for one, said in before if said == "right" and came(one.taken_back_at, one)]
        if any(one.record == now.record for one in back):
            continue
        if any(one.record == now.record and said == "rejected" for one, said in heard):
            continue
        verdict_of = {"right": Verdict.APPROVED, "changed": Verdict.MODIFIED, "rejected": Verdict.REJECTED}
        verdicts = [verdict_of[said] for _, said in heard]
        people = [one.reviewer for one, said in heard if said == "right"]
        rate, is_active = rate_before(now, applied)
        standing = Standing(
            is_active=is_active,
            safety=known.safety,
            approvals=len(people),
            successes=len(people),
            failures=len(verdicts) - len(people) + sum(1 for one in back if one.verdict is None or one.failed),
            confidence=confidence(verdicts),
            threshold=known.threshold,
            success_rate=rate,
            by_reviewer=tuple(sorted((people.count(one) for one in set(people)), reverse=True)),
        )
        end = became(now, view)
        if end is not None and decide(standing, Mode.APPLY_AND_PUSH, rules).is_open:
            applied.append((Applied(number=now.number, program="new", end=end), now))
    return [one for one, _ in applied]


def became(now: Moment, view: str) -> End | None:
    if view == "right":
        if now.revoked_at or now.taken_back_at:
            return End.UNDONE
        return End.STOOD if now.settled else None
    if now.revoked_at:
        return None
    return End.CHANGED if view == "changed" else End.REJECTED


def rate_before(now: Moment, applied: list[tuple[Applied, Moment]]) -> tuple[float, bool]:
    told = []
    for one, moment in applied:
        ended = (
            min(when for when in (moment.revoked_at, moment.taken_back_at) if when) if one.end is End.UNDONE else None
        )
        told.append((ended or moment.at, moment.number, one.end is End.STOOD))
    rate, is_active = 1.0, True
    for when, number, worked in sorted(told):
        if (when, number) < (now.at, now.number):
            rate += LEARNING.learning_rate * ((1.0 if worked else 0.0) - rate)
            is_active = is_active and rate >= LEARNING.success_floor
    return rate, is_active


@settings(max_examples=150, deadline=None, derandomize=True)
@given(
    histories(),
    st.sampled_from(sorted(TRIALS)),
    st.sampled_from([Known(safety=Safety.SAFE, threshold=0.8), Known(safety=Safety.SAFE, threshold=0.5)]),
    st.sampled_from([1, 2]),
    st.sampled_from([1, 3]),
)
def test_the_replay_of_another_program_equals_a_slow_one(
    history: list[Told], name: str, known: Known, people: int, occurrences: int
) -> None:
    program, plain = TRIALS[name]
    trial = Trial(min_reviewers=people, min_occurrences=occurrences)
    rules = msgspec.structs.replace(LEARNING, min_reviewers=people, min_occurrences=occurrences)
    seen = {one.moment.number: one.seen for one in history if one.seen is not None}

    retold = retell(program, "new", [one.moment for one in history], seen)
    quick = replay(retold.moments, {"new": known}, trial, LEARNING)

    assert quick == slowly(history, plain, name != "brand", known, rules)
    unknown = sum(1 for one in history if opinion(one, plain, name != "brand") == "not known")
    assert sum(1 for one in retold.made.values() if one is Made.NOT_KNOWN) == unknown


@pytest.mark.parametrize(
    ("program", "other"),
    [
        (({"trim": {}},), False),
        (({"set_value": {"to": "x"}},), False),
        (({"trim": {}}, {"copy_field": {"field": "brand"}}), True),
        (({"template": {"text": "{brand} {title}"}},), True),
        (({"currency_places": {}},), True),
        (({"of_another_release": {}},), True),
    ],
)
def test_a_program_that_reads_other_fields_is_known(program: Program, other: bool) -> None:
    assert reads_other_fields(program) is other


def test_what_a_program_made_is_counted_from_the_trials_begin() -> None:
    history = [
        Moment(number=number, at=at(number), record=number, verdict=Verdict.APPROVED, suggested="s", chosen="s")
        for number in range(3)
    ]
    seen = {0: Seen(field="title", record={"title": " a"}, is_whole=False, wanted="a")}
    seen[1] = Seen(field="title", record={"title": " b"}, is_whole=False, wanted="B")

    made = retell(({"trim": {}},), "new", history, seen).made

    assert produced(history, made, Trial()) == Produced(agreed=1, differed=1, not_known=1)
    assert produced(history, made, Trial(since=at(2))) == Produced(not_known=1)
    assert produced_in_all([Produced(agreed=1), Produced(agreed=2, refused=1)]) == Produced(agreed=3, refused=1)
    assert apply.run(({"trim": {}},), {"title": " a"}, "title")[0].after == "a"
