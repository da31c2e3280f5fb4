"""Takes personal data out of free text before a model sees it: e-mail, phone, address, account, names of buyers.

It takes out too much rather than too little: a masked model number costs a suggestion, a name that leaves costs trust.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Set

import phonenumbers
from phonenumbers import Leniency, PhoneNumberMatcher
from stdnum import iban, luhn

MARKS = EMAIL, PHONE, ADDRESS, ACCOUNT, NAME, SECRET = (
    "[e-mail]", "[phone]", "[address]", "[account]", "[name]", "[secret]",
)  # fmt: skip
"""What stands in the place of what was taken out."""

REGIONS = ("FR", "DE", "GB", "US", "ES", "IT", "NL", "PL")
LONGEST_NAME = 5
"""Words of the longest name that is looked for."""

_AT = r"(?:@|\s?[\(\[{]\s?(?:at|arobase|a)\s?[\)\]}]\s?|\s(?:at|arobase)\s)"
_DOT = r"(?:\.|\s?[\(\[{]\s?(?:dot|point|punkt)\s?[\)\]}]\s?|\s(?:dot|punkt)\s)"
_EMAIL = re.compile(rf"(?i)[\w.+-]{{1,64}}{_AT}[\w-]{{1,63}}(?:{_DOT}[\w-]{{2,63}}){{1,4}}")
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?\b")
_CARD = re.compile(r"\b\d(?:[ -]?\d){12,18}\b")
_CALL = re.compile(
    r"(?i)\b(?:t[ée]l(?:[ée]phone|efon|efono)?|phone|call(?: us)?|mobile|handy|fax|whats ?app|appelez|anrufen|sms|gsm)"
    r"\b\W{0,4}(?:\w{2,8}\W{1,3})?(\+?\d(?:[ ()./-]{0,2}\d){5,16})"
)
_STREET_WORD = (
    r"rue|avenue|av|boulevard|bd|chemin|impasse|all[ée]e|place|quai|street|st|road|rd|lane|ln|drive|dr|court|ct|square|"
    r"way|close|crescent|terrace|via|viale|piazza|corso|calle|avenida|plaza|paseo|rua|ulica|ul|laan|straat|weg|allee"
)
_STREETS = (
    re.compile(rf"(?i)\b\d{{1,5}}\s?(?:bis|ter|[a-d])?,?\s+(?:{_STREET_WORD})\b\.?(?:\s+[^\s,;<>]{{1,30}}){{1,5}}"),
    re.compile(rf"\b\d{{1,5}}\s+(?:[A-Z][\w'’-]{{1,30}}\s+){{1,3}}(?i:{_STREET_WORD})\b\.?"),
    re.compile(
        r"(?i)\b(?:via|viale|piazza|corso|calle|avenida|plaza|paseo|rua|ulica|ul)\.?\s+[^,;<>\d]{2,50},?\s\d{1,5}\b"
    ),
    re.compile(
        r"\b[A-ZÄÖÜ][\w-]{2,40}(?:straße|strasse|str\.|weg|gasse|platz|allee|straat|laan|gracht)\s+\d{1,4}\s?[a-z]?\b"
    ),
    re.compile(r"(?i)\b(?:p\.?\s?o\.?\s?box|bo[iî]te postale|bp|postfach)\s*\d{1,7}\b"),
)
_AFTER_STREET = re.compile(r"(?:,?\s*(?:[A-Z]{1,2}-)?\d{4,5}\s+[A-ZÄÖÜÉ][\w'’-]{1,40})")
_TOWN_LINE = re.compile(rf"({re.escape(ADDRESS)}){_AFTER_STREET.pattern}")
_BEARER = re.compile(r"(?i)\b(?:sk|pk|ghp|xox[abp]|shpat|shpss|ck|cs)[-_][A-Za-z0-9_-]{12,}")
_WORD = re.compile(r"[^\W\d_]+(?:['’.-](?!s\b)[^\W\d_]+)*")
_INVISIBLE = re.compile(r"[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")


def mask(text: str, names: Set[str] = frozenset()) -> str:
    """Return `text` without personal data. `names` are buyers' full names as `spoken` writes them."""
    shown = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text))
    shown = _EMAIL.sub(EMAIL, shown)
    shown = _BEARER.sub(SECRET, shown)
    shown = _IBAN.sub(lambda found: ACCOUNT if iban.is_valid(found.group()) else found.group(), shown)
    shown = _CARD.sub(_card, shown)
    for street in _STREETS:
        shown = street.sub(ADDRESS, shown)
    shown = _TOWN_LINE.sub(r"\1", shown)
    shown = _CALL.sub(lambda found: found.group().replace(found.group(1), PHONE), shown)
    shown = _without_phones(shown)
    return _without_names(shown, names) if names else shown


def spoken(name: str) -> str:
    """Return a name as it is compared: without case, accents and signs; nothing for a single word.

    A single first name or surname is too often a word of the catalogue.
    """
    words = _WORD.findall(name)
    return " ".join(map(_plain, words)) if 2 <= len(words) <= LONGEST_NAME else ""


def _plain(word: str) -> str:
    letters = unicodedata.normalize("NFKD", word.casefold())
    return "".join(letter for letter in letters if letter.isalpha())


def _card(found: re.Match[str]) -> str:
    digits = re.sub(r"\D", "", found.group())
    return ACCOUNT if len(digits) >= 15 and luhn.is_valid(digits) else found.group()


def _without_phones(text: str) -> str:
    if sum(map(str.isdigit, text)) < 7:
        return text
    spans = {
        (match.start, match.end)
        for region in REGIONS
        for match in PhoneNumberMatcher(text, region, leniency=Leniency.VALID)
        if _looks_dialled(match)
    }
    for start, end in sorted(spans, reverse=True):
        if PHONE not in text[start:end]:
            text = text[:start] + PHONE + text[end:]
    return text


def _looks_dialled(match: phonenumbers.PhoneNumberMatch) -> bool:
    """Tell a number that somebody dials from a code: it is written with its country, or in groups."""
    written = match.raw_string
    return written.startswith(("+", "00")) or len(re.findall(r"\d[ ()./-]+(?=\d)", written)) >= 2 or "(" in written


def _without_names(text: str, names: Set[str]) -> str:
    words = [(found.start(), found.end(), _plain(found.group())) for found in _WORD.finditer(text)]
    spans: list[tuple[int, int]] = []
    place = 0
    while place < len(words):
        length = next(
            (size for size in range(LONGEST_NAME, 1, -1) if _is_name(words[place : place + size], size, names)), 0
        )
        if length:
            spans.append((words[place][0], words[place + length - 1][1]))
        place += length or 1
    for start, end in reversed(spans):
        text = text[:start] + NAME + text[end:]
    return text


def _is_name(words: list[tuple[int, int, str]], size: int, names: Set[str]) -> bool:
    """Look a run of words up, in the order in which it stands and with the surname first."""
    if len(words) < size:
        return False
    plain = [word for _, _, word in words]
    return (
        " ".join(plain) in names
        or " ".join([*plain[1:], plain[0]]) in names
        or " ".join([plain[-1], *plain[:-1]]) in names
    )
