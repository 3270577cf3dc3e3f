"""A verifier with a certificate, one with a pinned key, and a forger's tools."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest
from cryptography import x509

from idwallet.codec.json import JsonObject, JsonValue
from idwallet.credentials.query import Query
from idwallet.crypto.algorithms import Algorithm
from idwallet.crypto.software import SoftwareSigner
from idwallet.envelope.jws import sign_compact, x5c_parameter
from idwallet.profiles import HAIP_1_0
from idwallet.protocols.openid4vp import (
    ClientIdPrefix,
    RequestMessage,
    RequestObject,
    RequestVerdict,
    build_request_object,
    client_id_of,
    evaluate_request,
    formats_supported,
)
from idwallet.report import Check, CheckId
from idwallet.testing.pki import TestIdentity, TestPki
from idwallet.trust.anchors import PinnedKey, Purpose, TrustAnchor, TrustStore
from idwallet.trust.policies import WALLET
from idwallet.trust.policy import Policy

NONCE = "dGhpcyBpcyBhIG5vbmNlIG9mIDMyIGJ5dGVzIGluIGFsbA"
HOST = "rp.example.org"
HAIP = replace(WALLET, name="wallet-haip", profile=HAIP_1_0)
PINNED = "https://kiosk.example"


@dataclass(frozen=True)
class Desk:
    """One verifier and the wallet that knows it."""

    request: RequestObject
    signer: SoftwareSigner
    chain: tuple[bytes, ...]
    trust: TrustStore
    at: datetime
    policy: Policy = WALLET

    def message(self) -> RequestMessage:
        raw = build_request_object(
            self.request, signer=self.signer, certificates=self.chain
        )
        return RequestMessage(raw, self.request.client_id)

    def header(self) -> JsonObject:
        header: JsonObject = {"typ": "oauth-authz-req+jwt"}
        if self.chain:
            header["x5c"] = x5c_parameter(self.chain)
        return header

    def forge(
        self,
        change: Mapping[str, JsonValue] | None = None,
        *,
        drop: tuple[str, ...] = (),
        header: Mapping[str, JsonValue] | None = None,
        signer: SoftwareSigner | None = None,
    ) -> str:
        """Sign what no verifier of ours would."""
        claims = {**self.request.to_claims(), **(change or {})}
        for name in drop:
            del claims[name]
        return sign_compact(
            json.dumps(claims).encode(),
            header=self.header() if header is None else header,
            signer=signer or self.signer,
        )

    def judge(self, raw: str | bytes, **change: object) -> RequestVerdict:
        arguments = {"trust": self.trust, "policy": self.policy, "at": self.at}
        return evaluate_request(raw, **{**arguments, **change})  # type: ignore[arg-type]


def by_id(verdict: RequestVerdict) -> dict[CheckId, Check]:
    assert len({each.id for each in verdict.checks}) == len(verdict.checks) == 6
    assert {each.subject for each in verdict.checks} == {"request"}
    return {each.id: each for each in verdict.checks}


def named(pki: TestPki, *names: str) -> TestIdentity:
    """Certify a verifier of several DNS names."""
    general = tuple(x509.DNSName(name) for name in names)
    return pki.reader(change=lambda plan: replace(plan, alternative_names=general))


@pytest.fixture(scope="session")
def pki(at: datetime) -> TestPki:
    return TestPki(at=at)


@pytest.fixture(scope="session")
def reader(pki: TestPki) -> TestIdentity:
    return pki.reader(HOST)


QUERY = Query.from_dcql(
    {
        "credentials": [
            {
                "id": "pid",
                "format": "dc+sd-jwt",
                "meta": {"vct_values": ["urn:eudi:pid:1"]},
                "claims": [{"path": ["family_name"]}],
            }
        ]
    }
)


def request_of(client_id: str, at: datetime) -> RequestObject:
    return RequestObject(
        client_id=client_id,
        response_uri=f"https://{HOST}/answers?desk=1",
        nonce=NONCE,
        query=QUERY,
        issued=at - timedelta(minutes=1),
        expires=at + timedelta(minutes=4),
        state="a-state",
        purpose="check-in",
        formats=formats_supported(frozenset({Algorithm.ES256, Algorithm.EDDSA}), QUERY),
    )


@pytest.fixture(scope="session")
def desk(reader: TestIdentity, pki: TestPki, at: datetime) -> Desk:
    """A verifier named by the hash of its certificate."""
    client_id = client_id_of(reader.certificate, ClientIdPrefix.X509_HASH)
    request = request_of(client_id, at)
    return Desk(request, reader.signer, reader.chain, pki.store(), at)


@pytest.fixture(scope="session")
def dns_desk(reader: TestIdentity, pki: TestPki, at: datetime) -> Desk:
    """A verifier named by a DNS name of its certificate."""
    client_id = client_id_of(reader.certificate, ClientIdPrefix.X509_SAN_DNS)
    request = request_of(client_id, at)
    return Desk(request, reader.signer, reader.chain, pki.store(), at)


@pytest.fixture(scope="session")
def pinned_desk(at: datetime) -> Desk:
    """A verifier known by its key, under a name without a prefix."""
    signer = SoftwareSigner.generate(Algorithm.ES256)
    anchor = TrustAnchor(
        name="kiosk",
        purposes=frozenset({Purpose.READ_CREDENTIALS}),
        issuer_names=frozenset({PINNED}),
        keys=(PinnedKey("k1", signer.public_key),),
    )
    request = replace(request_of(PINNED, at), formats=())
    return Desk(request, signer, (), TrustStore([anchor]), at)
