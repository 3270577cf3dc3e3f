"""JAdES signatures of ours verify elsewhere as JSON Web Signatures, and theirs here."""

import hashlib
import json
from functools import cache

import pytest
from jwcrypto.jwk import JWK
from jwcrypto.jws import JWS, InvalidJWSSignature, JWSHeaderRegistry

from idwallet.codec import b64
from idwallet.codec.json import JsonObject, JsonValue
from idwallet.crypto.algorithms import Algorithm
from idwallet.documents import (
    DOCUMENTS,
    JAdES,
    Packaging,
    Serialisation,
    VerifiedDocument,
)
from idwallet.documents.model import Documents
from idwallet.envelope.jws import x5c_parameter
from idwallet.roles.document_signer import DocumentSigner, evaluate_document
from idwallet.testing.authorities import document_signer
from idwallet.testing.document_draft import CONTRACT, DocumentScene
from idwallet.testing.evidence import crls
from idwallet.testing.pki import TestIdentity
from idwallet.trust.evidence import EvidenceAtHand
from tests.interop.peers import NodePeer, Refused

COMPACT = Serialisation.COMPACT
INSIDE = Packaging.ENVELOPING
WAYS: tuple[tuple[JAdES, Documents, bytes | None], ...] = (
    # How it is signed, what is signed, and what travels apart of the JWS.
    (JAdES(serialisation=COMPACT, packaging=INSIDE), CONTRACT, None),
    (JAdES(serialisation=COMPACT), CONTRACT, CONTRACT),
    (JAdES(serialisation=COMPACT), {"contract.txt": CONTRACT}, b""),
    (JAdES(packaging=INSIDE), CONTRACT, None),
    (JAdES(), CONTRACT, CONTRACT),
    (JAdES(), {"contract.txt": CONTRACT}, b""),
)
ALGORITHMS = (Algorithm.ES256, Algorithm.EDDSA, Algorithm.PS256)


@cache
def scene() -> DocumentScene:
    return DocumentScene(seed=b"idwallet TEST JAdES with peers")


@cache
def who(algorithm: Algorithm) -> TestIdentity:
    return document_signer(scene().pki, algorithm=algorithm)


def signed(profile: JAdES, documents: Documents, by: TestIdentity) -> bytes:
    made = DocumentSigner(profile, signer=by.signer, certificates=by.chain)
    return made.sign(documents, signing_time=scene().at)


def public(by: TestIdentity) -> JsonObject:
    return dict(by.signer.public_key.to_jwk())


def by_jwcrypto(jws: bytes, apart: bytes | None, by: TestIdentity) -> bytes:
    registry = {"sigD": JWSHeaderRegistry["alg"]._replace(mustprotect=True)}
    token = JWS(header_registry=registry)
    token.allowed_algs = [by.signer.algorithm.jose]
    token.deserialize(jws.decode())
    key = JWK(**public(by))
    token.verify(key, detached_payload=apart)
    return apart if apart is not None else bytes(token.payload)


@pytest.mark.parametrize("algorithm", ALGORITHMS, ids=repr)
@pytest.mark.parametrize("way", WAYS, ids=repr)
def test_jwcrypto_verifies_what_is_signed_here(
    way: tuple[JAdES, Documents, bytes | None], algorithm: Algorithm
) -> None:
    profile, documents, apart = way
    by = who(algorithm)
    jws = signed(profile, documents, by)
    assert by_jwcrypto(jws, apart, by) == (CONTRACT if apart is None else apart)
    other = CONTRACT + b"."
    if apart is not None:
        with pytest.raises(InvalidJWSSignature):
            by_jwcrypto(jws, other, by)


@pytest.mark.parametrize("algorithm", ALGORITHMS, ids=repr)
@pytest.mark.parametrize("way", WAYS, ids=repr)
def test_node_verifies_what_is_signed_here(
    way: tuple[JAdES, Documents, bytes | None],
    algorithm: Algorithm,
    node_peer: NodePeer,
) -> None:
    profile, documents, apart = way
    by = who(algorithm)
    jws = signed(profile, documents, by)

    def verify(detached: bytes | None) -> JsonValue:
        return node_peer.ask(
            "verifyJws",
            jws=jws.decode() if profile.serialisation is COMPACT else json.loads(jws),
            key=public(by),
            alg=algorithm.jose,
            detached=None if detached is None else b64.encode(detached),
            understood=["sigD"],
        )

    found = verify(apart)
    assert found == b64.encode(CONTRACT if apart is None else apart)
    if apart is not None:
        with pytest.raises(Refused):
            verify(CONTRACT + b".")


def header(by: TestIdentity) -> JsonObject:
    return {
        "alg": by.signer.algorithm.jose,
        "x5t#S256": b64.encode(hashlib.sha256(by.chain[0]).digest()),
        "x5c": x5c_parameter(by.chain),
        "iat": int(scene().at.timestamp()),
    }


def private(by: TestIdentity) -> JsonObject:
    pem = by.signer.to_encrypted_pem(b"a test passphrase").encode()
    key = JWK.from_pem(pem, password=b"a test passphrase")
    found: JsonObject = json.loads(key.export_private())
    return {name: value for name, value in found.items() if name != "kid"}


def passes(jws: bytes, by: TestIdentity) -> None:
    found = EvidenceAtHand(crls=crls(by, at=scene().at))
    trust = scene().pki.store().with_evidence(found)
    verified = evaluate_document(jws, trust=trust, policy=DOCUMENTS, at=scene().at)
    assert isinstance(verified, VerifiedDocument), verified.report.failed()
    assert verified.content == CONTRACT


@pytest.mark.parametrize("compact", [True, False], ids=["compact", "json"])
@pytest.mark.parametrize("algorithm", ALGORITHMS, ids=repr)
def test_what_jwcrypto_signs_verifies_here(
    algorithm: Algorithm,
    compact: bool,
) -> None:
    by = who(algorithm)
    token = JWS(CONTRACT)
    token.add_signature(JWK(**private(by)), protected=json.dumps(header(by)))
    passes(token.serialize(compact=compact).encode(), by)


@pytest.mark.parametrize("form", ["compact", "flattened"])
@pytest.mark.parametrize("algorithm", ALGORITHMS, ids=repr)
def test_what_node_signs_verifies_here(
    algorithm: Algorithm, form: str, node_peer: NodePeer
) -> None:
    by = who(algorithm)
    made = node_peer.ask(
        "signJws",
        payload=b64.encode(CONTRACT),
        protectedHeader=header(by),
        key=private(by),
        alg=algorithm.jose,
        form=form,
    )
    jws = made if isinstance(made, str) else json.dumps(made)
    passes(jws.encode(), by)
