"""Pages by key: a page of items and the opaque cursor of the one after it."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

import msgspec

from core.errors import Malformed

T = TypeVar("T")
R = TypeVar("R")

MOST = 200
Key = Sequence[Any]


class Page(msgspec.Struct, Generic[T], frozen=True, kw_only=True):
    """Some items. `next` asks for those after them, None where there are none; `total` where it is cheap to know."""

    items: list[T]
    next: str | None = None
    total: int | None = None


def bounded(limit: int) -> int:
    """Return the page size to use: at least 1, at most 200."""
    return max(1, min(limit, MOST))


def to_cursor(key: Key) -> str:
    """Pack the key of a page's last row."""
    return base64.urlsafe_b64encode(msgspec.json.encode(list(key))).rstrip(b"=").decode()


def from_cursor(cursor: str | None, shape: type[R]) -> R | None:
    """Unpack a cursor as `shape` (a tuple type); a cursor that is not ours is Malformed."""
    if not cursor:
        return None
    try:
        packed = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        return msgspec.json.decode(packed, type=shape)
    except (binascii.Error, ValueError, msgspec.DecodeError) as error:
        raise Malformed("The cursor is not one of this listing; start at its first page.", where="after") from error


def paged(rows: Sequence[R], limit: int, key: Callable[[R], Key]) -> tuple[list[R], str | None]:
    """Split rows asked for with one beyond `limit` into the page and its next cursor."""
    page = list(rows[:limit])
    return page, to_cursor(key(page[-1])) if len(rows) > limit else None
