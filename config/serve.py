"""`marketwright serve`: the web server in this process, and the workers as children that it keeps running."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any, cast

import uvicorn
from litestar.types import ASGIApp

from config.asgi import create_app
from config.loop import stop_event
from config.reload import reloading
from config.settings import Settings
from config.supervise import Child, keep
from config.wiring import opened, with_redis
from core.context import Context
from core.errors import ConfigurationError

_DRAIN_SECONDS = 5
"""What open requests get to end; a page that listens for events would never end by itself."""
_BACKLOG = 2048
_YOUNG_OBJECTS = 20_000
"""New objects after which cycles are looked for; Python's own 700 to 2,000 cost the intake some percent."""

Ready = Callable[[Context, str], Awaitable[None]]


async def serve(settings: Settings, ready: Ready, listener: socket.socket | None = None) -> None:
    """Serve until a signal asks to stop; `ready` is awaited with the address once requests are answered.

    A worker that dies is started again. When this process ends, in whatever way, its workers do too.
    """
    stopping = stop_event()
    listener = listener or listen(settings.web.host, settings.web.port)
    async with (
        with_redis(settings) as running,
        opened(running) as context,
        reloading(context, running, checks=False),
        answering(create_app(context, running), listener) as server,
        working(running, stopping),
    ):
        meanwhile = asyncio.create_task(_then_wait(ready(context, address_of(listener)), stopping))
        try:
            await asyncio.wait({server, meanwhile}, return_when=asyncio.FIRST_COMPLETED)
            if meanwhile.done():
                await meanwhile
        finally:
            stopping.set()
            meanwhile.cancel()
            await asyncio.gather(meanwhile, return_exceptions=True)


async def _then_wait(act: Awaitable[None], stopping: asyncio.Event) -> None:
    """Await `act` and then the end, or the end alone if that comes first."""
    acting, ending = asyncio.ensure_future(act), asyncio.create_task(stopping.wait())
    try:
        await asyncio.wait({acting, ending}, return_when=asyncio.FIRST_COMPLETED)
        if acting.done():
            await acting
            await ending
    finally:
        acting.cancel()
        ending.cancel()
        await asyncio.gather(acting, ending, return_exceptions=True)


@contextlib.asynccontextmanager
async def answering(app: ASGIApp, listener: socket.socket) -> AsyncIterator[asyncio.Task[None]]:
    """Answer requests of `listener` with `app` for the time of the block, which gets the task that does."""
    server = Server(
        uvicorn.Config(
            cast(Callable[..., Any], app),
            loop="none",
            ws="none",
            lifespan="on",
            log_config=None,
            access_log=False,
            server_header=False,
            backlog=_BACKLOG,
            proxy_headers=False,
            timeout_graceful_shutdown=_DRAIN_SECONDS,
        )
    )
    task = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        while not server.started and not task.done():  # noqa: ASYNC110 - uvicorn has no event for it
            await asyncio.sleep(0.01)
        if task.done():
            await task
            raise ConfigurationError("the web application could not start; the log above says why")
        collect_rarely()
        yield task
    finally:
        server.should_exit = True
        await task


def collect_rarely() -> None:
    """Look for reference cycles less often, and no longer among what a start has loaded: requests make few."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG_OBJECTS, 20, 50)


class Server(uvicorn.Server):
    """A uvicorn that leaves the signals to us: its own handling would end the process before workers have ended."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none."""
        yield


@contextlib.asynccontextmanager
async def working(settings: Settings, stopping: asyncio.Event) -> AsyncIterator[None]:
    """Keep the workers running for the time of the block; `stopping` ends them, and is set when it is left."""
    tasks = [
        asyncio.create_task(keep(Child(f"worker {number}", "config.worker", settings), stopping))
        for number in range(1, settings.worker.count + 1)
    ]
    try:
        yield
    finally:
        stopping.set()
        await asyncio.gather(*tasks)


def listen(host: str, port: int) -> socket.socket:
    """Return a listening socket, or raise ConfigurationError saying why there is none."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=_BACKLOG)
    except OSError as error:
        raise ConfigurationError(
            f"cannot listen on {host}:{port} ({error.strerror}); choose another with --port or web.port"
        ) from error


def address_of(listener: socket.socket) -> str:
    """Return the address for a browser on this machine."""
    host, port = listener.getsockname()[:2]
    if host in {"0.0.0.0", "::"}:  # noqa: S104 - it is read, not bound
        host = "localhost"
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"
