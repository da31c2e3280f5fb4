"""Canaries: how far each auto rule has come on each connection."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from core.model.corrections import Stage
from core.store.tables import Application, Canary


class CanaryRow(msgspec.Struct, frozen=True, kw_only=True):
    """A stored canary. `salt` never leaves the installation."""

    id: int
    auto_rule: str
    connection: int
    push: bool
    stage: Stage
    reason: str | None
    salt: str
    began: int

    def __repr__(self) -> str:
        """Name it without its salt."""
        return f"CanaryRow(auto_rule={self.auto_rule!r}, connection={self.connection}, stage={self.stage!r})"


def _read(row: dict[str, Any]) -> CanaryRow:
    values = {name: row[name] for name in CanaryRow.__struct_fields__}
    read = {"auto_rule": str(row["auto_rule"]), "stage": Stage(row["stage"]), "push": bool(row["push"])}
    return CanaryRow(**values | read)


async def get(auto_rule: str, connection: int, push: bool) -> CanaryRow | None:
    """Return the canary of a rule on a connection, of what is pushed or of what is kept here only."""
    where = (Canary.auto_rule == uuid.UUID(auto_rule)) & (Canary.connection == connection) & Canary.push.eq(push)
    row = await Canary.select().where(where).first()
    return None if row is None else _read(row)


async def add(auto_rule: str, connection: int, push: bool, stage: Stage, began: int, now: datetime) -> CanaryRow:
    """Return the canary of a rule on a connection, made where it is new. The caller holds the pattern's lock."""
    await Canary.raw(
        "INSERT INTO canaries (auto_rule, connection, push, stage, salt, began, changed_at)"
        " VALUES ({}, {}, {}, {}, {}, {}, {}) ON CONFLICT (auto_rule, connection, push) DO NOTHING",
        uuid.UUID(auto_rule), connection, push, stage, secrets.token_hex(16), began, now,
    )  # fmt: skip
    made = await get(auto_rule, connection, push)
    assert made is not None
    return made


async def move(canary_id: int, expected: Stage, stage: Stage, now: datetime, reason: str | None = None) -> bool:
    """Move a canary from one stage to another, and tell whether this caller was the one who did."""
    moved = (
        await Canary.update({Canary.stage: stage, Canary.reason: reason, Canary.changed_at: now})
        .where((Canary.id == canary_id) & (Canary.stage == expected))
        .returning(Canary.id)
    )
    return bool(moved)


async def restart(auto_rule: str, now: datetime, *, stopped_only: bool) -> None:
    """Begin again with one on every connection, or on those where the canary stopped."""
    where: Any = Canary.auto_rule == uuid.UUID(auto_rule)
    if stopped_only:
        where = where & (Canary.stage == Stage.STOPPED)
    await Canary.update(
        {Canary.stage: Stage.FIRST, Canary.reason: None, Canary.began: await newest(auto_rule), Canary.changed_at: now}
    ).where(where)


async def newest(auto_rule: str) -> int:
    """Return the id of a rule's newest application, 0 where it has none."""
    query = Application.select(Application.id).where(Application.auto_rule == uuid.UUID(auto_rule))
    row = await query.order_by(Application.id, ascending=False).first()
    return 0 if row is None else int(row["id"])


async def is_proven_elsewhere(canary: CanaryRow) -> bool:
    """Tell whether a rule may correct all on another connection, in the same way."""
    where = (Canary.auto_rule == uuid.UUID(canary.auto_rule)) & (Canary.connection != canary.connection)
    return bool(await Canary.exists().where(where & Canary.push.eq(canary.push) & (Canary.stage == Stage.ALL)))


async def progress(auto_rule: str, connection: int, push: bool, began: int) -> tuple[int, int]:
    """Return how many of a rule's applications on a connection are verified, and how many are under way."""
    rows = await Application.raw(
        "SELECT state, count(*) AS n FROM applications WHERE auto_rule = {} AND connection = {} AND push = {}"
        " AND id > {} AND state IN ('verified', 'pending', 'pushed', 'undoing') GROUP BY state",
        uuid.UUID(auto_rule), connection, push, began,
    )  # fmt: skip
    counts = {row["state"]: int(row["n"]) for row in rows}
    verified = counts.pop("verified", 0)
    return verified, sum(counts.values())


async def of_rules(auto_rules: Sequence[str]) -> list[CanaryRow]:
    """Return the canaries of rules."""
    if not auto_rules:
        return []
    wanted = [uuid.UUID(one) for one in auto_rules]
    return [_read(row) for row in await Canary.select().where(Canary.auto_rule.is_in(wanted)).order_by(Canary.id)]
