"""Programs that write numbers, measures and dates in another form, their arguments read off the pairs."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from core.corrections import numerals, units
from core.corrections.induction.examples import Example, distinct
from core.corrections.induction.likeness import key_of
from core.corrections.steps.formats import date_in, read_date
from core.corrections.steps.numbers import shortest
from core.model.corrections import Program

SAMPLE = 24
_AROUND = re.compile(r"([^0-9+-]{0,12})(-?[0-9][0-9.,' \u00a0\u202f]*[0-9]|-?[0-9])([^0-9]{0,24})")
_TIMES = tuple(Decimal(text) for text in ("100", "0.01", "1000", "0.001", "10", "0.1"))
_DAYS = ("DD{0}MM{0}YYYY", "D{0}M{0}YYYY", "MM{0}DD{0}YYYY", "M{0}D{0}YYYY", "YYYY{0}MM{0}DD", "YYYY{0}M{0}D",
         "DD{0}MM{0}YY", "D{0}M{0}YY", "MM{0}DD{0}YY", "M{0}D{0}YY", "YY{0}MM{0}DD",
         "DD{0}MMM{0}YYYY", "D{0}MMM{0}YYYY", "DD{0}MMM{0}YY", "D{0}MMM{0}YY")  # fmt: skip
_WORDED = ("MMMM D, YYYY", "MMM D, YYYY", "MMMM DD, YYYY", "MMM DD, YYYY", "D MMMM YYYY", "DD MMMM YYYY",
           "D. MMMM YYYY", "DD. MMMM YYYY", "MMMM D YYYY", "MMM D YYYY", "DDDD, MMMM D, YYYY", "DDD, D MMM YYYY",
           "DDDD, D MMMM YYYY", "YYYYMMDD", "DDMMYYYY", "MMDDYYYY", "YYMMDD")  # fmt: skip
_FORMS = (*(form.format(sign) for sign in "/.- " for form in _DAYS), *_WORDED)
_CLOCKS = ("", " HH:mm", " HH:mm:ss", " h:mm A", "THH:mm:ss", "THH:mm:ssZ", " h:mm:ss A", " H:mm")
_PARTS = ("YYYY", "MM", "M", "MMMM", "MMM", "DD", "D", "DDDD", "DDD", "MM/YYYY", "YYYY-MM", "MMMM YYYY", "MMM YYYY",
          "HH:mm", "h:mm A", "HH:mm:ss", "HH", "YY")  # fmt: skip
LANGUAGES = ("en", "de", "fr", "es", "it", "nl")
"""Languages that months are read in; the first in which a form fits all of a sample is taken."""


def numbers(examples: Sequence[Example]) -> Iterator[Program]:
    """Yield programs that write numbers in another locale, scaled, rounded, or with something around them."""
    found: Counter[str] = Counter()
    programs: dict[str, Program] = {}
    for example in distinct(examples, SAMPLE):
        for arguments in _number_arguments(example):
            found[repr(arguments)] += 1
            programs[repr(arguments)] = ({"write_number": arguments},)
    yield from (programs[name] for name, _ in found.most_common(6))


def _number_arguments(example: Example) -> Iterator[dict[str, Any]]:
    match = None if example.wanted is None else _AROUND.fullmatch(example.wanted)
    if match is None or (isinstance(example.before, str) and len(example.before) > 64):
        return
    before, written, after = match.groups()
    for reads in ("auto", ",", ".") if isinstance(example.before, str) else ("auto",):
        number = numerals.plain(example.before)
        if isinstance(example.before, str):
            number = numerals.read(example.before, reads)
        if number is None:
            continue
        for decimal, grouping, wanted, places in _locales(written):
            base: dict[str, Any] = {} if reads == "auto" else {"reads": reads}
            base |= {} if decimal == "." else {"decimal": decimal}
            base |= {"grouping": grouping} if grouping else {}
            base |= {"before": before} if before else {}
            base |= {"after": after} if after else {}
            yield from _scaled(base, number, wanted, places)


def _scaled(base: dict[str, Any], number: Decimal, wanted: Decimal, places: int) -> Iterator[dict[str, Any]]:
    if number == wanted:
        yield base
        yield {**base, "places": places}
        return
    if number.quantize(Decimal(1).scaleb(-places), rounding="ROUND_HALF_UP") == wanted:
        yield {**base, "places": places, "rounds": True}
    for times in _TIMES:
        if number * times == wanted:
            yield {**base, "times": str(times)}
            yield {**base, "times": str(times), "places": places}


def _locales(written: str) -> Iterator[tuple[str, str, Decimal, int]]:
    """Yield how a number may have been written: its decimal sign, its grouping, the number, its decimals."""
    for decimal in ".,":
        read = numerals.read(written, decimal)
        if read is None:
            continue
        fraction = written.rpartition(decimal)[2] if decimal in written else ""
        whole = written.rpartition(decimal)[0] if decimal in written else written
        signs = {sign for sign in whole if not sign.isdigit() and sign != "-"}
        if len(signs) <= 1 and (decimal in written or decimal == "." or signs):
            yield decimal, next(iter(signs), "").replace("\u00a0", " ").replace("\u202f", " "), read, len(fraction)


def measures(examples: Sequence[Example]) -> Iterator[Program]:
    """Yield programs that write measures in one way: their units named alike, taken away or converted."""
    read = [(one, units.read(one.text), _AROUND.fullmatch(one.wanted)) for one in examples if one.text and one.wanted]
    known = [(one, *measure, match) for one, measure, match in read if measure is not None and match is not None]
    if sum(1 for _, _, unit, _ in known if unit is not None) * 4 < len(known) and not _is_scaled(known):
        return
    yield from _named(known)
    yield from _converted(known)


def _is_scaled(known: Sequence[tuple[Example, Decimal, Any, re.Match[str]]]) -> bool:
    return any(shortest(number) != match.group(2).rstrip("0").rstrip(".") for _, number, _, match in known[:3])


def _named(known: Sequence[tuple[Example, Decimal, units.Unit | None, re.Match[str]]]) -> Iterator[Program]:
    """Yield programs that keep each unit and write its name in one way."""
    names: dict[str, Counter[str]] = {}
    gaps: Counter[tuple[str, str]] = Counter()
    for _, number, unit, match in known:
        if unit is not None and not match.group(1) and match.group(2) == shortest(number):
            name = match.group(3).strip()
            names.setdefault(unit.sign, Counter())[name] += 1
            gaps[match.group(3)[: len(match.group(3)) - len(match.group(3).lstrip())], ""] += 1
    if not names:
        return
    written = {sign: counts.most_common(1)[0][0] for sign, counts in names.items()}
    gap = gaps.most_common(1)[0][0][0]
    text = f"{{number}}{gap}{{unit}}" if any(written.values()) else "{number}"
    bare = Counter(
        sign
        for _, number, unit, match in known
        for sign, name in written.items()
        if unit is None and match.group(3).strip() == name and match.group(2) == shortest(number)
    )
    yield ({"write_measure": {"text": text, "names": written}},)
    for sign, _ in bare.most_common(1):
        yield ({"write_measure": {"text": text, "names": written, "bare": sign}},)


def _converted(known: Sequence[tuple[Example, Decimal, units.Unit | None, re.Match[str]]]) -> Iterator[Program]:
    """Yield programs that convert into one unit; a bare number has the unit that makes most of them right."""
    targets: Counter[str] = Counter()
    bares: Counter[tuple[str, str]] = Counter()
    for _, number, unit, match in known[:60]:
        wanted = numerals.plain(match.group(2))
        if wanted is None:
            continue
        places = numerals.decimals_written(match.group(2)) or 0
        for source in (unit,) if unit is not None else _SOURCES:
            for target in _FAMILIES[source.family]:
                if target is not source and _fits(number, source, target, wanted, places):
                    targets[target.sign] += 1 if unit is not None else 0
                    bares[source.sign, target.sign] += 1 if unit is None else 0
    for (_, sign), _ in bares.most_common(3):
        targets[sign] += 1
    decimals = Counter(numerals.decimals_written(match.group(2)) or 0 for *_, match in known)
    texts = Counter(f"{match.group(1)}{{number}}{match.group(3)}" for *_, match in known)
    zeros = len(decimals) == 1 and max(decimals) > 0
    for chosen, _ in targets.most_common(2):
        arguments: dict[str, Any] = {"unit": chosen, "text": texts.most_common(1)[0][0], "places": max(decimals)}
        arguments |= {"zeros": True} if zeros else {}
        best = [source for (source, into), _ in bares.most_common(8) if into == chosen][:2]
        yield from (({"write_measure": {**arguments, "bare": bare}},) for bare in best)
        yield ({"write_measure": arguments},)


def _fits(number: Decimal, source: units.Unit, target: units.Unit, wanted: Decimal, places: int) -> bool:
    made = units.convert(number, source, target)
    return made is not None and made.quantize(Decimal(1).scaleb(-places), rounding="ROUND_HALF_UP") == wanted != number


_FAMILIES: dict[str, list[units.Unit]] = {}
for _unit in units.SIGNS.values():
    _FAMILIES.setdefault(_unit.family, []).append(_unit)
_SOURCES = tuple(unit for unit in units.SIGNS.values() if unit.family in ("mass", "length", "volume"))


def dates(examples: Sequence[Example]) -> Iterator[Program]:
    """Yield programs that write dates in another form; forms in which days and months read both ways come last."""
    sample = [one for one in distinct(examples, SAMPLE) if one.text and one.wanted and any(map(str.isdigit, one.text))]
    if not sample:
        return
    for language in LANGUAGES:
        reads: Counter[tuple[str, str]] = Counter()
        for one in sample:
            reads.update(_forms_between(" ".join((one.text or "").split()), one.wanted or "", language))
        if reads:
            more = {} if language == "en" else {"language": language}
            for writes in dict.fromkeys(writes for (_, writes), _ in reads.most_common(6)):
                forms = [read for (read, into), _ in reads.most_common(12) if into == writes]
                yield from (({"convert_date": {"reads": [form], "writes": writes, **more}},) for form in forms[:3])
                if len(forms) > 1:
                    yield ({"convert_date": {"reads": forms[:6], "writes": writes, **more}},)
            return


def _forms_between(text: str, wanted: str, language: str) -> Iterator[tuple[str, str]]:
    if len(text) > 60 or len(wanted) > 60:
        return
    for form in _forms(text):
        moment = read_date(text, form, language)
        if moment is None:
            continue
        for writes in (*_forms(wanted), *(_PARTS if len(wanted) < 16 else ())):
            if date_in(moment, writes, language) == wanted:
                yield form, writes


def _forms(text: str) -> tuple[str, ...]:
    """Return the forms that a text could be in, by how it is built."""
    return _forms_by_key().get(key_of(text), ())


@lru_cache(maxsize=1)
def _forms_by_key() -> dict[tuple[str, ...], tuple[str, ...]]:
    found: dict[tuple[str, ...], list[str]] = {}
    for form in (form + clock for form in _FORMS for clock in _CLOCKS):
        for moment in (datetime(2026, 1, 2, 3, 4, 5), datetime(2026, 11, 12, 13, 14, 15)):  # noqa: DTZ001 - samples
            key = key_of(date_in(moment, form))
            if form not in found.setdefault(key, []):
                found[key].append(form)
    return {key: tuple(forms) for key, forms in found.items()}
