"""Steps on HTML. What is kept is kept byte for byte; what is dropped is dropped whole."""

from __future__ import annotations

import re
from html import unescape
from html.parser import HTMLParser

from core.corrections.abstains import Abstains
from core.corrections.steps.text import text

ACTIVE = frozenset(
    {"script", "iframe", "object", "embed", "applet", "form", "link", "meta", "base", "frame", "frameset", "noscript"}
)
_WHOLE = frozenset({"script", "style", "iframe", "object", "applet", "noscript", "template"})
_BLOCKS = frozenset({"p", "div", "li", "ul", "ol", "br", "tr", "table", "h1", "h2", "h3", "h4", "h5", "h6", "section"})
_VOID = frozenset({"br", "hr", "img", "input", "meta", "link", "base", "embed", "area", "col", "source", "wbr"})
_UNSAFE_URL = re.compile(r"^[\s\x00-\x20]*(?:javascript|vbscript|data)\s*:", re.IGNORECASE)
LONGEST = 40_000
_UNCLOSED = 50
_TAG = re.compile(r"<[a-zA-Z/!]")


def strip_html(value: object) -> str:
    """Turn HTML into plain text: tags and scripts go, blocks become lines, entities become characters."""
    before = text(value)
    if not _TAG.search(before):
        return unescape(before) if "&" in before else before
    reader = _PlainText()
    _read(reader, before)
    lines = (" ".join(line.split()) for line in "".join(reader.out).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def remove_scripts(value: object) -> str:
    """Remove scripts, frames, forms, event handlers and script links; keep all other markup as it is."""
    before = text(value)
    reader = _Cleaned()
    _read(reader, before)
    return "".join(reader.out)


def _read(reader: _PlainText | _Cleaned, source: str) -> None:
    unclosed = max(source.count("<") - source.count(">"), source.rpartition(">")[2].count("<"))
    if len(source) > LONGEST or unclosed > _UNCLOSED or source.count("<!") > source.count("-->") + _UNCLOSED:
        raise Abstains  # the standard parser takes quadratic time over tags that never end
    reader.feed(source)
    reader.close()
    if reader.inside:
        raise Abstains


class _PlainText(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.out: list[str] = []
        self.inside: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _WHOLE and tag not in _VOID:
            self.inside.append(tag)
        elif tag in _BLOCKS:
            self.out.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if self.inside and tag == self.inside[-1]:
            self.inside.pop()
        elif tag in _BLOCKS:
            self.out.append("\n")

    def handle_data(self, data: str) -> None:
        if not self.inside:
            self.out.append(data)


class _Cleaned(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.out: list[str] = []
        self.inside: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ACTIVE and tag not in _VOID and tag != "form":
            self.inside.append(tag)
        elif not self.inside and tag not in ACTIVE:
            self.out.append(self._start(tag, attrs))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if not self.inside and tag not in ACTIVE:
            self.out.append(self._start(tag, attrs))

    def handle_endtag(self, tag: str) -> None:
        if self.inside and tag == self.inside[-1]:
            self.inside.pop()
        elif not self.inside and tag not in ACTIVE:
            self.out.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        if not self.inside:
            self.out.append(data)

    def handle_entityref(self, name: str) -> None:
        self.handle_data(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self.handle_data(f"&#{name};")

    def handle_comment(self, data: str) -> None:
        if not self.inside and not data.startswith("["):
            self.out.append(f"<!--{data}-->")

    def _start(self, tag: str, attrs: list[tuple[str, str | None]]) -> str:
        kept = [(name, given) for name, given in attrs if _harmless(name, given)]
        if len(kept) == len(attrs):
            return self.get_starttag_text() or ""
        written = "".join(f" {name}" if given is None else f' {name}="{_quoted(given)}"' for name, given in kept)
        return f"<{tag}{written}>"


def _harmless(name: str, given: str | None) -> bool:
    return not name.startswith("on") and name != "srcdoc" and not (given and _UNSAFE_URL.match(given))


def _quoted(given: str) -> str:
    return given.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")
