"""Rulepacks over the API: their rules, and what another version would mean for a connection's own records."""

from typing import Annotated

import msgspec
from litestar import Controller, get
from litestar.params import QueryParameter

from core import versions
from core.api.door import Caller, Installation
from core.api.parameters import Id, Language, Name, Version, spoken
from core.context import Context
from core.errors import NotFound
from core.model.corrections import Program, Safety
from core.model.issues import Category, Severity
from core.model.records import RecordKind
from core.rules.evaluate import CompiledPack
from core.rules.explain import effective, what
from core.rules.pack import Rule
from core.versions import Preview, Standing, version_of

Wanted = Annotated[
    str | None,
    QueryParameter(name="version", max_length=40, description="The version to look at; left out, the newest."),
]
Most = Annotated[
    int | None, QueryParameter(ge=1, description="How many records to look at; left out, all of the connection's.")
]


class PackItem(msgspec.Struct, frozen=True, kw_only=True):
    """A version of a channel's pack. `rules` counts those that it inherits too; `is_newest` is the one in force."""

    channel: str
    version: str
    title: str
    extends: str | None
    rules: int
    categories: dict[Category, int]
    languages: tuple[str, ...]
    is_newest: bool


class RuleItem(msgspec.Struct, frozen=True, kw_only=True):
    """A rule of a pack. `asks` says in words what it checks and where, `pack` is the one it was written in."""

    rule: str
    title: str
    kind: RecordKind
    category: Category
    severity: Severity
    field: str
    asks: str
    effective: str | None
    source: str
    pack: str
    fix: Program
    fix_safety: Safety | None


class PackView(msgspec.Struct, frozen=True, kw_only=True):
    """A version of a pack with its rules, inherited ones included."""

    pack: PackItem
    rules: list[RuleItem]


class Rulepacks(Controller):
    """What channels want of records."""

    path = "/rulepacks"
    tags = ("Rulepacks",)

    @get("/", summary="List rulepacks")
    async def listed(self, context: Installation) -> list[PackItem]:
        """Every version of every pack, by channel, the oldest version first."""
        return [_item(context, pack) for pack in context.library]

    @get("/{name:str}", summary="Look at a rulepack")
    async def one(
        self, context: Installation, name: Name, version: Version = None, language: Language = None
    ) -> PackView:
        """One version of a channel's pack with its rules."""
        if name not in context.library.packs:
            raise NotFound(f"There is no rulepack {name}.")
        pack = context.library.pack(name, version_of(version))
        tongue = spoken(language, context.language)
        return PackView(pack=_item(context, pack), rules=[_rule(rule, tongue) for rule in pack.rules])


@get("/connections/{connection_id:int}/rulepack", tags=["Connections"], summary="Look at a connection's rulepack")
async def standing(actor: Caller, context: Installation, connection_id: Id) -> Standing:
    """Which version judges a connection, whether it is pinned, which others there are, and the one before.

    `PATCH /api/v1/connections/{connection_id}` with `rulepack` activates another.
    """
    return await versions.standing(context, actor, connection_id)


@get("/connections/{connection_id:int}/rulepack/preview", tags=["Connections"], summary="Preview a rulepack version")
async def preview(
    actor: Caller, context: Installation, connection_id: Id, wanted: Wanted = None, most: Most = None
) -> Preview:
    """How many of a connection's own records would newly fail and newly pass, rule by rule, with some examples.

    Nothing is changed.
    """
    return await versions.preview(context, actor, connection_id, version_of(wanted), most=most)


def _item(context: Context, pack: CompiledPack) -> PackItem:
    channel = pack.pack.channel
    return PackItem(
        channel=channel,
        version=pack.pack.version,
        title=pack.pack.title,
        extends=pack.pack.extends,
        rules=len(pack.rules),
        categories={one: sum(rule.category is one for rule in pack.rules) for one in Category},
        languages=pack.pack.languages,
        is_newest=context.library.versions(channel)[0] == pack.pack.version,
    )


def _rule(rule: Rule, language: str) -> RuleItem:
    return RuleItem(
        rule=rule.id,
        title=rule.wording(language).title,
        kind=rule.kind,
        category=rule.category,
        severity=rule.severity,
        field=rule.field,
        asks=what(rule),
        effective=effective(rule),
        source=rule.source,
        pack=rule.pack,
        fix=rule.fix,
        fix_safety=rule.fix_safety,
    )
