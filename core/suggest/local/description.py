"""A plain description from title and attributes, by a template in the record's language.

It states what the record states and nothing else, as a program that fills in the fields of any record like it.
"""

from __future__ import annotations

import re

from core.corrections.apply import run
from core.corrections.steps.values import missing
from core.model.corrections import Program, Safety
from core.model.records import Record
from core.suggest.local.offer import Offer

CONFIDENCE = 0.45
MOST_ATTRIBUTES = 8
_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,40}")
_LABELS = {
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


def offer(record: Record, field: str, catalogue: str | None) -> Offer | None:
    """Return a description for a record that has none; None where the language or what to say is not known."""
    language = language_of(record, catalogue)
    if field != "description" or language is None or missing(record.get("title")):
        return None
    program: Program = ({"template": {"text": text_for(record, language)}},)
    changes = run(({"set_value": {"to": None}}, *program), record, field)
    if not changes or len(_known(record)) < 2:
        return None
    names = ", ".join(name for name, _ in _known(record))
    return Offer(
        program=program,
        changes=changes,
        confidence=CONFIDENCE,
        evidence=(f"It says what the record says in: title, {names}.",),
        safety=Safety.REVIEW,
    )


def language_of(record: Record, catalogue: str | None) -> str | None:
    """Return the language to write in: the record's own, else the one its title is in, else the catalogue's."""
    locale = record.get("locale")
    if isinstance(locale, str) and len(locale) > 1:
        return locale[:2].lower() if locale[:2].lower() in _LABELS else None
    words = str(record.get("title") or "").casefold().split()
    votes = {language: sum(word in telling for word in words) for language, telling in _TELLING.items()}
    best = max(votes, key=lambda language: votes[language])
    if votes[best] and sum(count == votes[best] for count in votes.values()) == 1:
        return best
    return catalogue if catalogue in _LABELS else None


def text_for(record: Record, language: str) -> str:
    """Return the template: the title, then a sentence for each thing that is known."""
    labels, colon = _LABELS[language], _COLON[language]
    sentences = [
        f"{labels.get(name.lower(), name.replace('_', ' ').capitalize())}{colon}{{{path}}}."
        for name, path in _known(record)
    ]
    return " ".join(["{title}.", *sentences])


def _known(record: Record) -> list[tuple[str, str]]:
    found = [(name, name) for name in ("brand", "mpn") if isinstance(record.get(name), str) and record[name].strip()]
    attributes = record.get("attributes")
    if isinstance(attributes, dict):
        for name in sorted(attributes, key=str):
            value = attributes[name]
            told = isinstance(value, str | int | float) and not isinstance(value, bool) and len(str(value)) <= 100
            if isinstance(name, str) and _KEY.fullmatch(name) and told and str(value).strip():
                found.append((name, f"attributes.{name}"))
    return found[:MOST_ATTRIBUTES]
