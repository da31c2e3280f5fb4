"""The step that writes a plain description: what the record says of itself, and nothing else, in its language."""

from __future__ import annotations

import re
from typing import Literal

from core.corrections.abstains import Abstains
from core.corrections.arguments import WholeRecord
from core.corrections.steps.values import missing
from core.model.records import Record

Language = Literal["en", "de", "fr"]
LANGUAGES: tuple[Language, ...] = ("en", "de", "fr")
MOST_ATTRIBUTES = 8
FEWEST = 2
"""Things to say besides the title; a description that says less helps nobody."""

_KEY = re.compile(r"[^\W\d_][\w -]{0,40}")
_LABELS: dict[str, dict[str, str]] = {
    "en": {"brand": "Brand", "mpn": "Model number", "color": "Colour", "colour": "Colour", "material": "Material",
           "size": "Size", "capacity": "Capacity", "weight": "Weight", "model": "Model", "power": "Power",
           "voltage": "Voltage", "gender": "For", "pattern": "Pattern", "shape": "Shape", "storage": "Storage"},
    "de": {"brand": "Marke", "mpn": "Modellnummer", "color": "Farbe", "colour": "Farbe", "material": "Material",
           "size": "Größe", "capacity": "Fassungsvermögen", "weight": "Gewicht", "model": "Modell", "power": "Leistung",
           "voltage": "Spannung", "gender": "Für", "pattern": "Muster", "shape": "Form", "storage": "Speicher"},
    "fr": {"brand": "Marque", "mpn": "Référence", "color": "Couleur", "colour": "Couleur", "material": "Matière",
           "size": "Taille", "capacity": "Capacité", "weight": "Poids", "model": "Modèle", "power": "Puissance",
           "voltage": "Tension", "gender": "Pour", "pattern": "Motif", "shape": "Forme", "storage": "Stockage"},
}  # fmt: skip
_COLON = {"en": ": ", "de": ": ", "fr": " : "}
_TELLING = {
    "en": frozenset(["the", "and", "with", "for", "of", "in"]),
    "de": frozenset(["und", "mit", "für", "der", "die", "das", "aus"]),
    "fr": frozenset(["et", "avec", "pour", "de", "du", "des", "en", "la", "le"]),
}
_PLUMBING = frozenset(["backorders", "handle", "status", "visibility", "featured", "template", "vendor", "sku"])
"""Attributes without an underscore that steer a shop and tell a buyer nothing; those with one are left out anyway."""


def description_from_record(value: object, *, language: Language, record: WholeRecord) -> str:
    """Write the title, then a sentence for each thing known: brand, model number, attributes; in `language`.

    It abstains where a description stands, where the record says that it is in another language, and where there is
    too little to say.
    """
    title = record.get("title") if isinstance(record, dict) else None
    if not missing(value) or not isinstance(title, str) or not title.strip():
        raise Abstains
    if language_of(record, language) != language:
        raise Abstains
    known = told(record)
    if len(known) < FEWEST:
        raise Abstains
    labels, colon = _LABELS[language], _COLON[language]
    end = "" if title.strip()[-1] in ".!?" else "."
    sentences = [f"{_label(labels, name)}{colon}{text}." for name, text in known]
    return " ".join([f"{title.strip()}{end}", *sentences])


def told(record: Record) -> list[tuple[str, str]]:
    """Return what a description can say of a record, with its name: brand, model number, telling attributes."""
    found = [(name, text) for name in ("brand", "mpn") if (text := _told(record.get(name))) is not None]
    attributes = record.get("attributes")
    if isinstance(attributes, dict):
        for name in sorted((name for name in attributes if isinstance(name, str)), key=str.casefold):
            text = _told(attributes[name])
            plain = _KEY.fullmatch(name) and ("_" not in name and name.casefold() not in _PLUMBING)
            if plain and text is not None and all(name.casefold() != known for known, _ in found):
                found.append((name, text))
    return found[:MOST_ATTRIBUTES]


def language_of(record: Record, otherwise: str | None) -> str | None:
    """Return the language to write in: the record's own, else the one its title is in, else `otherwise`.

    None where the record names a language that has no template here, and where nothing tells.
    """
    locale = record.get("locale")
    if isinstance(locale, str) and len(locale) > 1:
        return locale[:2].lower() if locale[:2].lower() in _LABELS else None
    words = str(record.get("title") or "").casefold().split()
    votes = {language: sum(word in telling for word in words) for language, telling in _TELLING.items()}
    best = max(votes, key=lambda language: votes[language])
    if votes[best] and sum(count == votes[best] for count in votes.values()) == 1:
        return best
    return otherwise if otherwise in _LABELS else None


def _told(value: object) -> str | None:
    """Return a value that may stand in a sentence: a short text or a number, None for all else."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    if isinstance(value, int) and abs(value) >= 10**30:
        return None
    text = " ".join(str(value).split()).rstrip(".")
    return text if 0 < len(text) <= 100 and "<" not in text else None


def _label(labels: dict[str, str], name: str) -> str:
    return labels.get(name.casefold(), f"{name[:1].upper()}{name[1:]}")
