"""The vault: what is sealed opens only where it belongs."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from core.errors import ConfigurationError, Malformed, NeedsAttention
from core.vault import Vault, key_id

SECRET = "shpat_0123456789 ünïcode".encode()
HERE = b"connection:7"


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return Vault.open_folder(tmp_path / "keys")


def test_what_was_sealed_opens_again(vault: Vault) -> None:
    sealed = vault.seal(SECRET, HERE)

    assert vault.open(sealed, HERE) == SECRET
    assert "shpat" not in sealed


def test_the_same_secret_is_never_sealed_alike(vault: Vault) -> None:
    sealed = {vault.seal(SECRET, HERE) for _ in range(50)}

    assert len(sealed) == 50


def test_a_sealed_text_is_useless_at_another_connection(vault: Vault) -> None:
    sealed = vault.seal(SECRET, HERE)

    with pytest.raises(NeedsAttention) as caught:
        vault.open(sealed, b"connection:8")

    assert caught.value.code == "seal_broken"


def test_a_changed_letter_breaks_the_seal(vault: Vault) -> None:
    sealed = vault.seal(SECRET, HERE)
    head, blob = sealed.rsplit(":", 1)
    changed = f"{head}:{'B' if blob[0] == 'A' else 'A'}{blob[1:]}"

    with pytest.raises(NeedsAttention, match="changed"):
        vault.open(changed, HERE)


@pytest.mark.parametrize(
    "text", ["", "v1", "v1:key", "v1:key:", "v2:key:AAAA", "v1:key:not base64", "v1::AAAAAAAAAAAAAAAAAAAAAAAA"]
)
def test_what_is_no_sealed_text_is_malformed(vault: Vault, text: str) -> None:
    with pytest.raises(Malformed):
        vault.open(text, HERE)


def test_the_new_key_seals_and_the_old_one_still_opens(vault: Vault) -> None:
    old = vault.seal(SECRET, HERE)

    rotated = vault.rotate()
    new = rotated.seal(SECRET, HERE)

    assert key_id(old) != key_id(new)
    assert key_id(new) == rotated.status().sealing
    assert rotated.open(old, HERE) == rotated.open(new, HERE) == SECRET
    assert rotated.status().opening == (key_id(old), key_id(new))


def test_a_text_whose_key_is_gone_asks_for_a_person(vault: Vault, tmp_path: Path) -> None:
    sealed = vault.rotate().seal(SECRET, HERE)
    (tmp_path / "keys" / f"{key_id(sealed)}.key").unlink()

    with pytest.raises(NeedsAttention) as caught:
        vault.open(sealed, HERE)

    assert caught.value.code == "key_missing"
    assert key_id(sealed) in caught.value.message


def test_keys_belong_to_their_owner_only(tmp_path: Path) -> None:
    folder = tmp_path / "keys"

    Vault.open_folder(folder)

    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert [stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()] == [0o600]


def test_a_second_start_reads_the_same_key(tmp_path: Path) -> None:
    sealed = Vault.open_folder(tmp_path / "keys").seal(SECRET, HERE)

    opened = Vault.open_folder(tmp_path / "keys").open(sealed, HERE)

    assert opened == SECRET


def test_a_key_that_others_can_read_is_refused(tmp_path: Path) -> None:
    Vault.open_folder(tmp_path / "keys")
    file = next((tmp_path / "keys").iterdir())
    file.chmod(0o640)

    with pytest.raises(ConfigurationError, match="chmod"):
        Vault.open_folder(tmp_path / "keys")


def test_a_folder_that_others_can_read_is_refused(tmp_path: Path) -> None:
    Vault.open_folder(tmp_path / "keys")
    (tmp_path / "keys").chmod(0o755)

    with pytest.raises(ConfigurationError, match="chmod"):
        Vault.open_folder(tmp_path / "keys")


def test_a_damaged_key_file_stops_the_start(tmp_path: Path) -> None:
    Vault.open_folder(tmp_path / "keys")
    next((tmp_path / "keys").iterdir()).write_bytes(b"c2hvcnQ=\n")

    with pytest.raises(ConfigurationError, match="32 bytes"):
        Vault.open_folder(tmp_path / "keys")


def test_servers_that_start_at_once_share_one_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        names = list(pool.map(_sealing_key, [tmp_path / "keys"] * 32))

    assert len(set(names)) == 1
    assert len(list((tmp_path / "keys").iterdir())) == 1


def test_no_repr_shows_a_key(vault: Vault) -> None:
    shown = repr(vault)

    assert not any(repr(key) in shown or key.hex() in shown for key in vault.keys.values())


def test_keys_that_are_kept_elsewhere_are_not_rotated_here() -> None:
    vault = Vault({"0": b"k" * 32})

    with pytest.raises(ConfigurationError, match="elsewhere"):
        vault.rotate()


def test_a_running_server_opens_what_was_sealed_after_a_rotation_elsewhere(tmp_path: Path) -> None:
    running = Vault.open_folder(tmp_path / "keys")
    sealed = Vault.open_folder(tmp_path / "keys").rotate().seal(SECRET, HERE)

    assert running.open(sealed, HERE) == SECRET
    assert running.status().sealing == key_id(sealed)


def _sealing_key(folder: Path) -> str:
    vault = Vault.open_folder(folder)
    return f"{vault.status().sealing}{vault.keys[vault.status().sealing].hex()}"
