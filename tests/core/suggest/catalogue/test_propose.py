"""What a merchant's own columns offer for an issue."""

from __future__ import annotations

from typing import Any

from core.corrections import apply
from core.model.corrections import Safety
from core.suggest.catalogue.columns import columns_of
from core.suggest.catalogue.decided import Decision, learned
from core.suggest.catalogue.features import Case
from core.suggest.catalogue.propose import Columns, Taught, offers
from core.suggest.catalogue.tables import learn
from core.suggest.local.known import Known
from core.suggest.local.models import Models, pack, unpack

BRANDS = ("Alder", "Birch", "Cedar", "Dogwood")


def product(at: int) -> dict[str, Any]:
    brand = BRANDS[at % 4]
    return {"title": f"Kettle {at}", "mpn": f"{brand[:2].upper()}-{at}", "brand": brand, "price": "9.90",
            "tax_class": "reduced" if at % 4 == 3 else "standard", "warranty_months": 12 * (1 + at % 4)}  # fmt: skip


def taught(decisions: int = 0) -> Taught:
    rows = [columns_of(product(at)) for at in range(200)]
    columns = learn(rows, sorted({field for row in rows for field in row}))
    said = [
        Decision(rule="brand.required", pattern="p", field="brand", value="", row=columns_of(product(1000 + at)),
                 wanted=BRANDS[at % 4] if at % 8 else f"Other {at}")
        for at in range(decisions)
    ]  # fmt: skip
    ranker, confirmed = learned(columns, said)
    return Taught(columns=columns, ranker=ranker, confirmed=confirmed)


def brandless(at: int = 300) -> Case:
    return Case(detector="brand.required", field="brand", pattern="p", value="")


def test_a_missing_brand_comes_from_the_beginning_of_the_mpn_and_says_so() -> None:
    bare = {**product(300), "brand": ""}

    best = offers(Columns(taught()), brandless(), bare)[0]

    assert best.changes[0].after == "Alder"
    assert best.evidence[0] == "50 of 50 products with this beginning of mpn (al) have “Alder”."
    assert best.safety is Safety.REVIEW


def test_before_anybody_has_decided_it_is_a_value_and_no_way_of_finding_out() -> None:
    bare = {**product(300), "brand": ""}

    assert all("set_value" in one.program[0] for one in offers(Columns(taught()), brandless(), bare))


def test_once_people_have_agreed_the_program_stands_for_the_others_and_stays_the_same() -> None:
    models = Models(taught=taught(120))
    known = Known(models, "ebay")
    programs = set()
    for at in (301, 302, 303):
        bare = {**product(at), "brand": ""}
        best = offers(models.ready, brandless(), bare)[0]
        programs.add(apply.program_hash(best.program))
        assert apply.run(best.program, bare, "brand", known) == best.changes

    assert programs == {apply.program_hash(({"value_by_catalogue": {"of": "brand"}},))}


def test_a_number_stays_a_number() -> None:
    bare = {key: value for key, value in product(301).items() if key != "warranty_months"}
    case = Case(detector="warranty.required", field="warranty_months", pattern="p", value="")

    assert offers(Columns(taught()), case, bare)[0].changes[0].after == 24


def test_a_price_is_never_looked_up() -> None:
    case = Case(detector="price.required", field="price", pattern="p", value="")

    assert offers(Columns(taught()), case, {**product(300), "price": None}) == []


def test_a_key_that_nobody_else_has_offers_nothing() -> None:
    assert offers(Columns(taught()), brandless(), {"title": "Rug", "mpn": "ZZ-1", "brand": ""}) == []


def test_what_was_learned_survives_being_stored() -> None:
    models = Models(taught=taught(60))
    bare = {**product(300), "brand": ""}

    again = unpack(pack(models))

    assert offers(again.ready, brandless(), bare) == offers(models.ready, brandless(), bare)


def test_hostile_records_are_taken() -> None:
    columns = Columns(taught())
    for value in (None, 5, [], {}, "\x00", "x" * 100_000, {"value": []}):
        record = {"title": value, "mpn": value, "brand": value, "attributes": value, "weight": value}
        assert isinstance(offers(columns, brandless(), record), list)
