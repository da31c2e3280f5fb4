"""What the routes do: look, decide, undo, tune, connect, check records, make tokens."""

from __future__ import annotations

import pytest

from core.model.requirements import Requirement, RequirementSet, Skipped
from core.store import requirements


@pytest.fixture
def headers(ours):
    """Return our admin's header."""
    return ours.bearer("admin")


async def test_an_issue_is_listed_looked_at_approved_and_gone(client, ours, headers, queue):
    issue = ours.ids["issue_id"]
    listed = (await client.get("/api/v1/issues", headers=headers)).json()
    seen = (await client.get(f"/api/v1/issues/{issue}", headers=headers)).json()
    body = {"suggestion_id": seen["suggestions"][0]["id"]}

    decided = await client.post(f"/api/v1/issues/{issue}/approve", json=body, headers=headers)

    assert [item["issue_id"] for item in listed["items"]] == [issue]
    assert listed["total"] == 1
    assert decided.status_code == 200
    assert decided.json()["verdict"] == "approved"
    assert (await client.get("/api/v1/issues", headers=headers)).json()["items"] == []
    again = await client.post(f"/api/v1/issues/{issue}/approve", json=body, headers=headers)
    assert (again.status_code, again.json()["code"]) == (409, "already_decided")


async def test_a_rejection_keeps_its_reason(client, ours, headers):
    url = f"/api/v1/issues/{ours.ids['issue_id']}/reject"

    decided = await client.post(url, json={"reason": "It is sold by weight."}, headers=headers)

    kept = (await client.get("/api/v1/decisions", headers=headers)).json()["items"][0]
    assert decided.json()["verdict"] == "rejected"
    assert kept["reason"] == "It is sold by weight."
    undone = await client.post(f"/api/v1/decisions/{kept['decision_id']}/undo", headers=headers)
    assert undone.status_code == 204
    assert (await client.get("/api/v1/issues", headers=headers)).json()["total"] == 1


async def test_a_preview_changes_nothing(client, ours, headers):
    url = f"/api/v1/issues/{ours.ids['issue_id']}"

    shown = await client.post(f"{url}/preview", json={"value": "10.00"}, headers=headers)

    assert shown.status_code == 200
    assert shown.json()["changes"] == [{"field": "price", "before": "10", "after": "10.00"}]
    assert (await client.get(url, headers=headers)).json()["issue"]["state"] == "open"


async def test_pages_follow_each_other(client, shop, ours, headers):
    names = ("merchant", "connection_id", "record_id", "pattern_id")
    values = [ours.merchant if name == "merchant" else ours.ids[name] for name in names]
    for number in range(4):
        await shop.issue(*values, field=f"f{number}")

    first = (await client.get("/api/v1/issues?limit=3", headers=headers)).json()
    rest = (await client.get("/api/v1/issues", params={"limit": 3, "after": first["next"]}, headers=headers)).json()

    seen = [item["issue_id"] for item in first["items"] + rest["items"]]
    assert len(set(seen)) == 5
    assert rest["next"] is None


async def test_a_frozen_list_is_approved_as_it_stood(client, ours, headers):
    url = f"/api/v1/patterns/{ours.ids['pattern_id']}"
    frozen = (await client.post(f"{url}/freeze", headers=headers)).json()
    wrong = {"issue_ids": frozen["issue_ids"], "digest": "0" * 64}
    right = {"issue_ids": frozen["issue_ids"], "digest": frozen["digest"]}

    refused = await client.post(f"{url}/approve", json=wrong, headers=headers)
    approved = await client.post(f"{url}/approve", json=right, headers=headers)

    assert frozen["issue_ids"] == [ours.ids["issue_id"]]
    assert (refused.status_code, refused.json()["code"]) == (409, "list_changed")
    assert [one["issue_id"] for one in approved.json()] == frozen["issue_ids"]


async def test_a_threshold_and_a_rule_are_set_and_seen(client, ours, headers):
    url = f"/api/v1/patterns/{ours.ids['pattern_id']}"

    set_to = await client.put(f"{url}/threshold", json={"threshold": 0.95}, headers=headers)
    off = await client.put(
        f"/api/v1/auto-rules/{ours.ids['auto_rule_id']}/active", json={"is_active": False}, headers=headers
    )

    rule = (await client.get(url, headers=headers)).json()["rules"][0]
    assert (set_to.status_code, off.status_code) == (204, 204)
    assert (rule["threshold"], rule["is_active"]) == (0.95, False)
    beyond = await client.put(f"{url}/threshold", json={"threshold": 1.5}, headers=headers)
    assert (beyond.status_code, beyond.json()["code"]) == (400, "malformed")


async def test_a_connection_is_made_changed_and_never_tells_its_secrets(client, ours, headers):
    form = (await client.get("/api/v1/channels/woocommerce", headers=headers)).json()["settings"]
    settings = {
        "store_url": "https://alder-finch.example",
        "consumer_key": f"ck_{'1' * 40}",
        "consumer_secret": f"cs_{'2' * 40}",
    }
    body = {"channel": "woocommerce", "name": "shop", "settings": settings}

    made = await client.post("/api/v1/connections", json=body, headers=headers)

    url = f"/api/v1/connections/{made.json().get('id')}"
    changed = await client.patch(url, json={"mode": "observe", "name": "outlet"}, headers=headers)
    shown = await client.get(f"{url}/settings", headers=headers)
    assert made.status_code == 201, made.text
    assert {"consumer_key", "consumer_secret"} <= {field["name"] for field in form if field["secret"]}
    assert (changed.json()["mode"], changed.json()["name"]) == ("observe", "outlet")
    assert shown.json()["consumer_secret"] is True
    assert "cs_222" not in made.text + changed.text + shown.text


async def test_a_connection_that_makes_no_sense_is_refused(client, ours, theirs, headers):
    body = {"channel": "woocommerce", "name": "shop", "settings": {"what": "?"}}

    unknown = await client.post("/api/v1/connections", json=body, headers=headers)
    nowhere = await client.post("/api/v1/connections", json=body | {"channel": "nowhere"}, headers=headers)
    foreign = await client.post("/api/v1/connections", json=body | {"merchant": theirs.merchant}, headers=headers)

    assert (unknown.status_code, unknown.json()["where"]) == (400, "what")
    assert nowhere.status_code == 404
    assert foreign.status_code == 404


async def test_a_pull_is_asked_for(client, ours, headers, queue):
    answer = await client.post(f"/api/v1/connections/{ours.ids['connection_id']}/sync", headers=headers)

    assert answer.status_code == 202
    assert ("sync_connection", (ours.ids["connection_id"],)) in queue.asked


async def test_records_are_checked_and_not_kept(client, ours, headers):
    records = [{"sku": "KTL-1", "title": ""}, {"sku": "KTL-2", "title": "", "price": "ten"}]
    before = (await client.get("/api/v1/records", headers=headers)).json()

    answer = await client.post("/api/v1/validate", json={"channel": "shopify", "records": records}, headers=headers)

    found = answer.json()
    assert answer.status_code == 200
    assert found["checked"] == 2
    assert found["pack"].startswith("shopify@")
    assert {(issue["index"], issue["record"]) for issue in found["issues"]} == {(0, "KTL-1"), (1, "KTL-2")}
    assert all(issue["message"] and issue["rule"] for issue in found["issues"])
    assert (await client.get("/api/v1/records", headers=headers)).json() == before


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"channel": "shopify", "records": []}, 400),
        ({"channel": "shopify", "records": [{}] * 1001}, 400),
        ({"channel": "shopify", "records": ["text"]}, 400),
        ({"channel": "shopify", "records": [{}], "version": "1999.1"}, 404),
        ({"channel": "shopify", "records": [{}], "kind": "cat"}, 400),
    ],
)
async def test_what_cannot_be_checked_is_said(client, ours, headers, body, status):
    answer = await client.post("/api/v1/validate", json=body, headers=headers)

    assert answer.status_code == status


async def test_a_token_is_made_shown_once_used_and_revoked(client, ours, headers):
    made = await client.post("/api/v1/tokens", json={"label": "export", "days": 1}, headers=headers)
    own = {"Authorization": f"Bearer {made.json()['token']}"}

    me = await client.get("/api/v1/me", headers=own)
    listed = (await client.get("/api/v1/tokens", headers=own)).json()
    newest = next(item for item in listed if item["label"] == "export")
    revoked = await client.delete(f"/api/v1/tokens/{newest['id']}", headers=own)

    assert me.json()["role"] == "admin"
    assert made.json()["token"] not in str(listed)
    assert newest["expires_at"] is not None
    assert revoked.status_code == 204
    assert (await client.get("/api/v1/me", headers=own)).status_code == 401


@pytest.mark.parametrize("path", ["/api/v1/issues?text=%00", "/api/v1/issues?channel=%00", "/api/v1/audit?by=%00"])
async def test_a_nul_in_a_filter_finds_nothing(client, ours, path):
    answer = await client.get(path, headers=ours.bearer("admin"))

    assert answer.status_code == 200
    assert answer.json()["items"] == []


async def test_issues_are_told_in_the_language_asked_for_where_they_are_translated(client, ours, headers):
    body = {"channel": "shopify", "records": [{"title": ""}]}

    told = await client.post("/api/v1/validate?language=fr", json=body, headers=headers)
    wrong = await client.post("/api/v1/validate?language=xx", json=body, headers=headers)

    assert told.status_code == 200
    assert (wrong.status_code, wrong.json()["where"]) == (400, "query.language")


async def test_rulepacks_are_listed_and_looked_at(client, ours, headers, library):
    listed = (await client.get("/api/v1/rulepacks", headers=headers)).json()
    seen = (await client.get("/api/v1/rulepacks/shopify", headers=headers)).json()
    gone = await client.get("/api/v1/rulepacks/shopify?version=1999.01", headers=headers)

    pack = library.pack("shopify")
    assert [f"{one['channel']}@{one['version']}" for one in listed] == [one.name for one in library]
    assert [one["rule"] for one in seen["rules"]] == [rule.id for rule in pack.rules]
    assert sum(seen["pack"]["categories"].values()) == len(pack.rules)
    assert gone.status_code == 404


async def test_a_version_is_looked_at_on_ones_own_records_and_then_activated(client, shop, ours, headers, library):
    at = f"/api/v1/connections/{ours.ids['connection_id']}"
    newest = library.versions("shopify")[0]
    before = (await client.get(f"{at}/rulepack", headers=headers)).json()

    seen = (await client.get(f"{at}/rulepack/preview?version={newest}", headers=headers)).json()
    changed = await client.patch(at, json={"rulepack": newest}, headers=headers)

    after = (await client.get(f"{at}/rulepack", headers=headers)).json()
    assert (before["pinned"], before["in_force"], before["newest"]) == (None, newest, newest)
    assert (seen["records"], seen["newly_fail"], seen["newly_pass"], seen["rules"]) == (1, 0, 0, [])
    assert changed.status_code == 200
    assert (after["pinned"], after["in_force"]) == (newest, newest)
    gone = await client.get(f"{at}/rulepack/preview?version=1999.01", headers=headers)
    assert gone.status_code == 404


async def test_what_a_platform_publishes_is_shown_and_asked_for(client, ours, theirs, headers, queue, context):
    connection = ours.ids["connection_id"]
    asked = Requirement(label="Colour", field="attributes.colour", check="required", source="the shop's API")
    given = RequirementSet(name="products", requirements=(asked,), skipped=(Skipped("mood", "Riddles are not rules."),))
    await requirements.keep(connection, given, context.clock())
    await requirements.close_round(connection, {"products"}, context.clock())

    shown = await client.get(f"/api/v1/connections/{connection}/requirements", headers=headers)
    foreign = await client.get(f"/api/v1/connections/{theirs.ids['connection_id']}/requirements", headers=headers)
    refused = await client.post(f"/api/v1/connections/{connection}/requirements", headers=headers)

    assert shown.json()["edition"].startswith("shopify@")
    assert [(one["rule"], one["what"]) for one in shown.json()["rules"]] == [
        ("requirements.all.colour.required", "attributes.colour: required")
    ]
    assert shown.json()["sets"][0]["skipped"] == [{"what": "mood", "reason": "Riddles are not rules."}]
    assert foreign.status_code == 404
    assert (refused.status_code, refused.json()["code"]) == (409, "no_requirements")


async def test_other_numbers_are_tried_on_the_past_and_nothing_changes(client, ours, theirs, headers):
    tried = await client.get("/api/v1/patterns/backtest?threshold=0.5&gate=documented&days=365", headers=headers)
    foreign = await client.get(f"/api/v1/patterns/backtest?pattern={theirs.ids['pattern_id']}", headers=headers)
    wrong = await client.get("/api/v1/patterns/backtest?threshold=2", headers=headers)

    assert tried.status_code == 200
    assert tried.json()["channels"][0]["channel"] == "shopify"
    assert tried.json()["trial"]["moments"] == 2
    assert (foreign.status_code, wrong.status_code) == (404, 400)


async def test_a_program_is_tried_on_the_past_and_one_of_two_is_named(client, ours, theirs, headers):
    program = [{"decimal_places": {"places": 2}}]
    url = "/api/v1/patterns/backtest"

    tried = await client.post(url, json={"program": program, "days": 365}, headers=headers)
    rule = str(ours.ids["auto_rule_id"])
    chosen = await client.post(url, json={"auto_rule": rule, "min_reviewers": 2}, headers=headers)
    foreign = await client.post(url, json={"auto_rule": str(theirs.ids["auto_rule_id"])}, headers=headers)
    neither = await client.post(url, json={}, headers=headers)
    unknown = await client.post(url, json={"program": [{"no_such_step": {}}]}, headers=headers)

    assert tried.json()["sentence"] == "Write the number with 2 decimals."
    assert tried.json()["produced"]["not_known"] == 1
    assert (tried.status_code, chosen.status_code) == (200, 200)
    assert (foreign.status_code, neither.status_code, unknown.status_code) == (404, 409, 409)


async def test_shared_corrections_are_received_by_those_who_say_so(client, ours, theirs, headers):
    foreign = f"/api/v1/shared-corrections?merchant={theirs.merchant}"
    before = (await client.get("/api/v1/shared-corrections", headers=headers)).json()
    put = await client.put("/api/v1/shared-corrections", json={"receives": True}, headers=headers)
    shared = await client.post(f"/api/v1/patterns/{ours.ids['pattern_id']}/share", headers=headers)
    back = await client.delete(f"/api/v1/patterns/{ours.ids['pattern_id']}/share", headers=headers)

    assert (await client.get(foreign, headers=headers)).status_code == 404
    assert (await client.put(foreign, json={"receives": True}, headers=headers)).status_code == 404
    assert (before["receives"], put.status_code) == (False, 204)
    assert (await client.get("/api/v1/shared-corrections", headers=headers)).json()["receives"] is True
    assert (shared.json(), back.status_code) == ({"shared": 1, "left_out": 0}, 204)
