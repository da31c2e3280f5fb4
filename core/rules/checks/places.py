"""Codes of the world: currencies (ISO 4217), countries (ISO 3166-1, with XK), forms of postal codes (UPU)."""

from __future__ import annotations

import re

_CURRENCIES = """
    AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD
    CDF CHE CHF CHW CLF CLP CNY COP COU CRC CUC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL
    GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD
    KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO
    NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD
    SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VES VND VUV WST XAF XCD XCG
    XDR XOF XPF YER ZAR ZMW ZWG
"""
_COUNTRIES = """
    AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW
    BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI
    FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN
    IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME
    MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF
    PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV
    SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS XK
    YE YT ZA ZM ZW
"""
CURRENCIES = frozenset(_CURRENCIES.split())
COUNTRIES = frozenset(_COUNTRIES.split())
_DIGITS_4 = re.compile(r"[0-9]{4}")
_DIGITS_5 = re.compile(r"[0-9]{5}")
POSTAL_CODES: dict[str, re.Pattern[str]] = {
    **dict.fromkeys(("AT", "AU", "BE", "CH", "DK", "HU", "LU", "NO", "NZ", "SI", "BG", "CY"), _DIGITS_4),
    **dict.fromkeys(("DE", "ES", "FR", "IT", "FI", "EE", "HR", "TR", "MX"), _DIGITS_5),
    **dict.fromkeys(("IN", "SG", "CN", "RO"), re.compile(r"[0-9]{3} ?[0-9]{3}")),
    **dict.fromkeys(("CZ", "SK", "SE", "GR"), re.compile(r"[0-9]{3} ?[0-9]{2}")),
    "CA": re.compile(r"[ABCEGHJ-NPRSTVXY][0-9][A-Z] ?[0-9][A-Z][0-9]"),
    "GB": re.compile(r"[A-Z]{1,2}[0-9][A-Z0-9]? ?[0-9][A-Z]{2}"),
    "JP": re.compile(r"[0-9]{3}-?[0-9]{4}"),
    "LV": re.compile(r"(LV-)?[0-9]{4}"),
    "LT": re.compile(r"(LT-)?[0-9]{5}"),
    "NL": re.compile(r"[0-9]{4} ?[A-Z]{2}"),
    "PL": re.compile(r"[0-9]{2}-?[0-9]{3}"),
    "PT": re.compile(r"[0-9]{4}(-?[0-9]{3})?"),
    "US": re.compile(r"[0-9]{5}(-?[0-9]{4})?"),
}
"""How postal codes look, for countries where one form fits all; others are not judged."""
