"""Amazon's product type definitions as requirements: JSON Schema 2019-09 with words of Amazon's own.

`maxUniqueItems`, `minUniqueItems` (entries for each combination of `selectors`), `maxUtf8ByteLength` and
`minUtf8ByteLength` validate; `enumNames`, `editable` and `hidden` only inform (developer-docs.amazon.com/sp-api,
product-type-definition-meta-schema).

The record that these requirements judge is one listing on one marketplace, in one language. An attribute there has
one entry or, where the definition lets several stand, a list of them. An entry that has nothing but a `value` stands as
that value, any other as an object without `marketplace_id` and `language_tag`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from marketwright import Requirement, Skipped
from plugins.amazon.conditions import Json, UnsaidError, condition, negated

FIELDS = {
    "item_name": "title", "product_description": "description", "brand": "brand", "bullet_point": "bullets",
    "externally_assigned_product_identifier": "gtin", "part_number": "mpn", "condition_type": "condition",
    "item_weight": "weight", "item_dimensions": "dimensions", "purchasable_offer": "price",
    "list_price": "compare_at_price", "fulfillment_availability": "quantity", "main_product_image_locator": "images",
}  # fmt: skip
"""Attributes that stand in fields of ours; all others stand under `attributes` by their own names."""

ELSEWHERE = frozenset(
    {"externally_assigned_product_identifier", "item_dimensions", "purchasable_offer", "list_price",
     "fulfillment_availability", "main_product_image_locator"}
)  # fmt: skip
"""Of these only the presence can be told: what they are made of stands elsewhere in our record, in another form."""

_SELECTED = frozenset({"marketplace_id", "language_tag"})
_UNSAID = frozenset({"if", "not", "contains", "dependentRequired", "allOf"})
_DEEPEST = 3
_MOST_LEVELS = 20
_MOST_PARTS = 4
_LENGTHS = {
    "maxLength": "max_length", "minLength": "min_length",
    "maxUtf8ByteLength": "max_bytes", "minUtf8ByteLength": "min_bytes",
}  # fmt: skip
_BOUNDS = {"minimum": "minimum", "maximum": "maximum", "exclusiveMinimum": "above", "exclusiveMaximum": "below"}
_DATES: dict[str, dict[str, Any]] = {"date": {}, "date-time": {"time": True}}


def translate(
    schema: Json, product_type: str, source: str, marketplace: str | None = None
) -> tuple[list[Requirement], list[Skipped]]:
    """Say in our words what the definition of a product type asks; what cannot be said is named with its reason."""
    reader = _Reader(schema, product_type, source, marketplace)
    reader.rules(schema, None)
    return reader.found, reader.skipped


class _Reader:
    """Reads one definition. `top` below is an attribute's or a part's whole description, `spec` what is asked here."""

    def __init__(self, schema: Json, product_type: str, source: str, marketplace: str | None) -> None:
        self.properties = _object(schema.get("properties"))
        self.scope = {"product_type": product_type, "source": source, "marketplace": marketplace}
        self.found: list[Requirement] = []
        self.skipped: list[Skipped] = []

    def rules(self, node: Json, when: Json | None, depth: int = 0) -> None:
        """Read what a node asks of the whole listing, under a condition or always."""
        if depth > _MOST_LEVELS:
            return
        for name in _names(node.get("required")):
            self.add(self.label(name), self.place((name,))[0], "required", when)
        for name, spec in _object(node.get("properties")).items():
            if name not in ELSEWHERE:
                top = _object(self.properties.get(name)) or _object(spec)
                self.node(self.label(name), FIELDS.get(name, f"attributes.{name}"), _object(spec), top, when)
        forbidden = _object(node.get("not"))
        if forbidden.keys() == {"required"}:
            for name in _names(forbidden["required"]):
                self.add(self.label(name), self.place((name,))[0], "missing", when)
        for part in [node] if "if" in node else _list(node.get("allOf")):
            if "if" in _object(part):
                self.conditional(part, when, depth)
            else:
                self.rules(_object(part), when, depth + 1)
        for several in ("anyOf", "oneOf"):
            if several in node:
                self.skipped.append(Skipped(several, "It lets one of several descriptions hold; a rule has one."))

    def conditional(self, node: Json, when: Json | None, depth: int) -> None:
        """Read `if`, `then` and `else`."""
        asked = sorted({name for branch in ("then", "else") for name in _named(_object(node.get(branch)))})
        if when is not None and depth >= _DEEPEST:
            self.skipped.append(Skipped(", ".join(asked), "Its conditions are nested too deeply."))
            return
        try:
            found = condition(node["if"], self.place)
        except UnsaidError as error:
            self.skipped.append(Skipped(", ".join(asked) or "if", str(error)))
            return
        for branch, own in (("then", found), ("else", negated(found))):
            if branch in node:
                self.rules(_object(node[branch]), own if when is None else {"all": [when, own]}, depth + 1)

    def node(self, label: str, field: str, spec: Json, top: Json, when: Json | None, depth: int = 0) -> None:
        """Read what is asked of an attribute or a part of one, and of its parts."""
        if "$ref" in spec or depth > _MOST_PARTS:
            return
        if "items" in spec or top.get("type") == "array":
            target = f"{field}[]" if _is_many(top) else field
            self.counts(label, field, spec, top, when)
            own, known = _object(spec.get("items")), _object(top.get("items"))
        else:
            target, own, known = field, spec, top
        parts = _parts(known)
        if unsaid := sorted(_UNSAID & own.keys()):
            self.skipped.append(Skipped(field, f"It is asked by {unsaid[0]}, which rules do not have."))
        if not parts:
            for check, arguments in _checks(own):
                self.add(label, target, check, when, arguments)
        for name in parts:
            inner = target if parts == ["value"] else f"{target}.{name}"
            below = _object(_object(known.get("properties"))[name])
            said = _object(_object(own.get("properties")).get(name))
            self.node(_title(below, label), inner, said, below, when, depth + 1)
            if inner != target and name in _names(own.get("required")):
                there: Json = {"field": target, "required": True}
                self.add(_title(below, label), inner, "required", there if when is None else {"all": [when, there]})

    def counts(self, label: str, field: str, spec: Json, top: Json, when: Json | None) -> None:
        """Read how many entries may stand: for each marketplace and language, which a record has one of."""
        least, most = (_whole(spec.get(f"{side}UniqueItems", spec.get(f"{side}Items"))) for side in ("min", "max"))
        given = {name: limit for name, limit in (("minimum", least), ("maximum", most)) if limit is not None}
        if least is not None and least <= 1:
            del given["minimum"]
        if not _is_many(top) or not given:
            return
        if other := _others(top):
            self.skipped.append(Skipped(field, f"Its entries are counted for each {other[0]}."))
            return
        self.add(label, field, "item_count", when, given)

    def place(self, path: tuple[str, ...]) -> tuple[str, bool]:
        """Return where an attribute or a part of one stands, and whether one value stands there, not several."""
        name = path[0]
        field, top = FIELDS.get(name, f"attributes.{name}"), _object(self.properties.get(name))
        single = name not in ELSEWHERE
        for part in (*path[1:], ""):
            single = single and not _is_many(top)
            entry = _object(top.get("items")) if "items" in top else top
            if part and (part != "value" or _parts(entry) != ["value"]):
                field = f"{field}.{part}"
            top = _object(_object(entry.get("properties")).get(part)) if part else top
        return field, single

    def label(self, name: str) -> str:
        """Return what Amazon calls an attribute."""
        return _title(_object(self.properties.get(name)), name)

    def add(self, label: str, field: str, check: str, when: Json | None, arguments: Json | None = None) -> None:
        """Add a requirement for the product type."""
        self.found.append(
            Requirement(label=label, field=field, check=check, arguments=arguments or {}, when=when, **self.scope)  # type: ignore[arg-type]
        )


def _checks(value: Json) -> Iterator[tuple[str, Json]]:
    """Yield the checks that the description of one value comes to."""
    kind = value.get("type")
    yield from _choices(value)
    if kind in ("number", "integer"):
        yield kind, {}
        bounds = {ours: value[theirs] for theirs, ours in _BOUNDS.items() if _is_number(value.get(theirs))}
        if bounds:
            yield "range", bounds
        return
    for theirs, check in _LENGTHS.items():
        limit = _whole(value.get(theirs))
        if limit is not None and not (check.startswith("min_") and limit <= 1):
            yield check, {"limit": limit}
    if isinstance(value.get("pattern"), str):
        yield "pattern", {"regex": value["pattern"]}
    if value.get("format") in _DATES:
        yield "iso_date", _DATES[str(value["format"])]


def _choices(value: Json) -> Iterator[tuple[str, Json]]:
    """Yield the list that a value must come from. `anyOf` with a part that takes any text is only a proposal."""
    parts = _list(value["anyOf"]) if "anyOf" in value else [value]
    lists = [_object(part).get("enum") for part in parts]
    allowed = [item for one in lists for item in _list(one)]
    if not allowed or not all(isinstance(one, list) for one in lists):
        return
    if all(isinstance(item, str) for item in allowed):
        yield "one_of", {"values": list(dict.fromkeys(allowed))}
    elif len(allowed) == 1 and isinstance(allowed[0], bool | int):
        yield "equals", {"to": allowed[0]}


def _parts(entry: Json) -> list[str]:
    """Return the names of what an entry is made of, marketplace and language aside; nothing where it is one value."""
    return [name for name in _object(entry.get("properties")) if name not in _SELECTED]


def _named(node: Json) -> Iterator[str]:
    yield from _names(node.get("required"))
    yield from _object(node.get("properties"))


def _is_many(top: Json) -> bool:
    """Tell whether several entries may stand in one record: `maxUniqueItems` counts for each set of selectors."""
    most = _whole(top.get("maxUniqueItems", top.get("maxItems")))
    return top.get("type") == "array" and (most is None or most > 1 or bool(_others(top)))


def _others(top: Json) -> list[str]:
    return [name for name in _names(top.get("selectors")) if name not in _SELECTED]


def _title(spec: Json, fallback: str) -> str:
    title = spec.get("title")
    return title if isinstance(title, str) and title.strip() else fallback


def _object(given: Any) -> Json:
    return given if isinstance(given, dict) else {}


def _list(given: Any) -> list[Any]:
    return given if isinstance(given, list) else []


def _names(given: Any) -> list[str]:
    return [name for name in _list(given) if isinstance(name, str)]


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
