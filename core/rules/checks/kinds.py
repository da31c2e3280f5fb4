"""What a check is: a named function, what a message may say of the value, and a cheap test for the compiler."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from core.corrections.arguments import Parameter, parameters


@dataclass(frozen=True)
class Check:
    """One check.

    `function(value, **arguments)` is true where the value holds. A missing value (None, empty text) holds, unless
    `judges_missing`. `fails` is the same test turned round as an expression over `value` and the parameter names:
    the compiler puts it in place of a call. `actual` is what `{actual}` says; without it, the value itself.
    """

    name: str
    function: Callable[..., bool]
    actual: Callable[[Any], Any] | None = None
    fails: ast.expr | None = None
    judges_missing: bool = False

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """Return the keyword-only parameters: what an author may write."""
        return parameters(self.function)


def define(
    function: Callable[..., bool],
    *,
    actual: Callable[[Any], Any] | None = None,
    fails: str | None = None,
    judges_missing: bool = False,
) -> Check:
    """Describe a check function. `fails` is written by us, beside the function it stands for."""
    test = ast.parse(fails, mode="eval").body if fails else None
    return Check(function.__name__, function, actual, test, judges_missing)


def size(value: Any) -> int:
    """Return the length of text or of a list, for messages."""
    return len(value) if isinstance(value, str | list | dict) else 0
