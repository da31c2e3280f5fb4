"""Calls to one store: the ways in which a key may travel, the two address forms, and answers as JSON."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import msgspec

from marketwright import Connection, Malformed, MarketwrightError, Outgoing, Pace, Response, oauth1_signed_query
from plugins.woocommerce import faults
from plugins.woocommerce.settings import Auth, Permalinks, Settings
from plugins.woocommerce.wire import Json

API = "/wc/v3"
Pairs = Sequence[tuple[str, object]]

_READING = frozenset({"GET", "OPTIONS"})
_PREFIXES = {Permalinks.PRETTY: "/wp-json", Permalinks.INDEX: "/index.php/wp-json"}


def pace(_settings: Settings) -> Pace:
    """Return how fast a store is called. WooCommerce has no limit of its own; shared hosts bear a few at a time."""
    return Pace(concurrency=4)


@dataclass
class Store:
    """One store as reached in one piece of work. Where the settings say `auto`, it remembers what worked."""

    connection: Connection
    auth: Auth
    permalinks: Permalinks
    tried: set[str] = field(default_factory=set)

    @property
    def settings(self) -> Settings:
        """Return the connection's settings, typed."""
        settings: Settings = self.connection.settings
        return settings

    async def get(self, path: str, params: Pairs = ()) -> Any:
        """Return the JSON of a resource below `/wc/v3`."""
        return decoded(await self.call("GET", path, params=params))

    async def get_object(self, path: str, params: Pairs = ()) -> Json:
        """Return one resource below `/wc/v3`. Raise `Malformed` where the answer is something else."""
        return _object(await self.get(path, params), path)

    async def put(self, path: str, body: Json) -> Json:
        """Change a resource; return it as the store answers."""
        return _object(decoded(await self.call("PUT", path, json=body)), path)

    async def post(self, path: str, body: Json, *, repeatable: bool = False) -> Json:
        """Create something, or update a batch (which is `repeatable`); return the answer."""
        return _object(decoded(await self.call("POST", path, json=body, idempotent=repeatable)), path)

    async def call(
        self,
        method: str,
        path: str,
        *,
        params: Pairs = (),
        json: Json | None = None,
        idempotent: bool | None = None,
        namespace: str = API,
        anonymous: bool = False,
    ) -> Response:
        """Call the store and return its answer, or raise what its refusal means.

        Where the settings leave it open, the other ways to send the key and the other address form are tried.
        """
        while True:
            way = self.auth, self.permalinks
            url = f"{self.settings.root}{_PREFIXES[self.permalinks]}{namespace}{path}"
            response = await self.connection.http.request(
                method,
                url,
                params=list(params),
                json=json,
                headers=_basic(self.settings) if self.auth is Auth.BASIC and not anonymous else None,
                operation="read" if method in _READING else "write",
                idempotent=idempotent,
                prepare=None if anonymous else self._prepare,
            )
            error = (
                _missing_api(response) if response.status < 400 else faults.of(response, writing=method not in _READING)
            )
            if error is None:
                if not anonymous:
                    await self._keep_what_worked()
                return response
            if anonymous or not self._turn_to_another_way(error, *way):
                raise error

    def _prepare(self, outgoing: Outgoing) -> Outgoing:
        """Put the key into the query, or sign: anew for each attempt, as a nonce is taken once."""
        settings = self.settings
        if self.auth is Auth.QUERY:
            key = (("consumer_key", settings.consumer_key), ("consumer_secret", settings.consumer_secret))
            return replace(outgoing, params=(*outgoing.params, *key))
        if self.auth is Auth.OAUTH1:
            signed = oauth1_signed_query(
                outgoing.method, outgoing.url, outgoing.params, settings.consumer_key, settings.consumer_secret
            )
            return replace(outgoing, params=tuple(signed))
        return outgoing

    def _turn_to_another_way(self, error: MarketwrightError, auth: Auth, permalinks: Permalinks) -> bool:
        """Choose the next way that the settings leave open, if the refusal may be due to the one that was used.

        Another call may have turned meanwhile; then this one takes the same turn.
        """
        self.tried |= {auth.value, permalinks.value}
        if faults.needs_another_address(error) and self.settings.permalinks is Permalinks.AUTO:
            left = [form for form in _PREFIXES if form.value not in self.tried]
            if left:
                self.permalinks = left[0]
                return True
        if faults.needs_another_auth(error) and self.settings.auth is Auth.AUTO:
            ways = [way for way in (Auth.QUERY, Auth.OAUTH1) if way.value not in self.tried]
            if ways:
                self.auth = ways[0]
                return True
        return False

    async def _keep_what_worked(self) -> None:
        """Save a way that was found by trying, so that the next piece of work begins with it."""
        if self.tried:
            self.tried.clear()
            await self.remember(auth=self.auth, permalinks=self.permalinks)

    async def remember(self, **changes: Any) -> None:
        """Save changed settings, here and with the connection."""
        changed = msgspec.structs.replace(self.settings, **changes)
        if changed == self.settings:
            return
        if self.connection.save_settings is not None:
            await self.connection.save_settings(changed)
        self.connection = replace(self.connection, settings=changed)


def open_store(connection: Connection) -> Store:
    """Return the store of a connection, with the likeliest way to reach it where its settings leave that open."""
    settings: Settings = connection.settings
    auth = settings.auth
    if auth is Auth.AUTO:
        auth = Auth.BASIC if settings.is_https else Auth.OAUTH1
    permalinks = Permalinks.PRETTY if settings.permalinks is Permalinks.AUTO else settings.permalinks
    return Store(connection, auth, permalinks)


def decoded(response: Response) -> Any:
    """Return an answer's JSON, past PHP notices; a page in its place is somebody's to look at."""
    try:
        return response.json()
    except Malformed as error:
        raise faults.not_json(error) from error


def total(response: Response) -> int | None:
    """Return `X-WP-Total`, the number of records that a list holds; None where a proxy took it away."""
    value = response.headers.get("x-wp-total", "")
    return int(value) if value.isdigit() else None


def _object(answer: Any, path: str) -> Json:
    if not isinstance(answer, dict):
        raise Malformed("The store should have answered with an object.", where=path)
    return answer


def _missing_api(response: Response) -> MarketwrightError | None:
    """Return an error where a theme's page was given with status 200: without rewriting, some hosts do that."""
    if "json" in response.headers.get("content-type", "json") or not response.body:
        return None
    try:
        response.json()
    except Malformed as error:
        return faults.not_json(error)
    return None


def _basic(settings: Settings) -> dict[str, str]:
    key = f"{settings.consumer_key}:{settings.consumer_secret}".encode()
    return {"Authorization": f"Basic {base64.b64encode(key).decode()}"}
