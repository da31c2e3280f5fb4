"""The parts of `doctor` that need a world around them: databases, a Redis, a HashiCorp Vault that is away."""

from __future__ import annotations

from pathlib import Path

import pytest

from config.checkup import Health, database, keys, redis
from config.embedded import embedded_redis
from config.settings import Database, Outbound, Redis, Settings, VaultService


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
