"""The channels that come with Marketwright: one folder each, strangers to each other."""
