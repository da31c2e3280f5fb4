"""The other commands: what they print, and how they end."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]


@pytest.mark.parametrize(
    "command",
    [
        "serve",
        "work",
        "migrate",
        "doctor",
        "channels",
        "connections",
        "sync",
        "validate",
        "rules",
        "knowledge",
        "deliveries",
        "users",
        "secrets",
    ],
)
def test_every_command_says_what_it_does(run: Run, command: str) -> None:
    outcome = run(command, "--help")

    assert outcome.code == 0
    assert len(outcome.out.splitlines()) > 4


def test_a_wrong_setting_ends_with_2_and_one_line(run: Run, tmp_path: Path) -> None:
    (tmp_path / "marketwright.yaml").write_text("web:\n  prot: 1\n")

    outcome = run("migrate")

    assert (outcome.code, outcome.out) == (2, "")
    assert outcome.err == "Error: marketwright.yaml:2: web.prot: is no setting; did you mean port?\n"


def test_the_named_settings_file_counts(run: Run, tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text("data_dir: ./elsewhere\n")

    outcome = run("--config", "mine.yaml", "migrate")

    assert outcome.code == 0
    assert (tmp_path / "elsewhere/marketwright.sqlite").is_file()


def test_migrate_names_what_ran_and_then_nothing(run: Run) -> None:
    first, second, check = run("migrate", "--json"), run("migrate", "--json"), run("migrate", "--check")

    assert first.lines
    assert second.lines == []
    assert (check.code, check.out) == (0, "The database is up to date.\n")


def test_channels_tells_what_each_can_do(run: Run) -> None:
    outcome = run("channels", "--json")

    found = {line["channel"]: line for line in outcome.lines}
    assert outcome.code == 0, outcome.err
    assert {"shopify", "woocommerce"} <= set(found)
    assert found["woocommerce"]["webhooks"] is True
    assert found["woocommerce"]["plugin"] == "plugins.woocommerce"


def test_a_person_is_added_listed_and_given_a_new_password(run: Run) -> None:
    added = run("users", "add", "ann", "--password", "a long password")
    again = run("users", "add", "ann", "--password", "a long password")
    changed = run("users", "password", "ann", "--password", "another password")
    link = run("users", "link", "ann")
    token = run("users", "token", "ann", "--label", "till", "--days", "30")
    listed = run("users", "list", "--json")

    assert (added.code, changed.code) == (0, 0)
    assert (again.code, again.err) == (1, "Error: There is somebody named ann already.\n")
    assert link.out.startswith("/sign-in?token=")
    assert token.out.startswith("mw_")
    assert [(line["name"], line["role"], line["merchant"]) for line in listed.lines] == [("ann", "admin", "all")]


def test_an_unknown_person_or_merchant_ends_with_2(run: Run) -> None:
    password = run("users", "password", "nobody", "--password", "a long password")
    merchant = run("users", "add", "bea", "--merchant", "none", "--password", "a long password")

    assert (password.code, merchant.code) == (2, 2)
    assert "marketwright users list" in password.err


@pytest.mark.process
def test_a_connection_is_added_and_its_secret_is_never_shown(run: Run, tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("cs_very_secret\n")
    given = ("store_url=https://shop.invalid", "consumer_key=ck_1", "consumer_secret=@secret.txt")
    options = [part for one in given for part in ("--set", one)]

    added = run("connections", "add", "woocommerce", "--merchant", "Ann", "--name", "main", *options)
    listed = run("connections", "list", "--json")
    sealed = run("secrets", "status", "--json")
    rotated = run("secrets", "rotate")
    sealed_again = run("secrets", "status", "--json")

    assert added.code == 1, "the shop cannot be reached, and the command says so"
    assert "Connection 1 was added." in added.out
    assert [(line["channel"], line["merchant"], line["mode"]) for line in listed.lines] == [
        ("woocommerce", "Ann", "suggest")
    ]
    assert "cs_very_secret" not in added.out + added.err + listed.out
    assert [line["connections"] for line in sealed.lines] == [1]
    assert rotated.out.startswith("1 connections are sealed with the new key")
    assert [(line["connections"], line["seals_now"]) for line in sealed_again.lines] == [(0, False), (1, True)]


@pytest.mark.process
def test_what_does_not_exist_cannot_be_pulled_or_replayed(run: Run) -> None:
    pulled, replayed = run("sync", "7"), run("deliveries", "replay", "7")
    published = run("sync", "7", "--requirements")

    assert (pulled.code, replayed.code, published.code) == (2, 2, 2)
    assert "marketwright connections list" in pulled.err
    assert "marketwright connections list" in published.err
    assert "marketwright deliveries list" in replayed.err
    assert run("deliveries", "list").out == "No webhook has come in yet.\n"


def test_the_packs_are_listed_linted_and_tested(run: Run) -> None:
    listed, rules = run("rules", "list", "--json"), run("rules", "list", "woocommerce", "--json")
    linted, tested = run("rules", "lint"), run("rules", "test")

    assert {"common@2026.11", "woocommerce@2026.11"} <= {line["pack"] for line in listed.lines}
    assert all(line["source"] for line in rules.lines)
    assert (linted.code, tested.code) == (0, 0), linted.out + tested.out


def test_two_packs_are_compared(run: Run) -> None:
    other, same = run("rules", "diff", "common@2026.11", "shopify@2026.11", "--json"), "woocommerce@2026.11"

    assert {"added"} <= {line["change"] for line in other.lines}
    assert "hold the same rules" in run("rules", "diff", same, same).out


def test_a_pack_of_ones_own_is_refused_with_its_place(run: Run, tmp_path: Path) -> None:
    (tmp_path / "packs/acme").mkdir(parents=True)
    (tmp_path / "packs/acme/2026.11.yaml").write_text("rulepack: acme\nversion: 2026.11\nrulez: []\n")

    outcome = run("rules", "lint", "--folder", "packs")

    assert outcome.code == 2
    assert "packs/acme/2026.11.yaml" in outcome.err


def test_doctor_finds_nothing_wrong_with_a_new_installation(run: Run, tmp_path: Path) -> None:
    outcome = run("doctor", "--json")

    assert outcome.code == 0, outcome.out
    assert {line["part"] for line in outcome.lines if line["health"] != "ok"} == {"public address"}
    assert not (tmp_path / "marketwright-data").exists(), "it changes nothing"


def test_doctor_says_what_is_wrong_and_how_to_mend_it(run: Run, tmp_path: Path) -> None:
    run("migrate")
    folder = tmp_path / "marketwright-data"
    folder.chmod(0o755)
    (folder / "marketwright.sqlite").write_bytes(b"no database")
    (folder / "keys").mkdir(mode=0o700)
    (folder / "keys/odd.key").write_text("odd")
    os.utime(folder / "redis.lock" if (folder / "redis.lock").exists() else folder / "migrate.lock", (2**32, 2**32))
    (tmp_path / "marketwright.yaml").write_text(
        "redis: {url: 'redis://127.0.0.1:1/0'}\nweb: {public_url: 'http://x'}\n"
    )

    outcome = run("doctor", "--json")

    health = {line["part"]: line["health"] for line in outcome.lines}
    assert outcome.code == 1
    assert health == {
        "data directory": "warning", "keys": "problem", "database": "problem", "redis": "problem", "plugins": "ok",
        "rulepacks": "ok", "public address": "warning", "clock": "problem",
    }  # fmt: skip
    assert all(line["remedy"] for line in outcome.lines if line["health"] != "ok")
    assert stat.S_IMODE(folder.stat().st_mode) == 0o755, "it changes nothing"
