"""Webhooks at speed: they are verified, kept, and answered; the work on them is a job's."""
