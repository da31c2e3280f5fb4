"""Notifications: who is told, of what and how; the digests that say it; and how they are sent."""
