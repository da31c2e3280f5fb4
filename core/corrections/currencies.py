"""Currencies: how many decimals an amount has (ISO 4217)."""

from __future__ import annotations

_DECIMALS = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}
EXPONENTS = {code: places for places, codes in _DECIMALS.items() for code in codes.split()}
"""ISO 4217: the decimals of a currency where they are not two."""


def places_of(currency: object) -> int:
    """Return the decimals of a currency; one that is not known counts as one of two."""
    return EXPONENTS.get(currency, 2) if isinstance(currency, str) else 2
