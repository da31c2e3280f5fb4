"""`marketwright validate`: checks a file of canonical records against a channel's rulepack, without any database."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, TextIO, get_args

import click

from config.cli.output import as_json, print_json, progress, show
from config.cli.settings import settings_of
from config.packaged import library
from core.errors import Malformed, NotFound
from core.model.issues import Category, Severity
from core.model.records import RecordKind
from core.rules import messages
from core.rules.evaluate import CompiledPack
from core.rules.files import Format, issue_line, read_records, reference

UNREADABLE = "file.unreadable"
"""The rule named for a place in the file that is no record."""

_TABLE = ("record", "severity", "rule", "field", "message", "fix")
_LONGEST_TABLE = 500


@click.command()
@click.option("--channel", required=True, help="Whose rules: a channel, or channel@version for one version.")
@click.option("--kind", type=click.Choice([kind.value for kind in RecordKind]), default="product", show_default=True)
@click.option("--format", "format_", type=click.Choice(get_args(Format)), help="By default told from the file.")
@click.option("--language", help="Of the messages, where translated: fr, de, …; by default as the settings say.")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, allow_dash=True, path_type=Path))
@as_json
def validate(channel: str, kind: str, format_: Format | None, language: str | None, file: Path, as_json: bool) -> None:
    """Check the records in FILE (JSON, NDJSON or CSV; - reads standard input).

    Prints one JSON object for each issue under --json, a table otherwise. Ends with 1 when a record has an error or
    cannot be read; warnings alone end with 0.
    """
    pack = pack_of(channel, language)
    counts: Counter[str] = Counter()
    shown: list[dict[str, Any]] = []
    with opened(file) as stream, progress(f"Checking with {pack.name}", None, off=as_json) as at:
        for line in lines_of(stream, file.name, pack, RecordKind(kind), format_, counts):
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


def pack_of(channel: str, language: str | None = None) -> CompiledPack:
    """Return the pack of `channel` or `channel@version` as it stands today, speaking a language."""
    settings = settings_of(click.get_current_context())
    try:
        spoken = messages.language(language or settings.language)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--language") from error
    packs = library(settings)
    name, _, version = channel.partition("@")
    if not packs.versions(name):
        raise NotFound(f"There is no rulepack {name}; there are {', '.join(packs.channels())}.")
    return packs.pack(name, version or None).on(today()).speaking(spoken)


def today() -> date:
    """Return the day, in UTC."""
    return datetime.now(UTC).date()


def opened(file: Path) -> TextIO:
    """Open the file; bytes that are not UTF-8 become the replacement character, so that the rest is checked."""
    if str(file) == "-":
        return click.open_file("-", encoding="utf-8", errors="replace")  # type: ignore[return-value]
    return file.open(encoding="utf-8", errors="replace", newline="")


def lines_of(
    stream: TextIO, name: str, pack: CompiledPack, kind: RecordKind, format_: Format | None, counts: Counter[str]
) -> Iterator[dict[str, Any]]:
    """Yield one line for each issue, and count records and severities in `counts`."""
    for place, record in read_records(stream, name=name, format=format_):
        if isinstance(record, Malformed):
            counts[Severity.ERROR] += 1
            yield unreadable(place, record)
            continue
        counts["records"] += 1
        for violation in pack.evaluate(kind, record):
            counts[violation.severity] += 1
            yield issue_line(reference(place, record), violation)


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
