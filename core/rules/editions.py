"""Packs together with what platforms publish, made once for each content and kept while they are used."""

from __future__ import annotations

from collections import OrderedDict

from core.model.records import RecordKind
from core.rules.evaluate import CompiledPack, with_rules
from core.rules.published import Published, beside, mark

MOST = 64


class Editions:
    """What was made so far, by pack and checksum of the requirements; the least recently used go first."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._made: OrderedDict[tuple[CompiledPack, str], CompiledPack] = OrderedDict()

    def get(self, pack: CompiledPack, checksum: str) -> CompiledPack | None:
        """Return a pack with the requirements of this checksum, None where it has to be made."""
        found = self._made.get((pack, checksum))
        if found is not None:
            self._made.move_to_end((pack, checksum))
        return found

    def keep(self, pack: CompiledPack, checksum: str, made: CompiledPack) -> None:
        """Keep what was made."""
        self._made[pack, checksum] = made
        while len(self._made) > self._most:
            self._made.popitem(last=False)


def make(pack: CompiledPack, published: Published, checksum: str) -> CompiledPack:
    """Return a pack with what is published beside it, ready to judge products: thousands of rules take seconds."""
    made = with_rules(pack, beside(published.rules, pack.rules), mark(checksum))
    made.evaluate(RecordKind.PRODUCT, {})
    return made
