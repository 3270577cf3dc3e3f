from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography.x509 import ReasonFlags

from idwallet.crypto.algorithms import Algorithm
from idwallet.documents import (
    ARCHIVE,
    DOCUMENTS,
    Level,
    UnverifiedDocument,
    VerifiedDocument,
)
from idwallet.report import CheckId, Outcome, Reason
from idwallet.testing.evidence import crls
from idwallet.trust.evidence import EvidenceAtHand
from tests.unit.documents.archives import (
    archived,
    judged,
    level_of,
    open_checks,
    renewed,
    scene,
    stamped,
)

STAMP = CheckId.TIMESTAMP_TRUST
DAY = timedelta(days=1)


def test_an_archive_outlives_the_signers_and_the_first_authoritys_certificates() -> (
    None
):
    here = scene()
    at = here.years(7)
    found = judged(archived(), at, trust=here.trust(at, here.authorities[1]))
    assert isinstance(found, VerifiedDocument)
    (signature,) = found.signatures
    assert signature.level is Level.B_LTA
    assert (signature.best_signature_time, signature.timestamped) == (here.at, True)


def test_without_the_archive_timestamp_the_same_is_undecided() -> None:
    here = scene()
    at = here.years(7)
    found = judged(stamped(), at, trust=here.trust(at))
    assert found.report.outcome is Outcome.INDETERMINATE


def test_a_renewed_archive_outlives_the_authority_of_the_archive_before() -> None:
    here = scene()
    at = here.years(17)
    trust = here.trust(at, here.authorities[2])
    assert level_of(judged(renewed(), at, trust=trust)) is Level.B_LTA
    # Nobody renewed the other one in time.
    late = judged(archived(), at, trust=here.trust(at))
    first = next(e for e in open_checks(late) if e.subject.endswith("archive[0]"))
    assert (first.id, first.reason) == (STAMP, Reason.CERTIFICATE_EXPIRED)


def test_the_newest_archive_timestamp_is_judged_as_of_now() -> None:
    here = scene()
    at = here.years(7)
    found = judged(archived(), at, trust=here.bare())
    newest = [e for e in open_checks(found) if e.subject == "signature[0].archive[0]"]
    assert [each.reason for each in newest] == [Reason.STALE]
    assert newest[0].needs


@pytest.mark.parametrize(
    ("who", "check"), [("signer", CheckId.SIGNER_REVOCATION), ("authority", STAMP)]
)
def test_what_is_known_today_to_be_revoked_before_is_never_passed_over(
    who: str, check: CheckId
) -> None:
    here = scene()
    at = here.at + 5 * DAY
    identity = here.signer if who == "signer" else here.authorities[0]
    listed = crls(identity, revoked={0: ReasonFlags.key_compromise}, at=at)
    newest = here.trust(at, here.authorities[1])
    known = EvidenceAtHand(crls=listed)
    trust = newest.with_evidence(newest.evidence.plus(known))
    found = judged(archived(), at, trust=trust)
    assert (check, Reason.REVOKED) in {(e.id, e.reason) for e in open_checks(found)}


def test_what_was_revoked_after_the_archive_timestamp_undoes_nothing() -> None:
    here = scene()
    at = here.years(1)
    identity = here.authorities[0]
    plans = crls(identity, revoked={0: ReasonFlags.key_compromise}, at=at)
    newest = here.trust(at, here.authorities[1])
    known = newest.evidence.plus(EvidenceAtHand(crls=plans))
    late = replace(DOCUMENTS, name="late")
    # The entry is of two days before MOMENT: it undoes; moved, it does not.
    found = judged(archived(), at, trust=newest.with_evidence(known), policy=late)
    assert isinstance(found, UnverifiedDocument)
    moved = crls(
        identity,
        revoked={0: ReasonFlags.key_compromise},
        at=at,
        since=here.at + 10 * DAY,
    )
    known = newest.evidence.plus(EvidenceAtHand(crls=moved))
    fine = judged(archived(), at, trust=newest.with_evidence(known), policy=late)
    assert level_of(fine) is Level.B_LTA


def test_an_algorithm_that_ended_counts_for_what_is_proven_older() -> None:
    here = scene()
    at = here.years(7)
    ended = here.years(5)
    policy = replace(DOCUMENTS, name="dated", algorithm_until={Algorithm.ES256: ended})
    trust = here.trust(at, here.authorities[1])
    # Everything here is of ES256, the newest timestamp too.
    assert isinstance(
        judged(archived(), at, trust=trust, policy=policy), UnverifiedDocument
    )
    later = replace(
        DOCUMENTS, name="dated", algorithm_until={Algorithm.ES256: here.years(8)}
    )
    assert isinstance(
        judged(archived(), at, trust=trust, policy=later), VerifiedDocument
    )


def test_a_policy_that_wants_a_timestamp_takes_an_archive_timestamp_for_one() -> None:
    here = scene()
    found = judged(archived(), here.at, trust=here.trust(here.at), policy=ARCHIVE)
    assert level_of(found) is Level.B_LTA
