"""One ranker over all candidates: it learns whom to trust, and says nothing where nothing can be known."""

from __future__ import annotations

import random

import msgspec

from core.suggest.catalogue import fitting
from core.suggest.catalogue.candidates import candidates, joined
from core.suggest.catalogue.confirmed import Confirmed
from core.suggest.catalogue.features import NAMES, Case, numbers
from core.suggest.catalogue.forest import Answers, Forest
from core.suggest.catalogue.nearest import Neighbours
from core.suggest.catalogue.ranker import Judge, Ranker
from core.suggest.catalogue.tables import Catalogue, learn

BRANDS = ("Alder", "Birch", "Cedar", "Dogwood", "Elm")


def catalogue(seed: int = 1) -> list[dict[str, str]]:
    draw = random.Random(seed)
    drawn = [draw.choice(BRANDS) for _ in range(600)]
    return [
        {"mpn": f"{brand[:2].upper()}-{at}", "brand": brand, "luck": draw.choice(("red", "green", "blue"))}
        for at, brand in enumerate(drawn)
    ]


def judged(known: Catalogue, count: int, seed: int = 4) -> list[fitting.Judged]:
    """Brands can be known by their MPN; luck cannot be known by anything."""
    draw, neighbours = random.Random(seed), Neighbours(known.counts)
    found = []
    for at in range(count):
        field = ("brand", "luck")[at % 2]
        brand = draw.choice(BRANDS)
        row = {"mpn": f"{brand[:2].upper()}-x{at}", field: ""}
        wanted = brand if field == "brand" else draw.choice(("red", "green", "blue"))
        case = Case(detector="missing", field=field, pattern=f"{field} missing", value="")
        given = candidates(known, neighbours, row, field) or joined([], "", [], {"red": [], "green": [], "blue": []})
        found.append(fitting.Judged(case=case, found=tuple(given), wanted=wanted))
    return found


def test_it_is_sure_of_what_is_determined_and_of_nothing_that_is_luck() -> None:
    known = learn(catalogue(), ["mpn", "brand", "luck"])
    judge = Judge(fitting.fit(known, judged(known, 160)), known)

    asked = judged(known, 200, seed=77)
    ranked = judge.rank_all([(one.case, one.found) for one in asked])
    sure = [(one, best[0]) for one, best in zip(asked, ranked, strict=True) if best]
    acting = [(one, best) for one, best in sure if best.confidence >= judge.ranker.threshold]

    assert {one.case.field for one, _ in acting} == {"brand"}
    assert len(acting) >= 80
    assert all(best.candidate.value == one.wanted for one, best in acting)


def test_confidence_is_near_the_share_that_is_right() -> None:
    known = learn(catalogue(), ["mpn", "brand", "luck"])
    judge = Judge(fitting.fit(known, judged(known, 200)), known)

    asked = judged(known, 400, seed=78)
    ranked = judge.rank_all([(one.case, one.found) for one in asked])
    said = sum(best[0].confidence for best in ranked if best)
    right = sum(best[0].candidate.value == one.wanted for one, best in zip(asked, ranked, strict=True) if best)

    assert abs(said - right) / len(asked) < 0.06


def test_the_same_decisions_make_the_same_ranker() -> None:
    known = learn(catalogue(), ["mpn", "brand", "luck"])

    assert fitting.fit(known, judged(known, 100)) == fitting.fit(known, judged(known, 100))


def test_with_few_decisions_it_answers_from_what_is_known_beforehand() -> None:
    known = learn(catalogue(), ["mpn", "brand", "luck"])
    ranker = fitting.fit(known, judged(known, 5))
    (case,) = judged(known, 1, seed=9)

    best = Judge(ranker, known).rank(case.case, case.found)[0]

    assert not ranker.forest.roots
    assert best.candidate.value == case.wanted
    assert best.confidence <= 0.97


def test_a_forest_survives_being_stored_and_gives_the_same_answers() -> None:
    known = learn(catalogue(), ["mpn", "brand", "luck"])
    ranker = fitting.fit(known, judged(known, 120))
    again = msgspec.msgpack.decode(msgspec.msgpack.encode(ranker), type=Ranker)
    one = judged(known, 1, seed=5)[0]
    rows = numbers(known, ranker.trust, one.case, one.found)

    assert len(rows[0]) == len(NAMES) == ranker.forest.width
    assert again.forest.fits()
    assert Answers(again.forest).chances(rows).tolist() == Answers(ranker.forest).chances(rows).tolist()


def test_a_forest_that_points_beside_its_nodes_does_not_fit() -> None:
    node = (7).to_bytes(4, "little")
    nothing = bytes(4)

    assert not Forest(
        roots=[0], features=nothing, limits=nothing, left=node, right=nothing, values=nothing, depth=1, width=1
    ).fits()


def test_what_people_said_for_the_same_key_counts_for_its_other_rows_and_not_for_itself() -> None:
    known = learn(catalogue(), ["mpn", "brand", "luck"])
    confirmed = Confirmed()
    row = {"mpn": "AL-new", "brand": "wrong"}
    confirmed.note(known, row, "brand", "Alder GmbH")

    others = confirmed.of(known, {"mpn": "AL-other", "brand": "bad"}, "brand")
    itself = confirmed.of(known, row, "brand", without="Alder GmbH")

    assert others["Alder GmbH"][0].times == 1
    assert not itself
