"""Undo of many over the API: a frozen list, then exactly that, then what became of each; and the audit sample."""

from litestar import Controller, get, post
from litestar.params import JSONBody

from core import review
from core.api.bodies import AuditCheck, UndoList, UndoOf
from core.api.door import Caller, Installation
from core.api.parameters import After, Id, Limit
from core.model.corrections import UndoScope
from core.review import Checked, FrozenUndo, Met
from core.store.listings import samples, undos
from core.store.listings.applications import ApplicationItem
from core.store.listings.page import Page
from core.store.listings.undos import UndoSummary, UndoView


def scope_of(data: UndoOf) -> UndoScope:
    """Return what a caller means in the words of the review."""
    return UndoScope(batch=data.batch, auto_rule=data.auto_rule, since=data.since, by_itself=data.by_itself)


class Undos(Controller):
    """Corrections taken back by the batch, or since a time."""

    path = "/undos"
    tags = ("Undos",)

    @get("/", summary="List undos")
    async def listed(self, actor: Caller, after: After = None, limit: Limit = 50) -> Page[UndoSummary]:
        """Undos of many, newest first, each with how far it is."""
        return await undos.undos(actor.merchant, after, limit)

    @post("/freeze", status_code=200, summary="Freeze what would be undone")
    async def freeze(self, actor: Caller, context: Installation, data: JSONBody[UndoOf]) -> FrozenUndo:
        """A list that nothing joins any more, with a sample of what undoing it would put back. Nothing is undone.

        Name a `batch`, or an `auto_rule` and the time `since` when; everything that a rule did is for admins.
        """
        return await review.freeze_undo(context, actor, scope_of(data))

    @post("/", status_code=202, summary="Undo a frozen list")
    async def start(self, actor: Caller, context: Installation, data: JSONBody[UndoList]) -> UndoSummary:
        """Begin to undo the list that `freeze` gave. A record edited since is left as it is, and told."""
        undo = await review.start_undo(context, actor, scope_of(data), last=data.last, digest=data.digest)
        return (await undos.one(actor.merchant, undo, None, 1)).undo

    @get("/{undo_id:int}", summary="Look at an undo")
    async def one(self, actor: Caller, undo_id: Id, after: After = None, limit: Limit = 50) -> UndoView:
        """How far an undo is, and its corrections, those that need a person first."""
        return await undos.one(actor.merchant, undo_id, after, limit)


class Checks(Controller):
    """The sample of what applied itself, for people to check; and corrections that met an edit."""

    path = "/applications"
    tags = ("Applications",)

    @get("/to-check", summary="List what is to be checked")
    async def to_check(self, actor: Caller, after: After = None, limit: Limit = 50) -> Page[ApplicationItem]:
        """Corrections that applied themselves and were drawn by chance for a person to check, oldest first."""
        return await samples.to_check(actor.merchant, after, limit)

    @post("/{application_id:int}/check", status_code=200, summary="Check one of the sample")
    async def check(
        self, actor: Caller, context: Installation, application_id: Id, data: JSONBody[AuditCheck]
    ) -> Checked:
        """Say whether it was right. A wrong one is undone; a sample that turns bad switches its rule off."""
        return await review.check(context, actor, application_id, data.verdict)

    @get("/{application_id:int}/conflict", summary="Look at the three versions")
    async def conflict(self, actor: Caller, context: Installation, application_id: Id) -> Met:
        """Before the correction, what it wrote, and what is there now, field by field, with what may be done."""
        return await review.met(context, actor, application_id)

    @post("/{application_id:int}/keep-theirs", status_code=204, summary="Keep what is there now")
    async def keep_theirs(self, actor: Caller, context: Installation, application_id: Id) -> None:
        """Leave an edited record as it is."""
        await review.keep_theirs(context, actor, application_id)

    @post("/{application_id:int}/put-ours-back", status_code=202, summary="Put ours back over an edit")
    async def put_ours_back(self, actor: Caller, context: Installation, application_id: Id) -> Met:
        """Write the corrected value again, as a correction of its own."""
        await review.put_ours_back(context, actor, application_id)
        return await review.met(context, actor, application_id)
