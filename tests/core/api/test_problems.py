"""Errors: RFC 9457 problems with a code, a message and the place at fault."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from litestar import Litestar, Router, get
from litestar.testing import AsyncTestClient

from core.api.problems import HANDLERS, MEDIA_TYPE
from core.errors import Conflict, MarketwrightError, NeedsAttention, Refused, RetryLater


@pytest.fixture
def database_url(sqlite_template: Path, tmp_path: Path) -> str:
    """Return a SQLite database: what is tested here is the same on both kinds."""
    return f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'marketwright.sqlite')}"


async def test_an_unknown_field_is_refused_with_its_place(client, ours):
    url = f"/api/v1/issues/{ours.ids['issue_id']}/approve"

    answer = await client.post(url, json={"sugestion_id": 1}, headers=ours.bearer("reviewer"))

    problem = answer.json()
    assert answer.status_code == 400
    assert answer.headers["content-type"].startswith(MEDIA_TYPE)
    assert problem["code"] == "malformed"
    assert "sugestion_id" in problem["message"]
    assert problem["detail"] == problem["message"]
    assert (problem["status"], problem["title"]) == (400, "Bad Request")


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"text"', b"\xff\xfe", b'{"value": 1}{"value": 2}', b"null"])
async def test_a_body_that_does_not_fit_is_malformed(client, ours, body):
    url = f"/api/v1/issues/{ours.ids['issue_id']}/modify"

    answer = await client.post(
        url, content=body, headers=ours.bearer("reviewer") | {"Content-Type": "application/json"}
    )

    assert answer.status_code == 400
    assert answer.json()["code"] == "malformed"
    assert answer.json()["message"]


@pytest.mark.parametrize(
    ("path", "where"),
    [
        ("/api/v1/issues?limit=0", "query.limit"),
        ("/api/v1/issues?limit=201", "query.limit"),
        ("/api/v1/issues?sort=random", "query.sort"),
        ("/api/v1/issues?connection=99999999999999999999", "query.connection"),
        ("/api/v1/issues?connection=-1", "query.connection"),
        ("/api/v1/issues?after=nonsense", "after"),
        ("/api/v1/applications?automatic=perhaps", "query.automatic"),
        ("/api/v1/applications?state=perhaps", "query.state"),
        ("/api/v1/issues/99999999999999999999", "path.issue_id"),
        ("/api/v1/issues/0", "path.issue_id"),
    ],
)
async def test_a_parameter_that_does_not_fit_is_named(client, ours, path, where):
    answer = await client.get(path, headers=ours.bearer("reviewer"))

    assert answer.status_code == 400
    assert answer.json()["where"] == where


@pytest.mark.parametrize(
    "path",
    ["/api/v1/issues/987654", "/api/v1/patterns/not-a-uuid", "/api/v1/channels/nowhere", "/api/v1/issues/groups/1"],
)
async def test_what_does_not_exist_is_not_found(client, ours, path):
    answer = await client.get(path, headers=ours.bearer("reviewer"))

    assert answer.status_code == 404


@pytest.mark.parametrize(
    ("error", "status", "member"),
    [
        (Refused("It was decided already.", code="already_decided"), 409, ("code", "already_decided")),
        (Refused("Only an admin may.", code="admin_only"), 403, ("code", "admin_only")),
        (Conflict("It changed.", versions={"before": 1, "now": 2}), 409, ("versions", {"before": 1, "now": 2})),
        (NeedsAttention("A right is missing.", missing=("write_products",)), 422, ("missing", ["write_products"])),
        (RetryLater("Busy.", after=7.2), 503, ("code", "retry_later")),
        (MarketwrightError("Something else."), 500, ("code", "error")),
        (ZeroDivisionError("secret detail"), 500, ("code", "fault")),
    ],
)
async def test_each_error_has_its_status(error, status, member):
    @get("/")
    async def fail() -> None:
        raise error

    app = Litestar([Router("/", route_handlers=[fail], exception_handlers=HANDLERS)], logging_config=None)
    async with AsyncTestClient(app, raise_server_exceptions=False) as client:
        answer = await client.get("/")

    name, value = member
    assert answer.status_code == status
    assert answer.json()[name] == value
    assert "secret detail" not in answer.text
    assert answer.headers.get("retry-after") == ("7" if status == 503 else None)


async def test_answers_are_not_stored_by_caches(client, ours):
    answer = await client.get("/api/v1/issues", headers=ours.bearer("reviewer"))

    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
