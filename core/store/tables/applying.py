"""How corrections that apply themselves spread, and how many are taken back at once."""

from __future__ import annotations

from piccolo.columns import JSON, UUID, BigInt, BigSerial, Boolean, ForeignKey, Integer, Text, Timestamptz, Varchar
from piccolo.columns.base import OnDelete
from piccolo.table import Table

from core.store.tables.channels import Connection


class Canary(Table, tablename="canaries"):
    """How far an auto rule may spread on one connection. Unique for both and `push`.

    What proved itself in our copy alone has not proven that the channel takes it: `push` tells the two apart.
    `salt` is random and never shown: the audit sample is drawn with it. Applications up to the id `began` were made
    before the rule was started anew, and count for nothing here.
    """

    id = BigSerial(primary_key=True)
    auto_rule = UUID(default=None)
    connection = ForeignKey(references=Connection, null=False, on_delete=OnDelete.cascade)
    push = Boolean(default=True)
    stage = Varchar(length=20, default="first")
    reason = Text(null=True, default=None)
    salt = Varchar(length=40)
    began = BigInt(default=0)
    changed_at = Timestamptz()


class Undo(Table, tablename="undos"):
    """Many corrections taken back at once, from a frozen list. One unfinished undo for each `digest`.

    `merchant` is 0 where it takes back what was done for several.
    """

    id = BigSerial(primary_key=True)
    merchant = BigInt()
    scope = JSON(default="{}")
    digest = Varchar(length=64)
    size = Integer(default=0)
    asked_by = Varchar(length=100)
    asked_at = Timestamptz()
    finished_at = Timestamptz(null=True, default=None)


class UndoItem(Table, tablename="undo_items"):
    """One correction of an undo, and what became of it. Unique for undo and application."""

    id = BigSerial(primary_key=True)
    undo = ForeignKey(references=Undo, null=False, on_delete=OnDelete.cascade)
    application = BigInt(index=True)
    state = Varchar(length=20, default="waiting")
    message = Text(null=True, default=None)
    settled_at = Timestamptz(null=True, default=None)
