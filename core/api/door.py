"""Who calls, and by what right: a browser's session with its CSRF token, or a program's bearer token."""

from typing import Any, cast

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.datastructures import State
from litestar.di import NamedDependency, Provide
from litestar.exceptions import NotAuthorizedException, PermissionDeniedException
from litestar.handlers import BaseRouteHandler
from litestar.params import SkipValidation
from litestar.types import HTTPScope

from core import people
from core.context import Context
from core.model.people import Actor, SessionKind, Signed

Connected = ASGIConnection[Any, Any, Any, Any]
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
BEARER = "bearer "


async def signed_in(connection: Connected, _: BaseRouteHandler) -> None:
    """Let in who has a live session or token; a browser's changes need the session's CSRF token besides."""
    header = connection.headers.get("authorization", "")
    if header[: len(BEARER)].lower() == BEARER:
        token, kind = header[len(BEARER) :].strip(), SessionKind.API
    else:
        token, kind = connection.cookies.get(people.COOKIE, ""), SessionKind.BROWSER
    signed = await people.by_token(token) if token else None
    if signed is None or signed.kind is not kind:
        raise NotAuthorizedException("Sign in, or send a token of yours as `Authorization: Bearer …`.")
    if kind is SessionKind.BROWSER and cast(HTTPScope, connection.scope)["method"] not in SAFE_METHODS:
        _check_origin(connection, signed)
    connection.state.signed = signed


def admins_only(connection: Connected, _: BaseRouteHandler) -> None:
    """Refuse whoever is not an admin."""
    if not connection.state.signed.actor.is_admin:
        raise PermissionDeniedException("Only an admin may do this.")


def _check_origin(connection: Connected, signed: Signed) -> None:
    if not people.csrf_fits(signed, connection.headers.get(people.CSRF_HEADER)):
        raise PermissionDeniedException(f"A browser's change needs its session's token as `{people.CSRF_HEADER}`.")


def provide_context(state: State) -> Context:
    """Give a handler the opened installation."""
    context: Context = state["context"]
    return context


def provide_actor(request: Request[Any, Any, Any]) -> Actor:
    """Give a handler who calls."""
    actor: Actor = request.state.signed.actor
    return actor


DEPENDENCIES = {
    "context": Provide(provide_context, sync_to_thread=False),
    "actor": Provide(provide_actor, sync_to_thread=False),
}
Installation = NamedDependency[SkipValidation[Context]]
Caller = NamedDependency[SkipValidation[Actor]]
