"""What the tests of archives share: a contract, signed and kept for decades."""

from collections.abc import Iterable
from datetime import datetime
from functools import cache

from idwallet.documents import (
    DOCUMENTS,
    CAdES,
    DocumentPolicy,
    Level,
    UnverifiedDocument,
    VerifiedDocument,
)
from idwallet.report import Check, Outcome
from idwallet.roles.document_signer import (
    augment_document,
    evaluate_document,
    sign_document,
)
from idwallet.testing.archives import ArchiveScene
from idwallet.testing.document_draft import CONTRACT
from idwallet.testing.pki import TestIdentity
from idwallet.trust.anchors import TrustStore


@cache
def scene() -> ArchiveScene:
    return ArchiveScene(seed=b"idwallet TEST archives")


@cache
def stamped() -> bytes:
    """A signature of level B-T, by the first authority."""
    here = scene()
    return sign_document(
        CONTRACT,
        CAdES(level=Level.B_T),
        signer=here.signer.signer,
        certificates=here.signer.chain,
        signing_time=here.at,
        authority=here.stamping(0),
    )


def raised(
    signed: bytes,
    level: Level,
    *,
    by: int = 1,
    at: datetime | None = None,
    about: Iterable[TestIdentity] = (),
) -> bytes:
    """Augment, with an authority by its number and evidence about some."""
    here = scene()
    moment = at or here.at
    return augment_document(
        signed,
        level,
        trust=here.trust(moment, *about),
        policy=DOCUMENTS,
        at=moment,
        authority=here.stamping(by, moment),
        document=CONTRACT,
    )


@cache
def archived() -> bytes:
    """The same with an archive timestamp of the second authority."""
    return raised(stamped(), Level.B_LTA)


@cache
def renewed() -> bytes:
    """The same again, renewed in year 7 by the third authority."""
    here = scene()
    about = here.authorities[1:3]
    return raised(archived(), Level.B_LTA, by=2, at=here.years(7), about=about)


def judged(
    signed: bytes,
    at: datetime,
    *,
    trust: TrustStore,
    policy: DocumentPolicy = DOCUMENTS,
) -> VerifiedDocument | UnverifiedDocument:
    return evaluate_document(
        signed, document=CONTRACT, trust=trust, policy=policy, at=at
    )


def level_of(found: VerifiedDocument | UnverifiedDocument) -> Level:
    assert isinstance(found, VerifiedDocument)
    (signature,) = found.signatures
    return signature.level


def open_checks(found: VerifiedDocument | UnverifiedDocument) -> list[Check]:
    return [e for e in found.report.checks if e.outcome is not Outcome.PASSED]
