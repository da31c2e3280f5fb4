"""Amounts come again and again: what was sound once is known to be sound."""

from __future__ import annotations

import ast

_MOST, _LONGEST = 8_192, 24


class Sound:
    """Texts of one field that no rule on that field alone has anything against, short ones and not too many."""

    def __init__(self) -> None:
        self.texts: set[str] = set()

    def remember(self, text: str) -> None:
        """Keep one."""
        if len(self.texts) >= _MOST:
            self.texts.clear()
        if len(text) <= _LONGEST:
            self.texts.add(text)


class Marking(ast.NodeTransformer):
    """Sets a variable wherever something is found."""

    def __init__(self, variable: str) -> None:
        self.variable = variable

    def all(self, statements: list[ast.stmt]) -> list[ast.stmt]:
        """Return the statements with the marks in them."""
        done: list[ast.stmt] = []
        for statement in statements:
            changed = self.visit(statement)
            done.extend(changed if isinstance(changed, list) else [changed])
        return done

    def visit_Expr(self, node: ast.Expr) -> list[ast.stmt]:
        mark = ast.Assign(targets=[ast.Name(self.variable, ast.Store())], value=ast.Constant(True))
        return [node, mark]
