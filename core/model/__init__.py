"""The data that every floor speaks: records, issues, corrections, webhook events."""
