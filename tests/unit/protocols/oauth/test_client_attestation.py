"""A wallet shows what it is, and proves it: each fault has its valid twin."""

import secrets
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from types import MappingProxyType
from typing import Final

import pytest

from idwallet import limits
from idwallet.codec import b64
from idwallet.codec.json import read_object, write_json
from idwallet.credentials.required import Context
from idwallet.crypto.algorithms import Algorithm
from idwallet.crypto.signer import Signer
from idwallet.crypto.software import SoftwareSigner
from idwallet.envelope.jws import sign_compact
from idwallet.errors import LimitError, MalformedError, UnsupportedError
from idwallet.protocols.oauth.client_attestation import (
    AttestedClient,
    WalletAttestation,
    attested_headers,
    judge_client,
)
from idwallet.roles.wallet_provider import WalletProvider
from idwallet.trust.policies import WALLET
from tests.unit.roles.attested_world import (
    DOCUMENTS,
    HOUR,
    PROVIDER,
    TRUST,
    attestation_of,
)
from tests.unit.roles.credential_service_world import AT, CLIENT_ID, SCENE

CERTIFIED: Final = SCENE.pki.issuer(
    PROVIDER, change=lambda plan: replace(plan, key_purposes=(DOCUMENTS,))
)
GENUINE: Final = WalletProvider(
    signer=CERTIFIED.signer, certificates=CERTIFIED.chain, name=PROVIDER
)
SERVER: Final = "https://issuer.example"
KEY: Final = SoftwareSigner.generate(Algorithm.ES256)
SKEW: Final = WALLET.clock_skew
SECOND: Final = timedelta(seconds=1)
Changes = Mapping[str, object]
NOTHING: Final[Changes] = MappingProxyType({})


def headers() -> tuple[str, str]:
    """What a wallet sends: the attestation, and the proof."""
    held = WalletAttestation(attestation_of(KEY.public_key, GENUINE), KEY)
    made = attested_headers(
        held,
        client_id=CLIENT_ID,
        audience=SERVER,
        challenge="given-out",
        at=AT + timedelta(microseconds=700_000),
        random=secrets.token_bytes,
    )
    (_, attestation), (_, proof) = made
    return attestation, proof


def parts(text: str) -> tuple[dict[str, object], dict[str, object]]:
    """The header and the claims of a JWS."""
    header, payload, _ = text.split(".")
    return (
        dict(read_object(b64.decode(header, at="header"), at="header")),
        dict(read_object(b64.decode(payload, at="claims"), at="claims")),
    )


def changed(
    text: str, signer: Signer, claims: Changes = NOTHING, header: Changes = NOTHING
) -> str:
    """The same with other members, signed again; None leaves one out."""
    head, payload = parts(text)
    del head["alg"]
    head |= header
    payload |= claims
    return sign_compact(
        write_json({k: v for k, v in payload.items() if v is not None}),  # type: ignore[misc]
        header={k: v for k, v in head.items() if v is not None},  # type: ignore[misc]
        signer=signer,
    )


def judge(
    attested: Changes = NOTHING,
    proof: Changes = NOTHING,
    *,
    header: Changes = NOTHING,
    late: timedelta = timedelta(),
) -> AttestedClient:
    """Judge both, with something changed in either."""
    attestation, proven = headers()
    return judge_client(
        changed(attestation, CERTIFIED.signer, attested),
        changed(proven, KEY, proof, header),
        audience=SERVER,
        context=Context(TRUST, WALLET, AT + late),
    )


def test_what_was_attested_and_proven_is_told() -> None:
    found = judge({"wallet_link": "https://wallet.example/about"})
    assert found.client_id == CLIENT_ID
    assert found.key == KEY.public_key
    assert (found.wallet, found.link) == (
        "A test wallet",
        "https://wallet.example/about",
    )
    assert (found.expires, found.signed) == (AT + HOUR, AT)
    assert found.challenge == "given-out"
    assert found.provider.path is not None


def test_a_wallet_signs_whole_seconds_and_says_when_its_proof_ends() -> None:
    _, proof = headers()
    _, claims = parts(proof)
    issued = int(AT.timestamp())
    assert (claims["iat"], claims["exp"]) == (issued, issued + 60)
    assert len(b64.decode(str(claims["jti"]), at="jti")) == 16


def test_two_proofs_are_told_apart_and_one_is_known_again() -> None:
    attestation, proof = headers()
    _, other = headers()
    context = Context(TRUST, WALLET, AT)
    one, again, two = (
        judge_client(attestation, each, audience=SERVER, context=context).identity
        for each in (proof, proof, other)
    )
    assert one == again != two


ATTESTED: Final = [
    {"sub": None},
    {"sub": ""},
    {"sub": 7},
    {"iss": None},
    {"iss": "https://another.example"},
    {"exp": None},
    {"exp": "later"},
    {"cnf": None},
    {"cnf": []},
    {"cnf": {}},
    {"cnf": {"jwk": "a key"}},
    {"cnf": {"jwk": {"kty": "EC"}}},
    {"cnf": {"kid": "1"}},
    {"wallet_link": ""},
    {"wallet_name": 1},
    {"iat": int((AT + SKEW + SECOND).timestamp())},
    {"nbf": int((AT + SKEW + SECOND).timestamp())},
]


@pytest.mark.parametrize("attested", ATTESTED, ids=str)
def test_an_attestation_that_leaves_open_whose_or_until_when_is_refused(
    attested: Changes,
) -> None:
    assert judge()
    with pytest.raises((MalformedError, UnsupportedError)):
        judge(attested)


PROOFS: Final = [
    {"iss": None},
    {"iss": "another.example"},
    {"iss": [CLIENT_ID]},
    {"aud": None},
    {"aud": "https://another.example"},
    {"aud": [SERVER]},
    {"aud": SERVER + "/"},
    {"challenge": 1},
    {"jti": None},
    {"jti": ""},
    {"iat": None},
    {"iat": "now"},
    {"iat": True},
    {"nbf": "now"},
    {"nbf": None, "iat": None},
    {"iat": int((AT + SKEW + SECOND).timestamp())},
    {"iat": int((AT - SKEW - limits.DPOP_LIFETIME - SECOND).timestamp())},
    {"nbf": int((AT + SKEW + SECOND).timestamp())},
    {"exp": "later"},
    {"exp": int((AT - SKEW).timestamp())},
]


@pytest.mark.parametrize("proof", PROOFS, ids=str)
def test_a_proof_of_another_client_server_or_time_is_refused(proof: Changes) -> None:
    assert judge()
    with pytest.raises(MalformedError):
        judge(NOTHING, proof)


@pytest.mark.parametrize(
    "proof",
    [
        {"iat": int((AT + SKEW).timestamp())},
        {"iat": int((AT - SKEW - limits.DPOP_LIFETIME).timestamp()), "exp": None},
        {"nbf": int((AT + SKEW).timestamp())},
        {"nbf": int((AT - HOUR).timestamp())},
        {"exp": int((AT - SKEW + SECOND).timestamp())},
        {"exp": None},
        {"challenge": None},
    ],
    ids=str,
)
def test_a_proof_is_taken_to_the_last_second_that_the_clocks_allow(
    proof: Changes,
) -> None:
    assert judge(NOTHING, proof)


@pytest.mark.parametrize(
    "header",
    [
        {"typ": None},
        {"typ": "JWT"},
        {"typ": "oauth-client-attestation+jwt"},
        {"crit": ["exp"], "exp": 1},
    ],
    ids=str,
)
def test_a_proof_of_another_type_or_that_asks_for_what_is_not_known_is_refused(
    header: Changes,
) -> None:
    assert judge()
    with pytest.raises((MalformedError, UnsupportedError)):
        judge(header=header)


def test_a_key_is_named_by_the_attestation_and_by_nothing_in_the_proof() -> None:
    other = SoftwareSigner.generate(Algorithm.ES256)
    attestation, proof = headers()
    forged = changed(proof, other, header={"jwk": other.public_key.to_jwk()})
    context = Context(TRUST, WALLET, AT)
    assert judge_client(attestation, proof, audience=SERVER, context=context)
    with pytest.raises(MalformedError, match="not by the key"):
        judge_client(attestation, forged, audience=SERVER, context=context)


@pytest.mark.parametrize(
    "kid", ["another", KEY.public_key.thumbprint], ids=["another", "its own"]
)
def test_a_name_beside_the_key_that_is_attested_chooses_nothing(kid: str) -> None:
    jwk = KEY.public_key.to_jwk() | {"kid": kid}
    assert judge({"cnf": {"jwk": jwk}}).key == KEY.public_key


def test_a_proof_that_is_too_long_is_refused_before_it_is_read() -> None:
    assert judge(NOTHING, {"more": "x" * 100})
    with pytest.raises(LimitError):
        judge(NOTHING, {"more": "x" * limits.PROOF_BYTES})


def test_another_policy_takes_no_algorithm_that_it_does_not_name() -> None:
    attestation, proof = headers()
    narrow = replace(WALLET, algorithms=frozenset({Algorithm.ES384}))
    with pytest.raises(MalformedError):
        judge_client(
            attestation, proof, audience=SERVER, context=Context(TRUST, narrow, AT)
        )
