"""Write products: the changed fields and nothing else, read back and compared."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from marketwright import Connection, MarketwrightError, NotFound, Push, Pushed, Rejected, Results
from marketwright.testing.acme.client import OURS, call, refused
from marketwright.testing.acme.products import pull_one

THEIRS = {ours: theirs for theirs, ours in OURS.items()}


async def push(connection: Connection, wanted: Push) -> Pushed:
    """Write the changed fields of one product, and return what Acme stored."""
    await call(connection, "PUT", f"/products/{wanted.external_id}", json=_body(wanted))
    return await _read_back(connection, wanted)


async def push_many(connection: Connection, wanted: Sequence[Push]) -> Results:
    """Write many products in one call; Acme answers for each of them."""
    items = [{"id": one.external_id, **_body(one)} for one in wanted]
    answers = await call(connection, "POST", "/products/bulk", json=items, idempotent=True)
    return [await _result(connection, one, answer) for one, answer in zip(wanted, answers, strict=True)]


async def _result(connection: Connection, wanted: Push, answer: dict[str, Any]) -> Pushed | MarketwrightError:
    if answer.get("code") == "unknown":
        return NotFound("Acme has no such product.")
    if "code" in answer:
        return refused(answer["code"], answer.get("field"))
    try:
        return await _read_back(connection, wanted)
    except MarketwrightError as error:
        return error


async def _read_back(connection: Connection, wanted: Push) -> Pushed:
    stored = await pull_one(connection, wanted.external_id)
    for change in wanted.changes:
        if stored.record.get(change.field) != change.after:
            raise Rejected(f"Acme stored another {change.field}.", code="not_stored", field=change.field)
    return Pushed(record=stored)


def _body(wanted: Push) -> dict[str, Any]:
    unknown = [change.field for change in wanted.changes if change.field not in THEIRS]
    if unknown:
        raise Rejected(f"Acme has no {unknown[0]} that can be written.", code="not_supported", field=unknown[0])
    return {THEIRS[change.field]: change.after for change in wanted.changes}
