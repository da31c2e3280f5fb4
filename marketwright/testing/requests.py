"""What a twin sees and says: requests, answers, routes. Small and plain, so that handlers read well."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

_UNSET: Any = object()
_PLACE = re.compile(r"\{(\w+)(?::([^{}]+))?\}")


@dataclass(frozen=True, kw_only=True)
class Request:
    """One request to a twin. Header names are lower case; `query` keeps repeats; `at` is the twin's clock."""

    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    base_url: str = ""
    raw_query: str = ""
    params: Mapping[str, str] = field(default_factory=dict)
    at: float = 0.0

    def get(self, name: str, default: str = "") -> str:
        """Return the first value of a query parameter."""
        return next((value for key, value in self.query if key == name), default)

    def values(self, name: str) -> list[str]:
        """Return every value of a query parameter, `name[]` and `name[0]` included."""
        shape = re.compile(re.escape(name) + r"(\[\d*\])?")
        return [value for key, value in self.query if shape.fullmatch(key)]

    def json(self) -> Any:
        """Return the JSON body. Raise `ValueError` where it is none: a twin answers that as its platform does."""
        return msgspec.json.decode(self.body)


@dataclass(frozen=True)
class Answer:
    """What a twin answers: `json` or raw `body`. `drop` breaks the connection instead, `cut` in the middle of it."""

    status: int = 200
    json: Any = _UNSET
    body: bytes | str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    drop: bool = False
    cut: bool = False

    def content(self) -> bytes:
        """Return the bytes to send."""
        if self.body is not None:
            return self.body.encode() if isinstance(self.body, str) else self.body
        return b"" if self.json is _UNSET else msgspec.json.encode(self.json)

    def content_type(self) -> str:
        """Return the content type, JSON where a JSON value is answered."""
        given = {name.lower(): value for name, value in self.headers.items()}
        return given.get("content-type", "text/html; charset=utf-8" if self.json is _UNSET else "application/json")


Handler = Callable[[Request], Awaitable[Answer]]


@dataclass(frozen=True)
class Route:
    """A method and a path, with `{name}` for one segment and `{name:regex}` for others."""

    method: str
    path: str
    handler: Handler

    def match(self, method: str, path: str) -> dict[str, str] | None:
        """Return the named parts of the path where this route is meant, else None."""
        if self.method not in {method, "*"}:
            return None
        found = re.fullmatch(_pattern(self.path), path)
        return found.groupdict() if found else None


def route(method: str, path: str, handler: Handler) -> Route:
    """Say which handler answers a method (`*` for any) on a path such as `/products/{id}`."""
    return Route(method.upper(), path, handler)


def _pattern(path: str) -> str:
    """Return the regular expression of a route's path."""
    pattern, end = "", 0
    for place in _PLACE.finditer(path):
        pattern += re.escape(path[end : place.start()]) + f"(?P<{place[1]}>{place[2] or '[^/]+'})"
        end = place.end()
    return pattern + re.escape(path[end:])
