"""Judging a path, and what a judgement says beside its outcome."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

import pytest
from cryptography import x509
from cryptography.x509 import ReasonFlags, ocsp
from cryptography.x509.ocsp import OCSPCertStatus
from cryptography.x509.oid import AuthorityInformationAccessOID

from idwallet import limits
from idwallet.crypto.algorithms import DEFAULT_ALGORITHMS, Algorithm
from idwallet.errors import UsageError
from idwallet.testing.certificates import test_name as name_of
from idwallet.testing.pki import MOMENT
from idwallet.testing.revocation import (
    CrlPlan,
    EntryPlan,
    Scene,
    World,
    authority,
    certified,
    key_of,
    outcome,
    scope,
)
from idwallet.trust.revocation import (
    CrlNeeded,
    Good,
    OcspNeeded,
    OnHold,
    RevocationReason,
    RevocationRules,
    Revoked,
    Unknown,
    Unsettled,
    judge_path_revocation,
)

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
SOUND: Final = World.sound()
RULES: Final = RevocationRules(maximum_age=7 * DAY, algorithms=DEFAULT_ALGORITHMS)


def listed(**changes: object) -> CrlPlan:
    entry = replace(EntryPlan(serial=SOUND.leaf.serial), **changes)  # type: ignore[arg-type]
    return SOUND.crl(entries=(entry,))


def root_crl(**changes: object) -> CrlPlan:
    plan = CrlPlan(
        issuer=SOUND.root.subject,
        signing_key=SOUND.root.key,
        authority_key_id=SOUND.root.subject_key_id,
    )
    return replace(plan, **changes)  # type: ignore[arg-type]


# --- what is said ------------------------------------------------------------------


def test_good_says_as_of_when_and_until_when() -> None:
    found = Scene(crls=(SOUND.crl(),)).judge()
    assert found == Good(as_of=MOMENT - HOUR, until=MOMENT + DAY)


def test_good_lasts_no_longer_than_the_rules_allow() -> None:
    crl = SOUND.crl(next_update=MOMENT + 30 * DAY)
    assert Scene(crls=(crl,)).judge() == Good(MOMENT - HOUR, MOMENT - HOUR + 7 * DAY)


def test_of_two_that_speak_of_one_moment_the_longer_one_counts_in_any_order() -> None:
    both = [
        SOUND.answer().saying(this_update=MOMENT - HOUR, next_update=until)
        for until in (MOMENT + HOUR, MOMENT + 2 * HOUR)
    ]
    expected = Good(as_of=MOMENT - HOUR, until=MOMENT + 2 * HOUR)
    for responses in (both, both[::-1]):
        assert Scene(responses=tuple(responses)).judge() == expected


def test_the_last_moment_of_the_window_is_good_and_the_next_is_not() -> None:
    scene = Scene(crls=(SOUND.crl(),), at=MOMENT + DAY)
    assert outcome(scene.judge()) is Good
    later = scene.changed(at=MOMENT + DAY + timedelta(seconds=1))
    assert outcome(later.judge()) is Unsettled.STALE


def test_the_first_moment_of_the_window_is_good_and_the_one_before_is_not() -> None:
    scene = Scene(crls=(SOUND.crl(),), at=MOMENT - HOUR)
    assert outcome(scene.judge()) is Good
    before = scene.changed(at=MOMENT - HOUR - timedelta(seconds=1))
    assert outcome(before.judge()) is Unsettled.NOT_YET


def test_a_revocation_says_since_when_why_and_as_of_when() -> None:
    crl = listed(reason=ReasonFlags.superseded)
    assert Scene(crls=(crl,)).judge() == Revoked(
        MOMENT - 2 * DAY, RevocationReason.SUPERSEDED, MOMENT - HOUR
    )


def test_of_two_revocations_the_earlier_is_told() -> None:
    early = listed(revoked_at=MOMENT - 5 * DAY)
    found = Scene(crls=(listed(), early)).judge()
    assert isinstance(found, Revoked)
    assert found.at == MOMENT - 5 * DAY


def test_an_invalidity_date_before_the_revocation_is_when_it_counts_from() -> None:
    crl = listed(invalid_since=MOMENT - 4 * DAY)
    found = Scene(crls=(crl,)).judge()
    assert isinstance(found, Revoked)
    assert found.at == MOMENT - 4 * DAY


def test_a_hold_says_since_when() -> None:
    crl = listed(reason=ReasonFlags.certificate_hold)
    assert Scene(crls=(crl,)).judge() == OnHold(MOMENT - 2 * DAY, MOMENT - HOUR)


def test_a_hold_counts_even_with_a_proof_of_existence() -> None:
    crl = listed(reason=ReasonFlags.certificate_hold)
    scene = Scene(crls=(crl,), existed_before=MOMENT - 3 * DAY)
    assert outcome(scene.judge()) is OnHold


def test_a_hold_is_not_lifted_by_an_older_response() -> None:
    crl = listed(reason=ReasonFlags.certificate_hold)
    older = SOUND.answer().saying(this_update=MOMENT - 2 * HOUR)
    assert outcome(Scene(crls=(crl,), responses=(older,)).judge()) is OnHold
    newer = SOUND.answer().saying(this_update=MOMENT - HOUR / 2)
    assert outcome(Scene(crls=(crl,), responses=(newer,)).judge()) is Good


def test_a_revocation_announced_for_later_counts_at_once() -> None:
    crl = listed(revoked_at=MOMENT + DAY)
    assert outcome(Scene(crls=(crl,)).judge()) is Revoked


def test_a_revocation_after_the_moment_judged_undoes_what_has_no_proof() -> None:
    scene = Scene(crls=(listed(),), at=MOMENT - 3 * DAY)
    assert outcome(scene.judge()) is Revoked
    proven = scene.changed(existed_before=MOMENT - 3 * DAY)
    assert outcome(proven.judge()) is Unsettled.NOT_YET


def test_evidence_taken_after_the_proof_of_existence_does_not_age() -> None:
    scene = Scene(crls=(SOUND.crl(),), at=MOMENT + 30 * DAY)
    assert outcome(scene.judge()) is Unsettled.STALE
    proven = scene.changed(existed_before=MOMENT - HOUR)
    assert outcome(proven.judge()) is Good
    later = scene.changed(existed_before=MOMENT)
    assert outcome(later.judge()) is Unsettled.STALE


def test_a_lifted_entry_of_a_delta_says_nothing_without_its_base() -> None:
    delta = replace(listed(reason=ReasonFlags.remove_from_crl), number=9, base_number=7)
    assert outcome(Scene(crls=(delta,)).judge()) is Unsettled.BASE_MISSING


def test_a_hold_on_the_base_holds_as_of_the_delta() -> None:
    base = replace(
        listed(reason=ReasonFlags.certificate_hold), this_update=MOMENT - 3 * HOUR
    )
    delta = SOUND.crl(number=9, base_number=7)
    between = SOUND.answer().saying(this_update=MOMENT - 2 * HOUR)
    alone = Scene(crls=(base,), responses=(between,))
    assert outcome(alone.judge()) is Good
    both = alone.changed(crls=(base, delta))
    assert both.judge() == OnHold(MOMENT - 2 * DAY, MOMENT - HOUR)


def test_a_delta_that_lifts_and_revokes_revokes() -> None:
    entries = tuple(
        EntryPlan(serial=SOUND.leaf.serial, reason=reason)
        for reason in (ReasonFlags.remove_from_crl, ReasonFlags.superseded)
    )
    delta = SOUND.crl(number=9, base_number=7, entries=entries)
    assert outcome(Scene(crls=(SOUND.crl(), delta)).judge()) is Revoked


def test_bases_without_next_updates_combine() -> None:
    base = SOUND.crl(this_update=MOMENT - 2 * HOUR, next_update=None)
    delta = SOUND.crl(number=9, base_number=7, next_update=None)
    assert Scene(crls=(base, delta)).judge() == Good(
        MOMENT - HOUR, MOMENT - HOUR + 7 * DAY
    )


# --- what would settle it ----------------------------------------------------------


def test_what_is_unknown_names_the_responder_and_the_crl() -> None:
    found = Scene().judge()
    assert isinstance(found, Unknown)
    assert found.reason is Unsettled.NO_EVIDENCE
    asked, crl = found.needs
    assert isinstance(asked, OcspNeeded)
    assert asked.uris == ("http://ocsp.example/",)
    question = ocsp.load_der_ocsp_request(asked.request)
    assert question.serial_number == SOUND.leaf.serial
    assert len(question.extensions) == 0  # no nonce: the same question each time
    assert crl == CrlNeeded("CN=TEST CA,O=idwallet TEST only,C=XX", ())


def test_a_need_names_web_addresses_only_and_few() -> None:
    uris = ["ldap://x.example/", *(f"https://x.example/{n}" for n in range(20))]
    names = [*map(x509.UniformResourceIdentifier, uris), x509.DNSName("x.example")]
    points = x509.CRLDistributionPoints(
        [
            x509.DistributionPoint(
                [*names, x509.DNSName("x.example")], None, None, None
            ),
            x509.DistributionPoint(
                None, None, None, [x509.DirectoryName(SOUND.ca.subject)]
            ),
        ]
    )
    other = x509.AuthorityInformationAccess(
        [x509.AccessDescription(AuthorityInformationAccessOID.CA_ISSUERS, names[1])]
    )
    leaf = replace(SOUND.leaf, extensions=((points, False), (other, False)))
    found = Scene(world=replace(SOUND, leaf=leaf)).judge()
    assert isinstance(found, Unknown)
    (need,) = found.needs
    assert need.uris == tuple(uris[1 : 1 + limits.REVOCATION_URIS])


# --- the path ----------------------------------------------------------------------


def test_a_ca_is_judged_by_the_crl_of_its_issuer() -> None:
    scene = Scene(crls=(root_crl(),))
    assert outcome(scene.judge(index=1)) is Good
    revoked = root_crl(entries=(EntryPlan(serial=SOUND.ca.serial),))
    assert outcome(scene.changed(crls=(revoked,)).judge(index=1)) is Revoked


@pytest.mark.parametrize(("only", "expected"), [("ca", Good), ("user", None)])
def test_a_crl_for_one_kind_covers_cas_or_not(only: str, expected: object) -> None:
    found = Scene(crls=(root_crl(scope=scope(only=only)),)).judge(index=1)
    assert outcome(found) is (expected or Unsettled.OUT_OF_SCOPE)


def test_each_certificate_of_a_path_is_judged_leaf_first() -> None:
    scene = Scene(crls=(root_crl(), listed()))
    found = judge_path_revocation(
        SOUND.path(), evidence=scene.evidence, at=MOMENT, rules=RULES
    )
    assert [outcome(each) for _, each in found] == [Revoked, Good]
    assert [each.subject_der for each, _ in found] == [
        SOUND.leaf.subject.public_bytes(),
        SOUND.ca.subject.public_bytes(),
    ]


@pytest.mark.parametrize("index", [-1, 2])
def test_a_certificate_that_the_path_lacks_is_a_fault_of_the_caller(index: int) -> None:
    with pytest.raises(UsageError, match="index"):
        Scene().judge(index=index)


# --- rules and budgets -------------------------------------------------------------


@pytest.mark.parametrize("age", [timedelta(0), -DAY, 367 * DAY, timedelta.max])
def test_an_age_that_bounds_nothing_is_refused(age: timedelta) -> None:
    with pytest.raises(UsageError, match="maximum age"):
        RevocationRules(maximum_age=age, algorithms=DEFAULT_ALGORITHMS)


def test_rules_without_algorithms_are_refused() -> None:
    with pytest.raises(UsageError, match="algorithms"):
        RevocationRules(maximum_age=DAY, algorithms=frozenset())


def test_a_proof_of_existence_without_a_zone_is_refused() -> None:
    with pytest.raises(UsageError, match="zone"):
        replace(RULES, existed_before=datetime(2026, 11, 24))  # noqa: DTZ001


def test_more_evidence_than_is_looked_at_is_no_evidence() -> None:
    many = (SOUND.crl(),) * (limits.CRLS + 1)
    assert outcome(Scene(crls=many).judge()) is Unsettled.BUDGET_EXCEEDED
    assert outcome(Scene(crls=many[1:]).judge()) is Good


def test_signature_checks_are_bounded() -> None:
    # Every CRL may be from any of the many who have the CA's name.
    stranger = key_of("stranger")
    crl = SOUND.crl(authority_key_id=None)
    strangers = tuple(
        certified("CA", above=None, key=stranger, serial=n + 1)
        for n in range(limits.REVOCATION_CERTIFICATES)
    )
    forged = tuple(
        replace(crl, number=n, signing_key=key_of("another")) for n in range(3)
    )
    scene = Scene(crls=forged, certificates=strangers)
    assert outcome(scene.judge()) is Unsettled.BUDGET_EXCEEDED
    fewer = scene.changed(crls=forged[:1])
    assert outcome(fewer.judge()) is Unsettled.SIGNATURE_INVALID


# --- who may sign ------------------------------------------------------------------


def test_the_new_key_of_a_ca_signs_its_crl_when_the_old_vouches_for_it() -> None:
    new = authority("CA", above=SOUND.root, key=key_of("new CA"), serial=99)
    crl = SOUND.crl(signing_key=new.key, authority_key_id=new.subject_key_id)
    scene = Scene(crls=(crl, root_crl()), certificates=(new,))
    assert outcome(scene.judge()) is Good
    alone = scene.changed(crls=(crl,))
    assert outcome(alone.judge()) is Unsettled.SIGNER_STATUS


def test_a_ca_without_key_usage_may_sign_crls_and_responses() -> None:
    world = replace(SOUND, ca=replace(SOUND.ca, key_usage=None))
    assert outcome(Scene(world=world, crls=(SOUND.crl(),)).judge()) is Good
    assert outcome(Scene(world=world, responses=(SOUND.answer(),)).judge()) is Good


def test_a_responder_that_is_not_exempt_is_judged_by_the_crl() -> None:
    responder = SOUND.responder(extensions=())
    others = SOUND.crl(scope=scope(reasons=frozenset({ReasonFlags.key_compromise})))
    scene = Scene(crls=(others,), responses=(SOUND.answer(responder),))
    assert outcome(scene.judge()) is Unsettled.SIGNER_STATUS
    whole = scene.changed(crls=(SOUND.crl(),))
    assert outcome(whole.judge()) is Good


def test_a_responder_that_is_not_exempt_is_not_vouched_for_by_itself() -> None:
    responder = SOUND.responder(extensions=())
    itself = SOUND.answer(responder).saying(serial=responder.serial)
    scene = Scene(responses=(SOUND.answer(responder), itself))
    assert outcome(scene.judge()) is Unsettled.SIGNER_STATUS


def test_a_delegate_whose_status_is_unknown_may_still_revoke() -> None:
    answer = SOUND.answer(SOUND.responder(extensions=()))
    said = answer.saying(status=OCSPCertStatus.REVOKED)
    assert outcome(Scene(responses=(said,)).judge()) is Revoked


def test_names_beyond_their_budget_are_refused() -> None:
    bases = tuple(x509.DNSName(f"n{n}.example") for n in range(100))
    names = tuple(x509.DNSName(f"r{n}.test") for n in range(50))
    world = replace(SOUND, ca=replace(SOUND.ca, excluded=bases))
    answer = SOUND.answer(SOUND.responder(alternative_names=names))
    found = Scene(world=world, responses=(answer,)).judge()
    assert outcome(found) is Unsettled.SIGNER_NOT_AUTHORISED
    fewer = SOUND.answer(SOUND.responder(alternative_names=names[:30]))
    assert outcome(Scene(world=world, responses=(fewer,)).judge()) is Good


def test_a_responder_whose_certificate_came_apart_is_found() -> None:
    responder = SOUND.responder()
    answer = replace(SOUND.answer(responder), certificates=())
    assert outcome(Scene(responses=(answer,)).judge()) is Unsettled.SIGNER_UNKNOWN
    scene = Scene(responses=(answer,), certificates=(responder,))
    assert outcome(scene.judge()) is Good


def test_a_certificate_in_a_response_that_cannot_be_read_is_passed_over() -> None:
    odd = certified("odd", above=SOUND.ca, serial=7, subject=x509.Name([]))
    answer = replace(SOUND.answer(), certificates=(odd.to_der(),))
    assert outcome(Scene(responses=(answer,)).judge()) is Good


def test_entries_of_another_issuer_with_the_same_number_are_not_the_leafs() -> None:
    mine = EntryPlan(serial=SOUND.leaf.serial, issuer=SOUND.ca.subject)
    other = EntryPlan(serial=SOUND.leaf.serial, issuer=name_of("another"))
    following = EntryPlan(serial=SOUND.leaf.serial)
    indirect = scope(indirect=True)
    crl = SOUND.crl(scope=indirect, entries=(other, following))
    assert outcome(Scene(crls=(crl,)).judge()) is Good
    crl = SOUND.crl(scope=indirect, entries=(other, mine))
    assert outcome(Scene(crls=(crl,)).judge()) is Revoked


@pytest.mark.parametrize(
    "algorithm",
    [Algorithm.ES384, Algorithm.ES512, Algorithm.EDDSA, Algorithm.ML_DSA_65],
)
def test_every_named_algorithm_signs_crls_and_responses(algorithm: Algorithm) -> None:
    ca = authority("CA", above=SOUND.root, key=key_of("CA", algorithm))
    leaf = replace(SOUND.leaf, signing_key=ca.key, authority_key_id=ca.subject_key_id)
    world = World(root=SOUND.root, ca=ca, leaf=leaf)
    named, delegated = frozenset(Algorithm), world.answer(world.responder())
    for scene in (
        Scene(world=world, crls=(world.crl(),), algorithms=named),
        Scene(world=world, responses=(world.answer(),), algorithms=named),
        Scene(world=world, responses=(delegated,), algorithms=named),
    ):
        assert outcome(scene.judge()) is Good
