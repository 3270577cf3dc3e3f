"""The classic attacks on JWS, each beside the token that it was made from."""

import hashlib
import hmac
import json

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from idwallet.crypto.algorithms import DEFAULT_ALGORITHMS, Algorithm
from idwallet.crypto.keys import PublicKey
from idwallet.crypto.software import SoftwareSigner
from idwallet.envelope.jws import (
    read_compact,
    sign_compact,
    signature_facts,
    signature_reason,
)
from idwallet.errors import MalformedError, UnsupportedError
from idwallet.report import Reason
from tests.unit.envelope.jws.forge import (
    EVERY_ALGORITHM,
    PAYLOAD,
    judged,
    segment,
    signed,
    signer,
)

OTHER = SoftwareSigner.generate(Algorithm.ES256)
# The order of the group of P-256 (SEC 2 §2.4.2).
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


def with_signature(token: str, signature: bytes) -> str:
    return f"{token.rpartition('.')[0]}.{segment(signature)}"


def signature_of(token: str) -> bytes:
    return read_compact(token, at="token").signature


@pytest.mark.parametrize("algorithm", sorted(EVERY_ALGORITHM, key=str))
def test_every_algorithm_takes_its_own_signature_and_no_other(
    algorithm: Algorithm,
) -> None:
    by = signer(algorithm)
    token = sign_compact(PAYLOAD, header={}, signer=by)
    assert judged(token, by.public_key, EVERY_ALGORITHM) is Reason.VALID
    signature = bytearray(signature_of(token))
    signature[len(signature) // 2] ^= 1
    changed = with_signature(token, bytes(signature))
    assert judged(changed, by.public_key, EVERY_ALGORITHM) is Reason.INVALID
    head, _, tail = token.split(".")
    other = f"{head}.{segment(b'other')}.{tail}"
    assert judged(other, by.public_key, EVERY_ALGORITHM) is Reason.INVALID


@pytest.mark.parametrize("algorithm", sorted(EVERY_ALGORITHM, key=str))
def test_a_signature_of_any_other_length_is_invalid(algorithm: Algorithm) -> None:
    by = signer(algorithm)
    token = sign_compact(PAYLOAD, header={}, signer=by)
    good = signature_of(token)
    for length in (0, 1, len(good) // 2, len(good) - 1):
        short = with_signature(token, good[:length])
        assert judged(short, by.public_key, EVERY_ALGORITHM) is Reason.INVALID
    for more in (b"\x00" + good, good + b"\x00", good + good[:64]):
        long = with_signature(token, more)
        assert judged(long, by.public_key, EVERY_ALGORITHM) is Reason.INVALID


@pytest.mark.parametrize("algorithm", sorted(DEFAULT_ALGORITHMS, key=str))
def test_the_usual_algorithms_are_allowed_by_default(algorithm: Algorithm) -> None:
    by = signer(algorithm)
    token = sign_compact(PAYLOAD, header={}, signer=by)
    assert judged(token, by.public_key) is Reason.VALID


@pytest.mark.parametrize(
    "algorithm", sorted(EVERY_ALGORITHM - DEFAULT_ALGORITHMS, key=str)
)
def test_an_algorithm_that_no_policy_names_is_not_allowed(algorithm: Algorithm) -> None:
    by = signer(algorithm)
    token = sign_compact(PAYLOAD, header={}, signer=by)
    assert judged(token, by.public_key) is Reason.ALGORITHM_NOT_ALLOWED
    named = DEFAULT_ALGORITHMS | {algorithm}
    assert judged(token, by.public_key, named) is Reason.VALID


def test_nothing_is_valid_where_nothing_is_allowed() -> None:
    token = signed({"alg": "ES256"})
    assert judged(token, allowed=frozenset()) is Reason.ALGORITHM_NOT_ALLOWED


def test_a_signature_by_another_key_is_invalid() -> None:
    token = signed({"alg": "ES256"}, by=OTHER)
    assert judged(token, OTHER.public_key) is Reason.VALID
    assert judged(token) is Reason.INVALID


# --- the algorithm that the header names -------------------------------------------


@pytest.mark.parametrize(
    "name",
    ["none", "None", "NONE", "nOnE", "none ", " none", "", "null", "NONE\x00"],
)
@pytest.mark.parametrize("empty", [True, False])
def test_the_algorithm_none_is_never_allowed(name: str, empty: bool) -> None:
    good = signed({"alg": "ES256"})
    assert judged(good) is Reason.VALID
    forged = f"{segment({'alg': name})}.{good.split('.')[1]}."
    if not empty:
        forged += good.split(".")[2]
    assert judged(forged, allowed=EVERY_ALGORITHM) is Reason.ALGORITHM_NOT_ALLOWED


@pytest.mark.parametrize("name", ["HS256", "HS384", "HS512", "hs256"])
def test_a_public_key_is_never_taken_for_a_shared_secret(name: str) -> None:
    key = signer().public_key
    digest = {"384": hashlib.sha384, "512": hashlib.sha512}.get(
        name[2:], hashlib.sha256
    )
    covered = f"{segment({'alg': name})}.{segment(PAYLOAD)}"
    for secret in (key.spki, json.dumps(key.to_jwk()).encode()):
        tag = hmac.new(secret, covered.encode(), digest).digest()
        forged = f"{covered}.{segment(tag)}"
        assert judged(forged, allowed=EVERY_ALGORITHM) is Reason.ALGORITHM_NOT_ALLOWED


@pytest.mark.parametrize("name", ["es256", "ES256 ", "ES256K", "ES257", "dir", "RSA"])
def test_a_name_that_is_nearly_an_algorithm_is_none(name: str) -> None:
    assert judged(signed({"alg": "ES256"})) is Reason.VALID
    forged = signed({"alg": name})
    assert judged(forged, allowed=EVERY_ALGORITHM) is Reason.ALGORITHM_NOT_ALLOWED


@pytest.mark.parametrize("name", ["ES384", "ES512", "EdDSA"])
def test_swapping_the_algorithm_for_another_allowed_one_is_refused(name: str) -> None:
    assert judged(signed({"alg": "ES256"})) is Reason.VALID
    assert judged(signed({"alg": name})) is Reason.KEY_UNUSABLE


@pytest.mark.parametrize(
    "algorithm",
    [Algorithm.RS256, Algorithm.PS256, Algorithm.ES384, Algorithm.ES512],
)
def test_the_header_es256_does_not_open_another_kind_of_key(
    algorithm: Algorithm,
) -> None:
    by = signer(algorithm)
    good = signed({"alg": algorithm.jose}, by=by)
    assert judged(good, by.public_key, EVERY_ALGORITHM) is Reason.VALID
    forged = signed({"alg": "ES256"}, by=by)
    assert judged(forged, by.public_key, EVERY_ALGORITHM) is Reason.KEY_UNUSABLE


def test_a_p_384_signature_over_sha_256_is_not_es256() -> None:
    private = ec.generate_private_key(ec.SECP384R1())
    key = PublicKey.from_native(private.public_key())
    good = signed({"alg": "ES384"}, by=signer(Algorithm.ES384))
    assert judged(good, signer(Algorithm.ES384).public_key) is Reason.VALID
    # python-jose alone takes this one: it asks the curve for nothing but a length.
    forged = signed({"alg": "ES256"}, by=signer(Algorithm.ES384))
    assert judged(forged, key) is Reason.KEY_UNUSABLE


def test_the_two_rsa_schemes_are_not_taken_for_each_other() -> None:
    # One key may do both, so only the signature tells them apart.
    by = signer(Algorithm.RS256)
    good = signed({"alg": "RS256"}, by=by)
    assert judged(good, by.public_key, EVERY_ALGORITHM) is Reason.VALID
    forged = signed({"alg": "PS256"}, by=by)
    assert judged(forged, by.public_key, EVERY_ALGORITHM) is Reason.INVALID


def test_eddsa_may_be_called_by_its_full_name() -> None:
    by = signer(Algorithm.EDDSA)
    assert judged(signed({"alg": "Ed25519"}, by=by), by.public_key) is Reason.VALID
    forged = signed({"alg": "Ed448"}, by=by)
    assert judged(forged, by.public_key) is Reason.ALGORITHM_NOT_ALLOWED


# --- keys that come with the token -------------------------------------------------


def test_a_key_in_the_header_judges_nothing() -> None:
    embedded = {"alg": "ES256", "jwk": OTHER.public_key.to_jwk()}
    good = signed(embedded)
    assert judged(good) is Reason.VALID
    forged = signed(embedded, by=OTHER)
    assert judged(forged) is Reason.INVALID


@pytest.mark.parametrize("name", ["jku", "x5u"])
def test_an_address_of_keys_in_the_header_is_never_followed(name: str) -> None:
    # The tests' network block would turn a look-up into an error.
    header = {"alg": "ES256", name: "https://attacker.example/keys"}
    assert judged(signed(header)) is Reason.VALID
    assert judged(signed(header, by=OTHER)) is Reason.INVALID


def test_a_key_identifier_of_another_key_changes_nothing() -> None:
    header = {"alg": "ES256", "kid": OTHER.public_key.thumbprint}
    assert judged(signed(header)) is Reason.VALID
    assert judged(signed(header, by=OTHER)) is Reason.INVALID


@pytest.mark.parametrize(
    "narrowed",
    [
        {"use": "enc"},
        {"use": "SIG"},
        {"key_ops": ["sign"]},
        {"key_ops": []},
        {"key_ops": ["encrypt"]},
        {"alg": "ES384"},
        {"alg": "ECDH-ES"},
    ],
    ids=str,
)
def test_a_key_for_another_use_is_refused(narrowed: dict[str, object]) -> None:
    token = signed({"alg": "ES256"})
    jwk = signer().public_key.to_jwk()
    right = {"use": "sig", "key_ops": ["verify"], "alg": "ES256"}
    good = PublicKey.from_jwk({**jwk, **right}, at="key")
    assert judged(token, good) is Reason.VALID
    with pytest.raises((MalformedError, UnsupportedError)):
        PublicKey.from_jwk({**jwk, **narrowed}, at="key")


def test_an_rsa_key_kept_for_one_scheme_does_not_do_the_other() -> None:
    by = signer(Algorithm.PS256)
    token = signed({"alg": "PS256"}, by=by)
    jwk = by.public_key.to_jwk()
    right = PublicKey.from_jwk({**jwk, "alg": "PS256"}, at="key")
    assert judged(token, right, EVERY_ALGORITHM) is Reason.VALID
    wrong = PublicKey.from_jwk({**jwk, "alg": "RS256"}, at="key")
    assert judged(token, wrong, EVERY_ALGORITHM) is Reason.KEY_UNUSABLE


# --- games with r and s ------------------------------------------------------------


def test_a_der_signature_is_not_a_jose_signature() -> None:
    token = signed({"alg": "ES256"})
    good = signature_of(token)
    r, s = int.from_bytes(good[:32], "big"), int.from_bytes(good[32:], "big")
    assert judged(token) is Reason.VALID
    assert judged(with_signature(token, encode_dss_signature(r, s))) is Reason.INVALID


@pytest.mark.parametrize(
    ("r", "s"),
    [
        (0, 0),
        (0, 1),
        (1, 0),
        (ORDER, 1),
        (1, ORDER),
        (ORDER, ORDER),
        (ORDER - 1, ORDER),
        (2**256 - 1, 2**256 - 1),
    ],
)
def test_an_r_or_s_outside_the_group_is_invalid(r: int, s: int) -> None:
    token = signed({"alg": "ES256"})
    assert judged(token) is Reason.VALID
    forged = with_signature(token, r.to_bytes(32, "big") + s.to_bytes(32, "big"))
    assert judged(forged) is Reason.INVALID


def test_swapped_halves_are_invalid() -> None:
    token = signed({"alg": "ES256"})
    good = signature_of(token)
    assert judged(with_signature(token, good[32:] + good[:32])) is Reason.INVALID


def test_halves_padded_to_another_length_are_invalid() -> None:
    token = signed({"alg": "ES256"})
    good = signature_of(token)
    padded = b"\x00" + good[:32] + b"\x00" + good[32:]
    assert judged(with_signature(token, padded)) is Reason.INVALID


# --- what the signature covers -----------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        {"typ": "kb+jwt"},
        {"kid": "other"},
        {"x5c": ["MAMCAQE="]},
    ],
    ids=str,
)
def test_a_header_changed_after_signing_is_invalid(change: dict[str, object]) -> None:
    header = {"alg": "ES256", "typ": "dc+sd-jwt", "kid": "one", "x5c": ["MAMCAQI="]}
    token = signed(header)
    assert judged(token) is Reason.VALID
    forged = f"{segment({**header, **change})}.{token.partition('.')[2]}"
    assert judged(forged) is Reason.INVALID


def test_a_header_written_otherwise_is_not_the_signed_header() -> None:
    token = signed(b'{"alg":"ES256"}')
    assert judged(token) is Reason.VALID
    spaced = segment(b'{ "alg":"ES256"}')
    forged = f"{spaced}.{token.partition('.')[2]}"
    assert judged(forged) is Reason.INVALID


def test_judging_the_same_token_twice_gives_the_same_answer() -> None:
    jws = read_compact(signed({"alg": "ES256"}), at="token")
    reasons = {
        signature_reason(jws, key=key, allowed=DEFAULT_ALGORITHMS)
        for key in (signer().public_key, OTHER.public_key, signer().public_key)
    }
    assert reasons == {Reason.VALID, Reason.INVALID}


@pytest.mark.parametrize(
    ("reason", "facts"),
    [
        (Reason.VALID, {}),
        (Reason.INVALID, {}),
        (Reason.ALGORITHM_NOT_ALLOWED, {"found": "ES256"}),
        (Reason.TYP_MISMATCH, {"found": "no typ"}),
        (
            Reason.KEY_UNUSABLE,
            {"what": "the key does not do the algorithm that the header names"},
        ),
    ],
)
def test_a_reason_carries_what_the_header_said_safe_to_show(
    reason: Reason, facts: dict[str, str]
) -> None:
    jws = read_compact(signed({"alg": "ES256\x07"}), at="token")
    found = signature_facts(reason, jws)
    assert found.keys() == facts.keys()
    if reason is Reason.ALGORITHM_NOT_ALLOWED:
        assert "\x07" not in found["found"]
        assert found["found"].startswith("ES256")
    else:
        assert found == facts
