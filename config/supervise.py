"""Keeps child processes of this program running and ends them with it.

A child gets the settings as the first line of its standard input. The pipe stays open for as long as we live, so a
child that sees its end knows that we are gone.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import sys
from dataclasses import dataclass

import msgspec

from config.settings import Settings

log = logging.getLogger("marketwright.supervise")

_FIRST_DELAY = 0.5
_LONGEST_DELAY = 30.0
_STEADY_SECONDS = 60.0
_KILL_AFTER = 5.0
"""What a child gets beyond the grace it was given, before it is killed."""


@dataclass(frozen=True)
class Child:
    """A module of ours that is run as a process."""

    name: str
    module: str
    settings: Settings


async def keep(child: Child, stopping: asyncio.Event) -> None:
    """Run `child`, again whenever it ends, until `stopping` is set; then ask it to end, and see that it does."""
    delay = _FIRST_DELAY
    loop = asyncio.get_running_loop()
    while not stopping.is_set():
        started = loop.time()
        outcome = await _run(child, stopping)
        if stopping.is_set():
            return
        if loop.time() - started > _STEADY_SECONDS:
            delay = _FIRST_DELAY
        log.error("%s %s; it starts again in %.1f s", child.name, outcome, delay)
        await _first(asyncio.create_task(asyncio.sleep(delay)), asyncio.create_task(stopping.wait()))
        delay = min(delay * 2, _LONGEST_DELAY)


async def _run(child: Child, stopping: asyncio.Event) -> str:
    """Run `child` once, to its end or ours, and say how it ended."""
    try:
        process = await start(child)
    except OSError as error:
        return f"could not be started ({error.strerror})"
    log.info("%s runs as process %s", child.name, process.pid)
    try:
        await _first(asyncio.create_task(process.wait()), asyncio.create_task(stopping.wait()))
    finally:
        await end(process, child.settings.worker.grace_seconds)
    return f"ended with code {process.returncode}"


async def start(child: Child) -> asyncio.subprocess.Process:
    """Start `child` in a session of its own, so that Ctrl-C reaches us alone, and hand it its settings."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-P",  # a folder named `config` where we are started must not be taken for ours
        "-m",
        child.module,
        stdin=asyncio.subprocess.PIPE,
        start_new_session=True,
    )
    assert process.stdin is not None
    process.stdin.write(msgspec.json.encode(child.settings) + b"\n")
    return process


async def end(process: asyncio.subprocess.Process, grace_seconds: float) -> None:
    """Ask `process` to end; kill it when it does not in time."""
    with contextlib.suppress(ProcessLookupError):
        process.terminate()
    try:
        await asyncio.wait_for(process.wait(), grace_seconds + _KILL_AFTER)
    except TimeoutError:
        log.warning("process %s did not end in time and is killed", process.pid)
        process.kill()
        await process.wait()


async def _first(*tasks: asyncio.Task[object]) -> None:
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
