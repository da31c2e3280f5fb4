"""`marketwright validate`: checks a file of canonical records against a channel's rulepack, without any database.

NDJSON is cut into shares that all cores judge; their findings come out in the order of the file. What is held in memory
does not grow with the file.
"""

from __future__ import annotations

import io
import os
import sys
from collections import Counter, deque
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from datetime import UTC, date, datetime
from functools import cache
from itertools import chain, islice
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, BinaryIO, TextIO, get_args

import click
import msgspec

from config.cli.output import as_json, progress, show
from config.cli.settings import settings_of
from config.packaged import library
from config.settings import Settings
from core.errors import Malformed, NotFound
from core.model.issues import Severity
from core.model.records import RecordKind
from core.rules import messages
from core.rules.evaluate import CompiledPack
from core.rules.files import Format, format_of, issue_line, read_records, reference
from core.rules.lines import Judged, Share, judge, shares, unreadable
from core.store.keyfile import KeyFile

_TABLE = ("record", "severity", "rule", "field", "message", "fix")
_LONGEST_TABLE = 500


@click.command()
@click.option("--channel", required=True, help="Whose rules: a channel, or channel@version for one version.")
@click.option("--kind", type=click.Choice([kind.value for kind in RecordKind]), default="product", show_default=True)
@click.option("--format", "format_", type=click.Choice(get_args(Format)), help="By default told from the file.")
@click.option("--language", help="Of messages, where a pack has it; by default that of the settings.")
@click.option("--jobs", type=click.IntRange(1, 256), default=None, help="Processes for NDJSON; all cores by default.")
@click.option("--across", is_flag=True, help="Also compare the records with each other: duplicates, orphans.")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path))
@as_json
@click.pass_context
def validate(
    ctx: click.Context,
    channel: str,
    kind: str,
    format_: Format | None,
    language: str | None,
    jobs: int | None,
    across: bool,
    file: Path,
    as_json: bool,
) -> None:
    """Check the records in FILE (JSON, NDJSON or CSV; - reads standard input).

    Prints one JSON object for each issue under --json, a table otherwise. Ends with 1 when a record has an error or
    cannot be read; warnings alone end with 0.
    """
    settings = settings_of(ctx)
    settings = msgspec.structs.replace(settings, language=spoken(language or settings.language))
    pack = pack_of(settings, channel)
    counts: Counter[str] = Counter()
    shown: list[dict[str, Any]] = []
    printed = sys.stdout.buffer if as_json else None
    with opened(file) as stream, progress(f"Checking with {pack.edition}", size_of(file)) as at:
        head = first_line(stream)
        if across:
            found = together(stream, head, file.name, pack, RecordKind(kind), format_)
        elif format_of([head.decode(errors="replace")], file.name, format_) == "ndjson":
            found = in_shares(stream, head, settings, channel, RecordKind(kind), jobs or os.cpu_count() or 1)
        else:
            found = one_by_one(stream, head, file.name, pack, RecordKind(kind), format_)
        for judged in found:
            counts.update(records=judged.records, error=judged.errors, warning=judged.warnings, read=judged.size)
            if printed is not None:
                printed.write(judged.issues)
            elif len(shown) < _LONGEST_TABLE:
                lines = judged.issues.splitlines()[: _LONGEST_TABLE - len(shown)]
                shown.extend(row_of(msgspec.json.decode(line)) for line in lines)
            at(completed=counts["read"])
    if printed is not None:
        printed.flush()
    else:
        show(shown, as_json=False, empty="No issue was found.")
        click.echo(summary(pack, counts, len(shown)))
    if counts[Severity.ERROR]:
        raise SystemExit(1)


@cache
def pack_of(settings: Settings, channel: str) -> CompiledPack:
    """Return the pack of `channel` or `channel@version` as it stands today, speaking the language of the settings."""
    packs = library(settings)
    name, _, version = channel.partition("@")
    if not packs.versions(name):
        raise NotFound(f"There is no rulepack {name}; there are {', '.join(packs.channels())}.")
    return packs.pack(name, version or None).on(today()).speaking(settings.language)


def spoken(language: str) -> str:
    """Return a language that is known; a BadParameter says why it is not."""
    try:
        return messages.language(language)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--language") from error


def today() -> date:
    """Return the day, in UTC."""
    return datetime.now(UTC).date()


def opened(file: Path) -> BinaryIO:
    """Open the file, or standard input for `-`."""
    return sys.stdin.buffer if str(file) == "-" else file.open("rb")


def size_of(file: Path) -> int | None:
    """Return the bytes of a file, None for standard input."""
    return None if str(file) == "-" else file.stat().st_size


def first_line(stream: BinaryIO) -> bytes:
    """Read the first line that is not blank, and what stands before it."""
    head = b""
    while line := stream.readline():
        head += line
        if line.strip(b"\xef\xbb\xbf \t\r\n"):
            break
    return head


def in_shares(
    stream: BinaryIO, head: bytes, settings: Settings, channel: str, kind: RecordKind, jobs: int
) -> Iterator[Judged]:
    """Judge NDJSON share by share, several at once where there are several, and yield them in their order."""
    cut = shares(stream, head)
    begun = list(islice(cut, 2))
    if len(begun) < 2 or jobs == 1:
        for share in chain(begun, cut):
            yield judge_share(settings, channel, kind, share)
        return
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        waiting: deque[Future[Judged]] = deque()
        for share in chain(begun, cut):
            waiting.append(pool.submit(judge_share, settings, channel, kind, share))
            if len(waiting) > 2 * jobs:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def judge_share(settings: Settings, channel: str, kind: RecordKind, share: Share) -> Judged:
    """Judge one share; each process opens the pack once."""
    return judge(pack_of(settings, channel), kind, share, settings.language)


def one_by_one(
    stream: BinaryIO,
    head: bytes,
    name: str,
    pack: CompiledPack,
    kind: RecordKind,
    format_: Format | None,
    keys: KeyFile | None = None,
) -> Iterator[Judged]:
    """Judge JSON and CSV record by record; bytes that are not UTF-8 become the replacement character.

    What the records are compared by is kept in `keys`, where they are.
    """
    for place, record in read_records(as_text(stream, head), name=name, format=format_):
        if isinstance(record, Malformed):
            yield Judged(_line(unreadable(place, record)), 0, 1, 0, 0)
            continue
        if keys is not None:
            keys.add(place, record, reference(place, record))
        found = pack.evaluate(kind, record)
        errors = sum(one.severity is Severity.ERROR for one in found)
        lines = b"".join(_line(issue_line(reference(place, record), one)) for one in found)
        yield Judged(lines, 1, errors, len(found) - errors, 0)


def together(
    stream: BinaryIO,
    head: bytes,
    name: str,
    pack: CompiledPack,
    kind: RecordKind,
    format_: Format | None,
) -> Iterator[Judged]:
    """Judge records one by one, and then beside each other; their keys wait in a temporary file."""
    with (
        TemporaryDirectory(prefix="marketwright-") as folder,
        KeyFile(Path(folder) / "keys", pack.across, kind) as keys,
    ):
        yield from one_by_one(stream, head, name, pack, kind, format_, keys)
        for called, one in keys.violations():
            is_error = one.severity is Severity.ERROR
            yield Judged(_line(issue_line(called, one)), 0, is_error, not is_error, 0)


def as_text(stream: BinaryIO, head: bytes = b"") -> TextIO:
    """Return a stream as text, from its beginning."""
    return io.TextIOWrapper(io.BufferedReader(_Joined(head, stream)), encoding="utf-8", errors="replace", newline="")


class _Joined(io.RawIOBase):
    """What was read already, and then the rest."""

    def __init__(self, head: bytes, stream: BinaryIO) -> None:
        self.head, self.stream = head, stream

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self.head[: len(buffer)] if self.head else self.stream.read(len(buffer))
        self.head = self.head[len(buffer) :]
        buffer[: len(data)] = data
        return len(data)


def _line(row: dict[str, Any]) -> bytes:
    return msgspec.json.encode(row) + b"\n"


def row_of(line: dict[str, Any]) -> dict[str, Any]:
    """Return what the table shows of an issue: a fix by the names of its steps."""
    fix = " → ".join(name.replace("_", " ") for step in line["fix"] or () for name in step)
    return {name: line[name] for name in _TABLE} | {"fix": fix}


def summary(pack: CompiledPack, counts: Counter[str], shown: int) -> str:
    """Return the sentence at the end."""
    found = counts[Severity.ERROR] + counts[Severity.WARNING]
    cut = f" The first {shown} are shown; --json gives all." if found > shown else ""
    errors, warnings = counts[Severity.ERROR], counts[Severity.WARNING]
    return f"{counts['records']} records, {errors} errors, {warnings} warnings by {pack.edition}.{cut}"
