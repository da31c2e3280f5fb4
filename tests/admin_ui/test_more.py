"""The phone's list of places, and what each role may see."""

from __future__ import annotations

import re


async def test_a_reviewer_sees_no_place_that_is_not_theirs(reviewer):
    page = await reviewer.get("/more")

    assert 'href="/review"' in page.text
    assert 'href="/connections"' not in page.text


async def test_every_place_leads_somewhere(admin):
    page = await admin.get("/more")
    paths = set(re.findall(r'<a class="place" href="([^"]+)"', page.text))

    answers = {path: (await admin.get(path)).status_code for path in paths}

    assert len(paths) >= 7
    assert set(answers.values()) == {200}
