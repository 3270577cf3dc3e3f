"""A PDF file that is archived, and renewed in time, stands for decades."""

from datetime import datetime
from functools import cache

from idwallet.documents import (
    ARCHIVE,
    Level,
    PAdES,
    UnverifiedDocument,
    VerifiedDocument,
)
from idwallet.report import CheckId, Reason
from idwallet.roles.document_signer import (
    augment_document,
    evaluate_document,
    sign_document,
)
from idwallet.testing.archives import ArchiveScene
from idwallet.testing.pki import TestIdentity
from tests.unit.documents.pades.papers import table


@cache
def scene() -> ArchiveScene:
    return ArchiveScene()


@cache
def archived() -> bytes:
    here = scene()
    signed = sign_document(
        table(),
        PAdES(level=Level.B_T),
        signer=here.signer.signer,
        certificates=here.signer.chain,
        signing_time=here.at,
        authority=here.stamping(0),
    )
    return augment_document(
        signed,
        Level.B_LTA,
        authority=here.stamping(1),
        trust=here.trust(here.at),
        policy=ARCHIVE,
        at=here.at,
    )


@cache
def renewed() -> bytes:
    here = scene()
    at = here.years(7)
    return augment_document(
        archived(),
        Level.B_LTA,
        authority=here.stamping(2, at),
        trust=here.trust(at, *here.authorities[1:3]),
        policy=ARCHIVE,
        at=at,
    )


def judged(
    kept: bytes, at: datetime, *about: TestIdentity
) -> VerifiedDocument | UnverifiedDocument:
    return evaluate_document(
        kept, trust=scene().trust(at, *about), policy=ARCHIVE, at=at
    )


def test_an_archive_stands_when_the_signer_and_the_first_authority_ended() -> None:
    here = scene()
    found = judged(archived(), here.years(7), here.authorities[1])
    assert isinstance(found, VerifiedDocument)
    (signature,) = found.signatures
    assert (signature.level, signature.best_signature_time) == (Level.B_LTA, here.at)


def test_it_falls_when_nobody_renewed_it_and_stands_when_somebody_did() -> None:
    here = scene()
    at, last = here.years(15), here.authorities[2]
    late = judged(archived(), at, last)
    assert isinstance(late, UnverifiedDocument)
    assert (CheckId.TIMESTAMP_TRUST, Reason.CERTIFICATE_EXPIRED) in {
        (each.id, each.reason) for each in late.report.checks
    }
    found = judged(renewed(), at, last)
    assert isinstance(found, VerifiedDocument)
    assert found.signatures[0].best_signature_time == here.at
    assert renewed().startswith(archived())
