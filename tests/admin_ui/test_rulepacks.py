"""Rulepacks: their rules, which version judges a connection, and what another one would mean before it does."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from core import connections as connecting
from core.rules.folders import PackFolder
from core.rules.packs import Library
from core.store import connections
from core.store.tables import AuditEntry, Connection, Issue, Record

ROOT = Path(__file__).resolve().parents[2]
PAYLOADS: list[str] = json.loads((Path(__file__).parent / "hostile.json").read_text("utf-8"))
NEXT = """rulepack: woocommerce
version: 2099.12
title: WooCommerce
extends: woocommerce@{newest}
without: [currency.code]
rules:
  - id: title.short
    title: Title shorter than a line
    kind: product
    category: marketplace_rule
    severity: error
    field: title
    check: {{min_length: 20}}
    message: "The title has {{actual}} characters, less than {{limit}}."
    source: {source}
    cases: [{{pass: {{title: "Enamel kettle 2 litres"}}}}, {{fail: {{title: Kettle}}}}]
"""
NEVER = "2099.12"


@pytest.fixture
def library(tmp_path: Path) -> Library:
    """Return the project's packs, and a version of WooCommerce's that nobody has seen yet."""
    newest = Library.open([ROOT / "rulepacks"]).versions("woocommerce")[0]
    file = tmp_path / "packs/woocommerce/2099.12.yaml"
    file.parent.mkdir(parents=True)
    file.write_text(NEXT.format(newest=newest, source=json.dumps(f"Made for this test {PAYLOADS[0]}")), "utf-8")
    return Library.open([ROOT / "rulepacks", tmp_path / "packs"])


@pytest.fixture
def older(library: Library) -> str:
    """Return the version before the newest."""
    return library.versions("woocommerce")[1]


@pytest.fixture
async def pinned(shop, context, older):
    """Return the shop, pinned to the version before the newest."""
    await connecting.update(context, shop.owner, shop.connection, rulepack=older)
    context.queue.asked.clear()
    return shop


def numbers(page: str) -> list[str]:
    """Return how many newly fail and newly pass."""
    return re.findall(r'<strong class="number">([\d,]+)</strong>', page)


async def test_packs_are_listed_with_their_rules_and_who_is_judged_by_them(reviewer, pinned, library):
    page = await reviewer.get("/rulepacks")

    assert 'data-channel="woocommerce"' in page.text
    assert 'href="/rulepacks/woocommerce/2099.12"' in page.text
    assert f">{len(library.pack('woocommerce').rules)}</td>" in page.text
    assert "1 connection pinned to an older version" in page.text
    assert "2099.12 is newer" in page.text


async def test_a_pack_shows_its_rules_and_finds_them(reviewer, library):
    everything = await reviewer.get("/rulepacks/woocommerce/2099.12")
    found = await reviewer.get("/rulepacks/woocommerce/2099.12?text=shorter+than&severity=error&kind=product")
    none = await reviewer.get("/rulepacks/woocommerce/2099.12?text=no+such+words")
    shown = re.findall(r'<tr data-rule="([^"]+)"', everything.text)

    assert shown == [rule.id for rule in library.pack("woocommerce").rules][: len(shown)]
    assert re.findall(r'<tr data-rule="([^"]+)"', found.text) == ["title.short"]
    assert "No such rule" in none.text


async def test_a_pack_is_paged_by_its_rules(reviewer, library):
    rules = [rule.id for rule in library.pack("woocommerce").rules]
    path, seen = "/rulepacks/woocommerce/2099.12", []
    while path:
        page = (await reviewer.get(path)).text
        seen += re.findall(r'<tr data-rule="([^"]+)"', page)
        following = re.search(r'href="([^"]+)" rel="next"', page)
        path = following[1].replace("&amp;", "&") if following else None

    assert seen == rules


async def test_a_rule_says_what_it_asks_why_and_what_proves_it(reviewer, older):
    page = await reviewer.get("/rulepacks/woocommerce/2099.12/title.short")

    assert "title: min_length (limit 20)" in page.text
    assert "The title has {actual} characters, less than {limit}." in page.text
    assert "fails: {&#34;title&#34;:&#34;Kettle&#34;}" in page.text
    assert "has no such rule" in page.text
    assert "<script>alert" not in page.text


@pytest.mark.parametrize(
    "path", ["/rulepacks/gone", "/rulepacks/woocommerce/1999.01", "/rulepacks/woocommerce/2099.12/no.rule"]
)
async def test_what_is_not_there_is_not_found(reviewer, path):
    answer = await reviewer.get(path, headers={"accept": "text/html"})

    assert answer.status_code == 404


async def test_a_preview_counts_who_newly_fails_and_passes_on_the_merchants_own_records(admin, pinned, products):
    await pinned.keep(*products([{"title": "Kettle"}, {"currency": "XQX"}, {"title": "Pan", "currency": "XQX"}, {}]))

    page = await admin.get(f"/connections/{pinned.connection}/rulepack?version=newest")

    assert numbers(page.text) == ["1", "1"]
    assert "Of 4 live records." in page.text
    assert re.search(r'data-rule="title.short".*?Added.*?<span class="red">2</span>', page.text, re.DOTALL)
    assert re.search(r'data-rule="currency.code".*?Removed.*?<span class="green">2</span>', page.text, re.DOTALL)
    assert "The title has 6 characters, less than 20." in page.text
    assert "KTL-0001" in page.text
    assert (await connections.get(pinned.connection)).rulepack is not None


async def test_nothing_changes_before_somebody_activates_and_then_only_what_differs(
    admin, pinned, products, context, older
):
    await pinned.keep(*products([{"title": "Kettle"}, {"currency": "XQX"}]))
    before = await Issue.count().where(Issue.closed_at.is_null())
    await admin.get(f"/connections/{pinned.connection}/rulepack?version={NEVER}")
    untouched = await Issue.count().where(Issue.closed_at.is_null())

    answer = await admin.send_form(f"/connections/{pinned.connection}/rulepack", version=NEVER)
    await context.queue.run(context, "validate_connection")

    opened = await Issue.select(Issue.rule, Issue.pack).where(Issue.closed_at.is_null())
    assert before == untouched
    assert answer.headers["location"] == f"/connections/{pinned.connection}/rulepack"
    assert "title.short" in {row["rule"] for row in opened}
    assert "currency.code" not in {row["rule"] for row in opened}
    assert {row["pack"] for row in opened} == {"woocommerce@2099.12"}
    assert {row["checked_with"] for row in await Record.select(Record.checked_with)} == {
        context.library.pack("woocommerce").stamp
    }


async def test_the_version_before_is_offered_and_brings_back_what_was(admin, pinned, products, context, older):
    await pinned.keep(*products([{"currency": "XQX"}]))
    await admin.send_form(f"/connections/{pinned.connection}/rulepack", version="newest")
    await context.queue.run(context, "validate_connection")

    offer = await admin.get(f"/connections/{pinned.connection}/rulepack")
    preview = await admin.get(f"/connections/{pinned.connection}/rulepack?version={older}")
    await admin.send_form(f"/connections/{pinned.connection}/rulepack", version=older)
    await context.queue.run(context, "validate_connection")

    row = await connections.get(pinned.connection)
    assert f'href="?version={older}"' in offer.text
    assert f"Roll back to {older}" in preview.text
    assert numbers(preview.text) == ["1", "0"]
    assert (row.rulepack, row.rulepack_used, row.rulepack_before) == (older, older, NEVER)
    assert await Issue.exists().where((Issue.rule == "currency.code") & Issue.closed_at.is_null())
    assert await AuditEntry.count().where(AuditEntry.action == "connection.change") == 3


async def test_a_large_catalogue_is_looked_at_in_part_and_says_so(admin, pinned, products, monkeypatch):
    await pinned.keep(*products([{"title": "Pan"}] * 5))
    monkeypatch.setattr("admin_ui.pages.rulepacks.LOOKED_AT", 3)

    part = await admin.get(f"/connections/{pinned.connection}/rulepack?version=newest")
    whole = await admin.get(f"/connections/{pinned.connection}/rulepack?version=newest&all=1")

    assert numbers(part.text) == ["3", "0"]
    assert "Of the first 3 of 5 records." in part.text
    assert numbers(whole.text) == ["5", "0"]


async def test_a_reviewer_looks_and_may_not_activate(reviewer, pinned, products, older):
    await pinned.keep(*products([{"title": "Pan"}]))
    page = await reviewer.get(f"/connections/{pinned.connection}/rulepack?version=newest")

    answer = await reviewer.send_form(f"/connections/{pinned.connection}/rulepack", version="newest")

    assert numbers(page.text) == ["1", "0"]
    assert "Only an admin may activate a version." in page.text
    assert answer.status_code == 403
    assert (await connections.get(pinned.connection)).rulepack == older


@pytest.mark.parametrize("version", ["1999.01", "<b>", "../2099.12"])
async def test_a_version_that_is_not_there_is_not_found_and_changes_nothing(admin, pinned, older, version):
    looked = await admin.get(f"/connections/{pinned.connection}/rulepack", params={"version": version})
    sent = await admin.send_form(f"/connections/{pinned.connection}/rulepack", version=version)

    assert (looked.status_code, sent.status_code) == (404, 404)
    assert (await connections.get(pinned.connection)).rulepack == older


async def test_a_pinned_version_that_went_away_is_told_and_can_be_left(admin, shop):
    await Connection.update({Connection.rulepack: "2020.01"}).where(Connection.id == shop.connection)

    listed = await admin.get("/rulepacks")
    page = await admin.get(f"/connections/{shop.connection}/rulepack?version=newest")
    await admin.send_form(f"/connections/{shop.connection}/rulepack", version="newest")

    assert "2020.01 is not here" in listed.text
    assert "Activate 2099.12" in page.text
    assert (await connections.get(shop.connection)).rulepack is None


async def test_a_channel_without_a_pack_has_nothing_to_choose(admin, shop):
    await Connection.update({Connection.channel: "acme"}).where(Connection.id == shop.connection)

    page = await admin.get(f"/connections/{shop.connection}/rulepack")

    assert "no rulepack of its own" in page.text
    assert "common@" in page.text


async def test_hostile_records_and_names_stay_text_in_a_preview(admin, pinned, products):
    await pinned.keep(*products([{"title": payload[:19], "sku": payload} for payload in PAYLOADS]))
    await Connection.update({Connection.name: PAYLOADS[0]}).where(Connection.id == pinned.connection)

    pages = [
        await admin.get(path) for path in ("/rulepacks", f"/connections/{pinned.connection}/rulepack?version=newest")
    ]

    assert int(numbers(pages[1].text)[0]) > 3
    for page in pages:
        assert page.text.count("<script") == 1
        assert not re.search(r"<(img|iframe|object|embed|base|math|style)\b", page.text)


async def test_packs_that_are_not_used_are_told(admin, library, tmp_path):
    gone = PackFolder(tmp_path / "gone", "acme_plugin of acme 1.0 <b>")
    library._opened = Library.open([ROOT / "rulepacks", gone])._opened
    library.trouble = "/packs/woocommerce/2099.12.yaml:7: rule title.short: unknown check 'shortest'"

    page = await admin.get("/rulepacks")

    assert "The rulepacks of acme_plugin of acme 1.0 &lt;b&gt; are not used." in page.text
    assert "unknown check &#39;shortest&#39; The rules stay as they were until it is mended." in page.text
