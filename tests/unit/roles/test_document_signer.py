"""Documents are signed and verified, whole or in pieces, by one or several."""

import io
import tracemalloc
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache

import pytest

from idwallet.codec.der import OID, SET, integer, sequence, set_of, tlv
from idwallet.crypto.algorithms import Algorithm
from idwallet.crypto.software import SoftwareSigner
from idwallet.documents import (
    ARCHIVE,
    DOCUMENTS,
    CAdES,
    Document,
    DocumentPolicy,
    Level,
    Packaging,
    UnverifiedDocument,
    VerifiedDocument,
)
from idwallet.envelope.cms import names, read_signed_data, with_unsigned
from idwallet.errors import (
    MalformedError,
    PortError,
    UsageError,
    VerificationFailed,
    VerificationIndeterminate,
)
from idwallet.report import CheckId, Reason
from idwallet.roles.document_signer import (
    DocumentSigner,
    evaluate_document,
    sign_document,
    verify_document,
)
from idwallet.testing.authorities import document_signer
from idwallet.testing.document_draft import CONTRACT, DocumentScene
from idwallet.testing.evidence import crls
from idwallet.testing.pki import TestIdentity
from idwallet.testing.tsa import TestTsa
from idwallet.trust.anchors import TrustStore
from idwallet.trust.evidence import EvidenceAtHand

PACKAGINGS = (Packaging.DETACHED, Packaging.ENVELOPING)
ENVELOPING = CAdES(packaging=Packaging.ENVELOPING)
B_T = CAdES(level=Level.B_T)


@cache
def scene() -> DocumentScene:
    return DocumentScene(seed=b"idwallet TEST signing documents")


def authority() -> TestTsa:
    return TestTsa(scene().pki, identity=scene().authority)


def signed(
    profile: CAdES = CAdES(),  # noqa: B008 - frozen
    *,
    document: Document = CONTRACT,
    who: TestIdentity | None = None,
    tsa: TestTsa | None = None,
) -> bytes:
    who = who or scene().signer
    return sign_document(
        document,
        profile,
        signer=who.signer,
        certificates=who.chain,
        signing_time=scene().at,
        authority=tsa,
    )


def trust(*identities: TestIdentity) -> TrustStore:
    everybody = (scene().signer, scene().second, scene().authority, *identities)
    at_hand = {e.der: e for who in everybody for e in crls(who, at=scene().at)}
    evidence = EvidenceAtHand(crls=at_hand.values())
    return scene().pki.store().with_evidence(evidence)


def verified(
    signature: bytes,
    document: Document | None = CONTRACT,
    *,
    store: TrustStore | None = None,
    policy: DocumentPolicy = DOCUMENTS,
) -> VerifiedDocument:
    return verify_document(
        signature,
        document=document,
        trust=store or trust(),
        policy=policy,
        at=scene().at,
    )


def test_a_detached_signature_is_verified_beside_its_document() -> None:
    found = verified(signed())
    (signature,) = found.signatures
    assert signature.name == scene().signer.certificate.shown
    assert signature.certificate == scene().signer.certificate.sha256.hex()
    assert signature.anchor == "idwallet TEST root"
    assert (signature.signing_time, signature.level) == (scene().at, Level.B_B)
    assert not signature.timestamped
    assert found.content is None


def test_an_enveloping_signature_brings_its_document() -> None:
    found = verified(signed(ENVELOPING), None)
    assert found.content == CONTRACT
    assert "Contract" not in repr(found)
    assert CONTRACT.hex() not in repr(found)
    assert verified(signed(ENVELOPING), CONTRACT).content == CONTRACT


def test_a_timestamp_is_asked_for_and_put_on_the_signature() -> None:
    tsa = authority()
    (signature,) = verified(signed(B_T, tsa=tsa), policy=ARCHIVE).signatures
    assert len(tsa.requests) == 1
    assert CONTRACT not in tsa.requests[0]
    assert (signature.timestamped, signature.level) == (True, Level.B_T)
    assert signature.best_signature_time == scene().at


@pytest.mark.parametrize("algorithm", Algorithm)
def test_every_algorithm_signs_documents(algorithm: Algorithm) -> None:
    who = document_signer(scene().pki, algorithm=algorithm)
    every = replace(DOCUMENTS, name="every", algorithms=frozenset(Algorithm))
    store = trust(who)
    verified(signed(who=who), store=store, policy=every)
    if algorithm not in DOCUMENTS.algorithms:
        with pytest.raises(VerificationIndeterminate):
            verified(signed(who=who), store=store)


def test_streams_are_signed_and_verified_in_pieces() -> None:
    content = bytes(3_000_000)
    signature = signed(document=io.BytesIO(content))
    verified(signature, io.BytesIO(content))
    with pytest.raises(VerificationFailed):
        verified(signature, io.BytesIO(content + b"\0"))


class Zeros:
    """A stream of so many octets that nobody holds."""

    def __init__(self, size: int) -> None:
        self._left = size

    def read(self, size: int, /) -> bytes:
        taken = min(size, self._left)
        self._left -= taken
        return bytes(taken)


def test_memory_stays_flat_however_long_a_document_is() -> None:
    size = 100_000_000
    signed()  # what is loaded once is no part of it
    tracemalloc.start()
    try:
        signature = signed(document=Zeros(size))
        verified(signature, Zeros(size))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 8_000_000


def test_many_documents_are_signed_with_parts_prepared_once() -> None:
    who = scene().signer
    prepared = DocumentSigner(CAdES(), signer=who.signer, certificates=who.chain_pem)
    for n in range(3):
        document = CONTRACT + bytes([n])
        signature = prepared.sign(document, signing_time=scene().at)
        verified(signature, document)
        with pytest.raises(VerificationFailed):
            verified(signature, CONTRACT)


def prepared(who: TestIdentity, profile: CAdES = ENVELOPING) -> DocumentSigner:
    return DocumentSigner(profile, signer=who.signer, certificates=who.chain)


@pytest.mark.parametrize("packaging", PACKAGINGS)
def test_several_people_sign_one_document_and_all_count(packaging: Packaging) -> None:
    profile = CAdES(packaging=packaging)
    brought = CONTRACT if packaging is Packaging.DETACHED else None
    one, two = scene().signer, document_signer(scene().pki, algorithm=Algorithm.ES384)
    first = prepared(one, profile).sign(CONTRACT, signing_time=scene().at)
    both = prepared(two, profile).sign(
        io.BytesIO(CONTRACT), signing_time=scene().at, beside=first
    )
    found = verified(both, brought, store=trust(two))
    signers = [each.name for each in found.signatures]
    assert signers == [one.certificate.shown, two.certificate.shown]
    stranger = document_signer(DocumentScene().pki)
    third = prepared(stranger, profile).sign(
        CONTRACT, signing_time=scene().at, beside=both
    )
    with pytest.raises(VerificationIndeterminate) as caught:
        verified(third, brought, store=trust(two))
    open_ones = {each.subject for each in caught.value.report.indeterminate()}
    assert open_ones == {"signature[2]"}


@pytest.mark.parametrize("packaging", PACKAGINGS)
def test_nobody_signs_beside_a_signature_on_another_document(
    packaging: Packaging,
) -> None:
    profile = CAdES(packaging=packaging)
    second = prepared(scene().second, profile)
    other = prepared(scene().signer, profile).sign(b"other", signing_time=scene().at)
    with pytest.raises(UsageError):
        second.sign(CONTRACT, signing_time=scene().at, beside=other)
    packed = {*PACKAGINGS} - {packaging}
    another = prepared(scene().signer, CAdES(packaging=packed.pop()))
    same = another.sign(CONTRACT, signing_time=scene().at)
    with pytest.raises(UsageError):
        second.sign(CONTRACT, signing_time=scene().at, beside=same)
    with pytest.raises(MalformedError):
        second.sign(CONTRACT, signing_time=scene().at, beside=b"junk")


def test_a_signature_is_signed_and_both_are_judged() -> None:
    first = signed(ENVELOPING)
    witness = prepared(scene().second)
    seen = witness.counter_sign(first, signing_time=scene().at)
    (signature,) = verified(seen, None).signatures
    (counter,) = signature.counter_signatures
    assert counter.name == scene().second.certificate.shown
    assert counter.signing_time == scene().at
    again = prepared(scene().signer).counter_sign(seen, signing_time=scene().at)
    (signature,) = verified(again, None).signatures
    assert len(signature.counter_signatures) == 2


def test_a_counter_signature_is_stamped_at_a_level_that_has_timestamps() -> None:
    first = signed(B_T, tsa=authority())
    plain = prepared(scene().second).counter_sign(first, signing_time=scene().at)
    with pytest.raises(VerificationIndeterminate):
        verified(plain, policy=ARCHIVE)
    who = scene().second
    witness = DocumentSigner(
        B_T, signer=who.signer, certificates=who.chain, authority=authority()
    )
    seen = witness.counter_sign(first, signing_time=scene().at)
    (signature,) = verified(seen, policy=ARCHIVE).signatures
    assert signature.counter_signatures[0].timestamped


def test_a_counter_signature_holds_for_the_signature_it_is_on_alone() -> None:
    one, two = signed(ENVELOPING), signed(ENVELOPING)
    seen = read_signed_data(
        prepared(scene().second).counter_sign(one, signing_time=scene().at), at="x"
    )
    moved = with_unsigned(
        read_signed_data(two, at="x"),
        0,
        attributes=[each.der for each in seen.signers[0].unsigned],
        certificates=seen.certificates,
    )
    with pytest.raises(VerificationFailed) as caught:
        verified(moved, None)
    (failed,) = caught.value.report.failed()
    assert (failed.id, failed.subject) == (
        CheckId.DOCUMENT_INTEGRITY,
        "signature[0].counter[0]",
    )


def test_there_must_be_a_signature_to_sign() -> None:
    witness = prepared(scene().second)
    for number in (-1, 1):
        with pytest.raises(UsageError):
            witness.counter_sign(signed(), signing_time=scene().at, number=number)
    with pytest.raises(MalformedError):
        witness.counter_sign(b"junk", signing_time=scene().at)


def test_evidence_that_came_in_the_message_is_heeded() -> None:
    plain = read_signed_data(signed(ENVELOPING), at="x")
    assert not plain.crls
    inside = [e.der for e in crls(scene().signer, at=scene().at)]
    message = sequence(
        tlv(OID, names.SIGNED_DATA),
        tlv(
            0xA0,
            sequence(
                integer(1),
                set_of(*plain.parts.digests),
                plain.parts.encapsulated,
                tlv(0xA0, *plain.parts.certificates),
                tlv(0xA1, *(e for e in inside if isinstance(e, bytes))),
                tlv(SET, *(each.der for each in plain.signers)),
            ),
        ),
    )
    bare = scene().pki.store()
    report = verified(message, None, store=bare).report
    assert {each.origin.source for each in report.evidence} == {"document"}
    with pytest.raises(VerificationIndeterminate):
        verified(signed(ENVELOPING), None, store=bare)


def test_a_verdict_says_which_way_it_is_no_pass() -> None:
    with pytest.raises(VerificationFailed) as failed:
        verified(signed(), b"another document")
    reasons = {each.id: each.reason for each in failed.value.report.failed()}
    assert reasons == {CheckId.DOCUMENT_INTEGRITY: Reason.INTEGRITY_MISMATCH}
    with pytest.raises(VerificationIndeterminate):
        verified(signed(), None)
    found = evaluate_document(
        signed(), trust=trust(), policy=DOCUMENTS, at=scene().at, document=None
    )
    assert isinstance(found, UnverifiedDocument)


def test_what_the_calling_program_gets_wrong_is_told_at_once() -> None:
    who, other = scene().signer, SoftwareSigner.generate(Algorithm.ES256)
    for wrong in (
        lambda: DocumentSigner(CAdES(), signer=other, certificates=who.chain),
        lambda: DocumentSigner(CAdES(), signer=who.signer, certificates=()),
        lambda: DocumentSigner(B_T, signer=who.signer, certificates=who.chain),
        lambda: signed(tsa=authority()),
        lambda: evaluate_document(
            signed(),
            trust=trust(),
            policy="documents",  # type: ignore[arg-type]  # a mistake
            at=scene().at,
        ),
        lambda: evaluate_document(
            signed(),
            trust=trust(),
            policy=DOCUMENTS,
            at=datetime(2026, 11, 24),  # noqa: DTZ001 - a mistake
        ),
    ):
        with pytest.raises(UsageError):
            wrong()
    with pytest.raises(UsageError):
        DocumentSigner(CAdES(), signer=who.signer, certificates=who.chain).sign(
            CONTRACT,
            signing_time=datetime(2026, 11, 24),  # noqa: DTZ001 - a mistake
        )


def test_an_authority_that_refuses_or_answers_something_else_is_told() -> None:
    refusing = TestTsa(scene().pki, identity=scene().authority, refuses=True)
    with pytest.raises(PortError):
        signed(B_T, tsa=refusing)
    other = TestTsa(
        scene().pki,
        identity=scene().authority,
        change=lambda made: setattr(made, "nonce", 7),
    )
    with pytest.raises(MalformedError):
        signed(B_T, tsa=other)


def test_a_clock_that_is_wrong_proves_nothing() -> None:
    early = scene().at - timedelta(days=1)
    judged = evaluate_document(
        signed(), document=CONTRACT, trust=trust(), policy=DOCUMENTS, at=early
    )
    assert isinstance(judged, UnverifiedDocument)


@pytest.mark.parametrize("level", [Level.B_LT, Level.B_LTA])
def test_a_level_that_needs_evidence_is_not_signed_at_once(level: Level) -> None:
    with pytest.raises(UsageError, match="level"):
        prepared(scene().signer, CAdES(level=level))
