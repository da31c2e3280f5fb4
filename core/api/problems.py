"""Errors as RFC 9457 problems: `application/problem+json` with a code for programs and a sentence for people."""

import logging
from http import HTTPStatus
from typing import Any

import msgspec
from litestar import Request, Response
from litestar.exceptions import HTTPException, ValidationException
from litestar.types import ExceptionHandlersMap

from core.errors import (
    ConfigurationError,
    Conflict,
    Malformed,
    MarketwrightError,
    NeedsAttention,
    NotFound,
    Refused,
    Rejected,
    RetryLater,
)

log = logging.getLogger("marketwright.api")
MEDIA_TYPE = "application/problem+json"
STATUSES: tuple[tuple[type[MarketwrightError], int], ...] = (
    (NotFound, 404),
    (Conflict, 409),
    (Refused, 409),
    (Malformed, 400),
    (Rejected, 422),
    (NeedsAttention, 422),
    (ConfigurationError, 422),
    (RetryLater, 503),
)
FORBIDDEN = frozenset({"admin_only"})
CODES = {401: "signed_out", 403: "forbidden", 404: "not_found", 405: "no_such_method", 413: "too_large"}


class Problem(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What went wrong. `message` says it to people, `code` to programs, `where` names the field or place at fault."""

    title: str
    status: int
    code: str
    message: str
    detail: str
    type: str = "about:blank"
    where: str | None = None
    versions: dict[str, Any] | None = None
    missing: tuple[str, ...] | None = None


def _answer(
    status: int, code: str, message: str, *, headers: dict[str, str] | None = None, **more: Any
) -> Response[Problem]:
    known = {name: value for name, value in more.items() if value}
    title = HTTPStatus(status).phrase
    problem = Problem(title=title, status=status, code=code, message=message, detail=message, **known)
    return Response(problem, status_code=status, media_type=MEDIA_TYPE, headers=headers)


def of_ours(_: Request[Any, Any, Any], error: MarketwrightError) -> Response[Problem]:
    """Answer one of our own errors."""
    status = next((status for kind, status in STATUSES if isinstance(error, kind)), 500)
    if error.code in FORBIDDEN:
        status = 403
    after = getattr(error, "after", None)
    return _answer(
        status,
        error.code,
        error.message,
        headers=None if after is None else {"Retry-After": str(max(1, round(after)))},
        where=getattr(error, "where", None) or getattr(error, "field", None),
        versions=getattr(error, "versions", None),
        missing=getattr(error, "missing", None),
    )


def of_the_framework(request: Request[Any, Any, Any], error: HTTPException) -> Response[Problem]:
    """Answer what never reached a handler: no session, no right, a body or a parameter that does not fit."""
    if isinstance(error, ValidationException):
        first = _first(error.extra)
        message = first.get("message") or error.detail
        return _answer(400, "malformed", f"{message.rstrip('.')}.", where=_place(request, first))
    code = CODES.get(error.status_code, "malformed" if error.status_code < 500 else "fault")
    return _answer(error.status_code, code, error.detail, headers=error.headers)


def of_a_fault(request: Request[Any, Any, Any], error: Exception) -> Response[Problem]:
    """Answer a fault of ours: logged with its trace, told without it."""
    log.error("the API failed: %s %s", request.method, request.url.path, exc_info=error)
    return _answer(500, "fault", "Something went wrong on our side; it is in the log.")


def _first(extra: Any) -> dict[str, Any]:
    found = extra[0] if isinstance(extra, list) and extra else extra
    return found if isinstance(found, dict) else {}


def _place(request: Request[Any, Any, Any], found: dict[str, Any]) -> str | None:
    """Name the parameter or the field as callers know it, which may differ from the handler's own name for it."""
    key = found.get("key")
    parameter = request.route_handler.parsed_fn_signature.parameters.get(str(key))
    known = getattr(parameter.kwarg_definition, "name", None) if parameter else None
    parts = (found.get("source"), known or key)
    return ".".join(str(getattr(part, "value", part)) for part in parts if part) or None


HANDLERS: ExceptionHandlersMap = {
    MarketwrightError: of_ours,
    HTTPException: of_the_framework,
    Exception: of_a_fault,
}
