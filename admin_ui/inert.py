"""HTML shown as it reads and never as it acts: rebuilt from a few plain tags, without any attribute."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

from markupsafe import Markup

from admin_ui.words import shown

PLAIN = {
    "b": "strong", "strong": "strong", "em": "em", "i": "em", "p": "p", "div": "p", "ul": "ul", "ol": "ol", "li": "li",
    "h1": "h4", "h2": "h4", "h3": "h4", "h4": "h4", "h5": "h4", "h6": "h4",
}  # fmt: skip
"""The tags that are drawn, and as what."""
SILENT = frozenset({"script", "style", "template", "noscript", "title", "iframe", "object", "svg", "math", "textarea"})
"""Elements whose content is no text for people."""
LOOKS_LIKE_HTML = re.compile(r"</?[a-zA-Z][^<>]*>")
LONGEST = 50_000


class Reader(HTMLParser):
    """Rebuilds a document: `parts` holds escaped text and tags of ours only, `open_tags` what is still open."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[Markup] = []
        self.open_tags: list[str] = []
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open a plain tag; its attributes are left out, every other tag too."""
        if tag in SILENT:
            self.silent += 1
        elif tag == "br" and not self.silent:
            self.parts.append(Markup("<br>"))
        elif tag in PLAIN and not self.silent:
            self.open_tags.append(PLAIN[tag])
            self.parts.append(Markup(f"<{PLAIN[tag]}>"))  # noqa: S704 - a tag of the table above

    def handle_endtag(self, tag: str) -> None:
        """Close a plain tag with whatever was left open in it."""
        if tag in SILENT:
            self.silent = max(self.silent - 1, 0)
        elif not self.silent and PLAIN.get(tag) in self.open_tags:
            while self.close_last() != PLAIN[tag]:
                pass

    def handle_data(self, data: str) -> None:
        """Take text over, escaped."""
        if not self.silent:
            self.parts.append(shown(data))

    def close_last(self) -> str:
        """Close the innermost open tag and return it."""
        tag = self.open_tags.pop()
        self.parts.append(Markup(f"</{tag}>"))  # noqa: S704 - a tag of the table above
        return tag


def rendered(value: Any) -> Markup | None:
    """Return how an HTML text reads, None for what is no HTML or too long to be worth it."""
    if not isinstance(value, str) or len(value) > LONGEST or not LOOKS_LIKE_HTML.search(value):
        return None
    reader = Reader()
    reader.feed(value)
    reader.close()
    while reader.open_tags:
        reader.close_last()
    return Markup("").join(reader.parts)
