"""The test services answer as an authority, a list and a responder would."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from cryptography.x509 import ReasonFlags

from idwallet.adapters.online import Online
from idwallet.documents import DOCUMENTS, CAdES, VerifiedDocument
from idwallet.errors import PortError, UsageError
from idwallet.ports import Wanted
from idwallet.report import GIVEN, OcspNeeded
from idwallet.roles.document_signer import evaluate_document, sign_document
from idwallet.testing.document_draft import CONTRACT
from idwallet.testing.loopback import TestServices
from idwallet.testing.pki import TestIdentity, TestPki
from idwallet.trust.evidence import EvidenceAtHand, OcspAtHand

pytestmark = pytest.mark.loopback
DAY = timedelta(days=1)


@pytest.fixture
def services() -> Iterator[TestServices]:
    with TestServices(TestPki(seed=b"idwallet TEST services")) as found:
        yield found


def answers(services: TestServices, message: bytes) -> list[bytes]:
    """Ask the responder about everybody of whom nothing is known."""
    trust = services.trust()
    open_one = evaluate_document(
        message, document=CONTRACT, trust=trust, policy=DOCUMENTS, at=services.at
    )
    asked = [e for e in open_one.report.missing() if isinstance(e, OcspNeeded)]
    with services.fetcher() as fetcher:
        return [
            fetcher.fetch(
                Wanted(
                    uri=each.uris[0],
                    origins=frozenset(each.origins),
                    accept=("application/ocsp-response",),
                    max_bytes=1 << 16,
                    signed=True,
                    post=each.request,
                    post_type="application/ocsp-request",
                )
            ).body
            for each in asked
        ]


def signed(who: TestIdentity, services: TestServices) -> bytes:
    return sign_document(
        CONTRACT,
        CAdES(),
        signer=who.signer,
        certificates=who.chain,
        signing_time=services.at,
    )


def judged_by(services: TestServices, message: bytes) -> object:
    evidence = EvidenceAtHand(
        responses=[
            OcspAtHand(der=each, nonce=None, origin=GIVEN)
            for each in answers(services, message)
        ]
    )
    return evaluate_document(
        message,
        document=CONTRACT,
        trust=services.trust().with_evidence(evidence),
        policy=DOCUMENTS,
        at=services.at,
    )


def test_the_responder_says_good_and_revoked_of_whom_it_certified(
    services: TestServices,
) -> None:
    who = services.document_signer()
    message = signed(who, services)
    assert isinstance(judged_by(services, message), VerifiedDocument)
    services.revoke(who, since=services.at - DAY, reason=ReasonFlags.superseded)
    assert not isinstance(judged_by(services, message), VerifiedDocument)


def test_a_revocation_to_come_is_not_told_before(services: TestServices) -> None:
    who = services.document_signer()
    message = signed(who, services)
    services.revoke(who, since=services.at + DAY)
    assert isinstance(judged_by(services, message), VerifiedDocument)
    services.at += 2 * DAY
    with services.fetcher() as fetcher:
        online = Online(services.trust(), fetcher=fetcher, clock=lambda: services.at)
        found = online.evaluate_document(
            message, policy=DOCUMENTS, at=services.at, document=CONTRACT
        )
    assert not isinstance(found, VerifiedDocument)


def test_where_nothing_is_nothing_is_answered(services: TestServices) -> None:
    with services.fetcher() as fetcher:
        for post in (None, b"?"):
            with pytest.raises(PortError):
                fetcher.fetch(
                    Wanted(
                        uri=f"{services.origin}/nowhere",
                        origins=frozenset({services.origin}),
                        accept=("text/plain",),
                        max_bytes=10,
                        signed=True,
                        post=post,
                        post_type="" if post is None else "text/plain",
                    )
                )


def test_addresses_are_there_while_it_listens() -> None:
    with pytest.raises(UsageError):
        _ = TestServices(TestPki()).tsa
