"""One sentence carried across a redirect: what was done, or why it was not."""

from __future__ import annotations

import base64
import binascii
from typing import Any

import msgspec
from litestar import Request
from litestar.datastructures import Cookie

COOKIE = "marketwright_notice"


class Notice(msgspec.Struct, frozen=True):
    """A sentence for a person. `undo` is the address of a form that takes the deed back."""

    text: str
    bad: bool = False
    undo: str | None = None


def carry(notice: Notice) -> Cookie:
    """Pack a notice for the next page."""
    packed = base64.urlsafe_b64encode(msgspec.json.encode(notice)).decode()
    return Cookie(key=COOKIE, value=packed, max_age=30, httponly=True, samesite="lax", path="/")


def read(request: Request[Any, Any, Any]) -> Notice | None:
    """Return the notice that the last page left, None without one or with one that is not ours."""
    packed = request.cookies.get(COOKIE)
    if not packed or len(packed) > 2000:
        return None
    try:
        notice = msgspec.json.decode(base64.urlsafe_b64decode(packed), type=Notice)
    except (binascii.Error, ValueError, msgspec.DecodeError):
        return None
    return msgspec.structs.replace(notice, undo=notice.undo if _ours(notice.undo) else None)


def _ours(address: str | None) -> bool:
    return bool(address) and str(address).startswith(("/applications/", "/decisions/", "/batches/"))
