"""What the machine does: each job takes ids, may run twice, and reads the database for the rest."""

from core.jobs.ask import ask_model, sweep_models
from core.jobs.corrections import (
    apply_correction,
    auto_correct_pattern,
    sweep_corrections,
    verify_correction,
)
from core.jobs.deliveries import process_deliveries, sweep_deliveries
from core.jobs.housekeeping import housekeep, repair_webhooks
from core.jobs.models import learn_models, schedule_learning
from core.jobs.requirements import pull_requirements, schedule_requirements
from core.jobs.rules import mirror_rules
from core.jobs.suggest import suggest, suggest_again, suggest_nearby, sweep_suggestions
from core.jobs.sync import schedule_syncs, sync_connection
from core.jobs.undoing import undo_correction
from core.jobs.validate import validate_connection

JOBS = (
    process_deliveries,
    sync_connection,
    validate_connection,
    suggest,
    suggest_again,
    suggest_nearby,
    ask_model,
    auto_correct_pattern,
    apply_correction,
    verify_correction,
    undo_correction,
    repair_webhooks,
    mirror_rules,
    pull_requirements,
    learn_models,
)
"""What is asked for through the queue."""

CRON = (
    (sweep_deliveries, 10),
    (sweep_corrections, 15),
    (sweep_suggestions, 20),
    (schedule_syncs, 30),
    (schedule_requirements, 600),
    (sweep_models, 600),
    (schedule_learning, 1800),
    (housekeep, 3600),
)
"""What runs by itself, with its period in seconds."""

__all__ = ["CRON", "JOBS"]
