"""Binds a check across records to the field of a rule; what cannot be compared across records is refused."""

from __future__ import annotations

from typing import Any

from core.corrections import arguments
from core.model.records import RecordKind
from core.rules import conditions
from core.rules.checks.across import ACROSS
from core.rules.fields import known
from core.rules.pack import Test

PERSONAL = ("buyer", "shipping_address", "billing_address")


def bind_across(name: str, given: Any, kind: RecordKind, field: str, when: Any) -> Test:
    """Bind one check on `field`; ValueError with the reason where it does not fit, or would keep personal data."""
    check = ACROSS[name]
    try:
        bound = arguments.bind(check.function, given)
    except ValueError as error:
        raise ValueError(f"check {name}: {error}") from error
    named = [bound[it.name] for it in check.parameters if it.is_field and bound[it.name] is not None]
    for path in (field, *named):
        if known(kind, path)[0][0] in PERSONAL:
            raise ValueError(f"{path} is personal data, which is never compared across records")
    if name == "covers_orders" and (kind, field) != (RecordKind.STOCK, "quantity"):
        raise ValueError("covers_orders is a check on the quantity of stock")
    if name == "max_drop" and not 0 < bound["share"] < 1:
        raise ValueError("check max_drop: a share lies between 0 and 1")
    if name == "unique_across" and when is not None:
        for path in named:
            conditions.read(when, kind, path)
    return Test(field=field, check=name, arguments=bound)
