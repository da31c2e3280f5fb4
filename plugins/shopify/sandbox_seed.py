"""Fill the twin's shop from the kit's catalogue, in the form that Shopify can hold.

Shopify keeps prices in two decimals and images on its own CDN, and refuses titles over 255 characters (recorded). That
it trims titles and vendors is assumed, as is that orders which apps bring in keep the e-mail address, phone number and
address of their buyer unread, but for the country: that is an enum (schema). Those defects of the catalogue become the
nearest that a shop there can have; all others are in it as they are.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from marketwright import Record
from marketwright.testing import catalogue
from marketwright.testing import orders as catalogue_orders
from plugins.shopify.sandbox_shop import Item, Level, Medium, Product, Shop, Variant, money

WAREHOUSE, SHOWROOM = 68509171945, 89026920681
_FIRST_PRODUCT, _FIRST_ITEM = 8_971_000_000_000, 50_643_000_000_000


def seeded(seed: int, size: int) -> Shop:
    """Return a shop with the catalogue's products and orders; the same seed gives the same shop."""
    shop = Shop()
    shop.locations = {WAREHOUSE: "Warehouse", SHOWROOM: "Showroom"}
    made = catalogue(seed=seed, size=size, currency=shop.currency)
    names = sorted({it.record["category"] for it in made if it.record.get("category")})
    shop.categories = {f"gid://shopify/TaxonomyCategory/tw-{place}": name for place, name in enumerate(names, 1)}
    by_name = {name: gid for gid, name in shop.categories.items()}
    for number, it in enumerate(made):
        product = _product(number, it.record, by_name.get(it.record.get("category") or ""))
        shop.products[product.id] = product
    for order in catalogue_orders(seed, made):
        _add_order(shop, order.record)
    moments = [product.updated_at for product in shop.products.values()]
    moments += [order["updatedAt"] for order in shop.orders.values()]
    shop.newest = max((datetime.fromisoformat(moment) for moment in moments), default=shop.newest)
    return shop


def _product(number: int, record: Record, category: str | None) -> Product:
    identity = _FIRST_PRODUCT + number * 1000
    moment = record["updated_at"]
    variants = record["variants"] or [{**record, "options": {"Title": "Default Title"}}]
    options = record["options"] or [{"name": "Title", "values": ["Default Title"]}]
    return Product(
        id=identity,
        title=_trimmed(record["title"])[:255],
        description=record["description"] or "",
        vendor=_trimmed(record["brand"] or ""),
        product_type=record["product_type"] or "",
        handle=record["handle"],
        tags=sorted(record["tags"]),
        category=category,
        options=[(identity + 900 + place, it["name"], it["values"]) for place, it in enumerate(options)],
        media=[_medium(identity, place, image) for place, image in enumerate(record["images"])],
        variants=[_variant(number, place, it, moment) for place, it in enumerate(variants)],
        created_at=moment,
        updated_at=moment,
    )


def _trimmed(text: str) -> str:
    """Return a text as Shopify holds it; spaces at its ends move to where Shopify leaves them."""
    trimmed = text.strip()
    return trimmed if trimmed == text else trimmed.replace(" ", "  ", 1)


def _variant(number: int, place: int, record: dict[str, Any], moment: str) -> Variant:
    identity = _FIRST_ITEM + number * 1000 + place
    weight = (record.get("weight") or {}).get("value") or 0
    item = Item(id=identity, sku=record["sku"], weight=weight, updated_at=moment)
    quantity = record["quantity"] or 0
    if number % 5 == 0 and place == 1 and quantity > 1:
        item.levels = {WAREHOUSE: Level(quantity - 1, moment), SHOWROOM: Level(1, moment)}
    else:
        item.levels = {WAREHOUSE: Level(quantity, moment)}
    former = record.get("compare_at_price")
    return Variant(
        id=identity + 500,
        item=item,
        price=money(str(record["price"]).replace(",", ".")),
        barcode=record.get("gtin"),
        compare_at_price=money(former) if former else None,
        options=dict(record["options"]),
        updated_at=moment,
    )


def _medium(identity: int, place: int, image: dict[str, Any]) -> Medium:
    name = str(image["url"]).rpartition("/")[2]
    kind = str(image.get("format") or "jpeg").replace("jpg", "jpeg")
    return Medium(
        id=identity + 700 + place,
        url=f"https://cdn.shopify.com/s/files/1/0001/files/{name}",
        alt=image.get("alt") or "",
        width=image.get("width") or 0,
        height=image.get("height") or 0,
        mime=f"image/{kind}",
        bytes=image.get("bytes") or 0,
    )


def _add_order(shop: Shop, record: Record) -> None:
    """Add an order as Shopify answers it, with one fulfilment order for what is still to be sent."""
    number = int(record["external_id"])
    lines = [_line(number, place, line, shop.currency) for place, line in enumerate(record["lines"])]
    shipped, cancelled = bool(record["shipments"]), record["status"] == "cancelled"
    address = _address(record["shipping_address"])
    shop.orders[number] = {
        "id": f"gid://shopify/Order/{number}",
        "name": f"#{record['number']}",
        "createdAt": record["placed_at"],
        "processedAt": record["placed_at"],
        "updatedAt": record["updated_at"],
        "cancelledAt": record["updated_at"] if cancelled else None,
        "displayFinancialStatus": "PENDING" if record["status"] == "pending" else "PAID",
        "displayFulfillmentStatus": "FULFILLED" if shipped else "UNFULFILLED",
        "currencyCode": shop.currency,
        "tags": [],
        "test": False,
        "email": record["buyer"]["email"],
        "phone": record["buyer"]["phone"],
        "currentTotalPriceSet": bag(record["total"], shop.currency),
        "currentShippingPriceSet": bag(record["shipping_total"], shop.currency),
        "currentTotalTaxSet": bag(record["tax_total"], shop.currency),
        "shippingAddress": address,
        "billingAddress": dict(address),
        "lineItems": lines,
        "fulfillments": [_sent(number, shipment) for shipment in record["shipments"]],
    }
    open_lines = [] if shipped or cancelled else lines
    shop.fulfillment_orders[number] = [_fulfillment_order(number, open_lines)] if open_lines else []


def bag(amount: str, currency: str) -> dict[str, Any]:
    """Return an amount as GraphQL writes it: `55.00` comes as `55.0` (recorded)."""
    short = amount.rstrip("0")
    short = f"{short}0" if short.endswith(".") else short
    return {"shopMoney": {"amount": short, "currencyCode": currency}}


def _line(order: int, place: int, line: Record, currency: str) -> dict[str, Any]:
    return {
        "id": f"gid://shopify/LineItem/{order * 100 + place}",
        "title": line["title"],
        "variantTitle": None,
        "sku": line["sku"],
        "quantity": line["quantity"],
        "currentQuantity": line["quantity"],
        "unfulfilledQuantity": line["quantity"],
        "originalUnitPriceSet": bag(line["unit_price"], currency),
    }


def _fulfillment_order(order: int, lines: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "id": f"gid://shopify/FulfillmentOrder/{order * 10}",
        "status": "OPEN",
        "assignedLocation": {"location": {"id": f"gid://shopify/Location/{WAREHOUSE}"}},
        "supportedActions": [{"action": "CREATE_FULFILLMENT"}, {"action": "MOVE"}, {"action": "HOLD"}],
        "lineItems": [
            {
                "id": f"gid://shopify/FulfillmentOrderLineItem/{order * 1000 + place}",
                "remainingQuantity": line["quantity"],
                "lineItem": {"id": line["id"]},
            }
            for place, line in enumerate(lines)
        ],
    }


def _sent(order: int, shipment: Record) -> dict[str, Any]:
    tracking = {
        "company": shipment["carrier"],
        "number": shipment["tracking_number"],
        "url": shipment["tracking_url"],
    }
    return {
        "id": f"gid://shopify/Fulfillment/{order * 10 + 1}",
        "status": "SUCCESS",
        "createdAt": shipment["shipped_at"],
        "trackingInfo": [tracking],
    }


def _address(address: Record) -> dict[str, Any]:
    return {
        "name": address["name"],
        "company": address["company"] or None,
        "address1": address["line1"],
        "address2": address["line2"] or None,
        "city": address["city"] or None,
        "province": address["region"] or None,
        "provinceCode": None,
        "zip": address["postal_code"] or None,
        "countryCodeV2": address["country"].upper(),
        "phone": None,
    }
