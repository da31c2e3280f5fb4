"""The store's webhooks to us: register, list, repair. Other people's webhooks are left alone.

Ours are those whose delivery URL is the connection's. The store never shows a webhook's secret, and one that was
made without a secret can never be verified; so whatever we touch gets our secret set again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from marketwright import Connection, NeedsAttention, NotFound, Subscription
from plugins.woocommerce import wire
from plugins.woocommerce.client import Store, decoded, open_store, total
from plugins.woocommerce.wire import Webhook, objects

TOPICS = tuple(
    f"{resource}.{event}"
    for resource in ("product", "order")
    for event in ("created", "updated", "deleted", "restored")
)


async def register(connection: Connection) -> Sequence[Subscription]:
    """Create the webhooks that are missing; those that exist stay as they are. Return all of ours."""
    store, url = open_store(connection), _our_url(connection)
    ours = await _ours(store, url)
    for topic in TOPICS:
        if not ours[topic]:
            ours[topic].append(await _create(store, topic, url))
    return _listed(ours, url)


async def listed(connection: Connection) -> Sequence[Subscription]:
    """Return one subscription for each topic we need, with its state; `missing` where the store has none."""
    store, url = open_store(connection), _our_url(connection)
    return _listed(await _ours(store, url), url)


async def repair(connection: Connection) -> Sequence[Subscription]:
    """Revive the webhooks that the store switched off after failures, create the missing, remove doubles.

    WooCommerce disables a webhook for good at the seventh failure in a row and tells nobody.
    """
    store, url = open_store(connection), _our_url(connection)
    ours = await _ours(store, url)
    for topic in TOPICS:
        hooks = sorted(ours[topic], key=lambda hook: (hook.status != "active", hook.id))
        if not hooks:
            ours[topic] = [await _create(store, topic, url)]
            continue
        kept, *doubles = hooks
        body = {"status": "active", "secret": store.settings.webhook_secret}
        ours[topic] = [wire.read(await store.put(f"/webhooks/{kept.id}", body), Webhook)]
        for double in doubles:
            await _delete(store, double)
    return _listed(ours, url)


async def _ours(store: Store, url: str) -> dict[str, list[Webhook]]:
    """Return our webhooks by topic."""
    found: dict[str, list[Webhook]] = defaultdict(list)
    page = 0
    while True:
        page += 1
        query = [("per_page", 100), ("page", page), ("orderby", "id"), ("order", "asc")]
        response = await store.call("GET", "/webhooks", params=query)
        items = objects(decoded(response))
        for hook in (wire.read(item, Webhook) for item in items):
            if hook.delivery_url.rstrip("/") == url.rstrip("/"):
                found[hook.topic].append(hook)
        known = total(response)
        if not items or (known is not None and page * 100 >= known):
            return found


async def _create(store: Store, topic: str, url: str) -> Webhook:
    body = {
        "name": f"Marketwright: {topic}",
        "topic": topic,
        "delivery_url": url,
        "secret": store.settings.webhook_secret,
        "status": "active",
    }
    return wire.read(await store.post("/webhooks", body), Webhook)


async def _delete(store: Store, hook: Webhook) -> None:
    try:
        await store.call("DELETE", f"/webhooks/{hook.id}", params=[("force", "true")])
    except NotFound:
        return


def _listed(ours: dict[str, list[Webhook]], url: str) -> list[Subscription]:
    found: list[Subscription] = []
    for topic in TOPICS:
        hooks = sorted(ours[topic], key=lambda hook: (hook.status != "active", hook.id))
        state = "missing" if not hooks else "active" if hooks[0].status == "active" else "disabled"
        found.append(Subscription(id=str(hooks[0].id) if hooks else "", topic=topic, url=url, state=state))
    return found


def _our_url(connection: Connection) -> str:
    if not connection.webhook_url:
        raise NeedsAttention(
            "The store needs an address to send webhooks to: set the server's public address first.",
            code="no_webhook_url",
        )
    if not connection.settings.webhook_secret:
        raise NeedsAttention(
            "Webhooks cannot be verified without a secret: save the connection once, then register them.",
            code="no_webhook_secret",
        )
    return connection.webhook_url
