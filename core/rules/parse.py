"""A rulepack file → `Pack`. What is not in the language is refused with file, line, rule and reason."""

from __future__ import annotations

import hashlib
import re

import msgspec

from core.errors import RulepackError
from core.rules import messages
from core.rules.document import Map, Seq, read
from core.rules.messages import ENGLISH
from core.rules.pack import Pack, Rule
from core.rules.reader import Place, Reader, only

CHANNEL = re.compile(r"[a-z][a-z0-9_]{1,40}")
VERSION = re.compile(r"20[0-9]{2}\.[0-9]{2}(\.[0-9]{1,4})?")
MOST_RULES = 1_000
MOST_LANGUAGES = 40
_KEYS = frozenset({"rulepack", "version", "title", "extends", "without", "rules", "translations"})


def parse(text: str, file: str) -> Pack:
    """Read one rulepack; RulepackError where it is not one."""
    document = read(text, file)
    if not isinstance(document, Map):
        raise RulepackError(file, 1, None, "a rulepack is a mapping")
    only(document, _KEYS, file, None)
    channel = _match(document, "rulepack", CHANNEL, file)
    version = _match(document, "version", VERSION, file)
    extends = document.get("extends")
    if extends is not None and (not isinstance(extends, str) or extends.count("@") != 1):
        raise RulepackError(file, document.lines["extends"], None, "extends names a pack: common@2026.11")
    without = document.get("without", [])
    if not isinstance(without, list) or not all(isinstance(name, str) for name in without):
        raise RulepackError(file, document.lines["without"], None, "without is a list of rule ids")
    place = Place(file, f"{channel}@{version}", digest_of(text))
    rules = _translated(document, _rules(document, place), place)
    return Pack(
        channel=channel,
        version=version,
        title=str(document.get("title") or channel),
        file=file,
        digest=place.digest,
        rules=tuple(rules.values()),
        extends=extends,
        without=tuple(without),
        languages=(ENGLISH, *document.get("translations", ())),
    )


def digest_of(text: str) -> str:
    """Return the hash by which two texts of a pack are told apart."""
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()


def _rules(document: Map, place: Place) -> dict[str, Rule]:
    given, file = document.get("rules"), place.file
    if not isinstance(given, Seq) or len(given) > MOST_RULES:
        raise RulepackError(file, document.lines.get("rules"), None, f"rules is a list of at most {MOST_RULES}")
    rules: dict[str, Rule] = {}
    for item, line in zip(given, given.lines, strict=True):
        rule = Reader(item, line, place).rule()
        if rule.id in rules:
            raise RulepackError(file, line, rule.id, f"the id stands twice, first in line {rules[rule.id].line}")
        rules[rule.id] = rule
    return rules


def _translated(document: Map, rules: dict[str, Rule], place: Place) -> dict[str, Rule]:
    """Return the rules with what `translations:` says of them, language by language."""
    given = document.get("translations", Map())
    if not isinstance(given, Map) or len(given) > MOST_LANGUAGES:
        raise RulepackError(place.file, document.lines["translations"], None, "translations is a mapping of languages")
    for code, catalogue in given.items():
        line = given.lines[code]
        try:
            known = messages.language(code)
        except ValueError as error:
            raise RulepackError(place.file, line, None, str(error)) from error
        if known == ENGLISH or not isinstance(catalogue, Map):
            reason = "English stands in the rules themselves; another language maps rule ids to title and message"
            raise RulepackError(place.file, line, None, reason)
        for name, item in catalogue.items():
            line = catalogue.lines[name]
            if name not in rules:
                raise RulepackError(place.file, line, name[:80], "is translated, and this file has no such rule")
            wording = Reader(item, line, place).translated(rules[name], item)
            held = rules[name]
            rules[name] = msgspec.structs.replace(held, wordings={**held.wordings, known: wording})
    return rules


def _match(document: Map, key: str, form: re.Pattern[str], file: str) -> str:
    value = document.get(key)
    if not isinstance(value, str) or not form.fullmatch(value):
        raise RulepackError(file, document.lines.get(key, 1), None, f"{key} is missing or has not its form")
    return value
