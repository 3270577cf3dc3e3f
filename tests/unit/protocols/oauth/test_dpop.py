"""A token serves only who holds its key (RFC 9449): each fault has its valid twin."""

import base64
import hashlib
import json
import secrets
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from idwallet import limits
from idwallet.codec import b64
from idwallet.codec.json import JsonObject
from idwallet.crypto.algorithms import Algorithm
from idwallet.crypto.software import SoftwareSigner
from idwallet.envelope.jws import sign_compact
from idwallet.errors import LimitError, MalformedError, UnsupportedError, UsageError
from idwallet.protocols.oauth.dpop import TYP, Bound, is_nonce, judge_dpop, make_dpop
from idwallet.testing.pki import TestPki

AT = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)
ES256 = frozenset({Algorithm.ES256})
SIGNER = SoftwareSigner.generate(Algorithm.ES256)
OTHER = SoftwareSigner.generate(Algorithm.ES256)
CERTIFICATE = base64.b64encode(TestPki(at=AT).root.der).decode()
BOUND = Bound("POST", "https://issuer.example/credential", "token-1", "nonce-1")


def _claims() -> JsonObject:
    return {
        "jti": "one-of-a-kind",
        "htm": "POST",
        "htu": "https://issuer.example/credential",
        "iat": int(AT.timestamp()),
        "ath": b64.encode(hashlib.sha256(b"token-1").digest()),
        "nonce": "nonce-1",
    }


def _header() -> JsonObject:
    return {"typ": TYP, "jwk": SIGNER.public_key.to_jwk()}


def _proof(claims: JsonObject, header: JsonObject | None = None) -> str:
    return sign_compact(
        json.dumps(claims).encode(), header=header or _header(), signer=SIGNER
    )


def test_a_proof_that_was_made_is_taken() -> None:
    proof = make_dpop(SIGNER, BOUND, at=AT, random=secrets.token_bytes)
    found = judge_dpop(proof, BOUND, at=AT, algorithms=ES256)
    assert found.key == SIGNER.public_key
    assert (found.nonce, found.signed) == ("nonce-1", AT)


def test_a_proof_tells_whole_seconds_and_an_address_without_its_query() -> None:
    bound = Bound("GET", "https://issuer.example/a?b=c")
    late = AT + timedelta(microseconds=900_000)
    proof = make_dpop(SIGNER, bound, at=late, random=secrets.token_bytes)
    claims = json.loads(b64.decode(proof.split(".")[1], at="claims"))
    assert (claims["iat"], type(claims["iat"])) == (int(AT.timestamp()), int)
    assert claims["htu"] == "https://issuer.example/a"
    assert len(b64.decode(claims["jti"], at="jti")) == 16


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("n" * limits.TOKEN_CHARACTERS, True),
        ("n" * (limits.TOKEN_CHARACTERS + 1), False),
        ("", False),
        ("a b", False),
        ('a"b', False),
        ("a\nb", False),
    ],
    ids=["longest", "too long", "empty", "a blank", "a quote", "a line"],
)
def test_a_nonce_has_a_length_and_its_characters(text: str, is_one: bool) -> None:
    assert is_nonce(text) is is_one


def test_the_twin_of_every_fault_is_taken() -> None:
    assert judge_dpop(_proof(_claims()), BOUND, at=AT, algorithms=ES256)


def test_query_and_case_of_the_host_do_not_count() -> None:
    claims = _claims() | {"htu": "https://ISSUER.example:443/credential?a=1"}
    assert judge_dpop(_proof(claims), BOUND, at=AT, algorithms=ES256)


@pytest.mark.parametrize(
    "change",
    [
        {"htm": "GET"},
        {"htm": "post"},
        {"htu": "https://issuer.example/token"},
        {"htu": "https://other.example/credential"},
        {"htu": "http://issuer.example/credential"},
        {"htu": "https://issuer.example:444/credential"},
        {"htu": 1},
        {"htu": "no address"},
        {"htu": "ftp://issuer.example/credential"},
        {"ath": b64.encode(hashlib.sha256(b"token-2").digest())},
        {"ath": "token-1"},
        {"nonce": "nonce-2"},
        {"nonce": ""},
        {"jti": ""},
        {"jti": 1},
        {"iat": "now"},
        {"iat": True},
        {"iat": int((AT + limits.CLOCK_SKEW).timestamp()) + 1},
        {"iat": int((AT - limits.CLOCK_SKEW - limits.DPOP_LIFETIME).timestamp()) - 1},
    ],
)
def test_a_proof_for_another_request_token_nonce_or_time_is_refused(
    change: JsonObject,
) -> None:
    with pytest.raises(MalformedError):
        judge_dpop(_proof(_claims() | change), BOUND, at=AT, algorithms=ES256)


@pytest.mark.parametrize("name", sorted(_claims()))
def test_a_proof_that_leaves_out_a_claim_is_refused(name: str) -> None:
    claims = _claims()
    del claims[name]
    with pytest.raises(MalformedError):
        judge_dpop(_proof(claims), BOUND, at=AT, algorithms=ES256)


@pytest.mark.parametrize(
    "change",
    [
        lambda header: header | {"typ": "openid4vci-proof+jwt"},
        lambda header: header | {"typ": "JWT"},
        lambda header: {"jwk": header["jwk"]},
        lambda header: {"typ": TYP},
        lambda header: header | {"jwk": OTHER.public_key.to_jwk()},
        lambda header: header | {"kid": "1"},
        lambda header: header | {"x5c": [CERTIFICATE]},
    ],
)
def test_a_header_of_another_kind_or_key_is_refused(
    change: Callable[[JsonObject], JsonObject],
) -> None:
    proof = _proof(_claims(), change(_header()))
    with pytest.raises(MalformedError):
        judge_dpop(proof, BOUND, at=AT, algorithms=ES256)


@pytest.mark.parametrize("member", ["exp", "unheard"])
def test_a_header_that_calls_critical_what_is_not_known_is_refused(member: str) -> None:
    proof = _proof(_claims(), _header() | {"crit": [member], member: True})
    with pytest.raises((MalformedError, UnsupportedError)):
        judge_dpop(proof, BOUND, at=AT, algorithms=ES256)


def test_a_proof_is_taken_to_the_last_second_that_the_clocks_allow() -> None:
    for signed in (
        AT + limits.CLOCK_SKEW,
        AT - limits.CLOCK_SKEW - limits.DPOP_LIFETIME,
    ):
        claims = _claims() | {"iat": int(signed.timestamp())}
        assert judge_dpop(_proof(claims), BOUND, at=AT, algorithms=ES256)


def test_a_proof_that_is_too_long_is_refused_before_it_is_read() -> None:
    proof = _proof(_claims() | {"more": "x" * limits.PROOF_BYTES})
    with pytest.raises(LimitError):
        judge_dpop(proof, BOUND, at=AT, algorithms=ES256)


def test_a_private_key_in_the_header_is_refused() -> None:
    jwk = SIGNER.public_key.to_jwk() | {"d": b64.encode(bytes(31) + b"\x01")}
    proof = _proof(_claims(), {"typ": TYP, "jwk": jwk})
    with pytest.raises((MalformedError, UnsupportedError)):
        judge_dpop(proof, BOUND, at=AT, algorithms=ES256)


def test_an_algorithm_that_is_not_taken_is_refused() -> None:
    with pytest.raises(MalformedError):
        judge_dpop(
            _proof(_claims()), BOUND, at=AT, algorithms=frozenset({Algorithm.ES384})
        )


def test_two_proofs_are_told_apart_and_one_is_known_again() -> None:
    one = make_dpop(SIGNER, BOUND, at=AT, random=secrets.token_bytes)
    two = make_dpop(SIGNER, BOUND, at=AT, random=secrets.token_bytes)
    judged = [
        judge_dpop(each, BOUND, at=AT, algorithms=ES256).identity
        for each in (one, one, two)
    ]
    assert judged[0] == judged[1] != judged[2]


def test_the_same_number_of_another_key_is_another_proof() -> None:
    header: JsonObject = {"typ": TYP, "jwk": OTHER.public_key.to_jwk()}
    other = sign_compact(json.dumps(_claims()).encode(), header=header, signer=OTHER)
    one = judge_dpop(_proof(_claims()), BOUND, at=AT, algorithms=ES256)
    two = judge_dpop(other, BOUND, at=AT, algorithms=ES256)
    assert one.identity != two.identity


def test_without_a_token_none_is_proven_and_none_is_needed() -> None:
    bound = Bound("POST", "https://issuer.example/token")
    proof = make_dpop(SIGNER, bound, at=AT, random=secrets.token_bytes)
    assert judge_dpop(proof, bound, at=AT, algorithms=ES256).nonce is None
    with pytest.raises(MalformedError):
        judge_dpop(proof, Bound("POST", bound.url, "token-1"), at=AT, algorithms=ES256)


def test_a_moment_without_a_zone_is_the_callers_fault() -> None:
    with pytest.raises(UsageError):
        make_dpop(SIGNER, BOUND, at=datetime(2026, 1, 1), random=secrets.token_bytes)  # noqa: DTZ001
    with pytest.raises(UsageError):
        judge_dpop(
            _proof(_claims()),
            BOUND,
            at=AT.replace(tzinfo=None) + timedelta(),
            algorithms=ES256,
        )
