"""Wires the parts together: settings, logging, processes, the web application, the worker, the commands."""
