"""An encrypted message is read as it was written, or not at all."""

import secrets
import string
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idwallet.codec.json import JsonObject
from idwallet.crypto.agreement import EphemeralKey
from idwallet.envelope.jwe import (
    ContentEncryption,
    decrypt,
    decrypt_with_password,
    encrypt,
    encrypt_with_password,
    read_jwe_header,
)
from idwallet.errors import IdWalletError, MalformedError, UnsupportedError

KEY = EphemeralKey.generate()
PASSWORD = b"a password"
FEW = 1_000
CHARACTERS = f"{string.ascii_letters}{string.digits}-_.=+/ \n\0é"


def to_key(text: bytes, enc: ContentEncryption) -> str:
    return encrypt(text, to=KEY.public_key, random=secrets.token_bytes, enc=enc)


def by_key(token: str | bytes) -> bytes:
    return decrypt(token, key=KEY, at="message").plaintext


def by_password(token: str | bytes) -> bytes:
    return decrypt_with_password(token, PASSWORD, at="message").plaintext


MESSAGES: dict[str, tuple[str, Callable[[str | bytes], bytes]]] = {
    "key": (to_key(b"what is said", ContentEncryption.A128GCM), by_key),
    "password": (
        encrypt_with_password(
            b"what is said", PASSWORD, random=secrets.token_bytes, rounds=FEW
        ),
        by_password,
    ),
}


@given(text=st.binary(max_size=200), enc=st.sampled_from(ContentEncryption))
def test_a_message_is_read_as_it_was_written(
    text: bytes, enc: ContentEncryption
) -> None:
    assert by_key(to_key(text, enc)) == text


@pytest.mark.parametrize("kind", sorted(MESSAGES))
@given(data=st.data())
def test_any_other_character_anywhere_is_noticed(
    kind: str, data: st.DataObject
) -> None:
    token, read = MESSAGES[kind]
    at = data.draw(st.integers(0, len(token) - 1))
    character = data.draw(st.sampled_from(CHARACTERS))
    changed = token[:at] + character + token[at + 1 :]
    if changed == token:
        assert read(changed) == b"what is said"
        return
    with pytest.raises((MalformedError, UnsupportedError)):
        read(changed)


@pytest.mark.parametrize("kind", sorted(MESSAGES))
@given(data=st.data())
def test_parts_of_another_message_do_not_fit(kind: str, data: st.DataObject) -> None:
    token, read = MESSAGES[kind]
    other = {
        "key": to_key(b"what is said", ContentEncryption.A128GCM),
        "password": encrypt_with_password(
            b"what is said", PASSWORD, random=secrets.token_bytes, rounds=FEW
        ),
    }[kind]
    one, two = token.split("."), other.split(".")
    taken = data.draw(st.lists(st.booleans(), min_size=5, max_size=5))
    mixed = [b if take else a for a, b, take in zip(one, two, taken, strict=True)]
    whole = [mixed == one, mixed == two]
    if any(whole):
        assert read(".".join(mixed)) == b"what is said"
        return
    with pytest.raises(MalformedError):
        read(".".join(mixed))


@given(noise=st.binary(max_size=300) | st.text(max_size=300))
def test_noise_raises_nothing_but_our_own(noise: str | bytes) -> None:
    for read in (by_key, by_password, lambda n: read_jwe_header(n, at="message")):
        with pytest.raises(IdWalletError):
            read(noise)


@given(
    header=st.dictionaries(
        st.sampled_from(["alg", "enc", "epk", "p2s", "p2c", "kid", "apu", "crit"]),
        st.none() | st.booleans() | st.integers() | st.text(max_size=20),
        max_size=5,
    )
)
def test_any_header_raises_nothing_but_our_own(header: JsonObject) -> None:
    from idwallet.codec import b64
    from idwallet.codec.json import write_json

    rest = ".".join(
        ("", b64.encode(bytes(12)), b64.encode(b"x"), b64.encode(bytes(16)))
    )
    token = f"{b64.encode(write_json(header))}.{rest}"
    for read in (by_key, by_password):
        with pytest.raises(IdWalletError):
            read(token)
