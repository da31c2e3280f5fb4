"""Checks on HTML in text."""

from __future__ import annotations

import re

from core.corrections.regex import regex
from core.rules.checks.kinds import Check, define, text

_TAGS = r"<\s*/?\s*([a-zA-Z][a-zA-Z0-9-]*)"
_ACTIVE = (
    r"(?i)<\s*/?\s*(script|iframe|object|embed|applet|form|link|meta|base|frame|frameset|noscript)\b"
    r"|<[^>]*[\s\"'/]on[a-z]+\s*=|<[^>]*=\s*[\"']?\s*(javascript|vbscript)\s*:"
)
_ANY = r"<[a-zA-Z/!][^>]*>"
_OPENS = re.compile(r"<[\s/]*+(?:script|i?frame|object|embed|applet|form|link|meta|base|noscript)", re.IGNORECASE)
"""Where an active tag may begin: linear, because what it skips is never given back."""


def no_html(value: object) -> bool:
    """Hold when the text has no HTML tags."""
    return not isinstance(value, str) or "<" not in value or not regex(_ANY).found(value)


def no_scripts(value: object) -> bool:
    """Hold when the text has no scripts, frames, forms, event handlers or script links."""
    return not isinstance(value, str) or "<" not in value or not regex(_ACTIVE).found(value)


def html_tags(value: object, *, allowed: tuple[str, ...]) -> bool:
    """Hold when every HTML tag in the text is one of `allowed`."""
    if not isinstance(value, str) or "<" not in value:
        return True
    return {tag.lower() for tag in regex(_TAGS).all(value)} <= {tag.lower() for tag in allowed}


def html_has_text(value: object) -> bool:
    """Hold when something is left of the text once its tags are gone."""
    if not isinstance(value, str) or "<" not in value:
        return True
    left = regex(_ANY).substitute("", value).replace("&nbsp;", " ")
    return bool(left.strip()) or "<img" in value


_AFTER = "value.find('>') + 1"
"""What stands right behind a `>` is outside of every tag."""

MARKUP: tuple[Check, ...] = (
    define(no_html, text("'<' in value")),
    define(no_scripts, text("'<' in value and ('=' in value or opens(value) is not None)", opens=_OPENS.search)),
    define(html_tags, text("'<' in value")),
    define(html_has_text, text(f"'<' in value and not value[{_AFTER}:{_AFTER} + 1].isalnum()")),
)
