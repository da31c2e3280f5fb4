"""What follows a form: for scripts the outcome in JSON, for people a redirect with a sentence; and error pages."""

from __future__ import annotations

import logging
from typing import Any

from litestar import Request, Response
from litestar.exceptions import HTTPException
from litestar.response import Redirect, Template

from admin_ui.door import wants_json
from admin_ui.headers import HEADERS
from admin_ui.notices import Notice, carry
from core.errors import Conflict, Malformed, MarketwrightError, NeedsAttention, NotFound, Refused, Rejected, RetryLater

log = logging.getLogger("marketwright.admin_ui")

STATUSES: dict[type[MarketwrightError], int] = {
    NotFound: 404,
    Conflict: 409,
    Refused: 409,
    Malformed: 400,
    Rejected: 422,
    NeedsAttention: 422,
    RetryLater: 503,
}
TITLES = {
    400: "That request cannot be read",
    403: "This is not allowed",
    404: "There is nothing here",
    405: "This page takes no such request",
    409: "This was not done",
    413: "That is too much at once",
    422: "This was not done",
    503: "Try again in a moment",
}


def done(request: Request[Any, Any, Any], notice: Notice, back: str, **facts: Any) -> Response[Any]:
    """Answer a form that was carried out."""
    if wants_json(request):
        return Response({"message": notice.text, "undo": notice.undo, **facts}, status_code=200)
    return Redirect(back, status_code=303, cookies=[carry(notice)])


def refused(request: Request[Any, Any, Any], error: MarketwrightError) -> Response[Any]:
    """Answer what our own errors stopped. A form goes back to where it came from, with the reason."""
    status = next((code for kind, code in STATUSES.items() if isinstance(error, kind)), 500)
    if wants_json(request):
        return Response({"code": error.code, "message": error.message}, status_code=status)
    back = request.state.get("back")
    if back:
        return Redirect(back, status_code=303, cookies=[carry(Notice(error.message, bad=True))])
    return error_page(status, error.message)


def stopped(request: Request[Any, Any, Any], error: HTTPException) -> Response[Any]:
    """Answer what the web framework stopped: no such page, no right, a form without its token."""
    if wants_json(request):
        return Response({"code": "http", "message": error.detail}, status_code=error.status_code)
    return error_page(error.status_code, error.detail)


def failed(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """Answer a fault of ours: logged with its trace, told without it."""
    log.error("a page failed: %s %s", request.method, request.url.path, exc_info=error)
    message = "Something went wrong on our side; it is in the log. What you sent may not have been saved."
    if wants_json(request):
        return Response({"code": "fault", "message": message}, status_code=500)
    return error_page(500, message)


def error_page(status: int, message: str) -> Template:
    """Draw the page that says what went wrong and where to go."""
    title = TITLES.get(status, "Something went wrong")
    known = {"status": status, "title": title, "message": message}
    return Template("errors/page.html", context=known, status_code=status, headers=HEADERS)
