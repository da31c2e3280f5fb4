"""What holds for any pairs: nothing is raised, the work is bound, what is claimed is so, and only one field changes."""

from __future__ import annotations

import string
from typing import Any

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from core.corrections import apply
from core.corrections.induction import MOST_PROGRAMS, counted, find, several, strings
from core.corrections.induction.examples import examples_of
from core.corrections.induction.search import GENERAL, MOST_JUDGED, REMEMBERED, candidates

TEXT = st.text(alphabet=string.ascii_letters[:8] + 'AB12 09.,-/"ß€{}|\\é\n', max_size=24)
SCALAR = st.one_of(
    st.none(), st.booleans(), st.integers(-9, 99), st.floats(allow_nan=False, allow_infinity=False), TEXT
)
VALUE = st.one_of(TEXT, TEXT, SCALAR, st.lists(SCALAR, max_size=3), st.dictionaries(TEXT, SCALAR, max_size=2))
RECORD = st.fixed_dictionaries(
    {"value": VALUE, "title": SCALAR, "brand": TEXT}, optional={"size | x": TEXT, "a.b": TEXT}
)
PAIRS = st.lists(st.tuples(RECORD, st.just("value"), VALUE), max_size=7)
CALM = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@CALM
@given(PAIRS)
def test_any_pairs_give_programs_that_do_what_they_claim(pairs: list[tuple[Any, str, Any]]) -> None:
    found = [one for one in (find(pairs), *several(pairs)) if one is not None]

    for learned in found:
        apply.check(learned.program)
        assert apply.describe(learned.program)
        assert counted(learned.program, pairs) == learned
        for place in learned.explains:
            record, field, after = pairs[place]
            changes = apply.run(learned.program, record, field)
            assert apply.same(changes[0].after if changes else apply.get(record, field), after)


@CALM
@given(PAIRS)
def test_a_program_changes_the_field_it_is_run_on_and_no_other(pairs: list[tuple[Any, str, Any]]) -> None:
    for learned in several(pairs):
        for record, field, _ in pairs:
            changes = apply.run(learned.program, record, field)
            assert [change.field for change in changes] in ([], [field])
            after = apply.patch(record, changes)
            assert {name: value for name, value in after.items() if name != field} == {
                name: value for name, value in record.items() if name != field
            }


@CALM
@given(PAIRS)
def test_the_same_pairs_give_the_same_programs(pairs: list[tuple[Any, str, Any]]) -> None:
    assert several(pairs) == several([*pairs])
    assert find(pairs) == find([*pairs])


@CALM
@given(st.lists(st.tuples(TEXT, TEXT), min_size=1, max_size=5))
@example([("0", "0}")])
@example([("0", "{0")])
def test_a_text_of_pieces_writes_all_that_its_sample_wanted(texts: list[tuple[str, str]]) -> None:
    pairs = [({"value": before}, "value", after) for before, after in texts]

    for (step,) in strings.rearranged(examples_of(pairs)):
        learned = counted((step,), pairs)
        assert learned.explains


def test_work_is_bound_by_counts_whatever_the_texts(monkeypatch):
    visits = []
    pop = strings.heapq.heappop
    monkeypatch.setattr(strings.heapq, "heappop", lambda heap: visits.append(1) or pop(heap))
    nasty = [({"value": "ab " * 60 + str(number)}, "value", "ba " * 60 + str(number % 3)) for number in range(200)]
    groups = sum(1 for _ in strings.samples(examples_of(nasty)))

    programs = several(nasty)

    folds = 4 * MOST_JUDGED
    assert len(visits) <= strings.MOST_VISITS * groups * (2 + folds)
    assert len(programs) <= MOST_PROGRAMS + 4
    assert len(candidates(examples_of(nasty), (*GENERAL, *REMEMBERED))) <= 2 * MOST_JUDGED
