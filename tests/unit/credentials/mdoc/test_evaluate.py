"""What is said of a document beside its forgeries: what passes, and why."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.x509.oid import NameOID

from idwallet.codec.pem import read_pem
from idwallet.credentials.mdoc.binding import Session
from idwallet.credentials.mdoc.evaluate import evaluate, evaluate_issued
from idwallet.credentials.mdoc.structures import read_device_response
from idwallet.credentials.mdoc.transcript import KnownTranscript
from idwallet.credentials.required import Context, HeldBy
from idwallet.report import Check, CheckId, Outcome, Reason, Report, StatusListNeeded
from idwallet.testing.certificates import CertificatePlan
from idwallet.testing.mdoc import NAMESPACE, MdocDraft, MdocScene, judge, mdoc_draft
from idwallet.testing.mdoc.issued import PROFILES
from idwallet.trust.anchors import Purpose, TrustAnchor, TrustStore
from idwallet.trust.iaca import Deviation
from idwallet.trust.policies import RETAIL
from idwallet.trust.policy import (
    PresenceRule,
    RevocationRule,
    SignerProfileRule,
    StatusRule,
)
from tests.conformance.test_mdoc_annex_d import AnnexD


@cache
def scene() -> MdocScene:
    return MdocScene()


def drafted() -> MdocDraft:
    return mdoc_draft(scene())


def of(report: Report, check_id: CheckId) -> Check:
    (found,) = (each for each in report.checks if each.id is check_id)
    return found


def test_every_check_names_a_clause_of_the_formats_own_standard() -> None:
    report = judge(drafted())
    assert report.outcome is Outcome.PASSED
    for check_id in (
        CheckId.CREDENTIAL_FORMAT,
        CheckId.ISSUER_SIGNATURE,
        CheckId.CREDENTIAL_DISCLOSURES,
        CheckId.CREDENTIAL_TYPE,
        CheckId.CREDENTIAL_VALIDITY,
        CheckId.HOLDER_BINDING,
    ):
        assert of(report, check_id).clause.startswith("ISO/IEC 18013-5 §")
    assert not any("RFC 9901" in each.clause for each in report.checks)


@pytest.mark.parametrize(
    ("name", "forge"), PROFILES, ids=[name for name, _ in PROFILES]
)
def test_a_lenient_policy_accepts_a_chain_that_deviates_and_says_in_what(
    name: str, forge: Callable[[MdocDraft], object]
) -> None:
    made = drafted()
    forge(made)
    strict = judge(made)
    lenient = SignerProfileRule.DEVIATIONS_ACCEPTED
    made.policy = replace(made.policy, name="lenient", signer_profile=lenient)
    report = judge(made)
    assert report.outcome is Outcome.PASSED
    said = of(report, CheckId.ISSUER_TRUST)
    assert said.reason is Reason.DEVIATIONS_ACCEPTED
    assert said.fact("what") in {each.value for each in Deviation}
    assert of(strict, CheckId.ISSUER_TRUST).fact("what") == said.fact("what")


def test_no_policy_accepts_a_document_of_another_country() -> None:
    made = drafted()
    elements = {
        name: {**each, "issuing_country": "YY"}
        for name, each in made.content.elements.items()
    }
    made.content = replace(made.content, elements=elements)
    lenient = SignerProfileRule.DEVIATIONS_ACCEPTED
    made.policy = replace(made.policy, name="lenient", signer_profile=lenient)
    assert of(judge(made), CheckId.ISSUER_TRUST).reason is Reason.COUNTRY_MISMATCH


def in_states(signer: str, root: str) -> MdocDraft:
    """A licence whose signer and root are of these states of one country."""
    made = drafted()

    def of_state(name: x509.Name, state: str) -> x509.Name:
        found = x509.NameAttribute(NameOID.STATE_OR_PROVINCE_NAME, state)
        return x509.Name([*name, found])

    above = of_state(made.scene.pki.root_plan().subject, root)
    made.trust = made.scene.root(
        lambda plan: replace(plan, subject=above, issuer=above)
    )
    made.identity = made.scene.issuer(
        lambda plan: replace(plan, subject=of_state(plan.subject, signer), issuer=above)
    )
    return made


def test_signer_and_root_of_two_states_of_one_country_deviate() -> None:
    assert judge(in_states("XX-1", "XX-1")).outcome is Outcome.PASSED
    said = of(judge(in_states("XX-2", "XX-1")), CheckId.ISSUER_TRUST)
    assert said.reason is Reason.CERTIFICATE_PROFILE
    assert said.fact("what") == Deviation.COUNTRY.value


OWN = {"issuing_country": "XX", "issuing_jurisdiction": "XX-1"}


def in_a_state(plan: CertificatePlan) -> CertificatePlan:
    state = x509.NameAttribute(NameOID.STATE_OR_PROVINCE_NAME, "XX-1")
    return replace(plan, subject=x509.Name([*plan.subject, state]))


def of_a_state(said: Mapping[str, str], *, is_first: bool) -> MdocDraft:
    """A licence of a state that says `said`, and the truth in a namespace beside."""
    made = drafted()
    made.identity = made.scene.issuer(in_a_state)
    both = [
        ("org.example.first", OWN),
        (NAMESPACE, {**made.content.elements[NAMESPACE], **said}),
    ]
    elements = dict(both if is_first else reversed(both))
    made.content = replace(made.content, elements=elements)
    made.shown = ("family_name", *OWN)
    return made


@pytest.mark.parametrize("is_first", [True, False])
@pytest.mark.parametrize("element", OWN)
def test_a_place_that_is_true_in_one_namespace_does_not_excuse_another(
    element: str, is_first: bool
) -> None:
    twin = judge(of_a_state(OWN, is_first=is_first))
    assert twin.outcome is Outcome.PASSED
    forged = judge(of_a_state({**OWN, element: "YY"}, is_first=is_first))
    said = of(forged, CheckId.ISSUER_TRUST)
    assert (said.reason, said.fact("found")) == (Reason.COUNTRY_MISMATCH, "YY")


def test_a_country_is_compared_whatever_its_case_and_need_not_be_shown() -> None:
    made = drafted()
    elements = {
        name: {**each, "issuing_country": "xx"}
        for name, each in made.content.elements.items()
    }
    made.content = replace(made.content, elements=elements)
    assert judge(made).outcome is Outcome.PASSED
    made = drafted()
    made.shown = ("age_over_18",)
    assert judge(made).outcome is Outcome.PASSED


def test_an_overdue_update_is_told_and_never_fails() -> None:
    made = drafted()
    due = made.at - timedelta(minutes=1)
    made.content = replace(made.content, expected_update=due)
    report = judge(made)
    assert report.outcome is Outcome.PASSED
    said = of(report, CheckId.CREDENTIAL_VALIDITY)
    assert (said.reason, said.fact("since")) == (Reason.UPDATE_OVERDUE, due)


def test_an_update_that_is_not_due_is_not_told() -> None:
    made = drafted()
    due = made.at + timedelta(minutes=1)
    made.content = replace(made.content, expected_update=due)
    assert of(judge(made), CheckId.CREDENTIAL_VALIDITY).reason is Reason.CURRENT


@pytest.mark.parametrize(
    ("shift", "reason"),
    [
        (timedelta(), Reason.CURRENT),
        (timedelta(seconds=60), Reason.CURRENT),
        (timedelta(seconds=61), Reason.EXPIRED),
    ],
)
def test_a_document_holds_to_its_last_second_and_the_skew_beyond(
    shift: timedelta, reason: Reason
) -> None:
    made = drafted()
    made.policy = replace(made.policy, clock_skew=timedelta(seconds=60))
    made.life = replace(made.life, valid_until=made.at - shift)
    assert of(judge(made), CheckId.CREDENTIAL_VALIDITY).reason is reason


def test_a_mac_passes_for_the_reader_that_it_was_made_for() -> None:
    made = drafted()
    made.is_mac = True
    report = judge(made)
    assert report.outcome is Outcome.PASSED
    assert of(report, CheckId.HOLDER_BINDING).reason is Reason.PROVEN


def test_nonce_and_audience_wait_for_the_device() -> None:
    made = drafted()
    made.session = replace(
        made.session, handover=replace(made.signed_for, nonce="another")
    )
    report = judge(made)
    for check_id in (CheckId.PRESENTATION_NONCE, CheckId.PRESENTATION_AUDIENCE):
        said = of(report, check_id)
        assert (said.reason, said.fact("waits_for")) == (
            Reason.WAITING,
            CheckId.HOLDER_BINDING,
        )


def test_a_strict_policy_wants_to_know_that_the_person_was_there() -> None:
    made = drafted()
    made.policy = replace(made.policy, name="strict", presence=PresenceRule.ATTESTED)
    report = judge(made)
    assert report.outcome is Outcome.INDETERMINATE
    assert of(report, CheckId.HOLDER_PRESENCE).reason is Reason.NOT_ESTABLISHED


def test_a_status_is_asked_for_where_the_document_has_one() -> None:
    made = drafted()
    status = StatusListNeeded("https://issuer.example/status/1", 7)
    made.content = replace(made.content, status=status)
    report = judge(made)
    assert report.outcome is Outcome.INDETERMINATE
    (need,) = (n for n in report.missing() if isinstance(n, StatusListNeeded))
    assert (need.uri, need.index) == (status.uri, status.index)


def test_a_forged_document_makes_nobody_fetch_its_status() -> None:
    made = drafted()
    status = StatusListNeeded("https://issuer.example/status/1", 7)
    made.content = replace(made.content, status=status)
    made.trust = TrustStore(
        [
            TrustAnchor.from_certificate(
                MdocScene().pki.root.der, name="another", purposes=tuple(Purpose)
            )
        ]
    )
    report = judge(made)
    assert report.outcome is Outcome.FAILED
    assert report.missing() == ()


def test_a_document_without_status_fails_where_one_is_required() -> None:
    made = drafted()
    made.policy = replace(made.policy, name="status", status=StatusRule.REQUIRED)
    assert of(judge(made), CheckId.CREDENTIAL_STATUS).reason is Reason.NO_STATUS


def test_a_type_that_the_anchor_does_not_sign_for_is_refused() -> None:
    made = drafted()
    (anchor,) = made.trust.anchors
    only = replace(anchor, credential_types=frozenset({"org.example.other"}))
    made.trust = TrustStore([only])
    said = of(judge(made), CheckId.ISSUER_TRUST)
    assert said.reason is Reason.TYPE_NOT_REGISTERED


def test_a_holder_knows_its_own_document_and_no_other() -> None:
    made = drafted()
    (document,) = read_device_response(made.response(), at="").documents
    issued = document.issuer_signed
    context = Context(made.trust, made.policy, made.at)
    for key, reason in (
        (made.bound.public_key, Reason.KEY_HELD),
        (made.identity.signer.public_key, Reason.KEY_NOT_HELD),
    ):
        expected = HeldBy(frozenset({key.thumbprint}))
        verdict = evaluate_issued(
            issued, expected=expected, context=context, subject="mine"
        )
        (said,) = (e for e in verdict.checks if e.id is CheckId.HOLDER_BINDING)
        assert said.reason is reason


def test_elements_come_with_the_verdict_as_they_were_shown() -> None:
    made = drafted()
    (document,) = read_device_response(made.response(), at="").documents
    context = Context(made.trust, made.policy, made.at)
    verdict = evaluate(
        document, session=made.session, context=context, subject="licence"
    )
    (elements,) = verdict.elements.values()
    assert set(elements) == set(made.shown)
    assert elements["age_over_18"] is True
    assert "Примерова" not in repr(verdict)


@pytest.mark.conformance
def test_annex_d_passes_at_its_own_time_and_is_refused_today(vectors: Path) -> None:
    annex = AnnexD(vectors)
    pem = (vectors / "mdoc/annex_d_iaca_root.pem").read_text()
    (root,) = read_pem(pem, at="root")
    anchor = TrustAnchor.from_certificate(
        root.der, name="Annex D", purposes=tuple(Purpose)
    )
    trust = TrustStore([anchor])
    policy = replace(
        RETAIL, name="annex", revocation=RevocationRule.NOT_REQUIRED_ACCEPTED
    )
    session = Session(KnownTranscript(annex.transcript), annex.key("ephemeral_reader"))

    def judged(at: datetime) -> dict[CheckId, Reason]:
        verdict = evaluate(
            annex.response.documents[0],
            session=session,
            context=Context(trust, policy, at),
            subject="annex",
        )
        return {each.id: each.reason for each in verdict.checks}

    then = judged(datetime(2020, 10, 2, tzinfo=UTC))
    assert then[CheckId.ISSUER_SIGNATURE] is Reason.VALID
    assert then[CheckId.CREDENTIAL_DISCLOSURES] is Reason.ALL_MATCH
    assert then[CheckId.CREDENTIAL_VALIDITY] is Reason.CURRENT
    assert then[CheckId.HOLDER_BINDING] is Reason.PROVEN
    assert then[CheckId.ISSUER_TRUST] in {Reason.TRUSTED, Reason.DEVIATIONS_ACCEPTED}
    today = judged(datetime(2026, 11, 24, tzinfo=UTC))
    assert today[CheckId.ISSUER_TRUST] is Reason.CERTIFICATE_EXPIRED
    assert today[CheckId.CREDENTIAL_VALIDITY] is Reason.EXPIRED
    assert today[CheckId.HOLDER_BINDING] is Reason.PROVEN
