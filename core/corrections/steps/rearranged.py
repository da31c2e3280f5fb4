"""Steps that write a value anew from its own pieces, and that say where a program applies at all."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal

from core.corrections import pieces
from core.corrections.abstains import Abstains
from core.corrections.arguments import Json, WholeRecord
from core.corrections.steps.text import text as text_of

_KEPT = {
    "letters_and_digits": re.compile(r"[\W_]+"),
    "letters": re.compile(r"[\W\d_]+"),
    "digits": re.compile(r"[^0-9]+"),
}
_LIST_SIGNS = re.compile(r"[,;|/\n]")
_LETTERS = re.compile(r"[^\W\d_]+")
MOST_ITEMS = 200


def rearrange(value: object, *, to: str, like: tuple[str, ...] = (), record: WholeRecord) -> str:
    """Write pieces of the value between constants, as in `{letters 1|upper}-{digits 1}`; see core.corrections.pieces.

    Where `like` is given, only a value that reads like one of its patterns is touched.
    """
    try:
        if not isinstance(value, str) or (like and not pieces.reads_like(value, like)):
            raise Abstains
        return pieces.fill(to, value, record)
    except ValueError as error:
        raise Abstains from error


def only_where(value: object, *, like: tuple[str, ...] = (), but_not: tuple[str, ...] = ()) -> object:
    """Let the program go on only where the text reads like one of `like`, and is none of `but_not`."""
    if not isinstance(value, str) or value in but_not:
        raise Abstains
    try:
        if like and not pieces.reads_like(value, like):
            raise Abstains
    except ValueError as error:
        raise Abstains from error
    return value


def keep_only(value: object, *, keep: Literal["letters_and_digits", "letters", "digits"]) -> str:
    """Remove all characters but letters, digits or both."""
    kept = _KEPT[keep].sub("", text_of(value))
    if not kept:
        raise Abstains
    return kept


def rejoin(value: object, *, joiner: str, separator: str | None = None, unique: bool = False) -> str:
    """Split a text at its separator (any of , ; | / and line ends where none is given) and join it by another."""
    before = text_of(value)
    parts = _LIST_SIGNS.split(before) if separator is None else before.split(separator or "\0")
    items = [part.strip() for part in parts if part.strip()]
    if len(items) < 2 or len(items) > MOST_ITEMS:
        raise Abstains
    return joiner.join(dict.fromkeys(items) if unique else items)


def replace_words(value: object, *, words: Mapping[str, Json]) -> str:
    """Replace each run of letters by what a table says; abstain where one is not in the table."""

    def other(match: re.Match[str]) -> str:
        found = words.get(match.group())
        if not isinstance(found, str):
            raise Abstains
        return found

    before = text_of(value)
    if len(before) > pieces.LONGEST_VALUE or not _LETTERS.search(before):
        raise Abstains
    return _LETTERS.sub(other, before).strip()


def pick_by_word(value: object, *, words: Mapping[str, Json]) -> object:
    """Write what a table says of a word in the text, letter case aside; abstain where two words do not agree."""
    before = text_of(value)
    if len(before) > pieces.LONGEST_VALUE:
        raise Abstains
    found = [words[word] for word in dict.fromkeys(folded_words(before)) if word in words]
    if not found or any(other != found[0] for other in found[1:]):
        raise Abstains
    return found[0]


def folded_words(text: str) -> list[str]:
    """Return the words of a text in lower case, letters and digits only, without an s at their end."""
    words = [word.casefold() for word in pieces.RUNS["code"].findall(text)]
    return [word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word for word in words]
