"""SubjectPublicKeyInfo: one canonical spelling of every key."""

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed448, rsa, x25519
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from idwallet import limits
from idwallet.crypto import kinds, spki
from idwallet.crypto.algorithms import Algorithm
from idwallet.crypto.keys import PublicKey
from idwallet.errors import LimitError, MalformedError, UnsupportedError


def der_of(native):
    return native.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


@pytest.mark.parametrize(
    "algorithm",
    [each for each in Algorithm if each not in kinds.RSA.algorithms],
    ids=lambda each: each.jose,
)
def test_the_constant_head_of_each_kind_is_what_the_library_writes(
    signer_of, algorithm
):
    key = signer_of(algorithm).public_key
    assert key.kind is kinds.KIND_OF[algorithm]
    assert der_of(key.native) == key.spki
    assert key.spki.startswith(key.kind.head)
    assert len(key.spki) == key.kind.spki_bytes


def test_a_compressed_point_is_the_same_key(signer_of):
    key = signer_of(Algorithm.ES256).public_key
    compressed = key.native.public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
    head = bytes.fromhex("3039301306072a8648ce3d020106082a8648ce3d030107032200")
    assert PublicKey.from_spki(head + compressed, at="key").spki == key.spki


@pytest.mark.parametrize(
    "change",
    [
        lambda der: b"",
        lambda der: der[:-1],
        lambda der: der + b"\0",
        lambda der: b"\x30\x80" + der[2:] + b"\0\0",
        lambda der: der[:-64] + bytes(64),
    ],
    ids=["empty", "cut", "trailing", "indefinite", "off the curve"],
)
def test_a_structure_that_is_not_der_or_not_a_key_is_refused(signer_of, change):
    der = signer_of(Algorithm.ES256).public_key.spki
    with pytest.raises(MalformedError) as caught:
        PublicKey.from_spki(change(der), at="/spki")
    assert (caught.value.at, caught.value.clause) == ("/spki", "RFC 5280 §4.1.2.7")


def test_a_structure_beyond_the_limit_is_refused_unread():
    for size, error in (
        (limits.SPKI_BYTES, MalformedError),
        (limits.SPKI_BYTES + 1, LimitError),
    ):
        with pytest.raises(MalformedError) as caught:
            PublicKey.from_spki(bytes(size), at="key")
        assert type(caught.value) is error


@pytest.mark.parametrize(
    "native",
    [
        x25519.X25519PrivateKey.generate().public_key(),
        ed448.Ed448PrivateKey.generate().public_key(),
        ec.generate_private_key(ec.SECP256K1()).public_key(),
    ],
    ids=["X25519", "Ed448", "secp256k1"],
)
def test_a_kind_that_is_not_on_the_list_is_refused(native):
    with pytest.raises(UnsupportedError):
        PublicKey.from_spki(der_of(native), at="key")
    with pytest.raises(UnsupportedError):
        PublicKey.from_native(native)


def test_an_unknown_algorithm_identifier_is_refused():
    der = bytes.fromhex("3012300d06092a864886f70d0107630500030100")
    with pytest.raises((UnsupportedError, MalformedError)):
        PublicKey.from_spki(der, at="key")


@pytest.mark.parametrize(
    ("numbers", "error"),
    [
        ((65537, (1 << 1023) | 1), MalformedError),
        ((65537, (1 << 8192) | 1), LimitError),
        ((2**65 + 1, (1 << 2047) | 1), LimitError),
    ],
    ids=["short", "huge", "huge exponent"],
)
def test_the_bounds_of_rsa_hold_for_every_encoding(numbers, error):
    native = rsa.RSAPublicNumbers(*numbers).public_key()
    with pytest.raises(error):
        PublicKey.from_spki(der_of(native), at="key")
    with pytest.raises(error):
        PublicKey.from_native(native)


def test_a_cryptography_build_without_a_kind_is_named(monkeypatch, signer_of):
    from cryptography.exceptions import UnsupportedAlgorithm

    def load(der):
        raise UnsupportedAlgorithm("not in this build")

    key = signer_of(Algorithm.ML_DSA_44).public_key
    monkeypatch.setattr(spki, "load_der_public_key", load)
    with pytest.raises(UnsupportedError, match="ML-DSA-44 is missing"):
        PublicKey.from_jwk(key.to_jwk(), at="key")
    with pytest.raises(UnsupportedError, match="unknown kind"):
        PublicKey.from_spki(key.spki, at="key")


def test_a_key_taken_as_it_is_spelled_is_what_the_library_would_write(
    monkeypatch, signer_of
):
    """Every octet changed in turn: the same key comes out, or the same refusal."""
    sound = signer_of(Algorithm.ES256).public_key.spki

    def told(der):
        try:
            found = PublicKey.from_spki(der, at="key")
        except (MalformedError, UnsupportedError) as refused:
            return type(refused), refused.what, refused.clause
        return found.kind, found.spki, found.algorithms, der_of(found.native)

    changed = [
        sound[:n] + bytes((octet ^ flip,)) + sound[n + 1 :]
        for n, octet in enumerate(sound)
        for flip in (0x00, 0x01, 0x02, 0x80)
    ]
    found = list(map(told, changed))
    assert found[0] == (kinds.P256, sound, kinds.P256.algorithms, sound)
    monkeypatch.setattr(spki, "_COMMON", {})
    assert list(map(told, changed)) == found
