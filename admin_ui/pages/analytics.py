"""How well it does: the key metrics, each beside its target."""

from typing import Any

from litestar import Request, get
from litestar.response import Template

from admin_ui.door import opened, signed_in
from admin_ui.rendering import page
from core import review

PERIODS = ((7, "7 days"), (30, "30 days"), (90, "90 days"), (365, "a year"))


@get("/analytics", include_in_schema=False)
async def analytics(request: Request[Any, Any, Any]) -> Template:
    """Show the metrics of the last days."""
    given = request.query_params.get("days", "30")
    days = next((number for number, _ in PERIODS if str(number) == given), 30)
    found = await review.measure(opened(request), signed_in(request).actor, days)
    rows = [(one, shown(one.unit, one.value), shown(one.unit, one.before), target(one)) for one in found]
    people = await review.attention(opened(request), signed_in(request).actor, days)
    values: dict[str, Any] = {"rows": rows, "days": days, "periods": PERIODS, "people": people}
    return await page(request, "analytics/page.html", here="analytics", **values)


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
