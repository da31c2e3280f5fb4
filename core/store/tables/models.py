"""What merchants' own catalogues taught."""

from __future__ import annotations

from piccolo.columns import BigInt, BigSerial, Bytea, ForeignKey, Timestamptz, Varchar
from piccolo.columns.base import OnDelete
from piccolo.table import Table

from core.store.tables.people import Merchant


class LocalModel(Table, tablename="local_models"):
    """A merchant's models, and the sample of its records that they were learned from: packed numbers and words."""

    id = BigSerial(primary_key=True)
    merchant = ForeignKey(references=Merchant, null=False, on_delete=OnDelete.cascade, unique=True)
    models = Bytea()
    sample = Bytea()
    checksum = Varchar(length=64)
    read_at = Timestamptz()
    read_record = BigInt()
    learned_at = Timestamptz()
