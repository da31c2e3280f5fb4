"""`marketwright new-channel`: a channel to start from, with its twin, its README, its claims and its tests."""

from __future__ import annotations

import re
from importlib import resources
from pathlib import Path

import click

from core.errors import Refused

TEMPLATE = "marketwright.testing.acme"
_NAME = re.compile(r"[a-z][a-z0-9_]{1,39}")

_PYPROJECT = """[build-system]
requires = ["hatchling>=1.25"]
build-backend = "hatchling.build"

[project]
name = "marketwright-{name}"
version = "0.1.0"
description = "{title} for Marketwright."
requires-python = ">=3.11"
dependencies = ["marketwright", "msgspec"]

[project.optional-dependencies]
test = ["pytest>=8.3", "pytest-asyncio>=0.25"]

[project.entry-points.marketwright]
{name} = "{package}"

[tool.hatch.build.targets.wheel]
packages = ["{package}"]

[tool.pytest.ini_options]
asyncio_mode = "auto"
pythonpath = ["."]
testpaths = ["tests"]
"""

_TEST = '''"""{title} keeps the contract of every channel, against its own twin."""

from __future__ import annotations

from marketwright import Change, SourceRecord
from marketwright.testing import ChannelContract
from {package} import channel


class Test{camel}(ChannelContract):
    """The sentences of the contract."""

    channel = channel
    follows_write_there = frozenset({{"changed"}})

    def refused_change(self, record: SourceRecord) -> Change:
        """{title} takes names of 200 characters at most."""
        return Change(field="title", before=record.record["title"], after="x" * 201)
'''


@click.command("new-channel")
@click.argument("name")
@click.option("--title", help="What people call the platform; by default the name with a capital letter.")
@click.option("--package", help="The Python package; by default <name>_channel. A dotted one is put into that folder.")
@click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False),
    help="Where to write; by default ./marketwright-<name>, and this directory for a dotted package.",
)
def new_channel(name: str, title: str | None, package: str | None, folder: Path | None) -> None:
    """Write a new channel called NAME that keeps the contract as it is, to be made your platform's file by file."""
    if not _NAME.fullmatch(name):
        raise click.BadParameter("a name is 2 to 40 of a-z, 0-9 and _, a letter first", param_hint="NAME")
    package = package or f"{name}_channel"
    if not all(part.isidentifier() for part in package.split(".")):
        raise click.BadParameter("write a Python package such as acme_channel", param_hint="--package")
    folder = folder or (Path() if "." in package else Path(f"marketwright-{name}"))
    files = written(name, title or name.replace("_", " ").capitalize(), package)
    taken = [path for path in files if (folder / path).exists()]
    if taken:
        raise Refused(f"{folder / taken[0]} is there already; nothing was written.")
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    click.echo(f"{len(files)} files in {folder.resolve()}")
    click.echo(f"Try it: cd {folder} && python -m pytest {_tests(package).parent}")


def written(name: str, title: str, package: str) -> dict[Path, str]:
    """Return the files of a new channel by their paths."""
    place = Path(*package.split("."))
    files = {
        place / source.name: _renamed(source.read_text(encoding="utf-8"), name, title, package)
        for source in sorted(resources.files(TEMPLATE).iterdir(), key=lambda it: it.name)
        if source.is_file() and source.name.endswith((".py", ".md", ".yaml"))
    }
    camel = "".join(part.capitalize() for part in name.split("_"))
    files[_tests(package)] = _TEST.format(title=title, package=package, camel=camel)
    if "." not in package:
        files[Path("pyproject.toml")] = _PYPROJECT.format(name=name, title=title, package=package)
    return files


def _tests(package: str) -> Path:
    """Return where the contract's test goes: beside a package of its own, mirrored for one in a folder."""
    return Path("tests", *(package.split(".") if "." in package else ()), "test_contract.py")


def _renamed(text: str, name: str, title: str, package: str) -> str:
    return text.replace(TEMPLATE, package).replace("Acme", title).replace("acme", name)
