"""How commands answer: a table for people, one JSON object a line for programs."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import click
import msgspec

as_json = click.option("--json", "as_json", is_flag=True, help="One JSON object a line instead of a table.")


def show(rows: Iterable[Mapping[str, Any]], as_json: bool, *, empty: str = "There are none.") -> None:
    """Print `rows`; the first row's keys are the columns."""
    found = list(rows)
    if as_json:
        for row in found:
            print_json(row)
    elif found:
        _print_table(found)
    else:
        click.echo(empty)


def print_json(row: object) -> None:
    """Print one JSON object on a line of its own."""
    click.echo(msgspec.json.encode(row).decode())


def _print_table(rows: list[Mapping[str, Any]]) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for name in rows[0]:
        table.add_column(name.replace("_", " "), overflow="fold")
    for row in rows:
        table.add_row(*(Text(_cell(row.get(name))) for name in rows[0]))
    console = Console(width=None if sys.stdout.isatty() else 160)
    console.print(table)


def _cell(value: object) -> str:
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value)) or "–"
    return str(value)


@contextmanager
def progress(title: str, total: int | None) -> Iterator[Callable[..., None]]:
    """Show a progress bar on standard error while the block runs; it gets a function that moves it."""
    if not sys.stderr.isatty():
        yield lambda **_: None
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        Progress,
        TaskProgressColumn,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    count = TextColumn("{task.completed:,}") if total is None else TaskProgressColumn()
    columns = (TextColumn("{task.description}"), BarColumn(), count, TimeElapsedColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(title, total=total)
        yield lambda **at: bar.update(task, **at)
