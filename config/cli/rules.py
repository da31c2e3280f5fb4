"""`marketwright rules`: the rulepacks, and their own tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click
import msgspec

from config.cli.output import as_json, print_json, show
from config.cli.settings import settings_of
from config.cli.validate import as_text, opened, today
from config.packaged import library as installed
from core.errors import Malformed, NotFound
from core.model.records import RecordKind
from core.rules import cases, census
from core.rules.diff import diff as difference
from core.rules.diff import errors
from core.rules.evaluate import CompiledPack
from core.rules.explain import explain
from core.rules.files import read_records, reference
from core.rules.lint import lint as linted
from core.rules.mutate import survey

folder = click.option(
    "--folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Rulepacks of your own, beside the packaged ones.",
)
MOST_SHOWN = 100
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
@click.option("--mutants/--no-mutants", default=True, help="Also try each rule weakened and tightened a little.")
@as_json
def test(wanted: tuple[str, ...], folder: Path | None, mutants: bool, as_json: bool) -> None:
    """Run every case of the packs, and see that a case notices each small change of a rule.

    Ends with 1 when a case does not come out as written, or a changed rule goes unnoticed.
    """
    packs = list(_packs(wanted, folder))
    failures = [one for pack in packs for one in cases.run(pack)]
    surveys = [survey(pack) for pack in packs] if mutants else []
    failures += [one for each in surveys for one in each.survivors]
    files = {pack.name: pack.pack.file for pack in _packs((), folder)}
    rows = [
        {"file": files[one.pack], "line": one.line, "pack": one.pack, "rule": one.rule, "reason": one.reason}
        for one in failures
    ]
    if rows or as_json:
        show(rows, as_json)
    count = sum(len(rule.cases) for pack in packs for rule in pack.rules)
    tried = sum(each.tried for each in surveys)
    click.echo(f"{len(packs)} packs, {count} cases, {tried} mutants, {len(rows)} failed.", err=as_json)
    if rows:
        raise SystemExit(1)


@rules.command()
@names
@folder
@click.option("--markdown", "as_markdown", is_flag=True, help="The table of the documentation.")
@as_json
def count(wanted: tuple[str, ...], folder: Path | None, as_markdown: bool, as_json: bool) -> None:
    """Count the rules and cases of each pack by kind and category."""
    packs = list(_packs(wanted, folder))
    if as_markdown:
        click.echo(census.markdown(packs), nl=False)
        return
    counts = [census.count(pack) for pack in packs]
    columns = ("pack", "rules", "inherited", "fixes", "cases", "unconfirmed", "languages")
    if as_json:
        show([msgspec.to_builtins(one) for one in counts], as_json)
    else:
        show([{name: getattr(one, name) for name in columns} | one.by_kind for one in counts], as_json)


@rules.command()
@click.argument("old")
@click.argument("new")
@click.option(
    "--on", type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A file of records: say which of them newly fail and newly pass.",
)  # fmt: skip
@click.option("--kind", type=click.Choice([kind.value for kind in RecordKind]), default="product", show_default=True)
@folder
@as_json
def diff(old: str, new: str, on: Path | None, kind: str, folder: Path | None, as_json: bool) -> None:
    """Compare two packs, a channel's newest or CHANNEL@VERSION: what was added, removed and changed."""
    before, after = (next(_packs((name,), folder)) for name in (old, new))
    if on is not None:
        _show_impact(before, after, on, RecordKind(kind), as_json)
        return
    found = difference(before, after)
    rows = [
        *({"rule": rule, "change": "added", "what": ()} for rule in found.added),
        *({"rule": rule, "change": "removed", "what": ()} for rule in found.removed),
        *({"rule": rule, "change": "changed", "what": what} for rule, what in found.changed.items()),
    ]
    show(rows, as_json, empty=f"{before.name} and {after.name} hold the same rules.")


@rules.command("explain")
@click.argument("rule")
@names
@folder
@as_json
def explain_(rule: str, wanted: tuple[str, ...], folder: Path | None, as_json: bool) -> None:
    """Tell RULE in words: what it asks, why, its source, what mends it, and its cases. Name channels to narrow it."""
    told = [explain(one) for pack in _packs(wanted, folder) for one in pack.pack.rules if one.id == rule]
    if not told:
        raise NotFound(f"No pack has a rule {rule} of its own; see: marketwright rules list CHANNEL.")
    for one in told:
        if as_json:
            print_json(one)
            continue
        click.echo(f"{one.title}  ({one.pack} · {one.rule} · {one.kind} · {one.category} · {one.severity})")
        lines = {
            "asks": one.what, "that is": one.why, "says": one.message, "in effect": one.effective, "mends": one.fix,
            "safety": one.fix_safety, "source": f"{one.source} ({one.confidence})",
            "also in": ", ".join(one.languages[1:]),
        }  # fmt: skip
        for name, line in lines.items():
            if line:
                click.echo(f"  {name:<10} {line}")
        for case in one.cases:
            click.echo(f"  {'case':<10} {case}")


def _show_impact(before: CompiledPack, after: CompiledPack, file: Path, kind: RecordKind, as_json: bool) -> None:
    """Print the records of a file that fail under one pack and not under the other, with what they fail at."""
    old, new = before.on(today()), after.on(today())
    counts = {"newly fails": 0, "newly passes": 0}
    rows: list[dict[str, object]] = []
    with opened(file) as stream:
        for place, record in read_records(as_text(stream), name=file.name):
            if isinstance(record, Malformed):
                continue
            failed, fails = errors(old, kind, record), errors(new, kind, record)
            if bool(failed) == bool(fails):
                continue
            change = "newly fails" if fails else "newly passes"
            counts[change] += 1
            rules = ", ".join(sorted({one.rule for one in fails or failed}))
            row: dict[str, object] = {"record": reference(place, record), "change": change, "rules": rules}
            if as_json:
                print_json(row)
            elif len(rows) < MOST_SHOWN:
                rows.append(row)
    if rows:
        show(rows, as_json)
    summary = (
        f"{counts['newly fails']} newly fail, {counts['newly passes']} newly pass, from {old.edition} to {new.edition}."
    )
    click.echo(summary, err=as_json)


def _packs(wanted: tuple[str, ...], folder: Path | None) -> Iterator[CompiledPack]:
    """Yield the packs named, or all; a channel alone means all its versions."""
    library = installed(settings_of(click.get_current_context()), *([] if folder is None else [folder]))
    if not wanted:
        yield from library
    for name in wanted:
        channel, _, version = name.partition("@")
        versions = (version,) if version else library.versions(channel)
        if not versions:
            raise NotFound(f"There is no rulepack {channel}; there are {', '.join(library.channels())}.")
        yield from (library.pack(channel, one) for one in versions)
