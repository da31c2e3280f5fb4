"""A merchant's catalogue made with a seed, apart from anything that learns from it."""

from __future__ import annotations

import random

import pytest

from core.suggest.local.examples import Example

SYLLABLES = ["ba", "ko", "ri", "ta", "lu", "mi", "sen", "dor", "vex", "pal", "nor", "zin", "que", "har"]


class Catalogue:
    """Categories with words of their own, brands of which some are ordinary words, titles in several orders."""

    def __init__(self, seed: int, categories: int) -> None:
        self.random = random.Random(seed)
        self.nouns = [self.word() for _ in range(300)]
        names = [self.word().title() for _ in range(100)]
        two = [f"{self.word().title()} {self.word().title()}" for _ in range(20)]
        self.brands = [noun.title() for noun in self.nouns[:6]] + two + names
        self.categories = {f"Root > Part {at}": self.random.sample(self.nouns, 14) for at in range(categories)}
        self.number = 0

    def word(self) -> str:
        """Return a word that no language has."""
        return "".join(self.random.choice(SYLLABLES) for _ in range(self.random.randint(2, 4)))

    def words(self, own: list[str], count: int, share: float) -> list[str]:
        """Return words, a share of them the category's own."""
        return [self.random.choice(own if self.random.random() < share else self.nouns) for _ in range(count)]

    def record(self) -> Example:
        """Return one record; one in five has no brand, one in ten is made for the goods of another brand."""
        self.number += 1
        category, own = self.random.choice(sorted(self.categories.items()))
        brand = self.brands[min(int(self.random.expovariate(1 / 25)), len(self.brands) - 1)]
        words = self.words(own, self.random.randint(4, 8), 0.6)
        named: str | None = brand
        draw = self.random.random()
        if draw < 0.55:
            words = [brand, *words]
        elif draw < 0.7:
            words = [*words, "by", brand]
        elif draw < 0.8:
            words = [*words[:2], brand, *words[2:]]
        elif draw < 0.9:
            words, named = [*words, "for", brand], None
        else:
            named = None
        text = " ".join(self.words(own, 20, 0.4))
        return Example(self.number, "acme", " ".join(words), text, named, category, None, None, "en")

    def many(self, count: int) -> list[Example]:
        """Return several records."""
        return [self.record() for _ in range(count)]


@pytest.fixture
def catalogue() -> type[Catalogue]:
    """Return what makes catalogues."""
    return Catalogue
