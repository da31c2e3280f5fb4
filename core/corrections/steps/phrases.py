"""How a sentence speaks of steps whose arguments are more than a word to fill in."""

from __future__ import annotations

from typing import Any

from core.corrections import pieces


def rearranged(given: dict[str, Any]) -> str:
    where = f" where it reads like {pieces.said_like(given['like'])}" if given["like"] else ""
    return f"write “{pieces.said(given['to'])}”{where}"


def only_where(given: dict[str, Any]) -> str:
    parts = [f"it reads like {pieces.said_like(given['like'])}"] if given["like"] else []
    if given["but_not"]:
        more = f" or {len(given['but_not']) - 3} more" if len(given["but_not"]) > 3 else ""
        parts.append(f"it is not {' or '.join(f'“{one}”' for one in given['but_not'][:3])}{more}")
    return f"only where {' and '.join(parts) or 'it is text'}"


def measured(given: dict[str, Any]) -> str:
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
    return f"read the date as {' or '.join(given['reads'])} and write it as {given['writes']}"


def looked_up(given: dict[str, Any]) -> str:
    return "look the value up in a table: {mapping}" + (", letter case and signs aside" if given["fold"] else "")


def kept(given: dict[str, Any]) -> str:
    return f"keep only {given['keep'].replace('_', ' ')}"


def rejoined(given: dict[str, Any]) -> str:
    at = "commas, semicolons or slashes" if given["separator"] is None else "“{separator}”"
    return f"split it at {at} and join it by “{{joiner}}”" + (", each item once" if given["unique"] else "")
