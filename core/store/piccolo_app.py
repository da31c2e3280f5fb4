"""Tells Piccolo where the tables and the migrations are."""

from __future__ import annotations

from pathlib import Path

from piccolo.conf.apps import AppConfig

from core.store.tables import TABLES

APP_CONFIG = AppConfig(
    app_name="marketwright",
    migrations_folder_path=str(Path(__file__).parent / "migrations"),
    table_classes=list(TABLES),
    migration_dependencies=[],
    commands=[],
)
