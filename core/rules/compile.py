"""A pack → Python functions for each kind of record, generated from a syntax tree.

What authors wrote enters the tree as constants and never as source: the names of checks are looked up in our table,
the tests put in line are our own. Each value is fetched once, each list walked once. A rule costs one cheap test
where it holds: the check itself, its condition and the fields they need are asked for only where that test is true.
The functions append `(place of the rule, path, value, other fields' values)` for each violation.

There are two of each: one reads plain data, the other the structs of `layout`, into which JSON is decoded.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from core.model.records import RecordKind
from core.rules.checks import CHECKS, Check
from core.rules.fields import Nature, known, nature, walked
from core.rules.layout import Form, Layout, Path, fields_of, names_of
from core.rules.pack import Condition, Rule, Test
from core.rules.sound import Marking, Sound
from core.rules.syntax import branches, call, conjunction, constant_or_name, expression, is_type, name, there
from core.rules.values import Values

Found = tuple[int, str, Any, tuple[Any, ...]]
Evaluator = Callable[[Any, Callable[[Found], None]], None]

_BUILTINS: Mapping[str, Any] = {
    "enumerate": enumerate, "len": len, "map": map, "type": type, "str": str, "int": int, "float": float,
    "dict": dict, "list": list,
}  # fmt: skip


def compile_rules(rules: Sequence[Rule], kind: RecordKind, layout: Layout | None = None) -> Evaluator:
    """Return the function that judges records of `kind`: plain data, or the structs of a layout."""
    writer = Writer(kind, layout)
    own = [(place, rule) for place, rule in enumerate(rules) if rule.kind is kind]
    body = writer.scope((), own)
    module = ast.parse("def evaluate(record, found): pass")
    function = module.body[0]
    assert isinstance(function, ast.FunctionDef)
    function.body = body or function.body
    ast.fix_missing_locations(module)
    namespace: dict[str, Any] = {**writer.values.constants, "__builtins__": _BUILTINS}
    exec(compile(module, f"<rules for {kind}>", "exec"), namespace)  # noqa: S102 - a tree of our own making
    evaluator: Evaluator = namespace["evaluate"]
    return evaluator


class Writer:
    """Writes the body of one function; `values` holds what it names."""

    def __init__(self, kind: RecordKind, layout: Layout | None) -> None:
        self.kind = kind
        self.layout = layout
        self.values = Values(kind, layout)

    def scope(self, lists: Path, rules: list[tuple[int, Rule]]) -> list[ast.stmt]:
        """Write the rules that walk exactly `lists`, field by field, then the loops inside them."""
        own: dict[str, list[tuple[int, Rule]]] = {}
        inner: dict[Path, list[tuple[int, Rule]]] = {}
        for place, rule in rules:
            deeper = walked(known(self.kind, rule.field))[len(lists) :]
            if deeper:
                end = next(index for index, part in enumerate(deeper) if part.endswith("[]"))
                inner.setdefault(deeper[: end + 1], []).append((place, rule))
            else:
                own.setdefault(rule.field, []).append((place, rule))
        beginnings = [*map(self.values.path, own), *((*lists, *path) for path in inner)]
        out = self.values.prefetch(lists, beginnings)
        for field, members in own.items():
            out.extend(self.field(field, members))
        for path, members in inner.items():
            out.extend(self.loop((*lists, *path), members))
        return out

    def loop(self, lists: Path, rules: list[tuple[int, Rule]]) -> list[ast.stmt]:
        """Write `for index, item in enumerate(list)` around the rules of its items."""
        holder = (*lists[:-1], lists[-1].removesuffix("[]"))
        out: list[ast.stmt] = []
        source = name(self.values.fetch(holder, out))
        index, item = f"i{len(lists)}", self.values.fresh("item")
        with self.values.inside():
            self.values.fetched[lists] = item
            body = self.scope(lists, rules)
        target = ast.Tuple([ast.Name(index, ast.Store()), ast.Name(item, ast.Store())], ast.Store())
        body = body or [ast.Pass()]  # rules of checks that no value of this nature can fail
        walk = ast.For(target=target, iter=call("enumerate", source), body=body, orelse=[], type_comment=None)
        is_list = source if self.values.form(holder) is Form.LIST else is_type(source, "list")
        out.append(ast.If(test=is_list, body=[walk], orelse=[]))
        return out

    def field(self, field: str, members: list[tuple[int, Rule]]) -> list[ast.stmt]:
        """Write the rules on one field, told apart by the type of its value."""
        out: list[ast.stmt] = []
        path = self.values.path(field)
        value = name(self.values.fetch(path, out))
        form = self.values.form(path)
        usual = [one for one in members if not CHECKS[one[1].check].judges_missing or one[1].check == "required"]
        text = self.texts(path, usual)
        number, items, other = (self.bodies(usual, kind) for kind in ("number", "items", "other"))
        missing = [row for place, rule in usual if rule.check == "required" for row in self.report(place, rule, None)]
        nothing = ast.Compare(value, [ast.Is()], [ast.Constant(None)])
        if form is Form.TEXT:
            out.extend(branches([(value, text), (None, missing)]))
        elif form is Form.NUMBER:
            out.extend(branches([(nothing, missing), (None, number)]))
        elif form is Form.LIST:
            out.extend(branches([(value, items), (nothing, missing), (None, other)]))
        else:
            out.extend(self.by_type(value, form, text, number, items, other, missing))
        for place, rule in members:
            if (place, rule) not in usual:
                out.extend(self.report(place, rule, ast.UnaryOp(ast.Not(), self.ask(rule.test, out))))
        return out

    def texts(self, path: Path, members: list[tuple[int, Rule]]) -> list[ast.stmt]:
        """Write the rules for text. Amounts come again and again: those that were sound once are known to be."""
        pure = [one for one in members if one[1].when is None and not fields_of(one[1].test)]
        plain = self.bodies(pure, "text")
        if nature(self.kind, names_of(path)) is not Nature.AMOUNT or not plain:
            return self.bodies(members, "text")
        sound = Sound()
        value, unsound = name(self.values.fetched[path]), self.values.fresh("u")
        known_sound = ast.Compare(value, [ast.NotIn()], [name(self.values.constant(sound.texts))])
        marked = Marking(unsound).all(plain)
        start = ast.Assign(targets=[ast.Name(unsound, ast.Store())], value=ast.Constant(False))
        keep = ast.Expr(call(self.values.constant(sound.remember), value))
        end = ast.If(test=ast.UnaryOp(ast.Not(), name(unsound)), body=[keep], orelse=[])
        rest = self.bodies([one for one in members if one not in pure], "text")
        return [ast.If(test=known_sound, body=[start, *marked, end], orelse=[]), *rest]

    def by_type(
        self, value: ast.expr, form: Form, text: list[ast.stmt], number: list[ast.stmt], items: list[ast.stmt],
        other: list[ast.stmt], missing: list[ast.stmt],
    ) -> list[ast.stmt]:  # fmt: skip
        """Write the branches for a value of unknown type, the likely ones first."""
        is_text, is_none = is_type(value, "str"), ast.Compare(value, [ast.Is()], [ast.Constant(None)])
        is_number = ast.BoolOp(ast.Or(), [is_type(value, "int"), is_type(value, "float")])
        texts = branches([(value, text), (None, missing)])
        if form is Form.SCALAR:
            if number:
                return branches([(is_text, texts), (is_none, missing), (None, number)])
            return branches([(is_text, texts), (is_none, missing)])
        filled = ast.BoolOp(ast.And(), [is_type(value, "list"), value])
        known_types = [(is_text, texts), (is_none, missing), (is_number, number), (filled, items), (None, other)]
        return branches(known_types)

    def bodies(self, members: list[tuple[int, Rule]], kind: str) -> list[ast.stmt]:
        """Write the rules for values of one type: the cheap test, and in it what is asked where it is true."""
        out: list[ast.stmt] = []
        for place, rule in members:
            suspicion = CHECKS[rule.check].suspect(rule.arguments)
            plucked = kind == "items" and self.plucks(rule.test)
            test = suspicion.plucked if plucked else getattr(suspicion, kind)
            if test is None:
                continue
            value = name(self.values.fetched[self.values.path(rule.field)])
            if plucked:
                value = ast.Name(self.values.fresh("p"), ast.Store())
                out.append(ast.Assign(targets=[value], value=self.pluck(rule.test)))
            named: dict[str, ast.expr] = {"value": name(value.id)}
            for parameter, held in {**rule.arguments, **suspicion.constants}.items():
                named[parameter] = constant_or_name(held, self.values.constant)
            failing = None if suspicion.exact else "ask"
            inside = self.report(place, rule, failing)
            if test == "True":
                out.extend(inside)
            else:
                out.append(ast.If(test=expression(test, named), body=inside, orelse=[]))
        return out

    def report(self, place: int, rule: Rule, failing: ast.expr | str | None) -> list[ast.stmt]:
        """Write `if it fails and its condition holds: found(…)`; `ask` asks the check, None knows it already."""
        out: list[ast.stmt] = []
        with self.values.inside():
            tests = [] if rule.when is None else [self.condition(rule.when, out)]
            if failing == "ask":
                tests.append(ast.UnaryOp(ast.Not(), self.ask(rule.test, out)))
            elif isinstance(failing, ast.expr):
                tests.append(failing)
            others: list[ast.expr] = [
                name(self.values.fetch(self.values.path(other), out)) for other in fields_of(rule.test)
            ]
            value = name(self.values.fetch(self.values.path(rule.field), out))
        named = ast.Tuple(others, ast.Load())
        row = ast.Tuple([ast.Constant(place), self.values.dotted(rule.field), value, named], ast.Load())
        found: ast.stmt = ast.Expr(call("found", row))
        out.append(ast.If(test=conjunction(tests), body=[found], orelse=[]) if tests else found)
        return out

    def ask(self, test: Test, out: list[ast.stmt]) -> ast.expr:
        """Write the call of a check, which is true where the value holds."""
        check = CHECKS[test.check]
        arguments = dict(test.arguments)
        if self.plucks(test):
            value: ast.expr = self.pluck(test)
            arguments[check.plucks or ""] = None
        else:
            value = name(self.values.fetch(self.values.path(test.field), out))
        keywords = [ast.keyword(arg=key, value=self.argument(check, key, arguments, out)) for key in arguments]
        return ast.Call(func=name(self.values.constant(check.function)), args=[value], keywords=keywords)

    def plucks(self, test: Test) -> bool:
        """Tell whether a check gets what stands in the items of a list of structs, not the list."""
        plucks = CHECKS[test.check].plucks
        return (
            plucks is not None
            and test.arguments[plucks] is not None
            and self.values.form(self.values.path(test.field)) is Form.LIST
        )

    def pluck(self, test: Test) -> ast.expr:
        """Write `[item.key for item in list if item.key]`."""
        assert self.layout is not None
        path = self.values.path(test.field)
        key = test.arguments[CHECKS[test.check].plucks or ""]
        attribute = self.layout.find((*path[:-1], f"{path[-1]}[]", key)).attribute
        taken = ast.Attribute(name("each"), attribute, ast.Load())
        walk = ast.comprehension(
            target=ast.Name("each", ast.Store()), iter=name(self.values.fetched[path]), ifs=[taken], is_async=0
        )
        return ast.ListComp(elt=taken, generators=[walk])

    def condition(self, condition: Condition, out: list[ast.stmt]) -> ast.expr:
        """Write the expression that is true where the condition holds."""
        if isinstance(condition, Test):
            holds = self.ask(condition, out)
            if CHECKS[condition.check].judges_missing:
                return holds
            return conjunction([there(name(self.values.fetch(self.values.path(condition.field), out))), holds])
        parts = [self.condition(part, out) for part in condition.parts]
        if condition.joined == "not":
            return ast.UnaryOp(ast.Not(), parts[0])
        if len(parts) == 1:
            return parts[0]
        return ast.BoolOp(ast.And() if condition.joined == "all" else ast.Or(), parts)

    def argument(self, check: Check, key: str, arguments: Mapping[str, Any], out: list[ast.stmt]) -> ast.expr:
        """Write one argument: a constant, or the value of another field."""
        value = arguments[key]
        if value is not None and any(each.name == key and each.is_field for each in check.parameters):
            return name(self.values.fetch(self.values.path(value), out))
        return constant_or_name(value, self.values.constant)
