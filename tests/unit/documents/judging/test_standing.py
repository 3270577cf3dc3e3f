"""Who vouched for a signer by the time that counts, and who may not do so any more."""

from dataclasses import replace
from datetime import datetime

import pytest

from idwallet.documents import DOCUMENTS, CAdES, Level
from idwallet.report import Check, CheckId, Reason
from idwallet.roles.document_signer import evaluate_document, sign_document
from idwallet.testing.archives import ArchiveScene
from idwallet.testing.authorities import Change, document_signer
from idwallet.testing.certificates import CertificatePlan
from idwallet.testing.document_draft import CONTRACT
from idwallet.testing.evidence import crls
from idwallet.testing.pki import TestIdentity
from idwallet.trust.anchors import Purpose, TrustStore
from idwallet.trust.evidence import EvidenceAtHand

SCENE = ArchiveScene(seed=b"idwallet TEST standing")


def ending(year: float) -> Change:
    def change(plan: CertificatePlan) -> CertificatePlan:
        return replace(plan, not_after=SCENE.years(year))

    return change


def certified(intermediates: int, *, cas_until: float = 60) -> TestIdentity:
    return document_signer(
        SCENE.pki,
        change=ending(1),
        ca_change=ending(cas_until),
        intermediates=intermediates,
    )


def trust(at: datetime, *who: TestIdentity, lost: datetime | None = None) -> TrustStore:
    known = {e.der: e for one in who for e in crls(one, at=at)}
    (anchor,) = SCENE.bare().anchors
    documents = frozenset({Purpose.SIGN_DOCUMENTS})
    anchors = [
        replace(anchor, purposes=documents, distrusted_after=lost),
        replace(anchor, purposes=anchor.purposes - documents),
    ]
    return TrustStore(anchors, evidence=EvidenceAtHand(crls=known.values()))


def trusted(who: TestIdentity, at: datetime, *, lost: datetime | None = None) -> Check:
    """Stamp a signature in year 0, and say how its signer stands later."""
    signed = sign_document(
        CONTRACT,
        CAdES(level=Level.B_T),
        signer=who.signer,
        certificates=who.chain,
        signing_time=SCENE.at,
        authority=SCENE.stamping(1),
    )
    found = evaluate_document(
        signed,
        document=CONTRACT,
        trust=trust(at, who, SCENE.authorities[1], lost=lost),
        policy=DOCUMENTS,
        at=at,
    )
    (check,) = (e for e in found.report.checks if e.id is CheckId.SIGNER_TRUST)
    return check


def test_the_signers_certificate_and_its_issuers_may_end() -> None:
    assert trusted(certified(1), SCENE.years(5)).reason is Reason.TRUSTED
    found = trusted(certified(1, cas_until=2), SCENE.years(5))
    assert found.reason is Reason.TRUSTED


def test_who_certified_a_ca_may_not_end_without_an_archive() -> None:
    who = certified(2, cas_until=2)
    assert trusted(who, SCENE.years(1.5)).reason is Reason.TRUSTED
    found = trusted(who, SCENE.years(5))
    assert found.reason is Reason.CERTIFICATE_EXPIRED
    assert found.fact("until") == SCENE.years(2)


@pytest.mark.parametrize(
    ("intermediates", "reason"), [(0, Reason.TRUSTED), (1, Reason.NO_TRUSTED_PATH)]
)
def test_lost_keys_may_have_certified_cas_but_no_signer_that_is_named(
    intermediates: int, reason: Reason
) -> None:
    lost = SCENE.years(1)
    found = trusted(certified(intermediates), SCENE.years(2), lost=lost)
    assert found.reason is reason
    before = trusted(certified(intermediates), SCENE.years(0.5), lost=lost)
    assert before.reason is Reason.TRUSTED
