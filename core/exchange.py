"""One exchange with a channel as data: what goes out, what comes back."""

from __future__ import annotations

import json as jsonlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlsplit

import msgspec

from core.errors import Malformed
from core.privacy import redact

Pairs = Sequence[tuple[str, str]]
Params = Mapping[str, object] | Sequence[tuple[str, object]]

_BOM = b"\xef\xbb\xbf"
_LONGEST_PREFIX = 65_536
_MOST_CANDIDATES = 64
_EXCERPT = 120
_OPENING = re.compile(r"(?:^|(?<=>))[ \t]*(?=[{\[])", re.MULTILINE)
_PAGE = re.compile(r"\s*<(!doctype|html)", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Outgoing:
    """A request about to be sent. `url` may carry a query of its own; `params` are appended to it."""

    method: str
    url: str
    params: Pairs = field(default=(), repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes | None = field(default=None, repr=False)

    def full_url(self) -> str:
        """Return the address with its parameters, encoded as RFC 3986 says (a space is %20, brackets are escaped).

        Signatures over the query (OAuth 1.0a) hold only when it is sent in exactly this form.
        """
        if not self.params:
            return self.url
        query = "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in self.params)
        return f"{self.url}{'&' if urlsplit(self.url).query else '?'}{query}"


def compose(
    method: str,
    url: str,
    *,
    params: Params | None = None,
    json: Any = None,
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
) -> Outgoing:
    """Make a request. Parameters that are None are left out, booleans become `true` and `false`."""
    items = params.items() if isinstance(params, Mapping) else params or ()
    pairs = tuple(
        (name, str(value).lower() if isinstance(value, bool) else str(value))
        for name, value in items
        if value is not None
    )
    given = dict(headers or {})
    if json is not None:
        body = msgspec.json.encode(json)
        if not any(name.lower() == "content-type" for name in given):
            given["Content-Type"] = "application/json"
    return Outgoing(method=method.upper(), url=url, params=pairs, headers=given, body=body)


@dataclass(frozen=True, kw_only=True)
class Response:
    """An answer. Header names are lower case; repeated headers are joined by a comma."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)
    secrets: tuple[str, ...] = field(default=(), repr=False, compare=False)

    @property
    def text(self) -> str:
        """Return the body as text; bytes that are not UTF-8 become replacement characters."""
        return self.body.removeprefix(_BOM).decode("utf-8", errors="replace")

    def json(self) -> Any:
        """Return the JSON in the body, past a byte order mark and past whatever a PHP site wrote before it."""
        try:
            return msgspec.json.decode(self.body.removeprefix(_BOM))
        except msgspec.DecodeError as error:
            found = _embedded(self.text)
            if found is None:
                raise Malformed(self._complaint(), where=f"status {self.status}", code="not_json") from error
            return found

    def _complaint(self) -> str:
        """Say what came instead of JSON: a page is quoted, broken JSON only measured, as it may hold people's data."""
        text = self.text.strip()
        if not text:
            return "The answer should be JSON but is empty."
        if text[0] in '{["':
            return f"The answer should be JSON but is cut off or damaged ({len(self.body)} bytes)."
        words = " ".join(re.sub(r"(?s)<(script|style).*?</\1>|<[^>]*>", " ", text[:4000]).split())
        excerpt = redact(words, self.secrets)[:_EXCERPT]
        return f"The answer should be JSON but is text: “{excerpt}”"


def _embedded(text: str) -> dict[str, Any] | list[Any] | None:
    """Return the JSON document that follows notices or markup, or None; one inside a whole page does not count."""
    decoder = jsonlib.JSONDecoder()
    if _PAGE.match(text):
        return None
    for number, opening in enumerate(_OPENING.finditer(text, 0, _LONGEST_PREFIX)):
        if number >= _MOST_CANDIDATES:
            return None
        try:
            value, end = decoder.raw_decode(text, opening.end())
        except (jsonlib.JSONDecodeError, RecursionError):
            continue
        rest = text[end:].lstrip()
        if isinstance(value, dict | list) and (not rest or rest.startswith("<!--")):
            return value
    return None
