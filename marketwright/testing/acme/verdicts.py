"""What Acme itself objects to in products."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Any

from marketwright import Connection, PlatformVerdict, Pronounced, VerdictPage
from marketwright.testing.acme.client import OURS, call


async def pull(connection: Connection, cursor: Mapping[str, Any]) -> AsyncIterator[VerdictPage]:
    """Yield all objections that stand; Acme lists them in one answer."""
    said: dict[str, list[PlatformVerdict]] = {}
    for raw in await call(connection, "GET", "/verdicts"):
        verdict = PlatformVerdict(code=raw["code"], message=raw["message"], field=OURS.get(raw["field"], ""))
        said.setdefault(raw["product"], []).append(verdict)
    products = tuple(Pronounced(external_id=key, verdicts=tuple(it)) for key, it in said.items())
    yield VerdictPage(products=products, cursor={}, complete=True)
