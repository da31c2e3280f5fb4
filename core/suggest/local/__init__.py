"""Suggestions that need no key and no network: from rules of notation, and from the merchant's own catalogue."""
