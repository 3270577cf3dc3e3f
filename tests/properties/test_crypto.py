"""Keys and seals: what holds for every input."""

import secrets

import pytest
from hypothesis import given
from hypothesis import strategies as st

from idwallet.codec import b64
from idwallet.crypto import kinds
from idwallet.crypto.algorithms import COSE_ONLY, Algorithm
from idwallet.crypto.keys import PublicKey, signature_matches
from idwallet.crypto.seal import SealKey, seal, unseal
from idwallet.crypto.software import SoftwareSigner
from idwallet.errors import MalformedError, UnsupportedError

SIGNERS = {
    each: SoftwareSigner.generate(each)
    for each in (Algorithm.ES256, Algorithm.ES384, Algorithm.ES512, Algorithm.EDDSA)
}
PLAIN = [
    *(each.public_key.to_jwk() for each in SIGNERS.values()),
    SoftwareSigner.generate(Algorithm.ML_DSA_44).public_key.to_jwk(),
    {"kty": "RSA", "n": b64.encode(b"\xff" * 256), "e": "AQAB"},
]
COSE = [PublicKey.from_jwk(each, at="key").to_cose() for each in PLAIN]

scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
json_values = st.recursive(
    scalars, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
)
members = st.sampled_from(
    ["kty", "crv", "x", "y", "n", "e", "alg", "use", "key_ops", "pub", "d", "kid"]
)
names = st.sampled_from(
    [
        "EC",
        "OKP",
        "RSA",
        "AKP",
        "P-256",
        "P-521",
        "Ed25519",
        "ML-DSA-44",
        "ES256",
        "sig",
    ]
)
labels = st.integers(-13, 6) | st.text(max_size=2)
cbor_values = scalars | st.binary(max_size=70) | st.lists(scalars, max_size=3)


def read_or_refuse(read, *given):
    try:
        return read(*given, at="key")
    except (MalformedError, UnsupportedError):
        return None


@given(st.sampled_from(PLAIN), st.dictionaries(members, json_values | names))
def test_any_jwk_is_a_key_or_a_refusal(plain, change):
    key = read_or_refuse(PublicKey.from_jwk, plain | change)
    if key is not None:
        assert PublicKey.from_jwk(key.to_jwk(), at="key") == key


@given(st.sampled_from(COSE), st.dictionaries(labels, cbor_values))
def test_any_cose_key_is_a_key_or_a_refusal(plain, change):
    key = read_or_refuse(PublicKey.from_cose, plain | change)
    if key is not None:
        assert PublicKey.from_cose(key.to_cose(), at="key") == key


@given(st.binary(max_size=200))
def test_any_octets_are_a_key_or_a_refusal(der):
    read_or_refuse(PublicKey.from_spki, der)
    read_or_refuse(PublicKey.from_pem, der)


@given(st.sampled_from(list(SIGNERS.values())), st.data())
def test_any_flipped_octet_of_a_key_is_another_key_or_a_refusal(signer, data):
    key = signer.public_key
    index = data.draw(st.integers(0, len(key.spki) - 1))
    bit = data.draw(st.integers(0, 7))
    changed = bytearray(key.spki)
    changed[index] ^= 1 << bit
    other = read_or_refuse(PublicKey.from_spki, bytes(changed))
    assert other != key


@given(st.binary(min_size=64, max_size=64))
def test_a_jwk_is_accepted_exactly_when_its_point_is_on_the_curve(raw):
    x, y = raw[:32], raw[32:]
    prime = 2**256 - 2**224 + 2**192 + 2**96 - 1
    b = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
    number = int.from_bytes(x, "big")
    square = (number**3 - 3 * number + b) % prime
    root = pow(square, (prime + 1) // 4, prime)
    for candidate in (y, root.to_bytes(32, "big")):
        value = int.from_bytes(candidate, "big")
        on_curve = number < prime and value < prime and value**2 % prime == square
        jwk = {"kty": "EC", "crv": "P-256"}
        jwk |= {"x": b64.encode(x), "y": b64.encode(candidate)}
        read = read_or_refuse(PublicKey.from_jwk, jwk)
        assert (read is not None) is on_curve


@given(st.sampled_from(list(SIGNERS.values())), st.binary(max_size=300))
def test_a_signature_of_any_message_matches_it(signer, message):
    assert signature_matches(
        signer.public_key,
        signer.algorithm,
        signature=signer.sign(message),
        message=message,
    )


@given(st.sampled_from(list(SIGNERS.values())), st.binary(max_size=150))
def test_any_octets_as_a_signature_are_answered_with_no(signer, signature):
    assert not signature_matches(
        signer.public_key, signer.algorithm, signature=signature, message=b"message"
    )


@given(st.binary(max_size=300), st.binary(max_size=20), st.binary(max_size=20))
def test_a_seal_opens_in_its_own_context_only(plaintext, context, other):
    key = SealKey(bytes(32))
    record = seal(plaintext, key=key, context=context, random=secrets.token_bytes)
    assert unseal(record, key=key, context=context, at="record") == plaintext
    if other != context:
        with pytest.raises(MalformedError):
            unseal(record, key=key, context=other, at="record")


@given(st.binary(max_size=100))
def test_any_octets_as_a_sealed_record_are_refused(sealed):
    with pytest.raises(MalformedError):
        unseal(sealed, key=SealKey(bytes(32)), context=b"", at="record")


def test_every_kind_is_met_here():
    met = {PublicKey.from_jwk(each, at="key").kind for each in PLAIN}
    assert met == {
        each
        for each in kinds.KINDS
        if each not in {kinds.ML_DSA_65, kinds.ML_DSA_87}
        and each.algorithms.isdisjoint(COSE_ONLY)
    }
