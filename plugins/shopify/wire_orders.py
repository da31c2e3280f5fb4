"""Shopify's own shapes of an order, as tolerant as those of `wire`."""

from __future__ import annotations

import msgspec

from plugins.shopify.wire import MoneyBag, Node


class Address(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A mailing address; every part may be missing, above all without the right to personal data."""

    name: str | None = None
    company: str | None = None
    address1: str | None = None
    address2: str | None = None
    city: str | None = None
    province: str | None = None
    province_code: str | None = None
    zip: str | None = None
    country_code: str | None = msgspec.field(default=None, name="countryCodeV2")
    phone: str | None = None


class Line(Node, frozen=True, kw_only=True, rename="camel"):
    """One line of an order."""

    title: str | None = None
    variant_title: str | None = None
    sku: str | None = None
    quantity: int | None = None
    current_quantity: int | None = None
    original_unit_price_set: MoneyBag | None = None


class Lines(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """A page of order lines."""

    nodes: tuple[Line, ...] = ()


class Tracking(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """How to follow a parcel."""

    company: str | None = None
    number: str | None = None
    url: str | None = None


class Fulfillment(Node, frozen=True, kw_only=True, rename="camel"):
    """What was sent; CANCELLED, ERROR and FAILURE mean that it was not."""

    status: str | None = None
    created_at: str | None = None
    tracking_info: tuple[Tracking, ...] = ()


class Order(Node, frozen=True, kw_only=True, rename="camel"):
    """An order with its lines and parcels."""

    name: str | None = None
    created_at: str | None = None
    processed_at: str | None = None
    updated_at: str
    cancelled_at: str | None = None
    display_fulfillment_status: str | None = None
    currency_code: str | None = None
    email: str | None = None
    phone: str | None = None
    current_total_price_set: MoneyBag | None = None
    current_shipping_price_set: MoneyBag | None = None
    current_total_tax_set: MoneyBag | None = None
    shipping_address: Address | None = None
    billing_address: Address | None = None
    line_items: Lines = Lines()
    fulfillments: tuple[Fulfillment, ...] = ()
