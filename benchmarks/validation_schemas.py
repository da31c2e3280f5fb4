"""The benchmark's rules as a JSON Schema and as pydantic models, each spared or whole.

Spared, they leave out what they cannot say without foreign code: the check digits of GTINs, a price compared with
another, SKUs shared by variants. Whole, they say it by their own means for that (formats and keywords, validators).
What may be missing or null for us may be so for them.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Annotated, Any, Literal

import jsonschema_rs
from pydantic import AfterValidator, BaseModel, Field, create_model, model_validator

SKU, PRICE, TWO = r"^[A-Za-z0-9._-]+$", r"^[0-9]{1,9}(\.[0-9]{1,4})?$", r"\.[0-9]{2}$"


def _text(**more: Any) -> dict[str, Any]:
    return {"type": ["string", "null"], **more}


def _number(**more: Any) -> dict[str, Any]:
    return {"type": ["number", "null"], **more}


_PRICE = _text(allOf=[{"pattern": PRICE}, {"pattern": TWO}])
SCHEMA: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "required": ["title", "description", "sku", "brand", "category", "price", "quantity"],
    "properties": {
        "title": {
            "type": "string",
            "minLength": 5,
            "maxLength": 80,
            "allOf": [
                {"pattern": r"^\S(.*\S)?$"},
                {"not": {"pattern": "<[a-zA-Z/!]"}},
                {"not": {"pattern": r"[!$?_{}^|]"}},
            ],
        },
        "description": {"type": "string", "minLength": 1, "maxLength": 4000, "not": {"pattern": "<script"}},
        "sku": {"type": "string", "minLength": 1, "maxLength": 40, "pattern": SKU},
        "brand": {"type": "string", "minLength": 1, "maxLength": 65},
        "mpn": _text(maxLength=65),
        "gtin": _text(pattern="^([0-9]{8}|[0-9]{12,14})$"),
        "category": {"type": "string", "minLength": 1, "maxLength": 120},
        "condition": {"enum": ["new", "used", "refurbished"]},
        "status": {"enum": ["active", "draft", "archived"]},
        "currency": {"enum": ["EUR", "USD", "GBP", "PLN", "SEK"]},
        "price": {"type": "string", "minLength": 1, "allOf": [{"pattern": PRICE}, {"pattern": TWO}]},
        "compare_at_price": _text(),
        "quantity": {"type": "number", "minimum": 0, "maximum": 100000},
        "lead_time_days": _number(minimum=0, maximum=30),
        "warranty_months": _number(minimum=0, maximum=120),
        "url": _text(pattern="^https://"),
        "handle": _text(pattern="^[a-z0-9-]+$"),
        "images": {
            "type": "array",
            "minItems": 1,
            "maxItems": 12,
            "items": {
                "type": "object",
                "properties": {
                    "url": _text(pattern="^https://"),
                    "width": _number(minimum=500),
                    "height": _number(minimum=500),
                    "alt": _text(maxLength=250),
                },
            },
        },
        "weight": {
            "type": "object",
            "properties": {
                "value": _number(exclusiveMinimum=0, maximum=1000),
                "unit": {"enum": ["kg", "g", "lb", "oz"]},
            },
        },
        "dimensions": {
            "type": "object",
            "properties": {name: _number(exclusiveMinimum=0, maximum=500) for name in ("length", "width", "height")},
        },
        "tags": {"type": "array", "maxItems": 20, "items": {"type": "string", "maxLength": 40}},
        "bullets": {"type": "array", "maxItems": 5, "items": {"type": "string", "maxLength": 200}},
        "variants": {
            "type": "array",
            "maxItems": 100,
            "items": {
                "type": "object",
                "required": ["sku"],
                "properties": {
                    "sku": {"type": "string", "minLength": 1, "pattern": SKU},
                    "gtin": _text(pattern="^([0-9]{8}|[0-9]{12,14})$"),
                    "price": _PRICE,
                    "quantity": _number(minimum=0, maximum=100000),
                },
            },
        },
    },
}

Text = str | None
Side = Annotated[float, Field(gt=0, le=500)] | None
TwoDecimals = Annotated[str, Field(pattern=r"^[0-9]{1,9}\.[0-9]{2}$")]
Counted = Annotated[int, Field(ge=0, le=100000)]
Gtin = Annotated[str, Field(pattern=r"^([0-9]{8}|[0-9]{12,14})$")] | None


class Image(BaseModel):
    """One image."""

    url: Annotated[str, Field(pattern="^https://")] | None = None
    width: Annotated[int, Field(ge=500)] | None = None
    height: Annotated[int, Field(ge=500)] | None = None
    alt: Annotated[str, Field(max_length=250)] | None = None


class Weight(BaseModel):
    """A weight."""

    value: Annotated[float, Field(gt=0, le=1000)] | None = None
    unit: Literal["kg", "g", "lb", "oz"] | None = None


class Dimensions(BaseModel):
    """The size of a parcel."""

    length: Side = None
    width: Side = None
    height: Side = None


class Variant(BaseModel):
    """One variant."""

    sku: Annotated[str, Field(min_length=1, pattern=SKU)]
    gtin: Gtin = None
    price: TwoDecimals | None = None
    quantity: Counted | None = None


class Product(BaseModel):
    """A product."""

    title: Annotated[str, Field(min_length=5, max_length=80, pattern=r"^[^\s<!$?_{}^|]([^<!$?_{}^|]*[^\s<!$?_{}^|])?$")]
    description: Annotated[str, Field(min_length=1, max_length=4000)]
    sku: Annotated[str, Field(min_length=1, max_length=40, pattern=SKU)]
    brand: Annotated[str, Field(min_length=1, max_length=65)]
    mpn: Annotated[str, Field(max_length=65)] | None = None
    gtin: Gtin = None
    category: Annotated[str, Field(min_length=1, max_length=120)]
    condition: Literal["new", "used", "refurbished"] | None = None
    status: Literal["active", "draft", "archived"] | None = None
    currency: Literal["EUR", "USD", "GBP", "PLN", "SEK"] | None = None
    price: TwoDecimals
    compare_at_price: Text = None
    quantity: Counted
    lead_time_days: Annotated[int, Field(ge=0, le=30)] | None = None
    warranty_months: Annotated[int, Field(ge=0, le=120)] | None = None
    url: Annotated[str, Field(pattern="^https://")] | None = None
    handle: Annotated[str, Field(pattern="^[a-z0-9-]+$")] | None = None
    images: Annotated[list[Image], Field(min_length=1, max_length=12)] | None = None
    weight: Weight | None = None
    dimensions: Dimensions | None = None
    tags: Annotated[list[Annotated[str, Field(max_length=40)]], Field(max_length=20)] = []
    bullets: Annotated[list[Annotated[str, Field(max_length=200)]], Field(max_length=5)] = []
    variants: Annotated[list[Variant], Field(max_length=100)] = []


def spared_schema() -> Any:
    """Return a validator of what JSON Schema can say by itself."""
    return jsonschema_rs.validator_for(SCHEMA)


def whole_schema(valid_gtin: Callable[[str], bool]) -> Any:
    """Return a validator of all the rules, with a format and two keywords of its own."""
    schema = copy.deepcopy(SCHEMA)
    schema["above"] = ["compare_at_price", "price"]
    schema["properties"]["gtin"]["format"] = "gtin"
    variants = schema["properties"]["variants"]
    variants["uniqueBy"] = "sku"
    variants["items"]["properties"]["gtin"] = {"type": ["string", "null"], "format": "gtin"}
    return jsonschema_rs.validator_for(
        schema, formats={"gtin": valid_gtin}, validate_formats=True, keywords={"above": Above, "uniqueBy": UniqueBy}
    )


class Above:
    """The keyword `above`: one amount is greater than another."""

    def __init__(self, parent: dict[str, Any], value: list[str], path: list[Any]) -> None:
        self.greater, self.less = value

    def validate(self, product: dict[str, Any]) -> None:
        """Raise where it is not."""
        if not above(product.get(self.greater), product.get(self.less)):
            raise ValueError("The crossed-out price is not above the price.")


class UniqueBy:
    """The keyword `uniqueBy`: no two items have the same value under a key."""

    def __init__(self, parent: dict[str, Any], value: str, path: list[Any]) -> None:
        self.key = value

    def validate(self, items: list[dict[str, Any]]) -> None:
        """Raise where two have."""
        held = [item[self.key] for item in items if item.get(self.key)]
        if len(set(held)) != len(held):
            raise ValueError("Two variants have the same SKU.")


def above(greater: str | None, less: str | None) -> bool:
    """Say whether one amount is above another, where both are amounts."""
    try:
        return not greater or not less or float(greater) > float(less)
    except ValueError:
        return True


def whole_model(valid_gtin: Callable[[str], bool]) -> type[BaseModel]:
    """Return the model of a product by all the rules."""

    def checked(gtin: str) -> str:
        if not valid_gtin(gtin):
            raise ValueError("the check digit is wrong")
        return gtin

    code = Annotated[str, AfterValidator(checked)] | None
    variant = create_model("WholeVariant", __base__=Variant, gtin=(code, None))
    several = Annotated[list[variant], Field(max_length=100)]  # type: ignore[valid-type]
    return create_model("WholeProduct", __base__=Compared, gtin=(code, None), variants=(several, []))


class Compared(Product):
    """A product whose fields are compared with each other."""

    @model_validator(mode="after")
    def compared(self) -> Compared:
        """Refuse variants that share a SKU, and a crossed-out price that is not above the price."""
        held = [variant.sku for variant in self.variants]
        if len(set(held)) != len(held):
            raise ValueError("two variants have the same SKU")
        if not above(self.compare_at_price, self.price):
            raise ValueError("the crossed-out price is not above the price")
        return self
