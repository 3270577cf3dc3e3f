"""A wallet and a verifier in a session: who is shown what, and what is sent when."""

from datetime import timedelta
from typing import Any

import pytest

from idwallet import limits
from idwallet.credentials.mdoc.structures import read_device_response
from idwallet.credentials.model import VerifiedPresentation
from idwallet.errors import UsageError, VerificationFailed
from idwallet.protocols import Ending, SessionEnded, ToSend
from idwallet.report import CheckId, Reason
from idwallet.roles import (
    DeviceAnswered,
    PersonAsked,
    RequestRefused,
    SessionVerifier,
)
from idwallet.roles.asked import Authenticated
from idwallet.roles.presentation import evaluate_presentation, verify_presentation
from idwallet.roles.verifier import RelyingParty, Verifier
from idwallet.testing.mdoc import NAMESPACE, MdocScene, reader_identity
from idwallet.trust.policies import RETAIL
from idwallet.trust.replay import MemoryReplay
from tests.unit.roles.session_world import (
    AT,
    DATE,
    NAME,
    desk,
    identity,
    meeting,
    phone,
)
from tests.unit.roles.two_formats import scene


def _verified(answered: DeviceAnswered) -> VerifiedPresentation:
    return verify_presentation(
        answered.response, request=answered.question, trust=scene().trust, at=AT
    )


def test_the_person_is_shown_who_asks_before_anything_is_sent() -> None:
    met = meeting()
    asked = met.ask().asked
    assert isinstance(asked.by, Authenticated)
    assert asked.by.name == "CN=TEST reader.example,O=idwallet TEST only,C=XX"
    assert [claim.path[1] for claim in asked.query.credentials[0].claims] == [
        "family_name"
    ]
    found = _verified(met.answer()).credential("mdl")
    assert found.claims == {NAMESPACE: {"family_name": "Примерова"}}


def test_one_session_has_several_questions_each_judged_by_itself() -> None:
    met = meeting()
    for wanted, element in ((NAME, "family_name"), (DATE, "birth_date")):
        met.ask(wanted)
        found = _verified(met.answer()).credential("mdl")
        assert list(found.claims[NAMESPACE]) == [element]  # type: ignore[arg-type]
    assert len(set(met.crossed)) == 4


def test_an_answer_that_ends_the_session_is_judged_all_the_same() -> None:
    met = meeting()
    met.ask()
    choice = met.holder.match(at=AT).choose()
    sent = met.holder.present(choice, at=AT, last=True)
    answered, over = met.verifier.receive(sent.octets, at=AT)
    assert over == SessionEnded(Ending.BY_PEER)
    assert isinstance(answered, DeviceAnswered)
    # The proof is a MAC: the question has kept the key that judges it.
    assert _verified(answered).credential("mdl").claims
    with pytest.raises(UsageError, match="nobody can ask"):
        met.verifier.ask(NAME, at=AT)


def test_an_answer_of_one_question_does_not_answer_the_next() -> None:
    met = meeting()
    met.ask()
    first = met.answer()
    met.ask(DATE)
    second = met.answer()
    verdict = evaluate_presentation(
        first.response, request=second.question, trust=scene().trust, at=AT
    )
    failed = {each.id for each in verdict.report.failed()}
    assert failed == {CheckId.PRESENTATION_QUERY}


def test_a_reader_that_nobody_trusts_hears_what_everybody_hears() -> None:
    met = meeting(by=_stranger())
    refused, reply = met.holder.receive(met.verifier.ask(NAME, at=AT), at=AT)
    assert isinstance(refused, RequestRefused)
    assert refused.report.failed()[0].id is CheckId.READER_AUTHORISED
    with pytest.raises(UsageError, match="no request is open"):
        met.holder.match(at=AT)
    assert isinstance(reply, ToSend)
    (answered,) = met.verifier.receive(reply.octets, at=AT)
    assert isinstance(answered, DeviceAnswered)

    declining = meeting()
    declining.ask()
    declined = declining.holder.decline(at=AT)
    (other,) = declining.verifier.receive(declined.octets, at=AT)
    assert isinstance(other, DeviceAnswered)
    assert answered.response == other.response
    with pytest.raises(VerificationFailed):
        _verified(other)


def _stranger() -> Verifier:
    stranger = reader_identity(MdocScene(at=AT))
    identity = RelyingParty(
        signer=stranger.signer,
        certificates=stranger.chain,
        answer_to="https://desk.example/",
    )
    return Verifier(identity=identity, policy=RETAIL, replay=MemoryReplay())


def test_who_asks_is_judged_anew_at_each_request_of_a_session() -> None:
    twin = meeting()
    twin.ask()
    twin.answer()
    assert isinstance(twin.ask(DATE), PersonAsked)

    met = meeting()
    met.ask()
    old = met.holder.match(at=AT).choose()
    met.answer()
    with pytest.raises(UsageError, match="no request is open"):
        met.holder.match(at=AT)
    # Whoever holds the keys of the session now asks as somebody else.
    met.verifier = SessionVerifier(_stranger(), met.verifier.session)
    sent = met.verifier.ask(NAME, at=AT)
    refused, reply = met.holder.receive(sent, at=AT)
    assert isinstance(refused, RequestRefused)
    assert isinstance(reply, ToSend)
    for work in (
        lambda: met.holder.match(at=AT),
        lambda: met.holder.present(old, at=AT),
        lambda: met.holder.decline(at=AT),
    ):
        with pytest.raises(UsageError, match="no request is open"):
            work()


def test_an_answer_of_one_visit_proves_nothing_in_another() -> None:
    first, second = meeting(), meeting()
    first.ask()
    second.ask()
    theirs, ours = first.answer(), second.answer()
    verdict = evaluate_presentation(
        theirs.response, request=ours.question, trust=scene().trust, at=AT
    )
    failed = {each.id for each in verdict.report.failed()}
    assert failed == {CheckId.HOLDER_BINDING}


def test_one_answer_is_one_verdict() -> None:
    met = meeting()
    met.ask()
    answered = met.answer()
    assert met.verifier._question is None
    assert _verified(answered).credential("mdl").claims
    again = evaluate_presentation(
        answered.response, request=answered.question, trust=scene().trust, at=AT
    )
    failed = {each.id for each in again.report.failed()}
    assert failed == {CheckId.PRESENTATION_REPLAY}


def test_nothing_is_declined_in_a_session_that_is_over_its_time() -> None:
    own = phone()
    met = meeting(own)
    met.ask()
    with pytest.raises(UsageError, match="over its time"):
        met.holder.decline(at=AT + limits.PROXIMITY_IDLE)
    assert own.history() == ()
    assert met.holder.decline(at=AT).entry == 0


def test_nobody_signs_a_question_that_the_session_cannot_send() -> None:
    class Counting(Verifier):
        signed = 0

        def ask_device(self, *args: Any, **kwargs: Any) -> Any:
            Counting.signed += 1
            return super().ask_device(*args, **kwargs)

    by = Counting(identity=identity(), policy=RETAIL, replay=MemoryReplay())
    met = meeting(by=by)
    met.ask()
    with pytest.raises(UsageError, match="nobody can ask"):
        met.verifier.ask(NAME, at=AT)
    met.answer()
    with pytest.raises(UsageError, match="over its time"):
        met.verifier.ask(NAME, at=AT + limits.PROXIMITY_IDLE)
    assert Counting.signed == 1


def test_both_sides_forget_at_once_what_they_end() -> None:
    met = meeting()
    met.ask()
    met.holder.end(at=AT)
    with pytest.raises(UsageError, match="no request is open"):
        met.holder.match(at=AT)
    met.verifier.end(at=AT)
    # The question has the key of the session, and so it has to go.
    assert met.verifier._question is None
    met = meeting()
    met.ask()
    met.verifier.lost(at=AT)
    assert met.verifier._question is None
    met.holder.lost(at=AT)
    assert (met.holder._asked, met.holder._reader) == (None, None)


@pytest.mark.parametrize(("request_", "status"), [(b"\xff", 11), (b"\xa0", 12)])
def test_what_is_no_request_is_answered_by_the_standards_code(
    request_: bytes, status: int
) -> None:
    met = meeting()
    session = met.verifier.session
    refused, reply = met.holder.receive(session.ask(request_, at=AT), at=AT)
    assert isinstance(refused, RequestRefused)
    assert refused.report.failed()[0].reason is Reason.MALFORMED
    assert isinstance(reply, ToSend)
    (heard,) = session.receive(reply.octets, at=AT)
    response = heard.response  # type: ignore[union-attr]
    assert read_device_response(response, at="response").status == status
    # The session stands: what is asked well is shown to the person.
    (event,) = met.holder.receive(met.verifier.ask(NAME, at=AT), at=AT)
    assert isinstance(event, PersonAsked)


def test_nothing_is_signed_or_entered_for_a_session_that_is_over_its_time() -> None:
    own = phone()
    met = meeting(own)
    met.ask()
    choice = met.holder.match(at=AT).choose()
    late = AT + limits.PROXIMITY_IDLE
    with pytest.raises(UsageError, match="over its time"):
        met.holder.present(choice, at=late)
    assert own.history() == ()
    assert met.holder.poll(at=late)[-1] == SessionEnded(Ending.IDLE)
    with pytest.raises(UsageError, match="no request is open"):
        met.holder.present(choice, at=late)


def test_a_person_who_thinks_for_long_still_answers_in_time() -> None:
    met = meeting()
    met.ask()
    late = AT + limits.PROXIMITY_IDLE - timedelta(seconds=1)
    choice = met.holder.match(at=late).choose()
    assert met.holder.present(choice, at=late).entry == 0


def test_a_choice_for_one_request_does_not_answer_another() -> None:
    met = meeting()
    met.ask()
    old = met.holder.match(at=AT).choose()
    met.answer()
    met.ask(DATE)
    with pytest.raises(UsageError, match="another request"):
        met.holder.present(old, at=AT)
    assert met.answer().response


def test_either_side_ends_and_both_forget_what_was_open() -> None:
    met = meeting()
    met.ask()
    (over,) = met.holder.receive(met.verifier.end(at=AT), at=AT)
    assert over == SessionEnded(Ending.BY_PEER)
    with pytest.raises(UsageError, match="no request is open"):
        met.holder.match(at=AT)
    met = meeting()
    met.ask()
    (over,) = met.verifier.receive(met.holder.end(at=AT), at=AT)
    assert over == SessionEnded(Ending.BY_PEER)
    with pytest.raises(UsageError):
        met.verifier.ask(NAME, at=AT)
    assert met.verifier.lost(at=AT) != ()


def test_a_device_proves_itself_to_this_reader_alone_unless_told_otherwise() -> None:
    met = meeting()
    met.ask()
    document = read_device_response(met.answer().response, at="response").documents[0]
    assert document.device_signed.mac is not None


def test_by_a_signature_too_where_no_mac_can_be_made() -> None:
    met = meeting(by=desk())
    met.ask()
    choice = met.holder.match(at=AT).choose()
    sent = met.holder.present(choice, at=AT, mac=False)
    (answered,) = met.verifier.receive(sent.octets, at=AT)
    assert isinstance(answered, DeviceAnswered)
    document = read_device_response(answered.response, at="response").documents[0]
    assert document.device_signed.mac is None
    assert _verified(answered).credential("mdl").claims
    assert repr(sent) == f"SessionAnswer(<{len(sent.octets)} octets>, entry=0)"
