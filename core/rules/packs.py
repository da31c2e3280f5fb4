"""Folders of rulepacks, opened together: `<folder>/<channel>/<version>.yaml`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

from core.errors import NotFound, RulepackError
from core.rules.document import LARGEST
from core.rules.evaluate import CompiledPack, compile_pack
from core.rules.pack import Pack, Rule
from core.rules.parse import parse
from core.rules.published_words import PREFIX

FALLBACK = "common"


def load_folder(folder: Path) -> dict[str, list[Pack]]:
    """Read every pack of a folder, by channel, oldest version first."""
    packs: dict[str, list[Pack]] = {}
    for file in sorted(folder.glob("*/*.yaml")):
        pack = load_file(file)
        if (pack.channel, pack.version) != (file.parent.name, file.stem):
            reason = f"it holds {pack.name}, so its place is {pack.channel}/{pack.version}.yaml"
            raise RulepackError(str(file), 1, None, reason)
        packs.setdefault(pack.channel, []).append(pack)
    for versions in packs.values():
        versions.sort(key=lambda pack: order(pack.version))
    return packs


def load_file(file: Path) -> Pack:
    """Read one pack."""
    try:
        with file.open(encoding="utf-8") as stream:
            text = stream.read(LARGEST + 1)
    except (OSError, UnicodeDecodeError) as error:
        raise RulepackError(str(file), None, None, f"cannot be read: {error}") from error
    return parse(text, str(file))


def order(version: str) -> tuple[int, ...]:
    """Return what versions are sorted by: 2026.9 before 2026.11."""
    return tuple(int(part) for part in version.split("."))


@dataclass(frozen=True)
class Library:
    """All packs that this installation knows, compiled. It is opened once and never changes."""

    packs: Mapping[str, Mapping[str, CompiledPack]] = field(repr=False)

    @classmethod
    def open(cls, folders: Sequence[Path]) -> Library:
        """Read and compile the packs of several folders; RulepackError at the first that cannot be used."""
        read: dict[str, Pack] = {}
        for folder in folders:
            for pack in chain.from_iterable(load_folder(folder).values()):
                if pack.name in read:
                    reason = f"{pack.name} is already read from {read[pack.name].file}"
                    raise RulepackError(pack.file, None, None, reason)
                read[pack.name] = pack
        compiled: dict[str, dict[str, CompiledPack]] = {}
        for pack in sorted(read.values(), key=lambda pack: order(pack.version)):
            compiled.setdefault(pack.channel, {})[pack.version] = compile_pack(pack, _inherited(pack, read))
        return cls(compiled)

    def pack(self, channel: str, version: str | None = None) -> CompiledPack:
        """Return a channel's pack, the newest where no version is named.

        A channel without a pack gets `common`. NotFound where a version is named that does not exist.
        """
        versions = self.packs.get(channel) or (self.packs.get(FALLBACK) if version is None else None)
        if not versions:
            raise NotFound(f"There is no rulepack {channel}{f'@{version}' if version else ''}.")
        if version is None:
            return versions[tuple(versions)[-1]]
        try:
            return versions[version]
        except KeyError:
            known = ", ".join(versions)
            raise NotFound(f"There is no rulepack {channel}@{version}; there is {known}.") from None

    def versions(self, channel: str) -> tuple[str, ...]:
        """Return the versions of a channel's pack, newest first."""
        return tuple(self.packs.get(channel, {}))[::-1]

    def channels(self) -> tuple[str, ...]:
        """Return the channels that have a pack of their own, `common` among them."""
        return tuple(sorted(self.packs))

    def named(self, name: str) -> CompiledPack:
        """Return the pack `channel@version`, or that of an edition: `channel@version+r3f9c2d1+2026-07-27`."""
        channel, _, version = name.partition("@")
        return self.pack(channel, version.partition("+")[0])

    def rule(self, pack_name: str, rule_id: str) -> Rule:
        """Return one rule of the pack `channel@version`, or of an edition; NotFound where there is none.

        Rules made of what a platform publishes are those of a connection; `rulebook.rules_of` has them.
        """
        if rule_id.startswith(f"{PREFIX}."):
            raise NotFound(f"{rule_id} is made of what the platform publishes; look at its connection's requirements.")
        return self.named(pack_name).rule(rule_id)

    def __iter__(self) -> Iterator[CompiledPack]:
        """Walk all packs, by channel and version."""
        for channel in self.channels():
            yield from self.packs[channel].values()


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
