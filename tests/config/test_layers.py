"""Settings: files, variables, and what is said of a wrong one."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from config.layers import load
from config.settings import Settings, without_password
from core.errors import SettingsError
from core.model.tuning import AiMonitoring, Tuning

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    """Return a function that writes a settings file into an empty working directory."""
    monkeypatch.chdir(tmp_path)

    def write_file(text: str, name: str = "marketwright.yaml") -> Path:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write_file


def test_the_packaged_files_say_the_same_as_the_code(write: Write) -> None:
    assert load(None, {}) == Settings()
    assert load(None, {}).tuning == Tuning()


def test_the_documents_ai_settings_have_its_values(write: Write) -> None:
    tuning = load(None, {}).tuning

    assert (tuning.ai_monitoring.enabled, tuning.ai_monitoring.model) == (True, "gpt-4")
    assert (tuning.ai_monitoring.confidence_threshold, tuning.ai_monitoring.max_suggestions) == (0.80, 3)
    assert (tuning.knowledge_management.learning_rate, tuning.knowledge_management.min_occurrences) == (0.1, 3)


def test_a_file_overrides_the_defaults_and_a_variable_overrides_the_file(write: Write) -> None:
    write("web: {port: 9000, host: 0.0.0.0}\n")

    settings = load(None, {"MARKETWRIGHT_WEB__PORT": "9001"})

    assert (settings.web.host, settings.web.port) == ("0.0.0.0", 9001)


def test_a_named_file_wins_over_the_one_in_the_working_directory(write: Write) -> None:
    write("web: {port: 1}\n")
    other = write("web: {port: 2}\n", "other.yaml")
    third = write("web: {port: 3}\n", "third.yaml")

    by_variable = load(None, {"MARKETWRIGHT_CONFIG": str(other)})
    by_option = load(third, {"MARKETWRIGHT_CONFIG": str(other)})

    assert (by_variable.web.port, by_option.web.port) == (2, 3)


def test_ai_settings_come_from_their_own_file_and_from_variables(write: Write) -> None:
    write("ai_monitoring: {max_suggestions: 2}\n", "ai_config.yaml")

    settings = load(None, {"MARKETWRIGHT_AI_MONITORING__CONFIDENCE_THRESHOLD": "0.95"})

    assert settings.tuning.ai_monitoring.max_suggestions == 2
    assert settings.tuning.ai_monitoring.confidence_threshold == 0.95


@pytest.mark.parametrize(
    ("text", "line", "key", "reason"),
    [
        ("web:\n  prot: 1\n", 2, "web.prot", "did you mean port?"),
        ("wbe: {}\n", 1, "wbe", "did you mean web?"),
        ("web:\n  host: a\n  port: '8'\n", 3, "web.port", "Expected `int`, got `str`"),
        ("web:\n  port: 70000\n", 2, "web.port", "`int` <= 65535"),
        ("web:\n", 1, "web", "is a section"),
        ("web: {port: 1}\nweb: {port: 2}\n", 2, "web", "is written twice"),
        ("database:\n  url: mysql://x\n", 2, "database.url", "is not sqlite:///file or postgresql://"),
        ("web:\n  public_url: shop.example\n", 2, "web.public_url", "is not an address such as https://"),
        ("logging:\n  level: loud\n", 2, "logging.level", "Invalid enum value 'loud'"),
        ("ai_monitoring: {}\n", 1, "ai_monitoring", "is no setting"),
        ("web: [\n", 2, "the file", "is not YAML"),
        ("- web\n", 1, "the file", "is not a mapping"),
        ("outbound:\n  private_networks: 3\n", 2, "outbound.private_networks", "Expected `bool`"),
    ],
)
def test_a_wrong_file_stops_the_start_with_line_key_and_reason(
    write: Write, text: str, line: int, key: str, reason: str
) -> None:
    path = write(text, "mine.yaml")

    with pytest.raises(SettingsError) as raised:
        load(path, {})

    assert raised.value.file == f"{path}:{line}"
    assert raised.value.key == key
    assert reason in raised.value.reason


@pytest.mark.parametrize(
    ("name", "value", "key", "reason"),
    [
        ("MARKETWRIGHT_WEB__PROT", "1", "web.prot", "did you mean port?"),
        ("MARKETWRIGHT_WEB__PORT", "many", "web.port", "Expected `int`"),
        ("MARKETWRIGHT_WEB", "1", "web", "is a section"),
        ("MARKETWRIGHT_AI_MONITORING__CONFIDENCE_THRESHOLD", "1.5", "ai_monitoring.confidence_threshold", "<= 1.0"),
    ],
)
def test_a_wrong_variable_stops_the_start_with_its_name(
    write: Write, name: str, value: str, key: str, reason: str
) -> None:
    with pytest.raises(SettingsError) as raised:
        load(None, {name: value})

    assert (raised.value.file, raised.value.key) == (name, key)
    assert reason in raised.value.reason


def test_a_named_file_that_is_missing_stops_the_start(write: Write) -> None:
    with pytest.raises(SettingsError, match="there is no such file"):
        load(Path("nowhere.yaml"), {})


def test_variables_of_the_test_suite_are_no_settings(write: Write) -> None:
    assert load(None, {"MARKETWRIGHT_TEST_BACKEND": "sqlite"}) == Settings()


def test_an_empty_variable_means_no_value(write: Write) -> None:
    write("redis: {url: 'redis://10.0.0.1'}\n")

    assert load(None, {"MARKETWRIGHT_REDIS__URL": ""}).redis.url is None


def test_a_password_in_an_address_is_never_shown(write: Write) -> None:
    settings = load(None, {"MARKETWRIGHT_DATABASE__URL": "postgresql://ann:hunter2@db.example:5433/shop"})

    assert settings.database_url == "postgresql://ann:hunter2@db.example:5433/shop"
    assert "hunter2" not in repr(settings)
    assert without_password(settings.database.url) == "postgresql://ann:***@db.example:5433/shop"


def test_a_list_in_a_variable_is_written_as_a_search_path(write: Write) -> None:
    write("rulepacks: {folders: [./ours]}\n")

    by_file, by_variable = load(None, {}), load(None, {"MARKETWRIGHT_RULEPACKS__FOLDERS": "/a:/b c"})

    assert by_file.rulepacks.folders == ("./ours",)
    assert by_variable.rulepacks.folders == ("/a", "/b c")
    assert load(None, {"MARKETWRIGHT_RULEPACKS__FOLDERS": ""}).rulepacks.folders == ()


def test_a_language_has_the_form_of_one(write: Write) -> None:
    write("language: French\n")

    with pytest.raises(SettingsError, match=r"marketwright\.yaml:1: language: is not a language such as fr or pt_BR"):
        load(None, {})


def test_the_models_key_stands_in_no_file_and_in_no_repr(write: Write) -> None:
    write("ai_monitoring: {api_key: sk-canary}\n", "ai_config.yaml")

    with pytest.raises(SettingsError) as raised:
        load(None, {})

    assert raised.value.key == "ai_monitoring.api_key"
    assert "MARKETWRIGHT_AI_MONITORING__API_KEY" in raised.value.reason
    assert "sk-canary" not in str(raised.value)


def test_a_model_is_asked_only_where_the_environment_has_a_key(write: Write) -> None:
    settings = load(None, {"MARKETWRIGHT_AI_MONITORING__API_KEY": "sk-canary"})

    assert settings.ai_monitoring.asks_model
    assert not load(None, {}).ai_monitoring.asks_model
    assert not load(None, {"MARKETWRIGHT_AI_MONITORING__API_KEY": ""}).ai_monitoring.asks_model
    assert "sk-canary" not in repr(settings)


def test_the_mail_servers_password_stands_in_no_file_and_in_no_repr(write: Write) -> None:
    write("mail: {host: smtp.shop.example, password: mail-canary}\n")

    with pytest.raises(SettingsError, match="MARKETWRIGHT_MAIL__PASSWORD") as raised:
        load(None, {})

    assert "canary" not in str(raised.value)


def test_a_price_of_tokens_gives_an_exact_cost(write: Write) -> None:
    write("ai_monitoring: {input_price: 0.15, output_price: 0.6, currency: EUR}\n", "ai_config.yaml")

    tuned = load(None, {}).ai_monitoring

    assert tuned.cost(700, 40) == Decimal("0.000129")
    assert AiMonitoring().cost(700, 40) is None
