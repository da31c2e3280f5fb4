"""Another program tried on the past over the API."""

from datetime import timedelta

from litestar import post
from litestar.params import JSONBody

from core import review
from core.api.bodies import ProgramTrial
from core.api.door import Caller, Installation
from core.errors import Refused
from core.knowledge.backtest import Trial
from core.review import Backtest


@post("/patterns/backtest", status_code=200, tags=["Patterns"], summary="Try another program on the past")
async def try_program(actor: Caller, context: Installation, data: JSONBody[ProgramTrial]) -> Backtest:
    """What a correction would have made of the records that people decided on, and how much of it would have applied
    itself.

    The program is given as `program`, or as the `auto_rule` of a pattern that has learned it. `produced` counts what it
    gives beside what people chose; a record whose other fields are not known any more is counted as `not_known`.
    Nothing is changed.
    """
    if (data.program is None) == (data.auto_rule is None):
        raise Refused("Name a program or an auto rule, one of the two.", code="program")
    program = data.program if data.auto_rule is None else await review.program_of(actor, data.auto_rule)
    trial = Trial(
        threshold=data.threshold,
        gate=data.gate,
        min_occurrences=data.min_occurrences,
        min_reviewers=data.min_reviewers,
        reviewer_cap=data.reviewer_cap,
        program=None if program is None else tuple(program),
        since=context.clock() - timedelta(days=data.days),
    )
    return await review.backtest(context, actor, trial, pattern_id=data.pattern, channel=data.channel)
