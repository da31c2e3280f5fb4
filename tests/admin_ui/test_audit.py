"""The audit log as a page."""

from __future__ import annotations


async def test_what_was_done_is_listed_with_who_did_it(admin, shop):
    page = await admin.get("/audit")

    assert "Connection create" in page.text
    assert f"connection:{shop.connection}" in page.text
    assert "owner" in page.text


async def test_the_list_is_narrowed_to_one_thing(admin, shop):
    page = await admin.get(f"/audit?subject=connection:{shop.connection}")

    assert page.text.count("data-audit-id") == 1


async def test_a_neighbours_entries_are_not_listed(admin, neighbour):
    page = await admin.get("/audit")

    assert f"connection:{neighbour.connection}" not in page.text


async def test_reviewers_are_kept_out(reviewer):
    answer = await reviewer.get("/audit", headers={"accept": "text/html"})

    assert answer.status_code == 403
