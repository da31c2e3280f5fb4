"""Channels over the API, and judging records by their rules without keeping anything."""

import asyncio
from typing import Any

import msgspec
from litestar import Controller, get, post
from litestar.params import JSONBody

from core.api.bodies import RecordsToCheck
from core.api.door import Installation
from core.api.parameters import Language, Name, spoken
from core.capabilities import CAPABILITIES, has
from core.channel import Channel
from core.connections_form import FormField, form
from core.context import Context
from core.corrections.apply import describe
from core.model.corrections import Program, Safety
from core.model.issues import Category, Severity
from core.model.records import Record, RecordKind
from core.quality import Tier, quality_of
from core.rules.evaluate import CompiledPack


class ChannelItem(msgspec.Struct, frozen=True, kw_only=True):
    """A platform kind. `abilities` says what it can do, `tier` how good its plugin is; `settings` is the form."""

    name: str
    title: str
    docs_url: str
    tier: Tier
    abilities: dict[str, bool]
    rulepacks: tuple[str, ...]
    settings: list[FormField]


class FoundIssue(msgspec.Struct, frozen=True, kw_only=True):
    """One rule violated by one record. `index` is the record's place in what was sent, `record` its SKU or id."""

    index: int
    record: str | None
    rule: str
    category: Category
    severity: Severity
    field: str
    message: str
    actual: Any
    fix: Program
    fix_safety: Safety | None
    sentence: str | None


class Findings(msgspec.Struct, frozen=True, kw_only=True):
    """What the rules say. `pack` is `name@version`, `checked` the number of records."""

    pack: str
    checked: int
    issues: list[FoundIssue]


class Channels(Controller):
    """Platform kinds."""

    path = "/channels"
    tags = ("Channels",)

    @get("/", summary="List channels")
    async def listed(self, context: Installation) -> list[ChannelItem]:
        """The channels that are installed, with what each can do and the form of its settings."""
        return [_item(context, channel) for channel in context.registry.channels]

    @get("/{name:str}", summary="Look at a channel")
    async def one(self, context: Installation, name: Name) -> ChannelItem:
        """One channel, with the form of its settings."""
        return _item(context, context.registry.channel(name))


@post("/validate", status_code=200, tags=["Channels"], summary="Check records")
async def validate(context: Installation, data: JSONBody[RecordsToCheck], language: Language = None) -> Findings:
    """Judge canonical records by a channel's rules. Nothing is stored and no channel is called."""
    pack = context.library.pack(data.channel, data.version).on(context.clock().date())
    pack = pack.speaking(spoken(language, context.language))
    issues = await asyncio.to_thread(check, pack, data.kind, data.records)
    return Findings(pack=pack.name, checked=len(data.records), issues=issues)


def check(pack: CompiledPack, kind: RecordKind, records: list[Record]) -> list[FoundIssue]:
    """Return what each record violates, in their order."""
    return [
        FoundIssue(
            index=index,
            record=_name(record),
            rule=found.rule,
            category=found.category,
            severity=found.severity,
            field=found.field,
            message=found.message,
            actual=found.actual,
            fix=found.fix,
            fix_safety=found.fix_safety,
            sentence=describe(found.fix) if found.fix else None,
        )
        for index, record in enumerate(records)
        for found in pack.evaluate(kind, record)
    ]


def _name(record: Record) -> str | None:
    name = record.get("sku") or record.get("external_id") or record.get("number")
    return None if name is None else str(name)


def _item(context: Context, channel: Channel) -> ChannelItem:
    return ChannelItem(
        name=channel.name,
        title=channel.title,
        docs_url=channel.docs_url,
        tier=quality_of(channel).tier,
        abilities={one.function: has(channel, one.function) for one in CAPABILITIES},
        rulepacks=context.library.versions(channel.name),
        settings=form(channel),
    )
