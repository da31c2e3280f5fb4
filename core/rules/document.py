"""YAML as data with line numbers, and nothing else of YAML.

Read from the parser's events in one pass, so that a hostile file costs no more than its size: no aliases, no
anchors, no tags, no duplicate keys, bounded size, depth and number of nodes. Plain scalars are null, true, false,
integers, decimals or text: `NO` is Norway, `1:30` is text, `2026.10` keeps its last zero under a `version` key.
"""

from __future__ import annotations

import re
from typing import Any

import yaml

from core.errors import RulepackError

LARGEST = 1_000_000
DEEPEST = 16
MOST_NODES = 60_000
_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9]{0,17})")
_DECIMAL = re.compile(r"[-+]?[0-9]{1,15}\.[0-9]{1,15}")
_WORDS: dict[str, Any] = {"": None, "~": None, "null": None, "true": True, "false": False}
_VERBATIM = frozenset({"version", "rulepack", "extends"})
_LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


class Map(dict[str, Any]):
    """A mapping that knows the line of itself and of each key."""

    line: int
    lines: dict[str, int]


class Seq(list[Any]):
    """A list that knows the line of each item."""

    lines: list[int]


def read(text: str, file: str) -> Any:
    """Read one YAML document; RulepackError with the line where it is not plain data."""
    if len(text) > LARGEST:
        raise RulepackError(file, None, None, f"a rulepack has at most {LARGEST} characters")
    builder = _Builder(file)
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            builder.take(event)
    except yaml.YAMLError as error:
        raise RulepackError(file, _line(error), None, f"not YAML: {_problem(error)}") from error
    return builder.document


def plain(value: Any) -> Any:
    """Return ordinary dicts and lists."""
    if isinstance(value, dict):
        return {key: plain(held) for key, held in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return value


class _Builder:
    """Builds the document from events. `stack` holds open containers, each with the key that waits for a value."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.document: Any = None
        self.stack: list[tuple[Map | Seq, str | None]] = []
        self.nodes = 0
        self.documents = 0

    def take(self, event: yaml.Event) -> None:
        line = event.start_mark.line + 1 if event.start_mark is not None else 0
        if isinstance(event, yaml.DocumentStartEvent):
            self.documents += 1
            if self.documents > 1:
                raise self.refusal(line, "a rulepack is one YAML document")
        elif isinstance(event, yaml.AliasEvent):
            raise self.refusal(line, "aliases are not allowed")
        elif isinstance(event, yaml.NodeEvent):
            self._node(event, line)
        elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
            self.stack.pop()

    def refusal(self, line: int, reason: str) -> RulepackError:
        return RulepackError(self.file, line, None, reason)

    def _node(self, event: yaml.NodeEvent, line: int) -> None:
        self.nodes += 1
        if self.nodes > MOST_NODES:
            raise self.refusal(line, f"a rulepack has at most {MOST_NODES} values")
        if event.anchor is not None:
            raise self.refusal(line, "anchors are not allowed")
        if getattr(event, "tag", None) not in (None, "!"):
            raise self.refusal(line, "tags are not allowed")
        if isinstance(event, yaml.ScalarEvent):
            self._scalar(event, line)
            return
        if len(self.stack) >= DEEPEST:
            raise self.refusal(line, f"a rulepack is at most {DEEPEST} levels deep")
        container: Map | Seq
        if isinstance(event, yaml.MappingStartEvent):
            container = Map()
            container.line, container.lines = line, {}
        else:
            container = Seq()
            container.lines = []
        self._place(container, line)
        self.stack.append((container, None))

    def _scalar(self, event: yaml.ScalarEvent, line: int) -> None:
        if self.stack and isinstance(self.stack[-1][0], Map) and self.stack[-1][1] is None:
            holder = self.stack[-1][0]
            if event.value in holder:
                raise self.refusal(line, f"the key {event.value[:40]!r} stands twice")
            holder.lines[event.value] = line
            self.stack[-1] = (holder, event.value)
            return
        key = self.stack[-1][1] if self.stack else None
        verbatim = len(self.stack) == 1 and key in _VERBATIM
        self._place(event.value if event.style or verbatim else _resolved(event.value), line)

    def _place(self, value: Any, line: int) -> None:
        if not self.stack:
            self.document = value
            return
        holder, key = self.stack[-1]
        if isinstance(holder, Seq):
            holder.append(value)
            holder.lines.append(line)
        elif key is None:
            raise self.refusal(line, "a key is text")
        else:
            holder[key] = value
            self.stack[-1] = (holder, None)


def _resolved(text: str) -> Any:
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    if _DECIMAL.fullmatch(text):
        return float(text)
    return text


def _line(error: yaml.YAMLError) -> int | None:
    mark = getattr(error, "problem_mark", None)
    return mark.line + 1 if mark is not None else None


def _problem(error: yaml.YAMLError) -> str:
    return str(getattr(error, "problem", None) or getattr(error, "reason", None) or "unreadable")
