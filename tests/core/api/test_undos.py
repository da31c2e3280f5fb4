"""Undo of many, checks and conflicts over the API."""

from __future__ import annotations

import pytest

from core.store.tables import Application, Record


@pytest.fixture
def headers(ours):
    """Return our admin's header."""
    return ours.bearer("admin")


@pytest.fixture
async def batch(ours, shop):
    """Return the handle of three corrections made together."""
    names = ("connection_id", "record_id", "issue_id", "pattern_id")
    values = [ours.ids[name] for name in names]
    for _ in range(3):
        await shop.application(ours.merchant, *values, batch="b" * 36, pushed_at=shop.tick())
    return "b" * 36


async def test_a_frozen_list_is_undone_as_it_stood_and_its_progress_is_told(client, headers, batch, queue):
    frozen = (await client.post("/api/v1/undos/freeze", json={"batch": batch}, headers=headers)).json()
    body = {"batch": batch, "last": frozen["last"], "digest": frozen["digest"]}

    wrong = await client.post("/api/v1/undos", json=body | {"digest": "0" * 64}, headers=headers)
    started = await client.post("/api/v1/undos", json=body, headers=headers)

    assert (frozen["count"], len(frozen["sample"])) == (3, 3)
    assert (wrong.status_code, wrong.json()["code"]) == (409, "list_changed")
    assert (started.status_code, started.json()["size"]) == (202, 3)
    seen = (await client.get(f"/api/v1/undos/{started.json()['id']}", headers=headers)).json()
    assert [item["state"] for item in seen["items"]["items"]] == ["waiting"] * 3
    assert ("carry_undo", (started.json()["id"],)) in queue.asked


async def test_a_reviewer_may_undo_a_batch_but_not_a_rule(client, ours, batch):
    headers = ours.bearer("reviewer")

    of_batch = await client.post("/api/v1/undos/freeze", json={"batch": batch}, headers=headers)
    of_rule = await client.post(
        "/api/v1/undos/freeze", json={"auto_rule": str(ours.ids["auto_rule_id"])}, headers=headers
    )

    assert of_batch.status_code == 200
    assert (of_rule.status_code, of_rule.json()["code"]) == (403, "admin_only")


async def test_a_time_needs_its_zone(client, headers, ours):
    body = {"auto_rule": str(ours.ids["auto_rule_id"]), "since": "2026-11-20T00:00:00"}

    answer = await client.post("/api/v1/undos/freeze", json=body, headers=headers)

    assert answer.status_code == 400


async def test_the_three_versions_are_told_with_what_may_be_done(client, ours, headers):
    application = ours.ids["application_id"]
    await Record.update({Record.record: '{"price":"12.00"}'}).where(Record.id == ours.ids["record_id"])

    met = (await client.get(f"/api/v1/applications/{application}/conflict", headers=headers)).json()

    assert met["versions"] == [{"field": "price", "before": "10", "after": "10.00", "now": "12.00"}]
    assert (met["is_edited"], met["may_undo"], met["may_put_back"]) == (True, True, True)
    kept = await client.post(f"/api/v1/applications/{application}/keep-theirs", headers=headers)
    assert kept.status_code == 204


async def test_one_of_the_sample_is_checked(client, ours, headers):
    await Application.update({Application.auto_rule: ours.ids["auto_rule_id"]}, force=True)
    [asked] = (await client.get("/api/v1/applications/to-check", headers=headers)).json()["items"]

    checked = await client.post(
        f"/api/v1/applications/{asked['id']}/check", json={"verdict": "confirmed"}, headers=headers
    )

    assert (checked.status_code, checked.json()["undoing"]) == (200, False)
    assert (await client.get("/api/v1/applications/to-check", headers=headers)).json()["items"] == []
