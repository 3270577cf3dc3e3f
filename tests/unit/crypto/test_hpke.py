"""One message to one key, as RFC 9180 has it: held against the RFC written out here."""

import hashlib
import hmac
import secrets

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from idwallet.crypto.agreement import EphemeralKey
from idwallet.crypto.hpke import ENCAPSULATED_BYTES, RecipientKey, encrypt_to
from idwallet.crypto.seal import SealKey
from idwallet.errors import MalformedError, UsageError

_KEM, _SUITE = b"KEM\x00\x10", b"HPKE\x00\x10\x00\x01\x00\x01"


def _extract(salt: bytes, label: bytes, secret: bytes, *, suite: bytes) -> bytes:
    labelled = b"HPKE-v1" + suite + label + secret
    return hmac.digest(salt or bytes(32), labelled, "sha256")


def _expand(key: bytes, label: bytes, info: bytes, *, suite: bytes, size: int) -> bytes:
    labelled = size.to_bytes(2, "big") + b"HPKE-v1" + suite + label + info
    assert size <= 32
    return hmac.digest(key, labelled + b"\x01", "sha256")[:size]


def _point(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def by_the_rfc(
    recipient: ec.EllipticCurvePublicKey, plain: bytes, info: bytes
) -> tuple[bytes, bytes]:
    """Sections 4.1, 5.1 and 5.2, mode base, the first message of a context."""
    ephemeral = ec.generate_private_key(ec.SECP256R1())
    enc = _point(ephemeral.public_key())
    shared = _extract(
        b"", b"eae_prk", ephemeral.exchange(ec.ECDH(), recipient), suite=_KEM
    )
    context = enc + _point(recipient)
    secret = _expand(shared, b"shared_secret", context, suite=_KEM, size=32)
    psk_id = _extract(b"", b"psk_id_hash", b"", suite=_SUITE)
    info_hash = _extract(b"", b"info_hash", info, suite=_SUITE)
    schedule = b"\x00" + psk_id + info_hash
    key_secret = _extract(secret, b"secret", b"", suite=_SUITE)
    key = _expand(key_secret, b"key", schedule, suite=_SUITE, size=16)
    nonce = _expand(key_secret, b"base_nonce", schedule, suite=_SUITE, size=12)
    return enc, AESGCM(key).encrypt(nonce, plain, b"")


@pytest.mark.parametrize("plain", [b"", b"a", bytes(5000)])
def test_what_the_rfc_makes_opens_here(plain: bytes) -> None:
    recipient = RecipientKey()
    native = recipient.public_key.native
    assert isinstance(native, ec.EllipticCurvePublicKey)
    enc, text = by_the_rfc(native, plain, b"a transcript")
    assert recipient.decrypt(enc, text, info=b"a transcript") == plain


def test_it_opens_for_one_key_and_one_conversation() -> None:
    recipient, plain = RecipientKey(), b"a device response"
    enc, text = encrypt_to(recipient.public_key, plain, info=b"here")
    assert len(enc) == ENCAPSULATED_BYTES
    assert recipient.decrypt(enc, text, info=b"here") == plain
    again = encrypt_to(recipient.public_key, plain, info=b"here")
    assert again[0] != enc
    for other, info in ((recipient, b"there"), (RecipientKey(), b"here")):
        with pytest.raises(MalformedError, match="open"):
            other.decrypt(enc, text, info=info)
    with pytest.raises(MalformedError, match="open"):
        recipient.decrypt(again[0], text, info=b"here")


def test_a_key_on_another_curve_is_no_recipient() -> None:
    with pytest.raises(UsageError, match="P-256"):
        encrypt_to(EphemeralKey.generate("P-384").public_key, b"", info=b"")


def test_it_is_as_long_as_what_is_in_it_and_its_tag() -> None:
    _, text = encrypt_to(RecipientKey().public_key, bytes(100), info=b"")
    assert len(text) == 100 + 16
    assert hashlib.sha256().digest_size == 32


# --- under seal -----------------------------------------------------------------------

SEAL, CONTEXT = SealKey(bytes(range(32))), b"idwallet TEST recipient"


def test_another_process_opens_with_the_key_what_was_encrypted_to_it() -> None:
    key = RecipientKey()
    enc, text = encrypt_to(key.public_key, b"plain", info=b"i")
    sealed = key.to_sealed(key=SEAL, context=CONTEXT, random=secrets.token_bytes)
    again = RecipientKey.from_sealed(sealed, key=SEAL, context=CONTEXT, at="key")
    assert again.public_key == key.public_key
    assert again.decrypt(enc, text, info=b"i") == b"plain"


def test_a_sealed_key_opens_with_its_key_and_context_alone() -> None:
    sealed = RecipientKey().to_sealed(
        key=SEAL, context=CONTEXT, random=secrets.token_bytes
    )
    for key, context in ((SEAL, b"another"), (SealKey(bytes(32)), CONTEXT)):
        with pytest.raises(MalformedError):
            RecipientKey.from_sealed(sealed, key=key, context=context, at="key")


@pytest.mark.parametrize("name", ["P-384", "P-521"])
def test_a_sealed_key_on_another_curve_is_none(name: str) -> None:
    other = EphemeralKey.generate(name)
    sealed = other.to_sealed(key=SEAL, context=CONTEXT, random=secrets.token_bytes)
    with pytest.raises(MalformedError, match="not a sealed key"):
        RecipientKey.from_sealed(sealed, key=SEAL, context=CONTEXT, at="key")
