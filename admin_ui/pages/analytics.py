"""How well it does: the key metrics, each beside its target."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from litestar import Request, get
from litestar.response import Template

from admin_ui.door import opened, signed_in
from admin_ui.rendering import page
from core import review
from core.store.listings import model_calls
from core.store.listings.model_calls import DaySpending

PERIODS = ((7, "7 days"), (30, "30 days"), (90, "90 days"), (365, "a year"))


@get("/analytics", include_in_schema=False)
async def analytics(request: Request[Any, Any, Any]) -> Template:
    """Show the metrics of the last days."""
    given = request.query_params.get("days", "30")
    days = next((number for number, _ in PERIODS if str(number) == given), 30)
    context, actor = opened(request), signed_in(request).actor
    found = await review.measure(context, actor, days)
    rows = [(one, shown(one.unit, one.value), shown(one.unit, one.before), target(one)) for one in found]
    since = (context.clock() - timedelta(days=days - 1)).date().isoformat()
    spent = await model_calls.spending(actor.merchant, since) if actor.is_admin else []
    values: dict[str, Any] = {"rows": rows, "days": days, "periods": PERIODS, "spent": spent, "totals": totals(spent)}
    return await page(request, "analytics/page.html", here="analytics", tuning=context.tuning.ai_monitoring, **values)


def totals(spent: list[DaySpending]) -> list[tuple[str, Decimal]]:
    """Add up the costs of days, by currency."""
    found: dict[str, Decimal] = {}
    for day in spent:
        if day.currency is not None and day.cost is not None:
            found[day.currency] = found.get(day.currency, Decimal(0)) + day.cost
    return sorted(found.items())


def shown(unit: str, value: float | None) -> str:
    """Write a value with its unit."""
    if value is None:
        return "–"
    if unit == "share":
        return f"{value * 100:.1f} %"
    if unit == "points":
        return f"{value * 100:+.1f} points"
    return _time(value) if unit == "seconds" else f"{value:,.{0 if value >= 100 else 1}f}"


def target(one: review.Measured) -> str:
    """Write a target with its unit."""
    if one.at_least is not None and one.at_most is not None:
        return f"{one.at_least:.0f} to {one.at_most:.0f}"
    if one.at_most is not None:
        return f"below {_time(one.at_most) if one.unit == 'seconds' else f'{one.at_most:.0f}'}"
    least = one.at_least or 0.0
    return f"above {least * 100:.0f} {'points' if one.unit == 'points' else '%'}"


def _time(seconds: float) -> str:
    for unit, size in (("d", 86_400), ("h", 3600), ("min", 60)):
        if seconds >= size:
            return f"{seconds / size:.1f}".removesuffix(".0") + f" {unit}"
    return f"{seconds:.0f} s"


HANDLERS = (analytics,)
