"""Answers over the Digital Credentials API open for one key, page and request."""

import copy
import secrets

import pytest

from idwallet import limits
from idwallet.codec.b64 import encode
from idwallet.codec.cbor import read_cbor, write_cbor
from idwallet.credentials.mdoc.dc_api import (
    decrypt_response,
    encrypt_response,
    encryption_info,
    read_encryption_info,
)
from idwallet.credentials.mdoc.members import a_list, a_map
from idwallet.crypto.agreement import EphemeralKey
from idwallet.crypto.hpke import RecipientKey
from idwallet.errors import LimitError, MalformedError, UsageError

ORIGIN = "https://shop.example"
ANSWER = b"a device response"


def test_an_answer_opens_for_whom_it_is() -> None:
    key = RecipientKey()
    asked = encryption_info(key.public_key, random=secrets.token_bytes)
    heard = read_encryption_info(asked.text, at="info")
    assert (heard.nonce, heard.recipient) == (asked.nonce, key.public_key)
    data = encrypt_response(ANSWER, info=heard, origin=ORIGIN)
    assert ANSWER not in data
    assert decrypt_response(data, key=key, handover=asked.handover(ORIGIN)) == ANSWER


def test_nobody_else_opens_it() -> None:
    key = RecipientKey()
    asked = encryption_info(key.public_key, random=secrets.token_bytes)
    again = encryption_info(key.public_key, random=secrets.token_bytes)
    data = encrypt_response(ANSWER, info=asked, origin=ORIGIN)
    for other, handover in (
        (RecipientKey(), asked.handover(ORIGIN)),
        (key, asked.handover("https://evil.example")),
        (key, asked.handover(ORIGIN + "/")),
        (key, again.handover(ORIGIN)),
    ):
        with pytest.raises(MalformedError, match="does not open") as caught:
            decrypt_response(data, key=other, handover=handover)
        assert caught.value.__cause__ is None


def test_what_was_changed_does_not_open() -> None:
    key = RecipientKey()
    asked = encryption_info(key.public_key, random=secrets.token_bytes)
    data = encrypt_response(ANSWER, info=asked, origin=ORIGIN)
    held = a_map(a_list(read_cbor(data, at=""), at="")[1], at="")
    enc, text = held["enc"], held["cipherText"]
    assert isinstance(enc, bytes)
    assert isinstance(text, bytes)
    for changed in (
        {"enc": enc, "cipherText": text[:-1] + bytes([text[-1] ^ 1])},
        {"enc": enc, "cipherText": b""},
        {"enc": enc[:-1], "cipherText": text},
        {"enc": bytes(65), "cipherText": text},
        {"enc": enc},
        {"enc": enc, "cipherText": "text"},
    ):
        with pytest.raises(MalformedError):
            decrypt_response(
                write_cbor(["dcapi", {**changed}]),  # type: ignore[dict-item]
                key=key,
                handover=asked.handover(ORIGIN),
            )


@pytest.mark.parametrize(
    "value",
    [[], ["dcapi"], ["other", {}], ["dcapi", {}, 1], {"dcapi": 1}, ["dcapi", []]],
)
def test_what_is_of_another_exchange_is_malformed(value: object) -> None:
    octets = write_cbor(value)  # type: ignore[arg-type]
    handover = encryption_info(
        RecipientKey().public_key, random=secrets.token_bytes
    ).handover(ORIGIN)
    with pytest.raises(MalformedError):
        decrypt_response(octets, key=RecipientKey(), handover=handover)
    with pytest.raises(MalformedError):
        read_encryption_info(encode(octets), at="info")


def test_a_short_nonce_or_another_curve_is_refused() -> None:
    key = RecipientKey().public_key
    for nonce, other in (
        (bytes(15), key),
        (bytes(16), EphemeralKey.generate("P-384").public_key),
    ):
        parameters = {"nonce": nonce, "recipientPublicKey": {**other.to_cose()}}
        text = encode(write_cbor(["dcapi", parameters]))  # type: ignore[list-item]
        with pytest.raises(MalformedError):
            read_encryption_info(text, at="info")
    with pytest.raises(UsageError, match="P-256"):
        encryption_info(
            EphemeralKey.generate("P-384").public_key, random=secrets.token_bytes
        )


def test_an_answer_is_bounded_before_it_is_read() -> None:
    key = RecipientKey()
    asked = encryption_info(key.public_key, random=secrets.token_bytes)
    with pytest.raises(LimitError):
        decrypt_response(
            bytes(limits.RESPONSE_BYTES + 1), key=key, handover=asked.handover(ORIGIN)
        )


def test_a_recipients_key_shows_nothing_and_does_not_travel() -> None:
    key = RecipientKey()
    assert repr(key) == "<RecipientKey P-256>"
    with pytest.raises(UsageError):
        copy.copy(key)
