"""Arguments of checks and steps: their keyword-only parameters are the YAML schema.

A check or a step is a plain function. What its signature says is what an author may write: a name that is not in
it, a value of another type or a missing one is refused when the pack is loaded, never when a record is judged.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from core.corrections import paths
from core.corrections.regex import Regex, regex

FieldValue = Annotated[Any, "field"]
"""In YAML a field path; the function gets the value found there."""

WholeRecord = Annotated[Any, "record"]
"""Not written in YAML: the function gets the record."""

KnownCatalogue = Annotated[Any, "catalogue"]
"""Not written in YAML: the function gets what the merchant's catalogue taught, None where it taught nothing."""

Json = Annotated[Any, "json"]
"""Any JSON value."""

REQUIRED = inspect.Parameter.empty
LONGEST_LIST = 5_000
LONGEST_TEXT = 10_000


@dataclass(frozen=True)
class Parameter:
    """One keyword-only parameter, as its annotation says."""

    name: str
    type: Any
    default: Any
    optional: bool

    @property
    def is_field(self) -> bool:
        """Say whether YAML gives a path and the function gets the value there."""
        return self.type is FieldValue

    @property
    def is_record(self) -> bool:
        """Say whether the function gets the record here."""
        return self.type is WholeRecord

    @property
    def is_catalogue(self) -> bool:
        """Say whether the function gets here what the merchant's catalogue taught."""
        return self.type is KnownCatalogue

    @property
    def is_written(self) -> bool:
        """Say whether an author writes it: the record and the catalogue are given by us."""
        return not (self.is_record or self.is_catalogue)


@cache
def parameters(function: Callable[..., Any]) -> tuple[Parameter, ...]:
    """Read the keyword-only parameters of a check or a step."""
    found = []
    for parameter in inspect.signature(function, eval_str=True).parameters.values():
        if parameter.kind is parameter.KEYWORD_ONLY:
            kind, optional = _unwrap(parameter.annotation)
            found.append(Parameter(parameter.name, kind, parameter.default, optional))
    return tuple(found)


def bind(function: Callable[..., Any], given: Any) -> dict[str, Any]:
    """Turn what YAML or JSON gives into keyword arguments; ValueError with the reason where it does not fit.

    A mapping names parameters. Anything else is the value of the first one; nothing, and `true` where no argument
    has to be given, stand for "no arguments". Paths stay text: the caller resolves them against a record.
    """
    wanted = {parameter.name: parameter for parameter in parameters(function) if parameter.is_written}
    named = normalise(function, given)
    for name in named:
        if name not in wanted:
            known = ", ".join(wanted) or "none"
            raise ValueError(f"unknown argument {str(name)[:40]!r} (known: {known})")
    bound = {}
    for name, parameter in wanted.items():
        if name in named:
            bound[name] = _convert(parameter, named[name])
        elif parameter.default is REQUIRED:
            raise ValueError(f"argument {name!r} is missing")
        elif parameter.default is not None and not parameter.is_field:
            bound[name] = _convert(parameter, parameter.default)
        else:
            bound[name] = parameter.default
    return bound


def normalise(function: Callable[..., Any], given: Any) -> dict[str, Any]:
    """Return arguments under their names, whichever way they were written."""
    if isinstance(given, Mapping):
        return dict(given)
    first = next((parameter for parameter in parameters(function) if parameter.is_written), None)
    if given is None or (given is True and (first is None or first.default is not REQUIRED)):
        return {}
    if first is None:
        raise ValueError("takes no arguments")
    return {first.name: given}


def defaults(function: Callable[..., Any]) -> dict[str, Any]:
    """Return the default of each parameter that has one."""
    return {
        parameter.name: parameter.default
        for parameter in parameters(function)
        if parameter.default is not REQUIRED and parameter.is_written
    }


def _unwrap(annotation: Any) -> tuple[Any, bool]:
    if get_origin(annotation) in (Union, UnionType):
        options = [option for option in get_args(annotation) if option is not NoneType]
        return options[0], True
    return annotation, False


def _convert(parameter: Parameter, value: Any) -> Any:
    try:
        if value is None and parameter.optional:
            return None
        return _converted(parameter.type, value)
    except (ValueError, ArithmeticError) as error:
        raise ValueError(f"argument {parameter.name!r}: {error}") from error


def _converted(kind: Any, value: Any) -> Any:
    if get_origin(kind) is Literal:
        return _choice(get_args(kind), value)
    convert = _CONVERSIONS.get(kind) or _CONVERSIONS[get_origin(kind)]
    return convert(value)


def _choice(choices: tuple[Any, ...], value: Any) -> Any:
    if not isinstance(value, str | int) or isinstance(value, bool) or value not in choices:
        raise ValueError(f"one of {', '.join(map(str, choices))} is wanted")
    return value


def _integer(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise ValueError("a whole number is wanted")
    return value


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError("true or false is wanted")
    return value


def _regex(value: Any) -> Regex:
    return value if isinstance(value, Regex) else regex(_text(value))


def _json(value: Any) -> Any:
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("text is wanted")
    if len(value) > LONGEST_TEXT:
        raise ValueError(f"text has at most {LONGEST_TEXT} characters")
    return value


def _texts(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list | tuple) or not all(isinstance(item, str) for item in value):
        raise ValueError("a list of texts is wanted")
    if len(value) > LONGEST_LIST:
        raise ValueError(f"a list has at most {LONGEST_LIST} items")
    return tuple(_text(item) for item in value)


def _mapping(value: Any) -> dict[str, Any]:
    if not isinstance(value, Mapping) or not all(isinstance(key, str) for key in value) or not value:
        raise ValueError("a mapping from text is wanted")
    if len(value) > LONGEST_LIST:
        raise ValueError(f"a mapping has at most {LONGEST_LIST} entries")
    return dict(value)


def _number(value: Any) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        raise ValueError("a number is wanted")
    number = Decimal(str(value)) if not isinstance(value, str) or len(value) <= 40 else None
    if number is None or not number.is_finite():
        raise ValueError("a number is wanted")
    return number


def _path(value: Any) -> str:
    text = _text(value)
    if "[]" in text or not any(paths.as_index(part) is not None for part in text.split(".")):
        paths.parse(text)
    return text


_CONVERSIONS: dict[Any, Callable[[Any], Any]] = {
    Json: _json,
    FieldValue: _path,
    Regex: _regex,
    Decimal: _number,
    str: _text,
    int: _integer,
    bool: _flag,
    tuple: _texts,
    Mapping: _mapping,
}
