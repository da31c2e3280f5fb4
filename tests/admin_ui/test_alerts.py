"""Alerts."""

from __future__ import annotations

from datetime import UTC, datetime

from core.store.tables import Alert


async def test_no_alert_is_a_quiet_page(reviewer):
    page = await reviewer.get("/alerts")

    assert "All quiet" in page.text


async def test_open_alerts_are_listed_and_counted(reviewer, shop):
    now = datetime.now(UTC)
    await Alert.insert(
        Alert(merchant=shop.merchant, subject="a", severity="error", message="The key is refused.", created_at=now),
        Alert(merchant=shop.merchant, subject="b", severity="error", message="Done.", created_at=now, closed_at=now),
    )

    page = await reviewer.get("/alerts")

    assert "The key is refused." in page.text
    assert "Done." not in page.text
    assert 'aria-label="Alerts, 1 open"' in page.text
