"""What was learned: the patterns, and one with its threshold, its correction rules and its decisions."""

from datetime import timedelta
from typing import Any

import msgspec
from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Template

from admin_ui.answers import done
from admin_ui.door import admins_only, local, opened, signed_in
from admin_ui.listed import address_of, filters_of
from admin_ui.notices import Notice
from admin_ui.rendering import page
from admin_ui.words import plural
from core import review
from core.errors import Malformed, Refused
from core.knowledge.backtest import Trial
from core.knowledge.transfer import writes_values
from core.model.corrections import Phase, Program
from core.store import shared
from core.store.listings import kin as kin_listing
from core.store.listings import patterns as patterns_listing
from core.store.listings.corrections import sentence_of
from core.store.listings.patterns import PatternFilters
from core.suggest.shared import evidence

PHASES = (
    (Phase.DETECTED, "Detected", "seen, no correction known"),
    (Phase.RECOGNISED, "Recognised", "a correction is being learned"),
    (Phase.AUTOMATIC, "Automatic", "corrects itself"),
    (Phase.MONITORED, "Monitored", "outcomes are watched"),
)

EFFECT_DAYS = 30
"""How far back the effect of another threshold is counted."""


class Tried(msgspec.Struct, frozen=True, kw_only=True):
    """What an admin tries: a threshold, a number of people, and another correction, learned or written as steps."""

    threshold: float
    people: int | None = None
    rule: str = ""
    steps: str = ""
    trouble: str = ""


@get("/knowledge", include_in_schema=False)
async def knowledge(request: Request[Any, Any, Any]) -> Template:
    """List patterns."""
    given = dict(request.query_params)
    filters = filters_of(given, PatternFilters)
    scope = signed_in(request).actor.merchant
    found = await patterns_listing.patterns(scope, filters, given.get("after") or None, 50)
    following = address_of("/knowledge", given, after=found.next) if found.next else None
    receives = None if scope is None else await shared.receives(scope)
    values: dict[str, Any] = {"found": found, "filters": filters, "following": following, "receives": receives}
    return await page(request, "knowledge/page.html", here="knowledge", **values)


@get("/knowledge/{pattern_id:str}", include_in_schema=False)
async def one_pattern(request: Request[Any, Any, Any], pattern_id: FromPath[str]) -> Template:
    """Show one pattern."""
    learning = opened(request).tuning.knowledge_management
    after = request.query_params.get("after")
    view = await patterns_listing.one(signed_in(request).actor.merchant, pattern_id, learning=learning, after=after)
    order = [phase for phase, _, _ in PHASES]
    reached = order.index(view.pattern.phase)
    tried, effect = await _tried(request, pattern_id)
    kin = await kin_listing.of(signed_in(request).actor.merchant, pattern_id)
    values: dict[str, Any] = {"view": view, "phases": PHASES, "reached": reached, "tried": tried, "effect": effect}
    values["kin"] = kin
    offered = [(sentence_of(one.program), evidence(one)) for one in await shared.offered_to(pattern_id)]
    values |= {"learning": learning, "offered": offered}
    values["shareable"] = [rule for rule in view.rules if rule.approvals and not writes_values(rule.program)]
    return await page(request, "knowledge/one.html", here="knowledge", days=EFFECT_DAYS, **values)


async def _tried(request: Request[Any, Any, Any], pattern_id: str) -> tuple[Tried | None, review.Backtest | None]:
    """Return what an admin wants to try, and what it would have done; nothing is changed by it."""
    given = request.query_params
    actor = signed_in(request).actor
    if not given.get("try") or not actor.is_admin:
        return None, None
    people = given.get("people", "").strip()
    tried = Tried(
        threshold=share_of(given["try"]),
        people=int(people) if people.isdecimal() and 1 <= int(people[:4]) <= 50 else None,
        rule=given.get("rule", ""),
        steps=given.get("steps", "").strip(),
    )
    context = opened(request)
    try:
        trial = Trial(
            threshold=tried.threshold,
            min_reviewers=tried.people,
            program=await _program(request, tried),
            since=context.clock() - timedelta(days=EFFECT_DAYS),
        )
        return tried, await review.backtest(context, actor, trial, pattern_id=pattern_id)
    except (Malformed, Refused) as error:
        return msgspec.structs.replace(tried, trouble=error.message), None


async def _program(request: Request[Any, Any, Any], tried: Tried) -> Program | None:
    if not tried.steps:
        return await review.program_of(signed_in(request).actor, tried.rule) if tried.rule else None
    try:
        return msgspec.json.decode(tried.steps, type=Program)
    except (msgspec.DecodeError, RecursionError) as error:
        raise Malformed('The steps are a JSON list, such as [{"trim": {}}].') from error


@post("/knowledge/{pattern_id:str}/threshold", status_code=200, include_in_schema=False)
async def set_threshold(request: Request[Any, Any, Any], pattern_id: FromPath[str]) -> Response[Any]:
    """Set the confidence above which a pattern's correction applies itself."""
    admins_only(request)
    form = await request.form()
    threshold = share_of(str(form.get("threshold", "")))
    await review.set_threshold(opened(request), signed_in(request).actor, pattern_id, threshold)
    notice = Notice(f"The threshold is {threshold:.2f} now.")
    return done(request, notice, f"/knowledge/{pattern_id}", threshold=threshold)


@post("/auto-rules/{auto_rule_id:str}", status_code=200, include_in_schema=False)
async def switch_rule(request: Request[Any, Any, Any], auto_rule_id: FromPath[str]) -> Response[Any]:
    """Switch a learned correction on or off."""
    admins_only(request)
    form = await request.form()
    is_active = form.get("is_active") == "1"
    await review.set_auto_rule(opened(request), signed_in(request).actor, auto_rule_id, is_active=is_active)
    said = "The correction may apply itself again." if is_active else "The correction no longer applies itself."
    return done(request, Notice(said), local(form.get("back"), "/knowledge"), is_active=is_active)


@post("/knowledge/{pattern_id:str}/share", status_code=200, include_in_schema=False)
async def share(request: Request[Any, Any, Any], pattern_id: FromPath[str]) -> Response[Any]:
    """Share what a pattern has learned with other merchants, or take it back."""
    admins_only(request)
    form = await request.form()
    context, actor, back = opened(request), signed_in(request).actor, f"/knowledge/{pattern_id}"
    if form.get("is_shared") != "1":
        await review.unshare(context, actor, pattern_id)
        return done(request, Notice("Nothing of this pattern is shared any more."), back)
    made = await review.share(context, actor, pattern_id)
    said = f"{plural(made.shared, 'correction')} shared with other merchants: programs and counts, no records."
    return done(request, Notice(said), back, shared=made.shared, left_out=made.left_out)


@post("/knowledge/shared", status_code=200, include_in_schema=False)
async def receive(request: Request[Any, Any, Any]) -> Response[Any]:
    """Have what other merchants share proposed, or no longer."""
    admins_only(request)
    receives = (await request.form()).get("receives") == "1"
    await review.receive(opened(request), signed_in(request).actor, receives=receives)
    said = "What others share is proposed here from now on." if receives else "What others share is proposed no more."
    return done(request, Notice(said), "/knowledge", receives=receives)


def share_of(given: str) -> float:
    """Read a share between 0 and 1."""
    try:
        share = float(given.strip().replace(",", "."))
    except ValueError as error:
        raise Malformed("The threshold is a number between 0 and 1, such as 0.80.") from error
    if not 0 <= share <= 1:
        raise Malformed("The threshold is a number between 0 and 1, such as 0.80.")
    return share


HANDLERS = (knowledge, one_pattern, set_threshold, switch_rule, share, receive)
