"""How values become words on a page: hidden characters spelled out, times, shares, long values, safe links."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

import msgspec
from markupsafe import Markup, escape

NAMES = {
    "\u00a0": "NBSP", "\u00ad": "SHY", "\u200b": "ZWSP", "\u200c": "ZWNJ", "\u200d": "ZWJ", "\u200e": "LRM",
    "\u200f": "RLM", "\u202a": "LRE", "\u202b": "RLE", "\u202c": "PDF", "\u202d": "LRO", "\u202e": "RLO",
    "\u2060": "WJ", "\u2066": "LRI", "\u2067": "RLI", "\u2068": "FSI", "\u2069": "PDI", "\ufeff": "BOM",
}  # fmt: skip
"""Short names of the characters that hide best."""

PLATFORM_WORDS = {
    "required_field": "Required field",
    "format_validation": "Format",
    "business_rule": "Business rule",
    "marketplace_rule": "Marketplace rule",
}
SOURCES = {
    "learned": "Learned from decisions",
    "builtin": "From the rulepack",
    "local": "From your own records",
    "llm": "Language model",
    "human": "Written by a person",
}
BRIEF_SOURCES = {"learned": "Learned", "builtin": "Rulepack", "local": "Own records", "llm": "Model", "human": "Person"}
SPACES = {" ": "·", "\t": "→", "\n": "⏎\n", "\r": "␍", "\u00a0": "⍽"}
ODD_SPACE = re.compile(r"^\s+|\s+$|\s{2,}|[^\S ]")
MODES = {
    "observe": "Observe",
    "suggest": "Suggest",
    "apply_locally": "Apply locally",
    "apply_and_push": "Apply and push",
}


def text(value: Any) -> str:
    """Write any value as text: strings as they are, nothing as nothing, the rest as JSON."""
    if value is None:
        return ""
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def unseen(character: str) -> str | None:
    """Return the name of a character that cannot be seen, None for one that can."""
    if character in "\n\t ":
        return None
    if character in NAMES:
        return NAMES[character]
    if unicodedata.category(character) in ("Cc", "Cf", "Co", "Cs", "Zl", "Zp"):
        return f"U+{ord(character):04X}"
    return None


def shown(value: Any) -> Markup:
    """Write a value so that nothing in it hides and nothing in it can turn the text around it."""
    return Markup("").join(_spelled(text(value)))


def _spelled(value: str) -> list[Markup]:
    parts: list[Markup] = []
    start = 0
    for index, character in enumerate(value):
        name = unseen(character)
        if name is None or _joins_emoji(value, index):
            continue
        parts.append(escape(value[start:index]))
        title = unicodedata.name(character, f"U+{ord(character):04X}").capitalize()
        parts.append(Markup('<span class="unseen" title="{}">{}</span>').format(title, name))
        start = index + 1
    parts.append(escape(value[start:]))
    return parts


def _joins_emoji(value: str, index: int) -> bool:
    """Tell whether this is the joiner inside one picture, where it is at home."""
    around = value[index - 1 : index] + value[index + 1 : index + 2]
    return value[index] == "\u200d" and len(around) == 2 and all(ord(c) >= 0x2600 for c in around)


def middle(value: Any, limit: int = 60) -> Markup:
    """Cut a long value in the middle; the whole stands in its title and is what a copy gives."""
    whole = text(value)
    if len(whole) <= limit:
        return shown(whole)
    half = (limit - 1) // 2
    return Markup('<span title="{}">{}…{}</span>').format(whole[:2000], shown(whole[:half]), shown(whole[-half:]))


def excerpt(value: Any, other: Any, limit: int = 28) -> Markup:
    """Cut a long value around the place where it begins to differ from another; the whole stands in its title.

    White space is made visible where it is all that differs.
    """
    whole, against = text(value), text(other)
    mark = marked if whole.split() == against.split() else str
    if len(whole) <= limit:
        return shown(mark(whole))
    alike = next((index for index, (a, b) in enumerate(zip(whole, against, strict=False)) if a != b), limit)
    start = 0 if alike < limit // 2 else max(min(alike - limit // 3, len(whole) - limit), 0)
    cut = mark(whole[start : start + limit])
    before, after = "…" if start else "", "…" if start + limit < len(whole) else ""
    return Markup('<span title="{}">{}{}{}</span>').format(whole[:2000], before, shown(cut), after)


def marked(value: str) -> str:
    """Write white space with marks that can be seen, single spaces between words excepted."""
    return ODD_SPACE.sub(lambda found: visible(found[0]), value)


def visible(space: str) -> str:
    """Write white space with marks that can be seen."""
    return "".join(SPACES.get(character, character) for character in space)


def ago(moment: datetime | None, now: datetime | None = None) -> str:
    """Say how long ago, in the largest unit that fits."""
    if moment is None:
        return "never"
    seconds = ((now or datetime.now(UTC)) - moment).total_seconds()
    if seconds < 0:
        return "soon" if seconds < -60 else "just now"
    if seconds > 30 * 86400:
        return f"{moment.day} {moment.strftime('%b %Y')}"
    for unit, size in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= size:
            return f"{int(seconds // size)} {unit} ago"
    return "just now"


def exact(moment: datetime) -> str:
    """Write a time in full, in UTC."""
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def share(value: float | None) -> str:
    """Write a share between 0 and 1 with two digits, as `.86`; a whole one as `1.0`."""
    if value is None:
        return "–"
    rounded = f"{float(value):.2f}"
    return rounded[1:] if rounded.startswith("0.") else rounded[:3]


def hundredths(value: float | None) -> str:
    """Write a share as a length out of 100 for a drawing."""
    return f"{min(max(float(value or 0), 0.0), 1.0) * 100:.1f}"


def plural(count: int, one: str, many: str | None = None) -> str:
    """Write a count with its noun."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def link(url: Any) -> str | None:
    """Return the address when it may be followed from a page of ours: http or https and a host, nothing else."""
    if not isinstance(url, str) or any(ord(c) <= 32 or c in '<>"\\' for c in url):
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return url if parts.scheme in ("http", "https") and parts.netloc else None


def words(value: str) -> str:
    """Write an identifier as words: `apply_and_push` as `Apply and push`."""
    return value.replace("_", " ").replace(".", " ").strip().capitalize()


def money(amount: Decimal, currency: str | None) -> str:
    """Write an amount with its currency, with as many digits as a small one needs."""
    digits = 2 if amount >= 1 or not amount else 4 if amount >= Decimal("0.001") else 6
    return f"{amount:,.{digits}f} {currency or ''}".strip()


def pretty(value: str) -> str:
    """Write JSON on lines of its own; what is none stays as it is."""
    try:
        return msgspec.json.format(value.encode(), indent=2).decode()
    except (msgspec.DecodeError, UnicodeEncodeError):
        return value


def reasons(given: Iterable[str]) -> str:
    """Join reasons to one line."""
    return "; ".join(reason.strip().rstrip(".") for reason in given)


def source(value: str) -> str:
    """Name who proposed a suggestion."""
    return SOURCES.get(value, words(value))


def brief_source(value: str) -> str:
    """Name who proposed a suggestion in a word or two."""
    return BRIEF_SOURCES.get(value, words(value))


def mode(value: str) -> str:
    """Name a connection's mode."""
    return MODES.get(value, words(value))


def category(value: str) -> str:
    """Name a category of issues."""
    return PLATFORM_WORDS.get(value, words(value))


FILTERS = (
    text, shown, middle, excerpt, ago, exact, share, hundredths, plural, link, words, source,
    brief_source, mode, category, reasons, money, pretty,
)  # fmt: skip
"""What templates may call, under the same names."""
