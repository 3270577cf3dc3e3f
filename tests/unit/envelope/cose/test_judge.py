"""The classic attacks on COSE_Sign1, each beside the message it was made from."""

import hashlib
import hmac

import pytest
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from idwallet.codec.cbor import CborValue, write_cbor
from idwallet.crypto.algorithms import DEFAULT_ALGORITHMS, Algorithm
from idwallet.crypto.keys import PublicKey
from idwallet.crypto.software import SoftwareSigner
from idwallet.envelope.cose import (
    CoseHeaders,
    CoseSign1,
    read_sign1,
    sign1_of,
    sign_sign1,
    signature_reason,
)
from idwallet.report import Reason
from tests.unit.envelope.cose.forge import (
    ES256,
    EVERY_ALGORITHM,
    PAYLOAD,
    TAGGED,
    UNTAGGED,
    array,
    mac_array,
    reason,
    signer,
)

ALG = {1: ES256}
OTHER = SoftwareSigner.generate(Algorithm.ES256)
# The order of the group of P-256 (SEC 2 §2.4.2).
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


def judged(parts: list[CborValue], *, key: PublicKey | None = None) -> Reason:
    sign1 = sign1_of(parts, at="cose", rules=UNTAGGED)
    return reason(sign1, key=key, allowed=EVERY_ALGORITHM)


def with_signature(signature: bytes) -> list[CborValue]:
    return [*array(ALG)[:3], signature]


def read(algorithm: Algorithm) -> CoseSign1:
    data = sign_sign1(PAYLOAD, signer=signer(algorithm))
    return read_sign1(data, at="cose", rules=TAGGED)


@pytest.mark.parametrize("algorithm", Algorithm)
def test_every_algorithm_takes_its_own_signature_and_no_other(
    algorithm: Algorithm,
) -> None:
    key = signer(algorithm).public_key
    good = read(algorithm)
    assert reason(good, key=key, allowed=EVERY_ALGORITHM) is Reason.VALID
    middle = len(good.signature) // 2
    flipped = bytearray(good.signature)
    flipped[middle] ^= 1
    forged = good._replace(signature=bytes(flipped))
    assert reason(forged, key=key, allowed=EVERY_ALGORITHM) is Reason.INVALID


@pytest.mark.parametrize("algorithm", Algorithm)
def test_a_signature_of_any_other_length_is_invalid(algorithm: Algorithm) -> None:
    key = signer(algorithm).public_key
    good = read(algorithm)
    signature = good.signature
    assert reason(good, key=key, allowed=EVERY_ALGORITHM) is Reason.VALID
    for other in (
        b"",
        signature[:-1],
        signature[: len(signature) // 2],
        signature + b"\x00",
        b"\x00" + signature,
        signature + signature,
    ):
        forged = good._replace(signature=other)
        assert reason(forged, key=key, allowed=EVERY_ALGORITHM) is Reason.INVALID


@pytest.mark.parametrize("algorithm", Algorithm)
def test_an_algorithm_is_allowed_only_where_the_policy_names_it(
    algorithm: Algorithm,
) -> None:
    key = signer(algorithm).public_key
    good = read(algorithm)
    by_default = reason(good, key=key)
    expected = algorithm in DEFAULT_ALGORITHMS
    assert by_default is (Reason.VALID if expected else Reason.ALGORITHM_NOT_ALLOWED)
    rest = EVERY_ALGORITHM - {algorithm}
    assert reason(good, key=key, allowed=rest) is Reason.ALGORITHM_NOT_ALLOWED
    assert reason(good, key=key, allowed=frozenset()) is Reason.ALGORITHM_NOT_ALLOWED


def test_a_signature_by_another_key_is_invalid() -> None:
    assert judged(array(ALG)) is Reason.VALID
    assert judged(array(ALG), key=OTHER.public_key) is Reason.INVALID


@pytest.mark.parametrize(
    "named",
    [0, 1, 4, 5, 6, 7, -6, -16, -47, -65535, 2**63, "ES256", "-7", "", "none"],
)
def test_what_names_no_signature_algorithm_is_never_allowed(named: int | str) -> None:
    assert judged(array(ALG)) is Reason.VALID
    assert judged(array({1: named})) is Reason.ALGORITHM_NOT_ALLOWED


@pytest.mark.parametrize("named", [-35, -36, -8, -37, -257, -48])
def test_swapping_the_algorithm_for_another_allowed_one_is_refused(named: int) -> None:
    assert judged(array(ALG)) is Reason.VALID
    assert judged(array({1: named})) is Reason.KEY_UNUSABLE


@pytest.mark.parametrize(
    ("number", "algorithm"),
    [(-9, Algorithm.ES256), (-51, Algorithm.ES384), (-19, Algorithm.EDDSA)],
)
def test_an_algorithm_may_be_called_by_its_fully_specified_number(
    number: int, algorithm: Algorithm
) -> None:
    by = signer(algorithm)
    head = write_cbor({1: number})
    signature = by.sign(write_cbor(["Signature1", head, b"", PAYLOAD]))
    assert judged([head, {}, PAYLOAD, signature], key=by.public_key) is Reason.VALID


def test_the_two_rsa_schemes_are_not_taken_for_each_other() -> None:
    by = signer(Algorithm.RS256)
    for number, expected in ((-257, Reason.VALID), (-37, Reason.INVALID)):
        head = write_cbor({1: number})
        signature = by.sign(write_cbor(["Signature1", head, b"", PAYLOAD]))
        parts: list[CborValue] = [head, {}, PAYLOAD, signature]
        assert judged(parts, key=by.public_key) is expected


# --- a MAC is no signature -----------------------------------------------------------


def test_a_public_key_is_never_taken_for_a_shared_secret() -> None:
    key = signer().public_key
    head = write_cbor({1: 5})
    for context in ("Signature1", "MAC0"):
        covered = write_cbor([context, head, b"", PAYLOAD])
        tag = hmac.digest(hashlib.sha256(key.spki).digest(), covered, "sha256")
        assert judged([head, {}, PAYLOAD, tag]) is Reason.ALGORITHM_NOT_ALLOWED


def test_a_mac_named_a_signature_is_none() -> None:
    assert judged(mac_array({1: 5})) is Reason.ALGORITHM_NOT_ALLOWED
    assert judged(mac_array(ALG)) is Reason.INVALID


@pytest.mark.parametrize("context", ["Signature", "CounterSignature", "MAC0", "MAC"])
def test_a_signature_for_another_structure_is_invalid(context: str) -> None:
    head = write_cbor(dict(ALG))
    for said, expected in (("Signature1", Reason.VALID), (context, Reason.INVALID)):
        signature = signer().sign(write_cbor([said, head, b"", PAYLOAD]))
        assert judged([head, {}, PAYLOAD, signature]) is expected


# --- keys that come with the message -------------------------------------------------


def test_a_key_or_chain_in_the_header_judges_nothing() -> None:
    spki = OTHER.public_key.spki
    headers = CoseHeaders(protected={33: spki, 4: OTHER.public_key.thumbprint.encode()})
    for by, expected in ((signer(), Reason.VALID), (OTHER, Reason.INVALID)):
        data = sign_sign1(PAYLOAD, signer=by, headers=headers)
        assert reason(read_sign1(data, at="cose", rules=TAGGED)) is expected


def test_a_key_kept_for_another_algorithm_is_unusable() -> None:
    by = signer(Algorithm.PS256)
    key = PublicKey.from_jwk({**by.public_key.to_jwk(), "alg": "RS256"}, at="key")
    good = read(Algorithm.PS256)
    assert reason(good, key=by.public_key, allowed=EVERY_ALGORITHM) is Reason.VALID
    assert reason(good, key=key, allowed=EVERY_ALGORITHM) is Reason.KEY_UNUSABLE


# --- games with r and s --------------------------------------------------------------


def test_a_der_signature_is_not_a_cose_signature() -> None:
    good = array(ALG)[3]
    assert isinstance(good, bytes)
    der = encode_dss_signature(
        int.from_bytes(good[:32], "big"), int.from_bytes(good[32:], "big")
    )
    assert judged(with_signature(good)) is Reason.VALID
    assert judged(with_signature(der)) is Reason.INVALID


@pytest.mark.parametrize(
    ("r", "s"),
    [(0, 0), (0, 1), (1, 0), (ORDER, 1), (1, ORDER), (2**256 - 1, 2**256 - 1)],
)
def test_an_r_or_s_outside_the_group_is_invalid(r: int, s: int) -> None:
    made = r.to_bytes(32, "big") + s.to_bytes(32, "big")
    assert judged(with_signature(made)) is Reason.INVALID


def test_halves_swapped_or_padded_are_invalid() -> None:
    good = array(ALG)[3]
    assert isinstance(good, bytes)
    assert judged(with_signature(good)) is Reason.VALID
    assert judged(with_signature(good[32:] + good[:32])) is Reason.INVALID
    padded = b"\x00" + good[:32] + b"\x00" + good[32:]
    assert judged(with_signature(padded)) is Reason.INVALID


# --- what the signature covers -------------------------------------------------------


def test_the_protected_header_is_covered_as_received() -> None:
    parts = array({**ALG, 4: b"one"})
    assert judged(parts) is Reason.VALID
    for other in (
        write_cbor({**ALG, 4: b"two"}),
        write_cbor(dict(ALG)),
        b"\xa2\x04\x43one\x01\x26",  # the same header in another order
    ):
        assert judged([other, *parts[1:]]) is Reason.INVALID


def test_the_payload_is_covered() -> None:
    parts = array(ALG)
    assert judged(parts) is Reason.VALID
    for other in (b"", PAYLOAD + b"\x00", b"\xa1\x01\x03"):
        assert judged([*parts[:2], other, parts[3]]) is Reason.INVALID


def test_the_unprotected_header_is_not_covered() -> None:
    # Which is why nothing in it is believed: see `ChainRule` and `CoseSign1`.
    parts = array(ALG, unprotected={4: b"one"})
    assert judged(parts) is Reason.VALID
    assert judged([parts[0], {4: b"two"}, *parts[2:]]) is Reason.VALID


def test_judging_the_same_message_twice_gives_the_same_answer() -> None:
    sign1 = sign1_of(array(ALG), at="cose", rules=UNTAGGED)
    keys = (signer().public_key, OTHER.public_key, signer().public_key)
    reasons = [
        signature_reason(sign1, key=key, allowed=DEFAULT_ALGORITHMS) for key in keys
    ]
    assert reasons == [Reason.VALID, Reason.INVALID, Reason.VALID]
