"""Programs carried out: what they change, the record after it, and the way back. Pure; the record is never touched."""

from __future__ import annotations

import copy
import hashlib
import json
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from core.corrections import arguments, paths
from core.corrections.abstains import Abstains
from core.corrections.catalogue import Catalogue
from core.corrections.steps import STEPS, StepKind
from core.errors import NotFound, Refused
from core.model.corrections import Change, Program, Step
from core.model.records import Record

LONGEST_PROGRAM = 12
_SHOWN = 60


def run(program: Program, record: Record, field: str, catalogue: Catalogue | None = None) -> tuple[Change, ...]:
    """Return the change that `program` makes to `field`; empty where it abstains or changes nothing.

    A program of another version, with steps or arguments that are not known here, abstains as well; so does a step
    that asks what the merchant's catalogue taught where no `catalogue` is given.
    """
    before = paths.get(record, field)
    try:
        after = copy.deepcopy(before)
        for step in program:
            after = _carry_out(step, after, record, field, catalogue)
        return _change(field, before, after)
    except (Abstains, Refused, RecursionError):
        return ()


def _change(field: str, before: Any, after: Any) -> tuple[Change, ...]:
    if same(before, after):
        return ()
    return (Change(field=field, before=before, after=after),)


def patch(record: Record, changes: Sequence[Change]) -> Record:
    """Return a copy of `record` with the changes made; None removes a field.

    Missing objects on the way are created. A path into a list names an item that exists, or the place after the
    last; NotFound otherwise, and where something else stands in the way.
    """
    try:
        patched = copy.deepcopy(record)
    except RecursionError as error:
        raise Refused("The record is nested too deeply to be corrected.", code="too_deep") from error
    for change in sorted(changes, key=_deletions_last):
        _put(patched, change.field, copy.deepcopy(change.after))
    return patched


def revert(changes: Sequence[Change]) -> tuple[Change, ...]:
    """Return the changes that undo `changes`, last first."""
    return tuple(Change(field=change.field, before=change.after, after=change.before) for change in reversed(changes))


def get(record: Record, path: str) -> Any:
    """Return the value at a dotted path, None where there is none."""
    return paths.get(record, path)


def diff(before: Record, after: Record) -> tuple[Change, ...]:
    """Return the changes that turn `before` into `after`, by field, in the order of their paths."""
    changes: list[Change] = []
    _compare(before, after, "", changes)
    return tuple(changes)


def describe(program: Program) -> str:
    """Say in one sentence what a program does."""
    if not program:
        return "Change nothing."
    sentence = ", then ".join(_phrase(step) for step in program)
    return f"{sentence[:1].upper()}{sentence[1:]}."


def check(program: Program) -> None:
    """Refuse a program with an unknown step or with arguments that do not fit."""
    if not isinstance(program, list | tuple) or len(program) > LONGEST_PROGRAM:
        raise Refused(f"A program is a list of at most {LONGEST_PROGRAM} steps.", code="program")
    for step in program:
        name, given = _single(step)
        kind = STEPS.get(name)
        if kind is None:
            raise Refused(f"There is no step {name[:40]!r}.", code="program")
        try:
            bound = arguments.bind(kind.function, given)
            if "pattern" in bound and "replacement" in bound:
                bound["pattern"].pieces(bound["replacement"])
            if kind.check is not None:
                kind.check(bound)
        except ValueError as error:
            raise Refused(f"Step {name}: {error}.", code="program") from error


def normalise(program: Sequence[Any]) -> Program:
    """Return a checked program with each argument under its name: `{shorten_at_word: 80}` gets its `limit`."""
    check(tuple(program))
    steps = []
    for step in program:
        name, given = _single(step)
        steps.append({name: arguments.normalise(STEPS[name].function, given)})
    return tuple(steps)


def program_hash(program: Program) -> str:
    """Return the identity of a program: equal for programs that do the same by the same steps and arguments."""
    canonical = [_canonical(step) for step in program]
    text = json.dumps(canonical, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def asks_catalogue(program: Program) -> bool:
    """Tell whether a program asks what the merchant's catalogue taught, which goes on learning."""
    names = [_single(step)[0] for step in program]
    return any(name in STEPS and STEPS[name].asks_catalogue for name in names)


def same(left: Any, right: Any) -> bool:
    """Say whether two JSON values are equal, `1`, `1.0` and `true` told apart."""
    if type(left) is not type(right):
        return False
    if isinstance(left, dict):
        return left.keys() == right.keys() and all(same(left[key], right[key]) for key in left)
    if isinstance(left, list):
        return len(left) == len(right) and all(map(same, left, right))
    return bool(left == right)


def _carry_out(step: Step, value: Any, record: Record, field: str, catalogue: Catalogue | None) -> Any:
    name, given = _single(step)
    kind = STEPS.get(name)
    if kind is None:
        raise Abstains
    try:
        bound = arguments.bind(kind.function, given)
        for parameter in arguments.parameters(kind.function):
            if parameter.is_record:
                bound[parameter.name] = record
            elif parameter.is_catalogue:
                bound[parameter.name] = catalogue
            elif parameter.is_field and bound[parameter.name] is not None:
                bound[parameter.name] = copy.deepcopy(paths.get(record, paths.bind(bound[parameter.name], field)))
    except ValueError as error:
        raise Abstains from error
    return kind.function(value, **bound)


def _single(step: Any) -> tuple[str, Any]:
    if isinstance(step, str):
        return step, {}
    if not isinstance(step, dict) or len(step) != 1:
        raise Refused("A step is one name with its arguments.", code="program")
    ((name, given),) = step.items()
    return str(name), given


def _canonical(step: Step) -> dict[str, Any]:
    name, given = _single(step)
    kind = STEPS.get(name)
    if kind is None:
        return {name: given}
    known = arguments.defaults(kind.function)
    named = arguments.normalise(kind.function, given)
    return {name: {key: value for key, value in named.items() if key not in known or known[key] != value}}


def _phrase(step: Step) -> str:
    name, given = _single(step)
    kind = STEPS.get(name)
    if kind is None:
        return name.replace("_", " ")
    return _filled(kind, {**arguments.defaults(kind.function), **arguments.normalise(kind.function, given)})


def _filled(kind: StepKind, given: dict[str, Any]) -> str:
    phrase = kind.says if isinstance(kind.says, str) else kind.says(given)
    for name, value in given.items():
        phrase = phrase.replace("{" + name + "}", _shown(value))
    return phrase


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        pairs = [f"“{_shown(key)}” → “{_shown(after)}”" for key, after in list(value.items())[:3]]
        return ", ".join(pairs) + (f" and {len(value) - 3} more" if len(value) > 3 else "")
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


def _deletions_last(change: Change) -> tuple[bool, list[int]]:
    indices = [-(paths.as_index(part) or 0) for part in change.field.split(".")]
    return change.after is None, indices if change.after is None else []


def _put(record: Record, path: str, value: Any) -> None:
    parts = path.split(".")
    holder: Any = record
    for part, following in pairwise(parts):
        found = _child(holder, part, path)
        if found is None:
            found = [] if paths.as_index(following) == 0 else {}
            if value is None:
                return
            _assign(holder, part, found, path)
        holder = found
    _assign(holder, parts[-1], value, path)


def _child(holder: Any, part: str, path: str) -> Any:
    if isinstance(holder, dict):
        return holder.get(part)
    index = paths.as_index(part) if isinstance(holder, list) else None
    if index is None or index > len(holder):
        raise NotFound(f"The record has no {path}.")
    return holder[index] if index < len(holder) else None


def _assign(holder: Any, part: str, value: Any, path: str) -> None:
    if isinstance(holder, dict):
        if value is None:
            holder.pop(part, None)
        else:
            holder[part] = value
        return
    index = paths.as_index(part) if isinstance(holder, list) else None
    if index is None or index > len(holder):
        raise NotFound(f"The record has no {path}.")
    if value is None:
        del holder[index : index + 1]
    elif index == len(holder):
        holder.append(value)
    else:
        holder[index] = value


def _compare(before: Any, after: Any, path: str, changes: list[Change]) -> None:
    if isinstance(before, dict) and isinstance(after, dict) and not _unnameable(before, after):
        for key in sorted(before.keys() | after.keys()):
            _compare(before.get(key), after.get(key), f"{path}.{key}" if path else key, changes)
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after) and path:
        for index, (old, new) in enumerate(zip(before, after, strict=True)):
            _compare(old, new, f"{path}.{index}", changes)
    elif not same(before, after):
        changes.append(Change(field=path, before=before, after=after))


def _unnameable(before: dict[str, Any], after: dict[str, Any]) -> bool:
    return any("." in key or not key for key in before.keys() | after.keys())
