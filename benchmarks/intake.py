"""How many webhooks a second are acknowledged and durable, side by side with a commit for each request.

    python benchmarks/intake.py [--database sqlite|postgres|both] [--seconds N] [--rounds N] [--node-red PATH]

Each server and the load generator are processes of their own. Rounds are interleaved, and a ratio is the median of
the ratios of paired rounds, because a machine is rarely quiet. At the end every acknowledged delivery is looked for
in the database; one that is missing fails the run. PostgreSQL is `--postgres URL` (a scratch database is made there).
Node-RED takes part where it is installed.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import shutil
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import asyncpg
import peer_node_red

from config.embedded import embedded_redis

HERE = Path(__file__).parent
SECRET = "a-secret-of-the-benchmark"
CONNECTIONS = 32
FROM_BODY = "SELECT substr(body, length(body) - 13, 12) FROM {table}"
"""The number of a delivery stands at the end of its body."""


@dataclass
class Target:
    """One server's route under load. `table` is where its deliveries must be found, None where it keeps nothing."""

    name: str
    port: int
    path: str
    table: str | None
    rounds: list[dict[str, float]] = field(default_factory=list)
    acknowledged: set[int] = field(default_factory=set)
    refusals: dict[str, int] = field(default_factory=dict)


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def python(script: str, port: int, *arguments: str) -> list[str]:
    """Return the command of a server that stands beside this file."""
    return [sys.executable, str(HERE / script), "--port", str(port), *arguments]


@contextlib.contextmanager
def running(port: int, command: list[str]) -> Iterator[None]:
    """Run a server for the time of the block."""
    with subprocess.Popen(command, cwd=HERE.parent, env=os.environ | {"PYTHONPATH": str(HERE.parent)}) as process:
        try:
            wait_for(port, process)
            yield
        finally:
            process.terminate()
            process.wait(30)


def wait_for(port: int, process: subprocess.Popen[bytes], seconds: float = 30.0) -> None:
    """Return once something listens on the port."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 0.2):
            return
        time.sleep(0.05)
    raise SystemExit(f"the server on port {port} did not start")


def written(path: Path, seconds: float = 30.0) -> str:
    """Return what a server writes to this file once it is ready."""
    deadline = time.monotonic() + seconds
    while not (path.exists() and path.read_text()):
        if time.monotonic() > deadline:
            raise SystemExit(f"the server did not write {path}")
        time.sleep(0.05)
    return path.read_text()


@contextlib.contextmanager
def node_red(executable: str | None, folder: Path) -> Iterator[list[Target]]:
    """Yield Node-RED, running and checked, or nothing where it is not installed."""
    if executable is None:
        yield []
        return
    port = free_port()
    with running(port, peer_node_red.prepared(executable, port, folder, SECRET)):
        peer_node_red.check(port, SECRET)
        yield [Target("Node-RED, HMAC only", port, peer_node_red.PATH, None)]


def play(target: Target, number: int, seconds: float, folder: Path) -> None:
    """Load a target for one round."""
    results = folder / "results.json"
    command = [sys.executable, str(HERE / "load.py"), "--port", str(target.port), "--path", target.path]
    command += ["--secret", SECRET, "--seconds", str(seconds), "--first", str(number * 10_000_000)]
    command += ["--connections", str(CONNECTIONS), "--results", str(results)]
    subprocess.run(command, check=True)
    result = json.loads(results.read_bytes())
    target.rounds.append({key: result[key] for key in ("rate", "p50", "p99")})
    target.acknowledged.update(result["acknowledged"])
    for status, count in result["refusals"].items():
        target.refusals[status] = target.refusals.get(status, 0) + count


@contextlib.asynccontextmanager
async def scratch(kind: str, folder: Path, postgres: str) -> AsyncIterator[str]:
    """Yield the URL of an empty database, which is thrown away afterwards."""
    if kind == "sqlite":
        yield f"sqlite:///{folder / uuid.uuid4().hex}.sqlite"
        return
    name = f"marketwright_intake_{uuid.uuid4().hex[:8]}"
    server = await asyncpg.connect(postgres)
    await server.execute(f"CREATE DATABASE {name}")
    try:
        yield f"{postgres.rsplit('/', 1)[0]}/{name}"
    finally:
        await server.execute(f"DROP DATABASE {name} WITH (FORCE)")
        await server.close()


async def kept(url: str, table: str) -> set[int]:
    """Return the numbers of the deliveries that the database holds."""
    query = FROM_BODY.format(table=table)
    if url.startswith("sqlite:///"):
        with contextlib.closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
            return {int(row[0]) for row in connection.execute(query)}
    connection = await asyncpg.connect(url)
    try:
        return {int(bytes(row[0])) for row in await connection.fetch(query)}
    finally:
        await connection.close()


async def measure(kind: str, options: argparse.Namespace, folder: Path, redis: str) -> list[Target]:
    """Run all rounds on one kind of database and check what it kept."""
    ours, peer = free_port(), free_port()
    home = folder / kind
    home.mkdir()
    async with scratch(kind, folder, options.postgres) as own, scratch(kind, folder, options.postgres) as other:
        with (
            running(ours, python("intake_server.py", ours, "--database", own, "--redis", redis, "--folder", str(home))),
            running(peer, python("peer_fastapi.py", peer, "--database", other)),
            node_red(options.node_red, home / "node-red") as flows,
        ):
            targets = [
                Target("Marketwright", ours, await asyncio.to_thread(written, home / "path"), "deliveries"),
                Target("FastAPI, a commit a request", peer, "/webhooks/woocommerce", "peer_deliveries"),
                Target("Litestar handler, HMAC only", ours, "/verify-only", None),
                *flows,
            ]
            for number in range(options.rounds):
                turn = number % len(targets)
                for target in targets[turn:] + targets[:turn]:
                    await asyncio.to_thread(play, target, number, options.seconds, folder)
        for target, url in zip(targets, (own, other), strict=False):
            missing = target.acknowledged - await kept(url, target.table or "")
            if missing:
                raise SystemExit(f"{target.name} lost {len(missing)} acknowledged deliveries on {kind}")
    return targets


def report(kind: str, targets: list[Target]) -> None:
    """Print a table: medians of the rounds, and the medians of the ratios of paired rounds."""
    ours = targets[0].rounds
    print(f"\n{kind}: {len(ours)} rounds, {CONNECTIONS} connections, medians")
    print(f"{'':30}{'a second':>10}{'p50 ms':>9}{'p99 ms':>9}{'ours is':>9}  of its rate in paired rounds")
    for target in targets:
        rate, p50, p99 = (statistics.median(one[key] for one in target.rounds) for key in ("rate", "p50", "p99"))
        ratios = [mine["rate"] / theirs["rate"] for mine, theirs in zip(ours, target.rounds, strict=True)]
        spread = f"({min(ratios):.2f} to {max(ratios):.2f})"
        print(f"{target.name:30}{rate:>10.0f}{p50:>9.2f}{p99:>9.2f}{statistics.median(ratios):>8.2f}x  {spread}")
        if target.refusals:
            print(f"  also answered: {target.refusals}")
    count = len(targets[0].acknowledged)
    print(f"all {count} deliveries that Marketwright acknowledged are in the database, and all of FastAPI's")


async def run(options: argparse.Namespace) -> None:
    """Measure each database that was asked for."""
    kinds = ("sqlite", "postgres") if options.database == "both" else (options.database,)
    if options.node_red is None:
        print("Node-RED is not installed (no `node-red` on the PATH): it is left out")
    with tempfile.TemporaryDirectory(dir=options.folder) as name:
        folder = Path(name)
        async with embedded_redis(folder / "redis") as redis:
            for kind in kinds:
                report(kind, await measure(kind, options, folder, redis))


def main() -> None:
    """Read the command line and run."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--database", choices=("sqlite", "postgres", "both"), default="both")
    parser.add_argument("--seconds", type=float, default=4.0, help="length of a round, after a warm-up of 0.5 s")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--postgres", default="postgresql://postgres@127.0.0.1:5432/postgres")
    parser.add_argument("--folder", type=Path, help="where the databases are made; a real disk")
    parser.add_argument("--node-red", metavar="PATH", help="its executable, where it is not on the PATH")
    options = parser.parse_args()
    executable = shutil.which(options.node_red or "node-red")
    if options.node_red and executable is None:
        parser.error(f"{options.node_red} is not an executable")
    options.node_red = executable
    asyncio.run(run(options))


if __name__ == "__main__":
    main()
