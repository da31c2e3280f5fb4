"""Grouping patterns by hand: a split, a merge and their taking back, each shown as what would become of it first."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Template

from admin_ui.answers import done
from admin_ui.door import admins_only, opened, signed_in
from admin_ui.notices import Notice
from admin_ui.rendering import page
from admin_ui.words import plural
from core import review
from core.errors import Malformed
from core.knowledge.grouping import By, Condition, How
from core.review import Regrouped
from core.store import connections, regrouped
from core.store.listings import kin as kin_listing
from core.store.listings import patterns as patterns_listing

FACTS = (
    (By.CATEGORY, "Category"),
    (By.LOCALE, "Language"),
    (By.CONNECTION, "Connection, by its number"),
    (By.SHAPE, "Shape of the value"),
    (By.VALUE, "The value itself"),
    (By.BRAND, "Brand"),
    (By.PRODUCT_TYPE, "Product type"),
)
WAYS = ((How.IS, "is"), (How.STARTS, "starts with"), (How.CONTAINS, "contains"))


@get("/knowledge/{pattern_id:str}/split", include_in_schema=False)
async def ask_split(request: Request[Any, Any, Any], pattern_id: FromPath[str]) -> Template:
    """Show the form of a split, and where one is asked for, what would become of it."""
    admins_only(request)
    given = dict(request.query_params)
    actor = signed_in(request).actor
    view = await patterns_listing.one(actor.merchant, pattern_id)
    found, condition = None, None
    if given.get("by"):
        condition = condition_of(given)
        found = await review.split_pattern(opened(request), actor, pattern_id, condition, preview=True)
    names = {str(row.id): row.name for row in await connections.all_of(view.pattern.merchant)}
    values: dict[str, Any] = {"view": view, "found": found, "condition": condition, "names": names}
    values |= {"facts": FACTS, "ways": WAYS, "seen": await regrouped.facts_seen(pattern_id), "given": given}
    return await page(request, "grouping/split.html", here="knowledge", **values)


@post("/knowledge/{pattern_id:str}/split", status_code=200, include_in_schema=False)
async def do_split(request: Request[Any, Any, Any], pattern_id: FromPath[str]) -> Response[Any]:
    """Split a pattern."""
    admins_only(request)
    form = {name: str(value) for name, value in (await request.form()).items()}
    made = await review.split_pattern(
        opened(request),
        signed_in(request).actor,
        pattern_id,
        condition_of(form),
        reason=form.get("reason") or None,
    )
    return done(request, Notice(f"Split. {_told(made)}"), f"/knowledge/{pattern_id}")


@get("/knowledge/{pattern_id:str}/merge", include_in_schema=False)
async def ask_merge(request: Request[Any, Any, Any], pattern_id: FromPath[str]) -> Template:
    """Show what could be merged into a pattern, and what would become of those that are chosen."""
    admins_only(request)
    actor = signed_in(request).actor
    view = await patterns_listing.one(actor.merchant, pattern_id)
    chosen = list(dict.fromkeys(request.query_params.getall("with", [])))
    found = None
    if chosen:
        found = await review.merge_patterns(opened(request), actor, pattern_id, chosen, preview=True)
    kin = await kin_listing.of(actor.merchant, pattern_id)
    values: dict[str, Any] = {"view": view, "found": found, "chosen": chosen, "kin": kin}
    return await page(request, "grouping/merge.html", here="knowledge", **values)


@post("/knowledge/{pattern_id:str}/merge", status_code=200, include_in_schema=False)
async def do_merge(request: Request[Any, Any, Any], pattern_id: FromPath[str]) -> Response[Any]:
    """Merge patterns into this one."""
    admins_only(request)
    form = await request.form()
    made = await review.merge_patterns(
        opened(request),
        signed_in(request).actor,
        pattern_id,
        [str(one) for one in form.getall("with", [])],
        reason=str(form.get("reason") or "") or None,
    )
    return done(request, Notice(f"Merged. {_told(made)}"), f"/knowledge/{pattern_id}")


@get("/groupings/{grouping_id:int}/take-back", include_in_schema=False)
async def ask_back(request: Request[Any, Any, Any], grouping_id: FromPath[int]) -> Template:
    """Show what would become of taking a grouping back."""
    admins_only(request)
    found = await review.ungroup(opened(request), signed_in(request).actor, grouping_id, preview=True)
    return await page(request, "grouping/back.html", here="knowledge", found=found, grouping_id=grouping_id)


@post("/groupings/{grouping_id:int}/take-back", status_code=200, include_in_schema=False)
async def do_back(request: Request[Any, Any, Any], grouping_id: FromPath[int]) -> Response[Any]:
    """Take a grouping back."""
    admins_only(request)
    made = await review.ungroup(opened(request), signed_in(request).actor, grouping_id)
    home = f"/knowledge/{made.sides[0].pattern_id}" if made.sides else "/knowledge"
    return done(request, Notice(f"Taken back. {_told(made)}"), home)


def condition_of(given: dict[str, str]) -> Condition:
    """Read a condition from a form; an empty value means each value by itself."""
    try:
        by, how = By(given.get("by", "")), How(given.get("how") or How.IS)
    except ValueError as error:
        raise Malformed("Choose what to split by, and how it is compared.") from error
    return Condition(by=by, how=how, value=given.get("value", "").strip() or None)


def _told(made: Regrouped) -> str:
    moved = f"{plural(made.issues, 'issue')} and {plural(made.decisions, 'decision')} went along."
    begins = "".join(f" “{side.title}” corrects by itself now." for side in made.begins)
    return moved + begins


HANDLERS = (ask_split, do_split, ask_merge, do_merge, ask_back, do_back)
