"""An installation, opened: what must be there, and what may come later."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

import asyncpg
import msgspec
import pytest

from config.embedded import embedded_redis, prepare_folder
from config.rotation import rotate_keys
from config.serve import address_of, listen
from config.settings import Database, Redis, Settings, Web
from config.wiring import migrated, opened, opened_chat, opened_database
from core.errors import ConfigurationError
from core.model.tuning import AiMonitoring, Provider

POSTGRES = os.environ.get("MARKETWRIGHT_TEST_POSTGRES", "postgresql://127.0.0.1:5432")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=str(tmp_path / "data"), web=Web(public_url="https://m.example"))


@pytest.mark.process
async def test_a_new_installation_is_made_and_opened(settings: Settings) -> None:
    async with opened(settings) as context:
        assert {channel.name for channel in context.registry.channels} >= {"shopify", "woocommerce"}
        assert "common" in context.library.channels()
        assert context.public_url == "https://m.example"
        assert context.clock().utcoffset() is not None
        assert await rotate_keys(context, settings) == 0

    assert settings.folder.stat().st_mode & 0o777 == 0o700
    assert settings.key_folder.stat().st_mode & 0o777 == 0o700


async def test_it_opens_while_redis_is_away_and_works_when_it_comes(settings: Settings, tmp_path: Path) -> None:
    folder = tmp_path / "redis"
    away = Settings(data_dir=settings.data_dir, redis=Redis(url=f"unix://{folder}/redis.sock"))

    async with opened(away) as context:
        await context.queue.enqueue("process_deliveries", 1)
        assert not await context.queue.answers()  # type: ignore[attr-defined]
        async with embedded_redis(folder):
            await context.queue.enqueue("process_deliveries", 2)
            jobs = await context.queue.pool.queued_jobs()  # type: ignore[attr-defined]

    assert [job.args for job in jobs] == [[2]]


async def test_several_processes_may_bring_a_file_up_to_date_at_once(settings: Settings) -> None:
    script = (
        "import asyncio, sys; from config.settings import Settings; from config.wiring import migrated;"
        "print(len(asyncio.run(migrated(Settings(data_dir=sys.argv[1])))))"
    )
    children = [
        await asyncio.create_subprocess_exec(
            sys.executable, "-c", script, settings.data_dir, stdout=asyncio.subprocess.PIPE
        )
        for _ in range(3)
    ]
    counts = [int((await child.communicate())[0]) for child in children]

    assert sorted(counts)[:2] == [0, 0]
    assert max(counts) >= 2


async def test_a_postgresql_database_that_is_not_up_to_date_is_refused_until_migrated(settings: Settings) -> None:
    name = f"marketwright_fresh_{os.getpid()}"
    try:
        server = await asyncpg.connect(f"{POSTGRES}/postgres", timeout=5)
    except (OSError, asyncpg.PostgresError, TimeoutError):
        if os.environ.get("CI"):
            pytest.fail("a PostgreSQL server is missing, and CI must have it")
        pytest.skip("a PostgreSQL server is not on this machine")
    fresh = Settings(data_dir=settings.data_dir, database=Database(url=f"{POSTGRES}/{name}"))
    await server.execute(f"CREATE DATABASE {name}")
    try:
        with pytest.raises(ConfigurationError, match="run: marketwright migrate"):
            async with opened_database(fresh):
                pass
        ran = await migrated(fresh)
        async with opened_database(fresh):
            pass
    finally:
        await server.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        await server.close()

    assert len(ran) >= 2


def test_a_free_port_is_found_and_a_taken_one_refused() -> None:

    with listen("127.0.0.1", 0) as first:
        port = first.getsockname()[1]
        assert address_of(first) == f"http://127.0.0.1:{port}"
        with pytest.raises(ConfigurationError, match="choose another with --port"):
            listen("127.0.0.1", port)


def test_an_address_for_every_interface_is_shown_as_one_to_click() -> None:

    with listen("0.0.0.0", 0) as listener:
        assert address_of(listener).startswith("http://localhost:")


def test_a_data_directory_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(ConfigurationError, match="set data_dir to another"):
        prepare_folder(tmp_path / "file/data")


async def test_a_database_that_is_away_stops_the_start_without_telling_its_password(settings: Settings) -> None:
    away = Settings(data_dir=settings.data_dir, database=Database(url="postgresql://ann:hunter2@127.0.0.1:1/shop"))

    with pytest.raises(ConfigurationError, match="cannot be opened") as raised:
        async with opened_database(away):
            pass

    assert "hunter2" not in str(raised.value)


async def test_the_way_to_a_model_is_open_only_with_a_key(settings: Settings) -> None:
    keyed = msgspec.structs.replace(settings, ai_monitoring=AiMonitoring(api_key="sk-canary", model="local"))

    async with opened_chat(settings) as without, opened_chat(keyed) as chat:
        assert without is None
        assert chat is not None
        assert chat.model == "local"


async def test_the_provider_says_whose_library_is_loaded_and_a_missing_one_how_to_get_it(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    tuned = AiMonitoring(api_key="k", provider=Provider.ANTHROPIC)
    with_key = msgspec.structs.replace(settings, ai_monitoring=tuned)

    async with opened_chat(with_key) as chat:
        found = type(chat).__name__
    monkeypatch.setitem(sys.modules, "core.chat_anthropic", None)

    assert found == "AnthropicChat"
    with pytest.raises(ConfigurationError, match=r"marketwright\[anthropic\]"):
        async with opened_chat(with_key):
            pass
