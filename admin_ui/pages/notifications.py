"""How one is told of what happened: one's own digests by mail, and for admins the endpoints and the mail server."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Template

from admin_ui.answers import done
from admin_ui.door import admins_only, opened, signed_in
from admin_ui.notices import Notice
from admin_ui.rendering import page
from core.errors import Malformed, MarketwrightError
from core.model.notices import About, Frequency
from core.notifications import endpoints, preferences, sending, server
from core.notifications.words import counted
from core.store import digests, recipients

HERE = "/settings/notifications"
ABOUT = (
    (About.TROUBLE, "Trouble", "What failed, what switched itself off, and connections that need attention."),
    (About.CORRECTIONS, "Corrections", "What was corrected by itself and verified."),
)
NAMES = {
    Frequency.OFF: "not at all",
    Frequency.AT_ONCE: "at once",
    Frequency.HOURLY: "every hour",
    Frequency.DAILY: "every day",
}
MOST_DIGESTS = 20
MAIL_FIELDS = ("host", "port", "security", "username", "password", "sender")


@get(HERE, include_in_schema=False)
async def notifications(request: Request[Any, Any, Any]) -> Template:
    """Show what one set, and what was sent."""
    return await draw(request)


async def draw(request: Request[Any, Any, Any], *, status: int = 200, **more: Any) -> Template:
    """Draw the page; a secret that was just made is shown on it this once."""
    context, actor = opened(request), signed_in(request).actor
    own = await recipients.of_user(actor.user)
    known = await recipients.endpoints(actor.merchant) if actor.is_admin else []
    mine = [*([own] if own else []), *known]
    told = await recipients.subscriptions([one.id for one in known])
    try:
        mail = await server.in_use(context)
    except MarketwrightError:
        mail = None
    values: dict[str, Any] = {
        "own": await preferences.of_actor(actor),
        "endpoints": known,
        "told": {key: {one.about: one.frequency for one in several} for key, several in told.items()},
        "told_at": {key: several[0].hour for key, several in told.items() if several},
        "sent": await digests.latest([one.id for one in mine], MOST_DIGESTS),
        "addresses": {one.id: one.address for one in mine},
        "has_mail": mail is not None,
        "mail": mail if actor.is_admin and actor.merchant is None else None,
        "of_installation": actor.is_admin and actor.merchant is None,
        "may_set_mail": server.may_set(context, actor),
        "about": ABOUT,
        "choices": {about: [(one, NAMES[one]) for one in endpoints.ALLOWED[about]] for about in About},
        "counted": counted,
        "secret": None,
        "wrong": None,
    }
    return await page(request, "notifications/page.html", status=status, here="notifications", **values | more)


@post(HERE, status_code=200, include_in_schema=False)
async def save(request: Request[Any, Any, Any]) -> Response[Any]:
    """Keep one's address and how often one is told."""
    form = dict(await request.form())
    try:
        asked = await preferences.save(
            opened(request), signed_in(request).actor, str(form.get("address", "")), wanted_of(form), hour_of(form)
        )
    except MarketwrightError as error:
        return done(request, Notice(error.message, bad=True), HERE)
    said = "Saved. A mail is on its way to you: open its link, and digests begin." if asked else "Saved."
    return done(request, Notice(said), HERE)


@post(f"{HERE}/test", status_code=200, include_in_schema=False)
async def test(request: Request[Any, Any, Any]) -> Response[Any]:
    """Send a test to oneself, and say what is wrong where it cannot be sent."""
    try:
        said = await preferences.test(opened(request), signed_in(request).actor)
    except MarketwrightError as error:
        return done(request, Notice(error.message, bad=True), HERE)
    return done(request, Notice(said), HERE)


@post(f"{HERE}/endpoints", status_code=200, include_in_schema=False)
async def add_endpoint(request: Request[Any, Any, Any]) -> Response[Any]:
    """Add an endpoint and show its secret, this once."""
    admins_only(request)
    form = dict(await request.form())
    context, actor = opened(request), signed_in(request).actor
    try:
        added, secret = await endpoints.add(context, actor, str(form.get("url", "")), wanted_of(form), hour_of(form))
    except MarketwrightError as error:
        return await draw(request, status=400, wrong=error.message)
    return await draw(request, secret=secret, secret_of=added)


@post(f"{HERE}/endpoints/{{endpoint_id:int}}", status_code=200, include_in_schema=False)
async def change_endpoint(request: Request[Any, Any, Any], endpoint_id: FromPath[int]) -> Response[Any]:
    """Change, test or remove an endpoint, or give it another secret: `act` says which."""
    admins_only(request)
    form = dict(await request.form())
    context, actor = opened(request), signed_in(request).actor
    match form.get("act"):
        case "secret":
            secret = await endpoints.renew_secret(context, actor, endpoint_id)
            return await draw(request, secret=secret, secret_of=endpoint_id)
        case "remove":
            await endpoints.remove(context, actor, endpoint_id)
            return done(request, Notice("The endpoint is removed."), HERE)
        case "test":
            return done(request, await tried(request, endpoint_id), HERE)
    await endpoints.change(context, actor, endpoint_id, wanted=wanted_of(form), hour=hour_of(form))
    return done(request, Notice("Saved."), HERE)


async def tried(request: Request[Any, Any, Any], endpoint_id: int) -> Notice:
    """Send an endpoint a ping, and say what came of it."""
    row = await endpoints.visible(signed_in(request).actor, endpoint_id)
    try:
        await sending.try_out(opened(request), row)
    except MarketwrightError as error:
        return Notice(error.message, bad=True)
    return Notice("The endpoint took a ping.")


@post(f"{HERE}/mail", status_code=200, include_in_schema=False)
async def set_mail(request: Request[Any, Any, Any]) -> Response[Any]:
    """Keep, test or forget the mail server: `act` says which."""
    admins_only(request)
    form = dict(await request.form())
    context, actor = opened(request), signed_in(request).actor
    try:
        match form.get("act"):
            case "remove":
                await server.remove(context, actor)
                return done(request, Notice("The mail server is forgotten."), HERE)
            case "test":
                return done(request, Notice(await server.test(context, actor, str(form.get("to", "")).strip())), HERE)
        given = {name: str(form.get(name, "")) for name in MAIL_FIELDS}
        await server.enter(context, actor, given)
    except MarketwrightError as error:
        return done(request, Notice(error.message, bad=True), HERE)
    return done(request, Notice("Saved. Send a test to see whether it works."), HERE)


def wanted_of(form: dict[str, Any]) -> dict[About, Frequency]:
    """Read how often somebody wants to be told of what."""
    try:
        return {about: Frequency(str(form[about])) for about in About if about in form}
    except ValueError as error:
        raise Malformed("Choose how often from the list.") from error


def hour_of(form: dict[str, Any]) -> int:
    """Read the hour of daily digests."""
    given = str(form.get("hour", preferences.USUAL_HOUR))
    if not given.isascii() or not given.isdigit():
        raise Malformed("An hour is between 0 and 23.", where="hour")
    return int(given[:3])


HANDLERS = (notifications, save, test, add_endpoint, change_endpoint, set_mail)
