"""Who comes in: reads the session, sends strangers to the sign-in page, and refuses forms without our token."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from litestar import Request, Response
from litestar.exceptions import PermissionDeniedException
from litestar.response import Redirect

from core import people
from core.context import Context
from core.model.people import SessionKind, Signed

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
OPEN = "open_to_strangers"
"""The handler option of pages that need no session."""


async def enter(request: Request[Any, Any, Any]) -> Response[Any] | None:
    """Let a request in: with a session and, where it changes something, with the session's own token."""
    if request.headers.get("sec-fetch-site") == "cross-site" and request.method not in SAFE_METHODS:
        raise PermissionDeniedException("This form was sent from another site.")
    if request.route_handler.opt.get(OPEN):
        return None
    signed = await people.by_token(request.cookies.get(people.COOKIE, ""))
    if signed is None or signed.kind is not SessionKind.BROWSER:
        return stranger(request)
    request.state.signed = signed
    if request.method not in SAFE_METHODS:
        await check_token(request, signed)
    return None


def stranger(request: Request[Any, Any, Any]) -> Response[Any]:
    """Answer someone without a session: a script is told, a person is sent to the sign-in page."""
    if wants_json(request):
        message = "Your session has ended. Sign in again."
        return Response({"code": "signed_out", "message": message}, status_code=401)
    wanted = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    to = f"/sign-in?next={quote(wanted, safe='')}" if request.method == "GET" and wanted != "/" else "/sign-in"
    return Redirect(to, status_code=303)


async def check_token(request: Request[Any, Any, Any], signed: Signed) -> None:
    """Refuse a form that does not carry the token; it may stand in the form or in a header."""
    form = await request.form()
    request.state.back = local(form.get("back"), "")
    given = request.headers.get(people.CSRF_HEADER) or form.get("csrf")
    if not isinstance(given, str) or not people.csrf_fits(signed, given):
        raise PermissionDeniedException("This form has no valid token. Load its page again and send it once more.")


def signed_in(request: Request[Any, Any, Any]) -> Signed:
    """Return who asks."""
    signed: Signed = request.state.signed
    return signed


def opened(request: Request[Any, Any, Any]) -> Context:
    """Return the opened installation."""
    context: Context = request.app.state["context"]
    return context


def admins_only(request: Request[Any, Any, Any]) -> None:
    """Refuse whoever is not an admin."""
    if not signed_in(request).actor.is_admin:
        raise PermissionDeniedException("Only an admin may do this. Ask one of yours.")


def wants_json(request: Request[Any, Any, Any]) -> bool:
    """Tell whether a script of ours asks, which is answered in JSON."""
    return request.headers.get("accept", "").startswith("application/json")


def local(path: object, otherwise: str) -> str:
    """Return a path of this site to go back to; whatever else was given is replaced."""
    if not isinstance(path, str) or not path.startswith("/") or path.startswith(("//", "/\\")):
        return otherwise
    return otherwise if any(ord(character) < 33 for character in path) else path
