"""Canonical records in files: JSON, NDJSON and CSV, read from an open text stream, a broken place never the end.

NDJSON and CSV are read line by line in constant memory. A JSON file is one object or an array of objects; where it
breaks, reading goes on at the next line that begins an object.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Sequence
from itertools import chain, islice
from typing import Any, Literal, TextIO

import msgspec

from core.corrections import apply
from core.corrections.paths import as_index
from core.errors import Malformed, NotFound
from core.model.corrections import Change
from core.model.issues import Violation
from core.model.records import FIELDS, Record

Format = Literal["json", "ndjson", "csv"]
Entry = tuple[int, Record | Malformed]

_KNOWN = frozenset(name for fields in FIELDS.values() for name in fields)
_SUFFIXES: dict[str, Format] = {
    "json": "json", "ndjson": "ndjson", "jsonl": "ndjson", "csv": "csv", "tsv": "csv", "txt": "csv",
}  # fmt: skip
_DELIMITERS = ",;\t|"
_MOST_COLUMNS = 2_000


def read_records(stream: TextIO, *, name: str = "", format: Format | None = None) -> Iterator[Entry]:  # noqa: A002
    """Yield each record with its line (NDJSON, CSV) or its place (JSON array), counted from 1.

    What cannot be read comes as `Malformed` with its place in `where`; the rest goes on. The format is told by
    `format`, else by the ending of `name`, else by the first line.
    """
    head = list(islice(stream, 1))
    while head and not head[-1].strip("\ufeff \t\r\n"):
        head.extend(more := list(islice(stream, 1)))
        if not more:
            break
    if head:
        head[0] = head[0].removeprefix("\ufeff")
    lines = chain(head, stream)
    chosen = format_of(head, name, format)
    if chosen == "ndjson":
        yield from _ndjson(lines)
    elif chosen == "csv":
        yield from _csv(lines, head)
    else:
        yield from _json("".join(lines))


def format_of(head: Sequence[str], name: str = "", chosen: Format | None = None) -> Format:
    """Return the format that was chosen, else what the name or the first line tells."""
    guessed = guess(head)
    told = chosen or _SUFFIXES.get(name.rpartition(".")[2].lower()) or guessed
    # A whole object in the first line: one object a line, whatever the file is called.
    return "ndjson" if told == "json" and guessed == "ndjson" else told


def issue_line(record_ref: str, violation: Violation) -> dict[str, Any]:
    """Return one issue as the `validate` command prints it under `--json`."""
    return {
        "record": record_ref,
        "rule": violation.rule,
        "category": violation.category.value,
        "severity": violation.severity.value,
        "field": violation.field,
        "message": violation.message,
        "fix": [dict(step) for step in violation.fix] or None,
    }


def reference(place: int, record: Record) -> str:
    """Name a record for people: its SKU, else its external id, else its number, else its place in the file."""
    for name in ("sku", "external_id", "number"):
        value = record.get(name)
        if isinstance(value, str | int) and not isinstance(value, bool) and str(value).strip():
            return str(value)
    return f"#{place}"


def guess(head: Sequence[str]) -> Format:
    """Tell a format by the first line that is not blank."""
    first = head[-1].strip() if head else ""
    if first.startswith("["):
        return "json"
    if first.startswith("{"):
        try:
            msgspec.json.decode(first)
        except (msgspec.DecodeError, ValueError, RecursionError):
            return "json"
        return "ndjson"
    return "csv"


def _ndjson(lines: Iterator[str]) -> Iterator[Entry]:
    for number, line in enumerate(lines, start=1):
        if line.strip():
            yield number, decoded(line, f"line {number}")


def decoded(text: str, where: str) -> Record | Malformed:
    """Read one record in JSON."""
    try:
        value = msgspec.json.decode(text)
    except (msgspec.DecodeError, ValueError) as error:
        return Malformed(f"not JSON: {_reason(error)}", where=where)
    except RecursionError:
        return Malformed("nested too deeply", where=where)
    return value if isinstance(value, dict) else Malformed("a record is a JSON object", where=where)


def _json(text: str) -> Iterator[Entry]:
    whole = text.strip()
    if not whole.startswith("["):
        if whole:
            yield 1, decoded(whole, "line 1")
        return
    decoder = json.JSONDecoder(parse_constant=_refuse)
    position, place = text.index("[") + 1, 0
    while (position := _next(text, position)) < len(text) and text[position] != "]":
        place += 1
        try:
            value, position = decoder.raw_decode(text, position)
        except (ValueError, RecursionError) as error:
            line = text.count("\n", 0, getattr(error, "pos", position)) + 1
            yield place, Malformed(f"not JSON: {_reason(error)}", where=f"line {line}")
            position = _resume(text, max(position, getattr(error, "pos", position)))
            continue
        good = isinstance(value, dict)
        yield place, value if good else Malformed("a record is a JSON object", where=f"item {place}")


def _next(text: str, position: int) -> int:
    while position < len(text) and text[position] in " \t\r\n,":
        position += 1
    return position


def _resume(text: str, position: int) -> int:
    """Return where the next line begins an object, or the end."""
    while (position := text.find("\n", position)) != -1:
        position += 1
        start = _next(text, position)
        if text.startswith("{", start):
            return start
        position = start
    return len(text)


def _csv(lines: Iterator[str], head: Sequence[str]) -> Iterator[Entry]:
    first = head[-1] if head else ""
    delimiter = max(_DELIMITERS, key=first.count)
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    columns: list[str] | None = None
    while True:
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield reader.line_num, Malformed(f"not CSV: {error}", where=f"line {reader.line_num}")
            continue
        if columns is None:
            columns = [column.strip() for column in row] if any(cell.strip() for cell in row) else None
            yield from _unknown(columns or [], reader.line_num)
        elif any(cell.strip() for cell in row):
            yield reader.line_num, _row(columns, row, reader.line_num)


def _unknown(columns: Sequence[str], line: int) -> Iterator[Entry]:
    if len(columns) > _MOST_COLUMNS:
        yield line, Malformed(f"more than {_MOST_COLUMNS} columns", where=f"line {line}")
    for column in columns:
        if column.split(".")[0] not in _KNOWN:
            yield line, Malformed(f"the column {column[:60]!r} is no canonical field; it is left out", where="line 1")


def _row(columns: Sequence[str], row: Sequence[str], line: int) -> Record | Malformed:
    if len(row) > len(columns):
        return Malformed(f"{len(row)} cells under {len(columns)} columns", where=f"line {line}")
    filled = [
        Change(field=column, before=None, after=_cell(cell))
        for column, cell in zip(columns[:_MOST_COLUMNS], row, strict=False)
        if cell != "" and column.split(".")[0] in _KNOWN
    ]
    try:
        return apply.patch({}, sorted(filled, key=_path_order))
    except NotFound as error:
        return Malformed(f"the columns do not fit together: {error.message}", where=f"line {line}")


def _cell(cell: str) -> Any:
    """Return the text of a cell; a cell that holds a JSON list or object gives that."""
    if cell[:1] in "[{":
        try:
            return msgspec.json.decode(cell)
        except (msgspec.DecodeError, ValueError, RecursionError):
            return cell
    return cell


def _path_order(change: Change) -> list[tuple[int, str]]:
    return [(-1 if as_index(part) is None else int(part), part) for part in change.field.split(".")]


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is not JSON")


def _reason(error: Exception) -> str:
    return "nested too deeply" if isinstance(error, RecursionError) else str(error)[:200]
