"""A digest in words: as plain text, and as simple HTML in which whatever strangers wrote is text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from html import escape

from core.model.notices import About, Digest, Example, News, NewsKind
from core.privacy import redact

LONGEST_TITLE, LONGEST_EXAMPLE = 200, 120
HEADINGS = {
    NewsKind.BRAKED: "Switched itself off",
    NewsKind.FAILED: "Failed",
    NewsKind.ATTENTION: "Needs attention",
    NewsKind.CORRECTED: "Corrected by itself",
}
COUNTED = {
    NewsKind.BRAKED: ("correction switched itself off", "corrections switched themselves off"),
    NewsKind.FAILED: ("correction failed", "corrections failed"),
    NewsKind.ATTENTION: ("thing needs attention", "things need attention"),
    NewsKind.CORRECTED: ("correction made by itself", "corrections made by themselves"),
}
_SCHEME = re.compile(r"(?i)\b(https?|ftp|mailto|javascript|data):")
_WWW = re.compile(r"(?i)\bwww\.")


def plain(text: str, longest: int) -> str:
    """Return a stranger's text on one line, without characters that cannot be seen, cut, and with links broken.

    A mail programme makes links of what looks like one; none but ours should be there to be followed.
    """
    seen = "".join(one if unicodedata.category(one)[0] not in "CZ" else " " for one in text)
    one_line = _WWW.sub("www ", _SCHEME.sub(r"\1 ", " ".join(redact(seen).split())))
    return one_line if len(one_line) <= longest else f"{one_line[: longest - 1]}…"


def counted(digest: Digest) -> str:
    """Return what a digest counts, such as "3 corrections failed, 1 thing needs attention"."""
    parts = []
    for kind, words in COUNTED.items():
        number = digest.counts.get(kind, 0)
        if number:
            parts.append(f"{number:,} {words[0] if number == 1 else words[1]}")
    return ", ".join(parts)


def subject(digest: Digest) -> str:
    """Return the subject of a digest's mail: counts only, nothing that strangers wrote."""
    return f"Marketwright: {counted(digest)}"


def text(digest: Digest, site: str) -> str:
    """Return a digest as plain text; `site` is our own address, empty where none is set."""
    lines = [f"{counted(digest)}.", f"From {digest.since:%Y-%m-%d %H:%M} to {digest.until:%Y-%m-%d %H:%M} UTC.", ""]
    for kind, found in _by_kind(digest):
        lines += [HEADINGS[kind].upper(), ""]
        for one in found:
            lines += [f"* {_title(one)}", *(f"    {line}" for line in _where(one))]
            lines += [f"    - {plain(each.text, LONGEST_EXAMPLE)}{_address(site, each.path)}" for each in one.examples]
            lines += [f"    {site}{one.path}"] if site else []
        lines.append("")
    if digest.left_out:
        lines += [f"And {digest.left_out:,} more causes.", ""]
    if site:
        lines += [f"All of it: {site}{_page(digest)}", ""]
    return "\n".join(lines)


def html(digest: Digest, site: str) -> str:
    """Return a digest as HTML without styles, pictures or scripts; every text in it is escaped."""
    parts = [f"<p><strong>{escape(counted(digest))}.</strong></p>"]
    for kind, found in _by_kind(digest):
        parts.append(f"<h3>{escape(HEADINGS[kind])}</h3><ul>")
        for one in found:
            where = "".join(f"<br><small>{escape(line)}</small>" for line in _where(one))
            examples = "".join(_example(each, site) for each in one.examples)
            parts.append(
                f"<li>{_link(_title(one), site, one.path)}{where}{f'<ul>{examples}</ul>' if examples else ''}</li>"
            )
        parts.append("</ul>")
    if digest.left_out:
        parts.append(f"<p>And {digest.left_out:,} more causes.</p>")
    if site:
        parts.append(f"<p>{_link('All of it', site, _page(digest))}</p>")
    return "".join(parts)


def _by_kind(digest: Digest) -> Iterator[tuple[NewsKind, list[News]]]:
    for kind in HEADINGS:
        found = [one for one in digest.news if one.kind is kind]
        if found:
            yield kind, found


def _title(one: News) -> str:
    times = f"{one.count:,} × " if one.count > 1 else ""
    return f"{times}{plain(one.title, LONGEST_TITLE)}"


def _where(one: News) -> list[str]:
    known = [plain(part, LONGEST_TITLE) for part in (one.merchant, one.where) if part]
    return [", ".join(known)] if known else []


def _page(digest: Digest) -> str:
    return "/auto-corrected" if digest.about is About.CORRECTIONS else "/alerts"


def _address(site: str, path: str) -> str:
    return f" {site}{path}" if site else ""


def _link(words: str, site: str, path: str) -> str:
    return f'<a href="{escape(site + path)}">{escape(words)}</a>' if site else escape(words)


def _example(one: Example, site: str) -> str:
    return f"<li>{_link(plain(one.text, LONGEST_EXAMPLE), site, one.path)}</li>"
