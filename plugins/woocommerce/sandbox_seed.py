"""The believable catalogue as a WooCommerce shop holds it after an import that bypassed the API's checks."""

from __future__ import annotations

import html
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from marketwright import Record
from marketwright.testing import Order, Product
from plugins.woocommerce import sandbox_shapes as shapes
from plugins.woocommerce.sandbox_shapes import Json
from plugins.woocommerce.sandbox_shop import Shop

_STATUSES = {"paid": "processing", "shipped": "completed", "pending": "pending", "cancelled": "cancelled"}
_IMAGE_IDS = 20_001


def fill(shop: Shop, products: Sequence[Product], orders: Sequence[Order]) -> None:
    """Put products and orders into an empty shop."""
    shop.term("categories", "Uncategorized")
    for product in products:
        _add_product(shop, product.record)
    skus = {it["sku"]: it for it in (*shop.products.values(), *shop.variations.values())}
    for order in orders:
        _add_order(shop, order.record, skus)
    changes = [it["date_modified_gmt"] for it in (*shop.products.values(), *shop.orders.values())]
    shop.last_moment = max((_seconds(f"{it}Z") for it in changes), default=0) + 86_400


def _add_product(shop: Shop, record: Record) -> None:
    identity, moment = int(record["external_id"]), _seconds(record["updated_at"])
    struck = record["compare_at_price"]
    category = (record["category"] or "Uncategorized").rpartition(" > ")[2]
    raw = shapes.product(
        id=identity,
        name=record["title"],
        slug=record["handle"],
        permalink=f"{shop.base_url}/product/{record['handle']}/",
        description=record["description"],
        short_description=record["bullets"][0] if record["bullets"] and record["description"] else "",
        sku=record["sku"],
        regular_price=struck or record["price"],
        sale_price=record["price"] if struck else "",
        weight="" if record["weight"] is None else str(record["weight"]["value"]),
        dimensions={side: str(record["dimensions"][side]) for side in ("length", "width", "height")},
        global_unique_id=record["gtin"] or "",
        manage_stock=True,
        stock_quantity=record["quantity"],
        categories=[shop.term("categories", category)],
        brands=[shop.term("brands", record["brand"])] if record["brand"].strip() else [],
        tags=[shop.term("tags", tag) for tag in record["tags"]],
        images=[_image(identity, place, image, moment) for place, image in enumerate(record["images"])],
        attributes=[_attribute(name, [value]) for name, value in record["attributes"].items()],
        meta_data=[{"id": identity, "key": "mpn", "value": record["mpn"]}],
        **shapes.dates("date_created", moment - 86_400),
        **shapes.dates("date_modified", moment),
        _links=_links(shop, f"products/{identity}", "products"),
    )
    shop.products[identity] = raw
    if record["variants"]:
        _add_variations(shop, raw, record, moment)
    shop.settle(raw)


def _add_variations(shop: Shop, raw: Json, record: Record, moment: int) -> None:
    """Make the product a variable one: prices and stock are its variations'."""
    options = [_attribute(option["name"], option["values"], variation=True) for option in record["options"]]
    raw |= {
        "type": "variable",
        "regular_price": "",
        "sale_price": "",
        "manage_stock": False,
        "stock_quantity": None,
        "has_options": True,
        "attributes": [*raw["attributes"], *options],
        "variations": [int(variant["external_id"]) for variant in record["variants"]],
    }
    for variant in record["variants"]:
        identity = int(variant["external_id"])
        part = shapes.variation(
            id=identity,
            parent_id=raw["id"],
            name=", ".join(variant["options"].values()),
            permalink=raw["permalink"],
            sku=variant["sku"],
            global_unique_id=variant["gtin"] or "",
            regular_price=variant["price"],
            weight=str(variant["weight"]["value"]),
            manage_stock=True,
            stock_quantity=variant["quantity"],
            image=raw["images"][0] if raw["images"] else None,
            attributes=[
                {"id": 0, "name": name, "slug": name.lower(), "option": value}
                for name, value in variant["options"].items()
            ],
            **shapes.dates("date_created", moment - 86_400),
            **shapes.dates("date_modified", moment),
            _links=_links(shop, f"products/{raw['id']}/variations/{identity}", f"products/{raw['id']}/variations"),
        )
        shop.variations[identity] = part
        shop.settle(part)


def _add_order(shop: Shop, record: Record, skus: dict[str, Json]) -> None:
    identity = int(record["external_id"])
    status = _STATUSES[record["status"]]
    placed, moved = _seconds(record["placed_at"]), _seconds(record["updated_at"])
    parcels = [
        {
            "tracking_provider": parcel["carrier"],
            "tracking_number": parcel["tracking_number"],
            "custom_tracking_link": parcel["tracking_url"],
            "date_shipped": parcel["shipped_at"][:10],
        }
        for parcel in record["shipments"]
    ]
    shop.orders[identity] = shapes.order(
        id=identity,
        number=record["number"],
        status=status,
        currency=record["currency"],
        total=record["total"],
        total_tax=record["tax_total"],
        shipping_total=record["shipping_total"],
        order_key=f"wc_order_{identity}",
        billing=_address(record["billing_address"], record["buyer"], email=True),
        shipping=_address(record["shipping_address"], record["buyer"], email=False),
        meta_data=[{"id": identity, "key": "_wc_shipment_tracking_items", "value": parcels}] if parcels else [],
        line_items=[_line(identity, place, line, skus) for place, line in enumerate(record["lines"])],
        payment_url=f"{shop.base_url}/checkout/order-pay/{identity}/",
        needs_payment=status == "pending",
        is_editable=status == "pending",
        **shapes.dates("date_created", placed),
        **shapes.dates("date_modified", moved),
        _links=_links(shop, f"orders/{identity}", "orders"),
    )


def _line(order: int, place: int, line: Record, skus: dict[str, Json]) -> Json:
    item = skus.get(line["sku"], {})
    parent = item.get("parent_id") or 0
    total = f"{float(line['unit_price']) * line['quantity']:.2f}"
    return {
        "id": order * 10 + place,
        "name": line["title"],
        "product_id": parent or item.get("id", 0),
        "variation_id": item.get("id", 0) if parent else 0,
        "quantity": line["quantity"],
        "tax_class": "",
        "subtotal": total,
        "subtotal_tax": "0.00",
        "total": total,
        "total_tax": "0.00",
        "taxes": [],
        "meta_data": [],
        "sku": line["sku"],
        "price": float(line["unit_price"]),
        "image": {"id": "", "src": ""},
        "parent_name": None,
    }


def _address(address: Record, buyer: Record, *, email: bool) -> Json:
    first, _, last = address["name"].partition(" ")
    fields = {
        "first_name": first,
        "last_name": last,
        "company": address["company"],
        "address_1": address["line1"],
        "address_2": address["line2"],
        "city": address["city"],
        "state": address["region"],
        "postcode": address["postal_code"],
        "country": address["country"],
    }
    return fields | ({"email": buyer["email"]} if email else {}) | {"phone": buyer["phone"]}


def _image(product: int, place: int, image: Record, moment: int) -> Json:
    """Return an image. Its local dates are shifted twice, as WooCommerce's are."""
    stamps = shapes.dates("date_created", moment) | shapes.dates("date_modified", moment)
    shifted = shapes.dates("date_created", moment + shapes.ZONE)["date_created"]
    stamps |= {"date_created": shifted, "date_modified": shifted}
    return {
        "id": _IMAGE_IDS + product * 10 + place,
        **stamps,
        "src": image["url"],
        "name": html.escape(image["alt"], quote=False),
        "alt": image["alt"],
    }


def _attribute(name: str, options: list[Any], *, variation: bool = False) -> Json:
    return {
        "id": 0,
        "name": name.capitalize() if name.islower() else name,
        "slug": name.lower(),
        "position": 0,
        "visible": True,
        "variation": variation,
        "options": options,
    }


def _links(shop: Shop, path: str, collection: str) -> Json:
    root = f"{shop.base_url}/wp-json/wc/v3"
    allowed = {"allow": ["GET", "POST", "PUT", "PATCH", "DELETE"]}
    return {
        "self": [{"href": f"{root}/{path}", "targetHints": allowed}],
        "collection": [{"href": f"{root}/{collection}"}],
    }


def _seconds(text: str) -> int:
    return int(datetime.fromisoformat(text).astimezone(UTC).timestamp())
