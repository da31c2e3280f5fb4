"""What the sentences of the contract have in common: the channel, its twin, an opened connection."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any, ClassVar, TypeVar
from unittest import SkipTest

import msgspec

from core.http import Outbound
from core.model.records import FIELDS
from marketwright import Change, Channel, Connection, Page, PlatformVerdict, Record, RecordKind, SourceRecord
from marketwright.testing.connections import open_connection, secrets_of
from marketwright.testing.requests import Answer, Request, route
from marketwright.testing.troubles import Trouble
from marketwright.testing.twin import Twin

T = TypeVar("T")


class Opening:
    """What a channel's author gives and may override."""

    channel: ClassVar[Channel]
    missing_id: ClassVar[str] = "999999999999"
    """An external id of the right form that no product has."""
    follows_write: ClassVar[frozenset[str]] = frozenset({"updated_at"})
    """Fields that a platform changes by itself when another one is written."""
    follows_write_there: ClassVar[frozenset[str]] = frozenset()
    """Likewise, by the platform's own names, in what the act `stored` returns: modification times, revisions."""
    incremental: ClassVar[bool] = True
    """False where the platform cannot tell what changed, so that each pull brings everything and says `complete`."""
    tells_total: ClassVar[bool] = True
    """False where the platform never says how many records there are."""
    largest_page: ClassVar[int] = 500
    """Records that one page may hold at most: what a pull holds in memory at once."""
    diagnoses: ClassVar[frozenset[Trouble]] = frozenset(
        {Trouble.WRONG_KEY, Trouble.MISSING_RIGHT, Trouble.ADDRESS_REFUSED, Trouble.PAGE_FOR_DATA}
    )
    """The troubles of access that are told apart; a shop on its own host has `HEADER_STRIPPED` and `CLOCK_OFF` too."""

    def make_twin(self) -> Twin:
        """Return a fresh twin, with products for at least two pages."""
        twin = needed(self.channel.sandbox, "sandbox")()
        assert isinstance(twin, Twin), "Channel.sandbox must return a Twin"
        return twin

    async def touch(self, twin: Twin, external_id: str) -> None:
        """Change one product as somebody at the platform would; send the webhooks that follow."""
        await known(twin.acts.touch, "touch")(external_id)

    async def lose_webhooks(self, twin: Twin) -> None:
        """Let the platform disable or forget our webhook subscriptions."""
        await known(twin.acts.lose_webhooks, "lose_webhooks")()

    def wrong_credentials(self, settings: Any) -> Any:
        """Return the settings with every secret wrong, of the same length and letters."""
        wrong = {name: _another(value) for name, value in _secret_fields(settings).items()}
        return msgspec.structs.replace(settings, **wrong)

    def change(self, record: SourceRecord) -> Change:
        """Return a change of one product that the platform takes."""
        title = record.record["title"]
        return Change(field="title", before=title, after=f"{str(title).strip()} (checked)")

    def refused_change(self, record: SourceRecord) -> Change:
        """Return a change of one product that the platform refuses."""
        raise SkipTest("the subclass does not say which change the platform refuses")

    @asynccontextmanager
    async def opened(self, outbound: Outbound | None = None) -> AsyncIterator[tuple[Twin, Connection]]:
        """Run a fresh twin and open a connection to it."""
        twin = self.make_twin()
        async with (
            twin.running(),
            open_connection(self.channel, twin.settings(), outbound=outbound) as connection,
        ):
            yield twin, connection

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[tuple[Twin, Connection, Twin]]:
        """Run a fresh twin, connect, register webhooks, and collect what arrives in the third: an inbox."""
        register = needed(self.channel.register_webhooks, "register_webhooks")
        inbox = Twin("inbox", [route("*", "/{rest:.*}", _accept)], settings=lambda base_url: None)
        twin = self.make_twin()
        async with (
            inbox.running() as inbox_url,
            twin.running(),
            open_connection(self.channel, twin.settings(), webhook_url=f"{inbox_url}/hooks/1") as connection,
        ):
            await register(connection)
            await twin.settled()
            inbox.requests.clear()
            yield twin, connection, inbox

    def secrets(self, twin: Twin) -> tuple[str, ...]:
        """Return the secrets of the twin's settings."""
        return secrets_of(twin.settings())


async def pages(
    pull: Callable[[Connection, Mapping[str, Any]], AsyncIterator[Page]],
    connection: Connection,
    cursor: Mapping[str, Any] | None = None,
) -> list[Page]:
    """Pull to the end. The cursor travels as JSON, as it does through the store."""
    stored = msgspec.json.decode(msgspec.json.encode(dict(cursor or {})))
    return [page async for page in pull(connection, stored)]


async def first_page(
    pull: Callable[[Connection, Mapping[str, Any]], AsyncIterator[Page]], connection: Connection
) -> Page:
    """Pull one page and stop."""
    pulling = pull(connection, {})
    try:
        return await anext(pulling)
    finally:
        if isinstance(pulling, AsyncGenerator):
            await pulling.aclose()


def records_of(pulled: list[Page]) -> list[SourceRecord]:
    """Return the records of all pages, in order."""
    return [record for page in pulled for record in page.records]


def needed(function: T | None, name: str) -> T:
    """Return a function of the channel, or skip the sentence where the platform cannot do it."""
    if function is None:
        raise SkipTest(f"this channel has no {name}")
    return function


def known(act: T | None, name: str) -> T:
    """Return an act of the twin, or skip the sentence where it does not say it."""
    if act is None:
        raise SkipTest(f"the twin's acts do not say {name}")
    return act


def differences(before: Record, after: Record) -> set[str]:
    """Return the names of the fields that differ."""
    return {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}


def check_canonical(source: SourceRecord) -> None:
    """Assert that a record has our fields, travels as JSON, and is named and dated."""
    unknown = set(source.record) - set(FIELDS[source.kind])
    assert not unknown, f"not canonical fields (put them under attributes): {sorted(unknown)}"
    encoded = msgspec.json.decode(msgspec.json.encode(source.record))
    assert encoded == source.record, "a record must be plain JSON: no Decimal, datetime, tuple or struct"
    assert source.external_id, "a record needs its external id"
    assert source.version > 1_000_000_000_000_000, "version is microseconds since 1970 in UTC"
    if source.kind is RecordKind.PRODUCT:
        assert "title" in source.record, "a product needs its title, be it empty"
    for verdict in source.verdicts or ():
        check_verdict(verdict)


def check_verdict(verdict: PlatformVerdict) -> None:
    """Assert that a verdict can become an issue: a short code, a sentence, and a field of ours or none."""
    assert re.fullmatch(r"[\w.:/-]{1,80}", verdict.code), f"not a short code: {verdict.code!r}"
    assert verdict.message.strip(), f"the verdict {verdict.code} says nothing"
    name = verdict.field.partition(".")[0]
    assert not name or name in FIELDS[RecordKind.PRODUCT], f"not a canonical path: {verdict.field}"


async def _accept(request: Request) -> Answer:
    return Answer(200)


def _secret_fields(settings: Any) -> dict[str, str]:
    known = set(secrets_of(settings))
    fields = msgspec.structs.asdict(settings)
    return {name: value for name, value in fields.items() if isinstance(value, str) and value in known}


def _another(secret: str) -> str:
    """Return another text of the same length: the last letters turned into others."""
    tail = "".join("b" if letter == "a" else "a" for letter in secret[-6:])
    return secret[: max(0, len(secret) - 6)] + tail
