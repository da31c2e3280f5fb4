"""Rulepacks: what channels want, rule by rule, and which version judges a connection, changed after a look ahead."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

import msgspec
from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from admin_ui.answers import done
from admin_ui.door import admins_only, opened, signed_in
from admin_ui.listed import address_of, filters_of
from admin_ui.notices import Notice
from admin_ui.rendering import page
from core import versions
from core.context import Context
from core.errors import NotFound
from core.model.issues import Category, Severity
from core.model.records import RecordKind
from core.rules.evaluate import CompiledPack
from core.rules.explain import explain
from core.rules.pack import Rule
from core.store import connections as stored
from core.store.listings import connections as listing
from core.store.listings.connections import ConnectionItem
from core.versions import NEWEST, Standing, version_of

MOST_RULES = 100
LOOKED_AT = 20_000
"""Records that a preview looks at before it asks whether to look at all."""


class RuleFilters(msgspec.Struct, frozen=True, kw_only=True):
    """Which rules of a pack."""

    category: Category | None = None
    severity: Severity | None = None
    kind: RecordKind | None = None
    text: str | None = None

    def take(self, rule: Rule) -> bool:
        """Tell whether a rule is wanted."""
        wanted = (self.category or rule.category, self.severity or rule.severity, self.kind or rule.kind)
        searched = f"{rule.title} {rule.id} {rule.field} {rule.source}".casefold()
        return wanted == (rule.category, rule.severity, rule.kind) and (self.text or "").casefold() in searched


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """A channel's pack in the list: its newest version, the count of its rules by category, and who uses it."""

    channel: str
    title: str
    newest: str
    versions: int
    rules: int
    categories: dict[str, int]
    users: list[ConnectionItem]


@get("/rulepacks", include_in_schema=False)
async def rulepacks(request: Request[Any, Any, Any]) -> Template:
    """List the packs and who is judged by them."""
    context = opened(request)
    users = await listing.connections(signed_in(request).actor.merchant)
    rows = await stored.many(one.id for one in users)
    found = [_listed(context, channel, users) for channel in _in_order(context)]
    behind = [one for one in (versions.standing_of(context, row) for row in rows.values()) if one.is_behind]
    return await page(
        request, "rulepacks/page.html", here="rulepacks", found=found, categories=list(Category),
        standings={one.id: versions.standing_of(context, rows[one.id]) for one in users if one.id in rows},
        behind=len(behind), left_out=context.library.left_out, trouble=context.library.trouble,
    )  # fmt: skip


@get("/rulepacks/{channel_name:str}", include_in_schema=False)
async def newest_pack(request: Request[Any, Any, Any], channel_name: FromPath[str]) -> Redirect:
    """Lead to the newest version of a channel's pack."""
    known = opened(request).library.versions(channel_name)
    if not known:
        raise NotFound("There is no such rulepack.")
    return Redirect(f"/rulepacks/{channel_name}/{known[0]}", status_code=303)


@get("/rulepacks/{channel_name:str}/{version:str}", include_in_schema=False)
async def one_pack(request: Request[Any, Any, Any], channel_name: FromPath[str], version: FromPath[str]) -> Template:
    """Show the rules of one version."""
    pack = _pack(request, channel_name, version)
    given = dict(request.query_params)
    filters = filters_of(given, RuleFilters)
    matching = [rule for rule in pack.rules if filters.take(rule)]
    start = next((place for place, rule in enumerate(matching, start=1) if rule.id == given.get("after")), 0)
    rules = matching[start : start + MOST_RULES]
    here = f"/rulepacks/{channel_name}/{version}"
    more = start + MOST_RULES < len(matching)
    return await page(
        request, "rulepacks/pack.html", here="rulepacks", pack=pack, rules=rules, filters=filters, address=here,
        matching=len(matching), following=address_of(here, given, after=rules[-1].id) if more else None,
        versions=opened(request).library.versions(channel_name), categories=list(Category),
        today=opened(request).clock().date(),
    )  # fmt: skip


@get("/rulepacks/{channel_name:str}/{version:str}/{rule_id:str}", include_in_schema=False)
async def one_rule(
    request: Request[Any, Any, Any], channel_name: FromPath[str], version: FromPath[str], rule_id: FromPath[str]
) -> Template:
    """Show one rule: what it asks, why, where it was taken from, and the cases that prove it."""
    pack = _pack(request, channel_name, version)
    rule = pack.rule(rule_id)
    elsewhere = {
        other: rule_id in {one.id for one in opened(request).library.pack(channel_name, other).rules}
        for other in opened(request).library.versions(channel_name)
    }
    return await page(
        request, "rulepacks/rule.html", here="rulepacks", pack=pack, rule=rule, told=explain(rule), elsewhere=elsewhere,
        today=opened(request).clock().date(),
    )  # fmt: skip


@get("/connections/{connection_id:int}/rulepack", include_in_schema=False)
async def of_connection(request: Request[Any, Any, Any], connection_id: FromPath[int]) -> Template:
    """Show which version judges a connection and, for `?version=`, what another one would mean."""
    context, actor = opened(request), signed_in(request).actor
    standing = await versions.standing(context, actor, connection_id)
    item = await listing.one(actor.merchant, connection_id)
    wanted = request.query_params.get("version", "")
    seen, most = None, None if request.query_params.get("all") else LOOKED_AT
    if wanted and standing.in_force is not None:
        seen = await versions.preview(context, actor, connection_id, version_of(wanted), most=most)
    return await page(
        request, "rulepacks/connection.html", here="rulepacks", item=item, standing=standing, wanted=wanted,
        preview=seen, judged_by=context.library.pack(item.channel).pack.name,
        becomes=_becomes(standing, wanted), newest=NEWEST,
    )  # fmt: skip


@post("/connections/{connection_id:int}/rulepack", status_code=200, include_in_schema=False)
async def activate(request: Request[Any, Any, Any], connection_id: FromPath[int]) -> Response[Any]:
    """Let a version judge a connection from now on."""
    admins_only(request)
    form = await request.form()
    wanted = version_of(str(form.get("version", "")))
    context, actor = opened(request), signed_in(request).actor
    await versions.activate(context, actor, connection_id, wanted)
    standing = await versions.standing(context, actor, connection_id)
    says = f"Version {standing.in_force} judges from now on" if wanted else "It follows the newest version from now on"
    notice = Notice(f"{says}. What differs is being checked again.")
    return done(request, notice, f"/connections/{connection_id}/rulepack", version=standing.in_force)


def _becomes(standing: Standing, wanted: str) -> str | None:
    """Return the version that the chosen option comes to, None where nothing is chosen."""
    return (version_of(wanted) or standing.newest) if wanted else None


def _pack(request: Request[Any, Any, Any], channel: str, version: str) -> CompiledPack:
    found = opened(request).library.packs.get(channel, {}).get(version)
    if found is None:
        raise NotFound("There is no such rulepack.")
    return found


def _in_order(context: Context) -> Iterable[str]:
    """Return the channels that have packs, `common` last: the others rest on it."""
    return sorted(context.library.channels(), key=lambda channel: (channel == "common", channel))


def _listed(context: Context, channel: str, users: list[ConnectionItem]) -> Listed:
    pack = context.library.pack(channel)
    counts = Counter(rule.category.value for rule in pack.rules)
    bare = {one.id for one in users if channel == "common" and not context.library.versions(one.channel)}
    return Listed(
        channel=channel,
        title=pack.pack.title,
        newest=pack.pack.version,
        versions=len(context.library.versions(channel)),
        rules=len(pack.rules),
        categories={category.value: counts[category.value] for category in Category},
        users=[one for one in users if one.channel == channel or one.id in bare],
    )


HANDLERS = (rulepacks, newest_pack, one_pack, one_rule, of_connection, activate)
