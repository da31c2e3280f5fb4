"""Connections with their health. Credentials never leave the vault through here."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from piccolo.querystring import QueryString

from core.errors import NotFound
from core.model.corrections import Mode
from core.store.listings.sync_runs import SyncRunItem, latest
from core.store.listings.where import all_of, if_given
from core.store.rows import from_json
from core.store.tables import Connection


class ConnectionItem(msgspec.Struct, frozen=True, kw_only=True):
    """One account on a channel. `runs` holds the newest run of each kind; `webhook_path` is ours, for its webhooks."""

    id: int
    public_id: str
    merchant: int
    merchant_name: str
    channel: str
    name: str
    mode: Mode
    enabled: bool
    state: str
    state_reason: str | None
    rulepack: str | None
    sync_minutes: int
    facts: dict[str, Any]
    synced_at: datetime | None
    tested_at: datetime | None
    created_at: datetime
    records: int
    open_issues: int
    webhook_path: str
    runs: list[SyncRunItem]


_CONNECTIONS = """
SELECT c.id, c.public_id, c.merchant, m.name AS merchant_name, c.channel, c.name, c.mode, c.enabled, c.state,
  c.state_reason, c.rulepack, c.sync_minutes, c.facts, c.synced_at, c.tested_at, c.created_at,
  (SELECT COUNT(*) FROM records r WHERE r.connection = c.id AND r.deleted_at IS NULL) AS records,
  (SELECT COUNT(*) FROM issues i WHERE i.connection = c.id AND i.state = 'open') AS open_issues
FROM connections c JOIN merchants m ON m.id = c.merchant WHERE {} ORDER BY c.channel, c.id
"""


async def connections(scope: int | None) -> list[ConnectionItem]:
    """Return all connections by channel: an installation has tens of them, so they are not paged."""
    return await _select(all_of([if_given("c.merchant = {}", scope)]))


async def one(scope: int | None, connection_id: int) -> ConnectionItem:
    """Return a connection. NotFound outside the scope."""
    found = await _select(all_of((QueryString("c.id = {}", connection_id), if_given("c.merchant = {}", scope))))
    if not found:
        raise NotFound(f"There is no connection {connection_id}.")
    return found[0]


async def _select(where: QueryString) -> list[ConnectionItem]:
    rows = await Connection.raw(_CONNECTIONS, where)
    runs = await latest([row["id"] for row in rows])
    return [_connection(row, runs.get(row["id"], [])) for row in rows]


def _connection(row: dict[str, Any], runs: list[SyncRunItem]) -> ConnectionItem:
    read = {
        "facts": from_json(row["facts"]),
        "webhook_path": f"/webhooks/{row['channel']}/{row['public_id']}",
        "runs": runs,
    }
    return msgspec.convert(row | read, ConnectionItem)
