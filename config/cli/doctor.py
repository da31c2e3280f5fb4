"""`marketwright doctor`: what is wrong with this installation, and how to mend it."""

from __future__ import annotations

import click

from config.checkup import Finding, Health, examine
from config.cli.output import as_json, print_json
from config.cli.settings import settings_of
from config.loop import run


@click.command()
@as_json
@click.pass_context
def doctor(ctx: click.Context, as_json: bool) -> None:
    """Say what is wrong with this installation and how to mend it.

    It changes nothing. Ends with 1 when there is a problem; a warning alone ends with 0.
    """
    settings = settings_of(ctx)
    marks = {Health.OK: "✓", Health.WARNING: "!", Health.PROBLEM: "✗"}

    async def look() -> list[Finding]:
        found = []
        async for finding in examine(settings):
            found.append(finding)
            if as_json:
                print_json(finding)
                continue
            click.echo(f"{marks[finding.health]} {finding.part}: {finding.message}")
            if finding.remedy:
                click.echo(f"    → {finding.remedy}")
        return found

    if any(finding.health is Health.PROBLEM for finding in run(look())):
        raise SystemExit(1)
