"""Records: the list and one of them."""

from __future__ import annotations

import re

import pytest


@pytest.fixture
async def records(shop, products):
    """Keep a record that violates a rule and one that does not."""
    return await shop.keep(*products([{"price": "10"}, {}]))


async def test_records_are_listed_with_their_open_issues(reviewer, records):
    page = await reviewer.get("/records?with_issues=true")

    assert page.text.count('href="/records/') == 1
    assert "Enamel kettle 1 litres" in page.text


async def test_a_record_shows_its_fields_its_issues_and_what_the_channel_sent(reviewer, records):
    address = re.search(r'href="(/records/\d+)"', (await reviewer.get("/records?with_issues=true")).text)[1]

    page = await reviewer.get(address)

    assert "is not written with 2 decimals" in page.text
    assert "What the channel sent" in page.text
    assert "4006380000018" in page.text


async def test_an_unknown_record_is_not_found(reviewer):
    page = await reviewer.get("/records/4711", headers={"accept": "text/html"})

    assert page.status_code == 404
    assert "There is nothing here" in page.text
