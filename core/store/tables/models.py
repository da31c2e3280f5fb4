"""What was asked of a language model, and how much of it a day."""

from __future__ import annotations

from piccolo.columns import JSON, UUID, BigInt, BigSerial, Integer, Text, Timestamptz, Varchar
from piccolo.table import Table


class ModelCall(Table, tablename="model_calls"):
    """One question as it was sent, after personal data was taken out, with its answer. Unique for its merchant."""

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
    attempts = Integer(default=0)
    asked_at = Timestamptz()
    answered_at = Timestamptz(null=True, default=None)


class ModelBudget(Table, tablename="model_budgets"):
    """What one day (UTC) has used of its budget."""

    day = Varchar(length=10, primary_key=True)
    calls = BigInt(default=0)
    tokens = BigInt(default=0)
