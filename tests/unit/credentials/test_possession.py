import json
from collections.abc import Mapping
from dataclasses import FrozenInstanceError, replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Final

import pytest

from idwallet import limits
from idwallet.codec import b64
from idwallet.credentials.possession import (
    PROOF_TYP,
    HolderKey,
    ProvenKey,
    make_proof,
    prove_possession,
)
from idwallet.crypto.algorithms import Algorithm
from idwallet.crypto.software import SoftwareSigner
from idwallet.errors import UsageError, VerificationFailed
from idwallet.report import CheckId, Outcome, Reason, Report
from idwallet.trust.policies import WALLET

ISSUER: Final = "https://issuer.example"
NONCE: Final = "nonce-1"
AT: Final = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
IAT: Final = int(AT.timestamp())
HOLDER: Final = SoftwareSigner.generate(Algorithm.ES256)
THIEF: Final = SoftwareSigner.generate(Algorithm.ES256)
SKEW: Final = int(WALLET.clock_skew.total_seconds())
LIFETIME: Final = int(limits.PROOF_LIFETIME.total_seconds())

HEADER: Final = {
    "alg": "ES256",
    "typ": PROOF_TYP,
    "jwk": HOLDER.public_key.to_jwk(),
}
CLAIMS: Final = {"aud": ISSUER, "iat": IAT, "nonce": NONCE}

WHAT: Final = {
    CheckId.PROOF_FORMAT: Reason.WELL_FORMED,
    CheckId.PROOF_SIGNATURE: Reason.VALID,
    CheckId.PROOF_AUDIENCE: Reason.MATCHES,
    CheckId.PROOF_NONCE: Reason.MATCHES,
    CheckId.PROOF_FRESHNESS: Reason.FRESH,
}


def proof(
    header: Mapping[str, object] = HEADER,
    claims: object = CLAIMS,
    by: SoftwareSigner = HOLDER,
) -> str:
    payload = claims if isinstance(claims, bytes) else json.dumps(claims).encode()
    head = b64.encode(json.dumps(dict(header)).encode())
    covered = f"{head}.{b64.encode(payload)}"
    return f"{covered}.{b64.encode(by.sign(covered.encode()))}"


def without(values: Mapping[str, object], name: str) -> dict[str, object]:
    return {each: value for each, value in values.items() if each != name}


def prove(token: str, at: datetime = AT) -> ProvenKey:
    return prove_possession(token, audience=ISSUER, nonce=NONCE, at=at)


def refusal(token: str, at: datetime = AT) -> Report:
    with pytest.raises(VerificationFailed) as caught:
        prove(token, at)
    return caught.value.report


def moved(report: Report) -> dict[CheckId, Reason]:
    """The checks that came out otherwise than in a good proof."""
    assert [each.id for each in report.checks] == list(WHAT)
    return {
        each.id: each.reason
        for each in report.checks
        if each.reason is not WHAT[each.id]
    }


# --- a good proof ------------------------------------------------------------------


@pytest.mark.parametrize(
    "algorithm", [Algorithm.ES256, Algorithm.ES384, Algorithm.ES512, Algorithm.EDDSA]
)
def test_a_proof_that_a_wallet_makes_proves_its_key(algorithm: Algorithm) -> None:
    signer = SoftwareSigner.generate(algorithm)
    made = make_proof(signer, audience=ISSUER, nonce=NONCE, at=AT)
    proven = prove(made)
    assert proven.key == signer.public_key
    assert proven.report.outcome is Outcome.PASSED
    assert moved(proven.report) == {}


def test_a_proof_says_only_what_it_must() -> None:
    made = make_proof(HOLDER, audience=ISSUER, nonce=NONCE, at=AT)
    head, body, _ = made.split(".")
    assert json.loads(b64.decode(head, at="")) == HEADER
    assert json.loads(b64.decode(body, at="")) == CLAIMS


def test_a_proof_carries_its_moment_in_utc_whatever_the_zone() -> None:
    moscow = AT.astimezone(timezone(timedelta(hours=3)))
    made = make_proof(HOLDER, audience=ISSUER, nonce=NONCE, at=moscow)
    assert json.loads(b64.decode(made.split(".")[1], at=""))["iat"] == IAT
    assert prove_possession(made, audience=ISSUER, nonce=NONCE, at=moscow)


# --- the key -----------------------------------------------------------------------


def test_a_proof_signed_by_another_key_than_it_names_is_refused() -> None:
    assert prove(proof())
    report = refusal(proof(by=THIEF))
    assert moved(report) == {CheckId.PROOF_SIGNATURE: Reason.INVALID}


@pytest.mark.parametrize("name", ["kid", "x5c"])
def test_a_second_key_in_the_header_is_refused(name: str) -> None:
    second = {"kid": "did:example:honest#1", "x5c": ["MAMCAQE="]}
    report = refusal(proof({**HEADER, name: second[name]}))
    assert moved(report) == {
        CheckId.PROOF_FORMAT: Reason.MALFORMED,
        CheckId.PROOF_SIGNATURE: Reason.WAITING,
    }


@pytest.mark.parametrize(
    "named", [{"kid": "did:example:me#1"}, {"x5c": ["MAMCAQE="]}], ids=str
)
def test_a_key_that_would_have_to_be_believed_is_not_supported(
    named: dict[str, object],
) -> None:
    report = refusal(proof({**without(HEADER, "jwk"), **named}))
    assert moved(report) == {
        CheckId.PROOF_FORMAT: Reason.UNSUPPORTED,
        CheckId.PROOF_SIGNATURE: Reason.WAITING,
    }


def test_a_proof_without_a_key_is_refused() -> None:
    report = refusal(proof(without(HEADER, "jwk")))
    assert moved(report) == {
        CheckId.PROOF_FORMAT: Reason.MALFORMED,
        CheckId.PROOF_SIGNATURE: Reason.WAITING,
    }


@pytest.mark.parametrize("value", ["jwk", [], None, 1])
def test_a_jwk_that_is_no_object_is_refused(value: object) -> None:
    report = refusal(proof({**HEADER, "jwk": value}))
    assert moved(report) == {
        CheckId.PROOF_FORMAT: Reason.MALFORMED,
        CheckId.PROOF_SIGNATURE: Reason.WAITING,
    }
    assert report.failed()[0].fact("at") == "proof/header/jwk"


@pytest.mark.parametrize(
    "change",
    [{"d": "AA"}, {"use": "enc"}, {"key_ops": ["sign"]}, {"x": "AA"}, {"kty": "oct"}],
    ids=str,
)
def test_a_key_that_is_not_fit_is_refused(change: dict[str, object]) -> None:
    jwk = {**HOLDER.public_key.to_jwk(), **change}
    report = refusal(proof({**HEADER, "jwk": jwk}))
    assert moved(report) == {CheckId.PROOF_SIGNATURE: Reason.KEY_UNUSABLE}


# --- the algorithm -----------------------------------------------------------------


@pytest.mark.parametrize("name", ["none", "None", "HS256", "RS256"])
def test_an_algorithm_that_the_policy_does_not_name_is_refused(name: str) -> None:
    report = refusal(proof({**HEADER, "alg": name}))
    assert moved(report) == {CheckId.PROOF_SIGNATURE: Reason.ALGORITHM_NOT_ALLOWED}
    assert report.failed()[0].fact("found") == name


def test_an_algorithm_that_the_key_does_not_do_is_refused() -> None:
    report = refusal(proof({**HEADER, "alg": "ES384"}))
    assert moved(report) == {CheckId.PROOF_SIGNATURE: Reason.KEY_UNUSABLE}


def test_the_policy_says_which_algorithms_there_are() -> None:
    narrow = replace(WALLET, algorithms=frozenset({Algorithm.EDDSA}))
    with pytest.raises(VerificationFailed) as caught:
        prove_possession(proof(), audience=ISSUER, nonce=NONCE, at=AT, policy=narrow)
    assert moved(caught.value.report) == {
        CheckId.PROOF_SIGNATURE: Reason.ALGORITHM_NOT_ALLOWED
    }


# --- the type ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "typ",
    ["kb+jwt", "JWT", "dc+sd-jwt", "", "OPENID4VCI-PROOF+JWT", f"{PROOF_TYP} "],
)
def test_a_token_made_for_something_else_is_no_proof(typ: str) -> None:
    report = refusal(proof({**HEADER, "typ": typ}))
    assert moved(report) == {CheckId.PROOF_FORMAT: Reason.TYP_MISMATCH}


def test_a_token_without_a_type_is_no_proof() -> None:
    report = refusal(proof(without(HEADER, "typ")))
    assert moved(report) == {CheckId.PROOF_FORMAT: Reason.TYP_MISMATCH}
    assert report.failed()[0].fact("found") == "no typ"


# --- audience and nonce ------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "check_id"),
    [("aud", CheckId.PROOF_AUDIENCE), ("nonce", CheckId.PROOF_NONCE)],
)
@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("https://other.example", Reason.MISMATCH),
        ("", Reason.MISMATCH),
        ([ISSUER], Reason.ABSENT),
        ([NONCE], Reason.ABSENT),
        (None, Reason.ABSENT),
        (1, Reason.ABSENT),
    ],
)
def test_a_proof_for_another_request_is_refused(
    name: str, check_id: CheckId, value: object, reason: Reason
) -> None:
    report = refusal(proof(claims={**CLAIMS, name: value}))
    assert moved(report) == {check_id: reason}


@pytest.mark.parametrize(
    ("name", "check_id"),
    [("aud", CheckId.PROOF_AUDIENCE), ("nonce", CheckId.PROOF_NONCE)],
)
def test_a_proof_that_names_no_request_is_refused(name: str, check_id: CheckId) -> None:
    report = refusal(proof(claims=without(CLAIMS, name)))
    assert moved(report) == {check_id: Reason.ABSENT}


@pytest.mark.parametrize("other", [ISSUER + "/", ISSUER.upper(), ISSUER[:-1]])
def test_an_audience_is_compared_to_the_letter(other: str) -> None:
    report = refusal(proof(claims={**CLAIMS, "aud": other}))
    assert moved(report) == {CheckId.PROOF_AUDIENCE: Reason.MISMATCH}


# --- time --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("seconds", "reason"),
    [
        (-LIFETIME - SKEW, Reason.FRESH),
        (-LIFETIME - SKEW - 1, Reason.TOO_OLD),
        (SKEW, Reason.FRESH),
        (SKEW + 1, Reason.FROM_THE_FUTURE),
        (-IAT, Reason.TOO_OLD),
    ],
)
def test_a_proof_is_fresh_within_its_window(seconds: int, reason: Reason) -> None:
    token = proof(claims={**CLAIMS, "iat": IAT + seconds})
    if reason is Reason.FRESH:
        assert prove(token)
    else:
        report = refusal(token)
        assert moved(report) == {CheckId.PROOF_FRESHNESS: reason}
        signed = datetime.fromtimestamp(IAT + seconds, UTC)
        assert report.failed()[0].fact("signed") == signed


def test_a_fraction_of_a_second_is_a_moment_too() -> None:
    assert prove(proof(claims={**CLAIMS, "iat": IAT - 0.5}))


@pytest.mark.parametrize("value", [None, "1", True, [], -1, 1e300, 10**40])
def test_a_proof_without_a_moment_is_refused(value: object) -> None:
    report = refusal(proof(claims={**CLAIMS, "iat": value}))
    assert moved(report) == {CheckId.PROOF_FRESHNESS: Reason.ABSENT}
    absent = refusal(proof(claims=without(CLAIMS, "iat")))
    assert moved(absent) == {CheckId.PROOF_FRESHNESS: Reason.ABSENT}


def test_an_expiry_can_shorten_the_window_and_not_lengthen_it() -> None:
    old = {**CLAIMS, "iat": IAT - 100}
    assert prove(proof(claims={**old, "exp": IAT - SKEW + 1}))
    # At its end it is over, as a credential and a key binding are (RFC 7519 §4.1.4).
    report = refusal(proof(claims={**old, "exp": IAT - SKEW}))
    assert moved(report) == {CheckId.PROOF_FRESHNESS: Reason.TOO_OLD}
    assert report.failed()[0].fact("window") == 100 - SKEW
    ancient = {**CLAIMS, "iat": IAT - LIFETIME - SKEW - 1, "exp": IAT + 1000}
    report = refusal(proof(claims=ancient))
    assert moved(report) == {CheckId.PROOF_FRESHNESS: Reason.TOO_OLD}
    assert report.failed()[0].fact("window") == LIFETIME


def test_a_proof_that_never_expires_is_judged_by_its_age() -> None:
    never = {**CLAIMS, "exp": limits.NUMERIC_DATE_MAXIMUM}
    assert prove(proof(claims=never))
    report = refusal(proof(claims={**never, "iat": IAT - LIFETIME - SKEW - 1}))
    assert moved(report) == {CheckId.PROOF_FRESHNESS: Reason.TOO_OLD}


def test_an_expiry_before_the_signature_leaves_no_window() -> None:
    report = refusal(proof(claims={**CLAIMS, "exp": 0}))
    assert moved(report) == {CheckId.PROOF_FRESHNESS: Reason.TOO_OLD}
    assert report.failed()[0].fact("window") == 0


def test_a_proof_is_not_valid_before_it_says_so() -> None:
    assert prove(proof(claims={**CLAIMS, "nbf": IAT + SKEW}))
    assert prove(proof(claims={**CLAIMS, "nbf": 0}))
    report = refusal(proof(claims={**CLAIMS, "nbf": IAT + SKEW + 1}))
    assert moved(report) == {CheckId.PROOF_FRESHNESS: Reason.FROM_THE_FUTURE}


# --- the form ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "value"),
    [("iss", 1), ("iss", None), ("exp", "1"), ("exp", True), ("nbf", [])],
)
def test_a_claim_of_the_wrong_type_is_refused(name: str, value: object) -> None:
    assert prove(proof(claims={**CLAIMS, "iss": "client", "exp": IAT, "nbf": IAT}))
    report = refusal(proof(claims={**CLAIMS, name: value}))
    assert moved(report) == {CheckId.PROOF_FORMAT: Reason.MALFORMED}
    assert report.failed()[0].fact("at") == f"proof/payload/{name}"


@pytest.mark.parametrize("payload", [b"", b"[]", b"text", b'{"aud":1,"aud":2}'])
def test_a_payload_that_is_no_object_leaves_the_claims_open(payload: bytes) -> None:
    report = refusal(proof(claims=payload))
    assert moved(report) == {
        CheckId.PROOF_FORMAT: Reason.MALFORMED,
        CheckId.PROOF_AUDIENCE: Reason.WAITING,
        CheckId.PROOF_NONCE: Reason.WAITING,
        CheckId.PROOF_FRESHNESS: Reason.WAITING,
    }


@pytest.mark.parametrize(
    ("token", "reason"),
    [
        ("", Reason.MALFORMED),
        ("a.b.c", Reason.MALFORMED),
        (proof()[:-1], Reason.MALFORMED),
        (proof() + "\n", Reason.MALFORMED),
        ("." * (limits.PROOF_BYTES + 1), Reason.LIMIT_EXCEEDED),
        (proof({**HEADER, "crit": ["exp"], "exp": 1}), Reason.UNSUPPORTED),
        (proof({**HEADER, "crit": ["b64"], "b64": False}), Reason.UNSUPPORTED),
        (proof({**HEADER, "b64": False}), Reason.MALFORMED),
    ],
)
def test_what_cannot_be_read_leaves_the_rest_open(token: str, reason: Reason) -> None:
    report = refusal(token)
    assert moved(report) == {
        CheckId.PROOF_FORMAT: reason,
        CheckId.PROOF_SIGNATURE: Reason.WAITING,
        CheckId.PROOF_AUDIENCE: Reason.WAITING,
        CheckId.PROOF_NONCE: Reason.WAITING,
        CheckId.PROOF_FRESHNESS: Reason.WAITING,
    }


def test_every_fault_of_one_proof_is_named() -> None:
    claims = {"aud": "https://other.example", "iat": 0, "nonce": "other"}
    report = refusal(proof({**HEADER, "typ": "JWT"}, claims, by=THIEF))
    assert moved(report) == {
        CheckId.PROOF_FORMAT: Reason.TYP_MISMATCH,
        CheckId.PROOF_SIGNATURE: Reason.INVALID,
        CheckId.PROOF_AUDIENCE: Reason.MISMATCH,
        CheckId.PROOF_NONCE: Reason.MISMATCH,
        CheckId.PROOF_FRESHNESS: Reason.TOO_OLD,
    }
    assert len(report.failed()) == 5
    assert (report.at, report.policy) == (AT, WALLET.name)


def test_a_report_on_a_proof_holds_nothing_that_the_proof_said() -> None:
    claims = {**CLAIMS, "aud": "canary-1", "nonce": "canary-2", "iss": "canary-3"}
    assert "canary" not in json.dumps(refusal(proof(claims=claims)).to_json())


# --- what the caller must bring ----------------------------------------------------


@pytest.mark.parametrize(
    ("audience", "nonce", "at"),
    [
        ("", NONCE, AT),
        (ISSUER, "", AT),
        ("\udc80", NONCE, AT),
        (ISSUER, "\udc80", AT),
    ],
)
def test_nothing_is_proved_or_made_without_audience_nonce_and_moment(
    audience: str, nonce: str, at: datetime
) -> None:
    with pytest.raises(UsageError):
        prove_possession(proof(), audience=audience, nonce=nonce, at=at)
    with pytest.raises(UsageError):
        make_proof(HOLDER, audience=audience, nonce=nonce, at=at)


# --- keys that a credential may be bound to ----------------------------------------


def test_only_a_checked_proof_makes_a_proven_key() -> None:
    proven = prove(proof())
    for witness in (None, object(), True, proven):
        with pytest.raises(UsageError):
            ProvenKey(HOLDER.public_key, proven.report, witness)
    with pytest.raises((TypeError, ValueError)):
        replace(proven, key=THIEF.public_key)
    with pytest.raises(UsageError):
        replace(proven, key=THIEF.public_key, witness=None)
    with pytest.raises(FrozenInstanceError):
        proven.key = THIEF.public_key  # type: ignore[misc]


def test_a_key_without_proof_is_called_so_and_says_why() -> None:
    key = HolderKey.unproven(HOLDER.public_key, reason="made on our own card")
    assert key.key == HOLDER.public_key
    assert key.reason == "made on our own card"
    assert not isinstance(key, ProvenKey)


@pytest.mark.parametrize("reason", ["", " ", "\n\t"])
def test_a_key_without_proof_and_without_reason_is_refused(reason: str) -> None:
    with pytest.raises(UsageError):
        HolderKey.unproven(HOLDER.public_key, reason=reason)


def test_only_the_word_unproven_makes_an_unproven_key() -> None:
    with pytest.raises(UsageError):
        HolderKey(HOLDER.public_key, "a reason", None)
    key = HolderKey.unproven(HOLDER.public_key, reason="a reason")
    with pytest.raises((TypeError, ValueError)):
        replace(key, key=THIEF.public_key)


def test_a_proven_key_shows_no_more_than_its_kind() -> None:
    assert repr(prove(proof())) == "ProvenKey(key=<PublicKey P-256>)"
