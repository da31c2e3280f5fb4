"""Migrations in order; each file is one step and is never edited after a release."""
