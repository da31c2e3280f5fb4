"""Steps on text: spaces, case, length, replacing."""

from __future__ import annotations

import re
from typing import Literal

from core.corrections.abstains import Abstains
from core.corrections.regex import Regex

_SPACES = re.compile(r"[ \t\u00a0\u2000-\u200a\u202f\u3000]{2,}|[\t\u00a0\u2000-\u200a\u202f\u3000]")
_BLANK_LINES = re.compile(r"\n{3,}")
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u2028\u2029\ufeff]")
_REPEATED = re.compile(r"\b(\w{3,40})(?:[ ]+\1\b)+", re.IGNORECASE)
LONGEST = 100_000


def trim(value: object) -> str:
    """Remove white space at both ends."""
    return text(value).strip()


def collapse_spaces(value: object) -> str:
    """Make one space of several, and at most one empty line of several."""
    return _BLANK_LINES.sub("\n\n", _SPACES.sub(" ", text(value)))


def remove_control_characters(value: object) -> str:
    """Remove characters that nobody sees: controls, zero-width spaces, byte order marks."""
    return _CONTROLS.sub("", text(value))


def change_case(value: object, *, to: Literal["upper", "lower", "title", "sentence"]) -> str:
    """Write in upper, lower, title or sentence case. Title case keeps short words with digits (`USB3`, `4K`)."""
    before = text(value)
    if to == "upper":
        return before.upper()
    if to == "lower":
        return before.lower()
    if to == "sentence":
        return before[:1].upper() + before[1:].lower()
    return " ".join(_title_word(word) for word in before.split(" "))


def shorten_at_word(value: object, *, limit: int) -> str:
    """Cut after the last whole word that keeps the text within `limit` characters."""
    before = text(value)
    if limit < 1:
        raise Abstains
    if len(before) <= limit:
        return before
    stops_here = before[limit] in ",;:" and before[limit + 1 : limit + 2].isspace()
    end = limit if stops_here else max(before.rfind(space, 0, limit + 1) for space in " \n")
    if end < limit // 2:
        raise Abstains
    return before[:end].rstrip(" ,;:-–—|/(&+\n")


def replace(value: object, *, old: str, new: str) -> str:
    """Replace one text by another, wherever it stands."""
    if not old:
        raise Abstains
    return text(value).replace(old, new)


def regex_replace(value: object, *, pattern: Regex, replacement: str) -> str:
    r"""Replace what a linear-time regular expression matches; `\1` stands for its first group."""
    try:
        return pattern.substitute(replacement, text(value))
    except ValueError as error:
        raise Abstains from error


def remove_repeated_words(value: object) -> str:
    """Write once a word that stands twice in a row."""
    return _REPEATED.sub(r"\1", text(value))


def text(value: object) -> str:
    """Return `value` where it is text of a sane length; abstain otherwise."""
    if not isinstance(value, str) or len(value) > LONGEST:
        raise Abstains
    return value


def _title_word(word: str) -> str:
    if any(character.isdigit() for character in word) and len(word) <= 5:
        return word
    return word[:1].upper() + word[1:].lower()
