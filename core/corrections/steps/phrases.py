"""How a sentence speaks of steps whose arguments are more than a word to fill in."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from core.corrections import pieces


def rearranged(given: dict[str, Any]) -> str:
    """Say how a value is written from its pieces, and where."""
    where = f" where it reads like {said_like(given['like'])}" if given["like"] else ""
    return f"write “{said(given['to'])}”{where}"


def only_where(given: dict[str, Any]) -> str:
    """Say where a program applies."""
    parts = [f"it reads like {said_like(given['like'])}"] if given["like"] else []
    if given["but_not"]:
        more = f" or {len(given['but_not']) - 3} more" if len(given["but_not"]) > 3 else ""
        parts.append(f"it is not {' or '.join(f'“{one}”' for one in given['but_not'][:3])}{more}")
    return f"only where {' and '.join(parts) or 'it is text'}"


def measured(given: dict[str, Any]) -> str:
    """Say how a measure is written."""
    names = given["names"] or {}
    written = given["text"].replace("{number}", "‹number›").replace("{unit}", "‹unit›")
    phrase = f"write the measure as “{written}”"
    if given["unit"]:
        phrase += f", converted to {given['unit']}"
    elif names:
        phrase += f" with {', '.join(str(name) for name in list(names.values())[:4])}"
        phrase += f" and {len(names) - 4} more units" if len(names) > 4 else ""
    if given["places"] is not None:
        phrase += f", rounded to {given['places']} decimals"
    return phrase + (f"; a bare number is in {given['bare']}" if given["bare"] else "")


def number_written(given: dict[str, Any]) -> str:
    """Say how a number is written."""
    phrase = f"write the number with “{given['decimal']}” before decimals"
    if given["grouping"]:
        phrase += f" and “{given['grouping']}” between thousands"
    if given["places"] is not None:
        phrase += f", {'rounded to' if given['rounds'] else 'with'} {given['places']} decimals"
    if str(given["times"]) != "1":
        phrase += f", times {given['times']}"
    around = f"{given['before']}‹number›{given['after']}"
    return phrase + (f", as “{around}”" if around != "‹number›" else "")


def date_converted(given: dict[str, Any]) -> str:
    """Say how a date is read and written."""
    return f"read the date as {' or '.join(given['reads'])} and write it as {given['writes']}"


def looked_up(given: dict[str, Any]) -> str:
    """Say that a table is asked."""
    return "look the value up in a table: {mapping}" + (", letter case and signs aside" if given["fold"] else "")


def kept(given: dict[str, Any]) -> str:
    """Say which characters stay."""
    return f"keep only {given['keep'].replace('_', ' ')}"


def rejoined(given: dict[str, Any]) -> str:
    """Say how a list in a text is split and joined."""
    at = "commas, semicolons or slashes" if given["separator"] is None else "“{separator}”"
    return f"split it at {at} and join it by “{{joiner}}”" + (", each item once" if given["unique"] else "")


_ORDINALS = {1: "first", 2: "second", 3: "third", 4: "fourth", 5: "fifth", -1: "last", -2: "last but one"}


def said(text: str) -> str:
    """Return a text, or what a value reads like, for people: pieces in ‹ › and in words."""
    return pieces.PLACEHOLDER.sub(lambda match: f"‹{_said(match.group(1))}›", text)


def said_like(patterns: Sequence[str]) -> str:
    """Say what values read like, the first few of them."""
    shown = " or ".join(f"“{said(pattern)}”" for pattern in patterns[:3])
    return shown + (f" or {len(patterns) - 3} more" if len(patterns) > 3 else "")


def _said(written: str) -> str:
    name, *changes = written.split("|")
    kind, _, given = name.partition(" ")
    words = name
    if kind in pieces.RUNS and re.fullmatch(r"-?[0-9]+", given):
        words = f"{_ORDINALS.get(int(given), given + 'th')} {kind}"
    elif kind == "field":
        words = given
    elif kind == "part":
        place, _, separator = given.partition(" of ")
        words = f"{_ORDINALS.get(int(place), place + 'th')} part by {separator!r}"
    elif kind in ("before", "after", "beyond"):
        words = {"before": "what stands before", "after": "what stands after", "beyond": "what follows the last"}[kind]
        words += f" {given!r}"
    return " ".join([words, *(_changed(change) for change in changes)])


def _changed(change: str) -> str:
    if change in pieces.CHANGES:
        return pieces.CHANGES[change][1]
    name, _, width = change.partition(" ")
    return f"filled up to {width} digits" if name == "pad" else f"cut after {width} characters"
