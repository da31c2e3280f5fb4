"""Test a connection's credentials, and read what the store says of itself."""

from __future__ import annotations

import html
from typing import Any

from marketwright import Account, Connection, NeedsAttention, NotFound, Rejected
from plugins.woocommerce.client import Store, decoded, open_store
from plugins.woocommerce.wire import Json

_UNITS = {
    "weight_unit": "/settings/products/woocommerce_weight_unit",
    "dimension_unit": "/settings/products/woocommerce_dimension_unit",
}


async def test_credentials(connection: Connection) -> Account:
    """Return what the store says of itself and which rights the key lacks. Nothing is changed in the store.

    Raise `NeedsAttention` with a diagnosis where products cannot be read at all.
    """
    store = open_store(connection)
    await store.get("/products", [("per_page", 1), ("_fields", "id")])
    await store.remember(auth=store.auth, permalinks=store.permalinks)
    missing = [right for right, path in _READ_RIGHTS.items() if await _lacks(store, path)]
    if await _lacks_writing(store):
        missing.insert(0, "write")
    await learn_units(store)
    facts = await _facts(store)
    name = facts.pop("name", "") or store.settings.root
    return Account(name=name, missing_rights=tuple(missing), facts=facts)


_READ_RIGHTS = {"orders": "/orders", "webhooks": "/webhooks"}


async def learn_units(store: Store) -> None:
    """Read the store's currency and units and keep them with the settings: products name neither."""
    found: dict[str, str] = {}
    currency = await _optional(store, "/data/currencies/current")
    if currency.get("code"):
        found["currency"] = str(currency["code"])
    for name, path in _UNITS.items():
        value = (await _optional(store, path)).get("value")
        if isinstance(value, str) and value:
            found[name] = value
    await store.remember(**found)


async def ready_store(connection: Connection) -> Store:
    """Return a connection's store with its currency and units known."""
    store = open_store(connection)
    if not store.settings.currency:
        await learn_units(store)
    return store


async def _facts(store: Store) -> dict[str, str]:
    settings = store.settings
    index = await _index(store)
    status = await _optional(store, "/system_status", [("_fields", "environment")])
    environment = status.get("environment") if isinstance(status.get("environment"), dict) else {}
    facts = {
        "name": html.unescape(str(index.get("name", ""))),
        "currency": settings.currency,
        "weight unit": settings.weight_unit,
        "dimension unit": settings.dimension_unit,
        "time zone": str(index.get("timezone_string") or ""),
        "WooCommerce": str((environment or {}).get("version") or ""),
        "WordPress": str((environment or {}).get("wp_version") or ""),
        "authentication": store.auth.value,
        "address form": store.permalinks.value,
    }
    return {name: value for name, value in facts.items() if value}


async def _index(store: Store) -> Json:
    """Return the site's index. Since 11.1 a WooCommerce key is refused on routes that are not WooCommerce's."""
    return await _optional(store, "/", [("_fields", "name,namespaces,timezone_string")], namespace="", anonymous=True)


async def namespaces(store: Store) -> list[str]:
    """Return the API namespaces that the site offers: they tell which plugins are there."""
    found = (await _index(store)).get("namespaces")
    return [str(name) for name in found] if isinstance(found, list) else []


async def _optional(store: Store, path: str, params: Any = (), **how: Any) -> Json:
    """Return an object, or an empty one where this key or this version does not get it."""
    try:
        found = decoded(await store.call("GET", path, params=params, **how))
    except (NeedsAttention, NotFound, Rejected):
        return {}
    return found if isinstance(found, dict) else {}


async def _lacks(store: Store, path: str) -> bool:
    try:
        await store.get(path, [("per_page", 1), ("_fields", "id")])
    except NeedsAttention:
        return True
    return False


async def _lacks_writing(store: Store) -> bool:
    """Ask for an empty batch: the key's permission and the user's right are checked, and nothing is changed."""
    try:
        await store.call("POST", "/products/batch", json={"update": []}, idempotent=True)
    except NeedsAttention:
        return True
    except (NotFound, Rejected):
        return False
    return False
