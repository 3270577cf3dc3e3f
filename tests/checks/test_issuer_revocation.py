from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from idwallet import limits
from idwallet.crypto.algorithms import Algorithm
from idwallet.crypto.software import SoftwareSigner
from idwallet.errors import MalformedError
from idwallet.report import CheckId, CrlNeeded, EvidenceKind, Outcome, Reason
from idwallet.roles.presentation import evaluate_presentation
from idwallet.testing.corpus import Forgery, judge
from idwallet.testing.corpus.taken_back import (
    KNOWN,
    REVOCATION_FORGERIES,
    good_list,
    listed,
)
from idwallet.testing.draft import ABSENT, Draft
from idwallet.testing.evidence import crls, taken_at
from idwallet.trust.anchors import Purpose, TrustAnchor, TrustStore
from idwallet.trust.evidence import (
    Content,
    CrlAtHand,
    EvidenceAtHand,
    content_of,
)
from idwallet.trust.policies import FINANCE, RETAIL
from idwallet.trust.policy import Policy, RevocationRule
from tests.checks.presentations import came_to, only, scene, twins, under

ISSUER = CheckId.ISSUER_REVOCATION
DAY = timedelta(days=1)
LOOSE = replace(RETAIL, name="loose", revocation=RevocationRule.NOT_REQUIRED_ACCEPTED)


def known(**changes: object) -> Draft:
    """A presentation where CRLs by both CAs above the issuer are at hand."""
    made = under(KNOWN)
    made.evidence = EvidenceAtHand(
        crls=crls(scene().issuer_identity, **changes)  # type: ignore[arg-type]  # any
    )
    return made


def test_an_issuer_none_of_whose_certificates_is_revoked_passes() -> None:
    report = judge(known())
    check = only(report, ISSUER)
    assert came_to(check, Outcome.PASSED, Reason.NOT_REVOKED)
    assert check.fact("signed") == scene().at
    assert check.fact("until") == scene().at + DAY
    assert report.outcome is Outcome.PASSED


def test_the_verdict_says_as_of_when_each_crl_is_and_where_it_came_from() -> None:
    report = judge(known(at=scene().at - timedelta(hours=3)))
    used = [e for e in report.evidence if e.check is ISSUER]
    assert [each.kind for each in used] == [EvidenceKind.CRL] * 2
    assert {each.as_of for each in used} == {scene().at - timedelta(hours=3)}
    assert {each.origin for each in used} == {taken_at(scene().at - 3 * DAY / 24)}
    assert {each.subject for each in used} == {"pid"}


@pytest.mark.parametrize("each", REVOCATION_FORGERIES, ids=lambda e: str(e.name))
def test_what_speaks_against_the_issuer_or_is_missing_never_passes(
    each: Forgery,
) -> None:
    valid, forged = twins(each.name, ISSUER)
    assert valid.outcome is Outcome.PASSED
    assert forged.reason is each.reason
    revoked = each.reason is Reason.REVOKED
    assert forged.outcome is (Outcome.FAILED if revoked else Outcome.INDETERMINATE)


def test_what_is_unknown_names_what_would_settle_it() -> None:
    made = under(KNOWN)
    check = only(judge(made), ISSUER)
    assert came_to(check, Outcome.INDETERMINATE, Reason.UNKNOWN)
    assert check.fact("what") == "no evidence"
    assert check.needs
    assert {type(each) for each in check.needs} == {CrlNeeded}


def test_a_forged_credential_with_a_real_chain_makes_nobody_fetch() -> None:
    made = under(KNOWN)
    made.issuer_signer = SoftwareSigner.generate(Algorithm.ES256)
    report = judge(made)
    assert came_to(only(report, ISSUER), Outcome.INDETERMINATE, Reason.UNKNOWN)
    assert only(report, ISSUER).needs == ()
    assert report.missing() == ()


def test_an_issuer_nobody_trusts_is_not_looked_up() -> None:
    _, waits = twins("issuer: certificate revoked", ISSUER)
    assert waits.reason is Reason.REVOKED
    made = known()
    made.chain = scene().pki.issuer().chain[1:]
    check = only(judge(made), ISSUER)
    assert came_to(check, Outcome.INDETERMINATE, Reason.WAITING)
    assert check.fact("waits_for") == CheckId.ISSUER_TRUST.value


@pytest.mark.parametrize("policy", [RETAIL, LOOSE], ids=lambda e: str(e.name))
def test_what_a_policy_does_without_is_said(policy: Policy) -> None:
    reason = (
        Reason.UNKNOWN_ACCEPTED if policy is RETAIL else Reason.NOT_REQUIRED_ACCEPTED
    )
    report = judge(under(policy))
    assert came_to(only(report, ISSUER), Outcome.PASSED, reason)
    assert report.evidence == ()


def test_a_policy_that_needs_no_evidence_still_hears_what_is_at_hand() -> None:
    made = known(revoked={0: None})
    made.request = under(RETAIL).request
    assert came_to(only(judge(made), ISSUER), Outcome.FAILED, Reason.REVOKED)
    made = known(at=scene().at - 2 * DAY)
    made.request = under(RETAIL).request
    stale = only(judge(made), ISSUER)
    assert came_to(stale, Outcome.PASSED, Reason.UNKNOWN_ACCEPTED)
    assert stale.fact("what") == "stale"
    made = known(at=scene().at + DAY)
    made.request = under(RETAIL).request
    early = only(judge(made), ISSUER)
    assert came_to(early, Outcome.INDETERMINATE, Reason.CLOCK_BEFORE_EVIDENCE)


def _broken() -> bytes:
    raise MalformedError("a part is broken", at="bundle", clause="none")


def _changed(der: bytes) -> bytes:
    return der[:1] + b"\x83" + der[2:]


@pytest.mark.parametrize(
    ("bend", "what"),
    [
        (lambda der: der[:-5], "malformed"),
        (_changed, "malformed"),
        (lambda _: _broken, "malformed"),
    ],
    ids=["cut off", "bit flipped", "part of a bundle"],
)
def test_evidence_that_cannot_be_read_is_not_the_silence_that_a_policy_accepts(
    bend: Callable[[bytes], Content], what: str
) -> None:
    # One bit of a till's bundle would else hide that the issuer was revoked.
    pieces = crls(scene().issuer_identity, revoked={0: None})
    made = under(RETAIL)
    made.evidence = EvidenceAtHand(crls=pieces)
    assert came_to(only(judge(made), ISSUER), Outcome.FAILED, Reason.REVOKED)
    made = under(RETAIL)
    broken = [replace(each, der=bend(content_of(each.der))) for each in pieces]
    made.evidence = EvidenceAtHand(crls=broken)
    found = only(judge(made), ISSUER)
    assert came_to(found, Outcome.INDETERMINATE, Reason.UNKNOWN)
    assert found.fact("what") == what
    # Nor is it, where an older piece can be read, and is stale.
    stale = crls(scene().issuer_identity, at=scene().at - 9 * DAY)
    made = under(RETAIL)
    made.evidence = EvidenceAtHand(crls=[*broken, *stale])
    found = only(judge(made), ISSUER)
    assert came_to(found, Outcome.INDETERMINATE, Reason.UNKNOWN)


def test_a_flood_of_evidence_is_not_silence_either() -> None:
    pieces = crls(scene().issuer_identity, revoked={0: None})
    flood = [replace(pieces[0]) for _ in range(limits.CRLS)]
    made = under(RETAIL)
    made.evidence = EvidenceAtHand(crls=[*pieces, *flood])
    found = only(judge(made), ISSUER)
    assert came_to(found, Outcome.INDETERMINATE, Reason.UNKNOWN)
    assert found.fact("what") == "budget exceeded"


def test_a_policy_that_looks_at_nothing_does_not_look() -> None:
    def read() -> bytes:
        raise AssertionError("read what nobody asked for")

    made = under(LOOSE)
    made.evidence = EvidenceAtHand(
        crls=[CrlAtHand(der=read, origin=taken_at())],
    )
    check = only(judge(made), ISSUER)
    assert came_to(check, Outcome.PASSED, Reason.NOT_REQUIRED_ACCEPTED)


def test_a_pinned_key_has_no_certificate_that_could_be_revoked() -> None:
    made = under(KNOWN)
    signer = SoftwareSigner.generate(Algorithm.ES256)
    name = "https://pinned.example"
    jwk = {**signer.public_key.to_jwk(), "kid": "1"}
    pinned = TrustAnchor.from_jwks(
        {"keys": [jwk]},
        name="pinned",
        purposes=[Purpose.ISSUE_CREDENTIALS],
        issuer_names=[name],
    )
    made.issuer_signer = signer
    made.payload = {"iss": name}
    made.header = {"x5c": ABSENT, "kid": "1"}
    trust = TrustStore([*scene().trust.anchors, pinned])
    report = evaluate_presentation(
        made.response(), request=made.request, trust=trust, at=scene().at
    ).report
    assert came_to(only(report, ISSUER), Outcome.PASSED, Reason.KEY_PINNED)


def test_a_bank_lacks_only_presence_once_it_knows_issuer_and_status() -> None:
    made = under(FINANCE)
    listed(made)
    made.evidence = EvidenceAtHand(
        status_lists=[good_list(made)], crls=crls(scene().issuer_identity)
    )
    report = judge(made)
    assert {each.id for each in report.indeterminate()} == {CheckId.HOLDER_PRESENCE}
    assert report.failed() == ()
