"""The library: all rulepacks of an installation, found by channel, version or name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from core.errors import NotFound, RulepackError
from core.rules.evaluate import CompiledPack
from core.rules.folders import LeftOut, Opened, PackFolder, open_folders
from core.rules.pack import Rule
from core.rules.published_words import PREFIX

FALLBACK = "common"
_REMEMBERED = 4
"""How many earlier texts of a pack are remembered after it was read anew."""


class Library:
    """All packs that this installation knows, compiled. `reopen` replaces all of them at once, or none.

    `trouble` says why the last `reopen` replaced none, None where it did. Whoever holds a pack keeps it as it was.
    """

    def __init__(
        self,
        packs: Mapping[str, Mapping[str, CompiledPack]],
        left_out: tuple[LeftOut, ...] = (),
        folders: tuple[PackFolder, ...] = (),
    ) -> None:
        self.folders = folders
        self.trouble: str | None = None
        self._opened = Opened(packs=packs, left_out=left_out)
        self._earlier: dict[str, tuple[CompiledPack, ...]] = {}

    @classmethod
    def open(cls, folders: Sequence[Path | PackFolder]) -> Library:
        """Read and compile the packs of several folders; RulepackError at the first that is needed and unusable."""
        given = tuple(PackFolder(folder) if isinstance(folder, Path) else folder for folder in folders)
        opened = open_folders(given)
        return cls(opened.packs, opened.left_out, given)

    def reopen(self) -> tuple[str, ...]:
        """Read the folders again and return the names of the packs that say something else, come or go.

        RulepackError where one cannot be used: then every pack stays as it was.
        """
        unused = {one.folder for one in self.left_out}
        used = [folder.path for folder in self.folders if folder.path not in unused]
        try:
            opened = open_folders(self.folders, {pack.pack.file: pack.pack for pack in self}, used)
        except RulepackError as error:
            self.trouble = error.message
            raise
        before = {pack.name: pack for pack in self}
        after = {pack.name: pack for versions in opened.packs.values() for pack in versions.values()}
        changed = [name for name in {**before, **after} if _stamp(before.get(name)) != _stamp(after.get(name))]
        for name in changed:
            if name in before:
                self._earlier[name] = (before[name], *self._earlier.get(name, ()))[:_REMEMBERED]
        self._opened, self.trouble = opened, None
        return tuple(changed)

    @property
    def packs(self) -> Mapping[str, Mapping[str, CompiledPack]]:
        """Every pack by channel and version, the oldest version first."""
        return self._opened.packs

    @property
    def left_out(self) -> tuple[LeftOut, ...]:
        """The plugins' folders that are not used, and why."""
        return self._opened.left_out

    def pack(self, channel: str, version: str | None = None) -> CompiledPack:
        """Return a channel's pack, the newest where no version is named.

        A channel without a pack gets `common`, unless its own pack was left out. NotFound where there is none, or
        none of that version.
        """
        packs = self.packs
        versions = packs.get(channel)
        if not versions:
            for one in self.left_out:
                if channel in one.channels:
                    raise NotFound(f"The rulepacks of {channel} are not used: {one.reason}")
            versions = packs.get(FALLBACK) if version is None else None
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

    def texts(self, name: str) -> tuple[CompiledPack, ...]:
        """Return the pack of that name, and what it said before the last `reopen`s, the newest text first."""
        channel, _, version = name.partition("@")
        now = self.packs.get(channel, {}).get(version)
        return (*([] if now is None else [now]), *self._earlier.get(name, ()))

    def rule(self, pack_name: str, rule_id: str) -> Rule:
        """Return one rule of the pack `channel@version`, or of an edition; NotFound where there is none.

        Rules made of what a platform publishes are those of a connection; `rulebook.rules_of` has them.
        """
        if rule_id.startswith(f"{PREFIX}."):
            raise NotFound(f"{rule_id} is made of what the platform publishes; look at its connection's requirements.")
        return self.named(pack_name).rule(rule_id)

    def __iter__(self) -> Iterator[CompiledPack]:
        """Walk all packs, by channel and version."""
        packs = self.packs
        for channel in sorted(packs):
            yield from packs[channel].values()


def _stamp(pack: CompiledPack | None) -> str | None:
    return None if pack is None else pack.stamp
