"""Everything that a decision on one issue needs, loaded once and seen only by those who may."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from core.context import Context
from core.errors import NotFound, Refused
from core.model.corrections import Change, Mode
from core.model.issues import IssueState
from core.model.people import Actor
from core.model.records import RecordKind
from core.opening import takes
from core.rulebook import rules_of
from core.rules.evaluate import CompiledPack
from core.store import connections, issues, records
from core.store.connections import ConnectionRow
from core.store.issues import IssueRow
from core.store.records import RecordRow

NOUNS = {RecordKind.PRODUCT: "a product", RecordKind.ORDER: "an order", RecordKind.STOCK: "a stock level"}


class Case(msgspec.Struct, frozen=True):
    """An issue with its record, its connection and the rulepack that judges it."""

    issue: IssueRow
    record: RecordRow
    connection: ConnectionRow
    pack: CompiledPack


async def load(context: Context, actor: Actor, issue_id: int) -> Case:
    """Return the case of an issue; another merchant's is as good as not there."""
    issue = await issues.get(issue_id)
    if issue is None or (actor.merchant is not None and issue.merchant != actor.merchant):
        raise NotFound("There is no such issue.")
    record = await records.get(issue.record)
    connection = await connections.get(issue.connection)
    assert record is not None
    assert connection is not None
    return Case(issue, record, connection, await rules_of(context, connection))


def check_open(case: Case) -> None:
    """Refuse a decision on what was decided already, or where nothing may be applied."""
    if case.issue.state is not IssueState.OPEN:
        raise Refused(f"This issue is {case.issue.state} already; nothing was changed.", code="already_decided")
    if case.connection.mode is Mode.OBSERVE:
        raise Refused(
            f"{case.connection.name} is only observed; set its mode to suggest or further.", code="observe_only"
        )
    if case.record.deleted_at is not None:
        raise Refused("The channel no longer has this record.", code="record_deleted")


def check_pushable(context: Context, case: Case, changes: Sequence[Change]) -> None:
    """Refuse changes that the channel has no way to take: of orders none, of stock none but whole quantities."""
    kind, connection = case.record.kind, case.connection
    if not connection.enabled:
        raise Refused(f"{connection.name} is switched off; switch it on first.", code="switched_off")
    if not all(takes(context, connection, kind, change.field) for change in changes):
        message = f"{connection.name} takes no such change of {NOUNS[kind]} from here; correct it there."
        raise Refused(message, code="not_supported")
    if kind is RecordKind.STOCK and not all(_is_count(change.after) for change in changes):
        raise Refused("A stock level is a whole number.", code="not_a_quantity")


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
