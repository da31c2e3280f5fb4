"""The numbers that admins tune: `config/ai_config.yaml` is read into these structs."""

from __future__ import annotations

from typing import Annotated

import msgspec

Share = Annotated[float, msgspec.Meta(ge=0.0, le=1.0)]
Count = Annotated[int, msgspec.Meta(ge=0)]
Positive = Annotated[int, msgspec.Meta(ge=1)]


class AiMonitoring(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Suggestions. `confidence_threshold` is the default above which a correction may apply itself.

    A model is asked only where there is an `api_key`; `base_url` is any server that speaks chat completions, None
    the one of OpenAI. A call takes at most `timeout_seconds`, is repeated `retries` times, beside at most
    `concurrency` others of its process; all together make `daily_calls` and use `daily_tokens` a day (UTC). An
    answer is remembered for `cache_days`.
    """

    enabled: bool = True
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

    @property
    def asks_model(self) -> bool:
        """Tell whether a language model is asked at all."""
        return self.enabled and bool(self.api_key)

    def __repr__(self) -> str:
        return f"AiMonitoring(model={self.model!r}, base_url={self.base_url!r}, asks_model={self.asks_model})"


class KnowledgeManagement(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Learning and the gate.

    `learning_rate` weighs a new outcome in the success rate; `min_occurrences` approvals of one program come before
    it may apply itself; `success_floor` is the success rate below which a rule switches itself off; a `review` fix
    needs a lower bound of `certified_precision` on its precision at level `certified_level`; `sample_share` of what
    was corrected by itself goes to reviewers all the same. At least `min_reviewers` people have to have approved a
    program; from two on, no one's approvals count for more than the share `reviewer_cap` of all that count.
    """

    enabled: bool = True
    learning_rate: Share = 0.1
    min_occurrences: Positive = 3
    success_floor: Share = 0.80
    certified_precision: Share = 0.90
    certified_level: Annotated[float, msgspec.Meta(gt=0.0, lt=1.0)] = 0.05
    sample_share: Share = 0.05
    min_reviewers: Annotated[int, msgspec.Meta(ge=1, le=50)] = 1
    reviewer_cap: Annotated[float, msgspec.Meta(gt=0.0, le=1.0)] = 0.75


class Tuning(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Both sections of `ai_config.yaml`."""

    ai_monitoring: AiMonitoring = AiMonitoring()
    knowledge_management: KnowledgeManagement = KnowledgeManagement()
