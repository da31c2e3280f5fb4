"""Signing in by password or one-time link, and out again."""

import secrets
from typing import Any

from litestar import Request, Response, get, post
from litestar.datastructures import Cookie
from litestar.exceptions import PermissionDeniedException
from litestar.response import Redirect, Template

from admin_ui.door import OPEN, local, opened
from core import people
from core.errors import Refused

ENTRY = "marketwright_entry"
"""Before a session exists, the form's token is also in this cookie and both must agree."""


@get("/sign-in", opt={OPEN: True}, include_in_schema=False)
async def sign_in_page(request: Request[Any, Any, Any]) -> Response[Any]:
    """Show the form, or redeem a one-time link."""
    wanted = local(request.query_params.get("next"), "/review")
    token = request.query_params.get("token")
    if not token:
        return entry_form(request, wanted)
    try:
        signed = await people.sign_in_by_link(str(token), replaces=request.cookies.get(people.COOKIE))
    except Refused as error:
        return entry_form(request, wanted, wrong=error.message, status=403)
    return begun(request, signed.token, wanted)


@post("/sign-in", opt={OPEN: True}, status_code=200, include_in_schema=False)
async def sign_in(request: Request[Any, Any, Any]) -> Response[Any]:
    """Begin a session."""
    form = await request.form()
    entry = request.cookies.get(ENTRY, "")
    given = form.get("csrf")
    if not entry or not isinstance(given, str) or not secrets.compare_digest(given.encode(), entry.encode()):
        raise PermissionDeniedException("This form has no valid token. Load the sign-in page again.")
    name, wanted = str(form.get("name", ""))[:100], local(form.get("next"), "/review")
    try:
        signed = await people.sign_in(
            name,
            str(form.get("password", "")),
            address=request.client.host if request.client else None,
            replaces=request.cookies.get(people.COOKIE),
        )
    except Refused as error:
        return entry_form(request, wanted, wrong=error.message, name=name, status=403)
    return begun(request, signed.token, wanted)


@post("/sign-out", status_code=200, include_in_schema=False)
async def sign_out(request: Request[Any, Any, Any]) -> Response[Any]:
    """End the session."""
    await people.sign_out(request.cookies.get(people.COOKIE, ""))
    answer = Redirect("/sign-in", status_code=303)
    answer.delete_cookie(people.COOKIE)
    return answer


def entry_form(
    request: Request[Any, Any, Any], wanted: str, *, wrong: str = "", name: str = "", status: int = 200
) -> Template:
    """Draw the sign-in form with a token of its own."""
    token = request.cookies.get(ENTRY) or secrets.token_urlsafe(24)
    cookie = Cookie(
        key=ENTRY, value=token, httponly=True, samesite="strict", secure=over_https(request), path="/sign-in"
    )
    values = {"csrf": token, "next": wanted, "wrong": wrong, "name": name}
    return Template("sign_in/page.html", context=values, status_code=status, cookies=[cookie])


def begun(request: Request[Any, Any, Any], token: str, wanted: str) -> Redirect:
    """Hand over the session's cookie and lead on."""
    cookie = Cookie(key=people.COOKIE, value=token, httponly=True, samesite="lax", secure=over_https(request), path="/")
    return Redirect(wanted, status_code=303, cookies=[cookie])


def over_https(request: Request[Any, Any, Any]) -> bool:
    """Tell whether browsers reach us by https."""
    public = opened(request).public_url or ""
    return public.startswith("https://") or request.url.scheme == "https"


HANDLERS = (sign_in_page, sign_in, sign_out)
