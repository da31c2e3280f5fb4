"""A pack → one Python function for each kind of record, generated from a syntax tree.

What authors wrote enters the tree as constants and never as source: the names of checks are looked up in our table,
the tests put in line are our own. Each value is fetched once, each list walked once; a rule costs one comparison
where it holds. The function appends `(place of the rule, path, value, other fields' values)` for each violation.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from core.corrections.paths import Segment
from core.model.records import Record, RecordKind
from core.rules.checks import CHECKS, Check
from core.rules.fields import known, walked
from core.rules.pack import Condition, Rule, Test

Found = tuple[int, str, Any, tuple[Any, ...]]
Evaluator = Callable[[Record, Callable[[Found], None]], None]

_INLINE = (str, int, bool, type(None))


def compile_rules(rules: Sequence[Rule], kind: RecordKind) -> Evaluator:
    """Return the function that judges records of `kind` by those of `rules` that are about it."""
    writer = _Writer(kind)
    own = [(place, rule) for place, rule in enumerate(rules) if rule.kind is kind]
    body = writer.scope((), own)
    module = ast.parse("def evaluate(record, found): pass")
    function = module.body[0]
    assert isinstance(function, ast.FunctionDef)
    function.body = body or function.body
    ast.fix_missing_locations(module)
    namespace: dict[str, Any] = {**writer.constants, "__builtins__": _BUILTINS}
    exec(compile(module, f"<rules for {kind}>", "exec"), namespace)  # noqa: S102 - a tree of our own making
    evaluator: Evaluator = namespace["evaluate"]
    return evaluator


_BUILTINS: Mapping[str, Any] = {
    "isinstance": isinstance, "enumerate": enumerate, "len": len, "str": str, "dict": dict, "list": list,
}  # fmt: skip


class _Writer:
    """Writes the body of one function. `constants` are the functions and values that the code names."""

    def __init__(self, kind: RecordKind) -> None:
        self.kind = kind
        self.constants: dict[str, Any] = {}
        self.count = 0
        self.fetched: dict[tuple[str, ...], str] = {(): "record"}

    def scope(self, lists: tuple[str, ...], rules: list[tuple[int, Rule]]) -> list[ast.stmt]:
        """Write the rules that walk exactly `lists`, then the loops inside them."""
        out: list[ast.stmt] = []
        inner: dict[str, list[tuple[int, Rule]]] = {}
        for place, rule in rules:
            deeper = self.lists(rule.field)[len(lists) :]
            if deeper:
                end = next(index for index, name in enumerate(deeper) if name.endswith("[]"))
                inner.setdefault(".".join(deeper[: end + 1]), []).append((place, rule))
            else:
                out.extend(self.rule(place, rule))
        for path, members in inner.items():
            out.extend(self.loop((*lists, *path.split(".")), members))
        return out

    def loop(self, lists: tuple[str, ...], rules: list[tuple[int, Rule]]) -> list[ast.stmt]:
        """Write `for index, item in enumerate(list)` around the rules of its items."""
        holder = (*lists[:-1], lists[-1].removesuffix("[]"))
        out: list[ast.stmt] = []
        source = self.fetch(holder, out)
        index, item = f"i{len(lists)}", self.fresh("item")
        before = dict(self.fetched)
        self.fetched[lists] = item
        body = self.scope(lists, rules)
        self.fetched = before
        target = ast.Tuple([ast.Name(index, ast.Store()), ast.Name(item, ast.Store())], ast.Store())
        walk = ast.For(target=target, iter=_call("enumerate", _name(source)), body=body, orelse=[], type_comment=None)
        out.append(ast.If(test=_call("isinstance", _name(source), _name("list")), body=[walk], orelse=[]))
        return out

    def rule(self, place: int, rule: Rule) -> list[ast.stmt]:
        """Write `if condition and fails: found(…)`."""
        out: list[ast.stmt] = []
        value = self.fetch(self.path(rule.field), out)
        fails = self.fails(rule.test, out)
        test = fails if rule.when is None else _and(self.condition(rule.when, out), fails)
        others: list[ast.expr] = [
            _name(self.fetch(self.path(rule.arguments[parameter.name]), out))
            for parameter in CHECKS[rule.check].parameters
            if parameter.is_field and rule.arguments[parameter.name] is not None
        ]
        row = ast.Tuple(
            [ast.Constant(place), self.dotted(rule.field), _name(value), ast.Tuple(others, ast.Load())], ast.Load()
        )
        out.append(ast.If(test=test, body=[ast.Expr(_call("found", row))], orelse=[]))
        return out

    def fails(self, test: Test, out: list[ast.stmt]) -> ast.expr:
        """Write the expression that is true where the check does not hold."""
        check = CHECKS[test.check]
        value = _name(self.fetch(self.path(test.field), out))
        given = {name: self.argument(check, name, test.arguments, out) for name in test.arguments}
        call = ast.Call(
            func=_name(self.constant(check.function)),
            args=[value],
            keywords=[ast.keyword(arg=name, value=node) for name, node in given.items()],
        )
        if check.fails is None:
            fails: ast.expr = ast.UnaryOp(ast.Not(), call)
        else:
            fails = _Placed({**given, "value": value, "call": call}).visit(copy.deepcopy(check.fails))
        return fails if check.judges_missing else _and(_there(value), fails)

    def condition(self, condition: Condition, out: list[ast.stmt]) -> ast.expr:
        """Write the expression that is true where the condition holds."""
        if isinstance(condition, Test):
            holds = ast.UnaryOp(ast.Not(), self.fails(condition, out))
            if CHECKS[condition.check].judges_missing:
                return holds
            return _and(_there(_name(self.fetch(self.path(condition.field), out))), holds)
        parts = [self.condition(part, out) for part in condition.parts]
        if condition.joined == "not":
            return ast.UnaryOp(ast.Not(), parts[0])
        if len(parts) == 1:
            return parts[0]
        return ast.BoolOp(ast.And() if condition.joined == "all" else ast.Or(), parts)

    def argument(self, check: Check, name: str, arguments: Mapping[str, Any], out: list[ast.stmt]) -> ast.expr:
        """Write one argument: a constant, or the value of another field."""
        value = arguments[name]
        is_field = any(parameter.name == name and parameter.is_field for parameter in check.parameters)
        if is_field and value is not None:
            return _name(self.fetch(self.path(value), out))
        return ast.Constant(value) if isinstance(value, _INLINE) else _name(self.constant(value))

    def fetch(self, path: tuple[str, ...], out: list[ast.stmt]) -> str:
        """Return the name of the variable that holds the value at `path`; fetch it where nobody has yet."""
        if path in self.fetched:
            return self.fetched[path]
        holder = self.fetch(path[:-1], out)
        name = self.fresh("v")
        got: ast.expr = ast.Call(
            func=ast.Attribute(_name(holder), "get", ast.Load()), args=[ast.Constant(path[-1])], keywords=[]
        )
        if path[:-1]:
            is_object = _call("isinstance", _name(holder), _name("dict"))
            got = ast.IfExp(test=is_object, body=got, orelse=ast.Constant(None))
        out.append(ast.Assign(targets=[ast.Name(name, ast.Store())], value=got))
        self.fetched[path] = name
        return name

    def dotted(self, field: str) -> ast.expr:
        """Write the path of the value: text, or text with the indices of the loops around."""
        lists = self.lists(field)
        if not lists:
            return ast.Constant(field)
        pieces: list[ast.expr] = []
        text = ""
        for depth, name in enumerate(self.path(field), start=1):
            text += ("." if depth > 1 else "") + name.removesuffix("[]")
            if name.endswith("[]"):
                pieces.append(ast.Constant(text + "."))
                pieces.append(ast.FormattedValue(value=_name(f"i{depth}"), conversion=-1, format_spec=None))
                text = ""
        return ast.JoinedStr([*pieces, ast.Constant(text)] if text else pieces)

    def path(self, field: str) -> tuple[str, ...]:
        """Return the parts of a pattern, lists that are walked marked by `[]`."""
        return tuple(_marked(part) for part in known(self.kind, field))

    def lists(self, field: str) -> tuple[str, ...]:
        """Return the parts up to the last list that the pattern walks."""
        return walked(known(self.kind, field))

    def constant(self, value: Any) -> str:
        """Give a function or a value a name that the code can use."""
        for name, held in self.constants.items():
            if held is value:
                return name
        name = self.fresh("k")
        self.constants[name] = value
        return name

    def fresh(self, prefix: str) -> str:
        """Return a name that nobody has."""
        self.count += 1
        return f"{prefix}_{self.count}"


class _Placed(ast.NodeTransformer):
    """Puts the right nodes in place of the names in a check's own test."""

    def __init__(self, nodes: Mapping[str, ast.expr]) -> None:
        self.nodes = nodes

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return copy.deepcopy(self.nodes.get(node.id, node))


def _marked(part: Segment) -> str:
    return f"{part[0]}[]" if part[1] else part[0]


def _name(name: str) -> ast.Name:
    return ast.Name(name, ast.Load())


def _call(function: str, *args: ast.expr) -> ast.Call:
    return ast.Call(func=_name(function), args=list(args), keywords=[])


def _and(*parts: ast.expr) -> ast.expr:
    return ast.BoolOp(ast.And(), list(parts))


def _there(value: ast.expr) -> ast.expr:
    """Write `value is not None and value != ""`."""
    return _and(
        ast.Compare(value, [ast.IsNot()], [ast.Constant(None)]), ast.Compare(value, [ast.NotEq()], [ast.Constant("")])
    )
