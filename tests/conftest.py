"""What every test may ask for.

Tests that take `store` run twice: on SQLite with the embedded Redis, and on PostgreSQL with a real Redis. On a laptop
a missing server is a skip with its reason, in CI a failure.
"""

from __future__ import annotations

import asyncio
import datetime
import os
import shutil
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from aiohttp import web
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from piccolo.table import sort_table_classes

from core.store.engine import migrate, opened_store
from core.store.tables import TABLES

ROOT = Path(__file__).resolve().parents[1]
POSTGRES = os.environ.get("MARKETWRIGHT_TEST_POSTGRES", "postgresql://127.0.0.1:5432")
REDIS = os.environ.get("MARKETWRIGHT_TEST_REDIS", "redis://127.0.0.1:6379/9")


def absent(what: str) -> None:
    """Skip because a server is not here, or fail where CI promised it."""
    if os.environ.get("CI"):
        pytest.fail(f"{what} is missing, and CI must have it")
    pytest.skip(f"{what} is not on this machine")


@pytest.fixture(scope="session")
def shared() -> Path:
    """Return the folder of recorded and official payloads, which lies beside the checkout."""
    folder = ROOT.parent / "shared"
    if not (folder / "specs").is_dir():
        pytest.skip("the recorded payloads are not beside this checkout")
    return folder


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a migrated SQLite file, made once and copied for each test."""
    path = tmp_path_factory.mktemp("template") / "template.sqlite"

    async def build() -> None:
        async with opened_store(f"sqlite:///{path}") as engine:
            await migrate(engine)

    asyncio.run(build())
    return path


@pytest.fixture(scope="session")
def postgres_database() -> Iterator[str]:
    """Return the URL of a migrated PostgreSQL database of this run's own; it is dropped at the end."""
    name = f"marketwright_test_{os.getpid()}"

    async def create() -> None:
        server = await asyncpg.connect(f"{POSTGRES}/postgres", timeout=5)
        await server.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        await server.execute(f"CREATE DATABASE {name}")
        await server.execute(f"ALTER DATABASE {name} SET synchronous_commit = off")  # nobody pulls the plug in a test
        await server.close()
        async with opened_store(f"{POSTGRES}/{name}") as engine:
            await migrate(engine)

    async def drop() -> None:
        server = await asyncpg.connect(f"{POSTGRES}/postgres", timeout=5)
        await server.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        await server.close()

    try:
        asyncio.run(create())
    except (OSError, asyncpg.PostgresError, TimeoutError):
        absent("a PostgreSQL server")
    yield f"{POSTGRES}/{name}"
    asyncio.run(drop())


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the URL of an empty, migrated database: each test that takes it runs on both kinds."""
    if request.param == "sqlite":
        template: Path = request.getfixturevalue("sqlite_template")
        path = tmp_path / "marketwright.sqlite"
        shutil.copy(template, path)
        return f"sqlite:///{path}"
    url: str = request.getfixturevalue("postgres_database")

    asyncio.run(_empty(url))
    return url


async def _empty(url: str) -> None:
    """Delete all rows and let numbers begin anew; TRUNCATE would write a new file for each table and index."""
    names = [table._meta.tablename for table in reversed(sort_table_classes(list(TABLES)))]
    filled = " UNION ALL ".join(f"SELECT '{name}' AS name WHERE EXISTS (SELECT 1 FROM \"{name}\")" for name in names)
    database = await asyncpg.connect(url, timeout=5)
    found = {row["name"] for row in await database.fetch(filled)}
    for name in names:
        if name in found:
            off, on = (f'ALTER TABLE "{name}" {word} TRIGGER USER' for word in ("DISABLE", "ENABLE"))
            await database.execute(f'{off}; DELETE FROM "{name}"; {on}')
    used = await database.fetch("SELECT sequencename AS name FROM pg_sequences WHERE last_value IS NOT NULL")
    for row in used:
        if not row["name"].startswith("migration"):
            await database.execute(f"SELECT setval('\"{row['name']}\"', 1, false)")
    await database.close()


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[str]:
    """Open the test's database and return its URL."""
    async with opened_store(database_url):
        yield database_url


MAIL_PASSWORD = "mail-canary-0123456789"


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a key and a certificate for `localhost`, signed by itself, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    now, day = datetime.datetime.now(datetime.UTC), datetime.timedelta(days=1)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now - day, now + day)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    form = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    path = tmp_path_factory.mktemp("tls") / "localhost.pem"
    pem = serialization.Encoding.PEM
    path.write_bytes(key.private_bytes(pem, *form) + made.public_bytes(pem))
    return path


class MailRoom:
    """A mail server's behaviour. `recipient` and `data` answer the next commands, then all is taken."""

    def __init__(self) -> None:
        self.port, self.slow = 0, 0.0
        self.letters: list[Any] = []
        self.recipient: list[str] = []
        self.data: list[str] = []
        self.encrypted: list[bool] = []

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        await asyncio.sleep(self.slow)
        said = self.recipient.pop(0) if self.recipient else "250 OK"
        if said.startswith("250"):
            envelope.rcpt_tos.append(address)
        return said

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        said = self.data.pop(0) if self.data else "250 OK"
        if said.startswith("250"):
            self.letters.append(message_from_bytes(envelope.content, policy=policy.default))
            self.encrypted.append(session.ssl is not None)
        return said

    def check(self, server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        is_right = isinstance(data, LoginPassword) and data.password == MAIL_PASSWORD.encode()
        return AuthResult(success=is_right, handled=False)

    def part(self, kind: str, number: int = -1) -> str:
        """Return the `plain` or the `html` part of a letter."""
        return str(self.letters[number].get_body((kind,)).get_content()).replace("\r\n", "\n")


@asynccontextmanager
async def open_mail_room(starttls: Path | None = None, tls: Path | None = None, sign_in: bool = False) -> Any:
    """Run a mail server for the time of the block, encrypted with the certificate given."""
    room, context, loop = MailRoom(), None, asyncio.get_running_loop()
    if starttls or tls:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(starttls or tls or "")

    def serve() -> SMTP:
        return SMTP(
            room, hostname="localhost", loop=loop, tls_context=context if starttls else None, auth_required=sign_in,
            require_starttls=bool(starttls), authenticator=room.check, auth_require_tls=bool(starttls),
        )  # fmt: skip

    server = await loop.create_server(serve, "127.0.0.1", 0, ssl=context if tls else None)
    room.port = server.sockets[0].getsockname()[1]
    try:
        yield room
    finally:
        server.close()


@pytest.fixture
def mail_room() -> Any:
    """Return what opens a mail server: `async with mail_room(starttls=certificate) as room`."""
    return open_mail_room


class Receiver:
    """An endpoint that takes webhooks; `answers` are statuses of the next ones, or coroutines that answer them."""

    def __init__(self) -> None:
        self.url = ""
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.answers: list[int | Callable[[web.Request], Awaitable[web.StreamResponse]]] = []

    async def handle(self, request: web.Request) -> web.StreamResponse:
        headers = {name.lower(): value for name, value in request.headers.items()}
        self.got.append((headers, await request.read()))
        answer = self.answers.pop(0) if self.answers else 204
        if isinstance(answer, int):
            return web.Response(status=answer, headers={"Location": f"{self.url}/elsewhere"})
        return await answer(request)


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    """Return an endpoint that runs."""
    taking = Receiver()
    app = web.Application()
    app.router.add_post("/{path:.*}", taking.handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    taking.url = f"http://{host}:{port}"
    yield taking
    await runner.cleanup()
