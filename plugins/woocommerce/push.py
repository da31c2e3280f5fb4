"""Write changed product fields to the store, read back, and say so where something else was stored.

WooCommerce answers 200 and stores what it likes, so everything sent is compared with what is there afterwards.
"""

from __future__ import annotations

import html
import re
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

import msgspec

from marketwright import Conflict, Connection, Push, Pushed, Record, Rejected, RetryLater, SourceRecord
from plugins.woocommerce import faults, paths, wire
from plugins.woocommerce.account import ready_store
from plugins.woocommerce.changes import product_body, unsupported, variant_body
from plugins.woocommerce.client import Store
from plugins.woocommerce.product_record import VARIATIONS
from plugins.woocommerce.products import fetch
from plugins.woocommerce.wire import Fault, Item, Json, Product, objects

_BATCH = 20
_VARIANT = re.compile(r"variants\.(\d+)\.(.+)")


@dataclass(frozen=True)
class Plan:
    """What is to be written: the product as it is now, its body, and by place in `variants` the id and body of each."""

    now: SourceRecord
    body: Json
    variations: dict[int, tuple[int, Json]]


async def push(connection: Connection, wanted: Push) -> Pushed:
    """Change the fields wanted, in the product and its variations, and return what the store holds afterwards.

    What already is as wanted is not written. Raise `Conflict` where a field was edited since it was read,
    `Rejected` with the field where the store refuses it or stores something else.
    """
    store = await ready_store(connection)
    plan = await plan_of(store, wanted)
    if not (plan.body or plan.variations):
        return Pushed(record=plan.now)
    if plan.body:
        await _put(store, f"/products/{plan.now.external_id}", plan.body, "")
    await _write_variations(store, plan.now, plan.variations)
    after = await fetch(store, wanted.external_id)
    check_stored(plan.body, after.raw)
    held = {it["id"]: it for it in after.raw.get(VARIATIONS, [])}
    for number, (identity, sent) in plan.variations.items():
        check_stored(sent, held.get(identity, {}), f"variants.{number}.")
    return Pushed(record=after)


async def plan_of(store: Store, wanted: Push) -> Plan:
    """Read a product and return what has to be written of the changes; nothing where it is all there already."""
    now = await fetch(store, wanted.external_id)
    if now.deleted:
        raise Rejected("The product is in the store's trash.", code="in_trash")
    values = _to_write(wanted, now.record)
    if not values:
        return Plan(now, {}, {})
    return Plan(now, *await _bodies(store, paths.changed(now.record, values), values, now))


def _to_write(wanted: Push, now: Record) -> dict[str, Any]:
    """Return the values to write by path in the present record; those that are there already are left out."""
    values: dict[str, Any] = {}
    for change in wanted.changes:
        path = paths.translated(change.field, wanted.record, now)
        held = paths.get(now, path)
        if _same(held, change.after):
            continue
        if not _same(held, change.before):
            raise Conflict(
                f"{change.field} was edited in the store since it was read.",
                versions={"before": change.before, "after": change.after, "now": held},
            )
        values[path] = change.after
    return values


async def _bodies(
    store: Store, target: Record, values: dict[str, Any], now: SourceRecord
) -> tuple[Json, dict[int, tuple[int, Json]]]:
    """Return the product's body, and by place in `variants` each changed variation's id and body."""
    variants: dict[int, list[str]] = defaultdict(list)
    own: list[str] = []
    for path in values:
        found = _VARIANT.fullmatch(path)
        if found is not None:
            variants[int(found[1])].append(found[2])
        elif path.partition(".")[0] in {"variants", "options"}:
            raise unsupported(path)
        else:
            own.append(path)
    body = await product_body(store, target, own, now.raw, wire.read(now.raw, Product))
    raws = {str(it["id"]): it for it in now.raw.get(VARIATIONS, [])}
    unit = store.settings.weight_unit
    written: dict[int, tuple[int, Json]] = {}
    for number, names in variants.items():
        variant = target["variants"][number]
        raw = raws[variant["external_id"]]
        sent = variant_body(variant, names, raw, wire.read(raw, Item), unit, f"variants.{number}")
        written[number] = (raw["id"], sent)
    return body, written


async def _put(store: Store, path: str, body: Json, prefix: str) -> None:
    try:
        await store.put(path, body)
    except Rejected as error:
        raise _placed(error, prefix) from error


async def _write_variations(store: Store, now: SourceRecord, bodies: dict[int, tuple[int, Json]]) -> None:
    """Write variations: one by itself, several in batches whose items are refused one by one."""
    path = f"/products/{now.external_id}/variations"
    if len(bodies) == 1:
        number, (identity, body) = next(iter(bodies.items()))
        await _put(store, f"{path}/{identity}", body, f"variants.{number}.")
        return
    numbers = list(bodies)
    for start in range(0, len(numbers), _BATCH):
        part = {bodies[it][0]: it for it in numbers[start : start + _BATCH]}
        update = [{"id": identity, **bodies[number][1]} for identity, number in part.items()]
        answer = await store.post(f"{path}/batch", {"update": update}, repeatable=True)
        for item in objects(answer.get("update")):
            if "error" not in item:
                continue
            error = faults.of_item(msgspec.convert(item["error"], Fault, strict=False), 400)
            if isinstance(error, Rejected) and item.get("id") in part:
                raise _placed(error, f"variants.{part[item['id']]}.")
            raise RetryLater("A variation was deleted meanwhile.", code="changed_meanwhile")


def _placed(error: Rejected, prefix: str) -> Rejected:
    """Return the refusal with its field as the path in this record."""
    field = error.field if error.field is None else f"{prefix}{error.field}"
    return Rejected(error.message, code=error.code, field=field, detail=error.detail)


def check_stored(sent: Json, held: Json, prefix: str = "") -> None:
    """Raise `Rejected` with the field unless the store holds everything that was sent."""
    for name, value in sent.items():
        if not _kept(name, value, held.get(name)):
            field = f"{prefix}{faults.CANONICAL.get(name, name)}"
            raise Rejected(
                f"The store took {field} but stored something else.",
                code="not_stored",
                field=field,
                detail={"sent": value, "stored": held.get(name)},
            )


def _kept(name: str, sent: Any, held: Any) -> bool:
    """Say whether the store holds what was sent, as far as the kind of field can."""
    if name == "name":
        return _same(held, sent.strip())  # WordPress trims every title that it saves
    compare = _COMPARISONS.get(name, _same)
    return compare(held, sent)


def _same_terms(held: Any, sent: Any) -> bool:
    return {it["id"] for it in sent} == {it.get("id") for it in held or []}


def _same_categories(held: Any, sent: Any) -> bool:
    return not sent or _same_terms(held, sent)  # a product without a category gets the store's default one


def _same_images(held: Any, sent: Any) -> bool:
    """Compare images by id and text; one sent by address now has the store's own address."""
    return len(sent) == len(held or []) and all(
        ("id" not in new or new["id"] == old.get("id")) and ("alt" not in new or _same(old.get("alt"), new["alt"]))
        for new, old in zip(sent, held or [], strict=True)
    )


def _same_attributes(held: Any, sent: Any) -> bool:
    return all(any(_same_attribute(new, old) for old in held or []) for new in sent)


def _same_dimensions(held: Any, sent: Any) -> bool:
    return isinstance(held, dict) and all(_same_number(held.get(side), text) for side, text in sent.items())


def _same_attribute(new: Json, old: Json) -> bool:
    if str(new.get("name")) != str(old.get("name")):
        return False
    return sorted(map(str, new.get("options", [new.get("option")]))) == sorted(
        map(str, old.get("options", [old.get("option")]))
    )


def _same_number(held: Any, sent: Any) -> bool:
    try:
        return Decimal(str(held)) == Decimal(str(sent))
    except InvalidOperation:
        return str(held or "") == str(sent or "")


def _same(held: Any, wanted: Any) -> bool:
    """Compare two values; nothing and empty are equal, and so are two spellings of the same markup."""
    if held in (None, "") and wanted in (None, ""):
        return True
    if isinstance(held, str) and isinstance(wanted, str):
        return held == wanted or _markup(held) == _markup(wanted)
    return bool(held == wanted) and isinstance(held, bool) == isinstance(wanted, bool)


def _markup(text: str) -> str:
    """Return text past what WordPress does to every text: it escapes ampersands and writes `<br />`."""
    return re.sub(r"\s*/>", ">", html.unescape(text))


_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "categories": _same_categories,
    "brands": _same_terms,
    "tags": _same_terms,
    "images": _same_images,
    "attributes": _same_attributes,
    "dimensions": _same_dimensions,
    "weight": _same_number,
}
