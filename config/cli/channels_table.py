"""The tables of `docs/channels.md`: what each channel can do, and how good it is, generated from the plugins."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from core.capabilities import CAPABILITIES, capabilities_of
from core.channel import Channel
from core.quality import RULES, Quality, Status, quality_of

_MARKS = {Status.DONE: "yes", Status.EXEMPT: "exempt", Status.TO_DO: "to do"}


def markdown(channels: Sequence[Channel]) -> str:
    """Return both tables, the channels as columns."""
    titles = [channel.title for channel in channels]
    able = [capabilities_of(channel) for channel in channels]
    found = [quality_of(channel) for channel in channels]
    can = _table(
        ["", *titles],
        (
            ["**Tier**", *(f"**{quality.tier}**" for quality in found)],
            *([one.title, *("yes" if it[one.name] else "–" for it in able)] for one in CAPABILITIES),
        ),
    )
    good = _table(
        ["tier", "rule", "asks", *titles],
        ([rule.tier, f"`{rule.id}`", rule.asks, *(_mark(quality, rule.id) for quality in found)] for rule in RULES),
    )
    return f"{can}\n\n## Quality\n\n{good}\n\n{_exempt(channels, found)}"


def _mark(quality: Quality, rule: str) -> str:
    return _MARKS[quality.claims[rule].status] if rule in quality.claims else "to do"


def _exempt(channels: Sequence[Channel], found: Sequence[Quality]) -> str:
    """Say why a platform is exempt of what it is exempt of."""
    return "\n".join(
        f"* {channel.title}, `{rule.id}`: {quality.claims[rule.id].reason}"
        for channel, quality in zip(channels, found, strict=True)
        for rule in RULES
        if rule.id in quality.claims and quality.claims[rule.id].status is Status.EXEMPT
    )


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(map(str, cells))} |" for cells in lines)
