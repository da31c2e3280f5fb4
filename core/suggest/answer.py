"""Reads what a model said. It is data from a stranger: what does not fit the shape, or proves nothing, is refused."""

from __future__ import annotations

import re
from typing import Any, Literal

import msgspec

from core.corrections import apply, arguments, paths
from core.corrections.steps import STEPS
from core.corrections.steps.values import missing
from core.errors import Refused
from core.model.corrections import Change, Program, Safety, Source
from core.model.records import Record
from core.suggest.disclosure import ALLOWED, ALLOWED_OF_VARIANT
from core.suggest.masking import MARKS
from core.suggest.proposal import Proposal
from core.suggest.question import OFFERED

PROGRAM, PROVEN, LOOSE = 0.55, 0.50, 0.35
"""Confidence of a program, of a value whose words all stand in its evidence, and of one with words of the model's own.
They are ours: an answer has no place to claim one."""

NEVER_WRITTEN = ("price", "compare_at_price", "currency")
"""Fields whose value no model writes: money. A program that rewrites its notation may stand."""

LONGEST_VALUE, LONGEST_QUOTE, MOST_QUOTES = 10_000, 500, 10
_WORD = re.compile(r"\w+")
_FIGURE = re.compile(r"\d+")
_PLACEHOLDER = re.compile(r"\{[^{}]*\}|\\\d")
_RISKY = re.compile(r"(?i)https?:|www\.|\w@\w|javascript:|data:|<[a-z!/]")
_HIDDEN = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\U000e0000-\U000e007f]"
)
_FENCE = re.compile(r"\A\s*```(?:json)?\s*\n(.*?)\n?```\s*\Z", re.DOTALL)


class Quote(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Words of the record, and the field that they stand in."""

    field: str
    quote: str


class Answer(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A checked answer. Only what belongs to its `kind` counts."""

    kind: Literal["program", "value", "none"]
    program: tuple[dict[str, dict[str, Any]], ...] | None = ()
    value: str | int | float | bool | list[str] | None = None
    evidence: tuple[Quote, ...] | None = ()


def read(text: str) -> Answer:
    """Return what a model's text says; Refused where it has another shape, or anything beyond it."""
    fenced = _FENCE.match(text)
    try:
        return msgspec.json.decode((fenced.group(1) if fenced else text).encode(), type=Answer)
    except (msgspec.DecodeError, UnicodeEncodeError, RecursionError) as error:
        raise Refused("The answer does not have the shape that was asked for.", code="model_answer") from error


def program_of(answer: Answer) -> Program:
    """Return the checked program of an answer; Refused where it is none that a model may write."""
    steps = []
    for step in answer.program or ():
        for name, given in step.items():
            if name not in OFFERED:
                raise Refused(f"A model may not use the step {name[:40]!r}.", code="model_answer")
            wanted = {key: value for key, value in given.items() if value is not None}
            steps.append({name: wanted})
        if len(step) != 1:
            raise Refused("A step is one name with its arguments.", code="model_answer")
    if not steps:
        raise Refused("The program is empty.", code="model_answer")
    program = apply.normalise(steps)
    for step in program:
        _check_arguments(step)
    return program


def proposal(answer: Answer, program: Program, record: Record, shown: Record, field: str, model: str) -> Proposal:
    """Return what a `value` or a `program` does to a record; Refused where nothing may be proposed from it."""
    if answer.kind == "program":
        return of_program(program, record, field, model)
    return _of_value(answer, record, shown, field, model)


def of_program(program: Program, record: Record, field: str, model: str) -> Proposal:
    """Return what a model's program does to a record; Refused where it changes nothing or leaves nothing."""
    changes = apply.run(program, record, field)
    if not changes or missing(changes[0].after):
        raise Refused("The program leaves nothing to propose.", code="model_answer")
    evidence = f"{model} wrote this program for one record of this cause; the rules hold after it."
    return _proposal(program, changes, PROGRAM, (evidence,))


def _of_value(answer: Answer, record: Record, shown: Record, field: str, model: str) -> Proposal:
    value, quotes = answer.value, _proven(answer, shown)
    written = "\n".join(value) if isinstance(value, list) else str(value)
    _check_written(written, quotes, field)
    if missing(value) or apply.same(value, paths.get(record, field)):
        raise Refused("The value changes nothing.", code="model_answer")
    proof = " ".join(quotes).casefold()
    own = [word for word in _WORD.findall(written) if word.casefold() not in set(_WORD.findall(proof))]
    lines = [f"{model} read it in {one.field}: “{one.quote}”." for one in answer.evidence or ()]
    if own:
        lines.append(f"These words are the model's own: {', '.join(dict.fromkeys(own))[:200]}.")
    program = ({"set_value": {"to": value}},)
    changes = (Change(field=field, before=paths.get(record, field), after=value),)
    return _proposal(program, changes, LOOSE if own else PROVEN, tuple(lines))


def _proposal(program: Program, changes: tuple[Change, ...], confidence: float, evidence: tuple[str, ...]) -> Proposal:
    return Proposal(
        source=Source.LLM,
        program=program,
        program_hash=apply.program_hash(program),
        changes=changes,
        confidence=confidence,
        evidence=evidence,
        safety=Safety.REVIEW,
    )


def _proven(answer: Answer, shown: Record) -> list[str]:
    """Return the quotes; Refused where there is none, or one does not stand in what the model was shown."""
    evidence = answer.evidence or ()
    if not evidence or len(evidence) > MOST_QUOTES:
        raise Refused("The value comes without evidence.", code="model_answer")
    for one in evidence:
        held = paths.get(shown, one.field)
        text = held if isinstance(held, str) else msgspec.json.encode(held).decode()
        if not one.quote.strip() or len(one.quote) > LONGEST_QUOTE or held is None or one.quote not in text:
            raise Refused("The evidence does not stand in the record.", code="model_answer")
    return [one.quote for one in evidence]


def _check_written(text: str, quotes: list[str], field: str) -> None:
    """Refuse money, invented figures, masks, hidden characters, and links or markup that nothing proves."""
    if field.rsplit(".", maxsplit=1)[-1] in NEVER_WRITTEN:
        raise Refused("No model writes this field.", code="model_answer")
    if len(text) > LONGEST_VALUE or _HIDDEN.search(text) or any(mark in text for mark in MARKS):
        raise Refused("The value is not fit to be proposed.", code="model_answer")
    proof = " ".join(quotes)
    if not set(_FIGURE.findall(text)) <= set(_FIGURE.findall(proof)):
        raise Refused("The value has a number that its evidence does not have.", code="model_answer")
    if _RISKY.search(text):
        raise Refused("The value has a link, an address or markup.", code="model_answer")


def _check_arguments(step: dict[str, dict[str, Any]]) -> None:
    """Refuse a step that brings words of the model's own, or that reads a field which is not the model's to see."""
    ((name, given),) = step.items()
    for parameter in arguments.parameters(STEPS[name].function):
        held = given.get(parameter.name)
        if parameter.is_field and isinstance(held, str):
            _check_field(held)
    for text in (given.get("new"), given.get("replacement"), given.get("text")):
        if isinstance(text, str) and _WORD.search(_PLACEHOLDER.sub("", text)):
            raise Refused("A program may not bring words of its own.", code="model_answer")
    for placeholder in re.findall(r"\{([^{}]*)\}", str(given.get("text", ""))):
        _check_field(placeholder)


def _check_field(path: str) -> None:
    parts = [part.removesuffix("[]") for part in path.split(".")]
    named = [part for part in parts if paths.as_index(part) is None]
    if named[0] not in ALLOWED or (named[0] == "variants" and (len(named) < 2 or named[1] not in ALLOWED_OF_VARIANT)):
        raise Refused("The program reads a field that no model may see.", code="model_answer")
