"""The whole application: what leads nowhere, and what its reference covers."""

from __future__ import annotations

from pathlib import Path

import httpx

from config.asgi import create_app
from config.settings import Settings
from config.wiring import opened, with_redis


async def test_programs_get_problems_people_get_pages_and_the_reference_is_the_apis_own(tmp_path: Path) -> None:
    async with with_redis(Settings(data_dir=str(tmp_path))) as settings, opened(settings) as context:
        transport = httpx.ASGITransport(app=create_app(context, settings))
        async with httpx.AsyncClient(transport=transport, base_url="http://marketwright.test") as client:
            nothing = await client.get("/api/v1/nothing")
            wrong = await client.put("/api/v1/issues")
            page = await client.get("/nothing")
            described = await client.get("/api/openapi.json")
            reference = await client.get("/api/docs")
            ready = await client.get("/health/ready")

    assert (nothing.status_code, nothing.json()["code"]) == (404, "not_found")
    assert (wrong.status_code, wrong.json()["code"]) == (405, "no_such_method")
    assert nothing.headers["content-type"].startswith("application/problem+json")
    assert (page.status_code, page.headers["content-type"][:9]) == (404, "text/html")
    assert all(path.startswith(("/api/v1/", "/health/")) for path in described.json()["paths"])
    assert reference.status_code == 200
    assert ready.json()["status"] == "ready"
