"""Webhooks as data: the request as it came, and what a plugin read in it."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

import msgspec

from core.model.records import RecordKind


class WebhookRequest(msgspec.Struct, frozen=True, kw_only=True):
    """A webhook as received. Header names are lower case; `body` is the raw bytes that were signed."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes
    query: Mapping[str, str] = msgspec.field(default_factory=dict)


class Action(StrEnum):
    """What an event asks of us.

    `upsert` and `delete` concern one record; `notice` concerns the connection (an app was uninstalled, rights
    changed); `ignore` is acknowledged and not kept (an activation ping).
    """

    UPSERT = "upsert"
    DELETE = "delete"
    NOTICE = "notice"
    IGNORE = "ignore"


class WebhookEvent(msgspec.Struct, frozen=True, kw_only=True):
    """What a plugin read in a verified webhook.

    `dedupe_key` is the same for each repeat of one delivery and differs between deliveries; it is unique within
    a connection. `version` is that of `SourceRecord`, where the webhook carries one.
    """

    topic: str
    action: Action
    dedupe_key: str
    kind: RecordKind | None = None
    external_id: str | None = None
    version: int | None = None
