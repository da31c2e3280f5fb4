"""The document's key metrics, counted by hand on a few rows, in both databases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from core.store.metrics import metrics

START = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
SINCE, UNTIL = START - timedelta(days=1), START + timedelta(days=13)


def by_name(found):
    return {one.name: one for one in found}


@pytest.fixture
async def written(shop):
    """Write two weeks of one merchant, and return its id."""
    merchant = await shop.merchant()
    connection = await shop.connection(merchant)
    for records, issues in ((300, 90), (90, 10), (10, 0)):
        await shop.synced(connection, records=records, issues=issues)
    pattern = await shop.pattern(merchant)
    await shop.rule(pattern)
    record = await shop.record(merchant, connection)
    for number, resolution in enumerate(("auto_corrected", "auto_corrected", "approved", "rule_changed")):
        await shop.issue(
            merchant, connection, record, pattern, field=f"f{number}", state="resolved", resolution=resolution,
            closed_at=START,
        )  # fmt: skip
    await shop.decision(0, pattern, confidence_score=0.5, decided_at=SINCE - timedelta(days=9))
    for minutes, confidence in ((4, 0.6), (8, 0.7)):
        issue = await shop.issue(merchant, connection, record, pattern, field=f"g{minutes}", opened_at=START)
        decided_at = START + timedelta(minutes=minutes)
        await shop.decision(issue, pattern, confidence_score=confidence, decided_at=decided_at)
        await shop.decision(issue, pattern, confidence_score=confidence, decided_at=decided_at + timedelta(hours=9))
    for state in ("verified", "verified", "verified", "undone", "pending"):
        await shop.application(merchant, connection, record, issue, pattern, state=state)
    return merchant


async def test_each_metric_is_what_one_counts_by_hand(written):
    found = by_name(await metrics(written, SINCE, UNTIL))

    assert found["issue_detection_rate"].value == 250
    assert found["auto_correction_rate"].value == 0.5
    assert found["human_review_time"].value == pytest.approx(360, abs=0.01)
    assert found["correction_accuracy"].value == 0.75
    assert found["knowledge_base_growth"].value == 0.5
    assert found["confidence_improvement"].value == pytest.approx(0.2 * 30 / 14)


async def test_each_stands_beside_its_target(written):
    found = by_name(await metrics(written, SINCE, UNTIL))

    assert {name: one.meets for name, one in found.items()} == {
        "issue_detection_rate": False,
        "auto_correction_rate": False,
        "human_review_time": False,
        "correction_accuracy": False,
        "knowledge_base_growth": False,
        "confidence_improvement": True,
    }


@pytest.mark.parametrize("foreign", [True, False])
async def test_another_merchant_or_another_time_has_nothing_to_count(shop, written, foreign):
    scope = await shop.merchant("Birch & Wren") if foreign else written
    since, until = (SINCE, UNTIL) if foreign else (UNTIL, UNTIL + timedelta(days=7))

    found = await metrics(scope, since, until)

    assert [one.basis for one in found] == [0] * 6
    assert [one.value for one in found if one.name != "knowledge_base_growth"] == [None] * 5
