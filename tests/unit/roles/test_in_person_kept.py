"""What a wallet keeps of an answer in person, and asks before: as it does online."""

import json
from dataclasses import replace

import pytest

from idwallet.adapters.store import MemoryStore
from idwallet.consent import EntryKind, Sending
from idwallet.consent.purpose import (
    CautionCode,
    DisclosurePolicy,
    read_disclosure_policy,
)
from idwallet.credentials.presence import PersonVerified, VerifyPerson, nobody
from idwallet.errors import SigningDeclined
from idwallet.roles.asked import Anonymous
from idwallet.roles.holder import Holder
from tests.unit.roles.test_device_presentation import AT, asked_of
from tests.unit.roles.two_formats import SEAL, issued, of_licence, query, scene

NAME = query(of_licence("family_name"))


def wallet(
    verify: VerifyPerson = nobody, policy: DisclosurePolicy | None = None
) -> Holder:
    made = Holder(
        store=MemoryStore(),
        seal=SEAL,
        keys=scene().keys,
        trust=scene().trust,
        verify_person=verify,
    )
    made.add(issued(), at=AT, disclosure=policy)
    return made


def test_what_was_shown_in_person_is_entered_and_can_be_said_to_be_sent() -> None:
    own = wallet()
    _, asked = asked_of(own, NAME)
    choice = own.match(asked, at=AT).choose()
    answer = own.present_device(asked, choice, at=AT)
    own.record_sent(answer.entry, at=AT)
    (found,) = own.history()
    assert found.sending is Sending.SENT
    assert found.entry is not None
    assert found.entry.kind is EntryKind.SHOWN
    assert sum(found.entry.judgement.values()) > 0
    # What was sent stands in no log by mistake, though it is octets.
    assert repr(answer) == str(answer) == f"DeviceAnswer(<{len(answer)} octets>)"


def test_a_refusal_in_person_is_remembered_when_the_reader_asks_again() -> None:
    own = wallet()
    _, asked = asked_of(own, NAME)
    judgement = own.match(asked, at=AT).judgement
    assert judgement.caution(CautionCode.ASKED_AGAIN) is None
    answer = own.decline_device(asked, at=AT, judgement=judgement)
    entry = own.ledger.entry(answer.entry).entry
    assert entry is not None
    assert entry.kind is EntryKind.DECLINED
    assert sum(entry.judgement.values()) > 0
    _, again = asked_of(own, NAME)
    told = own.match(again, at=AT).judgement
    assert told.caution(CautionCode.ASKED_AGAIN) is not None
    # Nobody is a stranger's second request.
    stranger = replace(again, by=Anonymous())
    found = own.match(stranger, at=AT).judgement
    assert found.caution(CautionCode.ASKED_AGAIN) is None


def test_the_person_is_verified_before_a_reader_is_answered() -> None:
    asked_for: list[str] = []

    def finger() -> PersonVerified:
        asked_for.append("finger")
        return PersonVerified.FINGERPRINT

    own = wallet(finger)
    _, asked = asked_of(own, NAME)
    choice = own.match(asked, at=AT).choose()
    answer = own.present_device(asked, choice, at=AT)
    assert (answer.person, asked_for) == (PersonVerified.FINGERPRINT, ["finger"])
    own.decline_device(asked, at=AT)
    assert asked_for == ["finger"]


def test_whoever_is_not_verified_shows_a_reader_nothing() -> None:
    def another() -> PersonVerified:
        raise SigningDeclined("another finger")

    own = wallet(another)
    _, asked = asked_of(own, NAME)
    choice = own.match(asked, at=AT).choose()
    with pytest.raises(SigningDeclined):
        own.present_device(asked, choice, at=AT)
    assert own.history() == ()


@pytest.mark.parametrize("is_allowed", [True, False])
def test_an_issuers_word_on_who_may_see_it_holds_in_person(*, is_allowed: bool) -> None:
    subject = asked_of(wallet(), NAME)[1].party.subject
    assert subject is not None
    document = {
        "policy_uri": "https://issuer.example/policy",
        "policy_type": "authorized_rp_only",
        "authorized_parties": [{"subject_dn": subject if is_allowed else "CN=other"}],
    }
    policy = read_disclosure_policy(json.dumps(document).encode(), at="policy")
    own = wallet(policy=policy)
    _, asked = asked_of(own, NAME)
    choice = own.match(asked, at=AT).choose()
    assert choice.judgement is not None
    warned = choice.judgement.caution(CautionCode.DISCLOSURE_POLICY) is not None
    assert warned is not is_allowed
    entry = own.ledger.entry(own.present_device(asked, choice, at=AT).entry).entry
    assert entry is not None
    assert ("disclosure_policy" in entry.judgement) is warned
