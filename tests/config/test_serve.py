"""`serve` as a person runs it: a whole installation that comes up, keeps its worker, and leaves nothing behind."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import httpx
import pytest

pytestmark = pytest.mark.process

PROGRAM = (sys.executable, "-c", "from config.cli import main; main()")
ADDRESS = re.compile(r"(?:serving on|serving a demo on) (http://\S+)")
LINK = re.compile(r"this link, once: (\S+)")
PATIENCE_SECONDS = 60.0


class Installation(NamedTuple):
    """A server that was started, and what it has printed so far."""

    process: subprocess.Popen[bytes]
    log: Path

    def printed(self, pattern: re.Pattern[str]) -> str:
        """Wait until a line with `pattern` is printed and return its first group."""
        return until(lambda: (found := pattern.search(self.log.read_text())) and found[1], self)

    def family(self) -> set[int]:
        """Return the processes that it has started, directly or not."""
        table = subprocess.run(["ps", "-eo", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
        pairs = [tuple(map(int, line.split())) for line in table.splitlines()]
        found, wanted = set[int](), {self.process.pid}
        while wanted:
            found |= wanted
            wanted = {pid for pid, parent in pairs if parent in wanted} - found
        return found - {self.process.pid}

    def workers(self) -> set[int]:
        """Return the worker processes."""
        return {pid for pid in self.family() if "config.worker" in command_of(pid)}


def command_of(pid: int) -> str:
    return subprocess.run(["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False).stdout


def is_alive(pid: int) -> bool:
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False).stdout
    return bool(state.strip()) and not state.startswith("Z")


def until(condition: Callable[[], object], installation: Installation) -> str:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        found = condition()
        if found:
            return str(found)
        time.sleep(0.05)
    raise AssertionError(f"it did not come:\n{installation.log.read_text()[-3000:]}")


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Callable[..., Installation]]:
    """Return a function that starts a server in a directory of its own."""
    started: list[Installation] = []
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MARKETWRIGHT_")}

    def start(*options: str) -> Installation:
        log = tmp_path / "serve.log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                [*PROGRAM, "serve", "--port", "0", *options],
                cwd=tmp_path,
                stdout=output,
                stderr=output,
                env=environment | {"PYTHONUNBUFFERED": "1", "TMPDIR": str(tmp_path)},
            )
        started.append(Installation(process, log))
        return started[-1]

    yield start
    for installation in started:
        if installation.process.poll() is None:
            installation.process.kill()
        installation.process.wait()


def test_it_answers_its_probes_pages_and_reference(serve: Callable[..., Installation]) -> None:
    address = serve().printed(ADDRESS)

    with httpx.Client(base_url=address) as client:
        live, ready = client.get("/health/live"), client.get("/health/ready")
        page, reference = client.get("/", follow_redirects=True), client.get("/api/docs")
        missing = client.post("/webhooks/shopify/nobody", content=b"{}")

    assert (live.status_code, ready.status_code) == (200, 200)
    assert ready.json()["status"] == "ready"
    assert page.url.path == "/sign-in"
    assert reference.status_code == 200
    assert missing.status_code == 404


@pytest.mark.parametrize("name", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_with_0_and_leaves_nothing_behind(serve: Callable[..., Installation], name: signal.Signals) -> None:
    server = serve()
    server.printed(ADDRESS)
    until(server.workers, server)
    family = server.family()

    server.process.send_signal(name)

    assert server.process.wait(30) == 0, server.log.read_text()
    assert len(family) >= 3, "a worker, the keeper and the embedded Redis"
    assert [pid for pid in family if is_alive(pid)] == []


def test_killed_it_leaves_nothing_behind_either(serve: Callable[..., Installation]) -> None:
    server = serve()
    server.printed(ADDRESS)
    until(server.workers, server)
    family = server.family()

    server.process.kill()
    server.process.wait()

    until(lambda: not any(is_alive(pid) for pid in family), server)


def test_a_worker_that_is_killed_is_started_again(serve: Callable[..., Installation]) -> None:
    server = serve()
    server.printed(ADDRESS)
    until(server.workers, server)
    killed = server.workers()

    for pid in killed:
        os.kill(pid, signal.SIGKILL)

    until(lambda: server.workers() - killed, server)
    assert server.process.poll() is None


def test_a_taken_port_ends_with_2_and_says_what_to_do(serve: Callable[..., Installation]) -> None:
    first = serve()
    port = first.printed(ADDRESS).rpartition(":")[2]

    result = subprocess.run(
        [*PROGRAM, "serve", "--port", port], cwd=first.log.parent, capture_output=True, text=True, check=False
    )

    assert result.returncode == 2
    assert result.stderr.startswith(f"Error: cannot listen on 127.0.0.1:{port}")


def test_within_a_minute_the_demo_has_issues_from_webhooks_and_from_pulls(
    serve: Callable[..., Installation],
) -> None:
    server = serve("--demo")
    link = server.printed(LINK)
    address = server.printed(ADDRESS)

    folder = next(server.log.parent.glob("marketwright-demo-*"))

    with httpx.Client(base_url=address, follow_redirects=True) as client:
        assert client.get(link).status_code == 200
        until(lambda: client.get("/api/v1/issues/counts").json()["pending"] > 20, server)
        runs = until(lambda: client.get("/api/v1/sync-runs").json()["items"], server)
        review = client.get("/review")
    until(lambda: handled(folder) >= 10, server)

    assert runs
    assert review.status_code == 200
    server.process.terminate()
    assert server.process.wait(30) == 0, server.log.read_text()[-3000:]
    assert not folder.exists()


def handled(folder: Path) -> int:
    """Count the webhooks that were kept and handled, by the command that lists them."""
    result = subprocess.run(
        [*PROGRAM, "deliveries", "list", "--json"],
        cwd=folder,
        env=os.environ | {"MARKETWRIGHT_DATA_DIR": str(folder)},
        capture_output=True,
        text=True,
        check=True,
    )
    return result.stdout.count('"outcome":"applied"')
