"""`marketwright validate`: checks a file of canonical records against a channel's rulepack, without any database."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TextIO, get_args

import click

from config.cli.output import as_json, print_json, progress, show
from config.packaged import library
from core.errors import Malformed, NotFound
from core.model.issues import Category, Severity
from core.model.records import RecordKind
from core.rules.evaluate import CompiledPack
from core.rules.files import Format, issue_line, read_records, reference
from core.store.keyfile import KeyFile

UNREADABLE = "file.unreadable"
"""The rule named for a place in the file that is no record."""

_TABLE = ("record", "severity", "rule", "field", "message", "fix")
_LONGEST_TABLE = 500


@click.command()
@click.option("--channel", required=True, help="Whose rules: a channel, or channel@version for one version.")
@click.option("--kind", type=click.Choice([kind.value for kind in RecordKind]), default="product", show_default=True)
@click.option("--format", "format_", type=click.Choice(get_args(Format)), help="By default told from the file.")
@click.option("--across", is_flag=True, help="Also compare the records with each other: duplicates, orphans.")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path))
@as_json
def validate(channel: str, kind: str, format_: Format | None, across: bool, file: Path, as_json: bool) -> None:
    """Check the records in FILE (JSON, NDJSON or CSV; - reads standard input).

    Prints one JSON object for each issue under --json, a table otherwise. Ends with 1 when a record has an error or
    cannot be read; warnings alone end with 0.
    """
    pack = pack_of(channel)
    counts: Counter[str] = Counter()
    shown: list[dict[str, Any]] = []
    with (
        opened(file) as stream,
        progress(f"Checking with {pack.name}", None, off=as_json) as at,
        key_file(pack, RecordKind(kind), wanted=across) as keys,
    ):
        for line in lines_of(stream, file.name, pack, RecordKind(kind), format_, counts, keys):
            if as_json:
                print_json(line)
            elif len(shown) < _LONGEST_TABLE:
                shown.append(row_of(line))
            at(completed=counts["records"])
    if not as_json:
        show(shown, as_json=False, empty="No issue was found.")
        click.echo(summary(pack, counts, len(shown)))
    if counts[Severity.ERROR]:
        raise SystemExit(1)


def pack_of(channel: str) -> CompiledPack:
    """Return the pack of `channel` or `channel@version` as it stands today."""
    packs = library()
    name, _, version = channel.partition("@")
    if not packs.versions(name):
        raise NotFound(f"There is no rulepack {name}; there are {', '.join(packs.channels())}.")
    return packs.pack(name, version or None).on(datetime.now(UTC).date())


def opened(file: Path) -> TextIO:
    """Open the file; bytes that are not UTF-8 become the replacement character, so that the rest is checked."""
    if str(file) == "-":
        return click.open_file("-", encoding="utf-8", errors="replace")  # type: ignore[return-value]
    return file.open(encoding="utf-8", errors="replace", newline="")


@contextmanager
def key_file(pack: CompiledPack, kind: RecordKind, *, wanted: bool) -> Iterator[KeyFile | None]:
    """Keep what records are compared by in a temporary file, where that is wanted."""
    if not wanted:
        yield None
        return
    with (
        TemporaryDirectory(prefix="marketwright-") as folder,
        KeyFile(Path(folder) / "keys", pack.across, kind) as keys,
    ):
        yield keys


def lines_of(
    stream: TextIO,
    name: str,
    pack: CompiledPack,
    kind: RecordKind,
    format_: Format | None,
    counts: Counter[str],
    keys: KeyFile | None = None,
) -> Iterator[dict[str, Any]]:
    """Yield one line for each issue, those between records last, and count records and severities in `counts`."""
    for place, record in read_records(stream, name=name, format=format_):
        if isinstance(record, Malformed):
            counts[Severity.ERROR] += 1
            yield unreadable(place, record)
            continue
        counts["records"] += 1
        if keys is not None:
            keys.add(place, record, reference(place, record))
        for violation in pack.evaluate(kind, record):
            counts[violation.severity] += 1
            yield issue_line(reference(place, record), violation)
    for called, violation in keys.violations() if keys is not None else ():
        counts[violation.severity] += 1
        yield issue_line(called, violation)


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
