"""What was recorded is played back, and holds no secrets."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from core.errors import Refused
from core.http import Outbound, Outgoing, Pace, Recorder
from marketwright.testing import Answer, Request, Twin, route

SECRET = "shpat_0123456789"


async def _count(request: Request) -> Answer:
    return Answer(json={"token": SECRET, "buyer": "ada@example.com", "page": request.get("page")})


@pytest.fixture
async def twin() -> AsyncIterator[Twin]:
    twin = Twin("recorded", [route("*", "/{rest:.*}", _count)], lambda base_url: None)
    async with twin.running():
        yield twin


async def record(twin: Twin, folder: Path, *pages: int) -> str:
    async with Outbound(private_networks=True, plain_http=True, recorder=Recorder(folder, "record")) as outbound:
        client = outbound.client(1, [urlsplit(twin.base_url).netloc], Pace(), [SECRET])
        for page in pages:
            await client.request(
                "GET",
                f"{twin.base_url}/admin/products",
                params={"page": page, "oauth_nonce": str(page)},
                headers={"X-Shopify-Access-Token": SECRET},
            )
    return twin.base_url


async def test_a_recording_is_played_without_a_network(twin: Twin, tmp_path: Path) -> None:
    base_url = await record(twin, tmp_path, 1, 2)
    await twin.stop()

    async with Outbound(recorder=Recorder(tmp_path)) as outbound:
        client = outbound.client(1, [urlsplit(base_url).netloc], Pace(), [SECRET])
        answers = [
            await client.request("GET", f"{base_url}/admin/products", params={"oauth_nonce": "another", "page": page})
            for page in (2, 1)
        ]

    assert [answer.json()["page"] for answer in answers] == ["2", "1"]


async def test_a_recording_holds_no_secrets_and_no_people(twin: Twin, tmp_path: Path) -> None:
    await record(twin, tmp_path, 1)

    written = "".join(file.read_text() for file in tmp_path.iterdir())

    assert SECRET not in written
    assert "ada@example.com" not in written
    assert '"page"' in written


async def test_a_request_that_was_never_recorded_is_refused(twin: Twin, tmp_path: Path) -> None:
    await record(twin, tmp_path, 1)

    with pytest.raises(Refused) as caught:
        Recorder(tmp_path).play(Outgoing(method="GET", url=f"{twin.base_url}/other"), ())

    assert caught.value.code == "not_recorded"


async def test_repeats_are_played_in_order_and_the_last_one_stays(twin: Twin, tmp_path: Path) -> None:
    twin.faults.fail(404, 1)
    base_url = await record(twin, tmp_path, 1, 1)
    asked = Outgoing(method="GET", url=f"{base_url}/admin/products", params=[("page", "1"), ("oauth_nonce", "x")])
    recorder = Recorder(tmp_path)

    statuses = [getattr(recorder.play(asked, (SECRET,)), "status", None) for _ in range(3)]

    assert statuses == [404, 200, 200]
