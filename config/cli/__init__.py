"""The commands. Each one's module is imported when it is called, so that `validate` starts without the web server."""

from __future__ import annotations

import importlib
import logging
import sys
from pathlib import Path
from typing import Any, cast

import click

from core.errors import ConfigurationError, MarketwrightError, NotFound

COMMANDS = {
    "serve": "config.cli.serve",
    "work": "config.cli.work",
    "migrate": "config.cli.database",
    "doctor": "config.cli.doctor",
    "channels": "config.cli.channels",
    "connections": "config.cli.connections",
    "sync": "config.cli.sync",
    "validate": "config.cli.validate",
    "rules": "config.cli.rules",
    "knowledge": "config.cli.knowledge",
    "deliveries": "config.cli.deliveries",
    "users": "config.cli.users",
    "secrets": "config.cli.secrets",
    "new-channel": "config.cli.new_channel",
}
"""Each command and the module which has a function of its name, with an underscore for a hyphen."""

FOUND_ERRORS, WRONG_USE = 1, 2


class Commands(click.Group):
    """A group that imports a command when it is asked for, and turns our errors into one line and an exit code."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands in the order in which a newcomer meets them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return one command."""
        if cmd_name not in COMMANDS:
            return None
        return cast(click.Command, getattr(importlib.import_module(COMMANDS[cmd_name]), cmd_name.replace("-", "_")))

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; a mistake of the caller ends with 2, what could not be done with 1."""
        try:
            return super().invoke(ctx)
        except MarketwrightError as error:
            click.echo(f"Error: {error.message}", err=True)
            sys.exit(WRONG_USE if isinstance(error, ConfigurationError | NotFound) else FOUND_ERRORS)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.option(
    "--config",
    "config_file",
    type=click.Path(path_type=Path),
    help="The settings file; by default MARKETWRIGHT_CONFIG, or ./marketwright.yaml.",
)
@click.version_option(package_name="marketwright", prog_name="marketwright")
@click.pass_context
def main(ctx: click.Context, config_file: Path | None) -> None:
    """Check what merchants sell on every channel, correct it, and learn from each decision."""
    ctx.obj = config_file
    logging.getLogger().addHandler(logging.NullHandler())
