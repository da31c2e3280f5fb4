"""What happened since a subscription was told the last time: from the audit log, the applications and the alerts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
from piccolo.querystring import QueryString

from core.model.records import RecordKind
from core.store.listings.where import all_of, if_given, one_of
from core.store.tables import Alert, Application, AuditEntry

VERIFIED, FAILED = "application.verified", "application.failed"
_SUBJECT = "application:"
AT_ONCE = 500
OVERLAP = timedelta(days=1)
"""How far back alerts are looked for again: the transaction that opened one may have ended after later ones did."""


class Happening(msgspec.Struct, frozen=True, kw_only=True):
    """One correction that was verified or failed. `name` is of a product or a stock level, None of an order.

    `error` says why it failed; of an order it may name people, and is left out.
    """

    application: int
    failed: bool
    automatic: bool
    issue: int
    merchant: int
    pattern: str
    title: str
    channel: str
    connection: str | None
    name: str | None
    error: str | None


class Warned(msgspec.Struct, frozen=True, kw_only=True):
    """An alert. `failed_since` says that the correction it speaks of has failed, which is told as that."""

    id: int
    merchant: int
    subject: str
    message: str
    connection: str | None
    closed_at: datetime | None
    failed_since: bool = False


_APPLICATIONS = """
SELECT a.id AS application, a.is_automatic AS automatic, a.issue, a.merchant, a.pattern, a.error,
  p.issue_description AS title, p.marketplace_name AS channel, c.name AS connection, r.kind, r.sku, r.title AS product
FROM applications a JOIN issue_patterns p ON p.pattern_id = a.pattern JOIN records r ON r.id = a.record
LEFT JOIN connections c ON c.id = a.connection WHERE a.id IN {}
"""
_ALERTS = """
SELECT a.id, a.merchant, a.subject, a.message, a.closed_at, c.name AS connection FROM alerts a
LEFT JOIN connections c ON c.id = a.connection
WHERE a.created_at >= {} AND {} AND NOT EXISTS
  (SELECT 1 FROM told_alerts t WHERE t.subscription = {} AND t.alert = a.id)
ORDER BY a.id
"""


async def happenings(scope: int | None, actions: Sequence[str], after: int, to: int) -> tuple[list[Happening], int]:
    """Return a stretch of what the audit log says after one entry and up to another, and the entry it ends at.

    Each entry is there once. Corrections of records that are gone are left out.
    """
    where = all_of(
        (
            QueryString("e.id > {} AND e.id <= {}", after, to),
            QueryString("e.action IN {}", one_of(actions)),
            if_given("e.merchant = {}", scope),
        )
    )
    rows = await AuditEntry.raw(
        "SELECT e.id, e.action, e.subject FROM audit_log e WHERE {} ORDER BY e.id LIMIT {}", where, AT_ONCE
    )
    entries = [(int(row["subject"].removeprefix(_SUBJECT)), row["action"] == FAILED) for row in rows]
    known = {}
    if entries:
        found = await Application.raw(_APPLICATIONS, one_of(sorted({key for key, _ in entries})))
        known = {row["application"]: row for row in found}
    end = rows[-1]["id"] if len(rows) == AT_ONCE else to
    return [_happening(known[key], failed) for key, failed in entries if key in known], end


def _happening(row: dict[str, Any], failed: bool) -> Happening:
    of_order = row["kind"] == RecordKind.ORDER
    return Happening(
        application=row["application"],
        failed=failed,
        automatic=bool(row["automatic"]),
        issue=row["issue"],
        merchant=row["merchant"],
        pattern=str(row["pattern"]),
        title=row["title"],
        channel=row["channel"],
        connection=row["connection"],
        name=None if of_order else (row["product"] or row["sku"]),
        error=None if of_order else row["error"],
    )


async def alerts(scope: int | None, subscription: int, since: datetime, looked_at: datetime) -> list[Warned]:
    """Return alerts opened since a time that a subscription was not told of; it looked last at `looked_at`."""
    where = all_of([if_given("a.merchant = {}", scope)])
    rows = await Alert.raw(_ALERTS, max(since, looked_at - OVERLAP), where, subscription)
    found = msgspec.convert(rows, list[Warned])
    ids = [int(one.subject.removeprefix(_SUBJECT)) for one in found if _is_of_application(one.subject)]
    failed: set[int] = set()
    for start in range(0, len(ids), AT_ONCE):
        query = Application.select(Application.id).where(Application.id.is_in(ids[start : start + AT_ONCE]))
        failed |= {row["id"] for row in await query.where(Application.state == "failed")}
    return [
        msgspec.structs.replace(one, failed_since=True)
        if _is_of_application(one.subject) and int(one.subject.removeprefix(_SUBJECT)) in failed
        else one
        for one in found
    ]


def _is_of_application(subject: str) -> bool:
    return subject.startswith(_SUBJECT) and subject.removeprefix(_SUBJECT).isdigit()
