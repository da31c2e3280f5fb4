"""Pairs as induction sees them, and programs run on them many times over without binding arguments anew."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from typing import Any

import msgspec

from core.corrections import apply, arguments, paths
from core.corrections.abstains import Abstains
from core.corrections.paths import get
from core.corrections.steps import STEPS
from core.errors import Refused
from core.model.corrections import Program
from core.model.records import Record

Pair = tuple[Record, str, Any]
"""A record as it was, the field, and the value that a person wanted there."""

MOST_PAIRS = 200
LONGEST_TEXT = 400
"""Texts longer than this take part in plain steps only, so that the work for one pair has a bound."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Example:
    """One pair. `number` is its place among the pairs given; `memo` keeps what a strategy found out about it."""

    number: int
    record: Record
    field: str
    before: Any
    after: Any
    memo: dict[str, Any] = dataclass_field(default_factory=dict, compare=False, repr=False)

    @property
    def text(self) -> str | None:
        """Return the value before, where it is text of a length that is taken to pieces."""
        return self.before if isinstance(self.before, str) and len(self.before) <= LONGEST_TEXT else None

    @property
    def wanted(self) -> str | None:
        """Return the value after, where it is text of such a length."""
        return self.after if isinstance(self.after, str) and len(self.after) <= LONGEST_TEXT else None


def examples_of(pairs: Sequence[Pair]) -> list[Example]:
    """Return the first `MOST_PAIRS` pairs as examples."""
    return [
        Example(number=number, record=record, field=field, before=get(record, field), after=after)
        for number, (record, field, after) in enumerate(pairs[:MOST_PAIRS])
    ]


class Nothing:
    """What a program gives that abstains."""


NOTHING = Nothing()


class Runner:
    """One program, bound once. Calling it gives the value after, or NOTHING where the program abstains."""

    def __init__(self, program: Program) -> None:
        self.steps: list[tuple[Callable[..., Any], dict[str, Any], list[str], list[str]]] = []
        self.uses_record = False
        for step in program:
            ((name, given),) = step.items()
            function = STEPS[name].function
            known = arguments.parameters(function)
            records = [one.name for one in known if one.is_record]
            bound = arguments.bind(function, given)
            fields = [one.name for one in known if one.is_field and bound[one.name] is not None]
            plain = name == "rearrange" and "{field " not in str(bound.get("to"))
            self.uses_record = self.uses_record or bool(fields) or (bool(records) and not plain)
            self.steps.append((function, bound, records, fields))

    def __call__(self, example: Example) -> Any:
        """Return what the program makes of an example's value."""
        value = example.before
        if not isinstance(value, str | int | float | None):
            value = copy.deepcopy(value)
        try:
            for function, bound, records, fields in self.steps:
                if records or fields:
                    given = dict(bound)
                    for name in records:
                        given[name] = example.record
                    for name in fields:
                        given[name] = copy.deepcopy(paths.get(example.record, paths.bind(bound[name], example.field)))
                    value = function(value, **given)
                else:
                    value = function(value, **bound)
        except (Abstains, Refused, ValueError, RecursionError):
            return NOTHING
        return value


class Verdicts(msgspec.Struct, frozen=True):
    """What a program is right and wrong about, as bits by the examples' places; it abstains from all others.

    `kept` are those of `right` whose value was to stay as it is, `idle` those it left as they are and should not have:
    to change nothing is no wrong change, but no answer either.
    """

    right: int
    wrong: int
    kept: int = 0
    idle: int = 0


def judge(program: Program, examples: Sequence[Example], *, most_wrong: int | None = None) -> Verdicts | None:
    """Run a program on all examples; None as soon as it is wrong more than `most_wrong` times."""
    runner = Runner(program)
    seen: dict[str, Any] = {}
    right = wrong = kept = idle = 0
    for place, example in enumerate(examples):
        key = example.before if isinstance(example.before, str) and not runner.uses_record else None
        after = seen.get(key, seen) if key is not None else seen
        if after is seen:
            after = runner(example)
            if key is not None:
                seen[key] = after
        if after is NOTHING:
            continue
        changes = not apply.same(after, example.before)
        if apply.same(after, example.after):
            right |= 1 << place
            kept |= 0 if changes else 1 << place
        elif not changes:
            idle |= 1 << place
        else:
            wrong |= 1 << place
            if most_wrong is not None and wrong.bit_count() > most_wrong:
                return None
    return Verdicts(right, wrong, kept, idle)


def chosen(examples: Sequence[Example], bits: int) -> list[Example]:
    """Return the examples whose bits are set."""
    return [example for place, example in enumerate(examples) if bits >> place & 1]


def distinct(examples: Iterable[Example], most: int) -> list[Example]:
    """Return at most so many examples whose values before differ."""
    found: dict[str, Example] = {}
    for example in examples:
        found.setdefault(repr(example.before), example)
        if len(found) == most:
            break
    return list(found.values())
