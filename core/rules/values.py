"""The values that a generated function names: variables, constants, and the statements that fetch them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from core.corrections.paths import Segment
from core.model.records import RecordKind
from core.rules.fields import known
from core.rules.layout import Form, Layout, Path
from core.rules.syntax import call, is_type, name

_TO_PREFETCH = 3


class Values:
    """What was fetched so far, and under which name. `constants` are the functions and values that the code names."""

    def __init__(self, kind: RecordKind, layout: Layout | None) -> None:
        self.kind = kind
        self.layout = layout
        self.constants: dict[str, Any] = {"nothing": {}.get}
        self.count = 0
        self.names: dict[int, str] = {}
        self.fetched: dict[Path, str] = {(): "record"}
        self.getters: dict[Path, str] = {}

    @contextmanager
    def inside(self) -> Iterator[None]:
        """Forget at the end what was fetched within: it happens only where a branch or a loop is entered."""
        fetched, getters = dict(self.fetched), dict(self.getters)
        yield
        self.fetched, self.getters = fetched, getters

    def prefetch(self, base: Path, paths: list[Path]) -> list[ast.stmt]:
        """Write one statement that gets all the plain fields which the rules of a scope begin with."""
        wanted = list(dict.fromkeys(path[len(base)].removesuffix("[]") for path in paths if len(path) > len(base)))
        if self.is_struct(base) or len(wanted) < _TO_PREFETCH:
            return []
        out: list[ast.stmt] = []
        getter = self.getter(base, out)
        targets: list[ast.expr] = []
        for part in wanted:
            self.fetched[*base, part] = self.fresh("v")
            targets.append(ast.Name(self.fetched[*base, part], ast.Store()))
        got = call("map", name(getter), name(self.constant(tuple(wanted))))
        out.append(ast.Assign(targets=[ast.Tuple(targets, ast.Store())], value=got))
        return out

    def fetch(self, path: Path, out: list[ast.stmt]) -> str:
        """Return the name of the variable that holds the value at `path`; fetch it where nobody has yet."""
        if path in self.fetched:
            return self.fetched[path]
        holder = self.fetch(path[:-1], out)
        got: ast.expr
        if self.layout is not None and self.is_struct(path[:-1]):
            got = ast.Attribute(name(holder), self.layout.find(path).attribute, ast.Load())
            if path[:-1] and not path[-2].endswith("[]"):
                exists = ast.Compare(name(holder), [ast.IsNot()], [ast.Constant(None)])
                got = ast.IfExp(test=exists, body=got, orelse=ast.Constant(None))
        else:
            got = call(self.getter(path[:-1], out), ast.Constant(path[-1]))
        variable = self.fresh("v")
        out.append(ast.Assign(targets=[ast.Name(variable, ast.Store())], value=got))
        self.fetched[path] = variable
        return variable

    def getter(self, path: Path, out: list[ast.stmt]) -> str:
        """Return the name of `get` of the object at `path`; where there is no object, of one that gives nothing."""
        if path not in self.getters:
            holder = name(self.fetch(path, out))
            got: ast.expr = ast.Attribute(holder, "get", ast.Load())
            if path:
                got = ast.IfExp(test=is_type(holder, "dict"), body=got, orelse=name("nothing"))
            self.getters[path] = self.fresh("g")
            out.append(ast.Assign(targets=[ast.Name(self.getters[path], ast.Store())], value=got))
        return self.getters[path]

    def form(self, path: Path) -> Form:
        """Return how the value at a path is held."""
        return Form.PLAIN if self.layout is None else self.layout.find(path).form

    def is_struct(self, path: Path) -> bool:
        """Tell whether the fields of the value at a path are attributes."""
        return self.form(path) is Form.STRUCT

    def dotted(self, field: str) -> ast.expr:
        """Write the path of the value: text, or text with the indices of the loops around."""
        pieces: list[ast.expr] = []
        text = ""
        for depth, part in enumerate(self.path(field), start=1):
            text += ("." if depth > 1 else "") + part.removesuffix("[]")
            if part.endswith("[]"):
                pieces.append(ast.Constant(text + "."))
                pieces.append(ast.FormattedValue(value=name(f"i{depth}"), conversion=-1, format_spec=None))
                text = ""
        if not pieces:
            return ast.Constant(field)
        return ast.JoinedStr([*pieces, ast.Constant(text)] if text else pieces)

    def path(self, field: str) -> Path:
        """Return the parts of a pattern, lists that are walked marked by `[]`."""
        return tuple(_marked(part) for part in known(self.kind, field))

    def constant(self, value: Any) -> str:
        """Give a function or a value a name that the code can use."""
        if id(value) not in self.names:
            self.names[id(value)] = self.fresh("k")
            self.constants[self.names[id(value)]] = value
        return self.names[id(value)]

    def fresh(self, prefix: str) -> str:
        """Return a name that nobody has."""
        self.count += 1
        return f"{prefix}_{self.count}"


def _marked(part: Segment) -> str:
    return f"{part[0]}[]" if part[1] else part[0]
