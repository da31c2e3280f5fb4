"""Regular expressions in linear time (RE2), so that no rulepack and no record can stall a worker."""

from __future__ import annotations

import re
from functools import lru_cache

import re2

from core.corrections.shapes import answers, shape_of

LONGEST = 1_000
_MEMORY = 4 << 20
_REFERENCE = re.compile(r"\\(\d)|\\(\\)|(\\)")


class Regex:
    """One compiled expression. `source` is what was written, `shape` what answers in place of the engine."""

    __slots__ = ("_answers", "_program", "shape", "source")

    def __init__(self, source: str) -> None:
        if len(source) > LONGEST:
            raise ValueError(f"a regular expression has at most {LONGEST} characters")
        options = re2.Options()
        options.log_errors = False
        options.max_mem = _MEMORY
        try:
            self._program = re2.compile(source, options)
        except (re2.error, UnicodeEncodeError) as error:
            raise ValueError(f"not a regular expression that runs in linear time: {_reason(error)}") from error
        self.source = source
        self.shape = shape_of(source)
        self._answers = self._searches if self.shape is None else answers(self.shape)

    def __repr__(self) -> str:
        return f"Regex({self.source!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Regex) and other.source == self.source

    def __hash__(self) -> int:
        return hash(self.source)

    @property
    def size(self) -> int:
        """Return how many instructions it compiles to, which its cost for each character grows with."""
        return int(self._program.programsize)

    def found(self, text: str) -> bool:
        """Say whether the expression matches anywhere in `text`."""
        return self._answers(text)

    def _searches(self, text: str) -> bool:
        return self._program.search(encodable(text)) is not None

    def all(self, text: str) -> list[str]:
        """Return what the first group (or the whole, without groups) matched, each time it matched."""
        group = 1 if self._program.groups else 0
        return [match.group(group) or "" for match in self._program.finditer(encodable(text))]

    def substitute(self, replacement: str, text: str) -> str:
        r"""Replace each match; `\1` to `\9` in `replacement` stand for groups, `\\` for a backslash."""
        pieces = self.pieces(replacement)
        out, end = [], 0
        text = encodable(text)
        for match in self._program.finditer(text):
            out.append(text[end : match.start()])
            out.extend(piece if isinstance(piece, str) else match.group(piece) or "" for piece in pieces)
            end = match.end()
        return "".join(out) + text[end:]

    def pieces(self, replacement: str) -> list[str | int]:
        """Split a replacement into literal text and group numbers; ValueError where it names no group."""
        pieces: list[str | int] = []
        end = 0
        for match in _REFERENCE.finditer(replacement):
            pieces.append(replacement[end : match.start()])
            end = match.end()
            if match.group(3):
                raise ValueError("a backslash in a replacement is followed by a group number or a backslash")
            pieces.append("\\" if match.group(2) else int(match.group(1)))
        pieces.append(replacement[end:])
        highest = max((piece for piece in pieces if isinstance(piece, int)), default=0)
        if highest > self._program.groups:
            raise ValueError(f"the replacement names group {highest}, the expression has {self._program.groups}")
        return pieces


@lru_cache(maxsize=1024)
def regex(source: str) -> Regex:
    """Compile `source` once; ValueError with the reason where RE2 refuses it."""
    return Regex(source)


def encodable(text: str) -> str:
    """Return `text` with lone surrogates replaced, which JSON may hold and UTF-8 may not."""
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode(errors="replace").decode()
    return text


def _reason(error: Exception) -> str:
    first = error.args[0] if error.args else ""
    return first.decode(errors="replace") if isinstance(first, bytes) else str(first)
