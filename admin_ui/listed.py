"""What lists share: filters read from the address, and the address of another page of the same list."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar
from urllib.parse import urlencode

import msgspec

T = TypeVar("T", bound=msgspec.Struct)


def filters_of(given: Mapping[str, Any], shape: type[T]) -> T:
    """Read filters from an address; what is empty, unknown or not understood counts as not given."""
    known = {name: value for name, value in given.items() if name in shape.__struct_fields__ and value != ""}
    for name, value in list(known.items()):
        try:
            msgspec.convert({name: value}, shape, strict=False)
        except msgspec.ValidationError:
            del known[name]
    return msgspec.convert(known, shape, strict=False)


def address_of(path: str, given: Mapping[str, Any], **changes: Any) -> str:
    """Return the address of the same list with some parts changed; without `after` it starts at its first page."""
    parts = {name: value for name, value in {**given, "after": None, **changes}.items() if value is not None}
    kept = {name: value for name, value in parts.items() if value != "" or name == "automatic"}
    return f"{path}?{urlencode(kept)}" if kept else path
