"""Steps that write numbers, measures and dates in another form. They read one meaning, or they abstain."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, Literal

from babel import Locale, UnknownLocaleError

from core.corrections import numerals, units
from core.corrections.abstains import Abstains
from core.corrections.arguments import Json
from core.corrections.steps.numbers import shortest

_TOKEN = re.compile(r"YYYY|YY|MMMM|MMM|MM|M|DDDD|DDD|DD|D|HH|H|hh|h|mm|ss|A")
_READ = {"YYYY": r"(?P<year>[0-9]{4})", "YY": r"(?P<year>[0-9]{2})", "MM": r"(?P<month>[0-9]{2})",
         "M": r"(?P<month>[0-9]{1,2})", "DD": r"(?P<day>[0-9]{2})", "D": r"(?P<day>[0-9]{1,2})",
         "MMM": r"(?P<abbreviated>[^\W\d_]{3,10}\.?)", "MMMM": r"(?P<name>[^\W\d_]{3,20})",
         "DDDD": r"[^\W\d_]{3,20}", "DDD": r"[^\W\d_]{2,10}\.?", "HH": r"(?P<hour>[0-9]{2})",
         "H": r"(?P<hour>[0-9]{1,2})", "hh": r"(?P<hour>[0-9]{2})", "h": r"(?P<hour>[0-9]{1,2})",
         "mm": r"(?P<minute>[0-9]{2})", "ss": r"(?P<second>[0-9]{2})", "A": r"(?P<half>[AaPp]\.?[Mm]\.?)"}  # fmt: skip
_PIVOT = 70


def write_number(
    value: object,
    *,
    reads: Literal["auto", ",", "."] = "auto",
    decimal: Literal[".", ","] = ".",
    grouping: Literal["", ".", ",", " ", "'"] = "",
    places: int | None = None,
    rounds: bool = False,
    times: Decimal = Decimal(1),
    before: str = "",
    after: str = "",
) -> str:
    """Write a number in another locale, with `places` decimals, `before` and `after` around it.

    `times` scales it, as for percents. A number that would lose digits is left alone unless it `rounds`, half up.
    """
    number = numerals.read(value, reads) if isinstance(value, str) else numerals.plain(value)
    if number is None or decimal == grouping or number.adjusted() > 18 or abs(times.adjusted()) > 12:
        raise Abstains
    number *= times
    if times != 1:
        number = Decimal(shortest(number))
    return f"{before}{_in_locale(_cut(number, places, rounds), decimal, grouping)}{after}"


def _cut(number: Decimal, places: int | None, rounds: bool) -> str:
    if places is None:
        return numerals.written(number)
    if not 0 <= places <= 10:
        raise Abstains
    cut = number.quantize(Decimal(1).scaleb(-places), rounding="ROUND_HALF_UP")
    if cut != number and not rounds:
        raise Abstains
    return numerals.written(cut)


def _in_locale(written: str, decimal: str, grouping: str) -> str:
    sign, digits = ("-", written[1:]) if written.startswith("-") else ("", written)
    whole, point, fraction = digits.partition(".")
    if grouping:
        whole = f"{int(whole):,}".replace(",", grouping)
    return f"{sign}{whole}{decimal if point else ''}{fraction}"


def write_measure(
    value: object,
    *,
    unit: str | None = None,
    bare: str | None = None,
    text: str = "{number} {unit}",
    names: Mapping[str, Json] | None = None,
    places: int | None = None,
    zeros: bool = False,
    decimal: Literal[".", ","] = ".",
) -> str:
    """Read `10 Inch`, `10"` or `10 1/2` and write it as `text` says, converted into `unit` where one is given.

    `bare` is the unit of a number without one. `names` says how each unit is written; one that it lacks is left
    alone. What is converted is rounded half up to `places`, with `zeros` at its end or without.
    """
    read = units.read(value) if isinstance(value, str) else None
    found = None if read is None else read[1] or units.SIGNS.get(bare or "")
    if read is None or found is None or (names is not None and found.sign not in names):
        raise Abstains
    target = found if unit is None else units.SIGNS.get(unit)
    number = None if target is None else units.convert(read[0], found, target)
    if number is None or target is None or number.adjusted() > 15:
        raise Abstains
    if places is not None and not 0 <= places <= 10:
        raise Abstains
    written = _measured(number, places, zeros).replace(".", decimal)
    name = target.sign if names is None or unit is not None else str(names[found.sign])
    return text.replace("{number}", written).replace("{unit}", name)


def _measured(number: Decimal, places: int | None, zeros: bool) -> str:
    exact = number if places is None else number.quantize(Decimal(1).scaleb(-places), rounding="ROUND_HALF_UP")
    if places is None and len(numerals.written(number).partition(".")[2]) > 12:
        raise Abstains
    return numerals.written(exact) if zeros and places is not None else shortest(exact)


def convert_date(value: object, *, reads: tuple[str, ...], writes: str, language: str = "en") -> str:
    """Read a date in the first form that fits, such as `DD.MM.YYYY`, and write it in another.

    Forms are made of YYYY YY MMMM MMM MM M DD D, DDDD DDD (weekdays), HH H hh h mm ss A, and signs between them.
    """
    if not isinstance(value, str) or len(value) > 60:
        raise Abstains
    written = " ".join(value.split())
    for form in reads:
        moment = read_date(written, form, language)
        if moment is not None:
            return date_in(moment, writes, language)
    raise Abstains


def read_date(text: str, form: str, language: str = "en") -> datetime | None:
    """Read a date in one form, None where it is no such date."""
    match = _reader(form).fullmatch(text)
    if match is None:
        return None
    found = match.groupdict()
    month = found.get("month")
    for width in ("name", "abbreviated"):
        if found.get(width):
            months = _months(language, width)
            month = str(months.get(found[width].rstrip(".").casefold(), 0))
    if not month or not found.get("year") or not found.get("day"):
        return None
    year = int(found["year"])
    if year < 100:
        year += 1900 if year >= _PIVOT else 2000
    hour = int(found.get("hour") or 0)
    if found.get("half"):
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if found["half"][0] in "Pp" else 0)
    clock = (hour, int(found.get("minute") or 0), int(found.get("second") or 0))
    try:
        return datetime(year, int(month), int(found["day"]), *clock)  # noqa: DTZ001 - a date as written has no zone
    except ValueError:
        return None


def date_in(moment: datetime, form: str, language: str = "en") -> str:
    """Write a date in a form."""

    def token(match: re.Match[str]) -> str:
        name = match.group()
        if name in ("MMMM", "MMM"):
            return _names(language, "months", "wide" if name == "MMMM" else "abbreviated")[moment.month].rstrip(".")
        if name in ("DDDD", "DDD"):
            width = "wide" if name == "DDDD" else "abbreviated"
            return _names(language, "days", width)[moment.weekday()].rstrip(".")
        if name == "A":
            return "AM" if moment.hour < 12 else "PM"
        half = moment.hour % 12 or 12
        figure, digits = {
            "YYYY": (moment.year, 4), "YY": (moment.year % 100, 2), "MM": (moment.month, 2), "M": (moment.month, 1),
            "DD": (moment.day, 2), "D": (moment.day, 1), "HH": (moment.hour, 2), "H": (moment.hour, 1),
            "hh": (half, 2), "h": (half, 1), "mm": (moment.minute, 2), "ss": (moment.second, 2),
        }[name]  # fmt: skip
        return f"{figure:0{digits}d}"

    return _TOKEN.sub(token, form)


@lru_cache(maxsize=512)
def _reader(form: str) -> re.Pattern[str]:
    out, end, seen = [], 0, set()
    for match in _TOKEN.finditer(form):
        out.append(re.escape(form[end : match.start()]))
        pattern = _READ[match.group()]
        name = re.match(r"\(\?P<(\w+)>", pattern)
        if name is not None and name.group(1) in seen:
            return re.compile(r"(?!)")
        seen.add(name.group(1) if name is not None else None)
        out.append(pattern)
        end = match.end()
    return re.compile("".join([*out, re.escape(form[end:])]), re.ASCII if form.isascii() and "MMM" not in form else 0)


@lru_cache(maxsize=64)
def _months(language: str, width: str) -> dict[str, int]:
    found = {}
    for kind in ("wide", "abbreviated") if width == "abbreviated" else ("wide",):
        for number, name in _names(language, "months", kind).items():
            found[name.rstrip(".").casefold()] = number
    return found


@lru_cache(maxsize=64)
def _names(language: str, what: str, width: str) -> dict[int, str]:
    try:
        locale = Locale.parse(language)
    except (UnknownLocaleError, ValueError) as error:
        raise Abstains from error
    return dict(getattr(locale, what)["format"][width])


def check_units(bound: dict[str, Any]) -> None:
    """Refuse with ValueError a unit that is not known, and a text without the number."""
    for unit in (bound["unit"], bound["bare"], *(bound["names"] or ())):
        if unit is not None and unit not in units.SIGNS:
            raise ValueError(f"{str(unit)[:20]!r} is no sign of a unit that is known")
    if "{number}" not in bound["text"]:
        raise ValueError("the text has no {number}")


def check_forms(bound: dict[str, Any]) -> None:
    """Refuse with ValueError forms without a day, month and year to read, and a language that is not known."""
    for form in bound["reads"]:
        named = set(_TOKEN.findall(form))
        if not (named & {"YYYY", "YY"} and named & {"MMMM", "MMM", "MM", "M"} and named & {"DD", "D"}):
            raise ValueError(f"{form[:40]!r} names no day, month and year")
    if not _TOKEN.search(bound["writes"]):
        raise ValueError(f"{bound['writes'][:40]!r} is no form of a date")
    try:
        Locale.parse(bound["language"])
    except (UnknownLocaleError, ValueError) as error:
        raise ValueError(f"{bound['language'][:20]!r} is no language that is known") from error
