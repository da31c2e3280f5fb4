"""Children: started again when they die, ended when we end, gone when we are killed."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from config import supervise
from config.settings import Settings, Worker
from config.supervise import Child, keep

pytestmark = pytest.mark.process

CHILD = """
import os, pathlib, signal, sys, time
import msgspec
from config import lifeline
from config.settings import Settings
settings = msgspec.json.decode(sys.stdin.buffer.readline(), type=Settings)
folder = pathlib.Path(settings.data_dir)
lifeline.watch(sys.stdin.fileno(), 0.2)
{ways}
(folder / f"started-{{os.getpid()}}").touch()
time.sleep(60)
"""
STUBBORN = "signal.signal(signal.SIGTERM, signal.SIG_IGN)"
PARENT = """
import asyncio, sys
from config.settings import Settings
from config.supervise import Child, keep
asyncio.run(keep(Child("child", "a_child", Settings(data_dir=sys.argv[1])), asyncio.Event()))
"""
MakeChild = Callable[..., Child]


@pytest.fixture
def make_child(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MakeChild:
    """Return a function that writes the child's module and describes the child."""
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setattr(supervise, "_FIRST_DELAY", 0.05)
    monkeypatch.setattr(supervise, "_KILL_AFTER", 0.3)

    def make(ways: str = "") -> Child:
        (tmp_path / "a_child.py").write_text(CHILD.format(ways=ways))
        settings = Settings(data_dir=str(tmp_path), worker=Worker(grace_seconds=0.1))
        return Child("child", "a_child", settings)

    return make


def started(folder: Path) -> set[int]:
    return {int(path.name.removeprefix("started-")) for path in folder.glob("started-*")}


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return "Z" not in Path(f"/proc/{pid}/stat").read_text().split()[2] if Path("/proc").exists() else True


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(10):
        while not condition():
            await asyncio.sleep(0.02)


async def test_a_child_that_dies_is_started_again(make_child: MakeChild, tmp_path: Path) -> None:
    stopping = asyncio.Event()
    keeping = asyncio.create_task(keep(make_child(), stopping))
    await until(lambda: len(started(tmp_path)) == 1)
    (first,) = started(tmp_path)

    os.kill(first, signal.SIGKILL)

    await until(lambda: len(started(tmp_path)) == 2)
    stopping.set()
    await keeping
    assert not any(is_alive(pid) for pid in started(tmp_path))


async def test_a_child_that_ignores_us_is_killed(make_child: MakeChild, tmp_path: Path) -> None:
    stopping = asyncio.Event()
    keeping = asyncio.create_task(keep(make_child(STUBBORN), stopping))
    await until(lambda: started(tmp_path))

    stopping.set()
    await keeping

    assert not is_alive(started(tmp_path).pop())


@pytest.mark.parametrize("ways", ["", STUBBORN], ids=["willing", "stubborn"])
def test_a_child_ends_with_a_parent_that_is_killed(make_child: MakeChild, tmp_path: Path, ways: str) -> None:
    make_child(ways)
    parent = subprocess.Popen([sys.executable, "-c", PARENT, str(tmp_path)])
    asyncio.run(until(lambda: started(tmp_path)))
    child = started(tmp_path).pop()

    parent.kill()
    parent.wait()

    deadline = time.monotonic() + 5
    while is_alive(child) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not is_alive(child)


async def test_a_child_gets_the_settings_whole(make_child: MakeChild) -> None:
    child = make_child()

    again = msgspec.json.decode(msgspec.json.encode(child.settings), type=Settings)

    assert again == child.settings
