"""Small pieces of syntax trees."""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

_INLINE = (str, int, bool, float, type(None))


def name(identifier: str) -> ast.Name:
    """Write a variable that is read."""
    return ast.Name(identifier, ast.Load())


def call(function: str, *args: ast.expr) -> ast.Call:
    """Write `function(…)`."""
    return ast.Call(func=name(function), args=list(args), keywords=[])


def conjunction(tests: Sequence[ast.expr]) -> ast.expr:
    """Write `a and b and …`."""
    return tests[0] if len(tests) == 1 else ast.BoolOp(ast.And(), list(tests))


def there(value: ast.expr) -> ast.expr:
    """Write `value is not None and value != ""`."""
    given = ast.Compare(value, [ast.IsNot()], [ast.Constant(None)])
    return conjunction([given, ast.Compare(value, [ast.NotEq()], [ast.Constant("")])])


def is_type(value: ast.expr, kind: str) -> ast.expr:
    """Write `type(value) is kind`: JSON has no subclasses, and true is no number."""
    return ast.Compare(call("type", value), [ast.Is()], [name(kind)])


def branches(cases: Sequence[tuple[ast.expr | None, list[ast.stmt]]]) -> list[ast.stmt]:
    """Write `if … elif … else …`; a test of None is the `else`. Branches at the end that do nothing are left out."""
    kept = list(cases)
    while kept and not kept[-1][1]:
        kept.pop()
    out: list[ast.stmt] = []
    for test, body in reversed(kept):
        out = body if test is None else [ast.If(test=test, body=body or [ast.Pass()], orelse=out)]
    return out


def constant_or_name(value: Any, keep: Callable[[Any], str]) -> ast.expr:
    """Write a constant: in line where Python can, else under the name that `keep` gives it."""
    return ast.Constant(value) if isinstance(value, _INLINE) else name(keep(value))


def expression(source: str, named: Mapping[str, ast.expr]) -> ast.expr:
    """Write a test of our own with nodes in place of its names."""
    tree: ast.expr = _Placed(named).visit(copy.deepcopy(_parsed(source)))
    return tree


@lru_cache(maxsize=512)
def _parsed(source: str) -> ast.expr:
    return ast.parse(source, mode="eval").body


class _Placed(ast.NodeTransformer):
    """Puts nodes in place of names."""

    def __init__(self, named: Mapping[str, ast.expr]) -> None:
        self.named = named

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return copy.deepcopy(self.named.get(node.id, node))
