"""Units that merchants write: their sign, how else they are written, and what one of them is of its family's first.

Sources: SI brochure (9th edition) for prefixes, NIST SP 811 appendix B for pounds, ounces, inches and gallons (all
exact by definition), IEC 80000-13 for why a kilobyte here is a thousand bytes only among byte units written alike:
between byte units nothing is converted that differs by reading (1000 or 1024), they are only named.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import NamedTuple


class Unit(NamedTuple):
    """One unit. `factor` is how many of the family's first it is; None where it is named and never converted."""

    sign: str
    family: str
    factor: Decimal | None


_TABLE = """
mass mg 0.001 milligram milligrams milligramm milligramme milligrammes
mass g 1 gr gram grams gramm gramme grammes grm gms gm
mass kg 1000 kgs kilo kilos kilogram kilograms kilogramm kilogramme kilogrammes
mass oz 28.349523125 ounce ounces unze unzen once onces
mass lb 453.59237 lbs pound pounds pfund livre livres #
mass t 1000000 tonne tonnes
length mm 1 millimeter millimeters millimetre millimetres millimètre millimètres
length cm 10 cms centimeter centimeters zentimeter centimetre centimetres centimètre centimètres
length m 1000 meter meters metre metres mètre mètres mtr
length km 1000000 kilometer kilometers kilometre kilometres
length in 25.4 inch inches zoll pouce pouces " ″ ” '' in.
length ft 304.8 foot feet fuß pied pieds ' ′ ’
length yd 914.4 yard yards yds
volume ml 1 milliliter milliliters millilitre millilitres
volume cl 10 centiliter centiliters centilitre centilitres
volume dl 100 deciliter deciliters decilitre decilitres
volume l 1000 liter liters litre litres ltr ltrs lt
volume gal 3785.411784 gallon gallons
volume qt 946.352946 quart quarts
volume pt 473.176473 pint pints
volume fl-oz 29.5735295625 floz fluid-ounce fluid-ounces fl.oz fl.oz. fl
power W 1 watt watts
power kW 1000 kilowatt kilowatts
power mW 0.001 milliwatt milliwatts
power MW 1000000 megawatt megawatts
voltage V 1 volt volts
voltage kV 1000 kilovolt kilovolts
voltage mV 0.001 millivolt millivolts
current A 1 amp amps ampere amperes
current mA 0.001 milliamp milliamps milliampere
charge Ah 1 amp-hour amp-hours
charge mAh 0.001 milliamp-hours
frequency Hz 1 hertz
frequency kHz 1000 kilohertz
frequency MHz 1000000 megahertz
frequency GHz 1000000000 gigahertz
time ms 0.001 millisecond milliseconds
time s 1 sec secs second seconds sekunde sekunden
time min 60 mins minute minutes minuten
time h 3600 hr hrs hour hours stunde stunden heure heures
time d 86400 day days tag tage jour jours
time wk 604800 week weeks
months mo 1 month months mth mths monat monate mois
months y 12 yr yrs year years jahr jahre an ans
count one 1 pc pcs piece pieces pce pces stk stück pièce pièces ea each ct count
count thousand 1000 k
count million 1000000 mio
byte B - byte bytes
byte KB - kilobyte kilobytes
byte MB - megabyte megabytes
byte GB - gigabyte gigabytes gig gigs go
byte TB - terabyte terabytes
byte PB - petabyte petabytes
bits Kb/s - kbps kbit/s
bits Mb/s - mbps mbit/s
bits Gb/s - gbps gbit/s
rotation rpm 1 r/min
pixels MP 1 megapixel megapixels mpix
temperature °C - celsius
temperature °F - fahrenheit
ratio % 0.01 percent prozent pct
luminance cd/m² 1 nit nits cd/m2
lumens lm 1 lumen lumens
sound dB - decibel decibels
"""


def _units() -> tuple[dict[str, Unit], dict[str, Unit]]:
    signs: dict[str, Unit] = {}
    folded: dict[str, Unit] = {}
    for line in _TABLE.strip().splitlines():
        family, sign, factor, *words = line.split(" ")
        signs[sign] = Unit(sign, family, None if factor == "-" else Decimal(factor))
        for word in (sign, *words):
            folded.setdefault(word.casefold(), signs[sign])
    return signs, folded


SIGNS, _FOLDED = _units()
"""The units by their sign."""

_VALUE = re.compile(
    r"""([0-9]{1,12}(?:[.,][0-9]{1,10})?)          # 24, 3.5, 3,5
        (?:[ ]?-?[ ]?([0-9]{1,3})/([0-9]{1,3})|/([0-9]{1,3}))?   # 10 1/2, 10-1/8, 1/2
        \s*-?\s*
        ([^\W\d_%"'′″”’#°][^\d\s"'″”()]{0,15}(?:[ .-]?[^\W\d]{1,6}\.?)?|["'′″”’#%]{1,2}|°[CF])?\.?""",
    re.VERBOSE,
)


def named(word: str) -> Unit | None:
    """Return the unit that is written so: by its sign as it stands, else by any of its names in any letter case."""
    text = word.strip()
    plain = text.rstrip(".")
    joined = re.sub(r"[ .]+", "-", plain)
    written = (text.casefold(), plain.casefold(), joined.casefold())
    return SIGNS.get(text) or next((_FOLDED[name] for name in written if name in _FOLDED), None)


def read(text: str) -> tuple[Decimal, Unit | None] | None:
    """Read `24"`, `10 1/2 in`, `3,5 kg` or `48` as a number and its unit, None for the unit where none is written.

    None where the whole text is no such thing, or the unit is not known. A comma before three digits is not read: it
    may be one of thousands.
    """
    match = _VALUE.fullmatch(text.strip()) if len(text) <= 60 else None
    if match is None:
        return None
    whole, numerator, denominator, under, word = match.groups()
    if "," in whole and len(whole.partition(",")[2]) == 3:
        return None
    number = Decimal(whole.replace(",", "."))
    if under is not None:
        numerator, denominator, number = whole, under, Decimal(0)
    if denominator is not None:
        if not int(denominator) or not numerator.isdigit():
            return None
        number += Decimal(numerator) / Decimal(denominator)
    unit = None if word is None else named(word)
    return None if word is not None and unit is None else (number, unit)


def convert(number: Decimal, source: Unit, target: Unit) -> Decimal | None:
    """Convert between units of one family; None where that cannot be done."""
    if source == target:
        return number
    if source.family != target.family or source.factor is None or target.factor is None:
        return None
    return number * source.factor / target.factor
