"""What a merchant's own rows say of a value: other columns that determine it, frequent values near it, one ranker."""
