"""The shape in which records are decoded for a pack: structs of the fields that its rules read, and of no others.

A field has the type that it has by nature; lists whose items are walked are lists of structs. What a rule judges as a
whole stays as JSON gives it. A record that does not fit is judged as plain data.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import msgspec

from core.corrections.paths import Segment
from core.model.records import RecordKind
from core.rules.checks import CHECKS
from core.rules.fields import Nature, known, nature
from core.rules.pack import Condition, Rule, Test

Path = tuple[str, ...]
"""The parts of a field pattern, lists that are walked marked: `("variants[]", "gtin")`."""

_COUNTED = frozenset({"required", "missing", "item_count"})
"""Checks that see of a list only whether and how many items there are."""


class Form(StrEnum):
    """How a value is held: `plain` as JSON gives it; text, a number, or either, or None; a struct; a list of those."""

    PLAIN = "plain"
    TEXT = "text"
    NUMBER = "number"
    SCALAR = "scalar"
    STRUCT = "struct"
    LIST = "list"


_TYPES: dict[Form, Any] = {
    Form.PLAIN: Any,
    Form.TEXT: str | None,
    Form.NUMBER: int | float | None,
    Form.SCALAR: str | int | float | None,
}
_FORMS = {
    Nature.TEXT: Form.TEXT, Nature.NUMBER: Form.NUMBER, Nature.AMOUNT: Form.SCALAR, Nature.FREE: Form.PLAIN,
}  # fmt: skip


@dataclass
class Node:
    """One field of the tree: who reads it as a whole, and what is read below it."""

    form: Form = Form.STRUCT
    attribute: str = ""
    children: dict[str, Node] = field(default_factory=dict)
    readers: list[Test] = field(default_factory=list)


class Layout:
    """The tree of the fields that rules read, and the struct that it comes to."""

    def __init__(self, rules: Iterable[Rule], kind: RecordKind) -> None:
        self.kind = kind
        self.root = Node()
        for rule in rules:
            for test in _tests(rule):
                self.reach(test.field).readers.append(test)
                for other in (*fields_of(test), *self._plucked(test)):
                    self.reach(other).readers.append(Test(field=other, check="", arguments={}))
        _settle(self.root, kind, ())
        self.struct: Any = _struct(self.root, "Record")

    def reach(self, pattern: str) -> Node:
        """Return the node of a field; `variants` and `variants[]` are one node and its items."""
        node = self.root
        for part in split(known(self.kind, pattern)):
            node = node.children.setdefault(part, Node())
        return node

    def _plucked(self, test: Test) -> Iterator[str]:
        """Yield the field that a test takes out of each item of a list."""
        plucks = CHECKS[test.check].plucks
        if plucks is not None and test.arguments[plucks] is not None:
            pattern = f"{test.field}[].{test.arguments[plucks]}"
            try:
                known(self.kind, pattern)
            except ValueError:
                return
            yield pattern

    def find(self, path: Path) -> Node:
        """Return the node at a path whose lists are marked, as the compiler names them."""
        node = self.root
        for part in path:
            name = part.removesuffix("[]")
            node = node.children[name]
            if part != name:
                node = node.children["[]"]
        return node

    def is_structural(self, test: Test) -> bool:
        """Tell whether a test names a value, its own or another, that was decoded into structs."""
        held = [self.reach(field).form for field in (test.field, *fields_of(test))]
        return Form.LIST in held or Form.STRUCT in held


def split(parts: Iterable[Segment]) -> Iterator[str]:
    """Yield the names of a path, and `[]` for each list that it walks."""
    for name, each in parts:
        yield name
        if each:
            yield "[]"


def names_of(path: Path) -> tuple[str, ...]:
    """Return the names of a path, and `[]` for each list that it walks."""
    return tuple(split((part.removesuffix("[]"), part.endswith("[]")) for part in path))


def fields_of(test: Test) -> list[str]:
    """Return the other fields that a test reads."""
    named = [parameter.name for parameter in CHECKS[test.check].parameters if parameter.is_field]
    return [test.arguments[name] for name in named if test.arguments[name] is not None]


def _tests(rule: Rule) -> Iterator[Test]:
    yield rule.test
    if rule.when is not None:
        yield from _conditions(rule.when)


def _conditions(condition: Condition) -> Iterator[Test]:
    if isinstance(condition, Test):
        yield condition
    else:
        for part in condition.parts:
            yield from _conditions(part)


def _settle(node: Node, kind: RecordKind, path: Path) -> None:
    """Give a node and those below it their forms; below what stays plain all is plain."""
    for name, child in node.children.items():
        _settle(child, kind, (*path, name))
    if not node.children:
        node.form = _FORMS[nature(kind, path)]
    elif "[]" in node.children:
        counted = len(node.children) == 1 and all(_counts(test, node) for test in node.readers)
        node.form = Form.LIST if counted else Form.PLAIN
    elif node.readers:
        node.form = Form.PLAIN
    if node.form is Form.PLAIN:
        _flatten(node)


def _flatten(node: Node) -> None:
    node.form = Form.PLAIN
    for child in node.children.values():
        _flatten(child)


def _counts(test: Test, node: Node) -> bool:
    """Tell whether a test can judge the list of structs that a node is."""
    plucks = CHECKS[test.check].plucks if test.check else None
    items = node.children["[]"]
    takes = plucks is not None and items.form is Form.STRUCT and test.arguments[plucks] in items.children
    return takes or test.check in _COUNTED


def _type(node: Node, name: str) -> Any:
    if node.form is Form.STRUCT:
        return _struct(node, name) | None
    if node.form is Form.LIST:
        item = node.children["[]"]
        held = _struct(item, name) if item.form is Form.STRUCT else str if item.form is Form.TEXT else _TYPES[item.form]
        return list[held] | None  # type: ignore[valid-type]
    return _TYPES[node.form]


def _struct(node: Node, name: str) -> type[msgspec.Struct]:
    members: list[tuple[str, Any, Any]] = []
    rename = {}
    for place, (part, child) in enumerate(node.children.items()):
        child.attribute = f"f{place}"
        rename[child.attribute] = part
        members.append((child.attribute, _type(child, f"{name}_{part}"), None))
    return msgspec.defstruct(name, members, rename=rename, gc=False)
