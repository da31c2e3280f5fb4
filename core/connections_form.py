"""The form of a channel's settings, drawn from its struct: what a person fills in, and which of it is secret."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

import msgspec
from msgspec import inspect

from core.channel import Channel
from core.errors import Malformed

GENERATED_BYTES = 32


class FormField(msgspec.Struct, frozen=True, kw_only=True):
    """One input. `kind` is `text`, `choice`, `number` or `yes_no`; `link` says where to find the value."""

    name: str
    title: str
    description: str
    kind: str = "text"
    link: str | None = None
    placeholder: str | None = None
    secret: bool = False
    generated: bool = False
    advanced: bool = False
    required: bool = True
    default: Any = None
    choices: tuple[str, ...] = ()


def form(channel: Channel) -> list[FormField]:
    """Return a channel's inputs in the order of its settings struct."""
    described = inspect.type_info(channel.settings)
    assert isinstance(described, inspect.StructType)
    return [_field(field) for field in described.fields]


def secret_names(settings: type[Any]) -> frozenset[str]:
    """Return the names of a settings struct's secret fields."""
    described = inspect.type_info(settings)
    assert isinstance(described, inspect.StructType)
    return frozenset(field.name for field in described.fields if _schema(field.type).get("secret"))


def secret_values(settings: Any) -> tuple[str, ...]:
    """Return the secrets that a settings instance holds, for redaction."""
    names = secret_names(type(settings))
    return tuple(value for name in sorted(names) if isinstance(value := getattr(settings, name), str) and value)


def fill(channel: Channel, values: Mapping[str, Any], known: Any | None = None) -> Any:
    """Return a settings instance made from what a form sent; Malformed says which field is wrong.

    A secret that is left empty keeps its known value; a generated one is made where there is none.
    """
    given: dict[str, Any] = {}
    fields = form(channel)
    unknown = sorted(set(values) - {field.name for field in fields})
    if unknown:
        raise Malformed(f"{channel.title} has no setting named {unknown[0]}.", where=unknown[0])
    for field in fields:
        value = values.get(field.name)
        if isinstance(value, str):
            value = value.strip()
        if value in (None, ""):
            kept = (
                getattr(known, field.name) if known is not None and (field.secret or field.name not in values) else ""
            )
            value = kept or (secrets.token_urlsafe(GENERATED_BYTES) if field.generated else None)
        if value not in (None, ""):
            given[field.name] = value
        elif field.required:
            raise Malformed(f"{field.title} is needed.", where=field.name)
    try:
        return msgspec.convert(given, channel.settings, strict=False)
    except msgspec.ValidationError as error:
        raise Malformed(f"The settings do not fit: {error}") from None


def shown(channel: Channel, settings: Any) -> dict[str, Any]:
    """Return what a form may show of settings: everything but the secrets, which are only named as set or not."""
    hidden = secret_names(channel.settings)
    values = msgspec.to_builtins(settings)
    return {name: (bool(value) if name in hidden else value) for name, value in values.items()}


def _field(field: inspect.Field) -> FormField:
    schema = _schema(field.type)
    kind, choices = _kind(field.type)
    default = None if field.default is msgspec.NODEFAULT else msgspec.to_builtins(field.default)
    return FormField(
        name=field.name,
        title=schema.get("title") or field.name.replace("_", " ").capitalize(),
        description=schema.get("description", ""),
        kind=kind,
        link=schema.get("link"),
        placeholder=schema.get("placeholder"),
        secret=bool(schema.get("secret")),
        generated=bool(schema.get("generated")),
        advanced=bool(schema.get("advanced")),
        required=field.required,
        default=default,
        choices=choices,
    )


def _schema(described: inspect.Type) -> dict[str, Any]:
    """Return what `Meta` says of a field; msgspec keeps it in wrappers around the type or the parts of a union."""
    if isinstance(described, inspect.Metadata):
        return {**_schema(described.type), **(described.extra_json_schema or {})}
    if isinstance(described, inspect.UnionType):
        return {key: value for part in described.types for key, value in _schema(part).items()}
    return {}


def _kind(described: inspect.Type) -> tuple[str, tuple[str, ...]]:
    while isinstance(described, inspect.Metadata):
        described = described.type
    options = described.types if isinstance(described, inspect.UnionType) else (described,)
    for option in options:
        plain = option.type if isinstance(option, inspect.Metadata) else option
        if isinstance(plain, inspect.EnumType):
            return "choice", tuple(str(member.value) for member in plain.cls if isinstance(member, StrEnum))
        if isinstance(plain, inspect.BoolType):
            return "yes_no", ()
        if isinstance(plain, inspect.IntType | inspect.FloatType):
            return "number", ()
    return "text", ()
