"""Keys opened by URI, and keys sealed in files."""

import secrets
import shutil
import stat
from concurrent.futures import ThreadPoolExecutor

import pytest

from idwallet import limits
from idwallet.adapters.keys import SoftwareKeyStore, open_signer
from idwallet.codec import b64
from idwallet.codec.text import show
from idwallet.crypto.algorithms import Algorithm
from idwallet.crypto.keys import PublicKey, signature_matches
from idwallet.crypto.seal import SealKey
from idwallet.crypto.signer import StoredKeySigner
from idwallet.crypto.software import SoftwareSigner
from idwallet.errors import (
    LimitError,
    MalformedError,
    PortError,
    SignerLocked,
    SignerUnavailable,
    UnsupportedError,
    UsageError,
)

PASSPHRASE = "correct horse"


def ask(prompt):
    return PASSPHRASE


@pytest.fixture(scope="module")
def signer():
    return SoftwareSigner.generate(Algorithm.ES256)


@pytest.fixture
def key_file(tmp_path, signer):
    path = tmp_path / "my key.pem"
    path.write_text(signer.to_encrypted_pem(PASSPHRASE.encode()), "ascii")
    return path


# --- open_signer --------------------------------------------------------------------


def test_a_key_file_is_opened_by_path_and_by_uri(key_file, signer, monkeypatch):
    monkeypatch.chdir(key_file.parent)
    quoted = str(key_file).replace(" ", "%20")
    for uri in (
        str(key_file),
        "my key.pem",
        "./my key.pem",
        "file:my%20key.pem",
        "FILE:my%20key.pem",
        f"file:{quoted}",
        f"file://{quoted}",
        f"file://localhost{quoted}",
    ):
        assert open_signer(uri, ask_secret=ask).public_key == signer.public_key


def test_a_wrong_or_missing_passphrase_leaves_the_key_locked(key_file):
    for wrong in (None, lambda prompt: "wrong", lambda prompt: ""):
        with pytest.raises(SignerLocked):
            open_signer(str(key_file), ask_secret=wrong)


def test_the_algorithm_chooses_for_an_rsa_key(tmp_path, key_file):
    rsa = SoftwareSigner.generate(Algorithm.RS256)
    path = tmp_path / "rsa.pem"
    path.write_text(rsa.to_encrypted_pem(PASSPHRASE.encode()), "ascii")
    usual = open_signer(str(path), ask_secret=ask)
    told = open_signer(str(path), ask_secret=ask, algorithm=Algorithm.RS256)
    assert (usual.algorithm, told.algorithm) == (Algorithm.PS256, Algorithm.RS256)
    with pytest.raises(UsageError):
        open_signer(str(key_file), ask_secret=ask, algorithm=Algorithm.RS256)


def test_a_missing_key_file_is_an_unavailable_signer(tmp_path):
    for uri in (tmp_path / "absent", f"file:{tmp_path}/absent", tmp_path):
        with pytest.raises(SignerUnavailable):
            open_signer(str(uri))


def test_a_file_that_holds_no_key_is_malformed(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(b"no key")
    with pytest.raises(MalformedError):
        open_signer(str(path))
    path.write_bytes(bytes(limits.PEM_BYTES + 1))
    with pytest.raises(LimitError):
        open_signer(str(path))


@pytest.mark.parametrize(
    "uri", ["https://example.com/key.pem", "data:,x", "vault:key", "http:x"]
)
def test_another_scheme_is_not_supported(uri):
    with pytest.raises(UnsupportedError):
        open_signer(uri)


@pytest.mark.parametrize(
    "uri", ["file://example.com/key.pem", "file:key?x=1", "file:key#part"]
)
def test_a_file_uri_that_names_no_path_here_is_malformed(uri):
    with pytest.raises(MalformedError) as caught:
        open_signer(uri)
    assert caught.value.clause == "RFC 8089 §2"


# --- SoftwareKeyStore ---------------------------------------------------------------


@pytest.fixture
def seal_key():
    return SealKey(bytes(range(32)))


@pytest.fixture
def store(tmp_path, seal_key):
    return SoftwareKeyStore(tmp_path / "keys", seal_key)


def thumbprint_of(stored):
    return PublicKey.from_spki(stored.spki, at="key").thumbprint


def works(stored):
    signer = StoredKeySigner(stored)
    return signature_matches(
        signer.public_key,
        signer.algorithm,
        signature=signer.sign(b"message"),
        message=b"message",
    )


@pytest.mark.parametrize("name", ["ES256", "EdDSA", "ML-DSA-44", "RS256"])
def test_a_key_is_found_again_by_another_opening_of_the_store(
    store, tmp_path, seal_key, name
):
    made = store.create(name, b"nonce")
    again = SoftwareKeyStore(tmp_path / "keys", seal_key)
    found = again.get(thumbprint_of(made))
    assert (found.spki, found.algorithm) == (made.spki, name)
    assert works(made)
    assert works(found)


HOSTILE = "a\x1b]0;owned\x07\nok\u202e"


def test_a_path_in_a_message_is_safe_to_show(tmp_path, seal_key):
    with pytest.raises(SignerUnavailable) as caught:
        open_signer(f"{tmp_path}/{HOSTILE}")
    assert show(str(caught.value)) == str(caught.value)
    (tmp_path / "file").write_bytes(b"")
    for name in (f"file/{HOSTILE}", "nul\0"):
        with pytest.raises(PortError) as caught:
            SoftwareKeyStore(tmp_path / name, seal_key)
        assert show(str(caught.value)) == str(caught.value)
    shown = repr(SoftwareKeyStore(tmp_path / HOSTILE, seal_key))
    assert shown.isprintable()


def test_a_deleted_key_is_gone_and_may_be_deleted_again(store, tmp_path):
    thumbprint = thumbprint_of(store.create("ES256", None))
    store.delete(thumbprint)
    store.delete(thumbprint)
    assert store.get(thumbprint) is None
    assert [each.name for each in (tmp_path / "keys").iterdir()] == ["store.sealed"]


def test_a_wrong_seal_key_is_refused_when_the_store_is_opened(store, tmp_path):
    with pytest.raises(SignerLocked, match="seal key"):
        SoftwareKeyStore(tmp_path / "keys", SealKey(bytes(32)))


def test_no_key_is_made_for_an_unknown_algorithm(store):
    with pytest.raises(UnsupportedError):
        store.create("none", None)


@pytest.mark.parametrize(
    "name",
    ["", "..", "../outside", "/etc/passwd", "store", "a" * 42, "a" * 44, "é" * 43],
)
def test_a_name_that_is_no_thumbprint_reaches_no_file(store, tmp_path, name):
    (tmp_path / "outside.key").write_bytes(b"another's")
    assert store.get(name) is None
    store.delete(name)
    assert (tmp_path / "outside.key").exists()


def test_a_thumbprint_with_a_line_end_reaches_no_file(store):
    thumbprint = thumbprint_of(store.create("ES256", None))
    assert store.get(thumbprint + "\n") is None


def test_the_files_are_for_their_owner_alone_and_hold_no_plain_key(store, tmp_path):
    store.create("ES256", None)
    folder = tmp_path / "keys"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    for each in folder.iterdir():
        assert stat.S_IMODE(each.stat().st_mode) == 0o600
        # The object identifier of EC keys stands in every PKCS #8 EC key.
        assert bytes.fromhex("06072a8648ce3d0201") not in each.read_bytes()


def test_a_file_moved_to_the_name_of_another_key_does_not_open(store, tmp_path):
    one, two = (thumbprint_of(store.create("ES256", None)) for _ in range(2))
    assert store.get(two)
    shutil.copy(tmp_path / "keys" / f"{one}.key", tmp_path / "keys" / f"{two}.key")
    with pytest.raises(MalformedError):
        store.get(two)


def test_a_changed_file_does_not_open(store, tmp_path):
    thumbprint = thumbprint_of(store.create("ES256", None))
    file = tmp_path / "keys" / f"{thumbprint}.key"
    data = file.read_bytes()
    for changed in (data[:-1], data[:-1] + bytes((data[-1] ^ 1,)), b""):
        file.write_bytes(changed)
        with pytest.raises(MalformedError) as caught:
            store.get(thumbprint)
        assert caught.value.at == file.name


def test_a_store_that_cannot_be_made_is_a_port_error(tmp_path, seal_key):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(PortError):
        SoftwareKeyStore(tmp_path / "file", seal_key)


def test_a_store_whose_files_cannot_be_used_is_a_port_error(store, tmp_path):
    thumbprint = b64.encode(bytes(32))
    (tmp_path / "keys" / f"{thumbprint}.key").mkdir()
    with pytest.raises(PortError):
        store.get(thumbprint)
    with pytest.raises(PortError):
        store.delete(thumbprint)


def test_the_random_source_is_the_caller_s(tmp_path, seal_key):
    asked = []

    def random(size):
        asked.append(size)
        return secrets.token_bytes(size)

    SoftwareKeyStore(tmp_path / "keys", seal_key, random=random).create("ES256", None)
    assert asked == [12, 12]  # a nonce each for the store and for the key


def test_the_repr_names_the_directory_only(store, tmp_path):
    assert repr(store) == f"<SoftwareKeyStore {tmp_path / 'keys'}>"


def test_many_threads_share_a_store(store):
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: store.create("ES256", None), range(32)))
        found = list(pool.map(lambda each: store.get(thumbprint_of(each)), made))
    assert [each.spki for each in made] == [each.spki for each in found]
