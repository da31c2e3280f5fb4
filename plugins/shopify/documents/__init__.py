"""Every GraphQL text that we send, by subject. Each is checked against Shopify's own schema in a test."""

from __future__ import annotations

from dataclasses import dataclass

API_VERSION = "2026-07"
"""The version asked for; supported for at least a year, then Shopify answers with a newer one, which we report."""


@dataclass(frozen=True)
class Document:
    """A GraphQL text. `name` is its operation's name; `cost` a careful guess of its price in points."""

    name: str
    cost: float
    text: str
    idempotent: bool = True
