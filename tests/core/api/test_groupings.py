"""Grouping over the API: why issues are one cause, and what becomes of them."""

from __future__ import annotations

from core.knowledge.signature import Signature
from core.store.tables import IssuePattern, PatternGrouping


async def test_a_pattern_says_why_its_issues_are_one_cause(client, ours):
    headers = ours.bearer("reviewer")

    found = (await client.get(f"/api/v1/patterns/{ours.ids['pattern_id']}/kin", headers=headers)).json()

    assert {"name": "shape", "text": "In each, the text is a whole number.", "matters": True} in found["reasons"]
    assert [one["says"] for one in found["groupings"]] == ["“Price without decimals” was merged into this one."]
    [similar] = found["similar"]
    assert (similar["distance"], similar["weighs"], similar["differs"]) == (0.0, 1.0, [])


async def test_a_split_is_previewed_made_and_taken_back(client, ours):
    headers, url = ours.bearer("admin"), f"/api/v1/patterns/{ours.ids['pattern_id']}"
    signature = Signature(channel="shopify", rule="price.decimals", field="price", shape="integer")
    known = IssuePattern.pattern_id == ours.ids["pattern_id"]
    await IssuePattern.update({IssuePattern.signature_hash: signature.hash()}).where(known)
    body = {"by": "value", "how": "starts", "value": "1", "reason": "tens"}
    before = await PatternGrouping.count()

    shown = (await client.post(f"{url}/split", json=body | {"preview": True}, headers=headers)).json()
    untouched = await PatternGrouping.count() == before
    made = (await client.post(f"{url}/split", json=body, headers=headers)).json()
    back = await client.post(f"/api/v1/groupings/{made['grouping_ids'][0]}/take-back", json={}, headers=headers)

    assert untouched
    assert shown["is_preview"]
    assert [side["part"] for side in shown["sides"]] == [None, "value starts 1"]
    assert shown["issues"] == made["issues"] == back.json()["issues"] > 0


async def test_what_cannot_be_grouped_is_told_in_words(client, ours):
    headers, url = ours.bearer("admin"), f"/api/v1/patterns/{ours.ids['pattern_id']}"

    itself = await client.post(f"{url}/merge", json={"pattern_ids": [ours.ids["pattern_id"].hex]}, headers=headers)
    nothing = await client.post(f"{url}/split", json={"by": "value"}, headers=headers)
    unknown = await client.post(f"{url}/split", json={"by": "weather"}, headers=headers)

    assert itself.json()["code"] == "itself"
    assert nothing.json()["code"] == "value_missing"
    assert unknown.status_code == 400
    assert await IssuePattern.count().where(IssuePattern.merged_into.is_not_null()) == 0
