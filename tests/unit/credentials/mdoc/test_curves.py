"""Every curve of ISO/IEC 18013-5 (9.1.2.4, 9.1.3), for signers and for devices."""

import pickle
from dataclasses import replace
from typing import Final

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from idwallet.codec.cbor import read_cbor, write_cbor
from idwallet.credentials.mdoc.binding import Session
from idwallet.credentials.mdoc.members import CborMap, a_list
from idwallet.credentials.mdoc.structures import read_device_response
from idwallet.crypto.agreement import EphemeralKey
from idwallet.crypto.algorithms import COSE_ONLY, DEFAULT_ALGORITHMS, Algorithm
from idwallet.crypto.keys import PublicKey
from idwallet.crypto.software import SoftwareSigner
from idwallet.envelope.jws import sign_compact
from idwallet.errors import MalformedError, UnsupportedError
from idwallet.report import CheckId, Outcome, Reason
from idwallet.testing.mdoc import MdocDraft, MdocScene, judge, mdoc_draft

CURVES: Final = (
    Algorithm.ES256,
    Algorithm.ES384,
    Algorithm.ES512,
    Algorithm.EDDSA,
    *sorted(COSE_ONLY, key=lambda each: each.cose),
)
BRAINPOOL: Final = {
    Algorithm.ESB256: ("brainpoolP256r1", 256, -7),
    Algorithm.ESB384: ("brainpoolP384r1", 258, -35),
    Algorithm.ESB512: ("brainpoolP512r1", 259, -36),
}


def showing(
    signer: Algorithm = Algorithm.ES256, device: Algorithm = Algorithm.ES256
) -> MdocDraft:
    scene = MdocScene()
    scene.device = SoftwareSigner.generate(device)
    scene.signer = replace_algorithm(scene, signer)
    return mdoc_draft(scene)


def replace_algorithm(scene: MdocScene, algorithm: Algorithm):  # type: ignore[no-untyped-def]
    from idwallet.testing.mdoc.draft import document_signer

    return scene.pki.issuer(
        intermediates=0, change=document_signer, algorithm=algorithm
    )


def outcome(made: MdocDraft) -> Outcome:
    return judge(made).outcome


def reasons(made: MdocDraft) -> set[tuple[CheckId, Reason]]:
    return {(each.id, each.reason) for each in judge(made).failed()}


@pytest.mark.parametrize("algorithm", CURVES)
def test_a_signer_on_any_curve_is_believed_and_one_bit_is_noticed(
    algorithm: Algorithm,
) -> None:
    made = showing(signer=algorithm)
    assert outcome(made) is Outcome.PASSED

    def flip(issued: CborMap) -> None:
        auth = a_list(issued["issuerAuth"], at="")
        signature = auth[3]
        assert isinstance(signature, bytes)
        auth[3] = signature[:-1] + bytes([signature[-1] ^ 1])

    made.on_issued = flip
    assert reasons(made) == {(CheckId.ISSUER_SIGNATURE, Reason.INVALID)}


@pytest.mark.parametrize("algorithm", CURVES)
def test_a_device_on_any_curve_proves_itself_and_for_its_conversation_only(
    algorithm: Algorithm,
) -> None:
    made = showing(device=algorithm)
    assert outcome(made) is Outcome.PASSED
    made.signed_for = replace(made.signed_for, nonce="another")
    assert reasons(made) == {(CheckId.HOLDER_BINDING, Reason.INVALID)}


@pytest.mark.parametrize("algorithm", [each for each in CURVES if each.prehash])
def test_a_mac_is_agreed_on_each_curve_that_agrees(algorithm: Algorithm) -> None:
    made = showing(device=algorithm)
    native = made.bound.public_key.native
    assert isinstance(native, ec.EllipticCurvePublicKey)
    reader = EphemeralKey(ec.generate_private_key(native.curve))
    made.reader, made.is_mac = reader, True
    made.session = Session(made.session.handover, reader)
    assert outcome(made) is Outcome.PASSED
    made.reader = EphemeralKey(ec.generate_private_key(native.curve))
    assert reasons(made) == {(CheckId.HOLDER_BINDING, Reason.INVALID)}


def named(made: MdocDraft, number: int) -> None:
    """Name the algorithm of the device by that number, under its signature."""
    from idwallet.credentials.mdoc.transcript import device_authentication
    from idwallet.envelope.cose.structures import signing_input

    def rename(document: CborMap) -> None:
        signed = document["deviceSigned"]
        assert isinstance(signed, dict)
        auth = signed["deviceAuth"]
        assert isinstance(auth, dict)
        protected = write_cbor({1: number})
        covered = device_authentication(
            made.signed_for.transcript(),
            doc_type=made.content.doc_type,
            namespaces=write_cbor({}),
        )
        message = signing_input(protected, external_aad=b"", payload=covered)
        auth["deviceSignature"] = [protected, {}, None, made.signed_by.sign(message)]

    made.on_document = rename


@pytest.mark.parametrize("algorithm", BRAINPOOL)
def test_a_brainpool_curve_goes_by_its_own_number_and_by_the_older_one(
    algorithm: Algorithm,
) -> None:
    older = BRAINPOOL[algorithm][2]
    for number in (algorithm.cose, older):
        made = showing(device=algorithm)
        named(made, number)
        assert outcome(made) is Outcome.PASSED, number


@pytest.mark.parametrize("number", [-265, -267, -268, -35, -36])
def test_a_number_of_another_curve_is_not_taken(number: int) -> None:
    made = showing(device=Algorithm.ES256)
    named(made, -7)
    assert outcome(made) is Outcome.PASSED
    named(made, number)
    assert reasons(made) == {(CheckId.HOLDER_BINDING, Reason.KEY_UNUSABLE)}


def test_a_policy_that_does_not_name_a_curve_does_not_take_it_by_the_older_number() -> (
    None
):
    made = showing(device=Algorithm.ESB256)
    named(made, -7)
    made.policy = replace(made.policy, algorithms=DEFAULT_ALGORITHMS)
    assert (CheckId.HOLDER_BINDING, Reason.ALGORITHM_NOT_ALLOWED) in reasons(made)


@pytest.mark.parametrize("algorithm", BRAINPOOL)
def test_documents_name_the_curve_by_its_key_as_the_first_edition_does(
    algorithm: Algorithm,
) -> None:
    from datetime import timedelta

    from idwallet.codec import b64
    from idwallet.credentials.mdoc.present import (
        Showing,
        device_response,
        signed_document,
    )
    from idwallet.credentials.mdoc.structures import read_issuer_signed
    from idwallet.credentials.possession import HolderKey
    from idwallet.roles.issuer import Issuer
    from idwallet.testing.mdoc import NAMESPACE

    made = showing(signer=algorithm, device=algorithm)
    identity = made.identity
    raw = (
        Issuer(signer=identity.signer, certificates=identity.chain)
        .issue(
            made.content,
            holder_key=HolderKey.unproven(made.bound.public_key, reason="a test"),
            valid_until=made.at + timedelta(days=3),
            at=made.at,
        )
        .raw
    )
    issued = read_issuer_signed(b64.decode(raw, at=""), at="")
    older = BRAINPOOL[algorithm][2]
    assert issued.auth.header.algorithm == older
    shown = signed_document(
        Showing(issued, {NAMESPACE: ["family_name"]}),
        signer=made.bound,
        handover=made.signed_for,
    )
    data = device_response([shown])
    (document,) = read_device_response(data, at="").documents
    proof = document.device_signed.read_signature(b"", at="")
    assert proof.header.algorithm == older
    made.on_octets = lambda _: data
    assert outcome(made) is Outcome.PASSED


@pytest.mark.parametrize("algorithm", BRAINPOOL)
def test_a_brainpool_key_travels_as_cose_and_as_der_and_not_as_jwk(
    algorithm: Algorithm,
) -> None:
    key = SoftwareSigner.generate(algorithm).public_key
    name, number, _ = BRAINPOOL[algorithm]
    assert key.kind.name == name
    written = key.to_cose()
    assert written[-1] == number
    assert PublicKey.from_cose(written, at="") == key
    held = read_cbor(write_cbor({**written}), at="")  # type: ignore[arg-type]
    assert isinstance(held, dict)
    y = written[-3]
    assert isinstance(y, bytes)
    compressed: CborMap = {**held, -3: bool(y[-1] & 1)}
    assert PublicKey.from_cose(compressed, at="") == key
    assert PublicKey.from_spki(key.spki, at="") == key
    assert pickle.loads(pickle.dumps(key)) == key
    assert len(key.thumbprint) == 43
    with pytest.raises(UnsupportedError, match=f"{name} has no name in JWK"):
        key.to_jwk()
    jwk = {"kty": "EC", "crv": name, "x": "AA", "y": "AA"}
    with pytest.raises(UnsupportedError):
        PublicKey.from_jwk(jwk, at="")


@pytest.mark.parametrize("algorithm", BRAINPOOL)
def test_no_jws_is_signed_on_a_brainpool_curve(algorithm: Algorithm) -> None:
    signer = SoftwareSigner.generate(algorithm)
    with pytest.raises(UnsupportedError, match=f"{algorithm.jose} has no name in JOSE"):
        sign_compact(b"{}", signer=signer, header={})


@pytest.mark.parametrize(
    ("curve", "name"),
    [
        (4, "X25519"),
        (5, "X448"),
        (7, "Ed448"),
        (8, "secp256k1"),
        (257, "brainpoolP320r1"),
    ],
)
def test_a_curve_that_nothing_here_verifies_on_is_refused_by_name(
    curve: int, name: str
) -> None:
    for kty in (1, 2):
        key: CborMap = {1: kty, -1: curve, -2: bytes(40), -3: bytes(40)}
        with pytest.raises(UnsupportedError, match=name):
            PublicKey.from_cose(key, at="deviceKey")


def test_a_point_off_its_brainpool_curve_is_no_key() -> None:
    key: CborMap = {1: 2, -1: 256, -2: bytes(32), -3: bytes(31) + b"\1"}
    with pytest.raises(MalformedError, match="point"):
        PublicKey.from_cose(key, at="deviceKey")
