"""Whether a correction may be applied without a human, and if not, why not."""

from __future__ import annotations

import msgspec

from core.knowledge.certificate import is_certified, lower_bound, missing_approvals
from core.knowledge.confidence import NEVER, approvals_to_reach
from core.knowledge.trust import counted, fewest_more, people_needed
from core.model.corrections import Mode, Phase, Safety, Verdict
from core.model.tuning import KnowledgeManagement

AUTOMATIC_MODES = (Mode.APPLY_LOCALLY, Mode.APPLY_AND_PUSH)
AUTOMATIC_PHASES = (Phase.AUTOMATIC, Phase.MONITORED)


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of one program for one pattern. `threshold`, `success_rate` and `confidence` are 0 to 1.

    `successes` and `failures` are the trials of the certificate: human verdicts, and applications undone or refused.
    `by_reviewer` is how many of the approvals each person gave; who they are is nobody's business here.
    `decided` counts the verdicts that confidence follows from, `lately` are the last five.
    """

    is_active: bool
    safety: Safety
    approvals: int
    successes: int
    failures: int
    confidence: float
    threshold: float
    success_rate: float
    by_reviewer: tuple[int, ...] = ()
    decided: int = 0
    lately: tuple[Verdict, ...] = ()


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """What of a standing counts at the gate. `left_out` approvals are beyond what one person's word may weigh."""

    approvals: int
    successes: int
    people: int
    left_out: int


class Gate(msgspec.Struct, frozen=True, kw_only=True):
    """The answer. `blocks` are sentences for people; `missing` counts the approvals still to come, at the fewest."""

    is_open: bool
    kind: str
    blocks: tuple[str, ...]
    missing: int
    bound: float


def evidence(standing: Standing, rules: KnowledgeManagement) -> Evidence:
    """Return what counts of what people said."""
    left_out = sum(standing.by_reviewer) - counted(standing.by_reviewer, rules)
    return Evidence(
        approvals=max(standing.approvals - left_out, 0),
        successes=max(standing.successes - left_out, 0),
        people=len(standing.by_reviewer),
        left_out=left_out,
    )


def decide(standing: Standing, mode: Mode, rules: KnowledgeManagement) -> Gate:
    """Answer whether this program may be applied by itself on a connection in `mode`."""
    certified = standing.safety is not Safety.SAFE
    known = evidence(standing, rules)
    wanting = max(rules.min_occurrences - known.approvals, 0)
    bound = lower_bound(known.successes, standing.failures, rules.certified_level)
    blocks = _blocks(standing, known, mode, rules)
    if certified:
        uncertified = missing_approvals(
            known.successes,
            standing.failures,
            precision=rules.certified_precision,
            level=rules.certified_level,
        )
        wanting = max(wanting, uncertified)
        if uncertified:
            blocks.append(f"It changes content: {_more(uncertified, standing, known, rules)} to certify it.")
    return Gate(
        is_open=not blocks,
        kind="certified" if certified else "documented",
        blocks=tuple(blocks),
        missing=max(_fewest(wanting, standing, known, rules), _unsure(standing)),
        bound=bound,
    )


def would_open(standing: Standing, rules: KnowledgeManagement) -> bool:
    """Answer as `decide` does on a connection that lets corrections apply themselves, without saying why."""
    if not (rules.enabled and standing.is_active) or standing.safety is Safety.DISPLAY:
        return False
    if standing.approvals < rules.min_occurrences or standing.confidence < standing.threshold:
        return False
    if standing.success_rate < rules.success_floor or _lacks_people(len(standing.by_reviewer), rules):
        return False
    known = evidence(standing, rules)
    if known.approvals < rules.min_occurrences:
        return False
    return standing.safety is Safety.SAFE or is_certified(
        known.successes,
        standing.failures,
        precision=rules.certified_precision,
        level=rules.certified_level,
    )


def _blocks(standing: Standing, known: Evidence, mode: Mode, rules: KnowledgeManagement) -> list[str]:
    blocks = []
    if not rules.enabled:
        blocks.append("Learning is switched off in the settings.")
    if not standing.is_active:
        blocks.append("This auto rule is switched off.")
    if standing.safety is Safety.DISPLAY:
        blocks.append("This kind of fix is never applied without a person.")
    if _lacks_people(known.people, rules):
        blocks.append(f"Approved by {_people(known.people)}; {_word(people_needed(rules))} are needed.")
    if known.approvals < rules.min_occurrences:
        more = _more(rules.min_occurrences - known.approvals, standing, known, rules)
        blocks.append(f"{more} of this very correction needed.")
    if standing.confidence < standing.threshold:
        below = f"Confidence {standing.confidence:.2f} is below the threshold {standing.threshold:.2f}"
        blocks.append(f"{below}{_reached(_unsure(standing))}.")
    if standing.success_rate < rules.success_floor:
        blocks.append(f"Success rate {standing.success_rate:.0%} is below {rules.success_floor:.0%}.")
    if mode not in AUTOMATIC_MODES:
        blocks.append(f"The connection's mode is {mode.replace('_', ' ')}.")
    return blocks


def _unsure(standing: Standing) -> int:
    """Return how many approvals in a row bring confidence to its threshold."""
    if standing.confidence >= standing.threshold:
        return 0
    total = max(standing.decided, standing.approvals)
    return approvals_to_reach(standing.threshold, total=total, approved=standing.approvals, lately=standing.lately)


def _reached(more: int) -> str:
    if more == NEVER:
        return ": no number of approvals reaches it"
    return f": {'1 more approval reaches' if more == 1 else f'{more} more approvals in a row reach'} it"


def _lacks_people(people: int, rules: KnowledgeManagement) -> bool:
    """Tell whether too few people have approved; where one is enough, the number of approvals says it."""
    return rules.min_reviewers > 1 and people < people_needed(rules)


def _fewest(wanting: int, standing: Standing, known: Evidence, rules: KnowledgeManagement) -> int:
    """Return how many approvals have to come for `wanting` more to count, and for the people to be enough."""
    if rules.min_reviewers < 2:
        return wanting
    return fewest_more(standing.by_reviewer, sum(standing.by_reviewer) - known.left_out + wanting, rules)


def _more(wanting: int, standing: Standing, known: Evidence, rules: KnowledgeManagement) -> str:
    number = _fewest(wanting, standing, known, rules)
    plain = "1 more approval" if number == 1 else f"{number} more approvals"
    return f"{plain} by other people" if known.left_out else plain


def _people(number: int) -> str:
    return {0: "nobody", 1: "one person"}.get(number, f"{_word(number)} people")


def _word(number: int) -> str:
    words = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
    return words[number] if number < len(words) else str(number)


def phase_of(*, decisions: int, is_automatic: bool, applications: int) -> Phase:
    """Return which of the document's four phases a pattern is in."""
    if is_automatic:
        return Phase.MONITORED if applications else Phase.AUTOMATIC
    return Phase.RECOGNISED if decisions else Phase.DETECTED


def next_success_rate(rate: float, *, worked: bool, learning_rate: float) -> float:
    """Return the exponential average (0 to 1) after one more outcome."""
    return rate + learning_rate * ((1.0 if worked else 0.0) - rate)
