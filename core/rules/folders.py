"""Folders of rulepacks, `<folder>/<channel>/<version>.yaml`, read together, and who brought each one."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path

import msgspec

from core.errors import RulepackError
from core.rules.document import LARGEST
from core.rules.evaluate import CompiledPack, compile_pack
from core.rules.pack import Pack, Rule
from core.rules.parse import digest_of, parse


class PackFolder(msgspec.Struct, frozen=True):
    """A folder of packs. One that a plugin brought is left out where it cannot be used; any other is needed."""

    path: Path
    brought_by: str | None = None


class LeftOut(msgspec.Struct, frozen=True, kw_only=True):
    """A folder that is not used: who brought it, why not, and the channels whose rules it holds."""

    brought_by: str
    folder: Path
    reason: str
    channels: tuple[str, ...]


class Opened(msgspec.Struct, frozen=True, kw_only=True):
    """What folders hold: packs by channel and version, oldest version first, and the folders that were left out."""

    packs: Mapping[str, Mapping[str, CompiledPack]]
    left_out: tuple[LeftOut, ...] = ()


def open_folders(
    folders: Sequence[PackFolder], known: Mapping[str, Pack] | None = None, needed: Collection[Path] = ()
) -> Opened:
    """Read and compile folders in their order; RulepackError at the first that is needed and cannot be used.

    A pack may extend one of its own folder or of a folder before it. `known` are packs by file, which are not parsed
    again where their text is the same; `needed` are folders that are needed although a plugin brought them.
    """
    read: dict[str, Pack] = {}
    compiled: dict[str, CompiledPack] = {}
    owners: dict[str, PackFolder] = {}
    left_out: list[LeftOut] = []
    for folder in folders:
        try:
            own = _free(load_folder(folder.path, known), read, owners)
            together = {**read, **own}
            ready = {name: compile_pack(pack, _inherited(pack, together)) for name, pack in own.items()}
        except RulepackError as error:
            if folder.brought_by is None or folder.path in needed:
                raise
            left_out.append(_left_out(folder, error))
            continue
        read, compiled = together, {**compiled, **ready}
        owners.update(dict.fromkeys(own, folder))
    packs: dict[str, dict[str, CompiledPack]] = {}
    for one in sorted(compiled.values(), key=lambda pack: order(pack.pack.version)):
        packs.setdefault(one.pack.channel, {})[one.pack.version] = one
    return Opened(packs=packs, left_out=tuple(left_out))


def load_folder(folder: Path, known: Mapping[str, Pack] | None = None) -> list[Pack]:
    """Read every pack of a folder."""
    if not folder.is_dir():
        raise RulepackError(str(folder), None, None, "there is no such folder")
    packs = []
    for file in sorted(folder.glob("*/*.yaml")):
        pack = load_file(file, known)
        if (pack.channel, pack.version) != (file.parent.name, file.stem):
            reason = f"it holds {pack.name}, so its place is {pack.channel}/{pack.version}.yaml"
            raise RulepackError(str(file), 1, None, reason)
        packs.append(pack)
    return packs


def load_file(file: Path, known: Mapping[str, Pack] | None = None) -> Pack:
    """Read one pack, or return the one that is known where the text is the same."""
    try:
        with file.open(encoding="utf-8") as stream:
            text = stream.read(LARGEST + 1)
    except (OSError, UnicodeDecodeError) as error:
        raise RulepackError(str(file), None, None, f"cannot be read: {error}") from error
    held = (known or {}).get(str(file))
    return held if held is not None and held.digest == digest_of(text) else parse(text, str(file))


def order(version: str) -> tuple[int, ...]:
    """Return what versions are sorted by: 2026.9 before 2026.11."""
    return tuple(int(part) for part in version.split("."))


def _free(packs: Iterable[Pack], read: Mapping[str, Pack], owners: Mapping[str, PackFolder]) -> dict[str, Pack]:
    """Return packs by name; refuse a name that another folder has."""
    own: dict[str, Pack] = {}
    for pack in packs:
        if pack.name in read:
            brought_by = owners[pack.name].brought_by
            whose = f" of {brought_by}" if brought_by else ""
            reason = f"{pack.name} is already read from {read[pack.name].file}{whose}; one of the two must go"
            raise RulepackError(pack.file, None, None, reason)
        own[pack.name] = pack
    return own


def _left_out(folder: PackFolder, error: RulepackError) -> LeftOut:
    channels = sorted(file.parent.name for file in folder.path.glob("*/*.yaml"))
    return LeftOut(
        brought_by=folder.brought_by or "",
        folder=folder.path,
        reason=error.message,
        channels=tuple(dict.fromkeys(channels)),
    )


def _inherited(pack: Pack, read: Mapping[str, Pack], seen: tuple[str, ...] = ()) -> tuple[Rule, ...]:
    """Return the rules that `pack` extends, what its parents leave out or replace taken into account."""
    if pack.extends is None:
        return ()
    parent = read.get(pack.extends)
    if parent is None or pack.name in seen:
        reason = f"extends {pack.extends}, which " + ("extends it in turn" if parent else "does not exist")
        raise RulepackError(pack.file, None, None, reason)
    rules = {rule.id: rule for rule in _inherited(parent, read, (*seen, pack.name)) if rule.id not in parent.without}
    rules.update({rule.id: rule for rule in parent.rules})
    for name in pack.without:
        if name not in rules:
            raise RulepackError(pack.file, None, None, f"without names {name}, which {parent.name} does not have")
    return tuple(rules.values())
