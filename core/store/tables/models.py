"""Models: what merchants' own catalogues taught, and what was asked of a language model, how much of it a day."""

from __future__ import annotations

from piccolo.columns import JSON, UUID, BigInt, BigSerial, Bytea, ForeignKey, Integer, Text, Timestamptz, Varchar
from piccolo.columns.base import OnDelete
from piccolo.table import Table

from core.store.tables.people import Merchant


class ModelCall(Table, tablename="model_calls"):
    """One question as it was sent, after personal data was taken out, with its answer. Unique for its merchant.

    `cost` is in billionths of `currency`, null where its price was not known.
    """

    id = BigSerial(primary_key=True)
    merchant = BigInt()
    pattern = UUID(default=None, null=True)
    issue = BigInt()
    model = Varchar(length=200)
    request = JSON()
    request_hash = Varchar(length=64)
    state = Varchar(length=20)
    answer = Text(null=True, default=None)
    reason = Text(null=True, default=None)
    input_tokens = Integer(default=0)
    output_tokens = Integer(default=0)
    cost = BigInt(null=True, default=None)
    currency = Varchar(length=3, null=True, default=None)
    attempts = Integer(default=0)
    asked_at = Timestamptz()
    answered_at = Timestamptz(null=True, default=None)


class ModelBudget(Table, tablename="model_budgets"):
    """What one day (UTC) has used of its budget."""

    day = Varchar(length=10, primary_key=True)
    calls = BigInt(default=0)
    tokens = BigInt(default=0)


class ModelSpending(Table, tablename="model_spending"):
    """What a merchant's calls of one day (UTC) came to. Unique for day, merchant and currency.

    `cost` is in billionths of `currency`, which is empty where the price was not known.
    """

    id = BigSerial(primary_key=True)
    day = Varchar(length=10)
    merchant = BigInt()
    currency = Varchar(length=3, default="")
    calls = BigInt(default=0)
    input_tokens = BigInt(default=0)
    output_tokens = BigInt(default=0)
    cost = BigInt(default=0)


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
