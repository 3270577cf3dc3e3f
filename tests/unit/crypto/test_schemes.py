"""Schemes that name their hash apart from the key."""

from functools import cache

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mldsa import (
    MLDSA44PrivateKey,
    MLDSA65PrivateKey,
)
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from idwallet.crypto.keys import PublicKey
from idwallet.crypto.schemes import EcdsaForm, SignatureScheme, scheme_matches

MESSAGE = b"message"
CURVES = {32: ec.SECP256R1(), 48: ec.SECP384R1(), 66: ec.SECP521R1()}
HASHES = {"256": hashes.SHA256(), "384": hashes.SHA384(), "512": hashes.SHA512()}


@cache
def rsa_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


def of(scheme: SignatureScheme) -> hashes.HashAlgorithm:
    return HASHES[scheme.name[-3:]]


def ecdsa(
    key: ec.EllipticCurvePrivateKey, hashed: hashes.HashAlgorithm, size: int
) -> bytes:
    r, s = decode_dss_signature(key.sign(MESSAGE, ec.ECDSA(hashed)))
    return r.to_bytes(size) + s.to_bytes(size)


def signed_by_rsa(scheme: SignatureScheme) -> bytes:
    hashed = of(scheme)
    pad = (
        padding.PSS(padding.MGF1(hashed), hashed.digest_size)
        if "PSS" in scheme.name
        else padding.PKCS1v15()
    )
    return rsa_key().sign(MESSAGE, pad, hashed)


def matches(
    key: object, scheme: SignatureScheme, signature: bytes, message: bytes = MESSAGE
) -> bool:
    public = PublicKey.from_native(key)
    return scheme_matches(public, scheme, signature=signature, message=message)


@pytest.mark.parametrize("scheme", [s for s in SignatureScheme if "RSA" in s.name])
def test_an_rsa_signature_matches_under_its_own_scheme_alone(
    scheme: SignatureScheme,
) -> None:
    signature = signed_by_rsa(scheme)
    public = rsa_key().public_key()
    assert {each for each in SignatureScheme if matches(public, each, signature)} == {
        scheme
    }
    assert not matches(public, scheme, signature, b"other")


@pytest.mark.parametrize("size", CURVES)
@pytest.mark.parametrize("scheme", [s for s in SignatureScheme if "ECDSA" in s.name])
def test_any_hash_goes_with_any_curve(size: int, scheme: SignatureScheme) -> None:
    key = ec.generate_private_key(CURVES[size])
    signature = ecdsa(key, of(scheme), size)
    public = key.public_key()
    assert {each for each in SignatureScheme if matches(public, each, signature)} == {
        scheme
    }
    assert not matches(public, scheme, signature[:-1])
    assert not matches(public, scheme, b"\0" + signature)
    assert not matches(public, scheme, signature, b"other")


def test_an_ecdsa_signature_in_der_is_none() -> None:
    key = ec.generate_private_key(CURVES[32])
    der = key.sign(MESSAGE, ec.ECDSA(hashes.SHA256()))
    assert not matches(key.public_key(), SignatureScheme.ECDSA_SHA256, der)


def test_where_der_is_asked_for_an_ecdsa_signature_is_der_and_nothing_else() -> None:
    key = ec.generate_private_key(CURVES[32])
    public = PublicKey.from_native(key.public_key())
    scheme = SignatureScheme.ECDSA_SHA256
    der = key.sign(MESSAGE, ec.ECDSA(hashes.SHA256()))

    def holds(signature: bytes) -> bool:
        return scheme_matches(
            public,
            scheme,
            signature=signature,
            message=MESSAGE,
            form=EcdsaForm.DER,
        )

    assert holds(der)
    assert not holds(ecdsa(key, hashes.SHA256(), 32))
    assert not holds(der + b"\0")
    longer_length = b"\x30\x81" + der[1:]
    assert not holds(longer_length)


@pytest.mark.parametrize("kind", [MLDSA44PrivateKey, MLDSA65PrivateKey])
def test_ml_dsa_signs_the_message_itself(kind: type[MLDSA44PrivateKey]) -> None:
    key = kind.generate()
    public = key.public_key()
    own = SignatureScheme[kind.__name__[:7].replace("MLDSA", "ML_DSA_")]
    signature = key.sign(MESSAGE)
    found = {each for each in SignatureScheme if matches(public, each, signature)}
    assert found == {own}
    assert not matches(public, own, signature, b"other")


def test_ed25519_signs_the_message_itself() -> None:
    key = Ed25519PrivateKey.generate()
    assert matches(key.public_key(), SignatureScheme.ED25519, key.sign(MESSAGE))
    assert not matches(key.public_key(), SignatureScheme.ED25519, key.sign(b"other"))


def test_a_pss_signature_with_another_salt_is_none() -> None:
    hashed = hashes.SHA256()
    signature = rsa_key().sign(MESSAGE, padding.PSS(padding.MGF1(hashed), 20), hashed)
    assert not matches(
        rsa_key().public_key(), SignatureScheme.RSA_PSS_SHA256, signature
    )


@pytest.mark.parametrize("scheme", SignatureScheme)
def test_a_key_of_another_kind_matches_nothing(scheme: SignatureScheme) -> None:
    public = MLDSA44PrivateKey.generate().public_key()
    assert not matches(public, scheme, bytes(64))


def test_halves_without_the_zeros_that_both_begin_with_are_read_and_no_others() -> None:
    """As Java's library writes them, on P-521 in one signature of four."""
    key = ec.generate_private_key(ec.SECP521R1())
    public, size = key.public_key(), 66
    scheme = SignatureScheme.ECDSA_SHA512
    full = ecdsa(key, hashes.SHA512(), size)
    while full[0] or full[size]:
        full = ecdsa(key, hashes.SHA512(), size)
    short = full[1:size] + full[size + 1 :]
    assert matches(public, scheme, full)
    assert matches(public, scheme, short) is bool(short[0] or short[size - 1])
    for other in (
        full[1:],
        full[1:size] + full[size:],
        b"\0" + full[:size] + b"\0" + full[size:],
        b"",
    ):
        assert not matches(public, scheme, other)
    while not full[0]:
        full = ecdsa(key, hashes.SHA512(), size)
    assert matches(public, scheme, full)
    assert not matches(public, scheme, full[1:size] + full[size + 1 :])
