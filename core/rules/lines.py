"""Lines of NDJSON judged many at a time: a process's share of a large file, as bytes in and bytes out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, BinaryIO

import msgspec

from core.errors import Malformed
from core.model.issues import Category, Severity
from core.model.records import RecordKind
from core.rules.evaluate import CompiledPack
from core.rules.files import decoded, issue_line, reference

UNREADABLE = "file.unreadable"
"""The rule named for a place in the file that is no record."""

SHARE = 4_000_000
"""Bytes that are judged together."""

_MARK = b"\xef\xbb\xbf"


class Share(msgspec.Struct, frozen=True):
    """Whole lines of a file; `first` is the number of the first, counted from 1."""

    first: int
    lines: bytes


class Judged(msgspec.Struct, frozen=True):
    """What was found in a share: one JSON object a line, in the order of the records, and how many of what."""

    issues: bytes
    records: int
    errors: int
    warnings: int
    size: int


def shares(stream: BinaryIO, head: bytes = b"") -> Iterator[Share]:
    """Cut a stream of lines, of which `head` was read already, into shares; no line is cut."""
    rest, number = head.removeprefix(_MARK), 1
    while block := stream.read(SHARE):
        block = rest + block
        end = block.rfind(b"\n") + 1
        rest = block[end:]
        if end:
            yield Share(number, block[:end])
            number += block.count(b"\n", 0, end)
    if rest:
        yield Share(number, rest)


def judge(pack: CompiledPack, kind: RecordKind, share: Share, language: str) -> Judged:
    """Judge each line of a share; a line that is no record is told as an error."""
    found: list[bytes] = []
    records = errors = warnings = 0
    encode = msgspec.json.Encoder().encode
    for number, line in enumerate(share.lines.split(b"\n"), start=share.first):
        if not line or line.isspace():
            continue
        try:
            violations = pack.evaluate_json(kind, line, language)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            violations = None
        if violations == [] and line.lstrip().startswith(b"{"):
            records += 1
            continue
        record = decoded(line.decode(errors="replace"), f"line {number}")
        if isinstance(record, Malformed):
            errors += 1
            found.append(encode(unreadable(number, record)))
            continue
        records += 1
        for violation in pack.evaluate(kind, record, language) if violations is None else violations:
            errors += violation.severity is Severity.ERROR
            warnings += violation.severity is Severity.WARNING
            found.append(encode(issue_line(reference(number, record), violation)))
    issues = b"\n".join([*found, b""]) if found else b""
    return Judged(issues, records, errors, warnings, len(share.lines))


def unreadable(place: int, error: Malformed) -> dict[str, Any]:
    """Return the line for a place in the file that is no record."""
    where = error.where or f"line {place}"
    return {
        "record": where,
        "rule": UNREADABLE,
        "category": Category.FORMAT_VALIDATION.value,
        "severity": Severity.ERROR.value,
        "field": "",
        "message": f"{where}: {error.message}",
        "fix": None,
    }
