"""The parts of `doctor` that need a world around them: databases, a Redis, a HashiCorp Vault that is away."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from config.checkup import Health, database, keys, mail, redis
from config.embedded import embedded_redis
from config.settings import Database, Outbound, Redis, Settings, VaultService
from config.wiring import now
from core.mail import MailServer, Security
from core.notifications.server import BINDING
from core.store import mail_servers
from core.store.engine import opened_store
from core.vault import Vault


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


async def test_a_mail_server_is_tried_without_sending_and_what_is_wrong_is_named(
    tmp_path: Path, mail_room: Any
) -> None:
    async with mail_room() as room:
        server = MailServer(host="127.0.0.1", port=room.port, security=Security.NONE, sender="m@shop.example")
        settings = Settings(data_dir=str(tmp_path), mail=server)
        fine = await mail(settings)
        without_tls = msgspec.structs.replace(server, security=Security.STARTTLS)
        wrong = await mail(msgspec.structs.replace(settings, mail=without_tls))
    away = await mail(settings)
    none = await mail(Settings(data_dir=str(tmp_path)))

    assert [one.health for one in (fine, wrong, away, none)] == [
        Health.OK, Health.PROBLEM, Health.WARNING, Health.OK,
    ]  # fmt: skip
    assert "STARTTLS" in wrong.message
    assert room.letters == []


async def test_the_mail_server_entered_on_the_page_is_tried_too(database_url: str, tmp_path: Path) -> None:
    settings = Settings(data_dir=str(tmp_path), database=Database(url=database_url))
    vault = Vault.open_folder(settings.key_folder)
    server = MailServer(host="127.0.0.1", port=9, sender="m@shop.example", password="mail-canary")
    async with opened_store(database_url):
        await mail_servers.put(vault.seal(msgspec.json.encode(server), BINDING), now())

    finding = await mail(settings)

    assert finding.health is Health.WARNING
    assert "127.0.0.1:9 cannot be reached" in finding.message
    assert "canary" not in repr(finding) + repr(settings)
