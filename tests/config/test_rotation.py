"""A new key seals everything: connections, endpoints that take digests, the mail server."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from config.rotation import rotate_keys
from config.settings import Settings
from config.wiring import opened
from core.mail import MailServer
from core.model.notices import About, Frequency
from core.model.people import Actor, Role
from core.notifications import endpoints, server
from core.store import mail_servers, recipients
from core.vault import key_id


@pytest.mark.process
async def test_what_notifications_keep_secret_is_sealed_with_the_new_key(tmp_path: Path) -> None:
    settings = Settings(data_dir=str(tmp_path / "data"))
    root = Actor(user=1, name="root", role=Role.ADMIN)
    async with opened(settings) as context:
        wanted = {About.TROUBLE: Frequency.DAILY}
        made, secret = await endpoints.add(context, root, "https://hooks.example/x", wanted, 6)
        given = msgspec.to_builtins(MailServer(host="mail.example", sender="m@shop.example", password="mail-canary"))
        await server.enter(context, root, {name: str(value) for name, value in given.items() if value is not None})

        await rotate_keys(context, settings)

    async with opened(settings) as context:
        newest = context.vault.status().sealing
        row, mail = await recipients.get(made), await mail_servers.get()
        known = await server.in_use(context)
        assert row is not None
        assert known is not None
        assert {key_id(str(row.sealed)), key_id(str(mail))} == {newest}
        assert endpoints.secret_of(context, row) == secret
        assert known.password == "mail-canary"
