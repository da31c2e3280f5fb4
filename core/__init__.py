"""The engine of Marketwright: everything but the HTTP edges, the channels and the wiring."""
