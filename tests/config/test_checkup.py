"""The parts of `doctor` that need a world around them: databases, a Redis, a HashiCorp Vault that is away."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from config.checkup import Health, database, keys, redis, reviewers
from config.embedded import embedded_redis
from config.settings import Database, Outbound, Redis, Settings, VaultService
from core.model.people import Role
from core.model.tuning import KnowledgeManagement
from core.store import merchants, users


async def test_a_database_that_is_up_to_date_is_fine(database_url: str, tmp_path: Path) -> None:
    finding = await database(Settings(data_dir=str(tmp_path), database=Database(url=database_url)))

    assert finding.health is Health.OK, finding


async def test_a_database_that_is_away_is_a_problem_told_without_its_password(tmp_path: Path) -> None:
    url = "postgresql://ann:hunter2@127.0.0.1:1/shop"

    finding = await database(Settings(data_dir=str(tmp_path), database=Database(url=url)))

    assert finding.health is Health.PROBLEM
    assert "hunter2" not in repr(finding)
    assert "ann:***@127.0.0.1:1" in finding.message


@pytest.mark.process
async def test_a_redis_that_answers_is_fine(tmp_path: Path) -> None:
    async with embedded_redis(tmp_path) as url:
        finding = await redis(Settings(data_dir=str(tmp_path), redis=Redis(url=url)))

    assert finding.health is Health.OK, finding


async def test_a_vault_service_that_is_away_is_a_problem(tmp_path: Path) -> None:
    settings = Settings(
        data_dir=str(tmp_path),
        outbound=Outbound(private_networks=True, plain_http=True),
        vault=VaultService(address="http://127.0.0.1:1", token="s.hidden"),
    )
    new = await keys(settings)
    settings.key_folder.mkdir(mode=0o700)

    finding = await keys(settings)

    assert (new.health, finding.health) == (Health.OK, Health.PROBLEM)
    assert "s.hidden" not in repr(finding) + repr(settings)


async def test_too_few_people_for_as_many_to_be_asked_for_is_a_warning(store: str, tmp_path: Path) -> None:
    now = datetime.now(UTC)
    alder, birch = await merchants.create("Alder", now), await merchants.create("Birch", now)
    for name, merchant in (("ann", alder), ("bob", alder), ("carla", birch)):
        await users.create(name, "x", Role.REVIEWER, merchant, now)
    gone = await users.create("dan", "x", Role.REVIEWER, birch, now)
    await users.set_active(gone, is_active=False)
    plain = Settings(data_dir=str(tmp_path), database=Database(url=store))
    two = Settings(
        data_dir=str(tmp_path),
        database=Database(url=store),
        knowledge_management=KnowledgeManagement(min_reviewers=2),
    )

    alone, short = await reviewers(plain), await reviewers(two)
    await users.create("root", "x", Role.ADMIN, None, now)

    assert alone.health is Health.OK
    assert short.health is Health.WARNING
    assert "Birch has 1: nothing" in short.message
    assert "Alder" not in short.message
    assert (await reviewers(two)).health is Health.OK
