"""`marketwright rules`: the rulepacks, and their own tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from config.cli.output import as_json, show
from config.packaged import RULEPACKS
from core.errors import NotFound
from core.rules import cases
from core.rules.diff import diff as difference
from core.rules.evaluate import CompiledPack
from core.rules.lint import lint as linted
from core.rules.packs import Library

folder = click.option(
    "--folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Rulepacks of your own, beside the packaged ones.",
)
names = click.argument("wanted", metavar="[CHANNEL[@VERSION]]...", nargs=-1)


@click.group()
def rules() -> None:
    """List the rulepacks; check that they are well written and do what their cases say."""


@rules.command("list")
@names
@folder
@as_json
def list_(wanted: tuple[str, ...], folder: Path | None, as_json: bool) -> None:
    """List the packs, or the rules of the packs named."""
    packs = list(_packs(wanted, folder))
    if not wanted:
        rows: Iterator[dict[str, object]] = (
            {
                "pack": pack.name,
                "title": pack.pack.title,
                "rules": len(pack.rules),
                "own": len(pack.pack.rules),
                "extends": pack.pack.extends,
            }
            for pack in packs
        )
    else:
        rows = (
            {
                "pack": pack.name,
                "rule": rule.id,
                "title": rule.title,
                "kind": rule.kind,
                "category": rule.category,
                "severity": rule.severity,
                "field": rule.field,
                "fix": rule.fix_safety,
                "source": rule.source,
            }
            for pack in packs
            for rule in pack.rules
        )
    show(rows, as_json)


@rules.command()
@names
@folder
@as_json
def lint(wanted: tuple[str, ...], folder: Path | None, as_json: bool) -> None:
    """Say what is lawful in a pack and still unwise. Ends with 1 when there is something.

    What is not lawful (a name, a type, a source, the cost of an expression) is refused before that, with its place.
    """
    packs = list(_packs(wanted, folder))
    found = [
        {"file": pack.pack.file, "line": one.line, "rule": one.rule, "code": one.code, "message": one.message}
        for pack in packs
        for one in linted(pack)
    ]
    rules = sum(len(pack.pack.rules) for pack in packs)
    show(found, as_json, empty=f"{len(packs)} packs, {rules} rules: nothing to mend.")
    if found:
        raise SystemExit(1)


@rules.command()
@names
@folder
@as_json
def test(wanted: tuple[str, ...], folder: Path | None, as_json: bool) -> None:
    """Run every case of the packs. Ends with 1 when one does not come out as written."""
    packs = list(_packs(wanted, folder))
    failures = [
        {"file": pack.pack.file, "line": one.line, "pack": one.pack, "rule": one.rule, "reason": one.reason}
        for pack in packs
        for one in cases.run(pack)
    ]
    if failures or as_json:
        show(failures, as_json)
    count = sum(len(rule.cases) for pack in packs for rule in pack.rules)
    click.echo(f"{len(packs)} packs, {count} cases, {len(failures)} failed.", err=as_json)
    if failures:
        raise SystemExit(1)


@rules.command()
@click.argument("old")
@click.argument("new")
@folder
@as_json
def diff(old: str, new: str, folder: Path | None, as_json: bool) -> None:
    """Compare two packs, a channel's newest or CHANNEL@VERSION: what was added, removed and changed."""
    before, after = (next(_packs((name,), folder)) for name in (old, new))
    found = difference(before, after)
    rows = [
        *({"rule": rule, "change": "added", "what": ()} for rule in found.added),
        *({"rule": rule, "change": "removed", "what": ()} for rule in found.removed),
        *({"rule": rule, "change": "changed", "what": what} for rule, what in found.changed.items()),
    ]
    show(rows, as_json, empty=f"{before.name} and {after.name} hold the same rules.")


def _packs(wanted: tuple[str, ...], folder: Path | None) -> Iterator[CompiledPack]:
    """Yield the packs named, or all; a channel alone means all its versions."""
    library = Library.open([RULEPACKS] if folder is None else [RULEPACKS, folder])
    if not wanted:
        yield from library
    for name in wanted:
        channel, _, version = name.partition("@")
        versions = (version,) if version else library.versions(channel)
        if not versions:
            raise NotFound(f"There is no rulepack {channel}; there are {', '.join(library.channels())}.")
        yield from (library.pack(channel, one) for one in versions)
