"""Examples drawn from schemas: given examples first, then defaults and the first of a closed set."""

from collections.abc import Mapping
from typing import Any

DEEPEST = 8
BY_FORMAT = {"date-time": "2026-11-23T09:30:00Z", "uuid": "5a8f5f1e-3c8d-4f6b-9a55-0c2f3b1d7e90"}
BY_TYPE: dict[str, Any] = {"integer": 1, "number": 0.86, "boolean": True, "string": "…", "null": None}
BY_NAME: dict[str, Any] = {
    "next": "WzEuMCw0Ml0",
    "channel": "shopify",
    "pack": "shopify@2026.11",
    "rule": "price.decimals",
    "field": "price",
    "actual": "10",
    "before": "10",
    "after": "10.00",
    "sku": "KTL-0417",
    "record_title": "Enamel kettle 1.5 l",
    "title": "Price without decimals",
    "message": "The price has no decimals; Shopify takes two.",
    "sentence": "Write the number with 2 decimal places.",
    "connection_name": "main",
    "merchant_name": "Alder & Finch",
    "decided_by": "ann",
    "pattern_id": BY_FORMAT["uuid"],
    "decision_id": BY_FORMAT["uuid"],
    "auto_rule_id": BY_FORMAT["uuid"],
    "error": None,
    "program": [{"decimal_places": {"places": 2}}],
    "fix": [{"decimal_places": {"places": 2}}],
    "record": {"sku": "KTL-0417", "title": "Enamel kettle 1.5 l", "price": "10"},
}
"""What a field of this name holds where its own schema gives no example."""


def example(schema: Mapping[str, Any], schemas: Mapping[str, Any], name: str = "", depth: int = 0) -> Any:
    """Return a value that fits the schema; `schemas` are the document's components, `name` is the field's."""
    if "$ref" in schema:
        return example(schemas.get(schema["$ref"].rpartition("/")[2], {}), schemas, name, depth)
    if schema.get("examples"):
        given = schema["examples"]
        return next(iter(given.values())) if isinstance(given, dict) else given[0]
    if "enum" in schema or "const" in schema:
        return schema.get("default", schema.get("const", (schema.get("enum") or [None])[0]))
    if name in BY_NAME and schema.get("type") not in ("integer", "number", "boolean"):
        return BY_NAME[name]
    for choice in ("oneOf", "anyOf", "allOf"):
        if schema.get(choice):
            return example(_telling(schema[choice]), schemas, name, depth)
    return _of_type(schema, schemas, name, depth)


def _of_type(schema: Mapping[str, Any], schemas: Mapping[str, Any], name: str, depth: int) -> Any:
    kind = schema.get("type")
    if isinstance(kind, list):
        kind = next((one for one in kind if one != "null"), "null")
    if kind == "object" or "properties" in schema:
        inner = {} if depth > DEEPEST else schema.get("properties", {})
        return {field: example(part, schemas, field, depth + 1) for field, part in inner.items()}
    if kind == "array":
        items = schema.get("items") or (schema.get("prefixItems") or [{}])[0]
        return [] if depth > DEEPEST else [example(items, schemas, name, depth + 1)]
    if schema.get("default") is not None:
        return schema["default"]
    return BY_FORMAT.get(schema.get("format", ""), BY_TYPE.get(str(kind)))


def _telling(choices: list[Mapping[str, Any]]) -> Mapping[str, Any]:
    return next((choice for choice in choices if choice.get("type") != "null"), choices[0])
