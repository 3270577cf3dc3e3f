"""Whatever is done to a signed document, there is a verdict, and no other document."""

from datetime import timedelta
from functools import cache

from cryptography.x509 import ReasonFlags
from hypothesis import given
from hypothesis import strategies as st

from idwallet.documents import (
    ARCHIVE,
    DOCUMENTS,
    DocumentPolicy,
    UnverifiedDocument,
    VerifiedDocument,
)
from idwallet.report import Outcome
from idwallet.roles.document_signer import evaluate_document
from idwallet.testing.document_draft import (
    CONTRACT,
    DocumentDraft,
    DocumentScene,
    document_draft,
    stamped,
)
from idwallet.testing.evidence import crls
from idwallet.testing.pki import MOMENT
from idwallet.trust.anchors import TrustStore
from idwallet.trust.evidence import CrlAtHand, EvidenceAtHand


@cache
def made() -> DocumentDraft:
    draft = document_draft(DocumentScene(seed=b"idwallet TEST laws of documents"))
    stamped(draft)
    draft.counter = lambda _: None
    draft.cms.is_detached = False
    return draft


@cache
def message() -> bytes:
    """A document with its signature, a timestamp and a counter-signature on it."""
    return made().to_bytes()


@cache
def trust() -> TrustStore:
    return made().trust()


def judged(
    octets: bytes, document: bytes | None = None
) -> VerifiedDocument | UnverifiedDocument:
    draft = made()
    return evaluate_document(
        octets, document=document, trust=trust(), policy=draft.policy, at=draft.at
    )


def test_the_message_that_is_changed_below_passes() -> None:
    found = judged(message())
    assert isinstance(found, VerifiedDocument)
    assert len(found.signatures[0].counter_signatures) == 1


@given(st.data())
def test_a_changed_octet_never_makes_another_document_or_signer(
    data: st.DataObject,
) -> None:
    octets = bytearray(message())
    place = data.draw(st.integers(0, len(octets) - 1))
    octets[place] ^= data.draw(st.integers(1, 255))
    found = judged(bytes(octets))
    if isinstance(found, VerifiedDocument):
        genuine = judged(message())
        assert isinstance(genuine, VerifiedDocument)
        assert found.content == CONTRACT
        assert found.signatures[0].name == genuine.signatures[0].name
        assert found.signatures[0].signing_time == genuine.signatures[0].signing_time


@given(st.data())
def test_octets_cut_out_or_doubled_never_raise(data: st.DataObject) -> None:
    whole = message()
    start = data.draw(st.integers(0, len(whole)))
    end = data.draw(st.integers(start, len(whole)))
    piece = whole[start:end] * data.draw(st.sampled_from([0, 2]))
    found = judged(whole[:start] + piece + whole[end:])
    if isinstance(found, VerifiedDocument):
        assert found.content == CONTRACT


@given(st.binary(max_size=100))
def test_another_document_beside_it_never_passes(other: bytes) -> None:
    found = judged(message(), other)
    assert isinstance(found, VerifiedDocument) is (other == CONTRACT)


@given(st.binary(max_size=200))
def test_noise_fails(noise: bytes) -> None:
    assert judged(noise).report.outcome is Outcome.FAILED


DAY = timedelta(days=1)
SIGNED = MOMENT - 10 * DAY


@cache
def early() -> DocumentScene:
    return DocumentScene(seed=b"idwallet TEST laws of documents", at=SIGNED)


@cache
def stamped_message(days: int, stamps: int) -> bytes:
    draft = document_draft(early())
    draft.stamped, draft.stamps = SIGNED + days * DAY, [lambda _: None] * stamps
    return draft.to_bytes()


@cache
def signer_crls(*, revoked: bool) -> tuple[CrlAtHand, ...]:
    # A revocation is dated two days before `MOMENT`.
    why = {0: ReasonFlags.key_compromise} if revoked else {}
    return crls(early().signer, revoked=why, at=MOMENT)


@given(
    st.integers(0, 9),
    st.integers(1, 2),
    st.integers(0, 2),
    st.booleans(),
    st.sampled_from([DOCUMENTS, ARCHIVE]),
    st.sampled_from([0, 5, 9]),
)
def test_removing_timestamps_or_evidence_never_yields_passed(
    days: int,
    stamps: int,
    fewer: int,
    revoked: bool,
    policy: DocumentPolicy,
    later: int,
) -> None:
    at = MOMENT + later * DAY
    about_signer = signer_crls(revoked=revoked)
    about_authority = crls_of_authority()

    def passes(stamps: int, evidence: tuple[CrlAtHand, ...]) -> bool:
        draft = document_draft(early())
        trust = draft.scene.pki.store().with_evidence(EvidenceAtHand(crls=evidence))
        found = evaluate_document(
            stamped_message(days, stamps),
            document=CONTRACT,
            trust=trust,
            policy=policy,
            at=at,
        )
        return isinstance(found, VerifiedDocument)

    less = min(fewer, stamps - 1)
    whole = about_signer + about_authority
    if not passes(stamps, whole):
        assert not passes(less, whole)
    assert not passes(less, ())
    assert not passes(stamps, about_authority)


@cache
def crls_of_authority() -> tuple[CrlAtHand, ...]:
    return crls(document_draft(early()).authority, at=MOMENT)[:1]
