from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

import pytest

from idwallet.errors import LimitError, MalformedError
from idwallet.report import EvidenceKind
from idwallet.testing.evidence import taken_at
from idwallet.testing.pki import MOMENT
from idwallet.testing.revocation import CrlPlan, EntryPlan, OcspPlan, World
from idwallet.trust.anchors import Purpose, TrustAnchor, TrustStore
from idwallet.trust.evidence import CrlAtHand, EvidenceAtHand, OcspAtHand
from idwallet.trust.policies import STRICT
from idwallet.trust.revocation import (
    Good,
    OcspNeeded,
    Revoked,
    Unknown,
    Unsettled,
    at_hand,
)
from idwallet.trust.revocation.at_hand import PathAtHand, revocation_at_hand
from idwallet.trust.revocation.crl import crl_issuer

DAY: Final = timedelta(days=1)
WORLD: Final = World.sound()
PATH: Final = WORLD.path()
ROOT: Final = TrustAnchor.from_certificate(
    WORLD.root.to_der(), name="root", purposes=[Purpose.ISSUE_CREDENTIALS]
)
ORIGIN: Final = taken_at()


def crl(plan: CrlPlan, *, issuer: bytes | None = None) -> CrlAtHand:
    return CrlAtHand(der=plan.to_der(), origin=ORIGIN, issuer=issuer)


def root_crl(**changes: object) -> CrlPlan:
    return WORLD.crl(
        issuer=WORLD.root.subject,
        signing_key=WORLD.root.key,
        authority_key_id=WORLD.root.subject_key_id,
        **changes,
    )


def answer(plan: OcspPlan, *, nonce: bytes | None = None) -> OcspAtHand:
    return OcspAtHand(der=plan.to_der(), nonce=nonce, origin=ORIGIN)


def store(
    *crls: CrlAtHand,
    responses: tuple[OcspAtHand, ...] = (),
    certificates: tuple[bytes, ...] = (),
) -> TrustStore:
    evidence = EvidenceAtHand(crls=crls, responses=responses, certificates=certificates)
    return TrustStore([ROOT], evidence=evidence)


def said(trust: TrustStore, at: datetime = MOMENT) -> PathAtHand:
    return revocation_at_hand(PATH, trust=trust, policy=STRICT, at=at)


def why(found: PathAtHand) -> Unsettled:
    assert isinstance(found.found, Unknown)
    return found.found.reason


def unreadable() -> bytes:
    raise AssertionError("read what cannot speak of the path")


def test_a_path_is_good_when_each_of_its_certificates_is() -> None:
    found = said(store(crl(WORLD.crl()), crl(root_crl())))
    assert isinstance(found.found, Good)
    assert found.needs == ()
    assert [each.kind for each in found.used] == [EvidenceKind.CRL] * 2
    assert {each.as_of for each in found.used} == {MOMENT - timedelta(hours=1)}
    assert {each.origin for each in found.used} == {ORIGIN}


def test_of_a_certificate_nothing_is_known_of_its_needs_are_named() -> None:
    found = said(store(crl(root_crl())))
    assert why(found) is Unsettled.NO_EVIDENCE
    assert found.certificate == PATH.leaf
    (asked,) = (each for each in found.needs if isinstance(each, OcspNeeded))
    assert asked.uris == ("http://ocsp.example/",)


def test_a_revoked_ca_is_told_before_a_leaf_that_is_not_known() -> None:
    entry = EntryPlan(serial=WORLD.ca.serial)
    found = said(store(crl(root_crl(entries=(entry,)))))
    assert isinstance(found.found, Revoked)
    assert found.certificate == PATH.certificates[1]


def test_responses_and_crls_settle_it_together() -> None:
    responder = WORLD.answer(WORLD.responder())
    found = said(store(crl(root_crl()), responses=(answer(responder),)))
    assert isinstance(found.found, Good)
    assert {each.kind for each in found.used} == {
        EvidenceKind.CRL,
        EvidenceKind.OCSP_RESPONSE,
    }


def test_a_response_to_another_question_settles_nothing() -> None:
    found = said(
        store(crl(root_crl()), responses=(answer(WORLD.answer(), nonce=b"mine"),))
    )
    assert why(found) is Unsettled.NONCE_MISMATCH


def test_a_response_about_others_is_not_looked_at() -> None:
    other = WORLD.answer()
    stranger = replace(other, singles=(replace(other.singles[0], serial=99_999),))
    found = said(store(responses=(answer(stranger),)))
    assert why(found) is Unsettled.NO_EVIDENCE
    assert found.used == ()


def test_a_responder_that_gave_no_answer_is_told() -> None:
    refusal = OcspAtHand(der=bytes.fromhex("30030a0103"), nonce=None, origin=ORIGIN)
    assert why(said(store(responses=(refusal,)))) is Unsettled.RESPONDER_REFUSED


def test_a_crl_whose_issuer_is_known_beforehand_is_not_even_read() -> None:
    other = CrlAtHand(der=unreadable, origin=ORIGIN, issuer=b"somebody else")
    found = said(store(other, crl(WORLD.crl()), crl(root_crl())))
    assert isinstance(found.found, Good)


def test_the_issuer_of_a_crl_is_found_without_reading_the_rest() -> None:
    plan = WORLD.crl(entries=(EntryPlan(serial=5),))
    assert crl_issuer(plan.to_der(), at="crl") == PATH.leaf.issuer_der
    with pytest.raises(MalformedError):
        crl_issuer(b"\x30\x00", at="crl")


@pytest.mark.parametrize(
    "der", [b"", b"\x30\x00", b"no CRL", b"\x30\x82\xff\xff", b"\x30\x03\x30\x01\x00"]
)
def test_a_crl_that_cannot_be_read_counts_as_none(der: bytes) -> None:
    broken = CrlAtHand(der=der, origin=ORIGIN)
    assert why(said(store(broken))) is Unsettled.MALFORMED
    known = CrlAtHand(der=der, origin=ORIGIN, issuer=PATH.leaf.issuer_der)
    assert why(said(store(known))) is Unsettled.MALFORMED
    whole = said(store(broken, crl(WORLD.crl()), crl(root_crl())))
    assert isinstance(whole.found, Good)


@pytest.mark.parametrize("error", [MalformedError, LimitError])
def test_a_part_that_whoever_holds_it_finds_broken_counts_as_none(
    error: type[MalformedError],
) -> None:
    def read() -> bytes:
        raise error("swapped", at="part", clause="a bundle")

    broken = CrlAtHand(der=read, origin=ORIGIN)
    assert why(said(store(broken))) is Unsettled.MALFORMED
    answered = OcspAtHand(der=read, nonce=None, origin=ORIGIN)
    assert why(said(store(responses=(answered,)))) is Unsettled.MALFORMED


def test_a_signers_certificate_that_cannot_be_read_is_left_out() -> None:
    found = said(store(crl(WORLD.crl()), crl(root_crl()), certificates=(b"\x30\x00",)))
    assert isinstance(found.found, Good)


@pytest.mark.parametrize("kind", ["crls", "responses"])
def test_whoever_floods_does_not_choose_what_is_left_out(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(at_hand._BOUNDS, kind, 2)
    if kind == "crls":
        flood = store(*[crl(WORLD.crl()) for _ in range(3)])
    else:
        flood = store(responses=(answer(WORLD.answer()),) * 3)
    assert why(said(flood)) is Unsettled.BUDGET_EXCEEDED


def test_what_is_good_is_judged_once_while_it_stays_so() -> None:
    asked: list[int] = []
    der = WORLD.crl().to_der()

    def read() -> bytes:
        asked.append(1)
        return der

    trust = store(
        CrlAtHand(der=read, origin=ORIGIN, issuer=PATH.leaf.issuer_der),
        crl(root_crl()),
    )
    first = said(trust)
    assert said(trust) is first
    assert asked == [1]
    later = said(trust, MOMENT + 2 * DAY)
    assert why(later) is Unsettled.STALE
    assert asked == [1]


def test_what_is_not_good_is_judged_each_time() -> None:
    trust = store(crl(root_crl()))
    assert said(trust) is not said(trust)


def test_another_age_or_other_algorithms_are_judged_anew() -> None:
    trust = store(crl(WORLD.crl()), crl(root_crl()))
    assert isinstance(said(trust).found, Good)
    strict = replace(STRICT, revocation_age=timedelta(minutes=5))
    found = revocation_at_hand(PATH, trust=trust, policy=strict, at=MOMENT)
    assert why(found) is Unsettled.STALE


def test_what_is_remembered_ends_with_the_delegate_who_vouched() -> None:
    ends = MOMENT + timedelta(hours=2)
    responder = WORLD.responder(not_after=ends)
    trust = store(crl(root_crl()), responses=(answer(WORLD.answer(responder)),))
    assert isinstance(said(trust, ends).found, Good)
    after = said(trust, ends + timedelta(seconds=1))
    assert why(after) is Unsettled.SIGNER_EXPIRED


def test_what_is_remembered_ends_where_newer_evidence_begins() -> None:
    begins = MOMENT + timedelta(hours=2)
    newer = WORLD.crl(this_update=begins, next_update=begins + DAY, number=8)
    trust = store(crl(WORLD.crl()), crl(newer), crl(root_crl()))
    first = said(trust).found
    assert isinstance(first, Good)
    again = said(trust, begins).found
    assert isinstance(again, Good)
    assert (
        said(trust, begins + DAY / 2).found
        == said(
            store(crl(WORLD.crl()), crl(newer), crl(root_crl())), begins + DAY / 2
        ).found
    )
