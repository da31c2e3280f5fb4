"""Reads the settings: packaged defaults, then the owner's files, then the environment. The last one wins.

Each layer is checked by itself, so that an error names the file and line, or the variable, that is wrong.
"""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, get_origin

import msgspec
import yaml

from config.settings import SHAPES, Settings
from core.errors import SettingsError
from core.model.tuning import Tuning

PREFIX = "MARKETWRIGHT_"
CONFIG_VARIABLE = "MARKETWRIGHT_CONFIG"
TEST_PREFIX = "MARKETWRIGHT_TEST_"
"""Variables of the test suite; they are no settings."""

_HERE = Path(__file__).parent
_MAIN, _AI = "marketwright.yaml", "ai_config.yaml"
_AI_SECTIONS = frozenset(Tuning.__struct_fields__)
_MAIN_KEYS = tuple(name for name in Settings.__struct_fields__ if name not in _AI_SECTIONS)


@dataclass(frozen=True)
class Layer:
    """Settings of one origin: a tree of values, and for each dotted key the place it was written."""

    origin: str
    values: dict[str, Any]
    places: Mapping[str, str] = field(default_factory=dict)
    is_text: bool = False

    def error(self, key: str, reason: str) -> SettingsError:
        """Make the error for `key`, naming the closest place that was written."""
        parts = key.split(".")
        known = (".".join(parts[:end]) for end in range(len(parts), 0, -1))
        place = next((self.places[name] for name in known if name in self.places), self.origin)
        return SettingsError(place, key, reason)


def load(file: Path | None = None, environ: Mapping[str, str] | None = None) -> Settings:
    """Return the settings in force; raise SettingsError for a key or a value that is wrong.

    `file` is the owner's settings file, else MARKETWRIGHT_CONFIG names it, else it is `./marketwright.yaml`
    where there is one. An `ai_config.yaml` beside it counts too.
    """
    variables = os.environ if environ is None else environ
    merged: dict[str, Any] = {}
    for layer in layers(file, variables):
        _check_keys(layer, layer.values, Settings, "")
        _keep_key_out(layer)
        _convert(layer)
        _merge(merged, layer.values)
    return msgspec.convert(merged, Settings, strict=False)


def layers(file: Path | None, environ: Mapping[str, str]) -> Iterator[Layer]:
    """Yield the layers, weakest first."""
    yield read_file(_HERE / _MAIN, _MAIN_KEYS)
    yield read_file(_HERE / _AI, _AI_SECTIONS)
    own = own_file(file, environ)
    if own is not None:
        yield read_file(own, _MAIN_KEYS)
    beside = (own.parent if own else Path.cwd()) / _AI
    if beside.is_file():
        yield read_file(beside, _AI_SECTIONS)
    yield read_environment(environ)


def own_file(file: Path | None, environ: Mapping[str, str]) -> Path | None:
    """Return the owner's settings file; one that was named must exist."""
    named = file or (Path(environ[CONFIG_VARIABLE]) if environ.get(CONFIG_VARIABLE) else None)
    if named is not None:
        if not named.is_file():
            origin = "--config" if file else CONFIG_VARIABLE
            raise SettingsError(origin, str(named), "there is no such file")
        return named
    here = Path(_MAIN)
    return here if here.is_file() else None


def read_file(path: Path, allowed: tuple[str, ...] | frozenset[str]) -> Layer:
    """Read one YAML file whose top keys are among `allowed`."""
    try:
        text = path.read_text(encoding="utf-8")
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(str(path), "the file", f"cannot be read: {error}") from error
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise SettingsError(f"{path}:{line}", "the file", f"is not YAML: {error.problem}") from error
    if node is None:
        return Layer(str(path), {})
    if not isinstance(node, yaml.MappingNode):
        raise SettingsError(f"{path}:1", "the file", "is not a mapping of settings")
    places = dict(_places(node, str(path), ""))
    layer = Layer(str(path), yaml.safe_load(text), places)
    for key in layer.values:
        if key not in allowed:
            raise layer.error(str(key), _unknown(str(key), sorted(allowed)))
    return layer


def _places(node: yaml.MappingNode, file: str, prefix: str) -> Iterator[tuple[str, str]]:
    seen: set[str] = set()
    for key_node, value_node in node.value:
        key, place = f"{prefix}{key_node.value}", f"{file}:{key_node.start_mark.line + 1}"
        if key in seen:
            raise SettingsError(place, key, "is written twice")
        seen.add(key)
        yield key, place
        if isinstance(value_node, yaml.MappingNode):
            yield from _places(value_node, file, f"{key}.")


def read_environment(environ: Mapping[str, str]) -> Layer:
    """Read `MARKETWRIGHT_WEB__PORT=80` and the like; an empty one means no value, a list is written as PATH is."""
    values: dict[str, Any] = {}
    places: dict[str, str] = {}
    for name in sorted(environ):
        if not name.startswith(PREFIX) or name == CONFIG_VARIABLE or name.startswith(TEST_PREFIX):
            continue
        path = name.removeprefix(PREFIX).lower().split("__")
        places[".".join(path)] = name
        target = values
        for part in path[:-1]:
            target = target.setdefault(part, {})
            if not isinstance(target, dict):
                raise SettingsError(name, ".".join(path), "another variable sets the section that it is in")
        target[path[-1]] = _read(path, environ[name])
    return Layer("the environment", values, places, is_text=True)


def _read(path: list[str], text: str) -> Any:
    kind: Any = Settings
    for part in path:
        kind = _fields(kind).get(part) if _is_struct(kind) else None
    if get_origin(kind) is tuple:
        return text.split(os.pathsep) if text else []
    return text or None


FROM_THE_ENVIRONMENT = (("ai_monitoring", "api_key"), ("mail", "password"))


def _keep_key_out(layer: Layer) -> None:
    """Refuse the secrets of others in a file, which people copy and commit."""
    for section, key in FROM_THE_ENVIRONMENT:
        if not layer.is_text and (layer.values.get(section) or {}).get(key) is not None:
            variable = f"{PREFIX}{section}__{key}".upper()
            raise layer.error(f"{section}.{key}", f"is read from the environment only: set {variable}")


def _is_struct(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, msgspec.Struct)


def _fields(kind: type[msgspec.Struct]) -> dict[str, Any]:
    return {one.name: one.type for one in msgspec.structs.fields(kind)}


def _check_keys(layer: Layer, values: Mapping[str, Any], kind: type[msgspec.Struct], prefix: str) -> None:
    known = _fields(kind)
    for key, value in values.items():
        path = f"{prefix}{key}"
        if key not in known:
            raise layer.error(path, _unknown(str(key), sorted(known)))
        if not _is_struct(known[key]):
            continue
        if not isinstance(value, Mapping):
            raise layer.error(path, "is a section: it takes keys of its own, not a value")
        _check_keys(layer, value, known[key], f"{path}.")


def _unknown(key: str, known: list[str]) -> str:
    close = difflib.get_close_matches(key, known, n=1)
    hint = f"did you mean {close[0]}?" if close else f"known are {', '.join(known)}"
    return f"is no setting; {hint}"


def _convert(layer: Layer) -> None:
    try:
        msgspec.convert(layer.values, Settings, strict=not layer.is_text)
    except msgspec.ValidationError as error:
        reason, _, at = str(error).partition(" - at `$")
        key = at.strip("`.").split("[")[0]
        words = (f"is not {text}" for pattern, text in SHAPES.items() if repr(pattern) in reason)
        raise layer.error(key or "the file", next(words, reason)) from error


def _merge(target: dict[str, Any], values: Mapping[str, Any]) -> None:
    for key, value in values.items():
        if isinstance(value, Mapping):
            _merge(target.setdefault(key, {}), value)
        else:
            target[key] = value
