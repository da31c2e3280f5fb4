"""The rules of the house that can be counted."""

from __future__ import annotations

import ast
import inspect
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
import yaml

import marketwright
from config.settings import Settings
from core import hookspecs
from core.model.tuning import Tuning

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("core", "plugins", "webhooks", "admin_ui", "config", "marketwright")
HTTP_EDGES = ("webhooks", "admin_ui", "core/api", "config/asgi.py")
LONGEST_FILE, LONGEST_FUNCTION = 300, 50
BANNED_NAMES = {"util", "helper", "common", "base", "misc", "manager", "service"}
JOB_LIBRARY = {"core/queue.py", "config/worker.py"}

FACADE = {
    "Account", "Action", "BadSignature", "Bucket", "Budget", "Callback", "Cancellation", "Change", "Channel",
    "Client", "Conflict", "Connection", "Handover", "Malformed", "MarketwrightError", "NeedsAttention", "NotFound",
    "Outgoing", "Pace", "Page", "PlatformVerdict", "PluginError", "Pronounced", "Push", "Pushed", "Record",
    "RecordKind", "Refused", "Rejected", "Requirement", "RequirementSet", "Response", "Results", "RetryLater",
    "Severity", "Shipment", "SignIn", "Skipped", "SourceRecord", "StockLevel", "Subscription", "VerdictPage",
    "Wanted", "WebhookEvent", "WebhookRequest",
    "hmac_base64", "hmac_hex", "hookimpl", "oauth1_signed_query", "verify_hmac_base64", "verify_hmac_hex",
}  # fmt: skip
"""What plugins import. A name that goes or changes breaks them: it takes a decision record."""


def is_generated(path: Path) -> bool:
    return "migrations" in path.parts


def sources(*tops: str) -> list[Path]:
    found = [path for top in tops for path in ([ROOT / top] if top.endswith(".py") else (ROOT / top).rglob("*.py"))]
    return sorted(path for path in found if not is_generated(path))


def code() -> list[Path]:
    return sources(*PACKAGES)


def everything() -> list[Path]:
    return sources(*PACKAGES, "tests", "benchmarks", "extensions")


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def trees(paths: list[Path]) -> Iterator[tuple[str, ast.Module]]:
    for path in paths:
        yield name_of(path), ast.parse(path.read_text(encoding="utf-8"), str(path))


def imports(tree: ast.AST) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


def dotted(node: ast.AST) -> str:
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else "?"


def test_the_house_is_searched_at_all() -> None:
    assert len(code()) > 100
    assert len(everything()) > len(code())


def test_a_file_is_at_most_300_lines_long() -> None:
    lengths = {name_of(path): len(path.read_text(encoding="utf-8").splitlines()) for path in everything()}

    assert {name: length for name, length in lengths.items() if length > LONGEST_FILE} == {}


def test_a_function_is_at_most_50_lines_long() -> None:
    long = [
        f"{name}:{node.lineno} {node.name}"
        for name, tree in trees(everything())
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno + 1 > LONGEST_FUNCTION
    ]

    assert long == []


def test_every_file_has_an_honest_name() -> None:
    parts = {
        name: {part.removesuffix(".py").lower().rstrip("s") for part in Path(name).parts}
        for name in map(name_of, everything())
    }

    assert [name for name, found in parts.items() if found & BANNED_NAMES] == []


def test_every_module_says_what_it_is_for() -> None:
    assert [name for name, tree in trees(everything()) if not ast.get_docstring(tree)] == []


def test_every_public_function_says_what_it_does() -> None:
    silent = [
        f"{name}:{node.lineno} {node.name}"
        for name, tree in trees(code())
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        and not node.name.startswith("_")
        and not ast.get_docstring(node)
    ]

    assert silent == []


def test_every_screen_has_its_templates_and_its_test() -> None:
    screens = [path.stem for path in (ROOT / "admin_ui/pages").glob("*.py") if path.stem != "__init__"]

    assert screens
    assert [one for one in screens if not (ROOT / "admin_ui/templates" / one).is_dir()] == []
    assert [one for one in screens if not (ROOT / f"tests/admin_ui/test_{one}.py").is_file()] == []


def test_every_hook_is_documented_and_used_by_a_plugin_of_ours() -> None:
    hooks = [
        (name, function)
        for name, function in inspect.getmembers(hookspecs, inspect.isfunction)
        if hasattr(function, "marketwright_spec")
    ]
    written = "\n".join(path.read_text(encoding="utf-8") for path in sources("plugins"))

    assert hooks
    assert [name for name, function in hooks if len((function.__doc__ or "").split()) < 10] == []
    assert [name for name, _ in hooks if f"def {name}(" not in written] == []


def test_a_plugin_folder_brings_a_channel_or_rulepacks_or_says_that_it_does_not_yet() -> None:
    packages = {
        path.parent.name: (path.read_text(encoding="utf-8"), ast.parse(path.read_text(encoding="utf-8")))
        for path in (ROOT / "plugins").glob("*/__init__.py")
    }
    hooks = ("def register_channels(", "def register_rulepacks(")
    brings = {name for name, (text, _) in packages.items() if any(hook in text for hook in hooks)}
    says = {name for name, (_, tree) in packages.items() if "No channel is registered yet." in docstring(tree)}

    assert brings | says == packages.keys()
    assert brings & says == set()
    assert [name for name in says if not (ROOT / f"tests/plugins/{name}").is_dir()] == []


def docstring(tree: ast.Module) -> str:
    return " ".join((ast.get_docstring(tree) or "").split())


def test_the_facade_is_frozen() -> None:
    assert set(marketwright.__all__) == FACADE
    assert [name for name in FACADE if not hasattr(marketwright, name)] == []


def test_only_two_files_know_the_job_library() -> None:
    users = {name for name, tree in trees(code()) for _, module in imports(tree) if module.split(".")[0] == "arq"}

    assert users == JOB_LIBRARY


def test_only_config_reads_the_environment() -> None:
    readers = {
        f"{name}:{node.lineno}"
        for name, tree in trees(code())
        if not name.startswith("config/")
        for node in ast.walk(tree)
        if dotted(node) in {"os.environ", "os.getenv", "os.environb", "environ", "getenv"}
    }

    assert readers == set()


def test_secrets_are_compared_in_constant_time() -> None:
    """`==` is for a table's column in a query; anything that proves who someone is takes `compare_digest`."""
    wrong = [
        f"{name}:{node.lineno}"
        for name, tree in trees(code())
        for node in ast.walk(tree)
        if isinstance(node, ast.Compare) and any(isinstance(op, ast.Eq | ast.NotEq) for op in node.ops)
        if any(proves_something(side) for side in (node.left, *node.comparators))
        if not dotted(node.left)[0].isupper()
    ]

    assert wrong == []


def proves_something(node: ast.AST) -> bool:
    if isinstance(node, ast.Call):
        return dotted(node.func).split(".")[-1] in {"digest", "hexdigest", "hmac_hex", "hmac_base64"}
    return dotted(node).split(".")[-1] in {"signature", "hmac", "mac", "token_hash", "csrf", "password"}


def test_handlers_have_their_annotations_at_run_time() -> None:
    hidden = [
        f"{name}:{line}"
        for name, tree in trees(sources(*HTTP_EDGES))
        for line, module in imports(tree)
        if module == "typing.TYPE_CHECKING"
    ]

    assert hidden == []


def test_broad_excepts_give_their_reason() -> None:
    """One that only tidies up and raises again needs none; any other says why beside its suppression."""
    silent = []
    for name, tree in trees(code()):
        lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
        for node in ast.walk(tree):
            if not isinstance(node, ast.ExceptHandler) or not is_broad(node):
                continue
            near = "\n".join(lines[node.lineno - 2 : node.lineno]).replace("noqa: BLE001", "")
            if not isinstance(node.body[-1], ast.Raise) and len(near.partition("# ")[2]) < 20:
                silent.append(f"{name}:{node.lineno}")

    assert silent == []


def is_broad(handler: ast.ExceptHandler) -> bool:
    caught = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(one is None or dotted(one) in {"Exception", "BaseException"} for one in caught)


def test_nothing_unfinished_is_left() -> None:
    marks = ("TO" + "DO", "FIX" + "ME", "NotImplemented" + "Error")

    assert [name_of(path) for path in code() if any(mark in path.read_text(encoding="utf-8") for mark in marks)] == []


def test_the_packaged_settings_name_every_key() -> None:
    written = yaml.safe_load((ROOT / "config/marketwright.yaml").read_text(encoding="utf-8"))

    assert set(written) == set(Settings.__struct_fields__) - set(Tuning.__struct_fields__)
    assert msgspec.convert(written, Settings) == Settings()


@pytest.mark.process
def test_the_floors_hold() -> None:
    program = Path(sys.executable).with_name("lint-imports")

    result = subprocess.run([program, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)

    assert result.returncode == 0, result.stdout + result.stderr
