"""Probes: whether the process lives, and whether it can do its work."""

from enum import StrEnum
from typing import Protocol, runtime_checkable

import msgspec
from litestar import Response, get

from core.api.door import Installation
from core.queue import Queue
from core.store import backlog

BEHIND_SECONDS = 300
"""A delivery that waits this long says that no worker runs, or that it cannot keep up."""


class State(StrEnum):
    """How a part is."""

    OK = "ok"
    BEHIND = "behind"
    AWAY = "away"


class Readiness(StrEnum):
    """`degraded` still takes and keeps webhooks; `unready` cannot."""

    READY = "ready"
    DEGRADED = "degraded"
    UNREADY = "unready"


class Liveness(msgspec.Struct, frozen=True, kw_only=True):
    """The process answers."""

    status: str = "ok"


class Health(msgspec.Struct, frozen=True, kw_only=True):
    """The parts. `oldest_seconds` is how long the oldest unhandled delivery waits, None where nothing waits."""

    status: Readiness
    database: State
    queue: State
    worker: State
    oldest_seconds: float | None = None


@runtime_checkable
class Answering(Protocol):
    """A queue that can be asked whether it is there."""

    async def answers(self) -> bool:
        """Tell whether it is there."""


@get("/live", summary="Tell whether the process lives")
async def live() -> Liveness:
    """It answers, so it lives. Nothing else is asked."""
    return Liveness()


@get("/ready", summary="Tell whether it can work")
async def ready(context: Installation) -> Response[Health]:
    """The database, Redis and the worker.

    503 only when the database is away: without Redis or a worker webhooks are still kept, and handled later.
    """
    health = await examine(context.queue, await backlog.look(now := context.clock()), now.timestamp())
    status = 503 if health.status is Readiness.UNREADY else 200
    return Response(health, status_code=status)


async def examine(queue: Queue, found: backlog.Backlog | None, now: float) -> Health:
    """Return the health of the parts, from what the database said at `now` (seconds since the epoch)."""
    answers = await queue.answers() if isinstance(queue, Answering) else True
    rings = State.OK if answers else State.AWAY
    if found is None:
        return Health(status=Readiness.UNREADY, database=State.AWAY, queue=rings, worker=State.AWAY)
    waits = None if found.oldest is None else max(0.0, now - found.oldest.timestamp())
    worker = State.BEHIND if waits is not None and waits > BEHIND_SECONDS else State.OK
    fine = rings is State.OK and worker is State.OK
    return Health(
        status=Readiness.READY if fine else Readiness.DEGRADED,
        database=State.OK,
        queue=rings,
        worker=worker,
        oldest_seconds=waits,
    )
