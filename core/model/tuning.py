"""The numbers that admins tune: `config/ai_config.yaml` is read into these structs."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from typing import Annotated

import msgspec

Share = Annotated[float, msgspec.Meta(ge=0.0, le=1.0)]
Count = Annotated[int, msgspec.Meta(ge=0)]
Positive = Annotated[int, msgspec.Meta(ge=1)]
Price = Annotated[float, msgspec.Meta(ge=0.0, le=1_000_000.0)]
MILLION = 1_000_000


class Provider(StrEnum):
    """Whose protocol the language model's server speaks."""

    OPENAI = "openai"
    ANTHROPIC = "anthropic"


class AiMonitoring(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Suggestions. `confidence_threshold` is the default above which a correction may apply itself.

    A model is asked only where there is an `api_key`; `base_url` is any server that speaks the provider's protocol,
    None the provider's own. A call takes at most `timeout_seconds`, is repeated `retries` times, beside at most
    `concurrency` others of its process; all together make `daily_calls` and use `daily_tokens` a day (UTC). An
    answer is remembered for `cache_days`, and kept for the audit for `keep_days`.

    `input_price` and `output_price` are what a million tokens cost, in `currency`; None where that is not known.
    """

    enabled: bool = True
    provider: Provider = Provider.OPENAI
    model: str = "gpt-4"
    confidence_threshold: Share = 0.80
    max_suggestions: Positive = 3
    base_url: Annotated[str, msgspec.Meta(pattern=r"^https?://[^\s/]+(/[^\s?#]*)?$")] | None = None
    api_key: str | None = None
    timeout_seconds: Annotated[float, msgspec.Meta(gt=0.0, le=600.0)] = 30.0
    retries: Annotated[int, msgspec.Meta(ge=0, le=10)] = 2
    concurrency: Annotated[int, msgspec.Meta(ge=1, le=64)] = 4
    daily_calls: Count = 500
    daily_tokens: Count = 1_000_000
    cache_days: Count = 30
    keep_days: Positive = 365
    input_price: Price | None = None
    output_price: Price | None = None
    currency: Annotated[str, msgspec.Meta(pattern=r"^[A-Z]{3}$")] = "USD"

    @property
    def asks_model(self) -> bool:
        """Tell whether a language model is asked at all."""
        return self.enabled and bool(self.api_key)

    def cost(self, input_tokens: int, output_tokens: int) -> Decimal | None:
        """Return what so many tokens cost, in `currency`; None where a price is not known."""
        if self.input_price is None or self.output_price is None:
            return None
        prices = ((self.input_price, input_tokens), (self.output_price, output_tokens))
        return sum((Decimal(str(price)) * tokens for price, tokens in prices), Decimal(0)) / MILLION

    def __repr__(self) -> str:
        return f"AiMonitoring(model={self.model!r}, base_url={self.base_url!r}, asks_model={self.asks_model})"


class KnowledgeManagement(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Learning and the gate.

    `learning_rate` weighs a new outcome in the success rate; `min_occurrences` approvals of one program come before
    it may apply itself; `success_floor` is the success rate below which a rule switches itself off; a `review` fix
    needs a lower bound of `certified_precision` on its precision at level `certified_level`; `sample_share` of what
    was corrected by itself goes to reviewers all the same.
    """

    enabled: bool = True
    learning_rate: Share = 0.1
    min_occurrences: Positive = 3
    success_floor: Share = 0.80
    certified_precision: Share = 0.90
    certified_level: Annotated[float, msgspec.Meta(gt=0.0, lt=1.0)] = 0.05
    sample_share: Share = 0.05


class Tuning(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Both sections of `ai_config.yaml`."""

    ai_monitoring: AiMonitoring = AiMonitoring()
    knowledge_management: KnowledgeManagement = KnowledgeManagement()
