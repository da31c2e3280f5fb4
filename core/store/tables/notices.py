"""What people should know and what was done: alerts and the audit log."""

from __future__ import annotations

from piccolo.columns import JSON, BigInt, BigSerial, Text, Timestamptz, Varchar
from piccolo.table import Table


class Alert(Table, tablename="alerts"):
    """Something a person should know. One open alert for each `subject` and merchant."""

    id = BigSerial(primary_key=True)
    merchant = BigInt()
    connection = BigInt(null=True, default=None)
    subject = Varchar(length=200)
    severity = Varchar(length=20)
    message = Text()
    created_at = Timestamptz()
    closed_at = Timestamptz(null=True, default=None)


class AuditEntry(Table, tablename="audit_log"):
    """Who did what to which thing, in a chain of hashes: each entry's hash covers the one before it."""

    id = BigSerial(primary_key=True)
    at = Timestamptz()
    merchant = BigInt(null=True, default=None)
    actor = Varchar(length=100)
    action = Varchar(length=80)
    subject = Varchar(length=200)
    detail = JSON(default="{}")
    previous_hash = Varchar(length=64)
    hash = Varchar(length=64)
