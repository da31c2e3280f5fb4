"""What a check is: a named function, what a message may say of the value, and cheap tests for the compiler."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from core.corrections.arguments import Parameter, parameters

ALWAYS = "True"


@dataclass(frozen=True)
class Suspicion:
    """Cheap tests that are true wherever a check fails, by the type of the value; they may be true elsewhere.

    `text` is for text that is not empty, `number` for JSON numbers, `items` for lists that are not empty, `plucked`
    for what was taken out of the items of one, `other` for all that is left (true, false, objects, empty lists):
    expressions over `value` and the names in `constants`; None where the check never fails for that type. The
    compiler asks the check itself only where they are true, and not even there where `exact` says that they are true
    nowhere else.
    """

    text: str | None = ALWAYS
    number: str | None = ALWAYS
    items: str | None = ALWAYS
    plucked: str = ALWAYS
    other: str | None = ALWAYS
    constants: Mapping[str, Any] = field(default_factory=dict)
    exact: bool = False


Suspect = Callable[[Mapping[str, Any]], Suspicion]
"""Bound arguments → the cheap tests for them."""


@dataclass(frozen=True)
class Check:
    """One check.

    `function(value, **arguments)` is true where the value holds. A missing value (None, empty text) holds, unless
    `judges_missing`. `suspect` gives cheap tests that come before it. `plucks` names a parameter that is a key of
    the list's items: without it, the function judges a list of what stood under that key in the same way. `actual`
    is what `{actual}` says, of the value and of those arguments that it names; without it, the value itself.
    """

    name: str
    function: Callable[..., bool]
    actual: Callable[..., Any] | None = None
    suspect: Suspect = lambda arguments: Suspicion()
    judges_missing: bool = False
    plucks: str | None = None

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """Return the keyword-only parameters: what an author may write."""
        return parameters(self.function)

    def measure(self, value: Any, arguments: Mapping[str, Any]) -> Any:
        """Return what a message says of the value found."""
        if self.actual is None:
            return value
        return self.actual(value, **{each.name: arguments[each.name] for each in parameters(self.actual)})


def define(
    function: Callable[..., bool],
    suspicion: Suspect | Suspicion | None = None,
    *,
    actual: Callable[..., Any] | None = None,
    judges_missing: bool = False,
    plucks: str | None = None,
) -> Check:
    """Describe a check function. The cheap tests are written by us, beside the function they stand for."""
    suspect = suspicion if callable(suspicion) else _always(suspicion or Suspicion())
    return Check(function.__name__, function, actual, suspect, judges_missing, plucks)


FOR_TEXT = Suspicion(number=None, items=None, other=None)
"""What judges text and lets every other value pass."""

FOR_LISTS = Suspicion(text=None, number=None)
"""What judges lists and lets text and numbers pass."""

FOR_OBJECTS = Suspicion(text=None, number=None, items=None)
"""What judges objects and lets text, numbers and lists pass."""

FOR_NUMBERS = Suspicion(items=None)
"""What judges numbers, also written as text."""


def text(test: str, **constants: Any) -> Suspicion:
    """Return a cheap test for text, where the check lets every other value pass."""
    return Suspicion(text=test, number=None, items=None, other=None, constants=constants)


def _always(suspicion: Suspicion) -> Suspect:
    return lambda arguments: suspicion


def size(value: Any) -> int:
    """Return the length of text or of a list, for messages."""
    return len(value) if isinstance(value, str | list | dict) else 0
