"""Another version of a rulepack: only what it changes is judged again, and the outcome is that of judging all."""

from __future__ import annotations

import dataclasses
import random
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.connections import update
from core.jobs import keep, validate
from core.jobs.housekeeping import housekeep
from core.jobs.validate import validate_connection
from core.model.people import Actor, Role
from core.model.records import RecordKind, SourceRecord
from core.rules.diff import affected
from core.rules.packs import Library
from core.store import connections, records
from core.store.engine import transaction
from core.store.tables import AuditEntry, Connection, Issue, Record

RULE = """  - id: {id}
    title: Title of {id}
    kind: {kind}
    category: {category}
    severity: {severity}
    field: {field}
    check: {check}
    message: "{message}"
    source: test
    cases: [{{fail: {{{field}: {fails}}}}}]
"""
FIXES = ("", "    fix: [collapse_spaces]\n    fix_safety: review\n", "    fix: [trim]\n    fix_safety: review\n")
POOL = {
    "title.length": ("product", "title", ("{max_length: 12}", "{max_length: 18}"), "xxxxxxxxxxxxxxxxxxxxxxxxxxxx"),
    "title.words": ("product", "title", ("{min_length: 9}", "{pattern: 'kettle'}"), "x"),
    "brand.known": ("product", "brand", ("{one_of: [Alder]}", "{one_of: [Alder, Birch]}"), "Cedar"),
    "price.high": ("product", "price", ("{range: {maximum: 30}}", "{range: {maximum: 45}}"), "999"),
    "stock.quantity": ("stock", "quantity", ("{range: {minimum: 2}}", "{range: {minimum: 5}}"), "0"),
    "stock.sku": ("stock", "sku", ("{max_length: 4}", "{pattern: '^K'}"), "xxxxxxx"),
}
KEPT = ("rule", "field", "pack", "state", "resolution", "message", "actual", "category", "severity", "fix", "pattern")


def write(folder: Path, version: str, rules: dict[str, str]) -> None:
    """Write a version of the pack of the channel in memory."""
    file = folder / "acme" / f"{version}.yaml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"rulepack: acme\nversion: {version}\nrules:\n" + ("".join(rules.values()) or "  []\n"))


def form(name: str, choice: random.Random) -> dict[str, str]:
    """Draw a form of one rule of the pool."""
    kind, field, checks, fails = POOL[name]
    return {
        "id": name, "kind": kind, "field": field, "fails": fails, "check": choice.choice(checks),
        "severity": choice.choice(("error", "warning")), "message": choice.choice(("Not {actual}.", "{actual}, alas.")),
        "category": choice.choice(("format_validation", "marketplace_rule")),
        "fix": choice.choice(FIXES),
    }  # fmt: skip


def text(values: dict[str, str]) -> str:
    """Write a rule."""
    return RULE.format(**values) + values["fix"]


def rule(name: str, choice: random.Random, **changes: str) -> str:
    """Write one rule of the pool in one of its forms."""
    return text(form(name, choice) | changes)


def drawn(choice: random.Random) -> dict[str, dict[str, str]]:
    """Draw some rules in some forms."""
    return {name: form(name, choice) for name in POOL if choice.random() < 0.8}


ASPECTS = ("severity", "message", "category", "check", "fix")


def changed(rules: dict[str, dict[str, str]], aspect: str, choice: random.Random) -> dict[str, dict[str, str]]:
    """Leave some rules as they are, change one aspect of others, drop and add some."""
    after = {name: values for name, values in rules.items() if choice.random() < 0.85}
    for name, values in after.items():
        if choice.random() < 0.7:
            after[name] = {**values, aspect: form(name, choice)[aspect]}
    return after | {name: form(name, choice) for name in POOL if name not in rules and choice.random() < 0.5}


def sources(choice: random.Random) -> list[SourceRecord]:
    """Make products and stock levels of which some violate some rules."""
    made = []
    for number in range(12):
        record = {
            "title": choice.choice(("Kettle", "Enamel kettle", "Enamel kettle of 1.5 litres", "Pan")),
            "brand": choice.choice(("Alder", "Birch", "Cedar")),
            "price": choice.choice(("20", "40", "60")),
            "category": choice.choice(("Kitchen", "Garden")),
        }
        made.append(SourceRecord(kind=RecordKind.PRODUCT, external_id=f"P{number}", version=1, record=record))
        level = {"sku": choice.choice(("K1", "K-00001", "P1")), "quantity": choice.choice((0, 3, 9))}
        made.append(SourceRecord(kind=RecordKind.STOCK, external_id=f"S{number}", version=1, record=level))
    return made


async def take_in(house, connection, made):
    """Take records in as a pull would."""
    row = await connections.get(connection)
    checked = await keep.check(house, row, made)
    async with transaction():
        await keep.write(row, checked, house.clock())


async def outcome(connection):
    """Return what is kept of a connection: its issues by record, and what its records were checked with."""
    rows = await Record.select(Record.id, Record.external_id, Record.checked_with).where(
        Record.connection == connection
    )
    names = {row["id"]: row["external_id"] for row in rows}
    found = await Issue.select().where(Issue.connection == connection)
    issues = sorted((names[one["record"]], *(str(one[name]) for name in KEPT)) for one in found)
    return issues, sorted((row["external_id"], row["checked_with"]) for row in rows)


async def set_aside(connection, choice):
    """Dismiss some issues and have others corrected, by record and rule, so that it is the same in each connection."""
    for state, share in (("dismissed", 0.2), ("correcting", 0.2)):
        for name in POOL:
            if choice.random() < share:
                await Issue.update({Issue.state: state}).where(
                    (Issue.connection == connection) & (Issue.rule == name) & Issue.closed_at.is_null()
                )


@pytest.mark.parametrize("seed", range(10))
async def test_what_differs_is_judged_and_the_outcome_is_that_of_judging_all(house, connect, tmp_path, seed):
    choice = random.Random(seed)
    before = drawn(choice)
    after = changed(before, ASPECTS[seed % len(ASPECTS)], choice)
    write(tmp_path, "2026.10", {name: text(one) for name, one in before.items()})
    old = dataclasses.replace(house, library=Library.open([tmp_path]))
    targeted, full = await connect(), await connect()
    made = sources(choice)
    for connection in (targeted, full):
        await take_in(old, connection, made)
        await set_aside(connection, random.Random(seed))
    if seed % 2:
        write(tmp_path, "2026.11", {name: text(one) for name, one in after.items()})
        new = dataclasses.replace(house, library=Library.open([tmp_path]))
    else:
        write(tmp_path, "2026.10", {name: text(one) for name, one in after.items()})
        old.library.reopen()
        new = old
    await Record.update({Record.checked_with: None}).where(Record.connection == full)

    for connection in (targeted, full):
        await validate_connection({"context": new}, connection)

    assert (await outcome(targeted))[0]
    assert await outcome(targeted) == await outcome(full)
    again = await outcome(targeted)
    await validate_connection({"context": new}, targeted)
    assert await outcome(targeted) == again


async def test_records_that_no_changed_rule_is_about_are_not_judged(house, connect, tmp_path):
    choice = random.Random(1)
    level, brand = rule("stock.quantity", choice), rule("brand.known", choice, check="{one_of: [Alder]}")
    write(
        tmp_path, "2026.10", {"a": level, "b": brand, "c": rule("price.high", choice, check="{range: {maximum: 30}}")}
    )
    library = Library.open([tmp_path])
    house = dataclasses.replace(house, library=library)
    connection = await connect()
    await take_in(house, connection, sources(choice))
    before = await Issue.count().where(Issue.rule == "stock.quantity")
    await Record.update({Record.record: '{"sku":"K1","quantity":0}'}).where(Record.kind == "stock")
    await Record.update({Record.record: '{"brand":"Unknown","price":"999"}'}).where(Record.kind == "product")

    write(
        tmp_path, "2026.10", {"a": level, "b": brand, "c": rule("price.high", choice, check="{range: {maximum: 45}}")}
    )
    library.reopen()
    await validate_connection({"context": house}, connection)

    open_now = await Issue.select(Issue.rule, Issue.pack).where(Issue.closed_at.is_null())
    assert sum(row["rule"] == "stock.quantity" for row in open_now) == before
    assert sum(row["rule"] == "price.high" for row in open_now) == 12
    assert sum(row["rule"] == "brand.known" for row in open_now) < 12
    assert {row["checked_with"] for row in await Record.select(Record.checked_with)} == {library.pack("acme").stamp}


async def test_a_record_that_changed_meanwhile_is_left_to_whoever_changed_it(house, connect, tmp_path):
    choice = random.Random(2)
    write(tmp_path, "2026.10", {"a": rule("brand.known", choice)})
    connection = await connect()
    old = dataclasses.replace(house, library=Library.open([tmp_path]))
    await take_in(old, connection, sources(choice))
    write(tmp_path, "2026.11", {"a": rule("brand.known", choice), "b": rule("title.length", choice)})
    new = dataclasses.replace(house, library=Library.open([tmp_path]))
    record = {"title": "Pan", "brand": "Alder"}
    await take_in(new, connection, [SourceRecord(kind=RecordKind.PRODUCT, external_id="P0", version=2, record=record)])

    await validate_connection({"context": new}, connection)

    row = await Record.select().where(Record.external_id == "P0").first()
    assert (row["source_version"], row["title"]) == (2, "Pan")
    assert {one["checked_with"] for one in await Record.select(Record.checked_with)} == {new.library.pack("acme").stamp}


async def test_what_was_found_of_content_that_is_gone_is_not_written(house, connect, tmp_path):
    choice = random.Random(2)
    write(tmp_path, "2026.10", {"a": rule("brand.known", choice)})
    write(tmp_path, "2026.11", {"b": rule("price.high", choice, check="{range: {maximum: 30}}")})
    house = dataclasses.replace(house, library=Library.open([tmp_path]))
    old, new = house.library.pack("acme", "2026.10"), house.library.pack("acme")
    connection = await connect()
    await update(house, Actor(user=0, name="ada", role=Role.ADMIN), connection, rulepack="2026.10")
    await take_in(house, connection, sources(choice))
    row, differs = await connections.get(connection), affected(old, new)
    read = await records.sheets_checked_with(connection, old.stamp, frozenset(RecordKind), 0, 100)
    other = {"title": "Pan", "price": "1"}
    await take_in(house, connection, [SourceRecord(kind=RecordKind.PRODUCT, external_id="P0", version=1, record=other)])

    async with transaction():
        await validate._write(house, row, old.stamp, new, differs, read, validate._violations(new, read))

    left = await Record.select().where(Record.checked_with == old.stamp)
    assert [(one["external_id"], one["title"]) for one in left] == [("P0", "Pan")]
    assert not await Issue.exists().where((Issue.record == left[0]["id"]) & (Issue.rule == "price.high"))


async def test_a_rule_with_a_date_counts_from_that_day_on_without_a_restart(house, connect, queue, tmp_path):
    late = rule("brand.known", random.Random(0), check="{one_of: [Alder]}").replace(
        "    source: test\n", "    source: test\n    effective: {from: 2026-11-25}\n"
    )
    write(tmp_path, "2026.10", {"a": rule("stock.sku", random.Random(0)), "b": late})
    day = [datetime(2026, 11, 24, 23, 0, tzinfo=UTC)]
    house = dataclasses.replace(house, library=Library.open([tmp_path]), clock=lambda: day[0])
    connection = await connect()
    await take_in(house, connection, sources(random.Random(3)))
    assert not await Issue.exists().where(Issue.rule == "brand.known")

    day[0] = datetime(2026, 11, 25, 0, 0, 1, tzinfo=UTC)
    await housekeep({"context": house})
    asked = list(queue.asked)
    for name, ids in asked:
        if name == "validate_connection":
            await validate_connection({"context": house}, *ids)

    opened = await Issue.select().where(Issue.rule == "brand.known")
    assert opened
    assert {row["pack"] for row in opened} == {"acme@2026.10+2026-11-25"}
    assert ("mirror_rules", ()) in asked


async def test_issues_are_written_in_the_language_of_the_installation_and_again_when_it_changes(
    house, connect, tmp_path
):
    english = rule("brand.known", random.Random(0), check="{one_of: [Alder]}", message="No such brand.")
    french = '\ntranslations:\n  fr: {brand.known: {title: Marque inconnue, message: "Marque inconnue."}}\n'
    write(tmp_path, "2026.10", {"a": english, "b": french})
    house = dataclasses.replace(house, library=Library.open([tmp_path]), language="fr")
    connection = await connect()
    await take_in(house, connection, sources(random.Random(3)))
    spoken = {row["message"] for row in await Issue.select(Issue.message)}

    await validate_connection({"context": dataclasses.replace(house, language="en")}, connection)

    assert spoken == {"Marque inconnue."}
    assert {row["message"] for row in await Issue.select(Issue.message)} == {"No such brand."}
    assert await Issue.count().where(Issue.closed_at.is_not_null()) == 0


async def test_a_connection_that_follows_the_newest_remembers_the_version_before(house, connect, tmp_path):
    write(tmp_path, "2026.10", {"a": rule("brand.known", random.Random(0))})
    connection = await connect()
    await validate_connection({"context": dataclasses.replace(house, library=Library.open([tmp_path]))}, connection)
    write(tmp_path, "2026.11", {"a": rule("brand.known", random.Random(1))})
    newer = dataclasses.replace(house, library=Library.open([tmp_path]))

    for _ in range(2):
        await validate_connection({"context": newer}, connection)

    row = await Connection.select().where(Connection.id == connection).first()
    assert (row["rulepack"], row["rulepack_used"], row["rulepack_before"]) == (None, "2026.11", "2026.10")
    assert await AuditEntry.count().where(AuditEntry.action == "connection.rulepack") == 1
