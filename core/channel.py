"""The contract between the core and a channel, on one screen.

A plugin brings a `Channel`: a frozen record of functions. The core opens a `Connection` (one merchant's account,
its settings with the secrets opened, its own outbound client) and passes it to these functions. Every function
raises the errors of `core.errors` only: `RetryLater`, `Rejected`, `NeedsAttention`, `NotFound`, `Conflict` (what is to
be written was changed there meanwhile), `BadSignature`, `Malformed`.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import msgspec

from core.errors import MarketwrightError
from core.http import Client, Pace
from core.model.corrections import Change
from core.model.events import WebhookEvent, WebhookRequest
from core.model.records import Cancellation, Record, RecordKind, Shipment, SourceRecord
from core.model.requirements import RequirementSet, Wanted
from core.model.verdicts import VerdictPage


@dataclass(frozen=True, kw_only=True)
class Connection:
    """One opened account.

    `settings` is an instance of the channel's settings struct, with its secrets opened. `webhook_url` is our public
    address for this connection's webhooks, None where none is set. `save_settings` persists changed settings (a
    rotated refresh token) and must be awaited before they are used.
    """

    id: int
    channel: str
    settings: Any = field(repr=False)
    http: Client
    webhook_url: str | None = None
    save_settings: Callable[[Any], Awaitable[None]] | None = field(default=None, repr=False)


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """What a successful credential test tells. `facts` are for people: currency, versions, limits, units."""

    name: str
    missing_rights: tuple[str, ...] = ()
    facts: dict[str, str] = msgspec.field(default_factory=dict)


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """One page of a pull. `cursor` resumes after this page; `total` is the number of records where it is known.

    The last page's cursor starts the next incremental pull. A cursor is the plugin's own JSON object; it is opaque
    to the core, which stores it in the same transaction as the page's records.

    `complete` stands on the last page of a pull that brought every record of its kind (one that began with `{}`, or any
    where the platform cannot tell what changed): records that did not come since it began are gone.
    """

    records: tuple[SourceRecord, ...]
    cursor: dict[str, Any]
    total: int | None = None
    complete: bool = False


class Push(msgspec.Struct, frozen=True, kw_only=True):
    """Changed fields of one record, to be written to the channel and nothing else.

    `record` and `raw` are as last read; `changes` are canonical paths with the value wanted (`after`).
    """

    external_id: str
    record: Record
    raw: dict[str, Any]
    changes: tuple[Change, ...]


class Pushed(msgspec.Struct, frozen=True, kw_only=True):
    """What the channel holds after a push, read back from it; `record.version` is that of our own write."""

    record: SourceRecord


class StockLevel(msgspec.Struct, frozen=True, kw_only=True):
    """A quantity to set. `expected` is what we believe is there now, for channels that compare before they set."""

    external_id: str
    sku: str | None
    location: str | None
    quantity: int
    expected: int | None = None


class Subscription(msgspec.Struct, frozen=True, kw_only=True):
    """One webhook subscription as the channel lists it. `state` is `active`, `disabled` or `missing`."""

    id: str
    topic: str
    url: str
    state: str


class SettingsStruct(Protocol):
    """A frozen `msgspec.Struct`; each field says `Meta(title=…, description=…, extra_json_schema={…})`.

    `extra_json_schema` knows `secret: true` (write-only, sealed), `generated: true` (a random secret of ours where it
    is left empty), `link` (where to find it), `advanced: true`.
    """

    __struct_fields__: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Handover:
    """Where a person who signs in at a channel comes back to, and the random `state` that tells it is they.

    `callback_url` takes what the channel brings, `return_url` the person; the state holds once and for minutes.
    """

    callback_url: str
    return_url: str
    state: str = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class Callback:
    """What a channel sent to the callback address, as received and not believed yet."""

    query: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, kw_only=True)
class SignIn:
    """How an account is connected by signing in at the channel, in place of copying keys.

    `needs` names the settings to be filled in before; `hint` says to people what else is to be done, with
    `{callback_url}` for our address. `authorise` makes the address to send the person to from these values.
    `state_of` finds our state in a callback ("" where there is none). `accept` verifies the callback, calls the channel
    by a client for `hosts` where it must, and returns the settings that it brought. The callback is either the
    person's own browser, which must be signed in as who began (GET), or, `by_server`, the channel's server (POST).
    """

    needs: tuple[str, ...]
    authorise: Callable[[Mapping[str, str], Handover], str]
    state_of: Callable[[Callback], str]
    accept: Callable[[Mapping[str, str], Callback, Client], Awaitable[Mapping[str, str]]]
    hosts: Callable[[Mapping[str, str]], Sequence[str]] = lambda values: ()
    by_server: bool = False
    hint: str = ""


Pull = Callable[[Connection, Mapping[str, Any]], AsyncIterator[Page]]
Results = Sequence[Pushed | MarketwrightError]
"""What became of each push of a bulk, in their order; what went wrong with one is returned and not raised."""


@dataclass(frozen=True, kw_only=True)
class Channel:
    """One platform kind. What a platform cannot do is None, and the capability table says so.

    `name` is lower case and unique; `settings` the struct its form is drawn from; `hosts` the only hosts that a
    connection's client may reach (`host` or `host:port`); `pace` how fast.
    `read_webhook` is pure and quick: it verifies, then names topic, action, external id, dedupe key and version.
    `read_event` turns a kept webhook (event and parsed body) into records, fetching where the webhook is thin.
    `pull_*` start at `cursor` (`{}` for everything) and yield pages until the channel has no more.
    `pull_requirements` yields what the platform itself publishes of its rules, in our words, for what is wanted, in
    sets that replace those of the same name; a set that is not given any more no longer counts.
    `pull_verdicts` yields what the platform itself objects to in products; where it says so with the product, the
    plugin gives `SourceRecord.verdicts` instead.
    `pull_one` reads one record afresh. `push_product` writes, reads back and returns what the channel stored;
    `push_products` does so for many products in few calls. `ship_order` and `cancel_order` may be called twice.
    `sign_in` connects an account by the platform's own sign-in page.
    `register_webhooks` creates what is missing, `repair_webhooks` revives or recreates; both are idempotent.
    """

    name: str
    title: str
    settings: type[Any]
    hosts: Callable[[Any], Sequence[str]]
    pace: Callable[[Any], Pace]
    test_credentials: Callable[[Connection], Awaitable[Account]]
    pull_products: Pull
    pull_one: Callable[[Connection, RecordKind, str], Awaitable[SourceRecord]]
    pull_orders: Pull | None = None
    pull_stock: Pull | None = None
    pull_requirements: Callable[[Connection, Wanted], AsyncIterator[RequirementSet]] | None = None
    pull_verdicts: Callable[[Connection, Mapping[str, Any]], AsyncIterator[VerdictPage]] | None = None
    push_product: Callable[[Connection, Push], Awaitable[Pushed]] | None = None
    push_products: Callable[[Connection, Sequence[Push]], Awaitable[Results]] | None = None
    push_stock: Callable[[Connection, Sequence[StockLevel]], Awaitable[None]] | None = None
    ship_order: Callable[[Connection, str, Shipment], Awaitable[None]] | None = None
    cancel_order: Callable[[Connection, str, Cancellation], Awaitable[None]] | None = None
    read_webhook: Callable[[WebhookRequest, Connection], WebhookEvent] | None = None
    read_event: Callable[[Connection, WebhookEvent, Any], Awaitable[Sequence[SourceRecord]]] | None = None
    register_webhooks: Callable[[Connection], Awaitable[Sequence[Subscription]]] | None = None
    list_webhooks: Callable[[Connection], Awaitable[Sequence[Subscription]]] | None = None
    repair_webhooks: Callable[[Connection], Awaitable[Sequence[Subscription]]] | None = None
    sign_in: SignIn | None = None
    sandbox: Callable[..., Any] | None = None
    docs_url: str = ""
