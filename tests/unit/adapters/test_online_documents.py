"""Documents are verified and augmented with what a server on this machine answers."""

import asyncio
import io
from collections.abc import Iterator
from datetime import timedelta

import pytest

from idwallet.adapters.online import Online
from idwallet.adapters.tsa import WebTimestampAuthority
from idwallet.documents import ARCHIVE, DOCUMENTS, CAdES, Level, VerifiedDocument
from idwallet.errors import UsageError, VerificationFailed, VerificationIndeterminate
from idwallet.report import CheckId, Reason
from idwallet.roles.document_signer import (
    DocumentSigner,
    evaluate_document,
    sign_document,
)
from idwallet.testing.document_draft import CONTRACT
from idwallet.testing.loopback import TestServices
from idwallet.testing.pki import TestIdentity, TestPki
from idwallet.trust.anchors import TrustStore

pytestmark = pytest.mark.loopback
SEED = b"idwallet TEST services"


@pytest.fixture
def services() -> Iterator[TestServices]:
    with TestServices(TestPki(seed=SEED)) as found:
        yield found


def signed(services: TestServices, who: TestIdentity, level: Level) -> bytes:
    with services.fetcher() as fetcher:
        tsa = WebTimestampAuthority(services.tsa, fetcher=fetcher)
        return sign_document(
            CONTRACT,
            CAdES(level=level),
            signer=who.signer,
            certificates=who.chain,
            signing_time=services.at,
            authority=None if level is Level.B_B else tsa,
        )


def test_what_a_document_lacks_is_fetched_from_where_its_anchor_says(
    services: TestServices,
) -> None:
    who = services.document_signer()
    message = signed(services, who, Level.B_T)
    with services.fetcher() as fetcher:
        online = Online(services.trust(), fetcher=fetcher, clock=lambda: services.at)
        with pytest.raises(VerificationIndeterminate):
            online.verify_document(
                message, policy=DOCUMENTS, at=services.at, document=None
            )
        found = online.verify_document(
            message, policy=DOCUMENTS, at=services.at, document=io.BytesIO(CONTRACT)
        )
    assert found.signatures[0].level is Level.B_T
    # Whole lists first: whom OCSP would tell about whom was not asked.
    assert {each.partition("/")[2][:3] for each in services.requests} == {"tsa", "crl"}


def test_nothing_is_fetched_where_no_anchor_names_the_origin(
    services: TestServices,
) -> None:
    who = services.document_signer()
    message = signed(services, who, Level.B_B)
    with services.fetcher() as fetcher:
        online = Online(services.pki.store(), fetcher=fetcher)
        found = online.evaluate_document(
            message, policy=DOCUMENTS, at=services.at, document=CONTRACT
        )
    assert not isinstance(found, VerifiedDocument)
    assert services.requests == []


def test_a_signer_that_the_fetched_list_revokes_is_not_passed(
    services: TestServices,
) -> None:
    who = services.document_signer()
    message = signed(services, who, Level.B_B)
    services.revoke(who)
    with services.fetcher() as fetcher:
        online = Online(services.trust(), fetcher=fetcher, clock=lambda: services.at)
        found = online.evaluate_document(
            message, policy=DOCUMENTS, at=services.at, document=CONTRACT
        )
    told = {(e.id, e.reason) for e in found.report.indeterminate()}
    assert told == {(CheckId.SIGNER_REVOCATION, Reason.REVOKED)}


@pytest.mark.parametrize("level", [Level.B_T, Level.B_LT, Level.B_LTA])
def test_a_document_is_raised_to_a_level_with_evidence_that_is_fetched(
    services: TestServices, level: Level
) -> None:
    who = services.document_signer()
    message = signed(services, who, Level.B_B)
    with services.fetcher() as fetcher:
        online = Online(services.trust(), fetcher=fetcher, clock=lambda: services.at)
        raised = online.augment_document(
            message,
            level,
            policy=DOCUMENTS,
            at=services.at,
            authority=WebTimestampAuthority(services.tsa, fetcher=fetcher),
            document=CONTRACT,
        )
        again = online.verify_document(
            raised, policy=DOCUMENTS, at=services.at, document=CONTRACT
        )
    assert again.signatures[0].level is level
    alone = evaluate_document(
        raised,
        document=CONTRACT,
        trust=TrustStore([services.pki.anchor()]),
        policy=DOCUMENTS,
        at=services.at,
    )
    assert isinstance(alone, VerifiedDocument) is (level is not Level.B_T)


def test_what_several_people_signed_and_witnessed_is_kept_in_one_call(
    services: TestServices,
) -> None:
    one = services.document_signer()
    two = services.document_signer("https://second.example")
    message = signed(services, one, Level.B_B)
    second = DocumentSigner(CAdES(), signer=two.signer, certificates=two.chain)
    message = second.sign(CONTRACT, signing_time=services.at, beside=message)
    message = second.counter_sign(message, signing_time=services.at)
    with services.fetcher() as fetcher:
        online = Online(services.trust(), fetcher=fetcher, clock=lambda: services.at)
        tsa = WebTimestampAuthority(services.tsa, fetcher=fetcher)
        kept = online.augment_document(
            message,
            Level.B_LTA,
            policy=ARCHIVE,
            at=services.at,
            authority=tsa,
            document=CONTRACT,
        )
        services.at += timedelta(days=60)
        services.revoke(one)
        later = Online(services.trust(), fetcher=fetcher, clock=lambda: services.at)
        found = later.verify_document(
            kept, policy=ARCHIVE, at=services.at, document=CONTRACT
        )
    assert [each.level for each in found.signatures] == [Level.B_LTA] * 2
    assert len(found.signatures[0].counter_signatures) == 1


def test_the_doors_of_an_event_loop_do_the_same(services: TestServices) -> None:
    who = services.document_signer()
    message = signed(services, who, Level.B_B)

    async def both() -> tuple[VerifiedDocument, bytes]:
        with services.fetcher() as fetcher:
            trust = services.trust()
            online = Online(trust, fetcher=fetcher, clock=lambda: services.at)
            found = await online.verify_document_async(
                message, policy=DOCUMENTS, at=services.at, document=CONTRACT
            )
            raised = await online.augment_document_async(
                message,
                Level.B_LT,
                policy=DOCUMENTS,
                at=services.at,
                authority=WebTimestampAuthority(services.tsa, fetcher=fetcher),
                document=CONTRACT,
            )
            return found, raised

    found, raised = asyncio.run(both())
    assert found.signatures[0].level is Level.B_B
    assert len(raised) > len(message)


def test_a_forged_document_is_refused_and_makes_nobody_fetch(
    services: TestServices,
) -> None:
    who = services.document_signer()
    message = signed(services, who, Level.B_B)
    with services.fetcher() as fetcher:
        online = Online(services.trust(), fetcher=fetcher, clock=lambda: services.at)
        for attempt in (online.verify_document, online.augment_document):
            more = () if attempt == online.verify_document else (Level.B_LT,)
            with pytest.raises(VerificationFailed):
                attempt(  # type: ignore[operator]  # two doors, one claim
                    message,
                    *more,
                    policy=DOCUMENTS,
                    at=services.at,
                    document=CONTRACT + b".",
                )
    assert services.requests == []


def test_a_stream_that_cannot_be_rewound_is_refused(services: TestServices) -> None:
    class Once:
        def read(self, size: int, /) -> bytes:
            return b""

    with services.fetcher() as fetcher, pytest.raises(UsageError):
        Online(services.trust(), fetcher=fetcher).evaluate_document(
            b"", policy=DOCUMENTS, at=services.at, document=Once()
        )
